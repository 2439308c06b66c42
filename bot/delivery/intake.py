"""The intake: events that come at the same time are kept in one transaction, for a commit costs more than an event."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    is_kept: bool = False
    goes_alone: bool = False


class Intake:
    """Keeps events in the inbox; threads that bring some at the same time share a transaction."""

    def __init__(self, sessions: Sessions, clock: Clock, wake: Callable[[], None]) -> None:
        """*wake* is called when events are safely kept; other processes hear of it by the bell."""
        self._sessions = sessions
        self._clock = clock
        self._wake = wake
        self._waiting: list[_Request] = []
        self._arrival = threading.Lock()
        self._turn = threading.Lock()

    def keep(self, events: Sequence[Event]) -> None:
        """Keep those of *events* that we have not heard yet: on return they are committed, else an error is raised.

        Whoever's turn it is keeps the events of all who wait by then. When that fails, each keeps its own.
        """
        request = _Request(events)
        with self._arrival:
            self._waiting.append(request)
        with self._turn:
            if not request.is_kept and not request.goes_alone:
                self._keep_together()
            if request.goes_alone:
                self._commit([request])

    def _keep_together(self) -> None:
        with self._arrival:
            together, self._waiting = self._waiting, []
        try:
            self._commit(together)
        except Exception as error:  # noqa: BLE001 - whatever it was: the next try of each tells whose fault it is
            log.warning("webhook: %s requests not kept together: %s", len(together), type(error).__name__)
            for request in together:
                request.goes_alone = True

    def _commit(self, requests: Sequence[_Request]) -> None:
        events = [event for request in requests for event in request.events]
        with self._sessions.begin() as session:
            new = inbox.receive(session, events, self._clock())
            db.notify(session, bell.INBOX)
            failpoints.reach("events-received")
        failpoints.reach("events-kept")
        for request in requests:
            request.is_kept = True
        log.info("webhook: %s events, %s new", len(events), new)
        self._wake()
