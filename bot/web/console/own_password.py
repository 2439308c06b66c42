"""The present password of whoever is signed in, asked again before what matters most: a browser may be left alone."""

from datetime import datetime

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from bot.staff import accounts, attempts
from bot.staff.attempts import Attempt
from bot.web.console import door, entry
from bot.web.console.tools import tools


def problem() -> str | None:
    """What is wrong with the field ``old_password``: ``missing``, ``password-wrong``, ``wait``; None when it is right."""
    me, now = door.me(), tools().clock()
    password = request.form.get("old_password", "")
    if not password:
        return "missing"
    # Counted by the session: at this browser, whoever sits there.
    attempt = Attempt(me.account.name, me.account, entry.address(), f"session {me.session_id}")
    failure = _begin(attempt, now)
    if failure is None:
        return "wait"
    if not accounts.is_password(me.account, password[: accounts.LONGEST_PASSWORD + 1]):
        with tools().sessions.begin() as database:
            attempts.fail(database, attempt, now)
        return "password-wrong"
    with tools().sessions.begin() as database:
        attempts.succeed(database, attempt, failure)
    return None


def refused(problem: str) -> Response:
    """Back to the page with the words for *problem*; nothing was filled in that could be lost."""
    flash(problem, "danger")
    return redirect(url_for("console.my_account"))


def _begin(attempt: Attempt, now: datetime) -> int | None:
    try:
        with tools().sessions.begin() as database:
            return attempts.begin(database, attempt, now)
    except attempts.TooManyError:
        return None
