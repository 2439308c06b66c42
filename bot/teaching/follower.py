"""The library in force in a process that answers nobody: follows what staff change, without learning anything."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot import db
from bot.clock import Clock
from bot.library.laying import Laid, lay
from bot.library.library import Library
from bot.library.shelf import Shelf
from bot.teaching import overlay
from bot.teaching.phrasings import Version

LOOK_EVERY = timedelta(seconds=1)


class Follower:
    """Puts the library together when it is first wanted, and anew when another version is in force; threads may share it."""

    def __init__(self, content_dir: Path, sessions: db.Sessions, clock: Clock) -> None:
        self.shelf = Shelf(content_dir)
        self._sessions = db.reading(sessions)
        self._let_go = partial(db.let_go, self._sessions, of=sessions)
        self._clock = clock
        self._lock = threading.Lock()
        self._laid: Laid | None = None
        self._version: Version | None = None
        self._looked_at: datetime | None = None

    def library(self) -> Library:
        """The library in force, as it was a second ago at most."""
        return self.laid.library

    @property
    def laid(self) -> Laid:
        """The same with what does not fit."""
        now = self._clock()
        with self._lock:
            is_fresh = self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY
            if self._laid is None or not is_fresh:
                self._laid = self._look(self._laid, now)
                self._looked_at = now
            return self._laid

    def close(self) -> None:
        """Let go of the database."""
        self._let_go()

    def _look(self, known: Laid | None, now: datetime) -> Laid:
        today = now.astimezone(known.library.timezone if known is not None else UTC).date()
        with self._sessions() as session:
            # The day belongs to it: texts grow old.
            version = (*overlay.version(session), today.toordinal())
            if known is not None and version == self._version:
                return known
            taught = overlay.in_force(session, today)
        laid = lay(self.shelf, taught.edits, taught.closings, taught.today)
        if laid.broken:
            logging.getLogger(__name__).error("edits that do not fit the files: %s", len(laid.broken))
        self._version = version
        return laid
