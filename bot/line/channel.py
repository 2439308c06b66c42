"""What LINE tells of the channel itself, its token, bot and webhook: for whoever sets the program up or looks whether all is well."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import urllib3

from bot.line.messenger import API_BASE

CONNECT_SECONDS, READ_SECONDS = 3.0, 12.0
"""LINE tests a webhook while it is asked, and waits some seconds for it itself."""

UNAUTHORISED = 401


class SilentError(Exception):
    """LINE did not answer in time, or cannot be reached; the message says which."""


@dataclass(frozen=True)
class Said:
    """One answer of LINE's; *date* is its own clock."""

    status: int
    body: Mapping[str, Any]
    date: datetime | None

    @property
    def is_good(self) -> bool:
        """Whether LINE did what it was asked for."""
        return 200 <= self.status <= 299


class Channel:
    """The channel whose access token this is; SilentError is the only error."""

    def __init__(
        self,
        access_token: str,
        api_base: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        """*timeout* are the seconds allowed for connecting, and for the answer."""
        self._token = access_token
        self._base = (api_base or API_BASE).rstrip("/")
        connecting, reading = timeout
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=connecting, read=reading), maxsize=4)

    def __enter__(self) -> "Channel":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def bot(self) -> Said:
        """The official account: ``displayName``, ``basicId``, ``chatMode``."""
        return self._ask("GET", "/v2/bot/info")

    def token(self) -> Said:
        """Whose the token is (``client_id``, the channel's id) and for how many seconds it is good (``expires_in``)."""
        return self._ask("POST", "/v2/oauth/verify", form={"access_token": self._token})

    def pair(self, channel_id: str, secret: str) -> Said:
        """Good when *secret* is the secret of that channel.

        It is asked for a token of a quarter of an hour, of which there may be any number, and which is thrown away.
        """
        given = {"grant_type": "client_credentials", "client_id": channel_id, "client_secret": secret}
        return self._ask("POST", "/oauth2/v3/token", form=given)

    def webhook(self) -> Said:
        """Where LINE brings events to (``endpoint``), and whether it does (``active``); 404 when nothing is set."""
        return self._ask("GET", "/v2/bot/channel/webhook/endpoint")

    def set_webhook(self, url: str) -> Said:
        """Let LINE bring events to *url*."""
        return self._ask("PUT", "/v2/bot/channel/webhook/endpoint", body={"endpoint": url})

    def test_webhook(self) -> Said:
        """LINE sends a signed webhook without events to what is set: ``success``, ``statusCode``, ``reason``, ``detail``.

        60 times an hour at most.
        """
        return self._ask("POST", "/v2/bot/channel/webhook/test", body={})

    def quota(self) -> Said:
        """How many messages a month has: ``type`` (``none`` or ``limited``), ``value``."""
        return self._ask("GET", "/v2/bot/message/quota")

    def consumption(self) -> Said:
        """How many LINE has counted of them: ``totalUsage``."""
        return self._ask("GET", "/v2/bot/message/quota/consumption")

    def _ask(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, form: Mapping[str, str] | None = None
    ) -> Said:
        headers = {"User-Agent": "Senaka"}
        content: bytes | None = None
        if form is not None:
            headers["Content-Type"], content = "application/x-www-form-urlencoded", urlencode(form).encode()
        else:
            headers["Authorization"] = f"Bearer {self._token}"
            if body is not None:
                headers["Content-Type"], content = "application/json", json.dumps(body).encode()
        try:
            # A redirect would carry the token to a stranger.
            answer = self._pool.request(
                method, self._base + path, body=content, headers=headers, retries=False, redirect=False
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # The type only: the address stands in the error, and a token that is no header stands in a ValueError.
            raise SilentError(_silence(error)) from None
        return Said(answer.status, _object(answer.data), _date(answer.headers.get("Date")))


def _silence(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return "it gave no answer in time"
    if isinstance(error, (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError)):
        return "it cannot be reached"
    return type(error).__name__


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _date(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
