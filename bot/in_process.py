"""The way out to a simulated LINE in this process: no network, the same answers."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from bot.delivery.messenger import Accepted, DeliveryError, Message, Reason
from bot.simulator.answers import Answer
from bot.simulator.platform import Platform

Json = dict[str, Any]


class PlatformMessenger:
    """The way out to a simulated LINE in this process."""

    def __init__(self, platform: Platform, access_token: str) -> None:
        self._platform = platform
        self._headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json"}

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        """Answer an event."""
        return self._post("message/reply", {"replyToken": reply_token, "messages": list(messages)})

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person."""
        return self._post("message/push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to many."""
        return self._post("message/multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def broadcast(self, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to everybody who follows."""
        return self._post("message/broadcast", {"messages": list(messages)}, retry_key)

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        """Show the loading sign."""
        return self._post("chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    def profile(self, user_id: str) -> str:
        """What somebody is called."""
        return str(self._get(f"profile/{user_id}")["displayName"])

    def quota(self) -> int | None:
        """How many messages a month has."""
        limit = self._get("message/quota").get("value")
        return None if limit is None else int(limit)

    def consumption(self) -> int:
        """How many of them are used."""
        return int(self._get("message/quota/consumption")["totalUsage"])

    def followers_count(self, day: date) -> int | None:
        """How many people follow."""
        said = self._get(f"insight/followers?date={day:%Y%m%d}")
        return int(said["followers"]) - int(said["blocks"]) if said["status"] == "ready" else None

    def followers(self, start: str | None = None) -> tuple[list[str], str | None]:
        """Who follows."""
        said = self._get(f"followers/ids?limit=1000&start={start or 0}")
        return list(said["userIds"]), said.get("next")

    def _get(self, path: str) -> Json:
        answer = self._platform.answer("GET", f"/v2/bot/{path}", self._headers)
        if answer.status != 200:
            is_refused = 400 <= answer.status < 500 and answer.status != 429
            reason: Reason = "refused" if is_refused else "server"
            raise DeliveryError(permanent=is_refused, status=answer.status, reason=reason)
        found: Json = json.loads(answer.content)
        return found

    def _post(self, path: str, body: Json, retry_key: UUID | None = None) -> Accepted:
        headers = self._headers | ({"X-Line-Retry-Key": str(retry_key)} if retry_key is not None else {})
        answer = self._platform.answer("POST", f"/v2/bot/{path}", headers, json_bytes(body))
        if answer.broken is not None:
            raise DeliveryError(permanent=False, reason="silence")
        request_id = answer.headers.get("x-line-request-id")
        if answer.status in (200, 202, 409):
            return Accepted(request_id=request_id, was_before=answer.status == 409)
        reason = _reason(answer)
        is_permanent = reason in ("quota", "refused")
        raise DeliveryError(permanent=is_permanent, status=answer.status, request_id=request_id, reason=reason)


def _reason(answer: Answer) -> Reason:
    if answer.status == 429:
        return "quota" if b"monthly limit" in answer.content else "rate"
    return "refused" if 400 <= answer.status < 500 else "server"


def json_bytes(body: Json) -> bytes:
    """*body* as LINE's SDK would send it."""
    return json.dumps(body, ensure_ascii=False).encode()
