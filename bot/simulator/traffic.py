"""What goes to and fro between LINE and the bot, for whoever looks on: kinds, ids and outcomes, never a token."""

import threading
from collections import deque
from datetime import datetime

from .answers import Answer
from .complaints import Json

_KEPT = 100_000
_SHOWN = 300
_PREVIEW = 60


class Traffic:
    """A running list, the newest last; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Json] = deque(maxlen=_KEPT)
        self._count = 0

    def note(self, way: str, at: datetime, **about: object) -> None:
        """Write something down: a ``request`` to LINE, an ``event`` to the bot, or what a message was taken for (``meaning``)."""
        with self._lock:
            self._count += 1
            self._kept.append({"number": self._count, "way": way, "at": at.isoformat(), **about})

    def requests(self) -> list[Json]:
        """All requests to the Messaging API, in the order in which they were answered."""
        with self._lock:
            return [one for one in self._kept if one["way"] == "request"]

    def since(self, number: int) -> list[Json]:
        """What came after *number*, as far as a page can show it."""
        with self._lock:
            newest = [one for one in list(self._kept)[-_SHOWN:] if one["number"] > number]
        return newest


def outcome_of(answer: Answer) -> Json:
    """How an answer arrived: its status, and how it broke on the way."""
    return {"status": answer.status, "broken": "rubbish" if answer.rubbish is not None else answer.broken}


def preview(messages: object) -> list[str]:
    """The beginnings of some messages, a line each."""
    found = messages if isinstance(messages, list | tuple) else []
    return [_text_of(message)[:_PREVIEW] for message in found if isinstance(message, dict)]


def _text_of(message: Json) -> str:
    words = message.get("text") or message.get("altText") or message.get("type")
    return str(words).partition("\n")[0]
