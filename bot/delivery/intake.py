"""The intake: events that come at the same time are kept in one transaction, for a commit costs more than an event."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import db, failpoints
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery import bell, inbox

log = logging.getLogger(__name__)

Event = Mapping[str, Any]


@dataclass
class _Request:
    events: Sequence[Event]
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Taken by whoever waits; let go when it is over, or when it is this one's turn to keep the events of all."""
    is_over: bool = False
    is_kept: bool = False
    error: Exception | None = None


class Intake:
    """Keeps events in the inbox; threads that bring some at the same time share a transaction."""

    def __init__(self, sessions: Sessions, clock: Clock, wake: Callable[[], None]) -> None:
        """*wake* is called when events are safely kept; other processes hear of it by the bell."""
        self._sessions = sessions
        self._clock = clock
        self._wake = wake
        self._waiting: list[_Request] = []
        self._is_keeping = False
        self._lock = threading.Lock()

    def keep(self, events: Sequence[Event]) -> None:
        """Keep those of *events* that we have not heard yet: on return they are committed, else an error is raised.

        Whoever's turn it is keeps the events of all who wait by then. When that fails, each is tried again by itself.
        """
        request = _Request(events)
        request.turn.acquire()
        with self._lock:
            self._waiting.append(request)
            has_turn, self._is_keeping = not self._is_keeping, True
        if not has_turn:
            request.turn.acquire()
        if not request.is_over:
            self._keep_all()
        if not request.is_kept:
            raise request.error or RuntimeError("not kept")

    def _keep_all(self) -> None:
        with self._lock:
            together, self._waiting = self._waiting, []
        try:
            self._keep_together(together)
        finally:
            with self._lock:
                for request in together:
                    request.is_over = True
                    request.turn.release()
                self._is_keeping = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.release()

    def _keep_together(self, together: Sequence[_Request]) -> None:
        try:
            self._commit(together)
        except Exception as error:  # noqa: BLE001 - whatever it was: the next try of each tells whose fault it is
            log.warning("webhook: %s requests not kept together: %s", len(together), type(error).__name__)
            for request in together:
                try:
                    self._commit([request])
                except Exception as fault:  # noqa: BLE001 - raised where it belongs
                    request.error = fault

    def _commit(self, requests: Sequence[_Request]) -> None:
        events = [event for request in requests for event in request.events]
        with self._sessions.begin() as session:
            new = inbox.receive(session, events, self._clock())
            db.notify(session, bell.INBOX)
            failpoints.reach("events-received")
        failpoints.reach("events-kept")
        for request in requests:
            request.is_kept = True
        ids = {"facts": {"events": [str(event.get("webhookEventId", ""))[:80] for event in events]}}
        log.info("webhook: %s events, %s new", len(events), new, extra=ids)
        self._wake()
