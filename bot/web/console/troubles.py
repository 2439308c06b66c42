"""Pages for when something is wrong, in the look of the console: what happened, what to do next, and what was typed in vain."""

import logging

from flask import Flask, Response, g, make_response, render_template, request
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import HTTPException

from bot.web import limits
from bot.web.console import door, kept
from bot.web.console.tools import tools

log = logging.getLogger(__name__)

CODES = (400, 403, 404, 405, 413, 429, 500)
KEEPS_TYPED = (400, 403, 404)


def add(app: Flask, prefix: str) -> None:
    """Show them for everything below *prefix*; elsewhere strangers get a page that names nobody."""

    def show(error: HTTPException) -> Response | HTTPException:
        is_ours = request.path == prefix or request.path.startswith(f"{prefix}/")
        return _page(error.code or 500) if is_ours else limits.page(error)

    for code in CODES:
        app.register_error_handler(code, show)


def _page(code: int) -> Response:
    if code == 500:
        # Perhaps it is the database: then nobody must be looked up again for the page that says so.
        g._login_user = AnonymousUserMixin()
        practice = tools().library().practice
        page = render_template("console/trouble.html", code=code, staff=None, may=frozenset(), practice=practice)
    else:
        # What a form was about may be gone, deleted in another window: what was typed for it is not lost with it.
        typed = kept.typed() if code in KEEPS_TYPED and request.method == "POST" and door.current() else []
        page = render_template("console/trouble.html", code=code, typed=typed, **door.shown())
    return make_response(page, code)
