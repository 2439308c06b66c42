"""A LINE of our own over HTTP for setup and doctor: the simulator's channel, with answers of the test's own before it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from bot.clock import Clock
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform

SECRET, TOKEN = "5" * 32, "a-token-of-the-channel"


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
        self.base = ""
        self._app = create_app(self.platform, courier)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        door = (request.method, request.path)
        self.asked.append(door)
        if door in self.answers:
            status, body = self.answers[door]
            return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)
        return self._app(environ, start_response)


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
