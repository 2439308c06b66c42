"""The addresses behind the buttons of announcements: counts who came by and leads on to the stored page, nowhere else."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from bot.broadcasts import taps
from bot.clock import Clock
from bot.db import Sessions


def blueprint(sessions: Sessions, clock: Clock) -> Blueprint:
    """The door ``/go/<token>``, open to everybody: a link in LINE carries no name, and the token cannot be guessed."""
    made = Blueprint("links", __name__)

    @made.get("/go/<token>")
    def go(token: str) -> Response:
        with sessions.begin() as session:
            url = taps.follow(session, token, clock(), is_counted=request.method == "GET")
        if url is None:
            abort(404)
        answer = redirect(url)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return made
