"""Everything in one process for one command: web, worker and, without a channel of its own, the simulator."""

import contextlib
import logging
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
from bot import db, migrate, reasons, simulated, web
from bot.clock import Clock, RunningClock, system_clock
from bot.conversation import Incoming, Reply
from bot.keeping import resealing
from bot.library.gallery import DrawingError
from bot.library.library import Library
from bot.line.messenger import WHOLE_SECONDS, LineMessenger
from bot.settings import Settings
from bot.staff import accounts
from bot.timekeeper import Timekeeper
from bot.worker import Worker

if TYPE_CHECKING:
    from bot.simulator.platform import Platform

log = logging.getLogger(__name__)

THREADS = 16
"""Requests served at once: chat pages ask for news, the simulator calls the webhook, senders call the simulator."""


SILENCE_SECONDS = WHOLE_SECONDS + 1
"""How long a silent LINE keeps one of our threads: until its caller has given up."""

HOME = "/simulator/"
"""Where the simulator's page is."""


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
        _check_keys(settings)
        tell("Starting: reading the content (the first start takes a little longer) …")
        stage = _Stage(settings, address)
        closing.callback(stage.close)
        lines = stage.set_up(composition.learn(settings.content_dir, composition.taught(settings.database_url)))
        server = create_server(stage, sockets=[listening], threads=THREADS, ident=None)
        closing.callback(server.close)
        for line in lines:
            tell(line)
        _end_work_first(stage.close)
        server.run()


def _check_keys(settings: Settings) -> None:
    sessions = db.connect(settings.database_url, settings.keys)
    try:
        resealing.check(sessions, system_clock())
    finally:
        db.engine_of(sessions).dispose()


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


class _Stage:
    """What is served. With a simulator it can be taken down and set up again, and remembers nothing in memory of before."""

    def __init__(self, settings: Settings, address: str) -> None:
        self._settings = settings
        self._address = address
        self._work = contextlib.ExitStack()
        self._wsgi: Any = None
        self._changing = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self._wsgi(environ, start_response)

    def set_up(self, knowledge: composition.Knowledge) -> Iterator[str]:
        """Put everything together and start the work; what a person at the terminal should read."""
        settings, house, base = self._settings, None, None
        if settings.has_channel:
            clock: Clock = system_clock
        else:
            house = _House(settings, self._address, self._work)
            settings, clock, base = house.settings, house.clock, house.base
        secret, token = settings.line_channel_secret, settings.line_channel_access_token
        assert secret is not None  # Given, or made for the simulator.
        assert token is not None
        messenger = LineMessenger(token.get_secret_value(), settings.line_api_base)
        built: list[composition.App] = []
        # Staff may add entries later: the notes are of the library that is in force by then.
        listen = _annotator(house.platform, lambda: built[0].library) if house is not None else None
        app = composition.build(settings, clock, messenger, knowledge, listen=listen, base=base)
        built.append(app)
        self._work.callback(db.engine_of(app.sessions).dispose)
        worker = app.worker()
        pages = web.create(
            channel_secret=secret.get_secret_value(),
            sessions=app.sessions,
            clock=clock,
            pictures=settings.content_dir / "pictures",
            wake=worker.wake,
            home=None if house is None else HOME,
            library=lambda: app.library,
            console=app.console(settings, worker.wake),
        )
        worker.start()
        self._work.callback(worker.stop)
        if house is None:
            with app.sessions.begin() as session:
                simulated.unmark(session)
            self._wsgi = pages
        else:
            self._wsgi = DispatcherMiddleware(pages, house.open(app, worker, lambda: self._start_over(app)))
            # It asks the simulator that this very process is about to serve.
            threading.Thread(target=_publish_menu, args=(settings, app.library), name="rich-menu", daemon=True).start()
        return _welcome(settings, app, self._address, None if house is None else HOME)

    def close(self) -> None:
        """End the work."""
        with self._changing:
            self._work.close()

    def _start_over(self, app: composition.App) -> None:
        """Take the simulator's house down, empty its database, and set up another one by the machine's time."""
        with self._changing:
            ahead, knowledge = app.clock() - system_clock(), app.mind.current
            self._work.close()
            try:
                with app.sessions.begin() as session:
                    simulated.empty(session, system_clock(), ahead)
            finally:  # Whatever that met, somebody must answer again.
                db.engine_of(app.sessions).dispose()
                self._work = contextlib.ExitStack()
                self.set_up(knowledge)


