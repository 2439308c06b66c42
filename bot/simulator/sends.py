"""Takes replies, pushes, multicasts and broadcasts: who gets them, whether they count, where they show."""

import re
from datetime import datetime

from .answers import Answer, RefusalError
from .chats import Chat
from .complaints import Json
from .ledger import Send
from .limits import check_send
from .world import World

_ID = re.compile(r"[UCR][0-9a-f]{32}")
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check(endpoint: str, body: Json) -> None:
    """Refuses a *body* that breaks LINE's limits."""
    if details := check_send(endpoint, body):
        raise RefusalError(400, f"The request body has {len(details)} error(s)", details)


def check_retry_key(world: World, endpoint: str, retry_key: str | None) -> None:
    """Refuses a retry key that is malformed, out of place, or was accepted before."""
    if retry_key is None:
        return
    if endpoint not in ("push", "multicast", "broadcast"):
        raise RefusalError(400, "The X-Line-Retry-Key header is not supported by this endpoint")
    if not _RETRY_KEY.fullmatch(retry_key):
        raise RefusalError(400, "The X-Line-Retry-Key header is invalid")
    before = world.ledger.accepted_before(retry_key, world.clock())
    if before is not None:
        refusal = RefusalError(
            409,
            "The retry key is already accepted",
            headers={"x-line-accepted-request-id": before.request_id},
        )
        if endpoint == "push":
            refusal.body["sentMessages"] = list(before.sent_messages)
        raise refusal


def send(
    world: World,
    *,
    endpoint: str,
    body: Json,
    retry_key: str | None,
    request_id: str,
) -> Answer:
    """Accept a checked send: count it, write it into the book, show it to its recipients; the lock is held."""
    now = world.clock()
    chats = [chat for chat in _recipients(world, endpoint, body, now) if chat.reachable]
    counted = 0 if endpoint == "reply" else sum(len(chat.members) if chat.is_group else 1 for chat in chats)
    limit = world.monthly_limit
    if counted and limit is not None and world.ledger.used_in_month(now) + counted > limit:
        raise RefusalError(429, "You have reached your monthly limit.")
    if endpoint == "reply":
        world.ledger.use_token(body["replyToken"])
    named = world.ledger.name_messages(body["messages"])
    messages = [message | {"id": name["id"]} for message, name in zip(body["messages"], named, strict=True)]
    for chat in chats:
        chat.add("bot", messages, now)
    world.ledger.record(
        Send(
            request_id=request_id,
            endpoint=endpoint,
            recipients=tuple(chat.id for chat in chats),
            messages=tuple(body["messages"]),
            retry_key=retry_key,
            counted=counted,
            at=now,
            sent_messages=tuple(named),
            reply_token=body["replyToken"] if endpoint == "reply" else None,
        )
    )
    return Answer(200, {}, {"sentMessages": named} if endpoint in ("reply", "push") else {})


def _recipients(world: World, endpoint: str, body: Json, now: datetime) -> list[Chat]:
    match endpoint:
        case "reply":
            answered = world.ledger.chat_of(body["replyToken"], now)
            if answered is None:
                raise RefusalError(400, "Invalid reply token")
            return [world.chat(answered)]
        case "push":
            _check_ids([body["to"]], groups=True)
            if body["to"] not in world.chats:
                raise RefusalError(400, "Failed to send messages")
            return [world.chats[body["to"]]]
        case "multicast":
            _check_ids(body["to"], groups=False)
            # Ids that this channel does not know are passed over; they do not count.
            return [world.chats[to] for to in dict.fromkeys(body["to"]) if to in world.chats]
        case _:
            return [chat for chat in world.chats.values() if chat.friend and not chat.is_group]


def _check_ids(ids: list[object], *, groups: bool) -> None:
    for value in ids:
        known = isinstance(value, str) and _ID.fullmatch(value) and (groups or value.startswith("U"))
        if not known:
            raise RefusalError(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
