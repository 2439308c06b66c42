"""When a reminder rings next: beside pauses, changes of time and zone, and days that have rung."""

from datetime import date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from bot import reminders
from bot.models import Reminder
from bot.reminders import schedule
from tests.bot.reminders.world import TOKYO, TRAIN, World, at

NEW_YORK = ZoneInfo("America/New_York")


def reminder(**values: object) -> Reminder:
    settings: dict[str, object] = {
        "time": "07:00",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "zone": "Asia/Tokyo",
        "is_on_holidays": True,
        "state": "on",
    }
    return Reminder(**settings | values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "2026-11-20 07:00"),
        ({"state": "stopped"}, None),
        ({"state": "suspended"}, None),
        ({"rang_for": date(2026, 11, 20)}, "2026-11-21 07:00"),
        ({"rang_for": date(2026, 11, 22)}, "2026-11-23 07:00"),
        ({"rang_for": date(2027, 11, 22)}, "2026-11-20 07:00"),
        ({"paused_from": at("2026-11-19 12:00")}, None),
        ({"paused_from": at("2026-11-19 12:00"), "paused_until": at("2026-11-22 04:00")}, "2026-11-22 07:00"),
        ({"paused_from": at("2026-11-19 12:00"), "paused_until": at("2026-11-22 07:00")}, "2026-11-22 07:00"),
        (
            {
                "paused_from": at("2026-11-19 12:00"),
                "paused_until": at("2026-11-22 07:00") + timedelta(microseconds=1),
            },
            "2026-11-23 07:00",
        ),
        ({"paused_from": at("2026-11-10 12:00"), "paused_until": at("2026-11-19 04:00")}, "2026-11-20 07:00"),
        ({"paused_from": at("2026-11-21 04:00"), "paused_until": at("2026-11-25 04:00")}, "2026-11-20 07:00"),
        (
            {
                "rang_for": date(2026, 11, 20),
                "paused_from": at("2026-11-21 04:00"),
                "paused_until": at("2026-11-25 04:00"),
            },
            "2026-11-25 07:00",
        ),
        ({"days": ["wed"], "paused_from": at("2026-11-25 04:00"), "paused_until": None}, None),
        ({"days": []}, None),
        ({"time": "01:00", "rang_for": date(2026, 11, 19)}, "2026-11-21 01:00"),
    ],
)
def test_rings_next_past_pauses_and_days_that_have_rung(values: dict[str, object], expected: str | None) -> None:
    found = schedule.next_ring(reminder(**values), at("2026-11-20 06:00"))

    assert found == (None if expected is None else at(expected))


def test_a_pause_of_a_thousand_years_is_passed_over_at_once() -> None:
    paused = reminder(paused_from=at("2026-11-20 04:00"), paused_until=at("3026-11-20 04:00"))
    begun = perf_counter()

    found = schedule.next_ring(paused, at("2026-11-20 06:00"))

    assert found == at("3026-11-20 07:00")
    assert perf_counter() - begun < 1, "hours when it goes day by day"


def test_a_bedtime_at_one_rings_after_midnight_for_the_evening_before(world: World) -> None:
    world.meet("anna")

    assert world.remind("anna", time="01:00", days=["fri"]) == at("2026-11-21 01:00")
    assert world.tick("2026-11-21 01:00") == ["ring routine/stretch 2026-11-20"]
    assert world.reminder("anna").next_due_at == at("2026-11-28 01:00")


def test_who_moves_to_another_zone_keeps_the_time_on_their_wall(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    world.remind("anna", TRAIN, "18:00")
    world.tick("2026-11-20 07:00")

    world.do("anna", lambda session, one: reminders.move(session, one, NEW_YORK, world.clock()))

    # In New York it is Thursday, 17:00. Friday has rung already: they took it with them.
    assert world.reminder("anna", TRAIN).next_due_at == datetime(2026, 11, 19, 18, tzinfo=NEW_YORK)
    assert world.reminder("anna").next_due_at == datetime(2026, 11, 21, 7, tzinfo=NEW_YORK)
    assert world.do("anna", lambda _session, one: one.timezone) == "America/New_York"


def test_who_moves_eastward_is_rung_for_the_day_that_they_arrive_in(world: World) -> None:
    world.clock.now = datetime(2026, 11, 19, 12, tzinfo=NEW_YORK)
    world.meet("anna", zone=NEW_YORK)
    world.remind("anna", time="13:00", zone=NEW_YORK)
    assert world.tick(datetime(2026, 11, 19, 13, tzinfo=NEW_YORK)) == ["ring routine/stretch 2026-11-19"]

    world.do("anna", lambda session, one: reminders.move(session, one, TOKYO, world.clock()))

    assert world.tick("2026-11-20 13:00") == ["ring routine/stretch 2026-11-20"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
    ],
)
def test_every_day_rings_once_around_the_change_of_the_clocks(world: World, name: str, change: date) -> None:
    zone, times = ZoneInfo(name), ("01:45", "02:15", "02:30", "07:00")
    world.clock.now = datetime.combine(change - timedelta(days=2), time(4), zone)
    world.meet("anna", zone=zone)
    for number, wall in enumerate(times):
        world.remind("anna", f"routine/{number}", wall, zone=zone)
    rung = []
    for _ in range(3 * len(times)):
        due = [world.reminder("anna", f"routine/{number}").next_due_at for number in range(len(times))]
        rung += world.tick(min(moment for moment in due if moment is not None))

    days = [change + timedelta(days=number) for number in (-2, -1, 0)]
    assert sorted(rung) == sorted(f"ring routine/{number} {day}" for number in range(len(times)) for day in days)
