"""What staff see of an announcement before it goes: what is wrong with it, what the law says, how it looks, whom it reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from bot import forecast, lint, pictures
from bot.broadcasts import content, followers, opened, segments
from bot.broadcasts.content import Content, ImageContent, TextContent
from bot.broadcasts.followers import Followers
from bot.broadcasts.segments import Conditions
from bot.broadcasts.terms import Terms, Worst
from bot.forecast import Room
from bot.line import announcements
from bot.models import Broadcast, Picture
from bot.web.console.tools import tools

ASKED_ALREADY = frozenset({"empty", "alt-missing", "too-long"})
"""What the check finds and `content.problems` says as well: once is enough."""


@dataclass(frozen=True)
class Links:
    """The pages that an announcement leads to: how many, which of them *unopened*, which *unsure* when they were, and when that was."""

    count: int
    unopened: tuple[str, ...]
    unsure: tuple[str, ...]
    opened_at: datetime | None


@dataclass(frozen=True)
class Look:
    """One announcement as it stands: *problems* are what LINE would not take, *findings* what the law or good sense would not.

    *messages* are what a client sees; *people* how many it is for; *everybody* how many may get announcements at all, beside
    what LINE knows (*followers*).
    """

    problems: tuple[str, ...]
    findings: tuple[lint.Finding, ...]
    messages: Sequence[dict[str, Any]]
    people: int
    everybody: int
    followers: Followers
    links: Links

    @property
    def worst(self) -> Worst:
        """How grave the gravest finding is."""
        return lint.worst(self.findings) or "none"


def look(
    database: Session, said: Content, asked: Conditions, *, way: str, now: datetime, broadcast: Broadcast | None
) -> Look:
    """*said* to those *asked* for, as it stands; *broadcast* is the stored announcement, when there is one."""
    known = followers.known(database)
    everyone = known.theirs if known.theirs is not None else known.ours
    zone = tools().library().timezone
    return Look(
        problems=tuple(content.problems(said, is_public=terms().is_public)),
        findings=check(said, now, opened.answers(broadcast)),
        messages=messages(database, said, 0 if broadcast is None else broadcast.id),
        people=everyone if way == "everyone" else segments.count(database, asked, now, zone=zone),
        everybody=segments.count(database, Conditions(), now, zone=zone),
        followers=known,
        links=links(said, broadcast),
    )


def said(broadcast: Broadcast) -> Content:
    """What a stored announcement says; one from the command line has nothing but its text."""
    return content.read(broadcast.content or {"kind": "text", "text": broadcast.text})


def addresses(said: Content) -> tuple[str, ...]:
    """The pages that it leads to."""
    return lint.addresses(_draft(said))


def links(said: Content, broadcast: Broadcast | None) -> Links:
    """What is known of the pages that it leads to."""
    urls, answers = addresses(said), opened.answers(broadcast)
    return Links(
        count=len(urls),
        unopened=tuple(url for url in urls if url not in answers),
        unsure=tuple(url for url in urls if answers.get(url) == "unsure"),
        opened_at=opened.at(broadcast),
    )


def check(said: Content, now: datetime, answers: Mapping[str, str]) -> tuple[lint.Finding, ...]:
    """What a second reader finds in it; *answers* tell which pages open, as far as that was asked."""
    library = tools().library()
    today = now.astimezone(library.timezone).date()
    found = lint.check(
        _draft(said),
        practice=library.practice,
        today=today,
        book=library.lint,
        opens=lambda url: answers.get(url) != "dead",
    )
    return tuple(finding for finding in found if finding.id not in ASKED_ALREADY)


def worst(broadcast: Broadcast, now: datetime) -> Worst:
    """How grave the gravest finding is."""
    return lint.worst(check(said(broadcast), now, opened.answers(broadcast))) or "none"


def messages(database: Session, said: Content, broadcast_id: int) -> list[dict[str, Any]]:
    """What a client will see, with pictures from here: what LINE gets has the public address and links that count."""

    def picture_url(id: int, is_small: bool) -> str | None:
        found = database.get(Picture, id)
        return None if found is None else request.url_root.rstrip("/") + pictures.path(found, is_preview=is_small)

    def picture_size(id: int) -> tuple[int, int]:
        found = database.get(Picture, id)
        return (1, 1) if found is None else (found.width, found.height)

    if not content.words(said).strip() and (isinstance(said, TextContent) or said.picture_id is None):
        return []
    return announcements.render(
        said,
        broadcast_id=broadcast_id,
        picture_url=picture_url,
        link_url=lambda button: None,
        picture_size=picture_size,
    )


def terms() -> Terms:
    """What the practice lays down for its announcements."""
    return Terms.of(tools().library(), is_public=tools().base is not None)


def room(database: Session, now: datetime) -> Room | None:
    """What an announcement of today finds of the month; None when nobody counts."""
    rules = terms().rules
    month, expected = forecast.of(database, now, rules.monthly_limit)
    return forecast.room(month, expected, rules.reserve)


def _draft(said: Content) -> lint.Draft:
    if isinstance(said, TextContent):
        return lint.Draft((lint.Part("text", said.text, content.LONGEST_TEXT),), kind="text")
    alt = lint.Part("alt", said.alt, content.LONGEST_ALT)
    if isinstance(said, ImageContent):
        return lint.Draft((), alt=alt, kind="image")
    texts = [lint.Part("title", said.title, content.LONGEST_TITLE), lint.Part("text", said.text, content.LONGEST_BODY)]
    links = []
    for number, button in enumerate(said.buttons):
        texts.append(lint.Part(f"label-{number}", button.label, content.LONGEST_LABEL))
        if button.say:
            texts.append(lint.Part(f"what-{number}", button.say, content.LONGEST_SAY))
        if button.url:
            links.append(lint.Link(f"what-{number}", button.url))
    # A card reads its own title and text aloud; its picture needs words only where staff gave it some.
    return lint.Draft(tuple(texts), tuple(links), alt if said.alt else None, kind="card")
