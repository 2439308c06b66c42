"""The endpoints of the Messaging API, each a function from the world and a request to an answer."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from . import sends
from .answers import Answer, RefusalError
from .complaints import Json
from .limits import SENDS
from .world import World


@dataclass(frozen=True)
class Request:
    """What an endpoint looks at; header names are in lower case."""

    id: str
    kind: str
    """The endpoint's name: that of the send, else one such as ``loading``."""
    named: dict[str, str]
    """What the path says, such as the user id."""
    headers: dict[str, str]
    query: str
    body: bytes

    def json(self) -> Json:
        """The body, which must be a JSON object."""
        if not self.headers.get("content-type", "application/json").startswith("application/json"):
            raise RefusalError(415, "Unsupported Media Type")
        try:
            found: Any = json.loads(self.body or b"{}")
        except ValueError as error:
            raise RefusalError(400, "The request body could not be parsed as JSON") from error
        if not isinstance(found, dict):
            raise RefusalError(400, "The request body must be a JSON object")
        return found


Endpoint = Callable[[World, Request], Answer]


def _send(world: World, request: Request) -> Answer:
    body = request.json()
    sends.check(request.kind, body)
    with world.lock:
        # Asked again under the lock, so that two threads with one key cannot both be taken.
        retry_key = request.headers.get("x-line-retry-key")
        sends.check_retry_key(world, request.kind, retry_key)
        return sends.send(world, endpoint=request.kind, body=body, retry_key=retry_key, request_id=request.id)


def _validate(world: World, request: Request) -> Answer:
    sends.check("validate", request.json())
    return Answer(200, {}, {})


def _quota(world: World, request: Request) -> Answer:
    if world.monthly_limit is None:
        return Answer(200, {}, {"type": "none"})
    return Answer(200, {}, {"type": "limited", "value": world.monthly_limit})


def _consumption(world: World, request: Request) -> Answer:
    with world.lock:
        return Answer(200, {}, {"totalUsage": world.ledger.used_in_month(world.clock())})


def _profile(world: World, request: Request) -> Answer:
    with world.lock:
        chat = world.chats.get(request.named["chat_id"])
        if chat is None or chat.is_group or not chat.reachable:
            raise RefusalError(404, "Not found")
        return Answer(200, {}, {"userId": chat.id, "displayName": chat.name, "language": "ja"})


def _followers(world: World, request: Request) -> Answer:
    if not world.verified:
        raise RefusalError(403, "Access to this API is not available for your account")
    asked = parse_qs(request.query)
    start, limit = asked.get("start", ["0"])[0], asked.get("limit", ["300"])[0]
    if not start.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise _invalid("limit", "Must be between 1 and 1000")
    first, end = int(start), int(start) + int(limit)
    with world.lock:
        ids = [chat.id for chat in world.chats.values() if chat.friend and chat.reachable and not chat.is_group]
    return Answer(200, {}, {"userIds": ids[first:end]} | ({"next": str(end)} if end < len(ids) else {}))


def _info(world: World, request: Request) -> Answer:
    about = {"userId": world.bot_user_id, "basicId": "@simulator", "displayName": world.bot_name}
    return Answer(200, {}, about | {"chatMode": "bot", "markAsReadMode": "auto"})


def _loading(world: World, request: Request) -> Answer:
    body = request.json()
    seconds = body.get("loadingSeconds", 20)
    if seconds not in range(5, 61, 5):
        raise _invalid("loadingSeconds", "Must be 5 to 60 in steps of 5")
    with world.lock:
        chat = world.chats.get(str(body.get("chatId")))
        if chat is None or chat.is_group:
            raise _invalid("chatId", "Must be the user ID of a person in this channel")
        if chat.reachable:
            chat.show_typing(world.clock(), seconds)
    return Answer(202, {}, {})


def _mark_as_read(world: World, request: Request) -> Answer:
    token = request.json().get("markAsReadToken")
    with world.lock:
        for event in world.events:
            if token and (event.get("message") or {}).get("markAsReadToken") == token:
                world.arrived(event)
                return Answer(200, {}, {})
    raise _invalid("markAsReadToken", "Invalid token")


def _webhook_endpoint(world: World, request: Request) -> Answer:
    if not world.webhook_url:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, {"endpoint": world.webhook_url, "active": True})


def _set_webhook_endpoint(world: World, request: Request) -> Answer:
    url = request.json().get("endpoint")
    if not isinstance(url, str) or len(url) > 500 or not re.match(r"https?://[^/\s]+", url):
        raise _invalid("endpoint", "Invalid webhook endpoint URL")
    world.webhook_url = url
    return Answer(200, {}, {})


def _webhook_test(world: World, request: Request) -> Answer:
    url = request.json().get("endpoint", world.webhook_url)
    if world.webhook_tester is None or not isinstance(url, str) or not url:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, world.webhook_tester(url))


def _leave(world: World, request: Request) -> Answer:
    with world.lock:
        chat = world.chats.get(request.named["chat_id"])
        if chat is None or not chat.is_group or not chat.friend:
            raise RefusalError(404, "Not found")
        chat.friend = False
    return Answer(200, {}, {})


def _invalid(where: str, message: str) -> RefusalError:
    return RefusalError(400, "The request body has 1 error(s)", [{"message": message, "property": where}])


ROUTES: tuple[tuple[str, str, str, Endpoint], ...] = (
    *(("POST", f"message/{kind}", kind, _send) for kind in SENDS if kind != "narrowcast"),
    *(("POST", f"message/validate/{kind}", "validate", _validate) for kind in SENDS),
    ("GET", "message/quota", "quota", _quota),
    ("GET", "message/quota/consumption", "consumption", _consumption),
    ("GET", "profile/(?P<chat_id>[^/]+)", "profile", _profile),
    ("GET", "followers/ids", "followers", _followers),
    ("GET", "info", "info", _info),
    ("POST", "chat/loading/start", "loading", _loading),
    ("POST", "chat/markAsRead", "read", _mark_as_read),
    ("GET", "channel/webhook/endpoint", "webhook", _webhook_endpoint),
    ("PUT", "channel/webhook/endpoint", "webhook", _set_webhook_endpoint),
    ("POST", "channel/webhook/test", "webhook test", _webhook_test),
    ("POST", "group/(?P<chat_id>[^/]+)/leave", "leave", _leave),
)
"""Method, path below ``/v2/bot/``, the name for faults and rate limits, and the function that answers."""