def _annotator(platform: "Platform", library: Callable[[], Library]) -> composition.Listener:
    """Lays beside each text on the simulator's page why it was answered as it was; nothing of it is kept or logged."""

    def annotate(incoming: Incoming, reply: Reply | None) -> None:
        if incoming.kind == "text" and reply is not None and incoming.chat and incoming.message_id:
            platform.annotate(incoming.chat, incoming.message_id, reasons.notes(library(), reply))

    return annotate


class _House:
    """A LINE platform of our own beside the bot, with credentials made up for this run and a clock to wind."""

    def __init__(self, settings: Settings, address: str, closing: contextlib.ExitStack) -> None:
        from bot.simulator.courier import Courier  # Only here: a real channel should not pay for it.
        from bot.simulator.platform import Platform

        secret, token = secrets.token_hex(16), secrets.token_hex(32)
        self.clock = _clock_of(settings.database_url)
        self.platform = Platform(secret, token, self.clock, bot_name="Senaka")
        self._courier = Courier(self.platform, f"{address}/line/webhook")
        self._courier.start()
        self._closing = closing
        closing.callback(self._courier.stop)
        # LINE takes pictures from https alone, and so does its simulator, whose page knows that this is its own address.
        self.base = settings.public_url or address.replace("http:", "https:", 1)
        self.settings = settings.model_copy(
            update={
                "line_channel_secret": SecretStr(secret),
                "line_channel_access_token": SecretStr(token),
                "line_api_base": f"{address}/simulator",
            }
        )

    def open(self, app: composition.App, worker: Worker, start_over: Callable[[], None]) -> dict[str, Any]:
        """What is mounted beside the pages: the platform with its own page, on which the clock can be wound."""
        from bot.simulator.app import create_app  # As above.

        timekeeper = Timekeeper(app, self.clock, worker, settle=self._courier.wait, start_over=start_over)
        self._closing.callback(timekeeper.stop)
        page = create_app(self.platform, self._courier, timekeeper)
        page.config["SIMULATOR_SILENCE_SECONDS"] = SILENCE_SECONDS
        page.config["SIMULATOR_PUBLIC_URL"] = self.base
        return {HOME.rstrip("/"): page}


def _clock_of(database_url: str) -> RunningClock:
    """The clock of the simulator's house: where it had gone when the house was last open, or the machine's."""
    sessions = db.connect(database_url)
    try:
        with sessions.begin() as session:
            is_own = simulated.mark(session, system_clock())
            return RunningClock(simulated.seen_until(session) if is_own else None)
    finally:
        db.engine_of(sessions).dispose()


def _publish_menu(settings: Settings, library: Library) -> None:
    """Give the simulator the pack's rich menu, so that a newcomer sees it."""
    from bot.line import richmenu  # Brings LINE's SDK, 38 MB that a real channel need not carry.
    from bot.line.menu_wire import MenuError, MenuWire

    token = settings.line_channel_access_token
    if library.richmenu is None or token is None:
        return
    try:
        wanted = richmenu.wanted(settings.content_dir, library.richmenu)
        with MenuWire(token.get_secret_value(), settings.line_api_base, timeout=(60, 60)) as wire:
            richmenu.publish(wire, wanted, log.debug)
    except (MenuError, DrawingError) as error:
        log.warning("the simulator shows no rich menu: %s", error)


def _welcome(settings: Settings, app: composition.App, address: str, home: str | None) -> Iterator[str]:
    practice = app.library.practice
    if practice.sample:
        yield f"content: sample data of {practice.name}; put your own into {settings.content_dir / 'practice.yaml'}"
    if app.base is None:
        yield "PUBLIC_URL is not set: cards go out without pictures and links to this program"
    staff = f"{settings.public_url or address}/staff"
    if not _has_staff(app):
        yield f"Staff work at {staff}; the first owner comes in by: python -m bot staff invite NAME --role owner"
    if home is not None:
        yield f"Senaka is ready. Chat with it at {address}{home} (Ctrl-C stops everything)"
    else:
        yield f"Senaka serves your LINE channel. Webhook: {settings.public_url or address}/line/webhook (Ctrl-C stops)"


def _has_staff(app: composition.App) -> bool:
    with app.sessions() as session:
        return bool(accounts.everyone(session))
