"""Bring a database to the newest schema."""

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parents[1]


class DatabaseError(Exception):
    """The database cannot be used; the message says which and what to do."""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at *url*, made when it is an SQLite file that does not exist yet."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(
                f"database folder cannot be made ({error}); set DATABASE_URL to a place you may write"
            ) from error
    # Alembic tells of each step at INFO; the outcome is enough here.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        command.upgrade(config(url), revision)
    except (sa.exc.DBAPIError, sa.exc.OperationalError) as error:
        where = address.render_as_string(hide_password=True)
        raise DatabaseError(
            f"database {where} cannot be used ({error.orig}); mend it, move it away, or set DATABASE_URL to another"
        ) from error
    except Exception as error:
        if type(error).__name__ == "CommandError":
            where = address.render_as_string(hide_password=True)
            raise DatabaseError(
                f"database {where} belongs to another version of Senaka ({error}); use the newer program or another DATABASE_URL"
            ) from error
        raise


def config(url: str) -> Config:
    """Alembic's configuration for the database at *url*."""
    made = Config(toml_file=str(ROOT / "pyproject.toml"))
    made.attributes["url"] = url
    return made
