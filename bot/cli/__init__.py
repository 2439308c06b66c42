"""The command line: one small file a command, brought together here.

The commands import what they need when they run: ``match`` starts in a third of a second because it never loads
LINE's SDK (over a second) or the web server.
"""

import logging
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.backup import backup, restore
from bot.cli.broadcast import broadcast
from bot.cli.content import content
from bot.cli.conversation import chat, match, rehearse
from bot.cli.data import data
from bot.cli.doctor import doctor
from bot.cli.evaluate import evaluate
from bot.cli.explain import explain
from bot.cli.inbox import inbox
from bot.cli.lint import lint
from bot.cli.people import people
from bot.cli.person import erase, export
from bot.cli.process import migrate, serve, worker
from bot.cli.quota import alerts, quota
from bot.cli.richmenu import richmenu
from bot.cli.setup import setup
from bot.cli.simulator import simulator
from bot.cli.staff import staff


class _Group(click.Group):
    """Turns the errors that a person can mend into one line each."""

    def invoke(self, context: click.Context) -> Any:
        from bot.library.loader import ContentError
        from bot.sealed import SealError
        from bot.settings import SettingsError

        try:
            return super().invoke(context)
        except (ContentError, SettingsError, SealError) as error:
            raise SystemExit(str(error)) from None
        except ModuleNotFoundError as error:
            raise SystemExit(f"the package {error.name} is missing; run `make setup`") from None
        except BrokenPipeError:
            # Whoever read our output has gone.
            sys.stderr.close()
            raise SystemExit(1) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--content", "content_dir", type=click.Path(path_type=Path), help="Another content pack (or CONTENT_DIR)."
)
@click.pass_context
def cli(context: click.Context, content_dir: Path | None) -> None:
    """Senaka: a LINE assistant for a seitai clinic, acupuncture practice or personal gym."""
    context.obj = {"content_dir": content_dir} if content_dir is not None else {}
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)


for command in (
    alerts,
    backup,
    broadcast,
    chat,
    content,
    data,
    doctor,
    erase,
    evaluate,
    explain,
    export,
    inbox,
    lint,
    match,
    migrate,
    people,
    quota,
    rehearse,
    restore,
    richmenu,
    serve,
    setup,
    simulator,
    staff,
    worker,
):
    cli.add_command(command)
