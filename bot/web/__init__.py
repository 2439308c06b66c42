"""The web server's doors: LINE's webhook, and the pages (probes, pictures, links, the console); the only place that makes the Flask application."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, abort, redirect, request, send_from_directory
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from bot import pictures as uploads
from bot.clock import Clock
from bot.db import Sessions
from bot.headers import harden
from bot.library.gallery import Gallery
from bot.library.library import Library
from bot.line import webhook
from bot.web import console as staff_pages
from bot.web import limits, links, privacy, probes
from bot.web.console.door import OPEN
from bot.web.console.tools import Tools

_DRAWING = Path(__file__).resolve().parents[1] / "static" / "line"
"""The scripts that draw a message as LINE does, which the simulator's page has as well."""


def create(
    *,
    channel_secret: str,
    sessions: Sessions,
    clock: Clock,
    pictures: Path,
    wake: Callable[[], None],
    home: str | None = None,
    library: Callable[[], Library] | None = None,
    console: Tools | None = None,
) -> Flask:
    """The application, with LINE's webhook as the first thing that a call meets.

    *wake* is called when new events are in the inbox; ``/`` leads to *home* when given. With *library* it tells under
    ``/privacy`` what becomes of people's data. With *console* staff find their pages under ``/staff``.
    """
    app = Flask("bot.web")
    hosts = None if console is None else console.settings.hosts
    limits.add(app, hosts=hosts, guessed={"links.go", *(f"console.{name}" for name in OPEN)})
    app.register_blueprint(links.blueprint(sessions, clock))
    if library is not None:
        app.register_blueprint(privacy.blueprint(library))
    settings = None if console is None else console.settings
    # Readers of SQLite need not queue up behind its one writer.
    reading = sessions if console is None else console.reading
    app.register_blueprint(probes.blueprint(reading, clock, settings))

    @app.get("/")
    def front() -> Response | str:
        return redirect(home) if home is not None else "Senaka"

    @app.get("/static/line/<path:name>")
    def drawing(name: str) -> Response:
        return send_from_directory(_DRAWING, name)

    gallery = Gallery(pictures)

    @app.get("/pictures/<name>")
    def picture(name: str) -> Response:
        png = gallery.shown(name)
        return abort(404) if png is None else _kept_for_good(png, "image/png")

    @app.get("/pictures/u/<name>")
    def uploaded(name: str) -> Response:
        with reading() as session:
            found = uploads.shown(session, name)
        if found is None:
            abort(404)
        return _kept_for_good(*found)

    app.after_request(_hardened)
    # What holds visitors of pages (hosts, guesses, forms) would cost a signed call more than all the rest of taking it.
    app.wsgi_app = webhook.door(channel_secret, sessions, clock, wake, app.wsgi_app)  # type: ignore[assignment,method-assign]

    if console is not None:
        staff_pages.add(app, console)
        if console.settings.trusted_proxies:
            # So many proxies of ours add to these headers; what stands before that was written by the visitor.
            number = console.settings.trusted_proxies
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]
    return app


def _hardened(response: Response) -> Response:
    return harden(response, is_secure=request.is_secure)


def _kept_for_good(content: bytes, kind: str) -> Response:
    """A picture that is named by what is in it, so it never changes; and whatever is in it, it is shown and never run."""
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
