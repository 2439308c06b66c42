"""kill -9 at each step of an event's way: when it is received, answered, claimed for sending, taken by LINE, settled."""

import signal

import pytest

from bot.delivery import claims, outbox
from tests.faults.fleet import Fleet
from tests.faults.line import new_people
from tests.faults.processes import Process, wait_for

QUESTION = "ホワイトニングの値段を知りたいです"
LEASE_SECONDS = claims.LEASE.total_seconds() + 1
REPLY_LEASE_SECONDS = claims.REPLY_LEASE.total_seconds() + 1


@pytest.mark.parametrize(
    "place",
    ["event-claimed", "event-answered", "event-committed", "message-claimed", "message-taken", "message-settled"],
)
def test_a_worker_killed_over_an_answer_leaves_it_to_the_next(any_fleet: Fleet, place: str) -> None:
    doomed = any_fleet.worker(SENAKA_FAILPOINT=place)

    _talk_until_it_dies(any_fleet, doomed)
    any_fleet.advance(REPLY_LEASE_SECONDS)

    any_fleet.check()


@pytest.mark.parametrize("place", ["message-claimed", "message-taken"])
def test_a_worker_killed_over_a_push_leaves_it_to_the_next(any_fleet: Fleet, place: str) -> None:
    doomed = any_fleet.worker(SENAKA_FAILPOINT=place)
    before = any_fleet.settle().outcomes["accepted-before"]

    _push_until_it_dies(any_fleet, doomed)
    any_fleet.advance(LEASE_SECONDS)

    found = any_fleet.check()
    if place == "message-taken":
        # The next sender hears that LINE has it. At the other place it may of what went over other connections.
        assert found.outcomes["accepted-before"] > before


@pytest.mark.parametrize("place", ["events-received", "events-kept"])
def test_a_web_process_killed_over_a_webhook_has_kept_it_or_gets_it_again(any_fleet: Fleet, place: str) -> None:
    address, doomed = any_fleet.web(SENAKA_FAILPOINT=place)
    [person] = new_people(1)
    webs = [address, *(web for web in any_fleet.webs if web != address)]

    any_fleet.line.deliver(any_fleet.line.follow(person), webs)
    # Granian's parent goes with its only child: whoever runs it sees that it has ended.
    assert doomed.wait() != 0
    del any_fleet.webs[address]

    found = any_fleet.check()
    assert [event.outcome for event in found.events if event.chat == person] == ["answered"]


def test_a_web_process_and_all_workers_killed_at_once_lose_nothing(any_fleet: Fleet) -> None:
    address, web = any_fleet.web()
    second = any_fleet.worker()
    [first] = [process for process in any_fleet.processes if "worker" in process.log.name and process.is_running][:1]
    people = new_people(20)
    any_fleet.line.change(latency=0.2)

    any_fleet.line.deliver(any_fleet.line.follow(*people), [address])
    wait_for(lambda: any_fleet.line.traffic, "the first request")
    for process in (first, second, web):
        process.kill()
    del any_fleet.webs[address]
    any_fleet.line.mend()
    any_fleet.worker()
    any_fleet.advance(REPLY_LEASE_SECONDS)

    any_fleet.check()


def _talk_until_it_dies(ships: Fleet, doomed: Process) -> None:
    """Let ever new people write until *doomed*, one of two workers, has met its end."""

    def look() -> bool:
        for person in new_people(3):
            ships.deliver([*ships.line.follow(person), *ships.line.say(person, QUESTION)])
        return not doomed.is_running

    wait_for(look, "the death of a worker")
    assert doomed.wait() == -signal.SIGKILL


def _push_until_it_dies(ships: Fleet, doomed: Process) -> None:
    def look() -> bool:
        people = ships.befriend(6)
        with ships.writing.begin() as session:
            for person in people:
                outbox.add_push(
                    session, to=person, payload=[{"type": "text", "text": "お待たせしました"}], purpose="answer",
                    now=ships.now, reference=f"push to {person}",
                )  # fmt: skip
        return not doomed.is_running

    wait_for(look, "the death of a worker")
    assert doomed.wait() == -signal.SIGKILL
