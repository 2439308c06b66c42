"""Everything in one process for one command: web, worker and, without a channel of its own, the simulator."""

import contextlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from waitress.server import create_server
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot import app as composition
from bot import migrate, reasons, web
from bot.clock import system_clock
from bot.conversation import Incoming, Reply
from bot.library.library import Library
from bot.line.messenger import LineMessenger
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.simulator.platform import Platform

THREADS = 16
"""Requests served at once: chat pages ask for news, the simulator calls the webhook, senders call the simulator."""


class PortTakenError(Exception):
    """Another program listens where we want to; the message says what to do."""


def run(settings: Settings, tell: Callable[[str], None]) -> None:
    """Serve until interrupted; *tell* gets the lines that a person at the terminal should read."""
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not bound
    with contextlib.ExitStack() as closing:
        closing.callback(listening.close)
        migrate.upgrade(settings.database_url)
        tell("Starting: reading the content (the first start takes a little longer) …")
        work = closing.enter_context(contextlib.ExitStack())
        wsgi, lines = _put_together(settings, address, work)
        server = create_server(wsgi, sockets=[listening], threads=THREADS, ident=None)
        closing.callback(server.close)
        for line in lines:
            tell(line)
        _end_work_first(work.close)
        server.run()


def _end_work_first(end_work: Callable[[], None]) -> None:
    """On Ctrl-C or SIGTERM end the work while requests are still served, then the server; a second one ends all at once.

    The other way round a sender would wait for the simulator's answer, which nobody gives any more.
    """
    asked = threading.Event()

    def wind_down() -> None:
        try:
            end_work()
        finally:
            # Wakes the server's loop in the main thread, where the handler below then ends it.
            os.kill(os.getpid(), signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        threading.Thread(target=wind_down, name="wind-down", daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _listen(settings: Settings) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortTakenError(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}); stop the other program or choose another, "
            f"for example PORT={settings.port + 1} make run"
        ) from error
    return listening


def _put_together(settings: Settings, address: str, closing: contextlib.ExitStack) -> tuple[Any, Iterator[str]]:
    mounted: dict[str, Any] = {}
    home = platform = None
    if not settings.has_channel:
        settings, platform, mounted = _simulated(settings, address, closing)
        home = "/simulator/"
    secret, token = settings.line_channel_secret, settings.line_channel_access_token
    assert secret is not None  # Given, or made for the simulator.
    assert token is not None
    messenger = LineMessenger(
        token.get_secret_value(), settings.line_api_base, connections=3 * settings.line_connections
    )
    knowledge = composition.learn(settings.content_dir, composition.taught(settings.database_url))
    # What staff teach later are phrasings: the titles and labels of the notes stay those of the pack.
    listen = _annotator(platform, knowledge.library) if platform is not None else None
    app = composition.build(settings, system_clock, messenger, knowledge, listen=listen)
    worker = app.worker()
    pages = web.create(
        channel_secret=secret.get_secret_value(),
        sessions=app.sessions,
        clock=system_clock,
        pictures=settings.content_dir / "pictures",
        wake=worker.wake,
        home=home,
    )
    worker.start()
    closing.callback(worker.stop)
    return DispatcherMiddleware(pages, mounted), _welcome(settings, app, address, home)


def _annotator(platform: "Platform", library: Library) -> composition.Listener:
    """Lays beside each text on the simulator's page why it was answered as it was; nothing of it is kept or logged."""

    def annotate(incoming: Incoming, reply: Reply | None) -> None:
        if incoming.kind == "text" and reply is not None and incoming.chat and incoming.message_id:
            platform.annotate(incoming.chat, incoming.message_id, reasons.notes(library, reply))

    return annotate


def _simulated(
    settings: Settings, address: str, closing: contextlib.ExitStack
) -> "tuple[Settings, Platform, dict[str, Any]]":
    """A LINE platform of our own beside the bot, with credentials made up for this run."""
    from bot.simulator.app import create_app  # Only here: a real channel should not pay for it.
    from bot.simulator.courier import Courier
    from bot.simulator.platform import Platform

    secret, token = secrets.token_hex(16), secrets.token_hex(32)
    platform = Platform(secret, token, system_clock, bot_name="Senaka")
    courier = Courier(platform, f"{address}/line/webhook")
    courier.start()
    closing.callback(courier.stop)
    own = settings.model_copy(
        update={
            "line_channel_secret": SecretStr(secret),
            "line_channel_access_token": SecretStr(token),
            "line_api_base": f"{address}/simulator",
        }
    )
    return own, platform, {"/simulator": create_app(platform, courier)}


def _welcome(settings: Settings, app: composition.App, address: str, home: str | None) -> Iterator[str]:
    practice = app.library.practice
    if practice.sample:
        yield f"content: sample data of {practice.name}; put your own into {settings.content_dir / 'practice.yaml'}"
    if settings.public_url is None:
        yield "PUBLIC_URL is not set: cards go out without pictures and links to this program"
    if home is not None:
        yield f"Senaka is ready. Chat with it at {address}{home} (Ctrl-C stops everything)"
    else:
        yield f"Senaka serves your LINE channel. Webhook: {settings.public_url or address}/line/webhook (Ctrl-C stops)"
