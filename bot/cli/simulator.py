"""A LINE of one's own as a process: for trying a bot that runs apart from it, and for its tests."""

import contextlib
import secrets
import signal
from typing import Any

import click

from bot.cli import options


@click.command()
@click.option(
    "--port", type=int, default=8001, show_default=True, help="Port to listen on, on 127.0.0.1; 0: a free one."
)
@click.option(
    "--webhook", default="", help="Where events go, such as http://127.0.0.1:8000/line/webhook; a bot may set it, too."
)
@click.option("--monthly-limit", type=int, help="Counted messages of a month; without it there is no limit.")
@click.option(
    "--silence", type=float, default=30.0, show_default=True, help="Seconds for which a silent LINE is silent."
)
@click.option("--verified", is_flag=True, help="The account is a verified one, which may list its followers.")
@click.pass_context
def simulator(
    context: click.Context, port: int, webhook: str, monthly_limit: int | None, silence: float, verified: bool
) -> None:
    """Simulate a LINE platform with one channel, for a bot in any language; docs/simulator.md says how.

    The channel is the one that LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN name; without them it is made up. What a
    bot must know is said on the standard output, as lines of the form NAME=value. All is in memory.
    """
    from bot.clock import system_clock  # Web server: a second that other commands need not wait.
    from bot.simulator import admin
    from bot.simulator.app import create_app
    from bot.simulator.courier import Courier
    from bot.simulator.platform import Platform
    from bot.simulator.server import Server

    settings = options.settings(context)
    secret, token, made_up = secrets.token_hex(16), secrets.token_hex(32), True
    if settings.line_channel_secret is not None and settings.line_channel_access_token is not None:
        secret = settings.line_channel_secret.get_secret_value()
        token, made_up = settings.line_channel_access_token.get_secret_value(), False
    platform = Platform(secret, token, system_clock, monthly_limit=monthly_limit, bot_name="Bot", verified=verified)
    with Courier(platform, webhook) as courier:
        app = create_app(platform, courier)
        app.config["SIMULATOR_SILENCE_SECONDS"] = silence
        app.register_blueprint(admin.build_blueprint(platform))
        try:
            server = Server(port, app)
        except OSError as error:
            raise SystemExit(
                f"127.0.0.1:{port} cannot be used ({error.strerror}); choose another with --port"
            ) from None
        address = f"http://127.0.0.1:{server.port}"
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        _tell(address, (secret, token) if made_up else None)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.1)
        server.server_close()
    click.echo("simulator: stopped", err=True)


def _tell(address: str, made_up: tuple[str, str] | None) -> None:
    """For scripts on the standard output, for people beside it; what was not made up is nobody's to print."""
    if made_up is not None:
        click.echo(f"LINE_CHANNEL_SECRET={made_up[0]}")
        click.echo(f"LINE_CHANNEL_ACCESS_TOKEN={made_up[1]}")
    click.echo(f"LINE_API_BASE={address}")
    click.echo(f"simulator: LINE_API_BASE={address}", err=True)
    click.echo(f"simulator: the chat page is {address}/, what scripts may ask is {address}/admin", err=True)


def _stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
