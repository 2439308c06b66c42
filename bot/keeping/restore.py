"""Puts a backup in, or proves in a database of its own that it could be."""

import os
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import sqlalchemy as sa

from bot import db, migrate
from bot.keeping import backup, backup_file, calming, erasure, resealing
from bot.keeping.backup_file import About, BackupError
from bot.models import Erasure
from bot.sealed import Keys, SealError

_OF_THE_MACHINE = {"alembic_version", "pace_buckets", "quota_readings", "secrets", "switches"}
"""Tables in which there is something before anybody has used the program."""
BESIDE = "senaka_restored"
"""The schema of PostgreSQL in which a backup is proven and calmed before it takes the place of ``public``."""
LOCK_SECONDS = 10
"""How long it waits for somebody who is at work in the database it is to replace."""
LOOKS = 10
"""A tenth of a second apart, before somebody counts as company."""
MOST_OF_A_NAME = 63
"""Bytes that PostgreSQL takes of one."""


def restore(path: Path, url: str, keys: Keys | None, now: datetime, *, zone: ZoneInfo, replace: bool) -> Counter[str]:
    """Put the backup at *path* into the database at *url*; what was settled so that nothing is said late or twice.

    It is read to its end, proven, brought to the newest schema and calmed beside the database, which is then replaced whole or
    not at all. BackupError when something is in it already, and it is not to be *replace*-d; and when others use it: what
    they have in hand has a number, and in the backup that is another's.
    """
    about = backup_file.about(path)
    backup.check_fits(path, about, url)
    address = sa.make_url(url)
    full = _full_tables(address)
    if full and not replace:
        raise BackupError(
            f"there is something in the database ({', '.join(full)}); --replace puts the backup in its place"
        )
    erased = _erased_since(url, about.made_at) if full else set()
    if about.kind == "sqlite":
        file = _file(address)
        with alone(file) as live, backup.unpacked(path, keys, file.parent, now) as copy:
            settled = _calmed(f"sqlite:///{copy}", about, keys, now, zone, erased, copy)
            with closing(sqlite3.connect(copy)) as source:
                source.backup(live)
        return settled
    with backup.connect(address) as connection:
        _refuse_company(connection)  # Better at once; below it is sure.
    with backup.unpacked(path, keys, _room(path), now) as copy:
        try:
            _load(address, copy, BESIDE)
            settled = _calmed(_in_schema(address, BESIDE), about, keys, now, zone, erased, None)
            put_in_place(address)
        finally:
            with backup.connect(address) as connection:
                connection.execute(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE".encode())
    return settled


def drill(path: Path, url: str, keys: Keys | None, now: datetime, *, zone: ZoneInfo) -> About:
    """Put the backup into a database that is thrown away, as `restore` would; what it is. BackupError when it would fail."""
    about = backup_file.about(path)
    backup.check_fits(path, about, url)
    with backup.unpacked(path, keys, _room(path), now) as copy:
        if about.kind == "sqlite":
            _calmed(f"sqlite:///{copy}", about, keys, now, zone, (), copy)
        else:
            with _scratch(sa.make_url(url)) as address:
                _load(address, copy, BESIDE)
                _calmed(_in_schema(address, BESIDE), about, keys, now, zone, (), None)
    return about


def put_in_place(address: sa.URL) -> None:
    """Let what was loaded beside a PostgreSQL database be the database; BackupError, and nothing changed, when others use it.

    Whoever is connected may have something of the old one in hand. Who is, is looked at while all tables are ours: who comes
    later waits, and finds the new ones. So no process has to hold a lock all its life, which it could lose with its connection.
    """
    try:
        with backup.connect(address) as connection:
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
            connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
            _refuse_company(connection)
            connection.execute(f"ALTER SCHEMA {BESIDE} RENAME TO public".encode())
    except psycopg.OperationalError:  # Among them the end of our patience, and a deadlock.
        raise BackupError("others are at work in the database; stop web and worker first") from None


def _room(path: Path) -> Path:
    """Where the copy has room: beside the backup; the machine's own place for such things may be in memory."""
    return path.parent if os.access(path.parent, os.W_OK) else Path(tempfile.gettempdir())


def _file(address: sa.URL) -> Path:
    """SQLite's file, made for its owner alone when it is not there."""
    path = Path(str(address.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    migrate.make_file(path)
    return path


def _calmed(
    url: str,
    about: About,
    keys: Keys | None,
    now: datetime,
    zone: ZoneInfo,
    erased: Collection[str],
    copy: Path | None,
) -> Counter[str]:
    """Prove the database at *url*, bring it to the newest schema, and let it say nothing old."""
    if copy is not None:
        backup.prove(copy, about)
    else:
        with backup.connect(sa.make_url(url)) as connection:
            backup.compare(about, *backup.counted(connection, BESIDE))
    sessions = db.connect(url, keys)
    try:
        migrate.upgrade(url)
        resealing.check(sessions, now)
        with sessions.begin() as session:
            settled = calming.calm(session, now, zone=zone, erased=erased)
        if erased:
            erasure.clean(sessions)
    except (migrate.DatabaseError, SealError) as error:
        raise BackupError(f"the copy cannot be made ready: {error}") from None
    except sa.exc.DBAPIError as error:
        # Its first line: others may quote rows.
        first = str(error.orig).splitlines()[:1]
        raise BackupError(f"the copy cannot be made ready: {''.join(first)}") from None
    finally:
        db.engine_of(sessions).dispose()
    return settled


def _full_tables(address: sa.URL) -> list[str]:
    """The tables of the database in which there is something that somebody would miss."""
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        return []
    engine = db.engine_of(db.connect(address.render_as_string(hide_password=False)))
    try:
        with engine.connect() as connection:
            names = [name for name in sa.inspect(connection).get_table_names() if name not in _OF_THE_MACHINE]
            some = {name: sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1) for name in names}
            return [name for name in sorted(some) if connection.scalar(some[name]) is not None]
    except sa.exc.DatabaseError as error:
        raise _unreadable(error) from error
    finally:
        engine.dispose()


def _unreadable(error: sa.exc.DatabaseError) -> BackupError:
    # Without it nobody knows whom it has erased.
    return BackupError(
        f"the database cannot be read ({' '.join(str(error.orig).split())}); move it away and start again"
    )


def _erased_since(url: str, moment: datetime) -> set[str]:
    """Whom the database that is about to be replaced has erased since: they must not come back."""
    sessions = db.connect(url)
    try:
        with sessions() as session:
            if not sa.inspect(session.connection()).has_table(Erasure.__tablename__):
                return set()  # One of an older version, which kept no list.
            asked = sa.select(Erasure.digest).where(Erasure.erased_at >= moment, Erasure.digest.is_not(None))
            return {digest for digest in session.scalars(asked) if digest is not None}
    except sa.exc.DatabaseError as error:
        raise _unreadable(error) from error
    finally:
        db.engine_of(sessions).dispose()


@contextmanager
def alone(file: Path) -> Iterator[sqlite3.Connection]:
    """SQLite's *file*, into which nobody else comes; BackupError when somebody has it open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as live:
        try:
            live.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Of the two ways to keep a journal this one is for one connection alone: SQLite refuses it while there is another.
            live.execute("PRAGMA journal_mode = DELETE")
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise BackupError(f"others use {file} ({error}); stop web and worker first") from None
        try:
            yield live
        except sqlite3.Error as error:
            raise BackupError(f"the backup cannot be put in ({error}); the database is as it was") from error


def _refuse_company(connection: "psycopg.Connection[Any]") -> None:
    # What the server does by itself belongs to no user.
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
    others = 0
    for _ in range(LOOKS):
        [(others,)] = connection.execute(f"{asked} AND pid <> pg_backend_pid()".encode()).fetchall()
        if not others:
            return
        # Who has just gone is there for a moment yet: we ourselves, of a step before.
        connection.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)")
    raise BackupError(f"{others} others are connected to the database; stop web and worker first")


def _in_schema(address: sa.URL, schema: str) -> str:
    """The address of the database for whoever works in that schema of it."""
    return address.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


def _load(address: sa.URL, copy: Path, schema: str) -> None:
    """Put the dump into a *schema* of its own beside what is there, in one transaction.

    A dump names its schema ``public``; so what is called that steps aside, which nobody else sees before it is back.
    """
    name, environment = backup.address_for_tools(address)
    surroundings = backup.with_path(environment)
    script = [backup.tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(copy)]
    put_in = [backup.tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    aside = f"{schema}_aside"
    put_in += [f"--command=DROP SCHEMA IF EXISTS {schema} CASCADE", "--command=CREATE SCHEMA IF NOT EXISTS public"]
    put_in += [f"--command=ALTER SCHEMA public RENAME TO {aside}", "--file=-"]
    put_in += [f"--command=ALTER SCHEMA public RENAME TO {schema}", f"--command=ALTER SCHEMA {aside} RENAME TO public"]
    put_in += [f"--dbname={name}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(script, stdout=subprocess.PIPE, stderr=said, env=surroundings) as reading:  # noqa: S603 - found by us
            done = subprocess.run(put_in, stdin=reading.stdout, stdout=said, stderr=said, env=surroundings, check=False)  # noqa: S603
        if done.returncode or reading.returncode:
            said.seek(0)
            # Its lines may quote rows.
            first = said.read().decode(errors="replace").splitlines()[:1]
            raise BackupError(f"the dump could not be put in ({''.join(first)[:200]}); the database is as it was")


@contextmanager
def _scratch(address: sa.URL) -> Iterator[sa.URL]:
    """A new database on the same server, dropped afterwards; and before, when a drill was cut off."""
    name = f"senaka_drill_{address.database}"[:MOST_OF_A_NAME]
    with backup.connect(address, autocommit=True) as connection:
        try:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        except psycopg.errors.InsufficientPrivilege:
            raise BackupError(
                "a drill needs the right CREATEDB on the server, or DATABASE_URL of another server"
            ) from None
        try:
            yield address.set(database=name)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
