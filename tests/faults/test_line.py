"""A LINE that fails, refuses, hangs up, says nothing or rubbish, before or after it has taken what we said."""

import pytest

from bot.delivery import outbox
from tests.faults.fleet import Fleet
from tests.faults.line import new_people
from tests.faults.processes import wait_for

QUESTION = "ホワイトニングの値段を知りたいです"
NOT_TAKEN = ((500, False), (503, False), (429, False), ("hangup", False), ("silence", False))
TAKEN = ((500, True), ("hangup", True), ("silence", True))
"""LINE took it, and we are not told."""
TOLD = (("close", True), ("rubbish", True))
"""The status says that LINE took it; what follows is torn or nonsense."""


def test_replies_survive_a_line_that_fails(any_fleet: Fleet) -> None:
    before = any_fleet.settle().outcomes
    people = new_people(3 * len(NOT_TAKEN + TAKEN + TOLD))
    any_fleet.line.spoil("reply", *NOT_TAKEN, *TAKEN, *TOLD)

    for person in people:
        any_fleet.deliver(any_fleet.line.say(person, QUESTION))

    outcomes = any_fleet.check().outcomes - before
    # A reply has no retry key: when LINE says that its token is used up, the doubt stays in the row's word.
    assert outcomes["unknown server"] + outcomes["unknown silence"] == len(TAKEN)
    assert outcomes["accepted"] == len(people) - len(TAKEN)


def test_pushes_survive_a_line_that_fails(any_fleet: Fleet) -> None:
    before = any_fleet.settle().outcomes
    people = any_fleet.befriend(3 * len(NOT_TAKEN + TAKEN + TOLD))
    any_fleet.line.spoil("push", *NOT_TAKEN, *TAKEN, *TOLD)

    _push(any_fleet, people)

    outcomes = any_fleet.check().outcomes - before
    assert outcomes["accepted-before"] == len(TAKEN)
    assert outcomes["accepted"] == len(people) - len(TAKEN)


def test_a_line_that_is_away_for_a_while_gets_it_all_when_it_is_back(any_fleet: Fleet) -> None:
    before = len(any_fleet.settle().rows)
    people = any_fleet.befriend(10)
    any_fleet.line.spoil("push", *[("hangup", False)] * 1000)

    _push(any_fleet, people)
    asked = len(any_fleet.line.traffic)
    wait_for(lambda: len(any_fleet.line.traffic) > asked + 2 * len(people), "the second tries")
    any_fleet.line.mend()
    any_fleet.advance(60)  # Each try waits longer than the one before.

    found = any_fleet.check()
    assert {row.outcome for row in found.rows[before:]} == {"accepted"}


def test_when_the_month_is_used_up_pushes_go_with_the_next_answer(any_fleet: Fleet) -> None:
    """The last one of this fleet: that the month has room again is heard from LINE minutes later."""
    people = any_fleet.befriend(2)
    before = any_fleet.settle().outcomes
    any_fleet.line.change(monthly_limit=0)

    _push(any_fleet, people)
    any_fleet.settle()
    for person in people:
        any_fleet.deliver(any_fleet.line.say(person, QUESTION))

    assert any_fleet.check().outcomes - before == {"carried quota": 2, "accepted": 2}


def _push(ships: Fleet, people: list[str]) -> None:
    with ships.writing.begin() as session:
        for person in people:
            outbox.add_push(
                session, to=person, payload=[{"type": "text", "text": "お待たせしました"}], purpose="answer",
                now=ships.now, reference=f"push to {person}",
            )  # fmt: skip


@pytest.fixture(autouse=True)
def _line_is_well(any_fleet: Fleet) -> None:
    any_fleet.line.mend()
