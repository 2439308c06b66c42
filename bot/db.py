"""The way to the database: one function that opens it, and the few things that SQLite and PostgreSQL do differently."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.types import TypeEngine

from bot import sealed
from bot.fair_pool import FairPool

WAIT_SECONDS = 10
"""How long a writer waits in line for the others before it gives up."""

_DISCREET = {"hide_parameters": True}
# An error of SQLAlchemy's quotes the values of its statement, and a traceback in the log quotes the error.

_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# A PostgreSQL on another machine that is suddenly gone, or behind a firewall that forgets idle connections, says nothing:
# by default whoever asked it waits for a quarter of an hour, whoever listens for two.

_NOTIFY = sa.select(sa.func.pg_notify(sa.bindparam("name"), ""))

Sessions = sessionmaker[Session]
"""Makes sessions; ``with sessions.begin() as session`` is one transaction."""


def connect(url: str, keys: sealed.Keys | None = None) -> Sessions:
    """A maker of sessions on the database at *url* (``sqlite:///…``, ``sqlite://`` in memory, ``postgresql+psycopg://…``).

    Nothing is opened before the first session. Every SQLite transaction takes the write lock when it begins, so that
    writers queue up instead of failing half way; so no session may be opened inside another one's transaction. What people
    wrote is sealed and opened with *keys*.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = _postgresql(address, pool_pre_ping=True, pool_size=10, max_overflow=10)
    else:
        # There is one writer at a time anyway. Threads queue for its connection in the pool, where the first to come is
        # the first served; in SQLite's own waiting the unlucky waits for seconds. In memory it *is* the database.
        engine = sa.create_engine(address, **_sqlite_options(size=1))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    sealed.give(engine, keys)
    return sessionmaker(engine, expire_on_commit=False)


def reading(sessions: Sessions) -> Sessions:
    """The same database for those who only read, in SQLite without waiting for a writer; make it once and keep it."""
    if not is_sqlite_file(sessions):
        return sessions
    address = engine_of(sessions).url
    engine = sa.create_engine(address, **_sqlite_options(size=5))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    sealed.give(engine, sealed.keys_of(engine_of(sessions)))
    return sessionmaker(engine, expire_on_commit=False)


def let_go(made: Sessions, *, of: Sessions) -> None:
    """Let go of what `reading` made *of* others: nothing where it made none, for theirs are theirs to end."""
    if made is not of:
        engine_of(made).dispose()


def by_statement(sessions: Sessions) -> Sessions:
    """The same database for one who has one statement kept at a time, at once; make it once and keep it.

    On PostgreSQL each statement is committed by itself, over one connection that is not asked whether it is still there:
    that halves the way. After a loss of the connection the next try has a new one. On SQLite all stays as it is.
    """
    engine = engine_of(sessions)
    if engine.dialect.name == "sqlite":
        return sessions
    made = _postgresql(engine.url, isolation_level="AUTOCOMMIT", pool_size=1)
    event.listen(engine, "engine_disposed", lambda _engine: made.dispose())
    sealed.give(made, sealed.keys_of(engine))
    return sessionmaker(made, expire_on_commit=False)


def engine_of(sessions: Sessions) -> sa.Engine:
    """The engine behind *sessions*, for migrations and the making of tables."""
    bind = sessions.kw["bind"]
    assert isinstance(bind, sa.Engine)
    return bind


def is_sqlite(session: Session) -> bool:
    """Whether *session* speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def is_sqlite_file(sessions: Sessions) -> bool:
    """Whether the database is a file of SQLite's, and not one in memory that dies with this process."""
    engine = engine_of(sessions)
    return engine.dialect.name == "sqlite" and not _is_memory(engine.url)


def writes_side_by_side(sessions: Sessions) -> bool:
    """Whether several transactions can write at the same time; SQLite's stand in line."""
    return engine_of(sessions).dialect.name != "sqlite"


def table(model: type[DeclarativeBase]) -> sa.Table:
    """The table behind *model*, for statements about rows that nobody holds as objects.

    On ``session.connection()`` they cost a third of those on the model, and do not first write down every object that was
    changed: such a statement must need nothing of what is still being changed.
    """
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


def insert_new(
    session: Session,
    model: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: InstrumentedAttribute[Any],
    where: sa.TextClause | None = None,
) -> int:
    """Insert those of *rows* whose *unique* value is not there yet; how many that were.

    *where* is the condition of its index when that holds for a part of the table only.

    Twins are left out by the database itself, so it holds between processes too, and a twin is no error that would
    spoil the transaction.
    """
    if not rows:
        return 0
    statement = _insert_new(model, unique.key, where, is_sqlite=is_sqlite(session))
    return len(session.execute(statement, list(rows)).all())


@cache  # Putting it together costs as much as running it.
def _insert_new(
    model: type[DeclarativeBase], unique: str, where: sa.TextClause | None, *, is_sqlite: bool
) -> sa.UpdateBase:
    make = sqlite.insert if is_sqlite else postgresql.insert
    rows_of = table(model)
    return (
        make(rows_of).on_conflict_do_nothing(index_elements=[unique], index_where=where).returning(*rows_of.primary_key)
    )


def day_in(session: Session, column: InstrumentedAttribute[datetime], difference: timedelta) -> sa.ColumnElement[Any]:
    """The calendar day of a moment where clocks are by *difference* ahead of UTC: a date, in SQLite its text."""
    if is_sqlite(session):
        return sa.func.date(column, f"{difference.total_seconds() / 60:+.0f} minutes")
    return sa.cast(sa.func.timezone("UTC", column) + difference, sa.Date)


def notify(session: Session, name: str) -> None:
    """Tell the listeners of *name* in other processes, once this transaction is committed; SQLite knows none."""
    if not is_sqlite(session):
        session.execute(_NOTIFY, {"name": name})


def among(
    session: Session, column: InstrumentedAttribute[Any] | sa.Column[Any], values: Sequence[int] | Sequence[str]
) -> sa.ColumnElement[bool]:
    """That *column* is one of *values*, who go along as one parameter: a thousand parameters cost more than the query."""
    return one_of(column, sa.literal(values, _List(column.type)), is_sqlite=is_sqlite(session))


def one_of(
    column: InstrumentedAttribute[Any] | sa.Column[Any], values: str | sa.BindParameter[Any], *, is_sqlite: bool
) -> sa.ColumnElement[bool]:
    """The same for a statement that is built once; *values* is the name under which they will be given."""
    bound = sa.bindparam(values, type_=_List(column.type)) if isinstance(values, str) else values
    if is_sqlite:
        each = sa.func.json_each(bound).table_valued("value")
        return column.in_(sa.select(each.c.value))
    return column == sa.any_(bound)


class _List(sa.TypeDecorator[Sequence[Any]]):
    """Many values as one parameter: an array where there is one, else JSON."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        kind = sa.Text() if dialect.name == "sqlite" else postgresql.ARRAY(self.of)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[Any] | None, dialect: sa.Dialect) -> Any:
        values = [] if value is None else list(value)
        return json.dumps(values) if dialect.name == "sqlite" else values


def patience(address: sa.URL) -> dict[str, int]:
    """What a PostgreSQL connection is opened with, save what the *address* itself says otherwise."""
    return {name: value for name, value in _PATIENCE.items() if name not in address.query}


def _postgresql(address: sa.URL, **options: Any) -> sa.Engine:
    engine = sa.create_engine(address, connect_args=patience(address), **_DISCREET, **options)
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: Any, _record: object) -> None:
    # The same the other way round: what a machine had locked that is gone, its power cut, is free again within a minute.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
            " set_config('tcp_keepalives_count', '3', false)"
        )
    connection.commit()


def _is_memory(address: sa.URL) -> bool:
    return address.database in (None, "", ":memory:") or address.query.get("mode") == "memory"


def _sqlite_options(*, size: int) -> dict[str, Any]:
    return {
        "connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False},
        "poolclass": FairPool,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": WAIT_SECONDS,
        **_DISCREET,
    }


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must start no transactions by itself: it starts none before a savepoint, which then commits at once.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # Else a power cut undoes the last commits: an event that LINE takes for kept, or that a reminder has rung.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # What is erased is overwritten; most builds do so anyway.
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
