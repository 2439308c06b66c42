"""Browsers in which an account was signed in before: a cookie says so, and strangers cannot make them wait."""

import secrets
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from bot.models import StaffAccount
from bot.web.console import sealed
from bot.web.console.tools import tools

LIFE = timedelta(days=400)
"""As long as browsers keep any cookie."""


def of(account: StaffAccount | None) -> str | None:
    """The name of the browser that asks, if *account* was signed in there before; counted with it, nothing more."""
    if account is None:
        return None
    kept = sealed.opened("device", request.cookies.get(_cookie(account)), LIFE)
    return str(kept[1]) if kept is not None and kept[0] == account.id else None


def remember(response: Response, account: StaffAccount) -> None:
    """From now on the browser is known to *account*. An old name is kept, so that signing in wipes out no count."""
    device = of(account) or secrets.token_hex(16)
    response.set_cookie(
        _cookie(account),
        sealed.seal("device", [account.id, device]),
        max_age=LIFE,
        path="/staff",
        secure=tools().settings.public_url is not None,
        httponly=True,
        samesite="Lax",
    )


def _cookie(account: StaffAccount) -> str:
    return f"senaka_device_{account.id}"
