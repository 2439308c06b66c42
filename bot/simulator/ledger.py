"""What LINE remembers of sends: the book of accepted ones, retry keys, reply tokens, the monthly count."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count

from .complaints import Json

_RETRY_KEY_LIFE = timedelta(hours=24)
_TOKEN_LIFE = timedelta(minutes=1)
_TOKEN_RENEWABLE_FOR = timedelta(minutes=20)
# LINE counts its months and days in Japanese time, whatever the time zone of the account.
_MONTHS_OF = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Send:
    """One send that the platform accepted."""

    request_id: str
    endpoint: str
    recipients: tuple[str, ...]
    """All to whom it went, with those who had blocked the bot left out."""
    messages: tuple[Json, ...]
    retry_key: str | None
    counted: int
    """How many recipients count toward the monthly limit; none for a reply."""
    at: datetime
    sent_messages: tuple[Json, ...]
    """The ids (and quote tokens) that the messages were given."""
    reply_token: str | None = None
    """Of a reply: the token that it used up."""
    unit: str | None = None
    """The custom aggregation unit under which LINE counts it."""


@dataclass
class _Token:
    chat_id: str
    made_at: datetime
    usable_until: datetime
    used: bool = False


@dataclass
class Ledger:
    """The platform's memory of sends; its caller holds the lock."""

    numbers: "count[int]" = field(default_factory=lambda: count(480_000_000_000_000_001))
    """The ids of messages to come."""
    book: list[Send] = field(default_factory=list)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _by_retry_key: dict[str, Send] = field(default_factory=dict)
    _used: Counter[tuple[int, int]] = field(default_factory=Counter)

    def new_message_id(self) -> str:
        return str(next(self.numbers))

    def new_reply_token(self, chat_id: str, now: datetime) -> str:
        """A token that answers one event, once, within a minute."""
        token = secrets.token_hex(16)
        self._tokens[token] = _Token(chat_id, now, now + _TOKEN_LIFE)
        return token

    def renew_token(self, token: str, now: datetime) -> None:
        """The minute of a reply token begins when the webhook arrives; a redelivery begins it anew, for a while."""
        known = self._tokens.get(token)
        if known is not None and now < known.made_at + _TOKEN_RENEWABLE_FOR:
            known.usable_until = now + _TOKEN_LIFE

    def chat_of(self, token: str, now: datetime) -> str | None:
        """The chat that *token* answers, or ``None`` if it is used, expired or made up."""
        known = self._tokens.get(token)
        if known is None or known.used or now >= known.usable_until:
            return None
        return known.chat_id

    def use_token(self, token: str) -> None:
        self._tokens[token].used = True

    def record(self, send: Send) -> None:
        """Write an accepted send into the book."""
        self.book.append(send)
        self._used[_month(send.at)] += send.counted
        if send.retry_key is not None:
            self._by_retry_key[send.retry_key] = send

    def accepted_before(self, retry_key: str | None, now: datetime) -> Send | None:
        """The send that took *retry_key* within the last 24 hours."""
        send = self._by_retry_key.get(retry_key) if retry_key is not None else None
        return send if send is not None and now < send.at + _RETRY_KEY_LIFE else None

    def used_in_month(self, now: datetime) -> int:
        """How many recipients count in the month of *now*."""
        return self._used[_month(now)]

    def name_messages(self, messages: Sequence[Json]) -> list[Json]:
        """An id for each of *messages*, and a quote token for those that can be quoted."""
        quotable = ("text", "textV2", "sticker", "image", "video", "template", "flex")
        return [
            {"id": self.new_message_id()}
            | ({"quoteToken": secrets.token_urlsafe(48)} if message.get("type") in quotable else {})
            for message in messages
        ]


def _month(at: datetime) -> tuple[int, int]:
    local = at.astimezone(_MONTHS_OF)
    return local.year, local.month
