"""Pauses: now or ahead, beside each other, ending by themselves or by the person."""

from datetime import date

import pytest

from bot import people, reminders
from bot.reminders.schedule import is_paused
from tests.bot.reminders.world import STRETCH, TRAIN, World, at


def resume(world: World, routine: str | None = None) -> list[str]:
    resumed = world.do(
        "anna", lambda session, one: reminders.resume(session, one, routine_id=routine, now=world.clock())
    )
    return [reminder.routine_id for reminder in resumed]


def rung(world: World, first: int, last: int) -> list[int]:
    """The days of November on which 07:00 rings, each answered."""
    days = []
    for day in range(first, last + 1):
        days += [day] * len(world.tick(f"2026-11-{day} 07:00"))
        world.react("anna")
    return days


def begin(world: World) -> None:
    world.meet("anna")
    world.remind("anna")


def test_a_pause_ends_by_itself(world: World) -> None:
    begin(world)
    world.pause("anna", until=at("2026-11-23 04:00"))

    assert is_paused(world.reminder("anna"), world.clock())
    assert rung(world, 20, 24) == [23, 24]


def test_a_pause_ahead_lets_the_days_before_it_ring(world: World) -> None:
    begin(world)
    world.pause("anna", begins=at("2026-11-22 04:00"), until=at("2026-11-24 04:00"))

    assert not is_paused(world.reminder("anna"), world.clock())
    assert reminders.has_pause_ahead(world.reminder("anna"), world.clock())
    assert rung(world, 20, 25) == [20, 21, 24, 25]


def test_a_pause_without_end_lasts_until_the_person_takes_it_up(world: World) -> None:
    begin(world)
    world.pause("anna", until=None)
    assert rung(world, 20, 24) == []

    world.clock.now = at("2026-11-24 12:00")
    assert resume(world) == [STRETCH]
    assert resume(world) == []
    assert rung(world, 25, 26) == [25, 26]
    assert world.reminder("anna").paused_until == at("2026-11-24 12:00"), "the span stays, for the record"


def test_a_pause_ahead_is_forgotten_when_taken_up_before_it_begins(world: World) -> None:
    begin(world)
    world.pause("anna", begins=at("2026-11-22 04:00"), until=None)

    assert resume(world) == [STRETCH]
    assert world.reminder("anna").paused_from is None
    assert rung(world, 20, 24) == [20, 21, 22, 23, 24]


def test_a_new_end_replaces_the_old_one(world: World) -> None:
    begin(world)
    world.pause("anna", until=at("2026-11-26 04:00"))
    world.pause("anna", until=at("2026-11-22 04:00"))

    assert rung(world, 20, 24) == [22, 23, 24]


@pytest.mark.parametrize(
    ("first", "second", "rings"),
    [
        ((None, 22), (22, 24), [24, 25]),
        ((22, 24), (None, 22), [24, 25]),
        ((None, 23), (22, 24), [24, 25]),
        ((22, 24), (None, 23), [24, 25]),
        ((21, 25), (22, 23), [20, 25]),
        ((22, 23), (21, 25), [20, 25]),
        ((21, None), (22, 23), [20]),
        ((22, 23), (21, None), [20]),
        ((22, 23), (24, 25), [20, 21, 23, 25]),
        ((24, 25), (22, 23), [20, 21, 23, 25]),
    ],
)
def test_pauses_that_meet_become_one_and_those_apart_both_hold(
    world: World, first: tuple[int | None, int | None], second: tuple[int | None, int | None], rings: list[int]
) -> None:
    begin(world)
    for begins, until in (first, second):
        world.pause(
            "anna", begins=begins and at(f"2026-11-{begins} 04:00"), until=until and at(f"2026-11-{until} 04:00")
        )

    assert rung(world, 20, 25) == rings


def test_pauses_apart_both_hold_in_whatever_order_they_were_asked_for(world: World) -> None:
    begin(world)
    world.remind("anna", TRAIN, "12:00")
    world.pause("anna", begins=at("2026-11-24 04:00"), until=at("2026-11-26 04:00"))
    world.pause("anna", until=at("2026-11-21 04:00"))
    assert world.reasons() == []
    assert rung(world, 20, 27) == [21, 22, 23, 26, 27]

    world.clock.now = at("2026-11-27 08:00")
    world.pause("anna", until=at("2026-11-29 04:00"))
    world.pause("anna", begins=at("2026-11-30 04:00"), until=None)
    assert rung(world, 28, 30) == [29]


def test_taking_up_again_ends_both_of_two_pauses_apart(world: World) -> None:
    begin(world)
    world.pause("anna", until=at("2026-11-22 04:00"))
    world.pause("anna", begins=at("2026-11-24 04:00"), until=None)

    resume(world)

    assert rung(world, 20, 26) == [20, 21, 22, 23, 24, 25, 26]


def test_a_pause_silences_the_snoozes_that_fall_into_it(world: World) -> None:
    begin(world)
    world.tick("2026-11-20 07:00")
    world.later("anna", 30)
    world.pause("anna", begins=at("2026-11-21 04:00"), until=None)
    assert world.tick("2026-11-20 07:30") == ["ring routine/stretch 2026-11-20"]

    world.later("anna", 60)
    world.pause("anna", until=None)
    assert world.tick("2026-11-20 08:30") == []


def test_a_snooze_asked_for_in_a_pause_rings(world: World) -> None:
    begin(world)
    world.pause("anna", until=None)
    world.later("anna", 30)

    assert world.tick("2026-11-20 06:30") == ["ring routine/stretch 2026-11-20"]


def test_what_was_paused_stays_so_through_a_block(world: World) -> None:
    begin(world)
    world.pause("anna", begins=at("2026-11-21 04:00"), until=at("2026-11-23 04:00"))
    world.do("anna", lambda session, one: people.block(session, one, world.clock()))
    with world.sessions.begin() as session:
        anna, _ = people.meet(session, "anna", world.clock())
        resumed = reminders.resume_suspended(session, anna, world.clock())

    assert [reminder.next_due_at for reminder in resumed] == [at("2026-11-20 07:00")]
    assert rung(world, 20, 23) == [20, 23]


def test_a_rest_silences_one_routine_on_one_day(world: World) -> None:
    begin(world)
    world.remind("anna", TRAIN, "07:00")
    world.rest("anna", date(2026, 11, 20))

    assert world.tick("2026-11-20 07:00") == ["ring routine/train 2026-11-20"]
    assert world.reasons() == ["resting"]
    assert len(world.tick("2026-11-21 07:00")) == 2
