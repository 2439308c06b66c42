"""Takes what the bot sends: who gets it, whether it counts, where it shows."""

import re
from datetime import datetime

from .answers import Answer, RefusalError
from .calls import refuse
from .chats import Chat
from .complaints import Json
from .ledger import Send
from .limits import check_send, mentions
from .world import World

_USER, _GROUP = re.compile(r"U[0-9a-f]{32}"), re.compile(r"[CR][0-9a-f]{32}")
_WITH_RETRY_KEY = ("push", "multicast", "broadcast", "narrowcast")
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check(endpoint: str, body: Json) -> None:
    """Refuses a *body* that breaks LINE's limits."""
    if details := check_send(endpoint, body):
        raise refuse(details)


def is_user(value: object) -> bool:
    """Whether this is the id of a person."""
    return isinstance(value, str) and _USER.fullmatch(value) is not None


def check_retry_key(world: World, endpoint: str, retry_key: str | None) -> None:
    """Refuses a retry key that is malformed, out of place, or was accepted before."""
    if retry_key is None:
        return
    if endpoint not in _WITH_RETRY_KEY:
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
    chats = _recipients(world, endpoint, body, now)
    is_for_group = endpoint in ("reply", "push") and chats[0].is_group
    if not is_for_group and (places := mentions(body["messages"])):
        raise refuse([{"message": "Mentions are for groups", "property": place} for place in places])
    chats = [chat for chat in chats if chat.reachable]
    if chats and world.troubles.take("blocked"):
        chats = []
    counted = 0 if endpoint == "reply" else sum(len(chat.members) if chat.is_group else 1 for chat in chats)
    limit = world.monthly_limit
    if endpoint == "narrowcast":
        chats = _limited(chats, body.get("limit"), None if limit is None else limit - world.ledger.used_in_month(now))
        counted = len(chats)
    if counted and limit is not None and world.ledger.used_in_month(now) + counted > limit:
        raise RefusalError(429, "You have reached your monthly limit.")
    if endpoint == "reply":
        world.ledger.use_token(body["replyToken"])
    named = world.ledger.name_messages(body["messages"])
    messages = [message | {"id": name["id"]} for message, name in zip(body["messages"], named, strict=True)]
    for chat in chats:
        chat.add("bot", messages, now)
    world.record(
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
            unit=next(iter(body.get("customAggregationUnits") or []), None),
        )
    )
    if endpoint in ("reply", "push"):
        return Answer(200, {}, {"sentMessages": named})
    return Answer(202 if endpoint == "narrowcast" else 200, {}, {})


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
        case "narrowcast" if body.get("recipient") or body.get("filter"):
            raise RefusalError(501, "This simulator has no audiences: recipient and filter cannot be used")
        case _:
            return [chat for chat in world.chats.values() if chat.friend and not chat.is_group]


def _limited(chats: list[Chat], limit: object, left: int | None) -> list[Chat]:
    """Those of a narrowcast, no more than it asks for."""
    if not isinstance(limit, dict):
        return chats
    chats = chats[: limit.get("max")]
    return chats[: max(left, 0)] if left is not None and limit.get("upToRemainingQuota") else chats


def _check_ids(ids: list[object], *, groups: bool) -> None:
    for value in ids:
        if not (is_user(value) or (groups and isinstance(value, str) and _GROUP.fullmatch(value))):
            raise RefusalError(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
