"""The way in: LINE's signed webhook is checked, kept and acknowledged; answering it is somebody else's work."""

import base64
import binascii
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from bot import db, headers, logs
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery.intake import Intake
from bot.watching import metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATH = "/line/webhook"
MAX_BYTES = 1024 * 1024

_EMPTY = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0"), ("Allow", "POST"))


def door(
    channel_secret: str, sessions: Sessions, clock: Clock, wake: Callable[[], None], otherwise: "WSGIApplication"
) -> "WSGIApplication":
    """Answers ``POST /line/webhook``, and leaves every other address to *otherwise*.

    Calls *wake* once events are safely kept. It is plain WSGI, because to Flask a signed call costs more than keeping it.
    """
    key = channel_secret.encode()
    intake = Intake(db.by_statement(sessions), clock, wake)
    forged = logs.Seldom(log, "webhook refused: its signature is wrong")

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return otherwise(environ, start)
        began, status = time.perf_counter(), HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            status = receive(environ)
        except HTTPException as error:  # A body that is too long, or breaks off.
            status = HTTPStatus(error.code or status)
        except Exception:
            log.exception("webhook failed")  # LINE brings it again.
        finally:
            metrics.webhook(status.value, time.perf_counter() - began)
        is_secure = environ["wsgi.url_scheme"] == "https"
        start(f"{status.value} {status.phrase}", [*_EMPTY, *headers.of_no_page(is_secure=is_secure)])
        return []

    def receive(environ: "WSGIEnvironment") -> HTTPStatus:
        if environ["REQUEST_METHOD"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        try:
            body = get_input_stream(environ, max_content_length=MAX_BYTES).read()
        except RequestEntityTooLarge:
            # Answered before it has sent all, a proxy in front tells its caller that we are broken (502).
            _read_away(environ["wsgi.input"])
            raise
        if not is_signed(body, environ.get("HTTP_X_LINE_SIGNATURE"), key):
            forged.warn(clock())
            return HTTPStatus.BAD_REQUEST
        events = _events(body)
        if events is None:
            log.warning("webhook refused: signed, but not a list of events")
            return HTTPStatus.BAD_REQUEST
        if events:
            intake.keep(events)
        return HTTPStatus.OK

    return answer


def is_signed(body: bytes, signature: str | None, key: bytes) -> bool:
    """Whether *signature* was made from *body* with *key*; takes equally long for any wrong one."""
    try:
        given = base64.b64decode(signature or "", validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, hmac.digest(key, body, "sha256"))


def _read_away(body: "InputStream") -> None:
    for _ in range(16):  # No proxy of ours lets more through; nobody else may keep a thread busy with it.
        if not body.read(MAX_BYTES):
            return


def _events(body: bytes) -> list[dict[str, Any]] | None:
    """The events of a webhook, each with the *destination* it was sent to; None when it is no webhook."""
    try:
        webhook = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(webhook, dict) or not isinstance(webhook.get("events"), list):
        return None
    destination = webhook.get("destination")
    return [{**event, "destination": destination} for event in webhook["events"] if isinstance(event, dict)]
