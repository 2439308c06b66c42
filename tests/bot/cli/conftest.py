"""What the tests of the commands share: clean surroundings, and a pack that is small and so quick to read."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result

from bot import db, migrate
from bot.cli import cli
from bot.settings import DEFAULT_CONTENT, Settings

Run = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the dental practice's pack."""
    folder = tmp_path_factory.mktemp("packs") / "dental"
    shutil.copytree(ROOT / "tests" / "data" / "packs" / "dental", folder)
    shutil.copytree(DEFAULT_CONTENT / "messages", folder / "messages")
    return folder


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty folder and none of our settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def made(database_url: str) -> Iterator[db.Sessions]:
    """A database that was migrated like a real one."""
    sessions = db.connect(database_url)
    with db.engine_of(sessions).begin() as connection:
        # The tables are there already; only the note that they are.
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = ScriptDirectory.from_config(migrate.config(database_url)).get_current_head()
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    yield sessions
    db.engine_of(sessions).dispose()


@pytest.fixture
def run(surroundings: pytest.MonkeyPatch, small_pack: Path, database_url: str, made: db.Sessions) -> Run:
    """``python -m bot`` with these arguments."""
    surroundings.setenv("CONTENT_DIR", str(small_pack))
    surroundings.setenv("DATABASE_URL", database_url)
    surroundings.setenv("LOG_LEVEL", "ERROR")
    return lambda *arguments: CliRunner().invoke(cli, arguments)
