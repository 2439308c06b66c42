"""What needs somebody of the staff today, and how the day goes: for the first page, and for staff who ask in LINE."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import alerts, forecast
from bot.delivery import inbox
from bot.delivery.month import Month
from bot.delivery.rules import Rules
from bot.forecast import Forecast
from bot.models import Alert, Broadcast, Completion, Evidence, InboxEvent, OutboxMessage, Person, Switch
from bot.staff import emergency
from bot.talks import waiting

_CAME = ("accepted", "accepted-before", "carried")


@dataclass(frozen=True)
class Today:
    """The day of the practice so far."""

    waiting: int
    """People who wait for a human, as the list of talks counts them: one who asked twice is one, one who is looked after none."""
    drafts: Mapping[str, int]
    """Announcements that wait for somebody: state (waiting, approved, overdue, scheduled, paused) -> how many."""
    unheard: int
    """Messages that were not surely understood and wait to be looked at."""
    dead: int
    """Events that were given up on."""
    alerts: tuple[Alert, ...]
    stopped: Switch | None
    messages: int
    people: int
    """How many people wrote today."""
    came: int
    left: int
    done: int
    reminded: int
    month: Month
    expected: Forecast


_STATE = sa.case(
    ((Broadcast.state == "waiting") & (Broadcast.approved_version == Broadcast.version), sa.literal("approved")),
    else_=Broadcast.state,
)


def of(session: Session, now: datetime, rules: Rules) -> Today:
    """The day that *now* is in."""
    begins = _midnight(now, rules.zone)
    month, expected = forecast.of(session, now, rules.monthly_limit)
    written = inbox.was_use() & (InboxEvent.received_at >= begins)
    return Today(
        waiting=waiting.counts(session, now)[0],
        drafts=dict(
            session.execute(
                sa.select(_STATE, sa.func.count())
                .where(Broadcast.state.in_(("waiting", "overdue", "scheduled", "paused")))
                .group_by(_STATE)
            ).all()
        ),
        unheard=_count(session, Evidence.settled_at.is_(None)),
        dead=_count(session, InboxEvent.dead_at.is_not(None) & InboxEvent.done_at.is_(None)),
        alerts=tuple(alerts.open(session)),
        stopped=emergency.stopped(session),
        messages=_count(session, written),
        people=session.scalar(sa.select(sa.func.count(sa.distinct(InboxEvent.user_id))).where(written)) or 0,
        came=_count(session, Person.created_at >= begins),
        left=_count(session, Person.blocked_at >= begins),
        done=_count(session, Completion.done_at >= begins),
        reminded=session.scalar(
            sa.select(sa.func.sum(sa.func.json_array_length(OutboxMessage.recipients))).where(
                OutboxMessage.purpose == "reminder",
                OutboxMessage.settled_at >= begins,
                OutboxMessage.outcome.in_(_CAME),
            )
        )
        or 0,
        month=month,
        expected=expected,
    )


def _count(session: Session, condition: "sa.ColumnElement[bool]") -> int:
    return session.scalar(sa.select(sa.func.count()).where(condition)) or 0


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return local - timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
