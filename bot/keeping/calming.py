"""After a restore nothing old is said: what may have been sent since the backup was made is not sent again, nor rung late.

What the database says is as old as the backup. Whatever it would do at once has mostly been done by the one that was lost.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import alerts, calendar, summaries
from bot.broadcasts import holding, sending, states
from bot.delivery import decisions
from bot.keeping import erasure
from bot.models import Broadcast, InboxEvent, OutboxMessage, Person, Reminder, Snooze, StaffSession
from bot.reminders import schedule

REASON: Final = "restored"
LOOK_BACK = timedelta(days=7)
"""How much of a longer time is written down ring by ring, as after a downtime."""


def calm(session: Session, now: datetime, *, zone: ZoneInfo, erased: Collection[str] = ()) -> Counter[str]:
    """Settle all that a restored database would do late or twice; how many of each kind.

    *erased* are digests of people who were erased since the backup was made: they are erased again. *zone* is the practice's.
    """
    done: Counter[str] = Counter()
    done["people erased again"] = erasure.again(session, erased, now)
    done["messages to the assistant dropped"] = _drop_heard(session, now)
    done["announcements held"] = _hold_announcements(session, now)
    done["messages not sent again"] = _drop_said(session, now)
    done["rings passed over"] = _pass_over_rings(session, now)
    done["snoozes passed over"] = _pass_over_snoozes(session, now)
    done["summaries passed over"] = _pass_over_summaries(session, now, zone)
    # Somebody may have been signed out, or removed, since.
    signed_out = sa.update(StaffSession).where(StaffSession.ended_at.is_(None)).values(ended_at=now)
    done["browsers signed out"] = _changed(session, signed_out)
    return +done


def _drop_heard(session: Session, now: datetime) -> int:
    is_open = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))
    return _changed(session, sa.update(InboxEvent).where(*is_open).values(done_at=now, outcome="dropped"))


def _hold_announcements(session: Session, now: datetime) -> int:
    """What was being sent is paused, what had a time that is over waits for a human: who got it already nobody knows."""
    under_way = session.scalars(sa.select(Broadcast).where(Broadcast.state.in_(("sending", "paused")))).all()
    for broadcast in under_way:
        if broadcast.state == "sending":
            states.write_move(session, broadcast, "paused", by=None, now=now, note=REASON)
        holding.hold(session, broadcast)
    passed = sa.select(Broadcast).where(Broadcast.state == "scheduled", Broadcast.send_at <= now)
    overdue = session.scalars(passed).all()
    for broadcast in overdue:
        states.write_move(session, broadcast, "overdue", by=None, now=now, note=REASON)
        alerts.raise_(session, sending.OVERDUE, {"number": broadcast.id}, now)
    return len(under_way) + len(overdue)


def _drop_said(session: Session, now: datetime) -> int:
    """What was open has been sent within seconds, or went with an answer since; only what was meant for later is still to go."""
    is_to_come = sa.and_(
        OutboxMessage.first_try_at.is_(None), sa.not_(OutboxMessage.waits_for_reply), OutboxMessage.next_try_at > now
    )
    old = sa.update(OutboxMessage).where(
        OutboxMessage.outcome.is_(None), sa.not_(OutboxMessage.is_held), sa.not_(is_to_come)
    )
    return _changed(session, old.values(outcome="unknown", reason=REASON, settled_at=now))


def _pass_over_rings(session: Session, now: datetime) -> int:
    count = 0
    due = sa.select(Reminder).where(Reminder.next_due_at <= now, Reminder.state == "on").order_by(Reminder.id)
    for reminder in session.scalars(due):
        due_at = reminder.next_due_at
        while due_at is not None and due_at <= now:
            day = calendar.day_of(due_at, ZoneInfo(reminder.zone))
            # It counts as rung, so that its time can be moved without its ringing once more.
            reminder.rang_for = day
            decisions.drop(
                session,
                reminder.person_id,
                purpose="reminder",
                routine_id=reminder.routine_id,
                day=day,
                due_at=due_at,
                reason=REASON,
                now=now,
            )
            count += 1
            due_at = schedule.next_ring(reminder, max(due_at, now - LOOK_BACK))
        reminder.next_due_at = due_at
    session.flush()
    return count


def _pass_over_snoozes(session: Session, now: datetime) -> int:
    due = session.scalars(sa.select(Snooze).where(Snooze.due_at <= now)).all()
    for snooze in due:
        assert snooze.due_at is not None  # Chosen by the query.
        decisions.drop(
            session,
            snooze.person_id,
            purpose="snooze",
            routine_id=snooze.routine_id,
            day=snooze.for_day,
            due_at=snooze.due_at,
            reason=REASON,
            now=now,
        )
        snooze.due_at = None
    session.flush()
    return len(due)


def _pass_over_summaries(session: Session, now: datetime, zone: ZoneInfo) -> int:
    due = session.scalars(sa.select(Person).where(Person.summary_due_at <= now)).all()
    for person in due:
        assert person.summary_due_at is not None  # As above.
        decisions.drop(session, person.id, purpose="summary", due_at=person.summary_due_at, reason=REASON, now=now)
        summaries.turn_on(person, zone=ZoneInfo(person.timezone) if person.timezone else zone, now=now)
    session.flush()
    return len(due)


def _changed(session: Session, change: sa.Update) -> int:
    done = session.execute(change.execution_options(synchronize_session=False))
    count: int = done.rowcount  # type: ignore[attr-defined]
    return count
