"""The only worker is killed -9 again and again over announcements to 5,000 people: LINE's book has each of them once."""

from pathlib import Path

import pytest

from tests.faults.announcing import kill_while_sending
from tests.faults.conftest import new_database
from tests.faults.fleet import fleet


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_worker_killed_fifty_times_over_announcements_to_5000_people_reaches_each_of_them_once(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = f"sqlite:///{tmp_path}/senaka.db"
    if database == "postgresql":
        url = new_database(request.getfixturevalue("postgresql_server"))
    with fleet(tmp_path, url) as ships:
        met = kill_while_sending(ships, ships.befriend(5000), kills=50, seed=31)

        assert met >= 10, f"only {met} kills met it over a request; a machine so busy proves little"
