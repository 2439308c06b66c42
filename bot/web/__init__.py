"""The web server's pages: LINE's webhook, health, pictures; the only place that makes a Flask application."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, abort, redirect, send_from_directory
from werkzeug.wrappers import Response

from bot.clock import Clock
from bot.db import Sessions
from bot.line import webhook


def create(
    *,
    channel_secret: str,
    sessions: Sessions,
    clock: Clock,
    pictures: Path,
    wake: Callable[[], None],
    home: str | None = None,
) -> Flask:
    """The WSGI application. *wake* is called when new events are in the inbox; ``/`` leads to *home* when given."""
    app = Flask("bot.web", static_folder=None)
    app.register_blueprint(webhook.blueprint(channel_secret, sessions, clock, wake))

    @app.get("/")
    def front() -> Response | str:
        return redirect(home) if home is not None else "Senaka"

    @app.get("/healthz")
    def health() -> tuple[dict[str, str], int]:
        try:
            with sessions() as session:
                session.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            return {"status": "database unreachable"}, 503
        return {"status": "ok"}, 200

    @app.get("/pictures/<name>.png")
    def picture(name: str) -> Response:
        if not name.replace("-", "").isalnum():
            abort(404)
        return send_from_directory(pictures, f"{name}.png", mimetype="image/png", max_age=86_400)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
