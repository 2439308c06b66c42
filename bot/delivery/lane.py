"""A lane of the outbox: its own threads and connections, so that no other kind of message holds it up.

One thread feeds: it takes as many messages as connections are free. Each connection sends one message at a time. One
thread settles whatever has been sent in the meantime, in one transaction. What dies with the process, or cannot be
settled because the database is away, is given back by its lease.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable

from bot.delivery.sender import Errand, Result, Sender
from bot.models import OutboxMessage

log = logging.getLogger(__name__)

LANES: tuple[tuple[str, tuple[int, int], int], ...] = (
    ("answers", (0, 0), 64),
    ("reminders", (1, 1), 64),
    # A batch is for 500 people, each of whom the gate looks at: SQLite lets nobody else write meanwhile.
    ("announcements", (2, 32_767), 4),
)
"""The lanes by name: which priorities each of them sends, and how many messages it takes in one transaction."""

CONNECTIONS = 64
"""How many requests of a lane are under way at once."""

_SETTLE_AT_ONCE = 64


def lanes(sender: Sender, *, connections: int = CONNECTIONS, every: float = 0.25) -> "list[Lane]":
    """All lanes, answers first; each looks by itself *every* so many seconds."""
    return [
        Lane(name, sender, priorities, connections=connections, at_once=at_once, every=every)
        for name, priorities, at_once in LANES
    ]


class Lane:
    """Sends the messages of some priorities until it is stopped."""

    def __init__(
        self,
        name: str,
        sender: Sender,
        priorities: tuple[int, int],
        *,
        connections: int = CONNECTIONS,
        at_once: int = CONNECTIONS,
        every: float = 0.25,
    ) -> None:
        self._name = name
        self._sender = sender
        self._priorities = priorities
        self._connections = connections
        self._at_once = min(at_once, connections)
        self._every = every
        self._errands: queue.SimpleQueue[tuple[float, Errand] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[OutboxMessage, Result | None] | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        # All of these are looked at and changed under the condition only.
        self._under_way = 0
        self._is_woken = self._is_finishing = self._is_stopping = False
        self._feeder = self._thread("feeder", self._feed)
        self._settler = self._thread("settler", self._settle)
        self._carriers: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; those of the connections start when they are needed."""
        self._settler.start()
        self._feeder.start()

    def wake(self) -> None:
        """Say that there may be something to send."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def finish(self, deadline: float) -> None:
        """Send what is due and take up nothing after that; wait for it until *deadline* on the monotonic clock."""
        with self._changed:
            self._is_finishing = True
            self._changed.notify_all()
        self._feeder.join(max(0, deadline - time.monotonic()))

    def stop(self) -> None:
        """Take up nothing more."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def join(self, deadline: float) -> None:
        """Wait until what is under way has ended and is settled, until *deadline* on the monotonic clock."""
        self._feeder.join(max(0, deadline - time.monotonic()))
        for _ in self._carriers:
            self._errands.put(None)
        for carrier in self._carriers:
            carrier.join(max(0, deadline - time.monotonic()))
        self._results.put(None)
        self._settler.join(max(0, deadline - time.monotonic()))
        late = [thread for thread in (self._feeder, *self._carriers, self._settler) if thread.is_alive()]
        if late:
            log.warning("%s: %s threads did not stop in time; their work will be given back", self._name, len(late))

    def _feed(self) -> None:
        least = 1
        while True:
            with self._changed:
                while not self._is_stopping and self._free < least:
                    self._changed.wait()
                if self._is_stopping:
                    return
                size = min(self._free, self._at_once)
                self._is_woken = False
                is_last_look = self._is_finishing and self._under_way == 0
            found = self._feed_some(size)
            # With more to come it is cheaper to take several at once than each as soon as a connection is free.
            least = max(self._at_once // 4, 1) if found == size else 1
            if found < size:
                if is_last_look and found == 0:
                    return
                with self._changed:
                    self._changed.wait_for(self._has_news, self._every)

    def _has_news(self) -> bool:
        return self._is_woken or self._is_stopping or (self._is_finishing and self._under_way == 0)

    @property
    def _free(self) -> int:
        return self._connections - self._under_way

    def _feed_some(self, size: int) -> int:
        """Take up to *size* messages and hand them to the connections; how many were due."""
        try:
            found, errands = self._sender.take(size, self._priorities)
        except Exception as error:  # noqa: BLE001 - the border of a thread; the type only, texts may be private
            log.error("%s failed: %s", self._name, type(error).__name__)
            return 0
        with self._changed:
            self._under_way += len(errands)
            missing = self._under_way - len(self._carriers)
        for _ in range(missing):
            self._carriers.append(self._thread(f"{len(self._carriers)}", self._carry))
            self._carriers[-1].start()
        now = time.monotonic()
        for errand in errands:
            self._errands.put((now + errand.wait.total_seconds(), errand))
        return found

    def _carry(self) -> None:
        """Send one message after another over this thread's connection."""
        while (given := self._errands.get()) is not None:
            go_at, errand = given
            wait = go_at - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            result: Result | None = None
            try:
                result = self._sender.send(errand.row)
            except Exception as error:  # noqa: BLE001 - as above
                log.error("%s: message %s failed: %s", self._name, errand.row.id, type(error).__name__)
            self._results.put((errand.row, result))
            if result is not None and errand.row.loading_seconds is not None:
                self._sender.show_loading(errand.row, result)

    def _settle(self) -> None:
        """Settle whatever has been sent, all of it at once."""
        is_over = False
        while not is_over:
            given = [self._results.get()]
            while len(given) < _SETTLE_AT_ONCE and not self._results.empty():
                given.append(self._results.get())
            is_over = given[-1] is None
            sent = [one for one in given if one is not None]
            try:
                self._sender.settle([(row, result) for row, result in sent if result is not None])
            except Exception as error:  # noqa: BLE001 - as above
                log.error("%s: not settled: %s", self._name, type(error).__name__)
            with self._changed:
                self._under_way -= len(sent)
                self._is_woken = True  # The next answer of the same chat may go now.
                self._changed.notify_all()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=work, name=f"{self._name}-{name}", daemon=True)
