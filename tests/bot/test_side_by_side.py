"""While a new version is rolled out, processes of the old one go on with the newer schema: what they read and write still fits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from bot import db, migrate
from bot.models import Base

FIRST = "0004"
"""The first version that anybody ran."""
STEPS = [
    (str(script.down_revision), script.revision)
    for script in ScriptDirectory.from_config(migrate.config("")).walk_revisions()
    if script.down_revision is not None and str(script.down_revision) >= FIRST
]

Rows = dict[str, dict[str, Any]]


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A database with nothing in it, first of SQLite, then of PostgreSQL."""
    made = db.engine_of(db.connect(database_url))
    Base.metadata.drop_all(made)
    yield made
    made.dispose()


@pytest.mark.parametrize(("before", "after"), STEPS[::-1], ids=[after for _, after in STEPS[::-1]])
def test_the_old_version_works_beside_the_newer_schema(engine: sa.Engine, before: str, after: str) -> None:
    url = engine.url.render_as_string(hide_password=False)
    migrate.upgrade(url, before)
    old = tables(engine)
    with engine.begin() as connection:
        for table in old:
            connection.execute(table.insert().values(row(table, 1)))
        kept = [connection.execute(sa.select(table)).one() for table in old]

    migrate.upgrade(url, after)

    with engine.begin() as connection:
        # What was there is as it was, in the columns that the old version knows.
        assert [connection.execute(sa.select(table)).one() for table in old] == kept
        for table in old:
            connection.execute(table.insert().values(row(table, 2)))
            [key] = table.primary_key.columns
            of_the_first = key == row(table, 1)[key.name]
            connection.execute(table.update().where(of_the_first).values(row(table, 1)))
            assert len(connection.execute(sa.select(table)).all()) == 2
        for table in reversed(old):
            connection.execute(table.delete())


def tables(engine: sa.Engine) -> list[sa.Table]:
    """The tables as they are, each after those that it refers to."""
    found = sa.MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def row(table: sa.Table, number: int) -> dict[str, Any]:
    """A row as the old version would write it: every column that it knows, and no other."""
    return {column.name: value(column, number) for column in table.columns}


def value(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Uuid) or (isinstance(kind, sa.CHAR) and kind.length == 32):
        return UUID(int=number) if isinstance(kind, sa.Uuid) else UUID(int=number).hex
    by_type = {
        int: number,
        bool: False,
        str: str(number),
        bytes: b"",
        datetime: datetime(2026, 4, number, tzinfo=UTC),
        date: date(2026, 4, number),
    }
    return by_type[kind.python_type]
