import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.worker import Crew, Worker
from tests.fakes import NOON, FakeClock

PATIENCE = 10.0
"""Seconds after which a test that waits for a thread has failed."""


class Pile:
    """Work to be done: pieces are put on it, and each call takes one off."""

    def __init__(self) -> None:
        self._pieces: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.looks = 0

    def put(self, piece: Callable[[], None]) -> None:
        self._pieces.put(piece)

    def work_one(self) -> bool:
        self.looks += 1
        try:
            piece = self._pieces.get_nowait()
        except queue.Empty:
            return False
        piece()
        return True


@pytest.fixture
def events() -> Pile:
    return Pile()


@pytest.fixture
def messages() -> Pile:
    return Pile()


def sending(messages: Pile, size: int = 4) -> list[Crew]:
    return [Crew("sender", messages.work_one, size=size)]


def run(worker: Worker, *waits: threading.Event) -> None:
    worker.start()
    try:
        for wait in waits:
            assert wait.wait(PATIENCE)
    finally:
        worker.stop()


def test_events_and_messages_are_worked_off(clock: FakeClock, events: Pile, messages: Pile) -> None:
    answered, sent = threading.Event(), threading.Event()
    events.put(answered.set)
    messages.put(sent.set)

    run(Worker(clock, dispatch=events.work_one, senders=sending(messages)), answered, sent)


def test_work_is_shared_by_all_threads(clock: FakeClock, events: Pile, messages: Pile) -> None:
    together, done = threading.Barrier(4), threading.Event()

    def meet() -> None:
        together.wait(PATIENCE)
        done.set()

    # The first thread finds something, so there may be more: it calls the others, else the four would never meet.
    events.put(lambda: None)
    for _ in range(4):
        events.put(meet)
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages), dispatchers=4)
    worker.wake()
    run(worker, done)


def test_a_call_lets_one_thread_look_and_not_all(clock: FakeClock, events: Pile, messages: Pile) -> None:
    first, second = threading.Event(), threading.Event()
    events.put(first.set)
    worker = Worker(
        clock, dispatch=events.work_one, senders=sending(messages), dispatchers=8, at_once=2, poll_seconds=3 * PATIENCE
    )
    worker.start()
    assert first.wait(PATIENCE)
    events.put(second.set)
    worker.wake()
    assert second.wait(PATIENCE)
    worker.stop()

    # Each was found by a look, after which one more found nothing; they may have met.
    assert events.looks <= 4


def test_a_wake_is_answered_at_once(clock: FakeClock, events: Pile, messages: Pile) -> None:
    woken, sent = threading.Event(), threading.Event()
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages, size=1), dispatchers=1)
    worker.start()
    messages.put(sent.set)
    events.put(woken.set)
    worker.wake()

    assert woken.wait(PATIENCE)
    assert sent.wait(PATIENCE)
    worker.stop()


def test_work_that_fails_does_not_end_the_thread(
    clock: FakeClock, events: Pile, messages: Pile, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()

    def fail() -> None:
        raise ValueError("ひみつ")

    events.put(fail)
    events.put(done.set)
    run(Worker(clock, dispatch=events.work_one, senders=sending(messages), dispatchers=1), done)

    assert "dispatcher failed: ValueError" in caplog.text
    assert "ひみつ" not in caplog.text


def test_the_alarm_clock_tells_the_time_to_every_tick(
    clock: FakeClock, events: Pile, messages: Pile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    heard: list[datetime] = []
    twice = threading.Event()

    def fail(_now: datetime) -> None:
        raise ValueError("ひみつ")

    def hear(now: datetime) -> None:
        heard.append(now)
        if len(heard) >= 2:
            twice.set()

    worker = Worker(
        clock,
        dispatch=events.work_one,
        senders=sending(messages),
        ticks=(fail, hear),
        tick_seconds=1,
    )
    run(worker, twice)

    assert set(heard) == {NOON}
    assert "ValueError" in caplog.text
    assert "ひみつ" not in caplog.text


def test_a_stop_waits_for_the_work_in_hand(clock: FakeClock, events: Pile, messages: Pile) -> None:
    has_begun, may_end, has_ended = threading.Event(), threading.Event(), threading.Event()

    def take_long() -> None:
        has_begun.set()
        may_end.wait(PATIENCE)
        has_ended.set()

    messages.put(take_long)
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages))
    worker.start()
    assert has_begun.wait(PATIENCE)
    threading.Timer(0.05, may_end.set).start()

    worker.stop()

    assert has_ended.is_set()


def test_what_was_answered_at_the_stop_is_still_sent(clock: FakeClock, events: Pile, messages: Pile) -> None:
    has_begun, may_end, is_sent = threading.Event(), threading.Event(), threading.Event()

    def answer() -> None:
        has_begun.set()
        may_end.wait(PATIENCE)
        messages.put(lambda: None)
        messages.put(is_sent.set)

    events.put(answer)
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages))
    worker.start()
    assert has_begun.wait(PATIENCE)
    threading.Timer(0.05, may_end.set).start()

    worker.stop()

    assert is_sent.is_set()


def test_a_stop_does_not_wait_for_messages_without_end(clock: FakeClock, events: Pile) -> None:
    before = set(threading.enumerate())
    worker = Worker(
        clock, dispatch=events.work_one, senders=[Crew("sender", lambda: True, size=4)], send_out_seconds=0.05
    )
    worker.start()

    worker.stop()

    assert set(threading.enumerate()) <= before


def test_nothing_runs_before_the_start_nor_after_the_stop(clock: FakeClock, events: Pile, messages: Pile) -> None:
    before = set(threading.enumerate())
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages))
    assert set(threading.enumerate()) <= before

    worker.start()
    worker.stop()

    assert set(threading.enumerate()) <= before


def test_who_rests_finishes_the_work_in_hand_and_goes_on_afterwards(
    clock: FakeClock, events: Pile, messages: Pile
) -> None:
    begun, may_end, ended, after = (threading.Event() for _ in range(4))
    ticks: list[datetime] = []

    def take_long() -> None:
        begun.set()
        assert may_end.wait(PATIENCE)
        ended.set()

    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages), ticks=[ticks.append])
    worker.start()
    events.put(take_long)
    worker.wake()
    assert begun.wait(PATIENCE)
    threading.Timer(0.05, may_end.set).start()
    with worker.resting():
        assert ended.is_set()
        seen = len(ticks)
        events.put(after.set)
        worker.wake()
        worker.tick()
        assert not after.wait(0.2)
        assert len(ticks) == seen
    assert after.wait(PATIENCE)
    worker.stop()


class Lesson:
    """Something to learn that takes until it is ended."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()

    def work_one(self) -> bool:
        self.begun.set()
        self.ended.wait(PATIENCE)
        return False

    def stop(self) -> None:
        self.ended.set()


def test_a_lesson_runs_beside_the_answers_and_ends_with_the_worker(
    clock: FakeClock, events: Pile, messages: Pile
) -> None:
    lesson, answered = Lesson(), threading.Event()
    worker = Worker(clock, dispatch=events.work_one, senders=sending(messages), lessons=lesson)
    worker.start()
    try:
        assert lesson.begun.wait(PATIENCE)
        events.put(answered.set)
        worker.wake()
        assert answered.wait(PATIENCE)
        assert not lesson.ended.is_set()
    finally:
        worker.stop()

    assert lesson.ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("learner")]
