"""``bot.wsgi:web`` for any WSGI server: the webhook and pages of a real channel; the worker is a process of its own."""

import sys
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask

from bot import db, logs, migrate
from bot import web as pages
from bot.clock import system_clock
from bot.dead_links import Visitor
from bot.garbage import settle
from bot.keeping import resealing
from bot.library.gallery import Gallery
from bot.line import announcements
from bot.line.design import Design
from bot.settings import Settings, SettingsError, load
from bot.teaching.follower import Follower
from bot.web.console.tools import Tools

if TYPE_CHECKING:
    from bot.app import App
    from bot.teaching.knowledge import Mind


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
        sessions = db.connect(settings.database_url, settings.keys)
        resealing.check(sessions, system_clock())
    except (SettingsError, migrate.DatabaseError) as error:
        sys.exit(str(error))
    logs.set_up(settings.log_level, settings.log_format)
    tools = _console(settings, sessions)
    return pages.create(
        channel_secret=settings.line_channel_secret.get_secret_value(),
        sessions=sessions,
        clock=system_clock,
        pictures=settings.content_dir / "pictures",
        # The worker is another process: it finds new events by looking.
        wake=lambda: None,
        library=tools.library,
        console=tools,
    )


def _console(settings: Settings, sessions: db.Sessions) -> Tools:
    """What the pages of staff work with; a process that never shows one never pays for what they need."""

    follower = Follower(settings.content_dir, sessions, system_clock)

    @cache
    def gallery() -> Gallery:
        return Gallery(settings.content_dir / "pictures")

    @cache
    def app() -> "App":
        # All handlers and what was learnt: seconds and a hundred megabytes that the webhook does not need.
        from bot import app as composition
        from bot.line.messenger import LineMessenger

        assert settings.line_channel_access_token is not None  # Both or none, as the settings made sure.
        token = settings.line_channel_access_token.get_secret_value()
        messenger = LineMessenger(token, settings.line_api_base)
        knowledge = composition.learn(settings.content_dir, composition.taught(settings.database_url))
        return composition.build(settings, system_clock, messenger, knowledge)

    def mind() -> "Mind":
        # What resembles new wordings is learnt by the worker; here they count letter by letter.
        app().lessons.hear()
        return app().mind

    return Tools(
        settings=settings,
        sessions=sessions,
        reading=db.reading(sessions),
        clock=system_clock,
        library=follower.library,
        shelf=lambda: follower.shelf,
        laid=lambda: follower.laid,
        ask=lambda knowledge, text: app().ask(knowledge, text),
        mind=mind,
        messenger=lambda: app().messenger,
        paint=lambda reply: app().paint(reply),
        draw=announcements.painter(settings.public_url, lambda: Design(accent=follower.library().practice.accent)),
        picture_url=lambda name: gallery().addresses(settings.public_url)(name),
        base=settings.public_url,
        open_links=Visitor().open,
        wake=lambda: None,
    )


web = _build()
settle()
