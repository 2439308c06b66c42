"""Messages a second from the inbox to LINE's reply endpoint through one worker process, at a LINE that takes 50 ms."""

import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app as composition
from bot.app import Knowledge
from bot.clock import system_clock
from bot.delivery import inbox
from bot.line.messenger import LineMessenger
from bot.models import OutboxMessage
from bot.settings import DEFAULT_CONTENT, Settings
from tests.benchmarks.bench_sending import DELAY, counts, line, spent
from tests.benchmarks.bench_understanding import MESSAGES
from tests.benchmarks.conftest import Report

__all__ = ["line"]
COUNT = 600


def test_bench_from_message_to_reply(
    knowledge: Knowledge, database_url: str, line: str, request: pytest.FixtureRequest, report: Report
) -> None:
    settings = Settings.model_construct(
        content_dir=DEFAULT_CONTENT,
        database_url=database_url,
        line_channel_access_token=SecretStr("token"),
    )
    app = composition.build(settings, system_clock, LineMessenger("token", line), knowledge)
    now = system_clock()
    with app.sessions.begin() as session:
        inbox.receive(session, [event(number, now) for number in range(COUNT)], now)
    reading = time.perf_counter()
    for text in MESSAGES[:100]:
        knowledge.understanding.read(text, now)
    reading = (time.perf_counter() - reading) / 100
    worker = app.worker()
    begun, used = time.perf_counter(), spent()
    worker.start()
    open_ones = sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.outcome == "accepted")
    while True:
        with app.sessions() as session:
            answered = session.scalar(open_ones)
        if answered == COUNT or time.perf_counter() - begun > 45:
            break
        time.sleep(0.1)
    wall, used = time.perf_counter() - begun, spent() - used
    worker.stop()

    found = counts(line)
    report(
        f"{request.node.callspec.params['database_url']} from message to reply at {DELAY} ms: {answered / wall:.0f}/s, "
        f"{used / COUNT * 1000:.2f} ms of processor each ({reading * 1000:.2f} of them reading), twice: {found['twice']}",
        per_second=answered / wall,
        processor_ms=used / COUNT * 1000,
    )
    assert found["twice"] == 0


def event(number: int, now: datetime) -> dict[str, object]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000),
        "source": {"type": "user", "userId": f"U{number % 300:032x}"},
        "webhookEventId": f"event-{number}",
        "replyToken": f"token-{number:06}",
        "message": {"type": "text", "id": str(number), "text": MESSAGES[number % len(MESSAGES)]},
    }
