"""The way out as delivery sees it: what can put rendered messages in front of people, and how that can fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

Message = Mapping[str, Any]
"""One rendered LINE message, as the JSON object that LINE is given."""

Reason = Literal[
    "token",  # The reply token is used up or too old.
    "payload",  # LINE names a fault in the messages themselves: nobody can get them.
    "refused",  # LINE refuses the request and will refuse it again.
    "quota",  # The month's messages are used up.
    "rate",  # Too much at once; LINE took nothing.
    "unauthorised",  # Our access token is wrong: it says nothing about the message.
    "server",  # LINE had a fault of its own and may have taken the message.
    "silence",  # No whole answer came; LINE may have taken the message.
]


@dataclass(frozen=True)
class Accepted:
    """LINE took the messages: now, or (*was_before*) on an earlier try with the same retry key."""

    request_id: str | None
    was_before: bool = False


class DeliveryError(Exception):
    """LINE did not take the messages, or did not say so; *permanent* when asking again is no use."""

    def __init__(
        self, *, permanent: bool, reason: Reason, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(f"not delivered: {reason} (status {status}, request {request_id})")
        self.permanent = permanent
        self.status = status
        self.request_id = request_id
        self.reason: Reason = reason


class Messenger(Protocol):
    """Whatever can put rendered messages in front of people; DeliveryError is its only error."""

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        """Answer an event, uncounted; a token works once and for about a minute."""
        ...

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person, at most once per *retry_key*."""
        ...

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to up to 500 people, at most once per *retry_key*."""
        ...

    def broadcast(self, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to everybody on LINE's own list of followers, at most once per *retry_key*."""
        ...

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        """Show LINE's loading sign in a talk of two, until the next message or for *seconds* (5 to 60, in fives)."""
        ...

    def profile(self, user_id: str) -> str:
        """What a person is called in LINE; a permanent error when LINE does not tell it of them."""
        ...

    def quota(self) -> int | None:
        """How many messages LINE lets us send in a month; None without limit."""
        ...

    def consumption(self) -> int:
        """How many of this month's messages LINE has counted so far, about."""
        ...

    def followers_count(self, day: date) -> int | None:
        """How many people a message to everybody reached on that *day*, by LINE's count; None: it does not say yet."""
        ...

    def followers(self, start: str | None = None) -> tuple[list[str], str | None]:
        """The next of LINE's own list of followers from *start* on (None: the first), and where it goes on.

        For verified accounts only; the others get status 403.
        """
        ...
