"""A pool of connections that serves whoever has waited longest; SQLAlchemy's own lets a busy thread come by again and again."""

import threading
from collections import deque
from typing import Any

from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Empty, Queue


class _Line(Queue[Any]):
    """Gives the connection to whoever has waited longest; the usual queue gives it to whoever comes by first.

    A thread with much to do comes by the moment it has given the connection back, so others could wait for ever.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[threading.Condition] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        with self.mutex:  # It may be taken twice by the same thread.
            super().put(item, block, timeout)
            self._call_first()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        with self.mutex:
            try:
                if self._waiting or self._empty():
                    self._wait_in_line(timeout if block else 0)
                return self._get()
            finally:
                self._call_first()  # Whoever was called and gives up, interrupted, must not keep the call to itself.

    def _wait_in_line(self, timeout: float | None) -> None:
        turn = threading.Condition(self.mutex)  # One for each, so that nobody is woken in vain.
        self._waiting.append(turn)
        try:
            if not turn.wait_for(lambda: self._waiting[0] is turn and not self._empty(), timeout):
                raise Empty
        finally:
            self._waiting.remove(turn)

    def _call_first(self) -> None:
        if self._waiting and not self._empty():
            self._waiting[0].notify()


class FairPool(QueuePool):
    """A pool in which the first to come is the first served."""

    __module__ = QueuePool.__module__  # SQLAlchemy names the log by it, and its log is not ours.
    _queue_class = _Line
