"""The way to the database: one function that opens it, and the few things that SQLite and PostgreSQL do differently."""

import json
import sqlite3
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Empty, Queue

WAIT_SECONDS = 10
"""How long a writer waits in line for the others before it gives up."""

_DISCREET = {"hide_parameters": True}
# An error of SQLAlchemy's quotes the values of its statement, and a traceback in the log quotes the error.

_NOTIFY = sa.select(sa.func.pg_notify(sa.bindparam("name"), ""))

Sessions = sessionmaker[Session]
"""Makes sessions; ``with sessions.begin() as session`` is one transaction."""


def connect(url: str) -> Sessions:
    """A maker of sessions on the database at *url* (``sqlite:///…``, ``sqlite://`` in memory, ``postgresql+psycopg://…``).

    Nothing is opened before the first session. Every SQLite transaction takes the write lock when it begins, so that
    writers queue up instead of failing half way; so no session may be opened inside another one's transaction.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=10, **_DISCREET)
    else:
        # There is one writer at a time anyway. Threads queue for its connection in the pool, where the first to come is
        # the first served; in SQLite's own waiting the unlucky waits for seconds. In memory it *is* the database.
        engine = sa.create_engine(address, **_sqlite_options(size=1))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return sessionmaker(engine, expire_on_commit=False)


def reading(sessions: Sessions) -> Sessions:
    """The same database for those who only read, in SQLite without waiting for a writer; make it once and keep it."""
    if not is_sqlite_file(sessions):
        return sessions
    address = engine_of(sessions).url
    engine = sa.create_engine(address, **_sqlite_options(size=5))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return sessionmaker(engine, expire_on_commit=False)


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
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    table = model.__table__
    assert isinstance(table, sa.Table)
    statement = (
        make(table).on_conflict_do_nothing(index_elements=[unique.key], index_where=where).returning(*table.primary_key)
    )
    return len(session.execute(statement, list(rows)).all())


def notify(session: Session, name: str) -> None:
    """Tell the listeners of *name* in other processes, once this transaction is committed; SQLite knows none."""
    if not is_sqlite(session):
        session.execute(_NOTIFY, {"name": name})


def among(session: Session, column: InstrumentedAttribute[int], values: Sequence[int]) -> sa.ColumnElement[bool]:
    """That *column* is one of *values*, who go along as one parameter: a thousand parameters cost more than the query."""
    if is_sqlite(session):
        each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(sa.select(each.c.value))
    return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(sa.Integer)))


class _Line(Queue[Any]):
    """Gives the connection to whoever has waited longest; the usual queue gives it to whoever comes by first.

    A thread with much to do comes by the moment it has given the connection back, so others could wait for ever.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[object] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        with self.mutex:
            self.not_empty.notify_all()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        with self.mutex:
            place = object()
            self._waiting.append(place)
            try:
                if block:
                    self.not_empty.wait_for(lambda: not self._empty() and self._waiting[0] is place, timeout)
                if self._empty() or self._waiting[0] is not place:
                    raise Empty
                return self._get()
            finally:
                self._waiting.remove(place)
                self.not_empty.notify_all()


class _FairPool(QueuePool):
    __module__ = QueuePool.__module__  # SQLAlchemy names the log by it, and its log is not ours.
    _queue_class = _Line


def _is_memory(address: sa.URL) -> bool:
    return address.database in (None, "", ":memory:") or address.query.get("mode") == "memory"


def _sqlite_options(*, size: int) -> dict[str, Any]:
    return {
        "connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False},
        "poolclass": _FairPool,
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
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
