"""The simulator over HTTP: the Messaging API under ``/v2/bot``, and the chat page; open to this machine only."""

import socket
import threading
from collections.abc import Container
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from .courier import Courier
from .page import build_blueprint
from .platform import Platform

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_BYTES = 8 * 1024 * 1024
_MISSING_BYTES = 64


def create_app(platform: Platform, courier: Courier) -> Flask:
    """A WSGI application, to be mounted anywhere, that speaks for *platform*.

    Its config: ``SIMULATOR_HOSTS`` (host names it answers to; ``None`` for all), ``SIMULATOR_PUBLIC_URL`` (the bot's
    public address, whose pictures and pages the chat page then takes from its own origin), ``SIMULATOR_TIME_ZONE``,
    ``SIMULATOR_SILENCE_SECONDS`` (how long a silent LINE holds a request),
    ``SIMULATOR_LATENCY_SECONDS`` (how long every answer takes).
    """
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        SIMULATOR_HOSTS=_LOOPBACK,
        SIMULATOR_PUBLIC_URL="",
        SIMULATOR_TIME_ZONE="Asia/Tokyo",
        SIMULATOR_SILENCE_SECONDS=30.0,
        SIMULATOR_LATENCY_SECONDS=0.0,
    )
    app.url_map.merge_slashes = False
    app.register_blueprint(build_blueprint(platform, courier))

    @app.before_request
    def refuse_strange_hosts() -> None:
        """Keeps out web sites that point a name of their own at this machine."""
        allowed: Container[str] | None = app.config["SIMULATOR_HOSTS"]
        if allowed is not None and urlsplit(f"//{request.host}").hostname not in allowed:
            abort(403)

    @app.route("/v2/bot/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def messaging_api(rest: str) -> Response:
        query = request.query_string.decode("latin-1")
        target = f"{request.path}?{query}" if query else request.path
        answer = platform.answer(request.method, target, dict(request.headers), request.get_data())
        if latency := app.config["SIMULATOR_LATENCY_SECONDS"]:
            threading.Event().wait(latency)
        if answer.broken == "hangup" and (line := request.environ.get("werkzeug.socket")) is not None:
            line.shutdown(socket.SHUT_RDWR)  # Other servers do not let go of theirs: the caller gets a torn answer.
        if answer.broken == "silence":
            threading.Event().wait(app.config["SIMULATOR_SILENCE_SECONDS"])
        response = Response(answer.content, answer.status, answer.headers, content_type="application/json")
        if answer.broken is not None:
            # More is announced than is sent, so the server closes and the caller sees a torn answer.
            response.automatically_set_content_length = False
            response.headers["Content-Length"] = str(len(answer.content) + _MISSING_BYTES)
        return response

    return app
