import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from bot import db, migrate
from bot.models import Base


@pytest.fixture
def empty_url(database_url: str) -> str:
    """The address of a fresh database with nothing in it, first of SQLite, then of PostgreSQL."""
    engine = db.engine_of(db.connect(database_url))
    Base.metadata.drop_all(engine)
    engine.dispose()
    return database_url


def tables(url: str) -> set[str]:
    engine = db.engine_of(db.connect(url))
    found = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_an_empty_database_gets_exactly_the_tables_of_the_models(empty_url: str) -> None:
    migrate.upgrade(empty_url)

    assert tables(empty_url) == {*Base.metadata.tables, "alembic_version"}
    command.check(migrate.config(empty_url))  # Raises when a model differs from its table.


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.upgrade(empty_url)

    command.check(migrate.config(empty_url))


def test_the_migrations_known_are_those_of_alembic_in_their_order() -> None:
    scripts = ScriptDirectory.from_config(migrate.config("sqlite://")).walk_revisions()

    assert migrate.known() == [script.revision for script in scripts][::-1]


def test_the_way_back_leaves_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    command.downgrade(migrate.config(empty_url), "base")

    assert tables(empty_url) == {"alembic_version"}

    migrate.upgrade(empty_url)

    assert tables(empty_url) == {*Base.metadata.tables, "alembic_version"}


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/senaka.db"

    migrate.upgrade(url)

    assert "people" in tables(url)
    assert stat.S_IMODE((tmp_path / "new" / "folder" / "senaka.db").stat().st_mode) == 0o600


def test_who_goes_back_to_an_older_version_starts_it_on_the_newer_schema(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    migrate.upgrade(empty_url)
    engine = db.engine_of(db.connect(empty_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    migrate.upgrade(empty_url)

    assert "newer than this program" in caplog.text
    with engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()
    assert tables(empty_url) == {*Base.metadata.tables, "alembic_version"}


def test_a_schema_behind_ours_will_not_do_but_a_newer_one_will(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0001")
    assert not migrate.is_current(empty_url)

    migrate.upgrade(empty_url)
    assert migrate.is_current(empty_url)

    engine = db.engine_of(db.connect(empty_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert migrate.is_current(empty_url)


def test_a_database_of_somebody_else_is_told(empty_url: str) -> None:
    engine = db.engine_of(db.connect(empty_url))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE people (id INTEGER)"))
    engine.dispose()

    problem = told(empty_url)

    assert "cannot be used" in problem
    assert tables(empty_url) == {"people"}


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("this is no database\n" * 100, encoding="utf-8")

    assert "file is not a database" in told(f"sqlite:///{tmp_path}/broken.db")


@pytest.mark.parametrize("place", ["file/senaka.db", "file/folder/senaka.db", "folder"])
def test_a_place_where_no_file_can_be_made_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder").mkdir()

    assert "DATABASE_URL" in told(f"sqlite:///{tmp_path}/{place}")


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    problem = told("postgresql+psycopg://senaka:a-password@127.0.0.1:1/senaka")

    assert "127.0.0.1:1/senaka cannot be used" in problem
    assert "a-password" not in problem


def told(url: str) -> str:
    """The one line that says what is wrong with the database."""
    with pytest.raises(migrate.DatabaseError) as caught:
        migrate.upgrade(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)
