"""From the inbox to LINE's reply endpoint through one worker process, at a LINE that takes 50 ms: how many a second, how soon."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app as composition
from bot import db
from bot.app import App, Knowledge
from bot.clock import system_clock
from bot.delivery import inbox
from bot.delivery.intake import Intake
from bot.delivery.messenger import Accepted, Message
from bot.line.messenger import LineMessenger
from bot.models import OutboxMessage
from bot.settings import DEFAULT_CONTENT, Settings
from tests.benchmarks.bench_sending import DELAY, counts, line, spent
from tests.benchmarks.bench_understanding import MESSAGES
from tests.benchmarks.conftest import Report

__all__ = ["line"]
COUNT = 1500
PEOPLE = 300
A_SECOND, STEADY = 50, 1000
"""So many messages come a second where the time of each is taken, and so many in all."""


class TimedMessenger(LineMessenger):
    """Notes when LINE had taken the answer to which token."""

    def __init__(self, api_base: str) -> None:
        super().__init__("token", api_base)
        self.taken: dict[str, float] = {}

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        accepted = super().reply(reply_token, messages)
        self.taken[reply_token] = time.perf_counter()
        return accepted


@contextmanager
def built(database_url: str, knowledge: Knowledge, messenger: LineMessenger) -> Iterator[App]:
    settings = Settings.model_construct(
        content_dir=DEFAULT_CONTENT,
        database_url=database_url,
        line_channel_access_token=SecretStr("token"),
    )
    app = composition.build(settings, system_clock, messenger, knowledge)
    try:
        yield app
    finally:
        db.engine_of(app.sessions).dispose()


def test_bench_from_message_to_reply(
    knowledge: Knowledge, database_url: str, line: str, request: pytest.FixtureRequest, report: Report
) -> None:
    kind = request.node.callspec.params["database_url"]
    accepted = sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.outcome == "accepted")
    with built(database_url, knowledge, LineMessenger("token", line)) as app:
        reading = time.perf_counter()
        for text in MESSAGES[:100]:
            knowledge.understanding.read(text, system_clock())
        reading = (time.perf_counter() - reading) / 100
        worker = app.worker()
        worker.start()
        # The first wave meets everybody, and prepares every statement.
        for wave, who in enumerate(("people never met", "people known", "people known")):
            now = system_clock()
            events = [event(number, now) for number in range(wave * COUNT, (wave + 1) * COUNT)]
            begun, used = time.perf_counter(), spent()
            with app.sessions.begin() as session:
                inbox.receive(session, events, now)
            worker.wake()

            def is_done(wanted: int = (wave + 1) * COUNT) -> bool:
                with app.sessions() as session:
                    return session.scalar(accepted) == wanted

            _wait(is_done, until=begun + 45)
            wall, used = time.perf_counter() - begun, spent() - used
            report(
                f"{kind} from message to reply at {DELAY} ms, {who}: {COUNT / wall:.0f}/s, {used / COUNT * 1000:.2f} ms of "
                f"processor each; reading alone takes {reading * 1000:.2f}",
                per_second=COUNT / wall,
                processor_ms=used / COUNT * 1000,
            )
            assert is_done()
        worker.stop()

    assert counts(line)["twice"] == 0


def test_bench_how_soon_a_message_is_answered(
    knowledge: Knowledge, database_url: str, line: str, request: pytest.FixtureRequest, report: Report
) -> None:
    messenger, came = TimedMessenger(line), dict[str, float]()
    with built(database_url, knowledge, messenger) as app:
        worker = app.worker()
        worker.start()
        intake = Intake(db.by_statement(app.sessions), system_clock, worker.wake)
        answer = _steadily(lambda number: intake.keep([event(number, system_clock())]), came)
        answer(range(PEOPLE))  # Whom we have never met is met, and every statement was prepared.
        used, begun = spent(), time.perf_counter()
        answer(range(PEOPLE, PEOPLE + STEADY))
        _wait(lambda: len(messenger.taken) >= PEOPLE + STEADY - 5, until=time.perf_counter() + 5)
        used, wall = spent() - used, time.perf_counter() - begun
        worker.stop()

    names = [f"token-{number:06}" for number in range(PEOPLE, PEOPLE + STEADY)]
    took = sorted((messenger.taken[name] - came[name]) * 1000 - DELAY for name in names if name in messenger.taken)
    half, most = took[len(took) // 2], took[int(len(took) * 0.99)]
    report(
        f"{request.node.callspec.params['database_url']} at {STEADY / wall:.0f}/s: half answered within {half:.0f} ms and LINE's "
        f"{DELAY}, 99 % within {most:.0f}, {used / STEADY * 1000:.2f} ms of processor each",
        half_ms=half,
        p99_ms=most,
        processor_ms=used / STEADY * 1000,
    )
    assert len(took) > STEADY * 0.98  # Of a few nothing is said in answer.


def _steadily(keep: Callable[[int], None], came: dict[str, float]) -> Callable[[Sequence[int]], None]:
    """Brings messages by their numbers, so many a second, each in a thread as a web server has them."""

    def bring(number: int) -> None:
        came[f"token-{number:06}"] = time.perf_counter()
        keep(number)

    def all_of(numbers: Sequence[int]) -> None:
        begun = time.perf_counter()
        for place, number in enumerate(numbers):
            time.sleep(max(begun + place / A_SECOND - time.perf_counter(), 0))
            threading.Thread(target=bring, args=(number,)).start()

    return all_of


def _wait(is_over: Callable[[], bool], until: float) -> None:
    while not is_over() and time.perf_counter() < until:
        time.sleep(0.05)


def event(number: int, now: datetime) -> dict[str, object]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000),
        "source": {"type": "user", "userId": f"U{number % PEOPLE:032x}"},
        "webhookEventId": f"event-{number}",
        "replyToken": f"token-{number:06}",
        "message": {"type": "text", "id": str(number), "text": MESSAGES[number % len(MESSAGES)]},
    }
