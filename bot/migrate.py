"""Bring a database to the newest schema."""

import logging
import os
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]


class DatabaseError(Exception):
    """The database cannot be used; the message says which and what to do."""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at *url*, made when it is an SQLite file that does not exist yet.

    One that is newer than this program stays as it is: who goes back to an older version starts it as ever.
    """
    address = sa.make_url(url)
    where = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            make_file(Path(address.database))
        except OSError as error:
            raise DatabaseError(
                f"database folder cannot be made ({error}); set DATABASE_URL to a place you may write"
            ) from error
    # Alembic tells of each step at INFO; the outcome is enough here.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        if not _is_newer(url, _revision(url)):
            command.upgrade(config(url), revision)
    except sa.exc.DBAPIError as error:
        # PostgreSQL tells its errors in several lines.
        reason = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"database {where} cannot be used ({reason}); mend it, move it away, or set DATABASE_URL to another"
        ) from error
    except CommandError as error:
        raise DatabaseError(f"database {where} cannot be migrated ({error}); use another DATABASE_URL") from error


def make_file(path: Path) -> None:
    """Make SQLite's empty file when it is not there, for its owner alone: others on the machine have no business in it."""
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def is_current(url: str) -> bool:
    """Whether the database at *url* has the newest schema that we know, or a newer one; DatabaseError when it cannot be reached.

    While a newer version is rolled out, processes of this one go on beside it, also those that a machine restarts.
    """
    address = sa.make_url(url)
    try:
        found = _revision(url)
    except sa.exc.DBAPIError as error:
        where = address.render_as_string(hide_password=True)
        reason = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"database {where} cannot be used ({reason}); mend it or set DATABASE_URL to another"
        ) from error
    return _is_newer(url, found) or found == ScriptDirectory.from_config(config(url)).get_current_head()


def config(url: str) -> Config:
    """Alembic's configuration for the database at *url*."""
    made = Config(toml_file=str(ROOT / "pyproject.toml"))
    made.attributes["url"] = url
    return made


def _revision(url: str) -> str | None:
    """The migration that the database is at; None: it has seen none."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _is_newer(url: str, revision: str | None) -> bool:
    """Whether that migration is one that only a newer program knows."""
    if revision is None or revision in {
        script.revision for script in ScriptDirectory.from_config(config(url)).walk_revisions()
    }:
        return False
    log.warning("database: its schema is newer than this program; go on, and start the newer program soon")
    return True
