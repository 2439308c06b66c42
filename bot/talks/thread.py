"""The thread: all that was said between a person and us, both ways, in its order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import envelope, inbox, outbox
from bot.models import InboxEvent, OutboxMessage, Person
from bot.sealed import is_unreadable

ON_A_PAGE = 40
"""How many of their messages a page shows, with all of ours in between."""
MOST_OF_OURS = 100

Fate = Literal["sent", "waiting", "kept", "unsure", "lost"]
_SENT = ("accepted", "accepted-before")
_NOT_SHOWN = ("carried", "split")
"""What stands in another row as well."""


@dataclass(frozen=True)
class Part:
    """One bubble: what *kind* it is (text, card, sticker, image, tap, unsent, unreadable …), and its words if it has any."""

    kind: str
    words: str = ""


@dataclass(frozen=True)
class Said:
    """One thing said. *id* is that of its row in the inbox (*is_theirs*) or outbox.

    Of theirs *meaning* and *about* are how the assistant took it. Of ours *purpose* is what it was for, *account_id* who wrote
    it, *fate* and *reason* what became of it.
    """

    id: int
    is_theirs: bool
    at: datetime
    parts: tuple[Part, ...]
    meaning: str | None = None
    about: str | None = None
    purpose: str | None = None
    account_id: int | None = None
    fate: Fate | None = None
    reason: str | None = None

    @property
    def text(self) -> str | None:
        """The text of a message in words; None for anything else."""
        return self.parts[0].words if self.parts and self.parts[0].kind == "text" else None


@dataclass(frozen=True)
class Page:
    """A page of a thread, oldest first; *before* leads to the page before it, None when there is none."""

    said: tuple[Said, ...]
    before: datetime | None


def page(session: Session, person: Person, *, before: datetime | None = None) -> Page:
    """The newest page, or the newest of what was said *before* a moment."""
    heard = sa.select(InboxEvent).where(
        InboxEvent.user_id == person.line_user_id,
        InboxEvent.chat == person.line_user_id,
        inbox.was_use() | InboxEvent.kind.in_(("follow", "unfollow")),
    )
    if before is not None:
        heard = heard.where(InboxEvent.received_at < before)
    rows = session.scalars(heard.order_by(InboxEvent.id.desc()).limit(ON_A_PAGE + 1)).all()
    since = rows[ON_A_PAGE - 1].received_at if len(rows) > ON_A_PAGE else None
    mine = sorted(_to(session, person, since, before), key=_moment, reverse=True)
    said = [theirs(row) for row in rows[:ON_A_PAGE]]
    said += [one for row in mine[:MOST_OF_OURS] if (one := _ours(row, person.line_user_id)) is not None]
    if len(mine) > MOST_OF_OURS:
        since = max(_moment(mine[MOST_OF_OURS - 1]), since or person.created_at)
        said = [one for one in said if one.at >= since]
    return Page(tuple(sorted(said, key=lambda one: (one.at, not one.is_theirs, one.id))), since)


def find(session: Session, person: Person, id: int) -> Said | None:
    """Their message in the inbox row *id*; None when it is somebody else's."""
    row = session.get(InboxEvent, id)
    if row is None or person.line_user_id not in (row.user_id,) or row.chat != row.user_id:
        return None
    return theirs(row)


def version(session: Session, person: Person) -> str:
    """A word that is another one whenever the thread may be; cheap enough to be asked every few seconds."""
    # Events of one chat are answered one after another: when the newest is done, all are.
    heard = sa.select(InboxEvent.id, InboxEvent.done_at).where(InboxEvent.user_id == person.line_user_id)
    newest = session.execute(heard.order_by(InboxEvent.id.desc()).limit(1)).one_or_none() or ()
    # Each by itself: asked for together no index answers them.
    ours = [session.scalar(sa.select(sa.func.max(of))) for of in (OutboxMessage.id, OutboxMessage.settled_at)]
    parts = [*newest, *ours, person.taken_over_until]
    return "_".join(_short(part) for part in parts)


def theirs(row: InboxEvent) -> Said:
    """What a person sent, by its row."""
    raw = json.loads(row.raw or "{}")
    return Said(
        id=row.id,
        is_theirs=True,
        at=row.received_at,
        parts=(_heard(row, raw),),
        meaning=row.meaning,
        about=row.about,
    )


