"""Taking up an invitation: the link leads here, and a password is chosen."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot.staff import accounts
from bot.web.console import devices
from bot.web.console.forms import PasswordForm
from bot.web.console.tools import tools


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/invitation/<token>", "invitation", show, methods=["GET"])
    blueprint.add_url_rule("/invitation/<token>", "invitation_post", take_up, methods=["POST"])


def show(token: str) -> str | tuple[str, int]:
    """The form, or that the link is good no more."""
    with tools().reading() as database:
        account = accounts.invited(database, token, tools().clock())
    if account is None:
        return render_template("console/invitation_over.html"), 410
    return render_template("console/invitation.html", form=PasswordForm(), account=account)


def take_up(token: str) -> Response | tuple[str, int]:
    """Keeps the password; then the person signs in with it, which shows that they have it."""
    form = PasswordForm()
    problem = None if form.validate_on_submit() else "missing"
    with tools().sessions.begin() as database:
        now = tools().clock()
        account = accounts.invited(database, token, now)
        if account is None:
            return render_template("console/invitation_over.html"), 410
        if problem is None:
            try:
                accounts.take_up(database, account, form.password.data or "", now)
            except accounts.AccountError as error:
                problem = error.problem
    if problem is not None:
        flash(problem, "danger")
        return render_template("console/invitation.html", form=form, account=account), 400
    flash("password-kept", "success")
    response = redirect(url_for("console.sign_in"))
    devices.remember(response, account)  # Whoever holds the invitation is no stranger: they need not wait behind some.
    return response
