"""A LINE of one's own as a process: for trying a bot that runs apart from it, and for its tests."""

import contextlib
import logging
import signal

import click

from bot.cli import options


@click.command()
@click.option(
    "--port", type=int, default=8001, show_default=True, help="Port to listen on, on 127.0.0.1; 0: a free one."
)
@click.option("--webhook", help="Where events go, such as http://127.0.0.1:8000/line/webhook; without it, nowhere.")
@click.option("--monthly-limit", type=int, help="Counted messages of a month; without it there is no limit.")
@click.option(
    "--silence", type=float, default=30.0, show_default=True, help="Seconds for which a silent LINE is silent."
)
@click.pass_context
def simulator(
    context: click.Context, port: int, webhook: str | None, monthly_limit: int | None, silence: float
) -> None:
    """Simulate a LINE platform with the channel that LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN name.

    The bot finds it by LINE_API_BASE. What it knows is in memory. Below /admin it is told what people do and what goes
    wrong, and it shows what was sent.
    """
    from werkzeug.serving import make_server  # Web server: a second that other commands need not wait.

    from bot.clock import system_clock
    from bot.simulator import admin
    from bot.simulator.app import create_app
    from bot.simulator.courier import Courier
    from bot.simulator.platform import Platform

    settings = options.settings(context)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # It tells of every request.
    if settings.line_channel_secret is None or settings.line_channel_access_token is None:
        raise SystemExit("settings: set LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN, the same as for the bot")
    platform = Platform(
        settings.line_channel_secret.get_secret_value(),
        settings.line_channel_access_token.get_secret_value(),
        system_clock,
        monthly_limit=monthly_limit,
    )
    courier = Courier(platform, webhook or "http://127.0.0.1:1/")
    app = create_app(platform, courier)
    app.config["SIMULATOR_SILENCE_SECONDS"] = silence
    app.register_blueprint(admin.build_blueprint(platform))
    server = make_server("127.0.0.1", port, app, threaded=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if webhook is not None:
        courier.start()
    click.echo(f"simulator: LINE_API_BASE=http://127.0.0.1:{server.server_port}", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.1)
    click.echo("simulator: stopped", err=True)
