"""Small working stand-ins for what we own: the clock and the way out."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from bot.delivery.messenger import Accepted, DeliveryError, Message, Reason

NOON = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Wednesday."""


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        """Let time pass: ``advance(minutes=5)``."""
        self.now += timedelta(**length)


@dataclass(frozen=True)
class Sent:
    """One call that came out: what kind, to whom (a reply's token), with what and under which retry key."""

    kind: str
    to: tuple[str, ...]
    messages: tuple[Message, ...]
    retry_key: UUID | None = None

    @property
    def texts(self) -> list[str]:
        """The texts of its messages."""
        return [message["text"] for message in self.messages if "text" in message]


@dataclass
class FakeMessenger:
    """A way out that leads into a list; its verbs say what goes wrong from now on."""

    sent: list[Sent] = field(default_factory=list)
    """What LINE took, in order."""
    asked: list[Sent] = field(default_factory=list)
    """Every call, taken or not."""
    loading: list[tuple[str, int]] = field(default_factory=list)
    """To whom the loading sign was shown, and for how many seconds."""
    month_limit: int | None = None
    """How many messages it says that a month has."""
    used: int | None = None
    """How many it says are used; None: as many as it took."""
    names: dict[str, str] = field(default_factory=dict)
    """LINE id -> what the person is called."""
    friends: list[str] | None = None
    """Its own list of followers; None: it gives the list to verified accounts only, and does not count yet."""
    on_ask: Callable[[Sent], None] | None = None
    """Called in the middle of every call."""

    def __post_init__(self) -> None:
        self._failures: list[tuple[DeliveryError, bool]] = []
        self._keys: dict[UUID, str] = {}
        self._dead_tokens: set[str] = set()
        self._strangers: set[str] = set()
        self._has_no_loading = False
        self._keeps_its_count = False
        self._lock = threading.Lock()

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        return self._take(Sent("reply", (reply_token,), tuple(messages)))

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        return self._take(Sent("push", (to,), tuple(messages), retry_key))

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        return self._take(Sent("multicast", tuple(to), tuple(messages), retry_key))

    def broadcast(self, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        return self._take(Sent("broadcast", tuple(self.friends or ()), tuple(messages), retry_key))

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        if self._has_no_loading:
            raise DeliveryError(permanent=False, reason="server", status=500, request_id="fake-refusal")
        self.loading.append((user_id, seconds))
        return Accepted("request-loading")

    def profile(self, user_id: str) -> str:
        self._count()
        if user_id in self._strangers or user_id not in self.names:
            raise DeliveryError(permanent=True, reason="refused", status=404, request_id="fake-refusal")
        return self.names[user_id]

    def quota(self) -> int | None:
        self._count()
        return self.month_limit

    def consumption(self) -> int:
        self._count()
        return sum(len(sent.to) for sent in self.sent if sent.kind != "reply") if self.used is None else self.used

    def followers_count(self, day: date) -> int | None:
        self._count()
        return None if self.friends is None else len(self.friends)

    def followers(self, start: str | None = None) -> tuple[list[str], str | None]:
        self._count()
        if self.friends is None:
            raise DeliveryError(permanent=True, reason="refused", status=403)
        first = int(start or 0)
        names = self.friends[first : first + 1000]
        return names, str(first + 1000) if first + 1000 < len(self.friends) else None

    def _count(self) -> None:
        if self._keeps_its_count:
            raise DeliveryError(permanent=False, reason="silence")

    def does_not_tell_its_count(self) -> None:
        """From now on LINE gives no answer when it is asked what is left of the month."""
        self._keeps_its_count = True

    def cannot_show_loading(self) -> None:
        """From now on LINE answers every call for its loading sign with 500."""
        self._has_no_loading = True

    def lets_token_die(self, reply_token: str) -> None:
        """From now on LINE calls this token invalid, as it does with every token that was used."""
        self._dead_tokens.add(reply_token)

    def goes_silent(self, times: int = 1) -> None:
        """The next calls get no answer, and LINE took nothing."""
        self._fail(times, reason="silence", permanent=False)

    def loses_the_answer(self, times: int = 1) -> None:
        """LINE takes the next calls, but its answer does not arrive."""
        self._fail(times, reason="silence", permanent=False, takes=True)

    def breaks(self, times: int = 1) -> None:
        """LINE answers the next calls with 500."""
        self._fail(times, reason="server", permanent=False, status=500)

    def is_hurried(self, times: int = 1) -> None:
        """LINE answers the next calls with 429, too many at once."""
        self._fail(times, reason="rate", permanent=False, status=429)

    def runs_out_of_quota(self, times: int = 1) -> None:
        """LINE answers the next calls with 429, nothing left this month."""
        self._fail(times, reason="quota", permanent=True, status=429)

    def refuses_the_token_of_ours(self, times: int = 1) -> None:
        """LINE answers the next calls with 401."""
        self._fail(times, reason="unauthorised", permanent=False, status=401)

    def refuses(self, times: int = 1, reason: Reason = "refused") -> None:
        """LINE answers the next calls with 400."""
        self._fail(times, reason=reason, permanent=True, status=400)

    def does_not_know(self, user_id: str) -> None:
        """From now on LINE refuses every call that names this person."""
        self._strangers.add(user_id)

    def _fail(
        self, times: int, *, reason: Reason, permanent: bool, status: int | None = None, takes: bool = False
    ) -> None:
        error = DeliveryError(permanent=permanent, reason=reason, status=status, request_id="fake-refusal")
        self._failures += [(error, takes)] * times

    def _take(self, sent: Sent) -> Accepted:
        with self._lock:
            self.asked.append(sent)
            if self.on_ask is not None:
                self.on_ask(sent)
            error, takes = self._failures.pop(0) if self._failures else (None, True)
            if error is not None and error.status == 400 and sent.retry_key in self._keys:
                error = None  # LINE knows the key before it looks at the message: it answers 409.
            if error is not None and not takes:
                raise error
            accepted = self._accept(sent)
            if error is not None:
                raise error
            return accepted

    def _accept(self, sent: Sent) -> Accepted:
        if sent.retry_key in self._keys:
            return Accepted(self._keys[sent.retry_key], was_before=True)
        if sent.kind == "reply" and sent.to[0] in self._dead_tokens:
            raise DeliveryError(permanent=True, reason="token", status=400, request_id="fake-refusal")
        if self._strangers & set(sent.to):
            raise DeliveryError(permanent=True, reason="refused", status=400, request_id="fake-refusal")
        if sent.kind == "reply":
            self._dead_tokens.add(sent.to[0])
        request_id = f"request-{uuid4()}"
        if sent.retry_key is not None:
            self._keys[sent.retry_key] = request_id
        self.sent.append(sent)
        return Accepted(request_id)
