"""The last step of every way in: the session begins, the browser is known from now on, and the person goes on."""

import hashlib
from datetime import timedelta

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response as AnyResponse

from bot.models import StaffAccount
from bot.staff import attempts, audit, rights, sign_in
from bot.staff.attempts import Attempt
from bot.web.console import devices, door, kept
from bot.web.console.forms import CodeForm
from bot.web.console.tools import tools

SECOND_STEP_LIFE = timedelta(minutes=10)
_SECOND = "second"


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def go_on(account: StaffAccount, *, way: str, target: str | None, form: str | None = None) -> AnyResponse:
    """After the password or LINE: straight in, or first to the code of whoever has turned codes on."""
    if account.totp_secret is None:
        return admit(account, way=way, target=target, form=form)
    session[_SECOND] = {
        "account": account.id,
        "password": _mark(account),
        "at": int(tools().clock().timestamp()),
        "way": way,
        "next": target,
    }
    if form is not None:
        return make_response(render_template("console/code.html", form=CodeForm(formdata=None), kept=form))
    return redirect(url_for("console.code"))


def half_in() -> tuple[StaffAccount, str, str | None] | None:
    """Whose code is waited for, the way they came, and where they want to go; None when it took too long."""
    second = session.get(_SECOND)
    if second is None or tools().clock().timestamp() - second["at"] > SECOND_STEP_LIFE.total_seconds():
        return None
    with tools().reading() as database:
        account = database.get(StaffAccount, second["account"])
    is_same = account is not None and account.removed_at is None and _mark(account) == second["password"]
    return (account, second["way"], second["next"]) if account is not None and is_same else None


def admit(
    account: StaffAccount, *, way: str, target: str | None, form: str | None = None, failure: int | None = None
) -> AnyResponse:
    """Sign *account* in and lead it to *target*, or to the *form* that it could not send before.

    *failure* is what the attempt was counted as until now.
    """
    now, browser = tools().clock(), request.user_agent.string
    attempt = Attempt(account.name, account, address(), devices.of(account))
    with tools().sessions.begin() as database:
        if failure is not None:
            attempts.succeed(database, attempt, failure)
        token = sign_in.begin(database, account, browser=browser, address=address(), now=now)
        audit.note(
            database,
            by=account.id,
            action="account.sign-in",
            subject=f"account {account.id}",
            now=now,
            after={"way": way, "address": address()},
        )
        before = sign_in.whose(database, str(session.get("_user_id", "")))
    # What was before belongs to nobody: a new session and a new token in the forms. But whoever comes back to the same
    # browser finds the forms in its other windows alive.
    forms_token = session.get("csrf_token") if before is not None and before.id == account.id else None
    session.clear()
    if forms_token is not None:
        session["csrf_token"] = forms_token
    else:
        g.pop("csrf_token", None)  # Flask-WTF keeps the signed one for the length of the request.
    session.permanent = True
    login_user(door.Staff(account, 0, token, rights.of(account)))
    response: AnyResponse | Response = kept.shown_again(form, account) or redirect(door.way_back(target))
    devices.remember(response, account)
    return response


def _mark(account: StaffAccount) -> str:
    """Changes with the password, so that a half signed-in browser is out when it does."""
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()[:16]
