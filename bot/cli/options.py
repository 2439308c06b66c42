"""What several commands share: the settings in force and the place of the content pack."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.library.library import Library
from bot.settings import Settings, content_dir

Command = TypeVar("Command", bound=Callable[..., Any])


def content_option(command: Command) -> Command:
    """``--content DIR`` after the command's name, too."""
    return click.option(
        "--content", "content_dir", type=click.Path(path_type=Path), help="Another content pack (or CONTENT_DIR)."
    )(command)


def content_folder(context: click.Context, given: Path | None) -> Path:
    """The pack's folder from the option, the environment, ``.env``, or the shipped one; needs no other setting."""
    chosen = given or (context.obj or {}).get("content_dir")
    return Path(chosen) if chosen is not None else content_dir()


def library(context: click.Context, given: Path | None) -> Library:
    """The library in that folder; ContentError when it is broken."""
    from bot.library.loader import load  # Only for commands that read content.

    return load(content_folder(context, given))


def settings(context: click.Context, **overrides: Any) -> Settings:
    """The settings in force, with logging set up as they say."""
    from bot import logs
    from bot.settings import load

    found = load(**(context.obj or {}), **{key: value for key, value in overrides.items() if value is not None})
    logs.set_up(found.log_level, found.log_format)
    # The scheduler tells of every tick, the migrations of every step and part.
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return found
