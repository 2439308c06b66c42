"""The way in: LINE's signed webhook is checked, kept and acknowledged; answering it is somebody else's work."""

import base64
import binascii
import hmac
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import HTTPException

from bot import db, logs
from bot.clock import Clock
from bot.db import Sessions
from bot.delivery.intake import Intake
from bot.watching import metrics

log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024


def blueprint(channel_secret: str, sessions: Sessions, clock: Clock, wake: Callable[[], None]) -> Blueprint:
    """The route ``POST /webhook``, to be mounted at ``/line``; calls *wake* once events are safely kept."""
    pages = Blueprint("line", __name__)
    key = channel_secret.encode()
    intake = Intake(db.by_statement(sessions), clock, wake)
    forged = logs.Seldom(log, "webhook refused: its signature is wrong")

    @pages.post("/webhook")
    def webhook() -> tuple[str, int]:
        began, status = time.perf_counter(), 500
        try:
            said, status = receive()
            return said, status
        except HTTPException as error:
            status = error.code or status
            raise
        finally:
            metrics.webhook(status, time.perf_counter() - began)

    def receive() -> tuple[str, int]:
        request.max_content_length = MAX_BYTES  # Flask answers 413 when there is more.
        body = request.get_data(cache=False)
        if not is_signed(body, request.headers.get("x-line-signature"), key):
            forged.warn(clock())
            return "", 400
        events = _events(body)
        if events is None:
            log.warning("webhook refused: signed, but not a list of events")
            return "", 400
        if events:
            intake.keep(events)
        return "", 200

    return pages


def is_signed(body: bytes, signature: str | None, key: bytes) -> bool:
    """Whether *signature* was made from *body* with *key*; takes equally long for any wrong one."""
    try:
        given = base64.b64decode(signature or "", validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, hmac.digest(key, body, "sha256"))


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
