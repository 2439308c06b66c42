"""The way out to LINE: the only module that sends through the LINE SDK."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import urllib3
from linebot.v3.messaging import ApiClient, Configuration
from linebot.v3.messaging.exceptions import ApiException

from bot.delivery.messenger import Accepted, DeliveryError, Message, Reason

API_BASE = "https://api.line.me"

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0

CONNECTIONS = 192
"""How many connections to LINE are kept open: as many as three lanes may use at once."""


class LineMessenger:
    """A Messenger that speaks to LINE, or to whatever *api_base* names; threads may share it."""

    def __init__(
        self,
        access_token: str,
        api_base: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        connections: int = CONNECTIONS,
    ) -> None:
        """*timeout* are the seconds allowed for connecting and for each wait for an answer.

        *connections* are kept open for the next request; more than that may be under way.
        """
        configuration = Configuration(host=(api_base or API_BASE).rstrip("/"), access_token=access_token)
        # Trying again is the outbox's business. A redirect would carry the access token to a stranger.
        configuration.retries = urllib3.Retry(total=0, redirect=False, raise_on_redirect=False)
        configuration.connection_pool_maxsize = connections
        self._client = _StatusFirstClient(configuration)
        self._asking = ApiClient(configuration)
        self._timeout = timeout

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Accepted:
        """Answer an event, uncounted; a token works once and for about a minute."""
        return self._post("/v2/bot/message/reply", {"replyToken": reply_token, "messages": list(messages)})

    def push(self, to: str, messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to one person, at most once per *retry_key*."""
        return self._post("/v2/bot/message/push", {"to": to, "messages": list(messages)}, retry_key)

    def multicast(self, to: Sequence[str], messages: Sequence[Message], *, retry_key: UUID) -> Accepted:
        """Send to up to 500 people, at most once per *retry_key*."""
        return self._post("/v2/bot/message/multicast", {"to": list(to), "messages": list(messages)}, retry_key)

    def show_loading(self, user_id: str, *, seconds: int) -> Accepted:
        """Show the dots of somebody who is writing, until the next message or for *seconds* (5 to 60, in fives)."""
        return self._post("/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    def quota(self) -> int | None:
        """How many messages LINE lets us send in a month; None without limit."""
        said = self._get("/v2/bot/message/quota")
        return None if said.get("type") == "none" else _number(said.get("value"))

    def consumption(self) -> int:
        """How many of this month's messages LINE has counted so far, about."""
        return _number(self._get("/v2/bot/message/quota/consumption").get("totalUsage"))

    def _get(self, path: str) -> Mapping[str, Any]:
        """The object that LINE answers with."""
        answer = refusal = None
        try:
            found = self._asking.call_api(path, "GET", response_types_map={}, _request_timeout=self._timeout)
            answer = json.loads(found.raw_data)
        except Exception as error:  # noqa: BLE001 - as below
            refusal = _find_refusal(error)
        if isinstance(answer, dict):
            return answer
        if refusal is None:
            raise DeliveryError(permanent=False, reason="silence")
        _read_refusal(refusal)
        raise DeliveryError(permanent=False, reason="server", status=int(refusal.status))

    def _post(self, path: str, body: Mapping[str, Any], retry_key: UUID | None = None) -> Accepted:
        headers = {"Content-Type": "application/json"}
        if retry_key is not None:
            headers["X-Line-Retry-Key"] = str(retry_key)
        answer = refusal = None
        try:
            # A plain dict, not the SDK's models: they check every recipient one by one and drop what they do not know.
            answer = self._client.call_api(
                path, "POST", header_params=headers, body=body, response_types_map={}, _request_timeout=self._timeout
            )
        except Exception as error:  # noqa: BLE001 - the SDK does not say what it raises
            refusal = _find_refusal(error)
        # Out here, so that no DeliveryError carries the SDK's error with it: its text quotes bodies and headers.
        if answer is not None:
            return Accepted(_request_id(answer.headers))
        if refusal is None:
            raise DeliveryError(permanent=False, reason="silence")
        return _read_refusal(refusal)


class _StatusFirstClient(ApiClient):  # type: ignore[misc]  # The SDK is untyped.
    """The SDK's client, for which a 2xx is acceptance whatever happens to the body that follows it."""

    def request(self, *args: Any, **kwargs: Any) -> "_Taken":
        """The head of LINE's answer; ApiException for anything but a 2xx."""
        answer = super().request(*args, **{**kwargs, "_preload_content": False})
        answer.drain_conn()  # Frees the connection for the next request, and swallows what goes wrong meanwhile.
        return _Taken(answer.status, answer.headers)

    def sanitize_for_serialization(self, obj: object) -> object:
        """*obj* itself: what we send is JSON already, and the SDK looks at each of 500 ids for half a millisecond."""
        return obj


class _Taken:
    """An answer without its body, in the shape in which the SDK passes answers on."""

    reason = None
    data = b""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self._headers = headers

    def getheaders(self) -> Mapping[str, str]:
        return self._headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        return self._headers.get(name, default)


def _find_refusal(error: BaseException | None) -> ApiException | None:
    """The refusal in *error*'s chain: over a body that is not UTF-8 the SDK fails while it handles the refusal."""
    while error is not None and not (isinstance(error, ApiException) and error.status):
        error = error.__context__
    return error


def _read_refusal(refusal: ApiException) -> Accepted:
    """What LINE's status means: accepted by an earlier try, or DeliveryError."""
    status = int(refusal.status)
    request_id = _request_id(refusal.headers)
    if status == 409:
        return Accepted(_header(refusal.headers, "x-line-accepted-request-id") or request_id, was_before=True)
    permanent, reason = _read_complaint(status, *_complaint(refusal.body))
    raise DeliveryError(permanent=permanent, reason=reason, status=status, request_id=request_id)


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


def _complaint(body: object) -> tuple[str, tuple[str, ...]]:
    """LINE's message in small letters, and the properties it complains of; empty when the body says nothing."""
    try:
        answer = json.loads(body) if isinstance(body, str | bytes) else None
    except ValueError:
        return "", ()
    if not isinstance(answer, dict):
        return "", ()
    details = answer.get("details")
    parts = [part for part in details if isinstance(part, dict)] if isinstance(details, list) else []
    return str(answer.get("message", "")).lower(), tuple(str(part.get("property", "")) for part in parts)


def _number(said: object) -> int:
    """The count that LINE gave; DeliveryError when it is none."""
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise DeliveryError(permanent=False, reason="server")
    return said


def _request_id(headers: Mapping[str, str] | None) -> str | None:
    return _header(headers, "x-line-request-id")


def _header(headers: Mapping[str, str] | None, name: str) -> str | None:
    value = None if headers is None else headers.get(name)
    return None if value is None else value[:80]
