"""The log: lines for people, or one JSON object a line for programs; ids and outcomes either way, never what somebody said.

Who logs may give ids as ``extra={"facts": {...}}``: ``event`` is LINE's id of an event and joins a webhook to its reply,
``request`` is LINE's id of the request that carried it.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

SELDOM = timedelta(minutes=1)
"""How far apart the lines are that strangers could write as many of as they like."""
TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonFormatter(logging.Formatter):
    """One object a line, with what is in *facts*."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        found: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "says": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            found["error"], found["trace"] = record.exc_info[0].__name__, _places(record.exc_info[2])
        return json.dumps(found, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """A line for people, and below it of an exception no more than in JSON."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Its type and the places it came through."""
        return "\n".join((f"  {ei[0].__name__}", *(f"    {place}" for place in _places(ei[2]))))


def _places(trace: TracebackType | None) -> list[str]:
    # Without the exception's own text, which may quote a person.
    return [f"{step.filename}:{step.lineno}" for step in traceback.extract_tb(trace)]


def set_up(level: str, form: str) -> None:
    """Log to the standard error from now on, as *form* (``text`` or ``json``) says."""
    root = logging.getLogger()
    if not root.handlers:
        logging.basicConfig(format=TEXT, stream=sys.stderr)
    root.setLevel(level)
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:  # Ours, or the server's: others have their own ways.
            handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())


class Seldom:
    """A warning that is written once a minute at most; each line tells how many were left out since the one before."""

    def __init__(self, log: logging.Logger, says: str) -> None:
        self._log = log
        self._says = says
        self._said_at: datetime | None = None
        self._left_out = 0
        self._lock = threading.Lock()

    def warn(self, now: datetime) -> None:
        """It is so again."""
        with self._lock:
            if self._said_at is not None and timedelta(0) <= now - self._said_at < SELDOM:
                self._left_out += 1
                return
            left_out, self._left_out, self._said_at = self._left_out, 0, now
        self._log.warning("%s%s", self._says, f" ({left_out} more since the last such line)" if left_out else "")
