"""A machine that misbehaves: its disk is full, its clock jumps by an hour, its neighbour's clock is wrong."""

from pathlib import Path

import pytest

from tests.faults.fleet import Fleet, fleet
from tests.faults.line import new_people

QUESTION = "ホワイトニングの値段を知りたいです"
HOUR = 3600


def test_a_full_disk_under_the_log_stops_nobody(tmp_path: Path) -> None:
    with fleet(tmp_path, f"sqlite:///{tmp_path}/senaka.db") as ships:
        worker = ships.begin_worker(errors=Path("/dev/full"))
        ships.start_webs(1, errors=Path("/dev/full"))
        people = new_people(5)

        ships.deliver(
            [*ships.line.follow(*people), *(event for who in people for event in ships.line.say(who, QUESTION))]
        )

        found = ships.check()
        assert worker.is_running
        assert {event.outcome for event in found.events} == {"answered"}
        worker.end()


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["an hour ahead", "an hour back"])
def test_the_clock_of_all_processes_jumps_while_people_write(any_fleet: Fleet, jump: float) -> None:
    before = any_fleet.settle().outcomes
    people = new_people(30)
    any_fleet.deliver(any_fleet.line.follow(*people))
    any_fleet.settle()  # What is in a sender's hands just then may be said too late.
    any_fleet.set_wrong("bots", jump)
    any_fleet.deliver([event for who in people for event in any_fleet.line.say(who, QUESTION)])
    any_fleet.settle()
    any_fleet.set_wrong("bots", 0)
    any_fleet.deliver([event for who in people for event in any_fleet.line.say(who, QUESTION)])

    outcomes = any_fleet.check().outcomes - before
    assert outcomes["accepted"] == 3 * len(people), outcomes


@pytest.mark.parametrize("wrong", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_worker_whose_clock_is_wrong_beside_one_whose_clock_is_right(any_fleet: Fleet, wrong: float) -> None:
    people = new_people(30)
    any_fleet.set_wrong("stray", wrong)
    stray = any_fleet.begin_worker(clock="stray")
    stray.hear("worker: running")

    any_fleet.deliver(any_fleet.line.follow(*people))
    any_fleet.deliver([event for who in people for event in any_fleet.line.say(who, QUESTION)])

    any_fleet.settle()
    stray.end()
    any_fleet.check()


@pytest.fixture(autouse=True)
def _line_is_quick(request: pytest.FixtureRequest) -> None:
    if "any_fleet" in request.fixturenames:
        request.getfixturevalue("any_fleet").line.mend()
