"""The figures of the whole house in Prometheus's form, out of the database when they are asked for: the same from whichever process."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import month
from bot.delivery.dispatch import TOKEN_LIFE
from bot.models import Decision, InboxEvent, OutboxMessage
from bot.watching import pulse, vitals

KEPT = timedelta(seconds=10)
"""How long figures are good for: whoever asks more often gets the same."""
LATELY = timedelta(hours=1)
"""What is counted over a time is counted over so much."""
MINUTES = timedelta(minutes=15)
MOST = 5_000
"""Of so many messages at most the delays are looked at."""
SHARES = (0.5, 0.95, 1.0)

Family = GaugeMetricFamily


class House(Collector):
    """Collects the figures; threads may share it."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._found: Sequence[Family] = ()
        self._found_at: datetime | None = None

    def describe(self) -> Iterable[Family]:
        """Nothing beforehand: registering must not ask the database."""
        return ()

    def collect(self) -> Iterable[Family]:
        """The figures of the last seconds."""
        now = self._clock()
        with self._lock:
            if self._found_at is None or not timedelta(0) <= now - self._found_at < KEPT:
                with self._sessions() as session:
                    self._found = [family for look in LOOKS for family in look(session, now)]
                self._found_at = now
            return self._found


def waiting(session: Session, now: datetime) -> Iterable[Family]:
    """The inbox."""
    yield _one("senaka_inbox_open", "Events that wait for their answer.", vitals.open_events(session))
    oldest = vitals.oldest_open_event(session)
    yield _one("senaka_inbox_oldest_seconds", "Age of the oldest of them.", _age(oldest, now) or 0)
    yield _one("senaka_inbox_dead", "Events that were given up.", vitals.dead_letters(session))


def understood(session: Session, now: datetime) -> Iterable[Family]:
    """What became of the events of the last hour, and what texts were taken for."""
    first = vitals.first_since(session, InboxEvent.id, InboxEvent.received_at, now - LATELY)
    rows = session.execute(
        sa.select(InboxEvent.outcome, InboxEvent.meaning, sa.func.count())
        .where(InboxEvent.id >= first, InboxEvent.done_at.is_not(None))
        .group_by(InboxEvent.outcome, InboxEvent.meaning)
    )
    family = Family(
        "senaka_events_last_hour", "Events of the last hour by what became of them.", labels=["outcome", "meaning"]
    )
    for outcome, meaning, count in rows:
        family.add_metric([outcome or "", meaning or ""], count)
    yield family


def outbox(session: Session, now: datetime) -> Iterable[Family]:
    """Messages that are open by kind and purpose, and what became of those of the last hour."""
    opened = Family("senaka_outbox_open", "Messages on their way.", labels=["kind", "purpose", "state"])
    state = sa.case(
        (OutboxMessage.is_held, "held"),
        (OutboxMessage.waits_for_reply, "waits-for-reply"),
        (OutboxMessage.next_try_at <= now, "due"),
        else_="later",
    )
    # Counted here: asked to group by the purpose, SQLite goes through the whole index of purposes.
    on_their_way = sa.select(OutboxMessage.kind, OutboxMessage.purpose, state).where(OutboxMessage.outcome.is_(None))
    for labels, count in Counter(tuple(row) for row in session.execute(on_their_way)).items():
        opened.add_metric(list(labels), count)
    yield opened
    over = Family("senaka_outbox_last_hour", "Messages of the last hour.", labels=["purpose", "outcome", "reason"])
    settled = sa.select(OutboxMessage.purpose, OutboxMessage.outcome, OutboxMessage.reason).where(
        OutboxMessage.settled_at >= now - LATELY
    )
    for (purpose, outcome, reason), count in Counter(tuple(row) for row in session.execute(settled)).items():
        over.add_metric([purpose or "", outcome or "", reason or ""], count)
    yield over


def gate(session: Session, now: datetime) -> Iterable[Family]:
    """Why rings of the last hour did not become messages."""
    first = vitals.first_since(session, Decision.id, Decision.decided_at, now - LATELY)
    family = Family("senaka_gate_last_hour", "Rings that the gate stopped.", labels=["purpose", "verb", "reason"])
    for purpose, verb, reason, count in session.execute(
        sa.select(Decision.purpose, Decision.verb, Decision.reason, sa.func.count())
        .where(Decision.id >= first)
        .group_by(Decision.purpose, Decision.verb, Decision.reason)
    ):
        family.add_metric([purpose, verb, reason], count)
    yield family


def delays(session: Session, now: datetime) -> Iterable[Family]:
    """Of the last quarter of an hour: from event to accepted reply, and how late reminders were."""
    taken = (OutboxMessage.settled_at >= now - MINUTES, OutboxMessage.outcome.in_(("accepted", "accepted-before")))
    rows = session.execute(
        sa.select(OutboxMessage.kind, OutboxMessage.settled_at, OutboxMessage.expires_at, OutboxMessage.due_at)
        .where(*taken, sa.or_(OutboxMessage.kind == "reply", OutboxMessage.purpose.in_(("reminder", "snooze"))))
        .limit(MOST)
    ).all()
    # A reply's time is up so long after its event came.
    replies = [
        settled - (expires - TOKEN_LIFE)
        for kind, settled, expires, _ in rows
        if kind == "reply" and settled and expires
    ]
    rings = [settled - due for kind, settled, _, due in rows if kind != "reply" and settled and due]
    yield _shares("senaka_reply_seconds", "From event to accepted reply, last 15 minutes.", replies)
    yield _shares("senaka_reminder_late_seconds", "How late reminders were, last 15 minutes.", rings)


def month_used(session: Session, now: datetime) -> Iterable[Family]:
    """The month's counted messages."""
    found = month.load(session, now, None)
    yield _one("senaka_quota_used", "Counted messages of this month.", found.used)
    if found.limit is not None:
        yield _one("senaka_quota_limit", "Counted messages that the month has.", found.limit)


def life(session: Session, now: datetime) -> Iterable[Family]:
    """When worker and LINE were last heard of."""
    for name, about, moment in (
        ("senaka_tick_age_seconds", "Since any worker looked for due work.", pulse.last_tick(session)),
        ("senaka_webhook_age_seconds", "Since LINE brought something new.", vitals.last_webhook(session)),
    ):
        age = _age(moment, now)
        if age is not None:
            yield _one(name, about, age)


LOOKS = (waiting, understood, outbox, gate, delays, month_used, life)


def _one(name: str, about: str, value: float) -> Family:
    return Family(name, about, value=value)


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max((now - moment).total_seconds(), 0)


def _shares(name: str, about: str, found: list[Any]) -> Family:
    family = Family(name, about, labels=["quantile"])
    ordered = sorted(length.total_seconds() for length in found)
    for share in SHARES if ordered else ():
        family.add_metric([str(share)], ordered[min(int(share * len(ordered)), len(ordered) - 1)])
    return family
