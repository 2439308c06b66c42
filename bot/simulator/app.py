"""The simulator over HTTP: the Messaging API, the chat page and what it asks for; open to this machine only."""

from flask import Flask, Response, request

from bot.headers import CHAT, harden

from . import house as house_routes
from . import menu_page, page, panel
from .api import Api
from .courier import Courier
from .house import House
from .platform import Platform

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_BYTES = 8 * 1024 * 1024


def create_app(platform: Platform, courier: Courier, house: House | None = None) -> Flask:
    """A WSGI application, to be mounted anywhere, that speaks for *platform*; its page winds the clock of *house*.

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
    app.register_blueprint(page.build_blueprint(platform, courier, house))
    app.register_blueprint(panel.build_blueprint(platform, house))
    app.register_blueprint(menu_page.build_blueprint(platform))
    if house is not None:
        app.register_blueprint(house_routes.build_blueprint(house))

    @app.after_request
    def guard(response: Response) -> Response:
        return harden(response, page=CHAT, is_secure=request.is_secure)

    app.wsgi_app = Api(platform, app.config, app.wsgi_app)  # type: ignore[method-assign]
    return app
