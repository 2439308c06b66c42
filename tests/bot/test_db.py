import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import db
from bot.models import Base, Person
from tests.fakes import NOON


def person(name: str) -> Person:
    return Person(line_user_id=name, created_at=NOON, last_seen_at=NOON, offered=[], step_data={})


def names(sessions: db.Sessions) -> set[str]:
    with sessions() as session:
        return set(session.scalars(sa.select(Person.line_user_id)))


def test_what_is_written_in_a_savepoint_goes_with_its_transaction(sessions: db.Sessions) -> None:
    with sessions() as session:
        with session.begin_nested():
            session.add(person("U1"))
        session.rollback()

    assert names(sessions) == set()


def test_a_moment_comes_back_aware_and_equal(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        session.add(person("U1"))

    with sessions() as session:
        assert session.scalars(sa.select(Person.created_at)).one() == NOON
        assert session.scalars(sa.select(Person.created_at)).one().utcoffset() == timedelta(0)


def test_writers_wait_for_each_other_instead_of_failing(sessions: db.Sessions, database_url: str) -> None:
    processes = [db.connect(database_url) for _ in range(4)]

    def count_one_more(number: int) -> None:
        # Reads first and writes then: SQLite refuses that to two at once unless they queue at the start.
        with processes[number % 4].begin() as session:
            row = session.scalars(sa.select(Person).with_for_update()).one()
            row.step_data = {"count": row.step_data.get("count", 0) + 1}

    with sessions.begin() as session:
        session.add(person("U1"))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_one_more, range(40)))

    with sessions() as session:
        assert session.scalars(sa.select(Person)).one().step_data == {"count": 40}
    for process in processes:
        db.engine_of(process).dispose()


def test_a_reader_does_not_wait_for_a_writer(sessions: db.Sessions) -> None:
    readers = db.reading(sessions)
    with sessions.begin() as session:
        session.add(person("U1"))
        session.flush()

        assert names(readers) == set()

    assert names(readers) == {"U1"}
    db.engine_of(readers).dispose()


def test_rows_that_are_there_already_are_left_out(sessions: db.Sessions) -> None:
    rows: list[dict[str, Any]] = [
        {"line_user_id": name, "created_at": NOON, "last_seen_at": NOON, "offered": [], "step_data": {}}
        for name in ("U1", "U2", "U1")
    ]
    with sessions.begin() as session:
        assert db.insert_new(session, Person, rows, unique=Person.line_user_id) == 2
        assert db.insert_new(session, Person, rows, unique=Person.line_user_id) == 0
        assert db.insert_new(session, Person, [], unique=Person.line_user_id) == 0

    assert names(sessions) == {"U1", "U2"}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_one_for_all_threads(url: str) -> None:
    sessions = db.connect(url)
    Base.metadata.create_all(db.engine_of(sessions))

    def add(number: int) -> None:
        with sessions.begin() as session:
            session.add(person(f"U{number}"))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(20)))

    assert names(sessions) == {f"U{number}" for number in range(20)}
    assert not db.is_sqlite_file(sessions)
    assert db.reading(sessions) is sessions
    db.engine_of(sessions).dispose()


def test_one_threads_rollback_leaves_anothers_work_alone_in_memory() -> None:
    sessions = db.connect("sqlite://")
    Base.metadata.create_all(db.engine_of(sessions))
    has_begun = threading.Event()

    def fail() -> None:
        with sessions() as session:
            session.add(person("bad"))
            session.flush()
            has_begun.set()
            session.rollback()

    def succeed() -> None:
        has_begun.wait(5)
        with sessions.begin() as session:
            session.add(person("good"))

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(fail), threads.submit(succeed)]:
            done.result()

    assert names(sessions) == {"good"}
    db.engine_of(sessions).dispose()


def test_sqlite_keeps_a_log_and_checks_foreign_keys(tmp_path: Path) -> None:
    sessions = db.connect(f"sqlite:///{tmp_path / 'a.db'}")

    with sessions() as session:
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1
        assert session.scalar(sa.text("PRAGMA busy_timeout")) == 10_000
        assert db.is_sqlite(session)
    assert db.is_sqlite_file(sessions)
    db.engine_of(sessions).dispose()


def test_what_is_committed_outlives_a_power_cut(tmp_path: Path) -> None:
    sessions = db.connect(f"sqlite:///{tmp_path / 'senaka.db'}")
    with sessions() as session:
        assert session.execute(sa.text("PRAGMA synchronous")).scalar() == 2, "FULL: each commit waits for the disk"
    db.engine_of(sessions).dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_postgresql_that_is_suddenly_gone_is_not_waited_for_unless_its_address_says_so(database_url: str) -> None:
    as_it_is, patient = db.connect(database_url), db.connect(f"{database_url}&tcp_user_timeout=60000")
    for sessions, user_timeout in ((as_it_is, "30000"), (db.by_statement(as_it_is), "30000"), (patient, "60000")):
        with db.engine_of(sessions).connect() as connection:
            given = connection.connection.driver_connection.info.get_parameters()
        assert (given["keepalives_idle"], given["tcp_user_timeout"]) == ("30", user_timeout)
        db.engine_of(sessions).dispose()


def test_who_waits_for_sqlites_one_connection_is_not_passed_by(tmp_path: Path) -> None:
    sessions = db.connect(f"sqlite:///{tmp_path}/fair.db")
    is_busy, is_over = threading.Event(), threading.Event()
    turns: list[str] = []

    def work() -> None:
        while not is_over.is_set():
            with sessions.begin() as session:
                session.execute(sa.text("SELECT 1"))
                turns.append("hog")
                is_busy.set()

    hogs = [threading.Thread(target=work) for _ in range(3)]
    for hog in hogs:
        hog.start()
    assert is_busy.wait(10)
    waits = []
    for _ in range(20):
        before = len(turns)
        with sessions.begin():
            waits.append(len(turns) - before)
    is_over.set()
    for hog in hogs:
        hog.join()
    db.engine_of(sessions).dispose()

    # Each of the others may go once before; what they do while this thread is not running counts as well.
    assert sorted(waits)[10] <= 4


def test_who_is_interrupted_when_the_one_connection_is_theirs_leaves_it_to_the_next_in_line(tmp_path: Path) -> None:
    sessions = db.connect(f"sqlite:///{tmp_path}/line.db")
    engine = db.engine_of(sessions)
    held, line = engine.connect(), engine.pool._pool  # type: ignore[attr-defined]
    patience, this_thread = threading.Event(), threading.get_ident()
    has_worked = threading.Event()

    def work() -> None:
        with engine.connect():
            has_worked.set()

    def queue_up_behind() -> None:
        next_one = threading.Thread(target=work)
        while len(line._waiting) < 1:
            patience.wait(0.01)
        next_one.start()
        while len(line._waiting) < 2:
            patience.wait(0.01)
        signal.pthread_kill(this_thread, signal.SIGUSR1)
        next_one.join()

    def give_back_and_interrupt(*_: object) -> None:
        held.close()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, give_back_and_interrupt)
    behind = threading.Thread(target=queue_up_behind)
    behind.start()
    with pytest.raises(KeyboardInterrupt):
        engine.connect()
    in_time = has_worked.wait(db.WAIT_SECONDS / 2)
    behind.join()
    signal.signal(signal.SIGUSR1, before)
    engine.dispose()

    assert in_time
