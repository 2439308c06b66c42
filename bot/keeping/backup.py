"""Makes backups while the program runs, keeps the newest, and proves that they can be put in again."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot import migrate
from bot.keeping import backup_file
from bot.keeping.backup_file import About, BackupError
from bot.sealed import Keys

if TYPE_CHECKING:
    import psycopg

NAME = "senaka-%Y%m%dT%H%M%SZ.backup"
"""What a backup is called: by when it was made, in UTC. Copying changes a file's own time, but not its name."""
UNFINISHED = ("senaka-backup-*", "senaka-restore-*", "senaka-*.part")
"""What is there only while a backup is made or put in."""
CUT_OFF = timedelta(days=1)
"""An unfinished one so old has nobody any more who would finish it."""
_OF_THE_SURROUNDINGS = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")


def make(url: str, keys: Keys | None, folder: Path, now: datetime) -> Path:
    """Write a backup of the database at *url* as of this moment into *folder*; its path. Nobody waits for it."""
    address = sa.make_url(url)
    path = folder / now.astimezone(UTC).strftime(NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        clear_away(folder, now)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made ({error.strerror}); name another with --to") from error
    if path.exists():
        raise BackupError(f"{path} is there already; try again in a second")
    name = None if keys is None else keys.name
    copying = _sqlite_copy(address, folder) if address.get_backend_name() == "sqlite" else _postgresql_copy(address)
    with copying as (kind, migration, rows, pieces):
        backup_file.write(path, About(kind, now, migration, rows, name), pieces, keys)
    return path


def made_at(path: Path) -> datetime | None:
    """When the backup called *path* was made; None: we gave it no such name."""
    try:
        return datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def found(folder: Path) -> list[Path]:
    """The backups in *folder*, the newest first; those that somebody gave another name to are left to them."""
    return sorted((path for path in folder.glob("senaka-*.backup") if made_at(path) is not None), reverse=True)


def newest(folder: Path, now: datetime) -> Path | None:
    """The newest backup in *folder*; None: there is none. One from the time to come was made by a wrong clock."""
    return next((path for path in found(folder) if path.name <= now.astimezone(UTC).strftime(NAME)), None)


def rotate(folder: Path, keep: int, made: Path) -> list[Path]:
    """Delete all but the *keep* newest, of which the one just *made* is the first; which."""
    # Those dated later were made before it as well, by a clock that was ahead: they go first.
    newest_first = sorted(found(folder), key=lambda path: (path.name <= made.name, path.name), reverse=True)
    old = newest_first[keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def clear_away(folder: Path, now: datetime) -> None:
    """Delete what a backup or restore that was cut off left in *folder*: it holds what people wrote, and nobody else would."""
    for path in (path for pattern in UNFINISHED for path in folder.glob(pattern)):
        with suppress(OSError):  # Somebody else's, or gone by now: no reason to make no backup.
            if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) < CUT_OFF:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def check_fits(path: Path, about: About, url: str) -> None:
    """BackupError when the backup is of another kind of database, or of a version that this program does not know."""
    kind = sa.make_url(url).get_backend_name()
    if about.kind != kind:
        raise BackupError(f"{path} is of {about.kind}, but DATABASE_URL names {kind}")
    if about.migration not in migrate.known():
        raise BackupError(
            f"{path} is at migration {about.migration}, which this program does not know; use a newer one"
        )


@contextmanager
def unpacked(path: Path, keys: Keys | None, beside: Path, now: datetime) -> Iterator[Path]:
    """The copy that the backup holds, whole, as a file that is gone afterwards."""
    with ExitStack() as closing_after:
        try:
            clear_away(beside, now)
            made = tempfile.TemporaryDirectory(dir=beside, prefix="senaka-restore-")
            copy = Path(closing_after.enter_context(made)) / "copy"
            with copy.open("wb") as file:
                for piece in backup_file.read(path, keys):
                    file.write(piece)
        except OSError as error:
            raise BackupError(f"the backup cannot be unpacked in {beside} ({error.strerror})") from error
        yield copy


def prove(copy: Path, about: About) -> None:
    """BackupError unless the SQLite file *copy* is sound and holds what was counted when it was made."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall()
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
            migration, rows = _migration(connection), _count(connection, _tables_of_sqlite(connection))
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the copy is no sound database ({error})") from error
    if sound != [("ok",)] or loose is not None:
        raise BackupError("the copy is no sound database: SQLite finds faults in it")
    compare(about, migration, rows)


def compare(about: About, migration: str, rows: Mapping[str, int]) -> None:
    """BackupError unless that is what the backup says of itself."""
    if migration != about.migration:
        raise BackupError(f"the copy is at migration {migration}, and the backup says {about.migration}")
    other = sorted(name for name in {*rows, *about.rows} if rows.get(name) != about.rows.get(name))
    if other:
        raise BackupError(f"the copy does not add up: {', '.join(other)}")


def tool(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    path = shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not in PATH; install PostgreSQL's client programs of the server's version")
    return path


def address_for_tools(address: sa.URL) -> tuple[str, dict[str, str]]:
    """The database for PostgreSQL's programs, and the environment that holds the password, which other users could else see."""
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return plain, {} if address.password is None else {"PGPASSWORD": str(address.password)}


def connect(address: sa.URL, *, autocommit: bool = False) -> "psycopg.Connection[Any]":
    """A connection of one's own to that PostgreSQL; BackupError when it cannot be reached."""
    import psycopg  # Only here: the vitals look for backups, and on SQLite need not carry its 9 MB.

    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return psycopg.connect(plain, autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise BackupError(f"the database cannot be reached ({' '.join(str(error).split())})") from None


def counted(connection: "psycopg.Connection[Any]", schema: str = "public") -> tuple[str, dict[str, int]]:
    """The migration, and how many rows each table has, as found by the connection's own search path in *schema*."""
    asked = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", (schema,))
    return _migration(connection), _count(connection, [row[0] for row in asked.fetchall()])


_Copy = tuple[Any, str, dict[str, int], Iterator[bytes]]


@contextmanager
def _sqlite_copy(address: sa.URL, folder: Path) -> Iterator[_Copy]:
    source = Path(str(address.database))
    if not source.exists():
        raise BackupError(f"{source} is not there; DATABASE_URL names no database")
    with ExitStack() as closing_after:
        try:
            place = closing_after.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix="senaka-backup-"))
            copy = Path(place) / "copy"
            # All in one step: one moment of the database, and writers go on beside it.
            with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(copy)) as made:
                live.backup(made)
                # A file by itself, without a log beside it.
                made.execute("PRAGMA journal_mode = DELETE")
                migration, rows = _migration(made), _count(made, _tables_of_sqlite(made))
        except (OSError, sqlite3.Error) as error:
            raise BackupError(f"{source} cannot be copied into {folder} ({error}); is there room?") from error
        yield "sqlite", migration, rows, _pieces_of(copy)


