"""Builds webhook events and signed webhook bodies exactly as LINE sends them."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime

from .complaints import Json

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REPLIABLE = frozenset(
    {
        *("message", "messageEdited", "follow", "join", "memberJoined", "postback", "videoPlayComplete", "beacon"),
        *("accountLink", "membership"),
    }
)
"""The kinds of events that carry a reply token."""


def new_ulid(at: datetime) -> str:
    """A ULID of the moment *at*: 26 characters that sort by time."""
    number = (round(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def build_event(
    kind: str,
    source: Json | None,
    at: datetime,
    *,
    reply_token: str | None = None,
    standby: bool = False,
    **properties: object,
) -> Json:
    """A webhook event of *kind* with the common properties; those without a value are left out, as LINE does."""
    event: Json = {
        "type": kind,
        **properties,
        "webhookEventId": new_ulid(at),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": round(at.timestamp() * 1000),
        "source": source,
        "replyToken": None if standby else reply_token,
        "mode": "standby" if standby else "active",
    }
    return {key: value for key, value in event.items() if value is not None}


def chat_of(event: Json) -> str | None:
    """The id of the talk from which *event* comes."""
    source = event.get("source") or {}
    return source.get("groupId") or source.get("roomId") or source.get("userId")


def as_redelivery(event: Json) -> Json:
    """*event* as LINE sends it again: only the delivery context differs."""
    return {**event, "deliveryContext": {"isRedelivery": True}}


def sign(channel_secret: str, body: bytes) -> str:
    """The value of ``x-line-signature`` for *body*."""
    return base64.b64encode(hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()).decode()


def build_webhook(channel_secret: str, destination: str, events: Iterable[Json]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of one webhook request, signed."""
    body = json.dumps(
        {"destination": destination, "events": list(events)}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
    return body, {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "LineBotWebhook/2.0",
        "x-line-signature": sign(channel_secret, body),
    }
