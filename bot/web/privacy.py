"""The page that tells what becomes of people's data: open to everybody, made of the pack's own words."""

from collections.abc import Callable

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from bot.library.library import Library


def blueprint(library: Callable[[], Library]) -> Blueprint:
    """The door ``/privacy``; there is no such page while the pack says nothing about it."""
    made = Blueprint("privacy", __name__)

    @made.get("/privacy")
    def privacy() -> Response:
        inside = library()
        text = inside.privacy_text()
        if text is None:
            abort(404)
        page = render_template("privacy.html", text=text, practice=inside.practice)
        answer = make_response(page)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "max-age=300"
        return answer

    @made.get("/privacy.css")
    def style() -> Response:
        # A file of its own, because no page may hold styles; in the pack's colour, so not one of those that never change.
        answer = Response(render_template("privacy.css", practice=library().practice), mimetype="text/css")
        answer.headers["Cache-Control"] = "max-age=300"
        return answer

    return made
