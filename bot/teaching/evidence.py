"""What people's choices tell staff: messages that were not surely understood, with what the person then chose."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import envelope
from bot.models import Evidence, InboxEvent, Person
from bot.understanding.normalise import normalise

Settled = Literal["taught", "dropped"]


@dataclass(frozen=True)
class Waiting:
    """A text that waits for staff, with all that people who wrote it were offered and chose.

    *number* names it for `drop`. *offered* is what was offered last, in order; nothing when the text got the fallback.
    *declined* is how many said that none of it was meant, *silent* how many chose nothing.
    """

    number: int
    text: str
    times: int
    offered: tuple[str, ...]
    picked: tuple[tuple[str, int], ...]
    declined: int
    silent: int


class EvidenceError(Exception):
    """There is no such evidence; the message says which."""


_evidence, _event = db.table(Evidence).c, db.table(InboxEvent).c
_KEPT = (_evidence.person_id, _evidence.offered, _evidence.kept_at)
# Built once, and one statement for looking the message up and for writing it down.
_KEEP = (
    sa.insert(db.table(Evidence))
    .from_select(
        [_evidence.inbox_id, *_KEPT],
        sa.select(_event.id, *(sa.bindparam(column.name, type_=column.type) for column in _KEPT)).where(
            _event.webhook_event_id == sa.bindparam("event_id")
        ),
    )
    .returning(_evidence.id)
)

_LAST = sa.select(_evidence.offered).where(
    _evidence.person_id == sa.bindparam("person_id"),
    _evidence.kept_at == sa.bindparam("kept_at", type_=_evidence.kept_at.type),
)


def keep(session: Session, person: Person, *, event_id: str, offered: Sequence[str] = (), now: datetime) -> int | None:
    """Remember that the person's message got choices, or the fallback; the number of the row, for the buttons.

    None in a group, where nothing is kept, and for a message that is not in the inbox.
    """
    if person.id is None:
        return None
    row = {"event_id": event_id, "person_id": person.id, "offered": list(offered), "kept_at": now}
    return session.connection().execute(_KEEP, row).scalar_one_or_none()


def has_just_failed(session: Session, person: Person, now: datetime, within: timedelta) -> bool:
    """Whether the person's last turn, not longer ago than *within*, met the fallback as well."""
    if person.id is None or person.talked_at is None or now - person.talked_at > within:
        return False
    last = session.connection().execute(_LAST, {"person_id": person.id, "kept_at": person.talked_at})
    return any(not offered for (offered,) in last)


def pick(session: Session, person: Person, id: str | None, *, number: int | None = None, now: datetime) -> None:
    """Remember that the person took *id* of what was offered (None: 「ちがう」), as the last word on it.

    *number* is the one of the tapped button; without it the choices of the person's last turn are meant.
    """
    if person.id is None:
        return
    which = Evidence.kept_at == person.talked_at if number is None else Evidence.id == number
    # A number comes from outside: it counts only for the person's own rows.
    mine = sa.select(Evidence).where(which, Evidence.person_id == person.id, Evidence.settled_at.is_(None)).limit(1)
    with session.no_autoflush:  # What the turn has changed so far is no evidence.
        row = session.scalar(mine)
    if row is None or not row.offered or (id is not None and id not in row.offered):
        return
    row.picked, row.picked_at = id, now


def erase(session: Session, message_id: str) -> None:
    """Delete what was learnt from a message that the person has taken back."""
    about = sa.select(InboxEvent.id).where(InboxEvent.message_id == message_id)
    session.execute(sa.delete(Evidence).where(Evidence.inbox_id.in_(about)))


def waiting(session: Session) -> list[Waiting]:
    """What staff have not treated yet, each text once: first what was picked, then what was declined, then the rest."""
    groups: dict[str, list[tuple[Evidence, str]]] = {}
    for row, text in _open(session):
        groups.setdefault(_spelling(text), []).append((row, text))
    found = [_waiting(rows) for rows in groups.values()]
    return sorted(
        found, key=lambda one: (-sum(count for _, count in one.picked), -one.declined, -one.times, one.number)
    )


def settle(session: Session, text: str, *, how: Settled, now: datetime) -> int:
    """Mark everything that waits with this *text* as treated; how many rows that were."""
    spelling = _spelling(text)
    rows = [row for row, written in _open(session) if _spelling(written) == spelling]
    for row in rows:
        row.settled_at, row.settled_as = now, how
    return len(rows)


def drop(session: Session, number: int, *, now: datetime) -> int:
    """Mark the text that waits as *number* as not worth teaching; how many rows that were, EvidenceError when it waits not."""
    text = next((text for row, text in _open(session) if row.id == number), None)
    if text is None:
        raise EvidenceError(f"no evidence waits as {number}; `python -m bot content evidence` lists what does")
    return settle(session, text, how="dropped", now=now)


def _open(session: Session) -> Iterator[tuple[Evidence, str]]:
    """The untreated rows with their texts; a message that was erased from the inbox has none."""
    asked = sa.select(Evidence, InboxEvent.raw).join(InboxEvent, InboxEvent.id == Evidence.inbox_id)
    for row, raw in session.execute(asked.where(Evidence.settled_at.is_(None)).order_by(Evidence.id)):
        text = envelope.part(json.loads(raw), "message").get("text")
        if isinstance(text, str) and text.strip():
            yield row, text


def _spelling(text: str) -> str:
    return normalise(" ".join(text.split()))


def _waiting(rows: Sequence[tuple[Evidence, str]]) -> Waiting:
    picked = Counter(row.picked for row, _ in rows if row.picked is not None)
    declined = sum(row.picked is None and row.picked_at is not None for row, _ in rows)
    last, text = rows[-1]
    return Waiting(
        number=rows[0][0].id,
        text=text,
        times=len(rows),
        offered=tuple(last.offered),
        picked=tuple(picked.most_common()),
        declined=declined,
        silent=len(rows) - picked.total() - declined,
    )
