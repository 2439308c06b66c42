"""Commands that run the program: serve, worker, migrate."""

import contextlib
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from bot.cli import options


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(line: str) -> None:
    """Say *line* where the log goes; a disk that is full there is no reason to stop answering people."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


@click.command()
@options.content_option
@click.option("--port", type=int, help="Port to listen on (or PORT).")
@click.pass_context
def serve(context: click.Context, content_dir: Path | None, port: int | None) -> None:
    """Run web and worker in one process, with the simulator when no LINE channel is set."""
    from bot import serve as everything  # Web server and SDK: a second that other commands need not wait.
    from bot.migrate import DatabaseError

    # Both by hand: a shell that starts us in the background tells us to ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        everything.run(options.settings(context, content_dir=content_dir, port=port), click.echo)
    except (everything.PortTakenError, DatabaseError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        pass
    click.echo("Senaka has stopped.")


@click.command()
@options.content_option
@click.pass_context
def worker(context: click.Context, content_dir: Path | None) -> None:
    """Run the worker beside any WSGI server that serves bot.wsgi:web."""
    from bot import app as composition  # As above.
    from bot import migrate as migration
    from bot import simulated
    from bot.clock import system_clock
    from bot.keeping import resealing
    from bot.line.messenger import LineMessenger

    settings = options.settings(context, content_dir=content_dir)
    if settings.line_channel_access_token is None:
        raise SystemExit(
            "settings: LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN are not set; set both, or use `make run`"
        )
    try:
        if not migration.is_current(settings.database_url):
            raise SystemExit("the database has not the newest schema; run `python -m bot migrate` first")
    except migration.DatabaseError as error:
        raise SystemExit(str(error)) from None
    messenger = LineMessenger(settings.line_channel_access_token.get_secret_value(), settings.line_api_base)
    _tell("worker: reading the content (the first start takes up to a minute) …")
    knowledge = composition.learn(settings.content_dir, composition.taught(settings.database_url))
    app = composition.build(settings, system_clock, messenger, knowledge)
    resealing.check(app.sessions, system_clock())
    with app.sessions.begin() as session:
        simulated.unmark(session)
    running = app.worker()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if settings.metrics_port:
        from prometheus_client import start_http_server

        from bot.watching import metrics

        start_http_server(settings.metrics_port, "127.0.0.1", metrics.REGISTRY)
    running.start()
    _tell("worker: running")
    stopping.wait()
    running.stop()
    _tell("worker: stopped")


@click.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database to the newest schema."""
    from bot import migrate as migration  # Alembic is needed here only.

    settings = options.settings(context)
    try:
        migration.upgrade(settings.database_url)
    except migration.DatabaseError as error:
        raise SystemExit(str(error)) from None
    sys.stderr.write("database: up to date\n")
