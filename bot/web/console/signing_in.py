"""Signing in, with a code in a second step for whoever turned codes on, and signing out."""

import math
from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from bot.models import StaffAccount
from bot.staff import accounts, attempts, codes, sign_in
from bot.staff.attempts import Attempt
from bot.web.console import devices, door, entry
from bot.web.console.forms import CodeForm, SignInForm
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/sign-in", "sign_in", show, methods=["GET"])
    blueprint.add_url_rule("/sign-in", "sign_in_post", enter, methods=["POST"])
    blueprint.add_url_rule("/sign-in/code", "code", ask_code, methods=["GET"])
    blueprint.add_url_rule("/sign-in/code", "code_post", take_code, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", leave, methods=["POST"])


def show() -> str:
    """The form."""
    return render_template("console/sign_in.html", form=SignInForm())


def enter() -> Response:
    """Signs in, and leads to where the person wanted to go."""
    form, kept, now = SignInForm(), request.form.get("kept"), tools().clock()
    if not form.validate_on_submit():
        return _again("sign_in", form, 400)
    name = form.account.data or ""
    with tools().reading() as database:
        account = accounts.find(database, name)
    attempt = Attempt(accounts.fold(name), account, entry.address(), devices.of(account))
    try:
        with tools().sessions.begin() as database:
            failure = attempts.begin(database, attempt, now)
    except attempts.TooManyError as error:
        return _again("sign_in", form, 429, until=error.until)
    # No transaction is open here: the comparison takes a while on purpose.
    if not accounts.is_password(account, form.password.data or "") or account is None:
        with tools().sessions.begin() as database:
            attempts.fail(database, attempt, now)
        flash("sign-in-wrong", "danger")
        return _again("sign_in", form, 401)
    target = request.args.get("next")
    if account.totp_secret is None:
        return entry.admit(account, way="password", target=target, form=kept, failure=failure)
    with tools().sessions.begin() as database:
        # Only the code ends the count: who knows the password must not get new guesses at the code by it.
        attempts.succeed(database, attempt, failure, is_whole=False)
    return entry.go_on(account, way="password", target=target, form=kept)


def ask_code() -> str | Response:
    """The second step."""
    if entry.half_in() is None:
        return redirect(url_for("console.sign_in"))
    return render_template("console/code.html", form=CodeForm())


def take_code() -> Response:
    """Takes the code, once."""
    form, kept, now = CodeForm(), request.form.get("kept"), tools().clock()
    found = entry.half_in()
    if found is None:
        flash("code-late", "warning")
        return _again("sign_in", SignInForm(formdata=None), 401)
    account, way, target = found
    if not form.validate_on_submit():
        return _again("code", form, 400)
    attempt = Attempt(account.name, account, entry.address(), devices.of(account))
    failure = _try_code(account, attempt, form.code.data or "", now)
    if isinstance(failure, datetime):
        return _again("code", form, 429, until=failure)
    if failure is None:
        flash("code-wrong", "danger")
        return _again("code", form, 401)
    return entry.admit(account, way=way, target=target, form=kept, failure=failure)


def _try_code(account: StaffAccount, attempt: Attempt, code: str, now: datetime) -> int | datetime | None:
    """The count that the attempt was; until when to wait; None when the code is wrong or used."""
    try:
        with tools().sessions.begin() as database:
            failure = attempts.begin(database, attempt, now)
            if codes.take(database, account, code, now):
                return failure
            attempts.fail(database, attempt, now)
            return None
    except attempts.TooManyError as error:
        return error.until


def leave() -> Response:
    """Signs out."""
    me, now = door.me(), tools().clock()
    with tools().sessions.begin() as database:
        sign_in.end(database, me.session_id, account_id=me.account.id, now=now)
    logout_user()
    session.clear()
    return redirect(url_for("console.sign_in"))


def _again(page: str, form: SignInForm | CodeForm, status: int, *, until: datetime | None = None) -> Response:
    """The same page with what is wrong, and with the form that waits behind it."""
    seconds = (until - tools().clock()).total_seconds() if until is not None else 0
    minutes = math.ceil(seconds / 60)
    said = render_template(f"console/{page}.html", form=form, kept=request.form.get("kept"), wait_minutes=minutes)
    response = make_response(said, status)
    if until is not None:
        response.headers["Retry-After"] = str(math.ceil(seconds))
    return response
