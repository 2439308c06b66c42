"""A batch of rings that are due: the gate judges each, and those that may go are put into the outbox together."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import decisions, gate, outbox, shortage
from bot.delivery.month import Month
from bot.models import BodyNote, Completion, Decision, Rest
from bot.reminders.due import DueReminder, DueSnooze

log = logging.getLogger(__name__)

GONE = "gone"
"""The reason word of a ring whose routine is no longer in the pack."""

Message = dict[str, Any]
Kind = Literal["ring", "question"]
Purpose = Literal["reminder", "snooze"]


@dataclass(frozen=True)
class Due:
    """What is to be sent: of which routine, for which of the person's days, without which exercises.

    A *question* takes the place of the ring when nobody reacts. *without* is for the sake of a person's body.
    """

    routine_id: str
    day: date
    kind: Kind = "ring"
    without: tuple[str, ...] = ()


@dataclass
class Ring:
    """One due moment of one person; *reason* is the word for why it is not sent."""

    purpose: Purpose
    person_id: int
    to: str
    routine_id: str
    day: date
    due_at: datetime
    person: gate.PersonState
    kind: Kind = "ring"
    reason: str | None = None
    is_apart: bool = False
    """Whether it is a message of its own, to become one with others that are due for the person."""


Render = Callable[[Due], list[Message] | None]
"""The messages of a ring; None when the pack has nothing for it any more."""

Without = Callable[[Session, Collection[tuple[int, str]]], Mapping[tuple[int, str], tuple[str, ...]]]
"""Pairs of a person and a routine -> the exercises to leave out, sorted; a pair with none of them may be missing.

Nothing is left out for somebody of whom we keep no note: they may not be asked about.
"""

KeyT = TypeVar("KeyT")


def _noted(kind: type[Completion] | type[Rest]) -> sa.Select[int, str, date]:
    return sa.select(kind.person_id, kind.routine_id, kind.day).where(
        kind.person_id.in_(sa.bindparam("people", expanding=True)), kind.day.in_(sa.bindparam("days", expanding=True))
    )


# Built once: putting them together costs more than running them.
_DONE, _RESTING = _noted(Completion), _noted(Rest)
_OF_THE_BODY = sa.select(BodyNote.person_id, BodyNote.note).where(
    BodyNote.person_id.in_(sa.bindparam("people", expanding=True))
)


@dataclass(frozen=True)
class Batch:
    """How the rings of one transaction are judged and put out."""

    session: Session
    now: datetime
    rules: gate.Rules
    render: Render
    without: Without
    month: Month | None = None

    @property
    def saves_messages(self) -> bool:
        """Whether counted messages are worth more than requests."""
        return self.month is not None and self.month.is_near

    def ring(self, purpose: Purpose, row: DueReminder | DueSnooze, reminder: gate.ReminderState | None = None) -> Ring:
        """What the due *row* stands for, before anything has been decided; a snooze needs no *reminder*."""
        zone = ZoneInfo(row.timezone) if row.timezone else self.rules.zone
        person = gate.PersonState(zone, is_blocked=row.blocked_at is not None, reminder=reminder)
        return Ring(purpose, row.person_id, row.to, row.routine_id, row.day, row.due_at, person)

    def judge(self, rings: Sequence[Ring]) -> None:
        """Note in each of *rings* why the gate does not let it pass, when it does not."""
        if not rings:
            return
        people, days = {ring.person_id for ring in rings}, {ring.day for ring in rings}
        done, resting = (
            {tuple(row) for row in self.session.execute(noted, {"people": people, "days": days})}
            for noted in (_DONE, _RESTING)
        )
        of_the_body = self.session.execute(_OF_THE_BODY, {"people": people})
        barred = {person_id for person_id, note in of_the_body if note in self.rules.barring}
        left = None if self.month is None else self.month.left
        for ring in rings:
            key = (ring.person_id, ring.routine_id, ring.day)
            message = gate.Message(ring.purpose, ring.due_at, ring.routine_id, ring.day)
            person = replace(ring.person, is_barred=True) if ring.person_id in barred else ring.person
            ledger = gate.Ledger(is_done=key in done, is_resting=key in resting, left_of_month=left)
            decision = gate.decide(message, person, self.now, ledger, self.rules)
            ring.reason = decision.reason if decision.verb == "drop" else None
            if left is not None and ring.reason is None:
                left -= 1

    def put_out(self, rings: Sequence[Ring]) -> None:
        """Write one message for all of *rings* that say the same, and a decision for each that is not sent."""
        passed = [ring for ring in rings if ring.reason is None]
        exercising = {(ring.person_id, ring.routine_id) for ring in passed if ring.kind == "ring"}
        without = self.without(self.session, exercising) if exercising else {}

        def content(ring: Ring) -> tuple[Due, datetime, str | None]:
            left_out = without.get((ring.person_id, ring.routine_id), ()) if ring.kind == "ring" else ()
            due = Due(ring.routine_id, ring.day, ring.kind, left_out)
            return due, ring.due_at, ring.to if ring.is_apart else None

        for (due, _, _), those in _grouped(passed, content).items():
            self._write(due, those)
        decisions.keep(self.session, [self._dropped(ring) for ring in rings if ring.reason is not None])
        shortage.mark(self.session, self.now, people={ring.person_id for ring in rings if ring.reason == "quota"})

    def _write(self, due: Due, rings: Sequence[Ring]) -> None:
        messages = self.render(due)
        if messages is None:
            log.warning("%s has nothing to ring with any more; reminders not sent: %s", due.routine_id, len(rings))
            for ring in rings:
                ring.reason = GONE
            return
        priority = outbox.CAN_WAIT if due.kind == "question" else None
        write(
            self.session,
            due,
            [ring.to for ring in rings],
            messages,
            purpose=rings[0].purpose,
            due_at=rings[0].due_at,
            now=self.now,
            priority=priority,
            is_apart=rings[0].is_apart,
        )

    def _dropped(self, ring: Ring) -> Decision:
        return Decision(
            person_id=ring.person_id,
            purpose=ring.purpose,
            routine_id=ring.routine_id,
            day=ring.day,
            due_at=ring.due_at,
            decided_at=self.now,
            verb="drop",
            reason=ring.reason,
        )


def write(
    session: Session,
    due: Due,
    to: Sequence[str],
    messages: Sequence[Message],
    *,
    purpose: Purpose,
    due_at: datetime,
    now: datetime,
    judged_at: datetime | None = None,
    priority: int | None = None,
    is_apart: bool = False,
) -> None:
    """Put the *messages* of what is *due* into the outbox, for all these people.

    One that *is_apart* is for a single person, and may become one message with what else is due for them in these minutes.
    """
    row: dict[str, Any] = {
        "payload": messages,
        "purpose": purpose,
        "routine_id": due.routine_id,
        "day": due.day,
        "due_at": due_at,
        "reference": f"{due.routine_id} {due.day}",
        "now": now,
        "expires_at": due_at + gate.GRACE[purpose],
        "priority": priority,
    }
    if is_apart:
        # What else is due for the person in these minutes is planned in the next moment.
        outbox.add_push(session, to=to[0], is_merged=True, not_before=now + outbox.MEETING, **row)
    else:
        outbox.add_multicast(session, to=to, judged_at=judged_at, **row)


def _grouped(rings: Iterable[Ring], key: Callable[[Ring], KeyT]) -> dict[KeyT, list[Ring]]:
    groups: dict[KeyT, list[Ring]] = {}
    for ring in rings:
        groups.setdefault(key(ring), []).append(ring)
    return groups
