"""Tells a watcher elsewhere that the worker lives, once a minute: when that stops, the watcher calls somebody."""

import logging
import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
SECONDS = 5.0
"""How long the watcher may take; nothing of ours waits for it."""


class Heartbeat:
    """Opens *url* in a thread of its own; one that fails is logged once, and once when it goes well again."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = url
        self._seconds = seconds
        self._beat_at: datetime | None = None
        self._thread: threading.Thread | None = None
        self._is_failing = False

    def beat(self, now: datetime) -> None:
        """Tell it, when it is time and the last one is not still under way."""
        is_early = self._beat_at is not None and timedelta(0) <= now - self._beat_at < EVERY
        if is_early or (self._thread is not None and self._thread.is_alive()):
            return
        self._beat_at = now
        self._thread = threading.Thread(target=self._open, name="heartbeat", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the one under way is over."""
        if self._thread is not None:
            self._thread.join()

    def _open(self) -> None:
        try:
            # The settings let nothing but http and https through.
            with urllib.request.urlopen(self._url, timeout=self._seconds):  # noqa: S310
                problem = None
        except (OSError, ValueError) as error:
            # Not the error itself: it may quote the address, which is a secret.
            problem = str(error.code) if isinstance(error, urllib.error.HTTPError) else type(error).__name__
        if problem is not None and not self._is_failing:
            log.warning("heartbeat: not taken (%s); tried again every minute, and logged once", problem)
        elif problem is None and self._is_failing:
            log.warning("heartbeat: taken again")
        self._is_failing = problem is not None
