"""Takes up what staff have taught while people are being answered: notices it, has it learnt, swaps the knowledge."""

import logging
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot import db, phrasings
from bot.apprentice import ApprenticeError
from bot.clock import Clock
from bot.knowledge import Mind, settle
from bot.library.library import Library
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
        self._clock = clock
        self._learner = learner
        self._cache = cache
        self._learnt = mind.current.taught.version
        self._failed: phrasings.Version | None = None
        self._failures = 0
        self._next_try_at: datetime | None = None
        self._is_stopping = False

    def work_one(self) -> bool:
        """Take up what was taught since the last time; False when there is nothing new, or it cannot be learnt yet.

        Very wordings count at once, what resembles them when it has been learnt. When learning fails, the knowledge stays
        as it is, and the same is tried again later; what is taught then is tried at once.
        """
        with self._sessions() as session:
            if phrasings.version(session) == self._learnt:
                return False
            taught = phrasings.taught(session)
        if taught.version != self._mind.current.taught.version:
            self._mind.change(self._mind.current.hearing(taught))
        now = self._clock()
        if taught.version == self._failed and self._next_try_at is not None and now < self._next_try_at:
            return False
        begun = time.monotonic()
        try:
            self._learner.learn(self._mind.current.library, self._cache)
            knowledge = self._mind.current.having_learnt(taught, self._cache)
        except Exception as error:  # noqa: BLE001 - whatever it was, people are answered from what is known
            self._note_failure(taught.version, error, now)
            return False
        self._mind.change(knowledge)
        self._learnt, self._failed, self._failures = taught.version, None, 0
        settle()
        log.info("phrasings of staff in force: %s, learnt in %.1f s", len(taught.phrasings), time.monotonic() - begun)
        return True

    def stop(self) -> None:
        """End what is being learnt, and let go of the database; called from another thread."""
        self._is_stopping = True
        self._learner.stop()
        db.engine_of(self._sessions).dispose()

    def _note_failure(self, version: phrasings.Version, error: Exception, now: datetime) -> None:
        if self._is_stopping:
            return
        self._failures = self._failures + 1 if version == self._failed else 1
        pause = min(FIRST_PAUSE * 4 ** min(self._failures - 1, 10), LONGEST_PAUSE)
        self._failed, self._next_try_at = version, now + pause
        # Errors of the child quote no text; of others only the type is told.
        what = f"the child {error}" if isinstance(error, ApprenticeError) else type(error).__name__
        log.error("what staff have taught cannot be learnt, next try in %.0f s: %s", pause.total_seconds(), what)
