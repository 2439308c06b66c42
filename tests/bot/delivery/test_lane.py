import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from bot import db
from bot.clock import system_clock
from bot.delivery import lane, outbox
from bot.delivery.messenger import Accepted, Message
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.models import OutboxMessage, Person
from tests.fakes import FakeMessenger

HELLO = [{"type": "text", "text": "こんにちは"}]
GENEROUS = Rules(most_a_day=1000, most_a_week=1000, quiet_from=dt.time(0), quiet_until=dt.time(0))
PATIENCE = 20.0
"""Seconds after which a test that waits for a thread has failed."""


class SlowLine(FakeMessenger):
    """A LINE that answers pushes and batches only when it is let, and remembers how many asked at once."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()
        self.waiting = threading.Semaphore(0)

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        self._wait()
        return super().push(to, messages, retry_key=retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        self._wait()
        return super().multicast(to, messages, retry_key=retry_key)

    def _wait(self) -> None:
        self.waiting.release()
        assert self.may_answer.wait(PATIENCE)


@pytest.fixture
def line() -> SlowLine:
    return SlowLine()


@pytest.fixture
def lanes(sessions: db.Sessions, line: SlowLine) -> Iterator[list[lane.Lane]]:
    """All lanes at work, with the machine's own clock: they wait in earnest."""
    sender = Sender(sessions, system_clock, line, rules=GENEROUS)
    made = lane.lanes(sender, connections=4, every=0.02)
    for one in made:
        one.start()
    yield made
    line.may_answer.set()
    stop(made)


def stop(lanes: list[lane.Lane]) -> None:
    for one in lanes:
        one.stop()
    for one in lanes:
        one.join(time.monotonic() + PATIENCE)


def meet(sessions: db.Sessions, *names: str) -> None:
    now = system_clock()
    with sessions.begin() as session:
        for name in names:
            session.add(Person(line_user_id=name, created_at=now, last_seen_at=now, offered=[], step_data={}))


def announce(sessions: db.Sessions, count: int) -> None:
    with sessions.begin() as session:
        for _ in range(count):
            outbox.add_push(session, to="U1", payload=HELLO, purpose="announcement", now=system_clock())


def reply(sessions: db.Sessions, token: str, chat: str = "U1") -> None:
    now = system_clock()
    with sessions.begin() as session:
        outbox.add_reply(
            session,
            reply_token=token,
            payload=HELLO,
            reference=None,
            now=now,
            expires_at=now + timedelta(seconds=50),
            fallback_to=chat,
            is_worth_a_push=False,
        )


def ends(sessions: db.Sessions) -> list[str | None]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage.outcome).order_by(OutboxMessage.id)))


def wait_for(look: Callable[[], bool]) -> None:
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not look():
        assert time.monotonic() < deadline
        pause.wait(0.01)


def test_a_burst_of_announcements_to_a_slow_line_delays_no_answer(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    meet(sessions, "U1")
    announce(sessions, 20)
    for _ in range(4):
        assert line.waiting.acquire(timeout=PATIENCE)

    reply(sessions, "token")
    lanes[0].wake()

    wait_for(lambda: ends(sessions)[-1] == "accepted")
    assert ends(sessions)[:-1] == [None] * 20
    assert not line.waiting.acquire(blocking=False)
    line.may_answer.set()
    wait_for(lambda: set(ends(sessions)) == {"accepted"})


def test_the_answers_of_a_chat_are_sent_in_order_and_at_once(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    for number in range(20):
        reply(sessions, f"token-{number}", chat=f"U{number % 2}")
    lanes[0].wake()

    wait_for(lambda: set(ends(sessions)) == {"accepted"})

    for chat in (0, 1):
        sent = [int(one.to[0].split("-")[1]) for one in line.sent]
        assert [number for number in sent if number % 2 == chat] == list(range(chat, 20, 2))


def test_each_message_is_sent_once_however_many_lanes_there_are(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    line.may_answer.set()
    meet(sessions, "U1")
    more = lane.lanes(Sender(sessions, system_clock, line, rules=GENEROUS), every=0.02)
    for one in more:
        one.start()
    announce(sessions, 60)

    wait_for(lambda: set(ends(sessions)) == {"accepted"})
    stop(more)

    assert len(line.asked) == 60


def test_what_is_due_is_sent_before_the_lane_ends(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    reply(sessions, "first")
    reply(sessions, "second")

    lanes[0].finish(time.monotonic() + PATIENCE)

    assert ends(sessions) == ["accepted"] * 2


def test_a_stop_waits_for_what_is_under_way_and_settles_it(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    meet(sessions, "U1")
    announce(sessions, 10)
    for _ in range(4):
        assert line.waiting.acquire(timeout=PATIENCE)
    for one in lanes:
        one.stop()
    threading.Timer(0.05, line.may_answer.set).start()

    stop(lanes)

    assert ends(sessions) == ["accepted"] * 4 + [None] * 6
    assert len(line.asked) == 4


def test_a_message_that_cannot_be_sent_at_all_is_given_back_and_holds_up_no_connection(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(sent: object) -> None:
        if len(line.asked) <= 6:
            raise ValueError("ひみつ")

    line.on_ask = fail
    for number in range(8):
        reply(sessions, f"token-{number}", chat=f"U{number}")
    lanes[0].wake()

    wait_for(lambda: ends(sessions).count("accepted") == 2)
    assert "ValueError" in caplog.text
    assert "ひみつ" not in caplog.text
