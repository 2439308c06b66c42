"""The way to the database: one function that opens it, and the few things that SQLite and PostgreSQL do differently."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import QueuePool

WAIT_SECONDS = 10
"""How long a writer waits in line for the others before it gives up."""

_READS_ONLY = "senaka_reads_only"

Sessions = sessionmaker[Session]
"""Makes sessions; ``with sessions.begin() as session`` is one transaction."""


def connect(url: str) -> Sessions:
    """A maker of sessions on the database at *url* (``sqlite:///…``, ``sqlite://`` in memory, ``postgresql+psycopg://…``).

    Nothing is opened before the first session. Every SQLite transaction takes the write lock when it begins, so that
    writers queue up instead of failing half way; so no session may be opened inside another one's transaction.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=10)
    else:
        engine = sa.create_engine(address, **_sqlite_options(address))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return sessionmaker(engine, expire_on_commit=False)


def reading(sessions: Sessions) -> Sessions:
    """The same database for those who only read: on SQLite they do not wait for a writer, nor hold one up."""
    return sessionmaker(engine_of(sessions).execution_options(**{_READS_ONLY: True}), expire_on_commit=False)


def engine_of(sessions: Sessions) -> sa.Engine:
    """The engine behind *sessions*, for migrations and the making of tables."""
    bind = sessions.kw["bind"]
    assert isinstance(bind, sa.Engine)
    return bind


def is_sqlite(session: Session) -> bool:
    """Whether *session* speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def is_in_memory(sessions: Sessions) -> bool:
    """Whether the database lives in this process only and dies with it."""
    engine = engine_of(sessions)
    return engine.dialect.name == "sqlite" and _is_memory(engine.url)


def insert_new(
    session: Session,
    model: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: InstrumentedAttribute[Any],
) -> int:
    """Insert those of *rows* whose *unique* value is not there yet; how many that were.

    Twins are left out by the database itself, so it holds between processes too, and a twin is no error that would
    spoil the transaction.
    """
    if not rows:
        return 0
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    statement = make(model).values(list(rows)).on_conflict_do_nothing(index_elements=[unique.key])
    return len(session.execute(statement.returning(sa.inspect(model).primary_key[0])).all())


def _is_memory(address: sa.URL) -> bool:
    return address.database in (None, "", ":memory:") or address.query.get("mode") == "memory"


def _sqlite_options(address: sa.URL) -> dict[str, Any]:
    options: dict[str, Any] = {"connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False}}
    if _is_memory(address):
        # One connection *is* the database. Threads queue for it in the pool, so that their transactions do not mix.
        options |= {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": WAIT_SECONDS}
    else:
        options |= {"pool_size": 10, "max_overflow": 10}
    return options


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must start no transactions by itself: it starts none before a savepoint, which then commits at once.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
