"""How late reminders are when 10,000 are due each minute while people chat, and what the chat feels of it.

One worker at a LINE that takes 50 ms, by the real clock: first the chat alone, then both. Two minutes of reminders, or
as many as ``LATENESS_MINUTES`` says (60: the hour).
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app as composition
from bot import db
from bot.app import Knowledge
from bot.clock import Clock, system_clock
from bot.delivery import inbox
from bot.line.messenger import LineMessenger
from bot.models import InboxEvent, OutboxMessage, Reminder
from bot.settings import DEFAULT_CONTENT, Settings
from bot.worker import Worker
from tests.benchmarks.bench_answering import event
from tests.benchmarks.bench_rings import invite
from tests.benchmarks.bench_sending import line
from tests.benchmarks.conftest import Report

__all__ = ["line"]
A_MINUTE = 10_000
MINUTES = int(os.environ.get("LATENESS_MINUTES", "2"))
CHATS_A_SECOND = 10
ALONE_SECONDS = 45
TOKYO = ZoneInfo("Asia/Tokyo")
ROUTINE = "routine/morning-stretch"
_numbers = count()


def clock_from_noon() -> Clock:
    """Goes with the real one, but begins in the hour after noon in Tokyo, when everything may be sent.

    At the same second of the minute, for workers look for what is due on full ones.
    """
    begun = system_clock()
    noon = begun.astimezone(TOKYO).replace(hour=12)
    return lambda: system_clock() + (noon - begun)


class Chat(threading.Thread):
    """People who write, evenly, until it is stopped."""

    def __init__(self, sessions: db.Sessions, worker: Worker, clock: Clock) -> None:
        super().__init__(daemon=True)
        self._sessions, self._worker, self._clock = sessions, worker, clock
        self._over = threading.Event()

    def run(self) -> None:
        next_at = time.monotonic()
        while not self._over.wait(max(next_at - time.monotonic(), 0)):
            next_at += 1 / CHATS_A_SECOND
            now = self._clock()
            with self._sessions.begin() as session:
                inbox.receive(session, [event(next(_numbers), now)], now)
            self._worker.wake()

    def stop(self) -> None:
        self._over.set()
        self.join()


def minutes_from(now: datetime) -> list[datetime]:
    first = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return [first + timedelta(minutes=number) for number in range(MINUTES)]


def share(values: list[float], wanted: float) -> float:
    return sorted(values)[min(int(len(values) * wanted), len(values) - 1)]


def reply_seconds(sessions: db.Sessions, since: datetime, until: datetime) -> list[float]:
    """From what came in between to its answer's acceptance."""
    answered = (
        sa.select(InboxEvent.received_at, OutboxMessage.settled_at)
        .join(OutboxMessage, OutboxMessage.reference == InboxEvent.webhook_event_id)
        .where(InboxEvent.received_at.between(since, until), OutboxMessage.outcome == "accepted")
    )
    with sessions() as session:
        return [(settled - received).total_seconds() for received, settled in session.execute(answered)]


def lateness(sessions: db.Sessions) -> tuple[list[float], int]:
    """Of each reminder that was accepted, and how many there were."""
    sent = sa.select(OutboxMessage.due_at, OutboxMessage.settled_at, OutboxMessage.recipients).where(
        OutboxMessage.purpose == "reminder", OutboxMessage.outcome == "accepted"
    )
    with sessions() as session:
        rows = list(session.execute(sent))
    late = [(settled - due).total_seconds() for due, settled, to in rows for _ in to]
    return late, len(late)


def test_bench_lateness_with_chat_beside(
    knowledge: Knowledge, database_url: str, line: str, request: pytest.FixtureRequest, report: Report
) -> None:
    settings = Settings.model_construct(
        content_dir=DEFAULT_CONTENT, database_url=database_url, line_channel_access_token=SecretStr("token")
    )
    clock = clock_from_noon()
    app = composition.build(settings, clock, LineMessenger("token", line), knowledge)
    worker = app.worker()
    worker.start()
    chat = Chat(app.sessions, worker, clock)
    chat.start()
    time.sleep(5)  # Everybody who chats is met once.
    alone = clock()
    time.sleep(ALONE_SECONDS)
    invited = clock()
    minutes = minutes_from(clock() + timedelta(seconds=A_MINUTE * MINUTES / 10_000))
    for due in minutes:
        invite(app.sessions, A_MINUTE, due, ROUTINE)
        with app.sessions.begin() as session:
            local = due.astimezone(TOKYO).strftime("%H:%M")
            session.execute(sa.update(Reminder).where(Reminder.next_due_at == due).values(time=local))
    time.sleep(max((minutes[0] - clock()).total_seconds() - 1, 0))
    together = clock()
    time.sleep((minutes[-1] - clock()).total_seconds() + 45)
    ended = clock() - timedelta(seconds=2)
    chat.stop()
    worker.stop()

    late, rung = lateness(app.sessions)
    quiet, busy = reply_seconds(app.sessions, alone, invited), reply_seconds(app.sessions, together, ended)
    db.engine_of(app.sessions).dispose()
    kind = request.node.callspec.params["database_url"]
    report(
        f"{kind}: {rung} reminders in {MINUTES} minutes, late: half {share(late, 0.5):.2f} s, 99 % {share(late, 0.99):.2f} s, "
        f"the last {max(late):.2f} s; {len(busy)} replies meanwhile: half {1e3 * share(busy, 0.5):.0f} ms, 99 % "
        f"{1e3 * share(busy, 0.99):.0f} ms = {share(busy, 0.99) / share(quiet, 0.99):.2f} x without "
        f"({1e3 * share(quiet, 0.99):.0f} ms)",
        late_p99=share(late, 0.99),
        reply_p99_ms=1e3 * share(busy, 0.99),
        ratio=share(busy, 0.99) / share(quiet, 0.99),
    )
    assert rung == A_MINUTE * MINUTES
    assert len(busy) > 0
