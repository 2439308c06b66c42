"""A simulated LINE, in process and over HTTP, and a bot that only listens."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot.simulator.answers import Answer
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.phone import Phone
from bot.simulator.platform import Platform
from bot.simulator.server import Server
from tests.fakes import FakeClock

SECRET = "a-channel-secret"
TOKEN = "an-access-token"


class Bot:
    """A webhook endpoint that keeps what it gets and answers with the statuses it is told, then 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.hold: threading.Event | None = None
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bot.requests.append(({key.lower(): value for key, value in self.headers.items()}, body))
                if bot.hold is not None:
                    bot.hold.wait(10)
                self.send_response(bot.statuses.pop(0) if bot.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.requests for event in json.loads(body)["events"]]


@pytest.fixture
def platform(clock: FakeClock) -> Platform:
    return Platform(SECRET, TOKEN, clock)


@pytest.fixture
def person(platform: Platform) -> Phone:
    phone = platform.phone("U" + "1" * 32, "Alice")
    phone.follow()
    return phone


Call = Callable[..., Answer]


@pytest.fixture
def call(platform: Platform) -> Call:
    """Calls the API in process: ``call("push", {...}, retry_key=...)``."""

    def call(path: str, body: object = None, *, method: str = "POST", **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        raw = b"" if body is None else json.dumps(body).encode()
        return platform.answer(method, f"/v2/bot/{path}", sent, raw)

    return call


@pytest.fixture
def bot() -> Iterator[Bot]:
    bot = Bot()
    thread = threading.Thread(target=bot.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield bot
    if bot.hold is not None:
        bot.hold.set()
    bot.server.shutdown()
    thread.join()
    bot.server.server_close()


@pytest.fixture
def courier(platform: Platform, bot: Bot) -> Iterator[Courier]:
    with Courier(platform, bot.url, pauses=(0.01, 0.01)) as courier:
        yield courier


@pytest.fixture
def app(platform: Platform, courier: Courier) -> Flask:
    return create_app(platform, courier)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where the simulator is served, mounted below another application as in the real program."""
    nowhere = Flask("nowhere")
    server = Server(0, DispatcherMiddleware(nowhere, {"/simulator": app}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.port}/simulator"
    server.shutdown()
    thread.join()
    server.server_close()
