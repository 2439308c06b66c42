import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from bot import db
from bot.clock import system_clock
from bot.delivery import claims, lane, outbox
from bot.delivery.messenger import Accepted, Message
from bot.delivery.pace import Endpoint, PaceInMemory
from bot.delivery.rules import Rules
from bot.delivery.sender import Errand, Result, Sender
from bot.models import OutboxMessage, Person
from tests.fakes import FakeClock, FakeMessenger

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
    sender = Sender(sessions, system_clock, line, rules=lambda: GENEROUS)
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


def reply(
    sessions: db.Sessions, token: str, chat: str = "U1", *, loading: int | None = None, is_worth_a_push: bool = False
) -> None:
    now = system_clock()
    with sessions.begin() as session:
        outbox.add_replies(
            session,
            [
                outbox.reply(
                    reply_token=token,
                    payload=HELLO,
                    reference=None,
                    now=now,
                    expires_at=now + timedelta(seconds=50),
                    fallback_to=chat,
                    is_worth_a_push=is_worth_a_push,
                    loading_seconds=loading,
                )
            ],
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
    more = lane.lanes(Sender(sessions, system_clock, line, rules=lambda: GENEROUS), every=0.02)
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


def test_what_was_claimed_for_a_lane_is_sent_without_looking_for_it(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    reply(sessions, "token")
    with sessions.begin() as session:
        rows = claims.claim_some(session, system_clock(), size=1)
    lanes[0].carry(rows, left=0)

    wait_for(lambda: ends(sessions) == ["accepted"])
    assert [one.to for one in line.sent] == [("token",)]


@pytest.mark.parametrize("is_carried", [True, False], ids=["of which it carries the first", "that it finds by itself"])
def test_a_lane_that_seldom_looks_sends_each_answer_of_a_chat_as_soon_as_the_one_before_it_is_settled(
    sessions: db.Sessions, line: SlowLine, is_carried: bool
) -> None:
    for number in range(5):
        reply(sessions, f"token-{number}")
    with sessions.begin() as session:
        first = claims.claim_some(session, system_clock(), size=1) if is_carried else []
    # It looks by itself after longer than this test waits.
    answers, *_ = lane.lanes(Sender(sessions, system_clock, line), connections=4, every=3 * PATIENCE)
    answers.start()
    if first:
        answers.carry(first, left=4)

    wait_for(lambda: set(ends(sessions)) == {"accepted"})
    stop([answers])

    assert [one.to for one in line.sent] == [(f"token-{number}",) for number in range(5)]


class Watched(Sender):
    """A sender that tells of each look for more."""

    def __init__(self, sessions: db.Sessions, line: FakeMessenger) -> None:
        super().__init__(sessions, system_clock, line, rules=lambda: GENEROUS)
        self.looks = threading.Semaphore(0)

    def take(self, size: int, priorities: tuple[int, int] = claims.ALL_PRIORITIES) -> tuple[int, list[Errand]]:
        taken = super().take(size, priorities)
        self.looks.release()
        return taken


class HeldLine(FakeMessenger):
    """A LINE that is slow to answer the first who asks."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.on_ask = self._hold

    def _hold(self, _sent: object) -> None:
        if not self.is_asked.is_set():
            self.is_asked.set()
            assert self.may_answer.wait(PATIENCE)


@contextlib.contextmanager
def seldom_looking(sender: Watched) -> Iterator[lane.Lane]:
    """The lane of answers, after its first look; it looks by itself after longer than a test waits."""
    [answers, *_] = lane.lanes(sender, connections=4, every=3 * PATIENCE)
    answers.start()
    assert sender.looks.acquire(timeout=PATIENCE)
    try:
        yield answers
    finally:
        stop([answers])


def claimed(sessions: db.Sessions) -> list[OutboxMessage]:
    with sessions.begin() as session:
        return claims.claim_some(session, system_clock(), size=1)


def test_what_staff_write_while_an_answer_is_under_way_goes_out_as_soon_as_that_is_settled(
    sessions: db.Sessions,
) -> None:
    line = HeldLine()
    sender = Watched(sessions, line)
    meet(sessions, "U1")
    with seldom_looking(sender) as answers:
        reply(sessions, "token")
        answers.carry(claimed(sessions), left=0)
        assert line.is_asked.wait(PATIENCE)
        with sessions.begin() as session:
            outbox.add_push(session, to="U1", payload=HELLO, purpose="staff", now=system_clock())
        answers.wake()
        assert sender.looks.acquire(timeout=PATIENCE)  # In vain: the answer is in its way.
        line.may_answer.set()

        wait_for(lambda: ends(sessions) == ["accepted"] * 2)
    assert [one.kind for one in line.sent] == ["reply", "push"]


def test_an_answer_behind_one_that_another_process_has_under_way_does_not_wait_for_the_next_look_by_itself(
    sessions: db.Sessions,
) -> None:
    line, other = HeldLine(), FakeMessenger()
    sender = Watched(sessions, other)
    with seldom_looking(Watched(sessions, line)) as theirs, seldom_looking(sender) as ours:
        reply(sessions, "first")
        theirs.carry(claimed(sessions), left=0)
        assert line.is_asked.wait(PATIENCE)
        reply(sessions, "second")
        ours.carry([], left=1)
        assert sender.looks.acquire(timeout=PATIENCE)  # In vain.
        line.may_answer.set()

        wait_for(lambda: ends(sessions) == ["accepted"] * 2)
    assert [one.to for one in other.sent] == [("second",)]


def test_an_answer_whose_token_is_dead_is_pushed_at_once(sessions: db.Sessions) -> None:
    line = FakeMessenger()
    line.lets_token_die("token")
    meet(sessions, "U1")
    with seldom_looking(Watched(sessions, line)) as answers:
        reply(sessions, "token", is_worth_a_push=True)
        answers.carry(claimed(sessions), left=0)

        wait_for(lambda: ends(sessions) == ["accepted"])
    assert [one.kind for one in line.asked] == ["reply", "push"]


def test_a_lane_has_room_for_as_many_as_connections_are_free_and_none_once_it_is_stopped(
    sessions: db.Sessions, line: SlowLine, lanes: list[lane.Lane]
) -> None:
    meet(sessions, "U1")
    assert lanes[2].room == 4
    announce(sessions, 2)
    for _ in range(2):
        assert line.waiting.acquire(timeout=PATIENCE)
    assert lanes[2].room == 2

    lanes[2].stop()

    assert lanes[2].room == 0


def test_messages_that_find_no_place_in_the_pace_are_given_back_by_their_lease(
    sessions: db.Sessions, line: SlowLine, caplog: pytest.LogCaptureFixture
) -> None:
    class NoPace(PaceInMemory):
        def places(self, endpoint: Endpoint, count: int, now: dt.datetime) -> list[timedelta]:
            raise ValueError("ひみつ")

    reply(sessions, "token")
    with sessions.begin() as session:
        rows = claims.claim_some(session, system_clock(), size=1)
    [answers, *_] = lane.lanes(Sender(sessions, system_clock, line, pace=NoPace()))
    answers.carry(rows, left=0)

    assert answers.room == lane.CONNECTIONS
    assert ends(sessions) == [None]
    assert "1 messages not taken over: ValueError" in caplog.text
    assert "ひみつ" not in caplog.text


class LoadingLine(FakeMessenger):
    """A LINE that is asked for its loading sign, and shows it only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_show = threading.Event()
        self.is_asked = threading.Event()

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        self.is_asked.set()
        assert self.may_show.wait(PATIENCE)
        return super().show_loading(user_id, seconds=seconds)


@contextlib.contextmanager
def at_work(sender: Sender, connections: int = 4) -> Iterator[lane.Lane]:
    """The lane of answers at work."""
    [answers, *_] = lane.lanes(sender, connections=connections, every=0.02)
    answers.start()
    try:
        yield answers
    finally:
        stop([answers])


def test_no_answer_waits_behind_the_loading_sign_of_another(sessions: db.Sessions) -> None:
    line = LoadingLine()
    with at_work(Sender(sessions, system_clock, line)):
        reply(sessions, "first", loading=10)
        assert line.is_asked.wait(PATIENCE)
        reply(sessions, "second", chat="U2")

        wait_for(lambda: ends(sessions) == ["accepted"] * 2)
        line.may_show.set()


def test_a_loading_sign_for_which_there_is_no_place_costs_no_connection(
    sessions: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    class NoPlace(PaceInMemory):
        def places(self, endpoint: Endpoint, count: int, now: dt.datetime) -> list[timedelta]:
            if endpoint == "loading":
                raise ValueError("ひみつ")
            return super().places(endpoint, count, now)

    with at_work(Sender(sessions, system_clock, FakeMessenger(), pace=NoPlace())):
        for number in range(3):
            reply(sessions, f"token-{number}", loading=10)
            wait_for(lambda: None not in ends(sessions))

    assert ends(sessions) == ["accepted"] * 3
    assert "no loading sign: ValueError" in caplog.text
    assert "ひみつ" not in caplog.text


class Settling(Sender):
    """A sender for which settling fails while *fault* says so of a message."""

    fault: Callable[[OutboxMessage], Exception | None] | None = None

    def settle(self, results: Iterable[tuple[OutboxMessage, Result]]) -> None:
        those = list(results)
        for row, _ in those:
            if self.fault is not None and (error := self.fault(row)) is not None:
                raise error
        super().settle(those)


def test_what_line_took_while_the_database_was_away_is_settled_when_it_is_back_and_not_said_again(
    sessions: db.Sessions, clock: FakeClock
) -> None:
    line, tried = FakeMessenger(), threading.Semaphore(0)

    def is_away(_row: OutboxMessage) -> Exception:
        tried.release()
        return sa.exc.OperationalError("COMMIT", None, OSError())

    sender = Settling(sessions, clock, line)
    sender.fault = is_away
    with at_work(sender):
        with sessions.begin() as session:
            added = outbox.reply(
                reply_token="token",
                payload=HELLO,
                reference=None,
                now=clock(),
                expires_at=clock() + timedelta(seconds=50),
                fallback_to="U1",
                is_worth_a_push=True,
            )
            outbox.add_replies(session, [added])
        for _ in range(2):
            assert tried.acquire(timeout=PATIENCE)
        clock.advance(minutes=2)  # The lease is over, the token too.
        assert tried.acquire(timeout=PATIENCE)
        sender.fault = None
        wait_for(lambda: ends(sessions) == ["accepted"])

    assert [one.kind for one in line.asked] == ["reply"]


def test_one_that_cannot_be_settled_harms_none_that_was_sent_with_it(sessions: db.Sessions) -> None:
    line = SlowLine()
    line.may_answer.set()
    sender = Settling(sessions, system_clock, line)
    sender.fault = lambda row: ValueError() if row.reply_token == "token-1" else None
    for number in range(4):
        reply(sessions, f"token-{number}", chat=f"U{number}")
    with at_work(sender):
        wait_for(lambda: ends(sessions).count("accepted") == 3)

    assert ends(sessions) == ["accepted", None, "accepted", "accepted"]


def test_a_machine_with_no_more_threads_sends_over_those_that_there_are(
    sessions: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    class Exhausted(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    class Poor(lane.Lane):
        def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
            made = super()._thread(name, work)
            return made if name in ("feeder", "settler", "0") else Exhausted()

    poor = Poor("answers", Sender(sessions, system_clock, FakeMessenger()), (0, 0), every=0.02)
    for number in range(6):
        reply(sessions, f"token-{number}", chat=f"U{number}")
    poor.start()
    wait_for(lambda: ends(sessions) == ["accepted"] * 6)
    reply(sessions, "later")
    wait_for(lambda: ends(sessions) == ["accepted"] * 7)
    stop([poor])

    assert "no more than 1 connections" in caplog.text
