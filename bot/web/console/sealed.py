"""Values that go through a browser and come back unchanged: signed, with a moment after which they are worth nothing."""

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from bot.web.console.tools import tools


def seal(purpose: str, value: Any) -> str:
    """*value* (plain JSON) signed for *purpose*; anybody can read it, nobody can change it."""
    return str(_signer(purpose).dumps({"at": int(tools().clock().timestamp()), "value": value}))


def opened(purpose: str, token: str | None, life: timedelta) -> Any:
    """What was sealed for *purpose*; None when it is not ours or older than *life*."""
    try:
        found = _signer(purpose).loads(token or "")
    except BadData:
        return None
    age = tools().clock().timestamp() - found["at"]
    return found["value"] if age < life.total_seconds() else None


def _signer(purpose: str) -> URLSafeSerializer:
    secret = current_app.secret_key
    assert secret is not None
    return URLSafeSerializer(secret, salt=f"senaka {purpose}")
