"""Takes up what staff have taught and changed while people are being answered: notices it, has it learnt, swaps the knowledge."""

import logging
import time
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from bot import db
from bot.clock import Clock
from bot.garbage import settle
from bot.library.library import Library
from bot.teaching import overlay
from bot.teaching.apprentice import ApprenticeError
from bot.teaching.knowledge import Mind
from bot.teaching.phrasings import Taught, Version
from bot.understanding.cache import CACHE

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


class Learner(Protocol):
    """Whoever learns a library into a cache without holding up this process."""

    def learn(self, library: Library, cache: Path) -> None: ...
    def stop(self) -> None: ...


class Lessons:
    """Keeps the *mind* at what staff have taught, in any process; used by one thread."""

    def __init__(
        self, mind: Mind, sessions: db.Sessions, clock: Clock, learner: Learner, *, cache: Path = CACHE
    ) -> None:
        self._mind = mind
        # Asked every second: it must not wait for a writer, nor make one wait.
        self._sessions = db.reading(sessions)
        self._let_go = partial(db.let_go, self._sessions, of=sessions)
        self._clock = clock
        self._learner = learner
        self._cache = cache
        self._learnt = mind.current.taught.version
        self._failed: Version | None = None
        self._failures = 0
        self._next_try_at: datetime | None = None
        self._is_stopping = False

    def work_one(self) -> bool:
        """Take up what is in force since the last time; False when there is nothing new, or it cannot be learnt yet.

        Edits and very wordings count at once, what resembles them when it has been learnt. When learning fails, the knowledge stays
        as it is, and the same is tried again later; what is taught then is tried at once.
        """
        taught = self.hear()
        if taught is None:
            return False
        now = self._clock()
        if taught.version == self._failed and self._next_try_at is not None and now < self._next_try_at:
            return False
        return self._learn(taught, now)

    def hear(self) -> Taught | None:
        """Put in force what needs no learning; what there is to learn, None when nothing is new."""
        knowledge, today = self._mind.current, self._today()
        is_of_another_day = knowledge.is_of_another_day(today)
        with self._sessions() as session:
            if overlay.version(session) == self._learnt and not is_of_another_day:
                return None
            taught = overlay.in_force(session, today)
        if taught.version != knowledge.taught.version or is_of_another_day:
            self._mind.change(knowledge.hearing(taught))
        return taught

    def _learn(self, taught: Taught, now: datetime) -> bool:
        begun = time.monotonic()
        try:
            if self._mind.current.has_to_learn:
                self._learner.learn(self._mind.current.library, self._cache)
            knowledge = self._mind.current.having_learnt(taught, self._cache)
        except Exception as error:  # noqa: BLE001 - whatever it was, people are answered from what is known
            self._note_failure(taught.version, error, now)
            return False
        self._mind.change(knowledge)
        self._learnt, self._failed, self._failures = taught.version, None, 0
        settle()
        counts = len(taught.phrasings), len(taught.edits), time.monotonic() - begun
        log.info("phrasings of staff in force: %s, edits: %s, learnt in %.1f s", *counts)
        return True

    def _today(self) -> date:
        return self._clock().astimezone(self._mind.current.library.timezone).date()

    def stop(self) -> None:
        """End what is being learnt, and let go of the database; called from another thread."""
        self._is_stopping = True
        self._learner.stop()
        self._let_go()

    def _note_failure(self, version: Version, error: Exception, now: datetime) -> None:
        if self._is_stopping:
            return
        self._failures = self._failures + 1 if version == self._failed else 1
        pause = min(FIRST_PAUSE * 4 ** min(self._failures - 1, 10), LONGEST_PAUSE)
        self._failed, self._next_try_at = version, now + pause
        # Errors of the child quote no text; of others only the type is told.
        what = f"the child {error}" if isinstance(error, ApprenticeError) else type(error).__name__
        log.error("what staff have taught cannot be learnt, next try in %.0f s: %s", pause.total_seconds(), what)
