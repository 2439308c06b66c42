"""The working threads: what answers, what sends, and the alarm clock that says when to look for due work."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import Clock, machine_clock
from bot.delivery import bell
from bot.watching import metrics

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often the database is asked for work that nobody in this process knows of."""

LISTENING_POLL_SECONDS = 1.0
"""The same where other processes can tell of it."""

LEARN_SECONDS = 1.0
"""How often the database is asked whether staff have taught something."""

DISPATCHERS = 2
"""How many threads answer: the one reads while the other waits for the database. With more they wait for the interpreter
and, on PostgreSQL, find each other's chats locked."""

STOP_SECONDS = 15.0
"""How long a clean stop waits for work in hand; longer than a call to LINE."""


SEND_OUT_SECONDS = 5.0
"""How long a clean stop goes on sending what is due."""


class Crew:
    """Threads that do *work* until there is none, then sleep until woken; the first of them also looks by itself.

    A call wakes one of them: each look costs a transaction, and one sees all that is there. *work* says how much it has
    found; who has found as much as it takes at once, *full*, calls all others to what may be left.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], int],
        *,
        size: int,
        full: int = 1,
        every: float = POLL_SECONDS,
    ) -> None:
        self._every = every
        self._name = name
        self._work = work
        self._size = size
        self._full = full
        self._threads: list[threading.Thread] = []
        lock = threading.Lock()
        self._called = threading.Condition(lock)
        self._rested = threading.Condition(lock)
        # All of these are looked at and changed under the lock only.
        self._calls = 1  # So many are to look; the first look is at once.
        self._is_resting = self._is_finishing = self._is_stopping = False
        self._busy = 0

    def start(self) -> None:
        """Start the threads."""
        for number in range(self._size):
            timeout = self._every if number == 0 else None
            thread = threading.Thread(target=self._run, args=(timeout,), name=f"{self._name}-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Say that there is work: whoever begins a look from now on sees it, and somebody does."""
        self._call(1)

    def rest(self) -> None:
        """Let nobody take up work until told to go on; returns when what is in hand is done."""
        with self._rested:
            self._is_resting = True
            self._rested.wait_for(lambda: self._busy == 0)

    def go_on(self) -> None:
        """Take up work again."""
        with self._rested:
            self._is_resting = False
        self.wake()

    def finish(self, deadline: float) -> None:
        """Ask everybody to stop once no work is left, and wait for it until *deadline* on the monotonic clock."""
        with self._called:
            self._is_finishing = True
            self._called.notify_all()
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))

    def stop(self) -> None:
        """Ask everybody to stop after the work in hand."""
        with self._called:
            self._is_stopping = True
            self._called.notify_all()

    def join(self, deadline: float) -> None:
        """Wait for everybody to stop, until *deadline* on the monotonic clock."""
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("%s did not stop in time; its work will be given back", thread.name)

    def _run(self, timeout: float | None) -> None:
        while True:
            with self._called:
                self._called.wait_for(self._has_call, timeout)
                self._calls = max(self._calls - 1, 0)
                is_last_look = self._is_finishing  # Asked before looking: what was there by then is not left.
            while found := self._try_work():
                if found >= self._full:
                    self._call(self._size)
            if is_last_look or self._is_stopping:
                return

    def _call(self, count: int) -> None:
        with self._called:
            self._calls = max(self._calls, count)
            self._called.notify(count)

    def _has_call(self) -> bool:
        return self._calls > 0 or self._is_finishing or self._is_stopping

    def _try_work(self) -> int:
        with self._called:
            if self._is_resting or self._is_stopping:
                return 0
            self._busy += 1
        try:
            return self._work()
        except Exception as error:  # noqa: BLE001 - see below
            # The border of a thread: a database that is away must not end it. The type only, texts may be private.
            log.error("%s failed: %s", self._name, type(error).__name__)
            return 0
        finally:
            with self._rested:
                self._busy -= 1
                self._rested.notify_all()


class Senders(Protocol):
    """Threads that send; a crew is one."""

    def start(self) -> None: ...
    def wake(self) -> None: ...
    def rest(self) -> None: ...
    def go_on(self) -> None: ...
    def finish(self, deadline: float) -> None: ...
    def stop(self) -> None: ...
    def join(self, deadline: float) -> None: ...


