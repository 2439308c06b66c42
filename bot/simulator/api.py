"""The Messaging API over WSGI, before Flask, whose own work for a request is more than that of a push."""

import http
import ipaddress
import threading
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .answers import Answer
from .platform import Platform

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HANG_UP = "simulator.hang_up"
"""Where our own server (server.py) puts the function that ends a connection without a word."""
_ROOTS = ("/v2/", "/v3/", "/bot/", "/oauth2/")
"""Where LINE's endpoints are; one that is not here is refused as LINE refuses."""
_MOST_BYTES = 8 * 1024 * 1024
_MISSING_BYTES = 64


class Api:
    """Answers what is asked of LINE and leaves all else to *others*; *config* is that of the application (app.py)."""

    def __init__(self, platform: Platform, config: Mapping[str, Any], others: "WSGIApplication") -> None:
        self._platform = platform
        self._config = config
        self._others = others

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        allowed: Container[str] | None = self._config["SIMULATOR_HOSTS"]
        if allowed is not None and not _is_from_here(environ, allowed):
            return _plain(start_response, 403, "this simulator answers under 127.0.0.1 and localhost only")
        path: str = environ.get("PATH_INFO", "")
        if not path.startswith(_ROOTS):
            return self._others(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > _MOST_BYTES:
            return _plain(start_response, 413, "Request body is too large")
        query = environ.get("QUERY_STRING")
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        if kind := environ.get("CONTENT_TYPE"):
            headers["CONTENT-TYPE"] = kind
        target = f"{path}?{query}" if query else path
        answer = self._platform.answer(
            environ["REQUEST_METHOD"], target, headers, environ["wsgi.input"].read(length) if length else b""
        )
        self._spoil(answer, environ)
        return _sent(answer, start_response)

    def _spoil(self, answer: Answer, environ: "WSGIEnvironment") -> None:
        """Let the caller wait for what goes wrong on the way."""
        if latency := self._config["SIMULATOR_LATENCY_SECONDS"]:
            threading.Event().wait(latency)
        if answer.broken == "silence":
            threading.Event().wait(self._config["SIMULATOR_SILENCE_SECONDS"])
        if answer.broken == "hangup" and (hang_up := environ.get(HANG_UP)) is not None:
            hang_up()  # Other servers do not let go of theirs: the caller gets a torn answer.


def _sent(answer: Answer, start_response: "StartResponse") -> list[bytes]:
    content = answer.content
    # More is announced than is sent, so the server closes and the caller sees a torn answer.
    length = len(content) if answer.broken is None else len(content) + _MISSING_BYTES
    start_response(
        _status(answer.status),
        [*answer.headers.items(), ("Content-Type", answer.content_type), ("Content-Length", str(length))],
    )
    return [content]


def _is_from_here(environ: "WSGIEnvironment", allowed: Container[str]) -> bool:
    """Whether it comes from this machine, and not from a web site that points a name of its own at it."""
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
        is_near = ipaddress.ip_address(environ.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False
    return is_near and host in allowed


def _plain(start_response: "StartResponse", status: int, message: str) -> list[bytes]:
    return _sent(Answer(status, {}, {"message": message}), start_response)


def _status(code: int) -> str:
    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return f"{code} Unknown"
