"""Accounts of staff, for owners: inviting, changing, removing."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.models import StaffAccount
from bot.staff import accounts
from bot.web.console import door
from bot.web.console.forms import AccountForm, InviteForm
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/accounts", "accounts", show, methods=["GET"])
    blueprint.add_url_rule("/accounts", "account_invite", invite, methods=["POST"])
    blueprint.add_url_rule("/accounts/<int:id>", "account_change", change, methods=["POST"])
    blueprint.add_url_rule("/accounts/<int:id>/remove", "account_remove", remove, methods=["POST"])


def show() -> str:
    """Who there is."""
    return _page(InviteForm())


def invite() -> str | tuple[str, int]:
    """Shows the link once; nobody can see it again."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        with tools().sessions.begin() as database:
            account, token = accounts.invite(
                database,
                form.account.data or "",
                role=form.role.data,
                by=door.me().account.id,
                now=tools().clock(),
            )
    except accounts.AccountError as error:
        flash(error.problem, "danger")
        return _page(form), 400
    link = url_for("console.invitation", token=token, _external=True)
    return render_template("console/invited.html", account=account, link=link)


def change(id: int) -> Response:
    """Another role, or the right to send."""
    form = AccountForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        with tools().sessions.begin() as database:
            accounts.change(
                database,
                _account(database, id),
                role=form.role.data,
                may_send=form.may_send.data,
                by=door.me().account.id,
                now=tools().clock(),
            )
    except accounts.AccountError as error:
        flash(error.problem, "danger")
    else:
        flash("saved", "success")
    return redirect(url_for("console.accounts"))


def remove(id: int) -> Response:
    """Ends an account."""
    try:
        with tools().sessions.begin() as database:
            accounts.remove(database, _account(database, id), by=door.me().account.id, now=tools().clock())
    except accounts.AccountError as error:
        flash(error.problem, "danger")
    else:
        flash("account-removed", "success")
    return redirect(url_for("console.accounts"))


def _page(form: InviteForm) -> str:
    with tools().reading() as database:
        everyone = accounts.everyone(database)
    return render_template("console/accounts.html", form=form, accounts=everyone, change=AccountForm())


def _account(database: Session, id: int) -> StaffAccount:
    account = database.get(StaffAccount, id)
    if account is None or account.removed_at is not None:
        abort(404)
    return account
