"""A lane of the outbox: its own threads and connections, so that no other kind of message holds it up.

One thread feeds: it takes as many messages as connections are free. Fresh answers it is spared: the dispatcher, which has
just written them down, hands them over claimed. Each connection sends one message at a time. One thread settles whatever
has been sent in the meantime, in one transaction; while the database is away it keeps what it has. What dies with the
process, or cannot be settled for long, is given back by its lease.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence

from bot.delivery import claims
from bot.delivery.messenger import DeliveryError
from bot.delivery.sender import Errand, Result, Sender
from bot.delivery.sent import Sent, settle_all
from bot.models import OutboxMessage

log = logging.getLogger(__name__)

LANES: tuple[tuple[str, tuple[int, int], int], ...] = (
    ("answers", (0, 0), 64),
    ("reminders", (1, 1), 64),
    # A batch is for 500 people, each of whom the gate may have to look at: SQLite lets nobody else write meanwhile.
    ("announcements", (2, 32_767), 16),
)
"""The lanes by name: which priorities each of them sends, and how many messages it takes in one transaction."""

CONNECTIONS = 64
"""How many requests of a lane are under way at once."""

_SETTLE_AT_ONCE = 64

_AGAIN, _KEPT = 0.5, claims.LEASE.total_seconds()
"""After so many seconds what could not be settled is tried again, and so long after it was sent."""

_BREATH = 0.02
"""So many seconds lie between two looks for more, and between two times of settling: in a rush each is then for several
messages. The first after a rest is at once."""

_SOON = 0.05
"""After so many seconds it looks again for what it was left and nothing of its own is in the way of, each time after twice
as many: another process does not say when it has settled the answer before."""


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
        self._results: queue.SimpleQueue[Sent | None] = queue.SimpleQueue()
        lock = threading.Lock()
        # One for each thing that somebody waits for: most of what happens here is news to nobody.
        self._freed, self._told, self._ended = (threading.Condition(lock) for _ in range(3))
        # All of these are looked at and changed under the lock only.
        self._to_send = 0  # Taken, and not yet sent.
        self._under_way: set[OutboxMessage] = set()  # Taken, and not yet settled.
        self._in_the_way: set[OutboxMessage] = set()  # Of these, behind which another of the chat may wait.
        self._least = 1  # So many connections have to be free before more is taken.
        self._is_behind = False  # What was sent waits for the database, to be settled.
        self._is_called = self._is_woken = False  # Something may be there; that, or what was in its way is settled.
        self._is_left = False  # Something is there, be it behind what somebody else has under way.
        self._is_finishing = self._is_stopping = False
        self._is_resting = self._is_taking = False
        self._feeder = self._thread("feeder", self._feed)
        self._settler = self._thread("settler", self._settle)
        self._carriers: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; those of the connections start when they are needed."""
        self._settler.start()
        self._feeder.start()

    def wake(self) -> None:
        """Say that there may be something to send."""
        with self._told:
            self._is_called = self._is_woken = True
            self._told.notify()

    @property
    def room(self) -> int:
        """How many messages it would begin to send at once."""
        with self._freed:
            return 0 if self._is_stopping or self._is_resting else max(self._free, 0)

    def carry(self, rows: Sequence[OutboxMessage], left: int) -> None:
        """Send these, which the caller has claimed, and find so many that were *left*.

        What cannot be sent is given back by its lease.
        """
        with self._told:
            self._under_way.update(rows)  # Before they wait for their places: others may be behind them already.
            if left:
                self._is_called = self._is_woken = self._is_left = True
                self._told.notify()
        try:
            self._hand_out(self._sender.paced(rows))
        except Exception as error:  # noqa: BLE001 - whoever claimed them is done with them; the type only, as below
            log.error("%s: %s messages not taken over: %s", self._name, len(rows), type(error).__name__)
            with self._told:
                self._end(rows)

    def rest(self) -> None:
        """Take up nothing until told to go on; returns when what is under way has ended and is settled."""
        with self._ended:
            self._is_resting = True
            self._ended.wait_for(lambda: not self._is_taking and not self._under_way)

    def go_on(self) -> None:
        """Take up messages again."""
        with self._freed:
            self._is_resting = False
            self._freed.notify()
        self.wake()

    def finish(self, deadline: float) -> None:
        """Send what is due and take up nothing after that; wait for it until *deadline* on the monotonic clock."""
        with self._told:
            self._is_finishing = True
            self._told.notify()
        self._feeder.join(max(0, deadline - time.monotonic()))

    def stop(self) -> None:
        """Take up nothing more."""
        with self._told:
            self._is_stopping = True
            self._told.notify()
            self._freed.notify()

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
        pause = self._every
        while True:
            with self._freed:
                while not self._is_stopping and (self._is_resting or self._free < self._least):
                    self._freed.wait()
                if self._is_stopping:
                    return
                self._is_taking = True
                size = min(self._free, self._at_once)
                if self._is_called:  # What it was called to may be behind any of these.
                    self._in_the_way |= self._under_way
                if self._is_left:
                    pause = min(_SOON, self._every)
                self._is_called = self._is_woken = self._is_left = False
                is_last_look = self._is_finishing and not self._under_way
            looked_at = time.monotonic()
            found = self._feed_some(size)
            with self._ended:
                self._is_taking = False
                # With more to come it is cheaper to take several at once than each as soon as a connection is free.
                self._least = max(self._at_once // 4, 1) if found == size else 1
                self._ended.notify()
            if found < size:
                if is_last_look and found == 0:
                    return
                with self._told:
                    if not self._told.wait_for(self._has_news, pause):
                        pause = min(2 * pause, self._every)
                    # In a rush each message settled is news: another of its chat may go now.
                    self._told.wait_for(self._is_over, looked_at + _BREATH - time.monotonic())

    def _has_news(self) -> bool:
        return self._is_woken or self._is_stopping or (self._is_finishing and not self._under_way)

    def _is_over(self) -> bool:
        return self._is_stopping or self._is_finishing

    @property
    def _free(self) -> int:
        """How many may be taken: a connection is free once it has sent, but settling may fall behind only so far."""
        # Whose lease has run out meanwhile is settled, not taken up anew: LINE has it.
        if self._is_behind:
            return 0
        return min(self._connections - self._to_send, 2 * self._connections - len(self._under_way))

    def _feed_some(self, size: int) -> int:
        """Take up to *size* messages and hand them to the connections; how many were due."""
        try:
            found, errands = self._sender.take(size, self._priorities)
        except Exception as error:  # noqa: BLE001 - the border of a thread; the type only, texts may be private
            log.error("%s failed: %s", self._name, type(error).__name__)
            return 0
        with self._told:
            self._in_the_way.update(errand.row for errand in errands)  # Behind what is found may be more of its chat.
        self._hand_out(errands)
        return found

    def _hand_out(self, errands: Sequence[Errand]) -> None:
        """Give the connections something to send; as many as there has ever been need of."""
        now = time.monotonic()
        with self._freed:
            self._under_way.update(errand.row for errand in errands)
            self._to_send += len(errands)
            for errand in errands:
                self._errands.put((now + errand.wait.total_seconds(), errand))
            try:
                while len(self._carriers) < self._to_send:
                    carrier = self._thread(f"{len(self._carriers)}", self._carry)
                    carrier.start()
                    self._carriers.append(carrier)
            except RuntimeError:  # The machine has no more threads to give; those that there are send it all.
                log.error("%s: no more than %s connections", self._name, len(self._carriers))

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
            self._results.put((time.monotonic() + _KEPT, errand.row, result))
            if result is not None and errand.row.loading_seconds is not None:
                self._show_loading(errand.row, result)
            with self._freed:
                self._to_send -= 1
                if self._free >= self._least:
                    self._freed.notify()

    def _show_loading(self, row: OutboxMessage, result: Result) -> None:
        try:
            self._sender.show_loading(row, result)
        except Exception as error:  # noqa: BLE001 - as above
            log.error("%s: message %s: no loading sign: %s", self._name, row.id, type(error).__name__)

    def _settle(self) -> None:
        """Settle whatever has been sent, all of it at once; what cannot be is tried again, and nothing taken up before."""
        is_over, settled_at = False, 0.0
        unsettled: list[Sent] = []
        while not is_over:
            given: list[Sent | None] = []
            with contextlib.suppress(queue.Empty):
                given.append(self._results.get(timeout=_AGAIN if unsettled else None))
            time.sleep(max(settled_at + _BREATH - time.monotonic(), 0))
            while len(given) < _SETTLE_AT_ONCE and not self._results.empty():
                given.append(self._results.get())
            is_over = None in given
            sent = [*unsettled, *(one for one in given if one is not None)]
            unsettled = settle_all(self._name, self._sender, sent)
            settled_at = time.monotonic()
            with self._told:
                self._is_behind = bool(unsettled)
                # What LINE did not take may go another way: a reply as a push, a batch as two halves.
                self._is_woken |= any(isinstance(result, DeliveryError) for _, _, result in sent)
                self._end({row for _, row, _ in sent}.difference(row for _, row, _ in unsettled))

    def _end(self, rows: Collection[OutboxMessage]) -> None:
        """These are no longer under way; the caller has the lock."""
        self._is_woken |= not self._in_the_way.isdisjoint(rows)  # The next answer of the same chat may go now.
        self._under_way.difference_update(rows)
        self._in_the_way.difference_update(rows)
        self._told.notify()
        self._freed.notify()
        self._ended.notify()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=work, name=f"{self._name}-{name}", daemon=True)
