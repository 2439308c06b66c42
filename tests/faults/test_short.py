"""The shortest proof of each kind, in every run of the tests: a worker killed over a send, a LINE that fails, SQLite."""

import signal
from pathlib import Path

from tests.faults.announcing import kill_while_sending
from tests.faults.fleet import fleet
from tests.faults.line import new_people


def test_a_worker_killed_between_line_and_its_own_book_says_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    with fleet(tmp_path, f"sqlite:///{tmp_path}/senaka.db") as ships:
        doomed = ships.begin_worker(SENAKA_FAILPOINT="message-taken")
        web, _ = ships.web()
        doomed.hear("worker: running")
        people = new_people(4)

        ships.line.deliver(ships.line.follow(*people), [web])
        assert doomed.wait() == -signal.SIGKILL
        assert len(ships.line.book) >= 1
        ships.advance(16)  # The lease of whatever the dead one had in hand runs out.
        ships.worker()
        ships.settle()  # Else what the dead one left would meet what is meant for the next messages.
        ships.line.spoil("reply", (500, True), (429, False), ("rubbish", True), ("hangup", False))
        for person in people:
            ships.deliver(ships.line.say(person, "ホワイトニングの値段を知りたいです"))

        found = ships.check()
        assert len(found.events) == 2 * len(people)
        # Its four senders may each have had one that LINE took.
        interrupted = found.outcomes["unknown interrupted"]
        assert 1 <= interrupted <= 4
        assert found.outcomes["unknown server"] == 1
        assert found.outcomes["accepted"] == 2 * len(people) - 1 - interrupted


def test_a_worker_killed_three_times_over_an_announcement_to_1000_people_reaches_each_of_them_once(
    tmp_path: Path,
) -> None:
    with fleet(tmp_path, f"sqlite:///{tmp_path}/senaka.db") as ships:
        kill_while_sending(ships, ships.befriend(1000), kills=3, seed=31)
