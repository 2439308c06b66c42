"""The sender: takes one message out of the outbox, gives it to LINE, and writes down what became of it."""

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import failpoints
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import gate, outbox, sieve, states, verdict
from bot.delivery.messenger import Accepted, DeliveryError, Messenger
from bot.delivery.pace import Pace
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage

log = logging.getLogger(__name__)


class Sender:
    """Works the outbox off, one message at a time; any number of them may work side by side."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        messenger: Messenger,
        *,
        pace: Pace | None = None,
        rules: Rules = gate.DEFAULT_RULES,
        jitter: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._messenger = messenger
        self._pace = pace or Pace()
        self._rules = rules
        self._quota = Quota(rules.monthly_limit, rules.zone)
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
            ruling = self._before_sending(session, row, now)
            if ruling is not None:
                outbox.settle(session, row, ruling, now)
                _report(row, ruling)
                return True
            row.first_try_at = row.first_try_at or now
        wait = self._pace.wait(row.kind, now)
        if wait > timedelta(0):
            self._pause(wait.total_seconds())
        failpoints.reach("message-claimed")
        result = self._send(row)
        failpoints.reach("message-taken")
        self._settle(row, result)
        failpoints.reach("message-settled")
        return True

    def _before_sending(self, session: Session, row: OutboxMessage, now: datetime) -> Verdict | None:
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
            return sieve.sift(session, row, now, rules=self._rules, quota=self._quota)
        # Once tried, body and recipients stay as they are: LINE knows them by the retry key.
        if gate.is_late(states.message_of(row), now) or now >= row.first_try_at + verdict.PATIENCE:
            return Verdict("given-up", "too-late")
        return None

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
        if row.kind == "reply" and ruling.outcome == "accepted":
            self._show_loading(row)

    def _show_loading(self, row: OutboxMessage) -> None:
        """Let LINE's loading sign count a hold. It is no message, so it is not tried again; a group has none."""
        if row.loading_seconds is None or not row.recipients:
            return
        in_fives = -(-row.loading_seconds // 5) * 5
        try:
            self._messenger.show_loading(row.recipients[0], seconds=min(max(in_fives, 5), 60))
        except DeliveryError as error:
            log.warning("message %s: no loading sign (%s), request %s", row.id, error.reason, error.request_id)


def _report(row: OutboxMessage, ruling: Verdict) -> None:
    said = f"message {row.id} ({row.kind}, {row.purpose}, {row.reference}), try {row.attempts}"
    word = ruling.outcome or ("push instead" if ruling.becomes_push else "again later")
    if ruling.outcome in ("accepted", "accepted-before"):
        log.info("%s: %s, request %s", said, word, ruling.request_id)
    elif ruling.outcome in ("refused", "given-up", "unknown"):
        log.error("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id)
    else:
        log.warning("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id)
