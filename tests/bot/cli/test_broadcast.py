import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result

from bot import db, migrate
from bot.cli import cli
from bot.clock import system_clock
from bot.models import OutboxMessage, Person

ROOT = Path(__file__).resolve().parents[3]
TEXT = "明日は臨時休業です。"
Run = Callable[..., Result]


@pytest.fixture
def url(database_url: str) -> str:
    """A database that was migrated like a real one, with three people, one of whom wants no announcements."""
    sessions = db.connect(database_url)
    engine = db.engine_of(sessions)
    with engine.begin() as connection:
        # The tables are there already; only the note that they are.
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = ScriptDirectory.from_config(migrate.config(database_url)).get_current_head()
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    now = system_clock()
    with sessions.begin() as session:
        for name in ("a", "b", "c"):
            session.add(
                Person(line_user_id=f"U{name * 32}", created_at=now, last_seen_at=now, offered=[], step_data={})
            )
        session.flush()
        session.execute(
            sa.update(Person).where(Person.line_user_id == "U" + "c" * 32).values(announcements_stopped_at=now)
        )
    engine.dispose()
    return database_url


@pytest.fixture
def run_anywhere(surroundings: pytest.MonkeyPatch, small_pack: Path) -> Run:
    """``python -m bot broadcast`` with these arguments and this standard input."""
    surroundings.setenv("CONTENT_DIR", str(small_pack))
    surroundings.setenv("LOG_LEVEL", "WARNING")

    def run(*arguments: str, say: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, ["broadcast", *arguments], input=say)

    return run


@pytest.fixture
def run(run_anywhere: Run, surroundings: pytest.MonkeyPatch, url: str) -> Run:
    """The same on that database."""
    surroundings.setenv("DATABASE_URL", url)
    return run_anywhere


def planned(url: str) -> list[OutboxMessage]:
    sessions = db.connect(url)
    with sessions() as session:
        found = list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))
    db.engine_of(sessions).dispose()
    return found


def test_a_dry_run_only_shows(run: Run, url: str) -> None:
    result = run(TEXT, "--dry-run")

    assert result.exit_code == 0
    assert re.fullmatch(r"people: 2, counted messages: 2, at: \d{4}-\d\d-\d\d \d\d:\d\d\n", result.stdout)
    assert planned(url) == []


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_it_asks_and_sends_nothing_without_a_yes(run: Run, url: str, answer: str) -> None:
    result = run(TEXT, say=answer)

    assert result.exit_code == 0
    assert "people: 2" in result.stdout
    assert result.stdout.endswith("nothing was sent\n")
    assert planned(url) == []


def test_without_anybody_to_ask_nothing_is_sent(run: Run, url: str) -> None:
    result = run(TEXT, say="")

    assert result.exit_code == 1
    assert planned(url) == []


@pytest.mark.parametrize(("arguments", "answer"), [(["--yes"], None), ([], "y\n")])
def test_a_yes_plans_it_for_everybody_who_may_get_it(run: Run, url: str, arguments: list[str], answer: str) -> None:
    result = run(TEXT, *arguments, say=answer)

    assert result.exit_code == 0, result.output
    assert "announcement 1: people 2, accepted 0, waiting 2, not delivered 0" in result.stdout
    [row] = planned(url)
    assert row.recipients == ["U" + "a" * 32, "U" + "b" * 32]
    assert row.payload == [{"type": "text", "text": TEXT}]
    assert row.purpose == "announcement"


def test_the_same_text_again_shows_how_far_it_is_and_sends_nothing_twice(run: Run, url: str) -> None:
    run(TEXT, "--yes")
    again = run(TEXT, "--yes")
    spaced = run(f"  {TEXT}\n", "--yes")

    for result in (again, spaced):
        assert result.exit_code == 0
        assert result.stdout.startswith("announcement 1: people 2, accepted 0, waiting 2")
    assert len(planned(url)) == 1


