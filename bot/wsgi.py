"""``bot.wsgi:web`` for any WSGI server: the webhook and pages of a real channel; the worker is a process of its own."""

import logging
import sys

from flask import Flask

from bot import db, migrate
from bot import web as pages
from bot.clock import system_clock
from bot.settings import SettingsError, load


def _build() -> Flask:
    try:
        settings = load()
        if settings.line_channel_secret is None:
            raise SettingsError(
                "settings: LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN are not set; "
                "set both, or use `make run` for the simulator"
            )
        if not migrate.is_current(settings.database_url):
            sys.exit("the database has not the newest schema; run `python -m bot migrate` first")
    except (SettingsError, migrate.DatabaseError) as error:
        sys.exit(str(error))
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return pages.create(
        channel_secret=settings.line_channel_secret.get_secret_value(),
        sessions=db.connect(settings.database_url),
        clock=system_clock,
        pictures=settings.content_dir / "pictures",
        # The worker is another process: it finds new events by looking.
        wake=lambda: None,
    )


web = _build()
