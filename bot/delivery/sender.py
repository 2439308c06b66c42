"""The sender: takes one message out of the outbox, gives it to LINE, and writes down what became of it."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import gate, outbox, verdict
from bot.delivery.messenger import Accepted, DeliveryError, Messenger
from bot.delivery.pace import Pace
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage, Person, Reminder
from bot.models.outbox import Purpose

log = logging.getLogger(__name__)

HOLD = timedelta(minutes=10)
"""How long a message is held back when the gate does not say until when."""


class Gate(Protocol):
    """The shape of `gate.decide`."""

    def __call__(
        self, purpose: Purpose, person: gate.PersonState | None, now: datetime, *, expires_at: datetime | None
    ) -> gate.Decision: ...


class Sender:
    """Works the outbox off, one message at a time; any number of them may work side by side."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        messenger: Messenger,
        *,
        pace: Pace | None = None,
        decide: Gate = gate.decide,
        jitter: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._messenger = messenger
        self._pace = pace or Pace()
        self._decide = decide
        self._jitter = jitter
        self._pause = pause

    def send_one(self) -> bool:
        """Bring the next message to an outcome or to its next try; False when none is due.

        Claimed, sent and settled in three steps, so that no transaction is open while LINE takes its time.
        """
        now = self._clock()
        with self._sessions.begin() as session:
            row = outbox.claim(session, now)
            if row is None:
                return False
            ruling = _before_sending(session, row, now, self._decide)
            if ruling is not None:
                outbox.settle(session, row, ruling, now)
                _report(row, ruling)
                return True
            row.first_try_at = row.first_try_at or now
        wait = self._pace.wait(row.kind, now)
        if wait > timedelta(0):
            self._pause(wait.total_seconds())
        self._settle(row, self._send(row))
        return True

    def _send(self, row: OutboxMessage) -> Accepted | DeliveryError:
        try:
            if row.kind == "reply":
                assert row.reply_token is not None
                return self._messenger.reply(row.reply_token, row.payload)
            if row.kind == "push":
                return self._messenger.push(row.recipients[0], row.payload, retry_key=row.retry_key)
            return self._messenger.multicast(row.recipients, row.payload, retry_key=row.retry_key)
        except DeliveryError as error:
            return error

    def _settle(self, row: OutboxMessage, result: Accepted | DeliveryError) -> None:
        now = self._clock()
        ruling = verdict.after(row, result, now, jitter=self._jitter())
        if isinstance(result, DeliveryError) and result.reason == "rate" and ruling.next_try_at is not None:
            self._pace.hold(row.kind, min(ruling.next_try_at, now + timedelta(seconds=5)))
        with self._sessions.begin() as session:
            outbox.settle(session, row, ruling, now)
        _report(row, ruling)


def _before_sending(session: Session, row: OutboxMessage, now: datetime, decide: Gate) -> Verdict | None:
    """What becomes of a claimed row without asking LINE; None when it is to be sent."""
    if row.kind == "reply":
        if row.reason == verdict.UNDER_WAY:
            row.reason = verdict.INTERRUPTED
        if row.reply_token is None or (row.expires_at is not None and now >= row.expires_at):
            return verdict.too_late(row, now, reason=row.reason)
        if row.reason not in verdict.DOUBTS:
            row.reason = verdict.UNDER_WAY
        return None
    if row.first_try_at is None:
        return _pass_gate(session, row, now, decide)
    # Once tried, body and recipients stay as they are: LINE knows them by the retry key.
    is_late = row.expires_at is not None and now >= row.expires_at
    if is_late or now >= row.first_try_at + verdict.PATIENCE:
        return Verdict("given-up", "too-late")
    return None


def _pass_gate(session: Session, row: OutboxMessage, now: datetime, decide: Gate) -> Verdict | None:
    """Take out of *row* those who may not get it, or not yet; a verdict when nobody is left."""
    states = _states(session, row.recipients)
    decisions = {
        recipient: decide(row.purpose, states.get(recipient), now, expires_at=row.expires_at)
        for recipient in row.recipients
    }
    held = {recipient: decision for recipient, decision in decisions.items() if decision.verb == "hold"}
    if row.kind == "push" and held:
        (decision,) = held.values()
        return Verdict(None, decision.reason, next_try_at=decision.until or now + HOLD, is_untried=True)
    for until in {decision.until for decision in held.values()}:
        later = [recipient for recipient, decision in held.items() if decision.until == until]
        outbox.add_part(session, row, later, now=now, not_before=until or now + HOLD)
    dropped = {recipient: decision.reason for recipient, decision in decisions.items() if decision.verb == "drop"}
    if held or dropped:
        row.left_out = {**row.left_out, **dropped}
        row.recipients = [recipient for recipient, decision in decisions.items() if decision.verb == "send"]
        reasons = Counter(decision.reason for decision in decisions.values() if decision.verb != "send")
        log.info("message %s: left out %s", row.id, dict(reasons))
    if not row.recipients:
        reason = next(iter([*dropped.values(), *(decision.reason for decision in held.values())]), "nobody")
        if held:
            return Verdict("split", reason)
        return Verdict("expired" if reason == "too-late" else "dropped", reason)
    if row.kind == "multicast" and len(row.recipients) == 1:
        row.kind = "push"  # To one person LINE delivers a push sooner.
    return None


def _states(session: Session, recipients: Sequence[str]) -> dict[str, gate.PersonState]:
    """What the gate wants to know of those *recipients* whom we know, in one query."""
    has_reminders = sa.select(Reminder.id).where(Reminder.person_id == Person.id, Reminder.state == "on").exists()
    people = session.execute(
        sa.select(Person.line_user_id, Person.blocked_at, Person.announcements_stopped_at, has_reminders).where(
            Person.line_user_id.in_(recipients)
        )
    )
    return {
        name: gate.PersonState(
            is_blocked=blocked_at is not None,
            has_stopped_announcements=stopped_at is not None,
            has_reminders=has_reminders,
        )
        for name, blocked_at, stopped_at, has_reminders in people
    }


def _report(row: OutboxMessage, ruling: Verdict) -> None:
    said = f"message {row.id} ({row.kind}, {row.purpose}, {row.reference}), try {row.attempts}"
    word = ruling.outcome or ("push instead" if ruling.becomes_push else "again later")
    if ruling.outcome in ("accepted", "accepted-before"):
        log.info("%s: %s, request %s", said, word, ruling.request_id)
    elif ruling.outcome in ("refused", "given-up", "unknown"):
        log.error("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id)
    else:
        log.warning("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id)
