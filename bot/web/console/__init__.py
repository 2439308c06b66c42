"""The console: pages on which staff run the assistant, from a phone or the PC at the reception."""

from datetime import datetime

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from bot.sealed import is_unreadable
from bot.staff import keys, sign_in
from bot.web.console import (
    accounts,
    announcement_file,
    announcement_list,
    announcement_moves,
    announcements,
    audit_log,
    closed_days,
    content,
    door,
    home,
    insight,
    invitation,
    kept,
    line_pages,
    my_account,
    not_understood,
    people,
    person,
    programme,
    publishing,
    signing_in,
    talks,
    troubles,
    trying,
    why,
)
from bot.web.console.tools import NAME, RowNumber, Tools

__all__ = ["Tools", "add"]

PREFIX = "/staff"
ROOMS = (
    *(signing_in, invitation, home, talks, why, people, person, programme, insight, accounts, audit_log),
    *(announcement_list, announcements, announcement_moves, announcement_file),
    *(my_account, line_pages, content, publishing, trying, not_understood, closed_days),
)
"""One module a noun; each has a function `add` that hangs its pages into the blueprint."""

_csrf = CSRFProtect()


def add(app: Flask, tools: Tools) -> None:
    """Hang the console into *app* under ``/staff``."""
    app.extensions[NAME] = tools
    app.config.update(
        SECRET_KEY=keys.shared(tools.sessions, "cookies", tools.clock()),
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_NAME="senaka_staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=tools.settings.public_url is not None,
        SESSION_COOKIE_PATH="/",
        # Half-filled forms are sent when somebody comes back from lunch; who they are is checked by the session itself.
        WTF_CSRF_TIME_LIMIT=None,
        # Only pages of the console have forms; LINE's webhook has a signature.
        WTF_CSRF_CHECK_DEFAULT=False,
        # How long staff stay signed in the database says; the cookie outlives it, so that a form sent late is still kept.
        PERMANENT_SESSION_LIFETIME=2 * sign_in.LONGEST_LIFE,
        # Else each answer sets it anew, and one that was on its way (what a page asks by itself, a frame, a picture) takes
        # back what another has just put in: the line that tells what a button did, or who is signed in.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.url_map.converters["int"] = RowNumber
    Bootstrap5(app)
    _csrf.init_app(app)
    login = LoginManager(app)
    login.user_loader(door.who)
    login.session_protection = None  # An address that changes is a phone on its way; sessions are in the database.
    blueprint = Blueprint("console", __name__, url_prefix=PREFIX, static_folder=None)
    blueprint.before_request(door.guard(_csrf, kept.ask_to_sign_in))
    blueprint.after_request(door.allow_frames)
    blueprint.app_template_filter("moment")(_moment(tools))
    blueprint.app_template_filter("short_moment")(_short_moment(tools))
    blueprint.app_template_test("unreadable")(is_unreadable)
    blueprint.context_processor(door.shown)
    for room in ROOMS:
        room.add(blueprint)
    app.register_blueprint(blueprint)
    troubles.add(app, PREFIX)


def _moment(tools: Tools):  # type: ignore[no-untyped-def]
    def moment(value: datetime | None, form: str = "%Y/%m/%d %H:%M") -> str:
        """A moment as the practice's clock shows it."""
        return "" if value is None else value.astimezone(tools.library().timezone).strftime(form)

    return moment


def _short_moment(tools: Tools):  # type: ignore[no-untyped-def]
    def short_moment(value: datetime) -> str:
        """A moment without its year, unless that is another one than now: in a list a day of last year stood below one of this."""
        zone = tools.library().timezone
        at, now = value.astimezone(zone), tools.clock().astimezone(zone)
        return f"{at:%m/%d %H:%M}" if at.year == now.year else f"{at:%Y/%m/%d}"

    return short_moment