def _to(session: Session, person: Person, since: datetime | None, before: datetime | None) -> list[OutboxMessage]:
    """Ours between the two moments, the newest `MOST_OF_OURS` and one more of each kind.

    What went to the person's own chat an index knows. What went to many has to be read for its names, so only as far back as the
    page goes, and never from before we met.
    """
    shown = sa.select(OutboxMessage).where(
        OutboxMessage.purpose.not_in(("alert", "test")),
        sa.or_(OutboxMessage.outcome.is_(None), OutboxMessage.outcome.not_in(_NOT_SHOWN)),
    )
    own = shown.where(OutboxMessage.chat == person.line_user_id)
    many = shown.where(OutboxMessage.chat.is_(None), outbox.names(person.line_user_id))
    settled = many.where(OutboxMessage.settled_at >= (since or person.created_at))
    kinds = [own.order_by(OutboxMessage.id.desc()), settled.order_by(OutboxMessage.settled_at.desc())]
    if since is not None:
        kinds[0] = kinds[0].where(sa.or_(OutboxMessage.settled_at >= since, OutboxMessage.settled_at.is_(None)))
    if before is not None:
        kinds = [kind.where(OutboxMessage.settled_at < before) for kind in kinds]
    else:  # What is still on its way belongs to the newest page.
        kinds.append(many.where(OutboxMessage.settled_at.is_(None)).order_by(OutboxMessage.id.desc()))
    return [row for kind in kinds for row in session.scalars(kind.limit(MOST_OF_OURS + 1))]


def _moment(row: OutboxMessage) -> datetime:
    return row.settled_at or row.created_at


def _heard(row: InboxEvent, raw: Mapping[str, Any]) -> Part:
    if inbox.is_erased(row):
        # By age goes what names the message as well: nobody can take it back any more.
        return Part("erased" if row.message_id is None else "unsent")
    if row.kind != "message":
        return (
            Part("tap", str(envelope.part(raw, "postback").get("data", "")))
            if row.kind == "postback"
            else Part(row.kind)
        )
    if is_unreadable(row.raw):
        return Part("unreadable")
    message = envelope.part(raw, "message")
    kind, text = message.get("type"), message.get("text")
    if kind == "text" and isinstance(text, str):
        return Part("text", text.encode("utf-8", "replace").decode("utf-8").replace("\x00", ""))
    return Part(kind if isinstance(kind, str) else "other")


def _ours(row: OutboxMessage, name: str) -> Said | None:
    """What we sent; None for what we decided not to, unless somebody waits for it: the ledger tells of the rest."""
    is_dropped = name in row.left_out or row.outcome == "dropped"
    if is_dropped and row.purpose not in ("answer", "staff"):
        return None
    fate, reason = _fate(row, name)
    kind, _, number = (row.reference or "").partition(" ")
    return Said(
        id=row.id,
        is_theirs=False,
        at=row.settled_at or row.created_at,
        parts=tuple(_shown(row.payload)),
        purpose=row.purpose,
        account_id=int(number) if kind == "staff" and number.isdecimal() else None,
        fate=fate,
        reason=reason,
    )


def _fate(row: OutboxMessage, name: str) -> tuple[Fate, str | None]:
    if name in row.left_out:
        return "lost", str(row.left_out[name])
    if row.outcome is None:
        return "kept" if row.waits_for_reply else "waiting", row.reason
    if row.outcome in _SENT:
        return "sent", None
    return ("unsure" if row.outcome == "unknown" else "lost"), row.reason


def _shown(payload: Sequence[Any]) -> list[Part]:
    if is_unreadable(payload):
        return [Part("unreadable")]
    parts = [] if payload else [Part("erased")]
    for message in payload:
        kind = str(message.get("type"))
        if kind == "text":
            parts.append(Part("text", str(message.get("text", ""))))
        elif kind in ("flex", "template"):
            parts.append(Part("card", str(message.get("altText", "")).partition("\n")[0]))
        else:
            parts.append(Part(kind))
    return parts


def _short(part: object) -> str:
    return f"{part.timestamp():.3f}" if isinstance(part, datetime) else str(part or 0)
