"""The bell: what one process puts into the database, another hears of at once; on PostgreSQL only, else they look."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot import db
from bot.db import Sessions

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

INBOX = "senaka_inbox"
"""Rung when there are events to answer."""
OUTBOX = "senaka_outbox"
"""Rung when somebody who sends nothing has put messages into the outbox."""

_LISTEN_SECONDS = 0.5
"""How often a listener looks whether it is to stop."""
_AGAIN_SECONDS = 1.0
"""How long it waits before it connects anew."""


class Bell:
    """Listens in a thread of its own, on a connection of its own; connects anew when PostgreSQL was away."""

    def __init__(self, sessions: Sessions) -> None:
        engine = db.engine_of(sessions)
        self._args, options = engine.dialect.create_connect_args(engine.url)
        self._options = {**db.patience(engine.url), **options}
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, heard: Mapping[str, Callable[[], None]]) -> None:
        """Call what belongs to a name whenever it is rung, and all of them after a time of deafness."""
        self._thread = threading.Thread(target=self._run, args=(heard,), name="bell", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join(_LISTEN_SECONDS * 10)

    def _run(self, heard: Mapping[str, Callable[[], None]]) -> None:
        import psycopg  # Only here: whoever has SQLite need not carry its 9 MB.

        is_deaf = False
        while not self._is_stopping.is_set():
            try:
                with psycopg.connect(*self._args, **self._options, autocommit=True) as connection:
                    for name in heard:
                        connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(name)))
                    if is_deaf:
                        log.warning("bell: listening again")
                        is_deaf = False
                    for wake in heard.values():
                        wake()
                    self._listen(connection, heard)
            except psycopg.Error as error:
                if not is_deaf:
                    log.warning("bell: not listening (%s); work is found by looking", type(error).__name__)
                is_deaf = True
                self._is_stopping.wait(_AGAIN_SECONDS)

    def _listen(self, connection: "psycopg.Connection[object]", heard: Mapping[str, Callable[[], None]]) -> None:
        while not self._is_stopping.is_set():
            for rung in connection.notifies(timeout=_LISTEN_SECONDS):
                heard[rung.channel]()


def listener(sessions: Sessions) -> Bell | None:
    """A bell where there is one; None on SQLite."""
    return Bell(sessions) if db.engine_of(sessions).dialect.name == "postgresql" else None
