"""What became of an announcement: whom it reached, who was left out and why, who tapped, left or wrote afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.broadcasts import content, holding
from bot.delivery.month import JAPAN
from bot.models import Broadcast, BroadcastTap, InboxEvent, OutboxMessage, Person
from bot.talks import names

AFTERWARDS = timedelta(hours=24)
"""For how long what people do counts as following the announcement."""

LEFT_OUT = "left-out"
_ACCEPTED = ("accepted", "accepted-before", "carried")
_AT_ONCE = 500


@dataclass(frozen=True)
class Taps:
    """One button: its *label*, the ids of those known who tapped it, and how many *times* it was tapped in all.

    *unknown* are the times by a link, which does not say who opened it.
    """

    button: int
    label: str
    people: tuple[int, ...]
    times: int
    unknown: int


@dataclass(frozen=True)
class Report:
    """The figures of an announcement; groups of people are their ids, for who may see them.

    ``planned == accepted + waiting + unknown + left_out + forgotten``, unless it *is_to_everyone*.
    """

    planned: int
    accepted: tuple[int, ...]
    waiting: tuple[int, ...]
    left_out: Mapping[str, tuple[int, ...]]
    """Reason word -> whom it did not reach for it."""
    unknown: tuple[int, ...] = ()
    """LINE may have taken it or not."""
    forgotten: int = 0
    """Planned, but since deleted at their wish: of them nothing is known any more."""
    blocked: tuple[int, ...] = ()
    """Blocked us within 24 hours after they got it."""
    replied: tuple[int, ...] = ()
    """Wrote to us within 24 hours after they got it."""
    taps: tuple[Taps, ...] = ()
    first_at: datetime | None = None
    """When LINE took the first of it."""
    last_at: datetime | None = None
    is_to_everyone: bool = False
    """By LINE's own list: people are not known one by one, *planned* is LINE's own count."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Reason word -> how many."""


@dataclass(frozen=True)
class Progress:
    """How far it is: ``planned == accepted + waiting + left_out``."""

    planned: int
    accepted: int
    waiting: int
    left_out: int
    """All others: dropped, refused, perhaps taken, and those whose data was deleted since."""


def progress(session: Session, broadcast: Broadcast) -> Progress:
    """Counted by the database, for whoever asks every two seconds."""
    people = sa.func.sum(sa.func.json_array_length(OutboxMessage.recipients))
    mine = sa.select(OutboxMessage.outcome, people).where(
        holding.rows_of([broadcast.id]),
        # The parts of what was split are rows of their own.
        sa.or_(OutboxMessage.outcome.is_(None), OutboxMessage.outcome != "split"),
    )
    found = {row[0]: int(row[1]) for row in session.execute(mine.group_by(OutboxMessage.outcome))}
    planned = broadcast.people_count
    if broadcast.way == "everyone":  # One row, in which nobody is named.
        found = dict.fromkeys(found, planned)
    accepted, waiting = sum(found.get(word, 0) for word in _ACCEPTED), found.get(None, 0)
    return Progress(planned, accepted, waiting, max(planned - accepted - waiting, 0))


def report(session: Session, broadcast: Broadcast) -> Report:
    """The figures of *broadcast* as they stand."""
    ledger = _read(session, broadcast)
    groups: dict[str, list[int]] = defaultdict(list)
    left_out: dict[str, list[int]] = defaultdict(list)
    for name, fate in ledger.fates.items():
        person = ledger.people.get(name)
        if person is not None:
            (left_out[fate.reason] if fate.outcome == LEFT_OUT else groups[fate.outcome]).append(person.id)
    told = sum(len(ids) for ids in (*groups.values(), *left_out.values()))
    is_to_everyone = broadcast.way == "everyone"
    reasons = dict(ledger.reasons) if is_to_everyone else {reason: len(ids) for reason, ids in left_out.items()}
    return Report(
        planned=broadcast.people_count,
        accepted=tuple(sorted(groups["accepted"])),
        waiting=tuple(sorted(groups["waiting"])),
        left_out={reason: tuple(sorted(ids)) for reason, ids in sorted(left_out.items())},
        unknown=tuple(sorted(groups["unknown"])),
        forgotten=0 if is_to_everyone else max(broadcast.people_count - told, 0),
        blocked=tuple(sorted(person.id for person in ledger.people.values() if ledger.left(person))),
        replied=tuple(sorted(ledger.replies)),
        taps=_taps(session, broadcast),
        first_at=min(ledger.moments, default=None),
        last_at=max(ledger.moments, default=None),
        is_to_everyone=is_to_everyone,
        reasons=reasons,
    )


