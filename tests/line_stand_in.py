"""A LINE of our own over HTTP for setup and doctor: the simulator's channel, with the endpoints about the channel itself beside it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from bot.clock import Clock
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform

SECRET, TOKEN, CHANNEL_ID = "5" * 32, "a-token-of-the-channel", "2000000001"
FOR_GOOD = 10**10


class LineStandIn:
    """Answers as LINE does; *answers* go before that, by method and path: a status with a body."""

    def __init__(self, clock: Clock, monthly_limit: int | None = 200) -> None:
        self.clock = clock
        self.platform = Platform(SECRET, TOKEN, clock, monthly_limit=monthly_limit)
        courier = Courier(self.platform, "")
        self.platform.webhook_tester = lambda _url: {
            "success": True,
            "statusCode": 200,
            "reason": "OK",
            "detail": "200",
        }
        self.answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.expires_in = FOR_GOOD
        self.base = ""
        self._app = create_app(self.platform, courier)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        door = (request.method, request.path)
        self.asked.append(door)
        if door in self.answers:
            status, body = self.answers[door]
        elif door == ("POST", "/v2/oauth/verify"):
            is_known = parse_qs(request.get_data(as_text=True))["access_token"] == [TOKEN]
            known = {"client_id": CHANNEL_ID, "expires_in": self.expires_in, "scope": "P CM"}
            status, body = (200, known) if is_known else (400, {"error": "invalid_request"})
        elif door == ("POST", "/oauth2/v3/token"):
            form = parse_qs(request.get_data(as_text=True))
            is_pair = (form["client_id"], form["client_secret"]) == ([CHANNEL_ID], [SECRET])
            status, body = (200, {"access_token": "thrown-away"}) if is_pair else (400, {"error": "invalid_client"})
        else:
            return self._app(environ, start_response)
        return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)


@contextmanager
def line(clock: Clock, monthly_limit: int | None = 200) -> Iterator[LineStandIn]:
    """A LINE that listens at its *base*."""
    made = LineStandIn(clock, monthly_limit)

    class Handler(WSGIRequestHandler):
        """Shows the stand-in's clock, and tells of no request."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            return made.clock().strftime("%a, %d %b %Y %H:%M:%S GMT")

        def log(self, *_: Any) -> None:
            pass

    server = make_server("127.0.0.1", 0, made, threaded=True, request_handler=Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
