"""What commands that work with the database share: the way to it, and how people's texts are shown."""

from typing import Any

import click

from bot.cli import options
from bot.db import Sessions
from bot.library.library import Library
from bot.settings import Settings


def opened(context: click.Context, *, by_any_key: bool = False, **overrides: Any) -> tuple[Settings, Sessions]:
    """The settings in force and sessions on their database, closed when the command ends.

    One line and exit 1 when the database cannot be used, or, unless *by_any_key*, DATA_KEY does not open it.
    """
    from bot import db, migrate  # Alembic is needed here only.
    from bot.clock import system_clock
    from bot.keeping import resealing

    settings = options.settings(context, **overrides)
    try:
        migrate.upgrade(settings.database_url)
    except migrate.DatabaseError as error:
        raise SystemExit(str(error)) from None
    sessions = db.connect(settings.database_url, settings.keys)
    context.call_on_close(db.engine_of(sessions).dispose)
    if not by_any_key:
        resealing.check(sessions, system_clock())
    return settings, sessions


def library(settings: Settings, sessions: Sessions) -> Library:
    """The library in force: the files with what staff have changed; ContentError when the files are broken."""
    from bot.library.laying import lay
    from bot.library.shelf import Shelf
    from bot.teaching import overlay  # As above.

    with sessions() as session:
        taught = overlay.in_force(session)
    return lay(Shelf(settings.content_dir), taught.edits, taught.closings).library


def shown(text: str) -> str:
    """*text* for the terminal, in Japanese brackets: on one line, without what would control the terminal."""
    plain = "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))
    return f"「{plain}」"
