import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result

from bot import db, migrate
from bot.cli import cli
from bot.clock import system_clock
from bot.delivery import outbox
from bot.delivery.rules import Rules
from bot.delivery.sender import Sender
from bot.models import Person
from tests.fakes import NOON, FakeClock, FakeMessenger

LINE_ID = "U" + "a" * 32
Run = Callable[..., Result]


@pytest.fixture
def run(surroundings: pytest.MonkeyPatch, small_pack: Path, database_url: str) -> Run:
    """``python -m bot explain`` about somebody who got one announcement at noon, and of a second one nothing."""
    sessions = db.connect(database_url)
    clock = FakeClock()
    with db.engine_of(sessions).begin() as connection:
        # The tables are there already; only the note that they are.
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = ScriptDirectory.from_config(migrate.config(database_url)).get_current_head()
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    with sessions.begin() as session:
        session.add(Person(id=7, line_user_id=LINE_ID, created_at=NOON, last_seen_at=NOON))
        for number in (1, 2):
            outbox.add_multicast(
                session,
                to=[LINE_ID],
                payload=[{"type": "text", "text": "秘密"}],
                purpose="announcement",
                reference=f"broadcast {number}",
                now=NOON,
            )
    sender = Sender(sessions, clock, FakeMessenger(), rules=lambda: Rules(most_a_day=1), pause=lambda _seconds: None)
    while sender.send_one():
        pass
    db.engine_of(sessions).dispose()
    surroundings.setenv("CONTENT_DIR", str(small_pack))
    surroundings.setenv("DATABASE_URL", database_url)
    return lambda *arguments: CliRunner().invoke(cli, ["explain", *arguments])


@pytest.mark.parametrize("person", ["7", LINE_ID])
def test_a_line_tells_what_became_of_each_message_and_none_what_it_said(run: Run, person: str) -> None:
    result = run(person, "--day", "2026-04-01")

    assert result.exit_code == 0, result.output
    sent, dropped = result.stdout.splitlines()
    assert sent.startswith("12:00 お店からの案内 1: 12:00に送りました（accepted、request-")
    assert dropped == "12:00 お店からの案内 2: 送っていません。 案内の回数が、決めた上限になっています。"


def test_the_same_as_json(run: Run) -> None:
    result = run("7", "--day", "2026-04-01", "--json")

    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["fate"], first["outcome"], first["at"]) == ("sent", "accepted", "2026-04-01T03:00:00+00:00")
    assert (second["fate"], second["reason"], second["reference"]) == ("not-sent", "too-often", "broadcast 2")
    assert second["says"].endswith("案内の回数が、決めた上限になっています。")
    assert "秘密" not in result.stdout


def test_without_a_day_it_is_today_and_nothing_is_told_of_nothing(run: Run) -> None:
    assert system_clock() > NOON

    assert run("7").stdout == "この日に送る予定のものはありません。\n"
    assert run("7", "--json").stdout == ""


def test_a_routine_that_was_never_turned_on_is_told_so(run: Run) -> None:
    result = run("7", "--day", "2026-04-01", "--routine", "routine/neck")

    assert result.stdout == "routine/neck: 送っていません。 この日はまだオンになっていません。\n"


@pytest.mark.parametrize("person", ["8", "Unobody", "²", "99999999999999999999999"])
def test_somebody_we_do_not_know_is_told_so(run: Run, person: str) -> None:
    result = run(person)

    assert result.exit_code == 1
    assert "there is no such person" in str(result.exception)
