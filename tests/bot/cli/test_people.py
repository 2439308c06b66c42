from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot import db
from bot.broadcasts import followers
from bot.cli import cli
from bot.line.messenger import LineMessenger
from bot.models import Person

ANNA, BEN = "U" + "a" * 32, "U" + "b" * 32


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An account of LINE's with two followers whom we do not know; the address of our database."""
    url = f"sqlite:///{tmp_path}/senaka.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "s" * 32)
    monkeypatch.setenv("LINE_CHANNEL_ACCESS_TOKEN", "token")
    monkeypatch.setattr(LineMessenger, "followers", lambda *_: ([ANNA, BEN], None))
    return url


def test_an_import_tells_how_many_are_new(account: str) -> None:
    first, second = (CliRunner().invoke(cli, ["people", "import"]) for _ in range(2))

    assert (first.exit_code, first.output) == (0, "named by LINE: 2, new: 2\n")
    assert (second.exit_code, second.output) == (0, "named by LINE: 2, new: 0\n")
    sessions = db.connect(account)
    with sessions() as session:
        assert session.scalars(sa.select(Person.line_user_id)).all() == [ANNA, BEN]
    db.engine_of(sessions).dispose()


def test_an_account_without_the_right_is_told_why(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "import_followers", lambda *_: followers.Imported(0, 0, "not-verified"))

    done = CliRunner().invoke(cli, ["people", "import"])

    assert done.exit_code == 1
    assert "verified accounts only" in str(done.exception) + done.output
