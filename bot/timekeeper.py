"""Keeps the time of a house that talks with the simulator: winds it on in the background, and has it begun anew."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import calendar, explain, people, simulated, winding
from bot.app import App
from bot.clock import RunningClock
from bot.models import Person, Reminder, Snooze
from bot.worker import Worker

log = logging.getLogger(__name__)

MORNING = "07:00"
LENGTHS = {"ten-minutes": timedelta(minutes=10), "week": timedelta(weeks=1)}
"""How far the clock is wound at once, by the name that the page uses; beside ``morning`` and ``reminder``."""


class Timekeeper:
    """The time of one house; *settle* waits until no event is on its way to it, *start_over* takes it down."""

    def __init__(
        self,
        app: App,
        clock: RunningClock,
        worker: Worker,
        *,
        settle: Callable[[], object],
        start_over: Callable[[], None],
    ) -> None:
        self._app = app
        self._clock = clock
        self._worker = worker
        self._settle = settle
        self._start_over = start_over
        self._lock = threading.Lock()
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._until: datetime | None = None
        self._has_failed = False
        with app.sessions() as session:
            self._is_own = simulated.is_marked(session)

    def time(self) -> dict[str, Any]:
        """What the page shows: by how many seconds the clock is ahead, and where it is being wound to, or that it got stuck."""
        return {
            "ahead": round(self._clock.ahead.total_seconds()),
            "until": None if self._until is None else round(self._until.timestamp() * 1000),
            "canWind": self._is_own,
            "failed": self._has_failed,
        }

    def wind(self, step: str, user_id: str) -> str | None:
        """Begin to wind the clock, by a *step* or to this person's next reminder; a word that says why not, or None."""
        if not self._is_own:
            return "not-own"
        with self._lock:
            if self._until is not None or self._is_stopping.is_set():
                return "busy"
            until = self._end_of(step, user_id)
            if until is None:
                return "no-reminder"
            self._until, self._has_failed = until, False
            self._thread = threading.Thread(target=self._wind, args=(until,), name="winder", daemon=True)
            self._thread.start()
        return None

    def start_over(self) -> str | None:
        """Begin to set all up anew, by the machine's time and without clients; a word that says why not, or None."""
        if not self._is_own:
            return "not-own"
        with self._lock:
            if self._until is not None or self._is_stopping.is_set():
                return "busy"
            self._is_stopping.set()
        threading.Thread(target=self._start_over, name="start-over", daemon=True).start()
        return None

    def held_back(self, user_id: str) -> list[dict[str, str]]:
        """What did not go to this person of late, or not yet, and why."""
        with self._app.sessions() as session:
            person = people.find(session, user_id)
            found = [] if person is None else explain.held_back(session, self._app.library, person, self._clock())
        return [{"day": day.isoformat(), "says": says} for day, says in found]

    def stop(self) -> None:
        """Wind no further than to the step that is being done; a house that is opened again goes on from this moment."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._is_own:
            with self._app.sessions.begin() as session:
                simulated.note_wound(session, self._clock(), timedelta(0))

    def _end_of(self, step: str, user_id: str) -> datetime | None:
        now = self._clock()
        if step in LENGTHS:
            return now + LENGTHS[step]
        if step == "morning":
            zone = self._app.library.timezone
            return calendar.instant(calendar.day_of(now, zone) + timedelta(days=1), MORNING, zone)
        return self._next_ring(user_id, now)

    def _next_ring(self, user_id: str, now: datetime) -> datetime | None:
        theirs = sa.select(Person.id).where(Person.line_user_id == user_id).scalar_subquery()
        with self._app.sessions() as session:
            found = [
                session.scalar(sa.select(sa.func.min(due)).where(whose == theirs, due > now))
                for due, whose in ((Reminder.next_due_at, Reminder.person_id), (Snooze.due_at, Snooze.person_id))
            ]
        return min((moment for moment in found if moment is not None), default=None)

    def _wind(self, until: datetime) -> None:
        begun, begun_ahead = self._clock(), self._clock.ahead
        try:
            self._settle()
            with self._worker.resting():
                self._clock.stand(begun)
                winding.work(self._app)
                for _ in winding.steps(self._app, self._clock.stand, until):
                    if self._is_stopping.is_set():
                        break
                self._clock.go_on()
                with self._app.sessions.begin() as session:
                    simulated.note_wound(session, self._clock(), self._clock.ahead - begun_ahead)
        except Exception as error:  # noqa: BLE001 - the border of a thread: the clock must go on whatever this met
            self._has_failed = True
            log.error("the clock was not wound to the end: %s", type(error).__name__)
        finally:
            self._clock.go_on()
            self._until = None
