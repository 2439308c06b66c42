"""Once more later, twice a day at most, and what silences it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bot import people, progress, reminders
from bot.models import Person
from tests.bot.reminders.world import STRETCH, TOKYO, TRAIN, World, at

FRIDAY = date(2026, 11, 20)


def test_rings_twice_a_day_at_most_for_each_routine(world: World) -> None:
    world.meet("anna")
    rung = []
    for _ in range(4):
        world.later("anna", 10)
        rung += world.tick(world.clock() + timedelta(minutes=10))

    assert rung == ["ring routine/stretch 2026-11-20"] * 2
    assert not world.later("anna", 10)
    assert world.later("anna", 10, TRAIN)
    world.clock.now = at("2026-11-21 06:00")
    assert world.later("anna", 10), "tomorrow is another day"


def test_one_that_waits_is_moved_and_not_counted_twice(world: World) -> None:
    world.meet("anna")
    assert world.later("anna", 10)
    assert world.later("anna", 60)
    assert world.later("anna", 30)

    assert world.tick("2026-11-20 06:10") == []
    assert len(world.tick("2026-11-20 06:30")) == 1
    assert world.tick("2026-11-20 07:00") == []
    assert world.do(
        "anna",
        lambda session, one: reminders.can_snooze(session, one, routine_id=STRETCH, zone=TOKYO, now=world.clock()),
    )


def test_survives_a_restart(world: World) -> None:
    world.meet("anna")
    world.later("anna", 30)

    again = World(world.sessions, world.clock)

    assert again.tick("2026-11-20 06:31") == ["ring routine/stretch 2026-11-20"]


def test_belongs_to_the_day_of_its_ring_also_after_midnight(world: World) -> None:
    world.meet("anna")
    world.clock.now = at("2026-11-21 03:50")
    world.later("anna", 30, day=FRIDAY)

    assert world.tick("2026-11-21 04:20") == ["ring routine/stretch 2026-11-20"]


@pytest.mark.parametrize("act", ["done", "rest", "stop", "pause", "block"])
def test_is_silenced_by(world: World, act: str) -> None:
    world.meet("anna")
    world.remind("anna", time="05:00")
    world.later("anna", 30)

    def do(session: Session, person: Person) -> object:
        match act:
            case "done":
                return progress.done(session, person, routine_id=STRETCH, day=FRIDAY, now=world.clock())
            case "rest":
                return reminders.rest(session, person, routine_id=STRETCH, day=FRIDAY, now=world.clock())
            case "stop":
                return reminders.stop(session, person, None, world.clock())
            case "pause":
                return reminders.pause(session, person, routine_id=None, until=None, now=world.clock())
        return people.block(session, person, world.clock())

    world.do("anna", do)

    assert world.tick("2026-11-20 06:30") == []
    assert world.reasons() == []


def test_a_rest_is_noted_once(world: World) -> None:
    world.meet("anna")

    def rest() -> bool:
        return world.do(
            "anna",
            lambda session, one: reminders.rest(session, one, routine_id=STRETCH, day=FRIDAY, now=world.clock()),
        )

    assert [rest(), rest()] == [True, False]
    assert world.do("anna", lambda session, one: reminders.is_resting(session, one, routine_id=STRETCH, day=FRIDAY))
