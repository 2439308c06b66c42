"""What staff typed into the page of an announcement: kept as it was typed, read as content and conditions, merged with what others typed."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from bot.broadcasts import content, segments
from bot.broadcasts.content import MOST_BUTTONS, CardContent, Content, ImageContent, TextContent
from bot.broadcasts.segments import Conditions
from bot.models import Broadcast
from bot.web.console.tools import day, row_number

KINDS = ("text", "image", "card")
WAYS = ("everybody", "some", "line")
"""To everybody we know, to those who meet conditions, by LINE's own list."""


@dataclass(frozen=True)
class Typed:
    """One button: what it says, whether it opens a page (``url``) or says words (``say``), and which."""

    label: str = ""
    does: str = "url"
    what: str = ""


@dataclass(frozen=True)
class Filled:
    """The whole form. What belongs to another kind or way than the chosen one stays typed, and is kept nowhere else."""

    kind: str = "text"
    text: str = ""
    title: str = ""
    alt: str = ""
    picture_id: int | None = None
    buttons: tuple[Typed, ...] = (Typed(),) * MOST_BUTTONS
    to: str = "everybody"
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    routine: str = ""
    seen_within_days: str = ""
    unseen_for_days: str = ""
    joined_since: str = ""
    done_this_week: str = ""
    ignored_this_week: bool = False
    without_people: tuple[int, ...] = ()
    is_urgent: bool = False
    in_opening_hours: bool = False

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "Filled":
        """What a browser sent."""
        return cls(
            kind=_one_of(KINDS, form.get("kind")),
            text=_lines(form.get("text")),
            title=_lines(form.get("title")),
            alt=_lines(form.get("alt")),
            picture_id=form.get("picture_id", type=row_number),
            buttons=_buttons(form),
            to=_one_of(WAYS, form.get("to")),
            tags=tuple(form.getlist("tags")),
            without_tags=tuple(form.getlist("without_tags")),
            routine=form.get("routine", ""),
            seen_within_days=_number(form.get("seen_within_days")),
            unseen_for_days=_number(form.get("unseen_for_days")),
            joined_since=_day(form.get("joined_since")),
            done_this_week=_number(form.get("done_this_week")),
            ignored_this_week="ignored_this_week" in form,
            without_people=tuple(form.getlist("without_people", type=row_number)),
            is_urgent="is_urgent" in form,
            in_opening_hours="in_opening_hours" in form,
        )

    @classmethod
    def of(cls, broadcast: Broadcast) -> "Filled":
        """What the form shows of a stored announcement."""
        asked = segments.of(broadcast)
        filled = cls.saying(content.read(broadcast.content)).asking(asked)
        to = "line" if broadcast.way == "everyone" else "everybody" if asked.is_everybody else "some"
        return replace(filled, to=to, is_urgent=broadcast.is_urgent, in_opening_hours=broadcast.in_opening_hours)

    @classmethod
    def saying(cls, said: Content) -> "Filled":
        """A form that holds this content and is otherwise new."""
        if isinstance(said, TextContent):
            return cls(text=said.text)
        if isinstance(said, ImageContent):
            return cls(kind="image", alt=said.alt, picture_id=said.picture_id)
        buttons = [Typed(one.label, "url" if one.url else "say", one.url or one.say or "") for one in said.buttons]
        buttons += [Typed()] * (MOST_BUTTONS - len(buttons))
        return cls(
            kind="card",
            title=said.title,
            text=said.text,
            alt=said.alt,
            picture_id=said.picture_id,
            buttons=tuple(buttons),
        )

    def asking(self, asked: Conditions) -> "Filled":
        """The same form with these conditions."""
        return replace(
            self,
            to="some",
            tags=asked.tags,
            without_tags=asked.without_tags,
            routine=asked.routine or "",
            seen_within_days=_shown(asked.seen_within_days),
            unseen_for_days=_shown(asked.unseen_for_days),
            joined_since=asked.joined_since.isoformat() if asked.joined_since else "",
            done_this_week=_shown(asked.done_this_week),
            ignored_this_week=asked.ignored_this_week,
            without_people=asked.without_people,
        )

    @property
    def content(self) -> Content:
        """What it says, whether or not LINE would take it."""
        if self.kind == "text":
            return TextContent(text=self.text.rstrip())
        if self.kind == "image":
            return ImageContent(picture_id=self.picture_id, alt=self.alt.rstrip())
        return CardContent(
            title=self.title.strip(),
            text=self.text.rstrip(),
            picture_id=self.picture_id,
            alt=self.alt.strip(),
            buttons=tuple(
                content.Button(label=one.label, **{one.does: one.what or None})
                for one in self.buttons
                if one.label or one.what
            ),
        )

    @property
    def conditions(self) -> Conditions:
        """To whom it goes."""
        if self.to != "some":
            return Conditions()
        return Conditions(
            tags=self.tags,
            without_tags=self.without_tags,
            routine=self.routine or None,
            seen_within_days=_read(self.seen_within_days),
            unseen_for_days=_read(self.unseen_for_days),
            joined_since=date.fromisoformat(self.joined_since) if self.joined_since else None,
            done_this_week=_read(self.done_this_week),
            ignored_this_week=self.ignored_this_week,
            without_people=self.without_people,
        )

    @property
    def way(self) -> str:
        """By which way it goes."""
        return "everyone" if self.to == "line" else "people"

    def changed(self, before: "Filled") -> frozenset[str]:
        """The fields that are not as they were *before*."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name) != getattr(before, one.name))

    def taking(self, other: "Filled", names: Iterable[str]) -> "Filled":
        """The same form with some fields of the *other*."""
        return replace(self, **{name: getattr(other, name) for name in names if name in {f.name for f in fields(self)}})

    def rewriting(self, field: str, start: int, end: int, words: str) -> "Filled":
        """The same form with *words* in place of the letters *start* to *end* of one of its texts."""
        name, _, number = field.partition("-")
        if not number:
            old: str = getattr(self, name)
            return replace(self, **{name: old[:start] + words + old[end:]})  # type: ignore[arg-type]
        buttons = list(self.buttons)
        old = getattr(buttons[int(number)], name)
        buttons[int(number)] = replace(buttons[int(number)], **{name: old[:start] + words + old[end:]})
        return replace(self, buttons=tuple(buttons))

    def packed(self) -> str:
        """As a text for a hidden field: what the form held when somebody began to type."""
        return json.dumps(asdict(self), ensure_ascii=False)


def unpacked(text: str) -> Filled | None:
    """What `Filled.packed` packed; None when it is nothing of the kind."""
    try:
        given: dict[str, Any] = json.loads(text)
        given |= {name: tuple(given[name]) for name in ("tags", "without_tags", "without_people")}
        return Filled(**given | {"buttons": tuple(Typed(**one) for one in given["buttons"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


@dataclass(frozen=True)
class Meeting:
    """Two who wrote at once: *filled* holds what only one of them changed already; *theirs* and *mine* are what both did."""

    filled: Filled
    theirs: Filled
    taken: frozenset[str]
    """What only the other changed."""
    both: frozenset[str]
    """What both changed, each otherwise: as the second typed it, until they choose."""


def meet(mine: Filled, theirs: Filled, before: Filled | None) -> Meeting:
    """What comes of *mine* when meanwhile *theirs* was kept; *before* is what both began with."""
    differs = mine.changed(theirs)
    if before is None:
        return Meeting(mine, theirs, frozenset(), differs)
    untouched = differs - mine.changed(before)
    return Meeting(mine.taking(theirs, untouched), theirs, untouched, differs - untouched)


def _buttons(form: MultiDict[str, str]) -> tuple[Typed, ...]:
    """The buttons, those left empty last: so a button has the same number here and in the content."""
    typed = [
        Typed(
            label=form.get(f"label-{number}", "").strip(),
            does=_one_of(("url", "say"), form.get(f"does-{number}")),
            what=form.get(f"what-{number}", "").strip(),
        )
        for number in range(MOST_BUTTONS)
    ]
    return tuple(sorted(typed, key=lambda one: not (one.label or one.what)))


def _one_of(known: tuple[str, ...], given: str | None) -> str:
    return given if given in known else known[0]


def _lines(given: str | None) -> str:
    return (given or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _number(given: str | None) -> str:
    return given if given and re.fullmatch("[0-9]{1,5}", given) and 0 < int(given) <= 3660 else ""


def _day(given: str | None) -> str:
    try:
        return day(given or "").isoformat()
    except ValueError:
        return ""


def _read(given: str) -> int | None:
    return int(given) if given else None


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
