"""Looks for words in all that a database holds, as somebody would who got hold of it without a key."""

import sqlalchemy as sa

from bot import db


def places(url: str, words: str) -> set[str]:
    """The columns, as ``table.column``, in which *words* (in ASCII, which JSON does not escape) stand somewhere."""
    engine = db.engine_of(db.connect(url))
    found = set()
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')).mappings():
                found |= {f"{table}.{column}" for column, value in row.items() if words in _text(value)}
    engine.dispose()
    return found


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
