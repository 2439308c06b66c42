"""What the checks look at: settings, content, database and channel, each opened once, when the first check asks for it."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from bot import db, migrate
from bot.clock import Clock
from bot.doctor.finding import UnknownError
from bot.library.library import Library
from bot.library.loader import load
from bot.library.problems import ContentError
from bot.line.channel import CONNECT_SECONDS, READ_SECONDS, Channel, Said, SilentError
from bot.settings import Settings

DATABASE_SECONDS = 5
"""How long a database may take to let us in."""


class Patient:
    """One installation; whatever a check needs and cannot have raises UnknownError."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        folder: Path | None = None,
        line_seconds: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        """*folder* is where the program was started: ``.env`` and ``var`` are there."""
        self.settings = settings
        self.clock = clock
        self.folder = folder or Path()
        self.line_seconds = line_seconds
        self._closing = ExitStack()

    def close(self) -> None:
        """Let go of database and network."""
        self._closing.close()

    @cached_property
    def now(self) -> datetime:
        """The moment of the examination."""
        return self.clock()

    @cached_property
    def content(self) -> Library | ContentError:
        """The pack, or what is wrong with it."""
        try:
            return load(self.settings.content_dir)
        except ContentError as error:
            return error

    @property
    def library(self) -> Library:
        """The pack."""
        if isinstance(self.content, ContentError):
            raise UnknownError
        return self.content

    @cached_property
    def database(self) -> db.Sessions | str:
        """The way to the database for somebody who only reads, or why there is none."""
        address = sa.make_url(self.settings.database_url)
        if address.get_backend_name() == "sqlite":
            if not (self.folder / str(address.database)).exists():
                return f"there is no file {address.database} yet"
        elif "connect_timeout" not in address.query:
            address = address.update_query_dict({"connect_timeout": str(DATABASE_SECONDS)})
        sessions = db.connect(address.render_as_string(hide_password=False), self.settings.keys)
        reading = db.reading(sessions)
        for opened in (sessions, reading):
            self._closing.callback(db.engine_of(opened).dispose)
        try:
            with reading() as session:
                session.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError as error:
            return " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
        return reading

    @cached_property
    def is_migrated(self) -> bool:
        """Whether the database has the newest schema, or a newer one."""
        if isinstance(self.database, str):
            return False
        try:
            return migrate.is_current(self.settings.database_url)
        except migrate.DatabaseError:
            return False

    @property
    def sessions(self) -> db.Sessions:
        """The same database, when it has all tables."""
        if isinstance(self.database, str) or not self.is_migrated:
            raise UnknownError
        return self.database

    @cached_property
    def channel(self) -> Channel:
        """The channel at LINE."""
        token = self.settings.line_channel_access_token
        if token is None:
            raise UnknownError
        return self._closing.enter_context(
            Channel(token.get_secret_value(), self.settings.line_api_base, self.line_seconds)
        )

    @cached_property
    def bot(self) -> tuple[Said | str, datetime]:
        """What LINE says of the official account, or why it says nothing; and when by our clock."""
        try:
            said: Said | str = self.channel.bot()
        except SilentError as error:
            said = str(error)
        return said, self.clock()

    def ask(self, question: Callable[[Channel], Said]) -> Said:
        """LINE's answer, when it knows our token and answers at all."""
        said, _ = self.bot
        if isinstance(said, str) or not said.is_good:
            raise UnknownError
        try:
            return question(self.channel)
        except SilentError:
            raise UnknownError from None

    @cached_property
    def channel_id(self) -> str:
        """The id of the channel that the token is of."""
        said = self.ask(Channel.token)
        found = said.body.get("client_id")
        if not said.is_good or not isinstance(found, str):
            raise UnknownError
        return found

    @cached_property
    def webhook(self) -> Said:
        """Where LINE brings events to."""
        return self.ask(Channel.webhook)
