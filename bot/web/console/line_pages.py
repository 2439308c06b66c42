"""A member's own LINE: tying it by a code or by LINE Login, untying it, signing in with it."""

import logging
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from bot.line.login import LineLogin, LoginError, Trip
from bot.models import StaffAccount
from bot.staff import ties
from bot.web.console import door, entry, own_password
from bot.web.console.tools import tools

log = logging.getLogger(__name__)

TRIP_LIFE = timedelta(minutes=10)
_TRIP, _MAY_TIE = "trip", "may_tie"


def add(blueprint: Blueprint) -> None:
    """Hang the pages in."""
    blueprint.add_url_rule("/my-account/line", "line_offer", offer, methods=["POST"])
    blueprint.add_url_rule("/my-account/line/go", "line_go", go_to_tie, methods=["GET"])
    blueprint.add_url_rule("/my-account/line/untie", "line_untie", untie, methods=["POST"])
    blueprint.add_url_rule("/sign-in/line", "line_sign_in", go_to_sign_in, methods=["GET"])
    blueprint.add_url_rule("/sign-in/line/back", "line_back", come_back, methods=["GET"])


def channel() -> LineLogin | None:
    """The channel of LINE Login, when the practice has one."""
    settings = tools().settings
    if settings.line_login_channel_id is None or settings.line_login_channel_secret is None:
        return None
    secret = settings.line_login_channel_secret.get_secret_value()
    return LineLogin(settings.line_login_channel_id, secret, settings.line_login_base)


def offer() -> str | Response:
    """After the password: a code to write to the assistant, shown once, and the way to LINE Login."""
    me, now = door.me(), tools().clock()
    problem = own_password.problem()
    if problem is not None:
        return own_password.refused(problem)
    with tools().sessions.begin() as database:
        code = ties.offer(database, database.get_one(StaffAccount, me.account.id), now)
    session[_MAY_TIE] = int(now.timestamp())
    words = tools().library().language.words.get("staff-tie", ())
    word = words[0] if words else None
    return render_template("console/line.html", code=code, word=word, has_login=channel() is not None)


def untie() -> Response:
    """The account's LINE opens nothing any more."""
    with tools().sessions.begin() as database:
        ties.untie(database, database.get_one(StaffAccount, door.me().account.id), tools().clock())
    flash("line-untied", "success")
    return redirect(url_for("console.my_account"))


def go_to_tie() -> Response:
    """To LINE, within ten minutes of the password. A link and no form, because forms may not lead to other places."""
    asked_at = session.get(_MAY_TIE, 0)
    if tools().clock().timestamp() - asked_at > TRIP_LIFE.total_seconds():
        flash("line-late", "warning")
        return redirect(url_for("console.my_account"))
    return _go("tie", None)


def go_to_sign_in() -> Response:
    """To LINE, to sign in."""
    return _go("sign-in", request.args.get("next"))


def come_back() -> Response:
    """From LINE: whoever asked to tie it gets it tied, whoever asked to sign in is signed in."""
    kept, now = session.pop(_TRIP, None), tools().clock()
    login = channel()
    if login is None:
        abort(404)
    if kept is None or now.timestamp() - kept["at"] > TRIP_LIFE.total_seconds():
        return _failed("late", "line-late", "console.sign_in")
    page = "console.my_account" if kept["why"] == "tie" else "console.sign_in"
    code = request.args.get("code")
    if code is None:
        return _failed("refused", "line-failed", page)  # They pressed "cancel" at LINE.
    trip = Trip(**kept["trip"])
    try:
        state = request.args.get("state", "")
        line_user_id = login.finish(trip, state=state, code=code, back=_back(), now=now)
    except LoginError as error:
        return _failed(str(error), "line-failed", page)
    return _tie(line_user_id, kept) if kept["why"] == "tie" else _sign_in(line_user_id, kept["next"])


def _go(why: str, target: str | None) -> Response:
    login = channel()
    if login is None:
        abort(404)
    where, trip = login.begin(_back())
    staff = door.current()
    session[_TRIP] = {
        "trip": trip.as_dict(),
        "why": why,
        "next": target,
        "account": staff.account.id if staff is not None else None,
        "at": int(tools().clock().timestamp()),
    }
    return redirect(where)


def _tie(line_user_id: str, kept: dict[str, object]) -> Response:
    staff = door.current()
    if staff is None or staff.account.id != kept["account"]:
        return _failed("somebody else", "line-late", "console.sign_in")
    session.pop(_MAY_TIE, None)
    with tools().sessions.begin() as database:
        account = database.get_one(StaffAccount, staff.account.id)
        is_tied = ties.fasten(database, account, line_user_id, way="login", now=tools().clock())
    if is_tied:
        flash("line-tied", "success")
    else:
        flash("line-taken", "danger")
    return redirect(url_for("console.my_account"))


def _sign_in(line_user_id: str, target: str | None) -> Response:
    with tools().reading() as database:
        account = ties.whose(database, line_user_id)
    if account is None:
        return _failed("unknown", "line-unknown", "console.sign_in")
    # LINE stands for the password, not for the code: whoever turned codes on is asked for one here as well.
    return entry.go_on(account, way="line", target=target)


def _failed(why: str, said: str, page: str) -> Response:
    log.info("LINE Login: %s", why)
    flash(said, "danger")
    return redirect(url_for(page))


def _back() -> str:
    """Where LINE sends browsers to; the channel's settings must name it letter by letter."""
    public = tools().settings.public_url
    return public + url_for("console.line_back") if public is not None else url_for("console.line_back", _external=True)