@contextmanager
def _postgresql_copy(address: sa.URL) -> Iterator[_Copy]:
    program = tool("pg_dump")
    name, environment = address_for_tools(address)
    from psycopg import IsolationLevel  # As above.

    with connect(address) as connection, tempfile.TemporaryFile() as said:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        # What is counted and what is dumped are of the same moment.
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        migration, rows = counted(connection)
        command = [program, "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--schema=public"]
        command += [f"--snapshot={snapshot[0]}", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=with_path(environment)) as dump:  # noqa: S603 - found by us
            assert dump.stdout is not None
            stream = dump.stdout

            def pieces() -> Iterator[bytes]:
                while piece := stream.read(backup_file.PIECE):
                    yield piece
                if dump.wait() != 0:
                    said.seek(0)
                    raise BackupError(f"pg_dump failed: {' '.join(said.read().decode(errors='replace').split())}")

            try:
                yield "postgresql", migration, rows, pieces()
            finally:
                dump.kill()


def with_path(environment: Mapping[str, str]) -> dict[str, str]:
    """What PostgreSQL's programs need of the surroundings: no variable of ours, which hold secrets."""
    kept = {name: os.environ[name] for name in _OF_THE_SURROUNDINGS if name in os.environ}
    return kept | dict(environment)


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(backup_file.PIECE):
            yield piece


def _tables_of_sqlite(connection: sqlite3.Connection) -> list[str]:
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [row[0] for row in connection.execute(asked).fetchall()]


def _migration(connection: Any) -> str:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except connection.DatabaseError:
        row = None
    if row is None:
        raise BackupError("the database was never migrated; run `python -m bot migrate` first")
    return str(row[0])


def _count(connection: Any, tables: list[str]) -> dict[str, int]:
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - names of the database's own
