"""The sender: takes messages out of the outbox, gives them to LINE, and writes down what became of them.

Three steps, so that no transaction is open while LINE takes its time: `take`, `send`, `settle`. A lane does each of them
in threads of its own, for many messages at once; `send_one` does all three for one.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import failpoints
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import claims, company, gate, readings, settling, sieve, states, verdict
from bot.delivery.messenger import Accepted, DeliveryError, Messenger
from bot.delivery.pace import Pace, PaceInMemory
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage
from bot.models.outbox import Kind

log = logging.getLogger(__name__)

LONGEST_HOLD = timedelta(seconds=5)
"""How long at most nobody sends after LINE has said that it is too much."""

Result = Accepted | DeliveryError


@dataclass(frozen=True)
class Errand:
    """A message to be sent, once *wait* has passed: it has its place in the pace."""

    row: OutboxMessage
    wait: timedelta


class Sender:
    """Works the outbox off; any number of them, and of threads in each, may work side by side."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        messenger: Messenger,
        *,
        pace: Pace | None = None,
        rules: Callable[[], Rules] = lambda: gate.DEFAULT_RULES,
        quota: Quota | None = None,
        jitter: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._messenger = messenger
        self._pace = pace or PaceInMemory()
        self._rules = rules
        self._quota = quota or Quota(rules().monthly_limit)
        self._jitter = jitter
        self._pause = pause

    def send_one(self) -> bool:
        """Bring the next message to an outcome or to its next try; False when none is due."""
        found, errands = self.take(1)
        for errand in errands:
            if errand.wait > timedelta(0):
                self._pause(errand.wait.total_seconds())
            result = self.send(errand.row)
            self.settle([(errand.row, result)])
            self.show_loading(errand.row, result)
        return found > 0

    def take(self, size: int, priorities: tuple[int, int] = claims.ALL_PRIORITIES) -> tuple[int, list[Errand]]:
        """Claim up to *size* messages: how many were due, and those of them that are to be sent.

        What is not to be sent is brought to its outcome, or put off, in the same transaction.
        """
        now, rules = self._clock(), self._rules()
        with self._sessions.begin() as session, session.no_autoflush:
            rows = claims.claim_some(session, now, size=size, priorities=priorities)
            fresh = [row for row in rows if row.first_try_at is None and row.kind != "reply"]
            sift = sieve.Sieve(session, fresh, now, rules=rules, quota=self._quota).sift
            to_send, ruled = [], []
            for row in rows:
                if row.outcome is not None:
                    continue  # It goes along with one before it.
                ruling = self._before_sending(session, row, now, sift)
                if ruling is None:
                    row.first_try_at = row.first_try_at or now
                    to_send.append(row)
                else:
                    ruled.append((row, ruling))
            session.flush()
            settling.settle_all(session, ruled, now)
        for row, ruling in ruled:
            _report(row, ruling)
        return len(rows), self._paced(to_send, now)

    def send(self, row: OutboxMessage) -> Result:
        """Give a message to LINE, with no transaction open; what it said."""
        failpoints.reach("message-claimed")
        result = self._ask(row)
        failpoints.reach("message-taken")
        return result

    def _ask(self, row: OutboxMessage) -> Result:
        try:
            if row.kind == "reply":
                assert row.reply_token is not None
                return self._messenger.reply(row.reply_token, row.payload)
            if row.kind == "push":
                return self._messenger.push(row.recipients[0], row.payload, retry_key=row.retry_key)
            if row.kind == "broadcast":
                return self._messenger.broadcast(row.payload, retry_key=row.retry_key)
            return self._messenger.multicast(row.recipients, row.payload, retry_key=row.retry_key)
        except DeliveryError as error:
            return error

    def settle(self, results: Iterable[tuple[OutboxMessage, Result]]) -> None:
        """Write down what LINE said of messages that were sent, in one transaction."""
        now = self._clock()
        ruled = []
        holds: dict[Kind, timedelta] = {}
        is_month_over = False
        for row, result in results:
            ruling = verdict.after(row, result, now, jitter=self._jitter())
            ruled.append((row, ruling))
            if not isinstance(result, DeliveryError):
                continue
            is_month_over |= result.reason == "quota"
            if result.reason == "rate" and ruling.next_try_at is not None:
                holds[row.kind] = max(holds.get(row.kind, timedelta(0)), ruling.next_try_at - now)
        with self._sessions.begin() as session:
            if is_month_over:
                readings.note_full(session, now)
            settling.settle_all(session, ruled, now)
        if is_month_over:
            self._quota.look_again()
        failpoints.reach("message-settled")
        for row, ruling in ruled:
            _report(row, ruling)
        for kind, length in holds.items():
            self._pace.hold(kind, min(length, LONGEST_HOLD), now)

    def show_loading(self, row: OutboxMessage, result: Result) -> None:
        """Let LINE's loading sign count a hold. It is no message, so it is not tried again; a group has none."""
        if row.kind != "reply" or row.loading_seconds is None or not row.recipients:
            return
        if not isinstance(result, Accepted):
            return
        in_fives = -(-row.loading_seconds // 5) * 5
        [wait] = self._pace.places("loading", 1, self._clock())
        if wait > timedelta(0):
            self._pause(wait.total_seconds())
        try:
            self._messenger.show_loading(row.recipients[0], seconds=min(max(in_fives, 5), 60))
        except DeliveryError as error:
            log.warning("message %s: no loading sign (%s), request %s", row.id, error.reason, error.request_id)

    def _before_sending(
        self, session: Session, row: OutboxMessage, now: datetime, sift: Callable[[OutboxMessage], Verdict | None]
    ) -> Verdict | None:
        """What becomes of a claimed row without asking LINE; None when it is to be sent."""
        if row.kind == "reply":
            if row.reply_token is None or (row.expires_at is not None and now >= row.expires_at):
                return verdict.too_late(row, now, reason=row.reason)
            return None
        if row.first_try_at is None:
            ruling = sift(row)
            if ruling is None:
                company.merge(session, row, now, rules=self._rules())
            return ruling
        # Once tried, body and recipients stay as they are: LINE knows them by the retry key.
        if gate.is_late(states.message_of(row), now) or now >= row.first_try_at + verdict.PATIENCE:
            return Verdict("given-up", "too-late")
        return None

    def paced(self, rows: Sequence[OutboxMessage]) -> list[Errand]:
        """The errands of *rows*, which the caller has claimed and found fit to be sent."""
        return self._paced(rows, self._clock())

    def _paced(self, rows: Sequence[OutboxMessage], now: datetime) -> list[Errand]:
        """*rows* with their places in the pace."""
        counts = Counter(row.kind for row in rows)
        waits = {kind: iter(self._pace.places(kind, count, now)) for kind, count in counts.items()}
        return [Errand(row, next(waits[row.kind])) for row in rows]


def _report(row: OutboxMessage, ruling: Verdict) -> None:
    said = f"message {row.id} ({row.kind}, {row.purpose}, {row.reference}), try {row.attempts}"
    word = ruling.outcome or ("push instead" if ruling.becomes_push else "again later")
    facts = {"row": row.id, "outcome": word, "reason": ruling.reason, "request": ruling.request_id}
    ids = {"facts": facts | ({"event": row.reference} if row.kind == "reply" else {"reference": row.reference})}
    if ruling.outcome in ("accepted", "accepted-before"):
        log.info("%s: %s, request %s", said, word, ruling.request_id, extra=ids)
    elif ruling.outcome in ("refused", "given-up", "unknown"):
        log.error("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id, extra=ids)
    else:
        log.warning("%s: %s (%s), request %s", said, word, ruling.reason, ruling.request_id, extra=ids)
