"""The way out to LINE: what is said to people, and what LINE is asked while they wait."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from bot.delivery.messenger import Accepted, DeliveryError, Message, Reason
from bot.line.wire import Answer, Wire
from bot.watching import metrics

API_BASE = "https://api.line.me"

CONNECT_SECONDS, WHOLE_SECONDS = 3.0, 10.0


class LineMessenger:
    """A Messenger that speaks to LINE, or to whatever *api_base* names; threads may share it."""

    def __init__(
        self,
        access_token: str,
        api_base: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, WHOLE_SECONDS),
    ) -> None:
        """*timeout* are the seconds allowed for connecting, and for the whole request."""
        # Past the SDK, which brings 38 MB and whose models check every recipient one by one: what we send is JSON already.
        self._wire = Wire(
            (api_base or API_BASE).rstrip("/"),
            {
                "Authorization": f"Bearer {access_token}",
                "User-Agent": "Senaka",
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            },
            timeout=timeout,
        )

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        """Answer an event, uncounted; a token works once and for about a minute."""
        return self._post("/v2/bot/message/reply", {"replyToken": reply_token, "messages": list(messages)})

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person, at most once per *retry_key*."""
        return self._post("/v2/bot/message/push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to up to 500 people, at most once per *retry_key*."""
        return self._post("/v2/bot/message/multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def broadcast(self, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to everybody on LINE's own list of followers, at most once per *retry_key*."""
        return self._post("/v2/bot/message/broadcast", {"messages": list(messages)}, retry_key)

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        """Show the dots of somebody who is writing, until the next message or for *seconds* (5 to 60, in fives)."""
        return self._post("/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    def profile(self, user_id: str) -> str:
        """What a person is called in LINE; a permanent error when LINE does not tell it of them."""
        name = self._get(f"/v2/bot/profile/{quote(user_id, safe='')}").get("displayName")
        if not isinstance(name, str):
            raise DeliveryError(permanent=False, reason="server")
        return name

    def quota(self) -> int | None:
        """How many messages LINE lets us send in a month; None without limit."""
        said = self._get("/v2/bot/message/quota")
        return None if said.get("type") == "none" else _number(said.get("value"))

    def consumption(self) -> int:
        """How many of this month's messages LINE has counted so far, about."""
        return _number(self._get("/v2/bot/message/quota/consumption").get("totalUsage"))

    def followers_count(self, day: date) -> int | None:
        """How many people a message to everybody reached on that *day*, by LINE's count; None: it does not say yet."""
        said = self._get(f"/v2/bot/insight/followers?date={day:%Y%m%d}")
        if said.get("status") != "ready":
            return None
        # LINE's followers are all who ever became friends; those who blocked us since are counted beside.
        return max(_number(said.get("followers")) - _number(said.get("blocks")), 0)

    def followers(self, start: str | None = None) -> tuple[list[str], str | None]:
        """The next of LINE's own list of followers from *start* on (None: the first), and where it goes on."""
        said = self._get("/v2/bot/followers/ids?limit=1000" + (f"&start={quote(start)}" if start else ""))
        names, following = said.get("userIds"), said.get("next")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise DeliveryError(permanent=False, reason="server")
        return names, following if isinstance(following, str) and following else None

    def _get(self, path: str) -> Mapping[str, Any]:
        """The object that LINE answers with."""
        answer = self._ask("GET", path)
        if not _is_taken(answer):
            _read_refusal(answer)
            raise DeliveryError(permanent=False, reason="server", status=answer.status)
        found = _object(answer.body)
        if found is None:
            raise DeliveryError(permanent=False, reason="silence")
        return found

    def _post(self, path: str, body: Mapping[str, Any], retry_key: UUID | None = None) -> Accepted:
        headers = None if retry_key is None else {"X-Line-Retry-Key": str(retry_key)}
        # Trying again is the outbox's business.
        answer = self._ask("POST", path, json.dumps(body).encode(), headers)
        # The status is acceptance, whatever has happened to the body that follows it.
        return Accepted(_request_id(answer)) if _is_taken(answer) else _read_refusal(answer)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        began = time.perf_counter()
        answer = self._wire.ask(method, path, body, headers)
        metrics.line(path, None if answer is None else answer.status, time.perf_counter() - began)
        if answer is None:
            raise DeliveryError(permanent=False, reason="silence")
        return answer


def _is_taken(answer: Answer) -> bool:
    return 200 <= answer.status <= 299


def _object(body: bytes | None) -> Mapping[str, Any] | None:
    """The JSON object that *body* is; None when it is none."""
    try:
        found = json.loads(body or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _read_refusal(answer: Answer) -> Accepted:
    """What LINE's status means: accepted by an earlier try, or DeliveryError."""
    request_id = _request_id(answer)
    if answer.status == 409:
        return Accepted(_header(answer, "x-line-accepted-request-id") or request_id, was_before=True)
    permanent, reason = _read_complaint(answer.status, *_complaint(answer.body))
    raise DeliveryError(permanent=permanent, reason=reason, status=answer.status, request_id=request_id)


def _read_complaint(status: int, message: str, properties: tuple[str, ...]) -> tuple[bool, Reason]:
    """Whether asking again is no use, and why."""
    if status == 429:
        return (True, "quota") if "monthly limit" in message else (False, "rate")
    if status == 401:
        return False, "unauthorised"
    if status == 400 and "reply token" in message:
        return True, "token"
    if status == 413 or any(name.startswith("messages") for name in properties):
        return True, "payload"
    if 400 <= status < 500 and status != 408:
        return True, "refused"
    return False, "server"


def _complaint(body: bytes | None) -> tuple[str, tuple[str, ...]]:
    """LINE's message in small letters, and the properties it complains of; empty when the body says nothing."""
    answer = _object(body) or {}
    details = answer.get("details")
    parts = [part for part in details if isinstance(part, dict)] if isinstance(details, list) else []
    return str(answer.get("message", "")).lower(), tuple(str(part.get("property", "")) for part in parts)


def _number(said: object) -> int:
    """The count that LINE gave; DeliveryError when it is none."""
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise DeliveryError(permanent=False, reason="server")
    return said


def _request_id(answer: Answer) -> str | None:
    return _header(answer, "x-line-request-id")


def _header(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name)
    return None if value is None else value[:80]
