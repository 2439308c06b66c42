"""Keeps keys and database together: refuses keys that do not fit, and seals anew what an older key or none has sealed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db, sealed
from bot.db import Sessions
from bot.models import Base, Secret
from bot.sealed import PREFIX, Keys, SealedJson, SealedText, SealError
from bot.settings import SettingsError

PROOF = "data-key"
"""The secret by which a key shows that it fits. It is sealed anew last: then all the rest is."""

AT_ONCE = 200
"""How many values are sealed anew in one transaction, so that nobody waits for it."""


SAMPLE = 500
"""So many values are looked at of each column for the doctor, once spread and once among the newest."""


class Amount(NamedTuple):
    """How many values of a column there are that say something, and how many of them the newest key has sealed."""

    column: str
    values: int
    sealed: int


def problem(session: Session) -> str | None:
    """Why the keys given to the session do not fit the database, and what to do; None: they do."""
    keys, value = _keys(session), _proof(session)
    name = None if value is None else sealed.name_of(value)
    if value is None or name is None:
        return None
    if keys is None:
        return f"is not set, but the database is sealed with the key {name}; set that key"
    try:
        keys.open(value)
    except sealed.SealError:
        return (
            f"does not open the database, which is sealed with the key {name}; "
            "add that key behind the others, with a comma between"
        )
    return None


def check(sessions: Sessions, now: datetime) -> None:
    """Nothing when the keys given to *sessions* fit the database, which from now on knows them; else SettingsError."""
    with sessions.begin() as session:
        keys, found = _keys(session), problem(session)
        if found is not None:
            raise SettingsError(f"DATA_KEY: {found}")
        if keys is not None and keys.name is not None and _proof(session) is None:
            db.insert_new(session, Secret, [{"name": PROOF, "value": "senaka", "created_at": now}], unique=Secret.name)


def columns() -> Iterator[sa.Column[Any]]:
    """All columns that are sealed, the one with the proof last."""
    found = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedText | SealedJson)
    ]
    yield from sorted(found, key=lambda column: column.table.name == Secret.__tablename__)


def amounts(session: Session) -> list[Amount]:
    """Of each sealed column how much of it is sealed as it should be."""
    found = []
    for column in columns():
        whole = sa.select(sa.func.count()).select_from(column.table).where(*_says_something(column))
        left = session.scalar(whole.where(_is_other(column, _name(session)))) or 0
        count = session.scalar(whole) or 0
        found.append(Amount(f"{column.table.name}.{column.name}", count, count - left))
    return found


class Sample(NamedTuple):
    """How many values were looked at that say something, how many of them the newest key has not sealed; whether that was all."""

    values: int
    left: int
    is_whole: bool


def sampled(session: Session, size: int = SAMPLE) -> Sample:
    """How it stands, without reading all: of a table of many rows so many spread over its whole length, and the newest.

    Small tables are read whole, so a rotation that was cut off shows in any case: the last column that it comes to is one.
    """
    values, left, is_whole = 0, 0, True
    for column in columns():
        ids = _spread(session, column.table, size)
        mine = () if ids is None else (db.among(session, _key(column.table), ids),)
        whole = sa.select(sa.func.count()).select_from(column.table).where(*mine, *_says_something(column))
        values += session.scalar(whole) or 0
        left += session.scalar(whole.where(_is_other(column, _name(session)))) or 0
        is_whole = is_whole and ids is None
    return Sample(values, left, is_whole)


def _spread(session: Session, table: sa.Table, size: int) -> list[int] | None:
    """Ids of rows to look at: as many spread evenly, and as many of the newest; None: all."""
    key = _key(table)
    if not isinstance(key.type, sa.Integer):
        return None
    # One by one: asked for both at once SQLite reads the whole table.
    first, last = session.scalar(sa.select(sa.func.min(key))), session.scalar(sa.select(sa.func.max(key)))
    if first is None or last is None or last - first < 2 * size:
        return None
    spread = range(first, last, (last - first) // size)
    return sorted({*spread, *range(last - size + 1, last + 1)})


def _key(table: sa.Table) -> sa.Column[Any]:
    [key] = table.primary_key.columns
    return key


def reseal(sessions: Sessions, size: int = AT_ONCE) -> Iterator[Amount]:
    """Seal all that the newest key has not sealed, in small transactions beside everybody's work; a line for each of them.

    Begun again after it was cut off it goes on: what is sealed already is found by its prefix.
    """
    for column in columns():
        key = _key(column.table)
        last: Any = None
        while True:
            with sessions.begin() as session:
                asked = sa.select(key, column).where(*_says_something(column), _is_other(column, _name(session)))
                if last is not None:
                    asked = asked.where(key > last)
                # Held, so that nobody's change in between is overwritten; by their order, in which everybody locks.
                locked = asked.order_by(key).limit(size).with_for_update()
                try:
                    rows = session.connection().execute(locked).all()
                except SealError as error:
                    raise SealError(
                        f"{column.table.name}.{column.name}: {error}; add that key behind the others"
                    ) from None
                if rows:
                    again = sa.update(column.table).where(key == sa.bindparam("its_key"))
                    again = again.values({column: sa.bindparam("its_value", type_=column.type)})
                    values = [{"its_key": row[0], "its_value": row[1]} for row in rows]
                    session.connection().execute(again, values)
                    last = rows[-1][0]
            if not rows:
                break
            yield Amount(f"{column.table.name}.{column.name}", len(rows), len(rows))


def _proof(session: Session) -> str | None:
    return session.scalar(sa.select(sa.type_coerce(Secret.value, sa.Text)).where(Secret.name == PROOF))


def _keys(session: Session) -> Keys | None:
    return sealed.keys_of(session.get_bind().engine)


def _name(session: Session) -> str | None:
    keys = _keys(session)
    return None if keys is None else keys.name


def _says_something(column: sa.Column[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    return column.is_not(None), sa.cast(column, sa.Text).not_in(sealed.BLANK)


def _is_other(column: sa.Column[Any], name: str | None) -> sa.ColumnElement[bool]:
    """That a value is not as it is written now; in JSON the quotation mark goes before it."""
    written = sa.cast(column, sa.Text)
    quote = '"' if isinstance(column.type, SealedJson) else ""
    if name is None:
        return written.startswith(f"{quote}{PREFIX}", autoescape=True)
    return sa.not_(written.startswith(f"{quote}{PREFIX}{name}:", autoescape=True))