def test_killed_right_after_the_commit_it_is_taken_up_and_not_sent_twice(run: Run, url: str) -> None:
    killed_at_commit = (
        "import os, signal, sqlalchemy as sa\n"
        "from sqlalchemy.orm import Session\n"
        "from bot.models import Broadcast\n"
        "sa.event.listen(Session, 'before_commit', lambda s: s.info.update(kill=any(isinstance(o, Broadcast) for o in s)))\n"
        "sa.event.listen(Session, 'after_commit', lambda s: s.info.get('kill') and os.kill(os.getpid(), signal.SIGKILL))\n"
        "from bot.cli import cli\n"
        f"cli(['broadcast', '--yes', {TEXT!r}])\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", killed_at_commit],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )

    assert process.returncode == -signal.SIGKILL, process.stderr
    assert len(planned(url)) == 1

    result = run(TEXT, "--yes")

    assert result.stdout.startswith("announcement 1: people 2, accepted 0, waiting 2")
    assert len(planned(url)) == 1


def test_it_is_planned_for_later_in_local_time(run: Run, url: str) -> None:
    tomorrow = (system_clock() + timedelta(days=1, hours=9)).strftime("%Y-%m-%d")

    result = run(TEXT, "--yes", "--at", f"{tomorrow}T09:00")

    assert f"at: {tomorrow} 09:00" in result.stdout
    [row] = planned(url)
    assert row.next_try_at.strftime("%Y-%m-%dT%H:%M%z") == f"{tomorrow}T00:00+0000"


def test_it_waits_until_the_night_is_over_or_the_practice_is_open(run: Run, url: str) -> None:
    # The practice is open on Mondays, Wednesdays and Fridays from 08:30.
    tuesday = system_clock() + timedelta(days=1)
    while tuesday.weekday() != 1:
        tuesday += timedelta(days=1)
    wednesday = tuesday + timedelta(days=1)

    at_night = run(TEXT, "--dry-run", "--at", f"{tuesday:%Y-%m-%d}T23:30")
    opening = run(TEXT, "--yes", "--at", f"{tuesday:%Y-%m-%d}T12:00", "--in-opening-hours")

    assert f"at: {wednesday:%Y-%m-%d} 06:00" in at_night.stdout
    assert f"at: {wednesday:%Y-%m-%d} 08:30" in opening.stdout
    [row] = planned(url)
    assert row.in_opening_hours
    assert row.next_try_at.strftime("%Y-%m-%dT%H:%M%z") == f"{tuesday:%Y-%m-%d}T03:00+0000"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2020-01-01T09:00", "in the past"),
        ("9999-12-31T23:59", "more than a year ahead"),
        ("tomorrow", "write 2026-12-01T09:00 or 09:00"),
        ("25:00", "write 2026-12-01T09:00 or 09:00"),
        ("9", "write 2026-12-01T09:00 or 09:00"),
        ("2026-02-30T09:00", "write 2026-12-01T09:00 or 09:00"),
    ],
)
def test_a_moment_that_cannot_be_is_told(run_anywhere: Run, tmp_path: Path, at: str, told: str) -> None:
    result = run_anywhere(TEXT, "--yes", "--at", at)

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert str(result.exception).startswith(f"--at {at}: ")
    assert told in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_the_text_comes_from_a_file_or_from_standard_input(run: Run, url: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("\ufeffお知らせ\r\n二行目\r\n".encode())

    assert run("--file", "text.txt", "--yes").exit_code == 0
    assert run("--file", "-", "--yes", say="標準入力から\n".encode()).exit_code == 0

    assert [row.payload[0]["text"] for row in planned(url)] == ["お知らせ\n二行目", "標準入力から"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "give the text, or --file"),
        ([TEXT, "--file", "text.txt"], "give the text, or --file"),
        ([""], "the text has 0 characters as LINE counts them; it must have 1 to 5000"),
        ([" \n"], "the text has 0 characters"),
        (["🙂" * 2501], "the text has 5002 characters as LINE counts them"),
        (["\udcff"], "the text is not UTF-8"),
        (["--file", "nowhere.txt"], "nowhere.txt: cannot be read"),
        (["--file", "latin.txt"], "latin.txt: cannot be read as UTF-8 text"),
    ],
)
def test_a_text_that_cannot_be_sent_is_told(run_anywhere: Run, tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xfc")

    result = run_anywhere(*arguments, "--yes")

    assert result.exit_code == 1
    assert str(result.exception).startswith(told)
    assert [path.name for path in tmp_path.iterdir()] == ["latin.txt"]


def test_the_longest_text_goes_out(run: Run, url: str) -> None:
    assert run("🙂" * 2500, "--yes").exit_code == 0
    assert len(planned(url)) == 1
