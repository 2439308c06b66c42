"""Bring a database to the newest schema."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

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
    try:
        if not _is_at(_revision(url), known()[-1] if revision == "head" else revision):
            _migrate(url, revision)
    except sa.exc.DBAPIError as error:
        # PostgreSQL tells its errors in several lines.
        reason = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"database {where} cannot be used ({reason}); mend it, move it away, or set DATABASE_URL to another"
        ) from error


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
    return _is_at(found, known()[-1])


def known() -> list[str]:
    """The migrations that this program has, the newest last: the number that each file's name begins with."""
    return sorted(path.name.partition("_")[0] for path in (ROOT / "migrations" / "versions").glob("*_*.py"))


def config(url: str) -> "Config":
    """Alembic's configuration for the database at *url*."""
    from alembic.config import Config  # As below.

    made = Config(toml_file=str(ROOT / "pyproject.toml"))
    made.attributes["url"] = url
    return made


def _migrate(url: str, revision: str) -> None:
    from alembic import command  # Only here: most starts find nothing to do, and need not carry Alembic's 11 MB.
    from alembic.util import CommandError

    # Alembic tells of each step at INFO; the outcome is enough here.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        command.upgrade(config(url), revision)
    except CommandError as error:
        where = sa.make_url(url).render_as_string(hide_password=True)
        raise DatabaseError(f"database {where} cannot be migrated ({error}); use another DATABASE_URL") from error


def _revision(url: str) -> str | None:
    """The migration that the database is at; None: it has seen none."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            return found
    finally:
        engine.dispose()


def _is_at(found: str | None, wanted: str) -> bool:
    """Whether *found* is the migration *wanted*, or one that only a newer program knows."""
    if found is None or found in known():
        return found == wanted
    log.warning("database: its schema is newer than this program; go on, and start the newer program soon")
    return True
