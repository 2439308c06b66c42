"""A member's own account: password, codes, LINE, and the browsers in which they are signed in."""

from datetime import datetime

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.models import StaffAccount
from bot.staff import accounts, audit, codes, sign_in
from bot.staff.accounts import AccountError
from bot.web.console import browsers, door, line_pages, own_password, sealed
from bot.web.console.forms import CodeForm
from bot.web.console.tools import tools

SECRET_LIFE = line_pages.TRIP_LIFE * 6


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/my-account", "my_account", show, methods=["GET"])
    blueprint.add_url_rule("/my-account/password", "my_password", change_password, methods=["POST"])
    blueprint.add_url_rule("/my-account/code", "my_code", offer_code, methods=["GET"])
    blueprint.add_url_rule("/my-account/code", "my_code_on", turn_code_on, methods=["POST"])
    blueprint.add_url_rule("/my-account/code/off", "my_code_off", turn_code_off, methods=["POST"])
    blueprint.add_url_rule("/my-account/sessions/<int:id>/end", "my_session_end", end, methods=["POST"])
    blueprint.add_url_rule("/my-account/sessions/end-others", "my_sessions_end", end_others, methods=["POST"])


def show() -> str:
    """Everything on one page."""
    me, now = door.me(), tools().clock()
    with tools().reading() as database:
        found = sign_in.open_of(database, me.account.id, now)
    named = [(one, *browsers.describe(one.browser)) for one in found]
    return render_template("console/my_account.html", sessions=named, here=me.session_id)


def change_password() -> Response:
    """Another password; all other browsers are out."""
    me = door.me()
    problem = own_password.problem()
    if problem is not None:
        return own_password.refused(problem)
    try:
        with tools().sessions.begin() as database:
            account = database.get_one(StaffAccount, me.account.id)
            password = request.form.get("new_password", "")
            accounts.change_password(database, account, password, here=me.session_id, now=tools().clock())
    except AccountError as error:
        return own_password.refused(error.problem)
    flash("password-changed", "success")
    return redirect(url_for("console.my_account"))


def offer_code() -> str | Response:
    """A new secret as a picture and in letters; nothing is kept before a code shows that it has arrived."""
    if door.me().account.totp_secret is not None:
        return redirect(url_for("console.my_account"))
    return _code_page(CodeForm(), codes.new_secret())


def turn_code_on() -> Response | tuple[str, int]:
    """With the first code, and the password: whoever sits at somebody's open browser must not lock them out with codes of their own."""
    me, form = door.me(), CodeForm()
    kept = sealed.opened("code", request.form.get("sealed"), SECRET_LIFE)
    if kept is None or kept[0] != me.account.id:
        flash("code-late", "warning")
        return redirect(url_for("console.my_code"))
    secret = str(kept[1])
    if not form.validate_on_submit():
        return _code_page(form, secret), 400
    problem = own_password.problem()
    if problem is not None:
        flash(problem, "danger")
        return _code_page(form, secret), 400
    with tools().sessions.begin() as database:
        account = database.get_one(StaffAccount, me.account.id)
        is_on = account.totp_secret is None and codes.turn_on(
            database, account, secret, form.code.data or "", tools().clock()
        )
    if not is_on:
        flash("code-wrong", "danger")
        return _code_page(form, secret), 400
    flash("code-on", "success")
    return redirect(url_for("console.my_account"))


def turn_code_off() -> Response:
    """With the password."""
    me = door.me()
    problem = own_password.problem()
    if problem is not None:
        return own_password.refused(problem)
    with tools().sessions.begin() as database:
        account = database.get_one(StaffAccount, me.account.id)
        codes.turn_off(database, account, by=account.id, now=tools().clock())
    flash("code-off", "success")
    return redirect(url_for("console.my_account"))


def end(id: int) -> Response:
    """Signs one browser out."""
    me, now = door.me(), tools().clock()
    with tools().sessions.begin() as database:
        sign_in.end(database, id, account_id=me.account.id, now=now)
        _note(database, now)
    flash("session-ended", "success")
    return redirect(url_for("console.my_account"))


def end_others() -> Response:
    """Signs all browsers out but this one."""
    me, now = door.me(), tools().clock()
    with tools().sessions.begin() as database:
        sign_in.end_all(database, database.get_one(StaffAccount, me.account.id), now, but=me.session_id)
        _note(database, now)
    flash("sessions-ended", "success")
    return redirect(url_for("console.my_account"))


def _note(database: Session, now: datetime) -> None:
    id = door.me().account.id
    audit.note(database, by=id, action="account.sign-out-elsewhere", subject=f"account {id}", now=now)


def _code_page(form: CodeForm, secret: str) -> str:
    me = door.me().account
    address = codes.address(secret, name=me.name, practice=tools().library().practice.name)
    # The picture is made of numbers alone; nothing that somebody typed is drawn as text.
    picture = Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=4, light="#fff"))  # noqa: S704 - see above
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    token = sealed.seal("code", [me.id, secret])
    return render_template(
        "console/my_code.html", form=form, picture=picture, secret=groups, token=token, address=address
    )