class Ears(Protocol):
    """Whatever hears of work that other processes have made."""

    def start(self, heard: Mapping[str, Callable[[], None]]) -> None: ...
    def stop(self) -> None: ...


class Lessons(Protocol):
    """Whatever takes up what staff have taught; a lesson takes seconds, and *stop* ends the one that runs."""

    def work_one(self) -> bool: ...
    def stop(self) -> None: ...


class Worker:
    """The whole of the work behind the webhook, in threads of this process."""

    def __init__(
        self,
        clock: Clock,
        *,
        dispatch: Callable[[], int],
        senders: Sequence[Senders],
        ticks: Sequence[Callable[[datetime], object]] = (),
        lessons: Lessons | None = None,
        ears: Ears | None = None,
        poll_seconds: float = POLL_SECONDS,
        dispatchers: int = DISPATCHERS,
        at_once: int = 1,
        tick_seconds: int = 5,
        send_out_seconds: float = SEND_OUT_SECONDS,
    ) -> None:
        """*dispatch* answers some events, *at_once* at most, and says how many.

        *ticks* get the time. What *ears* do not tell is found by looking every *poll_seconds*.
        """
        self._send_out_seconds = send_out_seconds
        self._clock = clock
        self._ticks = ticks
        self._tick_seconds = tick_seconds
        self._senders = senders
        self._ears = ears
        self._dispatchers = Crew("dispatcher", dispatch, size=dispatchers, full=at_once, every=poll_seconds)
        self._lessons = lessons
        self._learners = None if lessons is None else Crew("learner", lessons.work_one, size=1, every=LEARN_SECONDS)
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._ticking = threading.Lock()

    def start(self) -> None:
        """Start the threads and the alarm clock; the first tick is at once."""
        for senders in self._senders:
            senders.start()
        self._dispatchers.start()
        if self._ears is not None:
            self._ears.start({bell.INBOX: self.wake, bell.OUTBOX: self._wake_senders})
        if self._learners is not None:
            self._learners.start()
        self._scheduler.add_job(
            self.tick,
            "cron",
            id="tick",
            # On these seconds of the minute: what is due at 07:00 is found at 07:00.
            second=f"*/{self._tick_seconds}",
            next_run_time=machine_clock(),  # The alarm clock itself runs on the machine's time.
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # A late tick is better than none: it looks for all that is due anyway.
        )
        self._scheduler.start()

    def wake(self) -> None:
        """Say that there are events to answer."""
        self._dispatchers.wake()

    def tick(self) -> None:
        """Let every tick look for due work; one that fails does not hold up the others."""
        if not self._ticking.acquire(blocking=False):
            return  # Everybody rests.
        try:
            now = self._clock()
            for look in self._ticks:
                try:
                    look(now)
                except Exception as error:  # noqa: BLE001 - the next tick must come whatever this one met
                    metrics.tick_failed()
                    log.error("tick %s failed: %s", getattr(look, "__qualname__", look), type(error).__name__)
        finally:
            self._ticking.release()
        self._wake_senders()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody answers, sends or looks for what is due meanwhile, and nothing is under way; then all go on."""
        with self._ticking:
            self._dispatchers.rest()
            for senders in self._senders:
                senders.rest()
            try:
                yield
            finally:
                for senders in self._senders:
                    senders.go_on()
                self._dispatchers.go_on()

    def _wake_senders(self) -> None:
        for senders in self._senders:
            senders.wake()

    def stop(self) -> None:
        """Stop after the work in hand, its answers sent; what does not end in time is given back to the database."""
        deadline = time.monotonic() + STOP_SECONDS
        # The scheduler waits for a running tick as long as it takes; this thread waits for the scheduler.
        alarm = threading.Thread(target=self._scheduler.shutdown, daemon=True)
        alarm.start()
        if self._learners is not None and self._lessons is not None:
            self._learners.stop()
            self._lessons.stop()
        if self._ears is not None:
            self._ears.stop()
        self._dispatchers.stop()
        self._dispatchers.join(deadline)
        # What has been answered is said: nobody may come to say it before its reply token has died.
        sent_by = min(deadline, time.monotonic() + self._send_out_seconds)
        for senders in self._senders:
            senders.finish(sent_by)
        for senders in self._senders:
            senders.stop()
        for senders in self._senders:
            senders.join(deadline)
        if self._learners is not None:
            self._learners.join(deadline)
        alarm.join(max(0, deadline - time.monotonic()))
