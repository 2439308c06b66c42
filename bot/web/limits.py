"""What no request may bring: a strange host, a NUL, more bytes than its door takes, or guess after guess from one address."""

from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Flask, Response, abort, make_response, render_template, request
from flask_limiter import Limiter
from werkzeug.exceptions import HTTPException

from bot.staff.attempts import network

MOST_BYTES = 64 * 1024
"""Of a body, where no door says otherwise."""
GUESSES = "60 per minute"
"""How many refusals one address gets at one door; in each process by itself, which is enough to keep the work small."""

ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
"""Who asks after our health comes by a bare address, and gets no page."""
CALLS_LINE = "console.line_back"
"""Its refusals look like its successes, and each may be a call of ours to LINE."""

TROUBLES = (400, 404, 405, 413, 414, 429, 500, 503)


class StrangeHostError(HTTPException):
    """Somebody points a name at this program that is not its own."""

    code = 400


def add(app: Flask, *, hosts: Collection[str] | None, guessed: Collection[str]) -> None:
    """Hold *app* to its *hosts* (None: any), and addresses to few refusals at the *guessed* endpoints."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES

    if hosts is not None:

        @app.before_request
        def know_the_host() -> None:
            if request.path not in ANY_HOST and _host() not in hosts:
                raise StrangeHostError

    @app.before_request
    def refuse_what_no_database_takes() -> None:
        # Nobody types it, and PostgreSQL answers every question that holds it with an error.
        if "\0" in request.path or b"%00" in request.query_string:
            abort(400)

    # In the memory of each process: nothing to run beside it, and with two processes a guesser gets twice as many.
    Limiter(
        lambda: network(request.remote_addr or ""),
        app=app,
        storage_uri="memory://",
        default_limits=[GUESSES],
        default_limits_per_method=True,
        default_limits_exempt_when=lambda: request.endpoint not in guessed,
        default_limits_deduct_when=lambda response: response.status_code >= 400 or request.endpoint == CALLS_LINE,
    )

    @app.after_request
    def say_when(response: Response) -> Response:
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", "60")
        return response

    for code in TROUBLES:
        app.register_error_handler(code, page)
    app.register_error_handler(StrangeHostError, page)


def _host() -> str | None:
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def page(error: HTTPException) -> Response | HTTPException:
    """What went wrong, in words for people; machines get what Flask says."""
    code = error.code or 500
    wished = request.accept_mimetypes
    if (wished and not wished.accept_html) or request.path in ANY_HOST:
        return error
    return make_response(render_template("trouble.html", code=code, is_host=isinstance(error, StrangeHostError)), code)
