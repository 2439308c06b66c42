"""Alembic's way to our database: which one, which tables, and how migrations are written down."""

import sqlite3
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot import db
from bot.models import Base, UtcDateTime


def main() -> None:
    """Run the migrations on the database that the caller named, else on the one of the settings."""
    if context.is_offline_mode():
        raise SystemExit("migrations run on a database only; SQL scripts are not written")
    engine = db.engine_of(db.connect(_url()))
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _let_tables_be_rebuilt)
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_item=_render_item,
                # SQLite changes a table by building it anew.
                render_as_batch=True,
                # SQLite takes changes of tables back like any other, once the driver leaves transactions to us.
                transactional_ddl=True,
            )
            with context.begin_transaction():
                _wait_for_others(connection)
                context.run_migrations()
    finally:
        engine.dispose()


def _url() -> str:
    url = context.config.attributes.get("url")
    if isinstance(url, str):
        return url
    from bot import settings  # Only here: whoever names the database needs no settings.

    return settings.load().database_url


def _let_tables_be_rebuilt(connection: sqlite3.Connection, _record: object) -> None:
    # A table built anew is dropped in between: with foreign keys on, the rows that belong to its rows would go with it.
    connection.execute("PRAGMA foreign_keys = OFF")


def _wait_for_others(connection: sa.Connection) -> None:
    # Two processes that start together both migrate; the second finds nothing left to do. SQLite has its write lock.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('senaka migrations'))"))


def _render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | bool:
    """Our own type as the plain one below it: a migration freezes history, so it may use none of our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


main()
