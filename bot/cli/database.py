"""What commands that work with the database share: the way to it, and how people's texts are shown."""

from typing import Any

import click

from bot.cli import options
from bot.db import Sessions
from bot.settings import Settings


def opened(context: click.Context, **overrides: Any) -> tuple[Settings, Sessions]:
    """The settings in force and sessions on their database, closed when the command ends.

    One line and exit 1 when the database cannot be used.
    """
    from bot import db, migrate  # Alembic is needed here only.

    settings = options.settings(context, **overrides)
    try:
        migrate.upgrade(settings.database_url)
    except migrate.DatabaseError as error:
        raise SystemExit(str(error)) from None
    sessions = db.connect(settings.database_url)
    context.call_on_close(db.engine_of(sessions).dispose)
    return settings, sessions


def shown(text: str) -> str:
    """*text* for the terminal, in Japanese brackets: on one line, without what would control the terminal."""
    plain = "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))
    return f"「{plain}」"
