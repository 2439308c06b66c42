"""The simulated LINE of the tests of faults, seen through its admin routes, and the posts that it would make to the bot."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from bot.simulator.events import as_redelivery, build_webhook
from tests.faults.processes import PATIENCE

SECRET, TOKEN = "5" * 32, "a-token-of-the-channel"
Json = dict[str, Any]

_numbers = count(1)


def new_people(number: int) -> list[str]:
    """The ids of so many people whom nobody has met."""
    return [f"U{next(_numbers):032x}" for _ in range(number)]


class Line:
    """One simulated LINE, at *base*."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.said: set[str] = set()
        """Every text that somebody has written."""
        self.delivered: set[str] = set()
        """The ids of all events for which the bot has answered 200."""

    def follow(self, *people: str) -> list[Json]:
        """These become friends."""
        return self.acts({"user": user, "act": "enter", "name": f"名前{user[-6:]}"} for user in people)

    def say(self, user: str, text: str) -> list[Json]:
        """Somebody writes a text."""
        return self.acts([{"user": user, "act": "say", "text": text}])

    def acts(self, acts: Iterable[Json]) -> list[Json]:
        """People do these things, in this order; the events that come of it."""
        given = list(acts)
        self.said |= {one[key] for one in given for key in ("text", "name") if key in one}
        return self._ask("POST", "acts", given)

    def spoil(self, endpoint: str, *faults: tuple[int | str, bool]) -> None:
        """Let the next answers go wrong: what comes instead, and whether LINE had taken the request."""
        self._ask("POST", "faults", {endpoint: [{"outcome": how, "taken": taken} for how, taken in faults]})

    def mend(self) -> None:
        """Nothing goes wrong any more."""
        self._ask("DELETE", "faults")
        self.change(latency=0, monthly_limit=None)

    def change(self, **settings: Any) -> None:
        """Change settings of the platform."""
        self._ask("PUT", "settings", settings)

    @property
    def book(self) -> list[Json]:
        """All accepted sends, in order."""
        return self._ask("GET", "book")

    @property
    def traffic(self) -> list[Json]:
        """All requests to the API."""
        return self._ask("GET", "traffic")

    def deliver(self, events: Sequence[Json], webs: Sequence[str], *, tries: int = 8) -> None:
        """Post *events* in one webhook to the first of *webs*, and, as LINE does, again until somebody takes it.

        Which of *webs* is asked changes with each try: LINE sees one address, with all of them behind it.
        """
        pause = threading.Event()
        for number in range(tries):
            if post(webs[number % len(webs)], events if number == 0 else [as_redelivery(event) for event in events]):
                self.delivered |= {event["webhookEventId"] for event in events}
                return
            pause.wait(0.5)
        raise AssertionError("nobody took the webhook")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(
            f"{self.base}/admin/{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE) as response:
            return json.load(response)


def post(web: str, events: Sequence[Json], *, patience: float = 30.0) -> bool:
    """Whether the web process there has taken this webhook."""
    body, headers = build_webhook(SECRET, "U" + "0" * 32, events)
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{web}/line/webhook", body, headers), timeout=patience
        ) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):  # urllib's errors are OSErrors, too.
        return False


def is_healthy(web: str) -> bool:
    """Whether the web process there answers and reaches its database."""
    try:
        with urllib.request.urlopen(f"{web}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def passed(since: float) -> float:
    """Seconds since that moment of the monotonic clock."""
    return time.monotonic() - since
