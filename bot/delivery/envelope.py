"""What is written on the outside of any LINE event: which one it is, whose, when, and about which message.

Everything here takes JSON of any shape and never raises: LINE adds kinds and properties without notice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ID = 64


@dataclass(frozen=True)
class Envelope:
    """The outside of one event. *chat* is the person's own id in a talk of two, else the group's or room's."""

    event_id: str
    kind: str
    chat: str | None
    user_id: str | None
    is_group: bool
    message_id: str | None
    occurred_at: datetime | None


def read(event: Mapping[str, Any]) -> Envelope:
    """The outside of *event*; an event without an id is named by the digest of its contents."""
    source = part(event, "source")
    user_id = name(source.get("userId"))
    group = name(source.get("groupId")) or name(source.get("roomId"))
    about = part(event, "message") or part(event, "unsend")
    return Envelope(
        event_id=name(event.get("webhookEventId")) or _digest(event),
        kind=(name(event.get("type")) or "")[:40],
        chat=group or user_id,
        user_id=user_id,
        is_group=group is not None or source.get("type") in ("group", "room"),
        message_id=name(about.get("id")) or name(about.get("messageId")),
        occurred_at=_moment(event.get("timestamp")),
    )


def part(event: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under *key*; empty when there is none or it is something else."""
    value = event.get(key)
    return value if isinstance(value, Mapping) else {}


def name(value: object) -> str | None:
    """*value* if it can be an id of LINE's, else None."""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable():
        return value
    return None


def _digest(event: Mapping[str, Any]) -> str:
    # A redelivered event differs from the first only in its delivery context.
    lasting = {key: value for key, value in event.items() if key != "deliveryContext"}
    return "sha256:" + hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


def _moment(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