def rows(session: Session, broadcast: Broadcast, *, zone: ZoneInfo = JAPAN) -> Iterator[tuple[str, ...]]:
    """A table for a file, heading first: person, name, outcome, reason, accepted_at, tapped, replied_at, blocked_at.

    *outcome* is ``accepted``, ``waiting``, ``unknown`` or ``left-out``; moments are of *zone*. For who may see names only.
    """

    def clock(moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

    yield "person", "name", "outcome", "reason", "accepted_at", "tapped", "replied_at", "blocked_at"
    ledger = _read(session, broadcast)
    labels = dict(enumerate(_labels(broadcast)))
    tapped: dict[int, set[str]] = defaultdict(set)
    taps = sa.select(BroadcastTap.person_id, BroadcastTap.button).where(BroadcastTap.broadcast_id == broadcast.id)
    for person_id, button in session.execute(taps.where(BroadcastTap.person_id.is_not(None))):
        tapped[person_id or 0].add(labels.get(button, str(button)))
    for name, person in sorted(ledger.people.items(), key=lambda one: one[1].id):
        fate = ledger.fates.get(name, _Fate("accepted") if ledger.moments else _Fate("waiting"))
        yield (
            str(person.id),
            names.shown(person),
            fate.outcome,
            fate.reason,
            clock(ledger.accepted_at(name)),
            " ".join(sorted(tapped[person.id])),
            clock(ledger.replies.get(person.id)),
            clock(person.blocked_at if ledger.left(person) else None),
        )


@dataclass(frozen=True)
class _Fate:
    """What became of it for one person."""

    outcome: str
    reason: str = ""
    at: datetime | None = None


@dataclass
class _Ledger:
    """What the outbox and the inbox say: *fates* by LINE id, the *people* of them whom we still know, their first *replies*."""

    fates: dict[str, _Fate] = field(default_factory=dict)
    people: dict[str, "sa.Row[Any]"] = field(default_factory=dict)
    replies: dict[int, datetime] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    """When LINE took something of it."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Of one by LINE's own list: why it did not go."""
    is_to_everyone: bool = False

    def accepted_at(self, name: str) -> datetime | None:
        """When LINE took it for this person."""
        if self.is_to_everyone:
            return min(self.moments, default=None)
        fate = self.fates.get(name)
        return None if fate is None else fate.at

    def left(self, person: "sa.Row[Any]") -> bool:
        """Whether the person blocked us soon after it."""
        if person.blocked_at is None:
            return False
        at = self.accepted_at(person.line_user_id)
        return at is not None and at <= person.blocked_at <= at + AFTERWARDS


def _read(session: Session, broadcast: Broadcast) -> _Ledger:
    ledger = _Ledger(is_to_everyone=broadcast.way == "everyone")
    columns = (OutboxMessage.recipients, OutboxMessage.left_out, OutboxMessage.outcome, OutboxMessage.reason)
    mine = sa.select(*columns, OutboxMessage.settled_at, OutboxMessage.kind).where(holding.rows_of([broadcast.id]))
    for row in session.execute(mine.order_by(OutboxMessage.id)):
        ledger.fates |= {name: _Fate(LEFT_OUT, reason) for name, reason in row.left_out.items()}
        if row.outcome == "split":
            continue  # Its parts are rows of their own.
        fate = _fate(row)
        ledger.fates |= dict.fromkeys(row.recipients, fate)
        if fate.at is not None:
            ledger.moments.append(fate.at)
        if row.kind == "broadcast" and fate.outcome == LEFT_OUT:
            ledger.reasons[fate.reason] += broadcast.people_count
    _meet(session, ledger)
    _hear(session, ledger)
    return ledger


def _fate(row: "sa.Row[Any]") -> _Fate:
    if row.outcome is None:
        return _Fate("waiting", row.reason or "")
    if row.outcome in _ACCEPTED:
        return _Fate("accepted", at=row.settled_at)
    if row.outcome == "unknown":
        return _Fate("unknown", row.reason or "")
    return _Fate(LEFT_OUT, row.reason or row.outcome)


def _meet(session: Session, ledger: _Ledger) -> None:
    columns = (Person.id, Person.line_user_id, Person.display_name, Person.called, Person.blocked_at)
    if ledger.is_to_everyone:
        wanted = [sa.select(*columns)]
    else:
        names = list(ledger.fates)
        parts = (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
        wanted = [sa.select(*columns).where(Person.line_user_id.in_(part)) for part in parts]
    for asked in wanted:
        ledger.people |= {person.line_user_id: person for person in session.execute(asked)}


def _hear(session: Session, ledger: _Ledger) -> None:
    """Who wrote soon after it."""
    if not ledger.moments:
        return
    wrote = sa.select(InboxEvent.user_id, InboxEvent.occurred_at).where(
        InboxEvent.kind == "message",
        InboxEvent.occurred_at > min(ledger.moments),
        InboxEvent.occurred_at <= max(ledger.moments) + AFTERWARDS,
    )
    for name, at in session.execute(wrote.order_by(InboxEvent.occurred_at, InboxEvent.id)):
        person, accepted_at = ledger.people.get(name or ""), ledger.accepted_at(name or "")
        if person is not None and accepted_at is not None and accepted_at < at <= accepted_at + AFTERWARDS:
            ledger.replies.setdefault(person.id, at)


def _taps(session: Session, broadcast: Broadcast) -> tuple[Taps, ...]:
    found: dict[int, list[int | None]] = defaultdict(list)
    taps = sa.select(BroadcastTap.button, BroadcastTap.person_id).where(BroadcastTap.broadcast_id == broadcast.id)
    for button, person_id in session.execute(taps):
        found[button].append(person_id)
    return tuple(
        Taps(
            button=number,
            label=label,
            people=tuple(sorted({id for id in found[number] if id is not None})),
            times=len(found[number]),
            unknown=found[number].count(None),
        )
        for number, label in enumerate(_labels(broadcast))
    )


def _labels(broadcast: Broadcast) -> tuple[str, ...]:
    try:
        said = content.read(broadcast.content)
    except content.ContentError:
        return ()
    return tuple(button.label for button in said.buttons) if isinstance(said, content.CardContent) else ()
