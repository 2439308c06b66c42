"""Changing reminders: what holds afterwards, what becomes of a ring that is just due, and taking a change back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import people, reminders
from bot.models import Decision, Person, Reminder
from bot.reminders.batch import Message
from tests.bot.reminders.world import STRETCH, TRAIN, World, at, render


def stop(world: World, name: str, routine: str | None = None) -> list[str]:
    stopped = world.do(name, lambda session, one: reminders.stop(session, one, routine, world.clock()))
    return [reminder.routine_id for reminder in stopped]


def undo(world: World, name: str) -> list[str] | None:
    def act(session: Session, person: Person) -> list[str] | None:
        change = reminders.last(session, person)
        found = None if change is None else reminders.undo(session, person, change.id, world.clock())
        return None if found is None else [reminder.routine_id for reminder in found]

    return world.do(name, act)


def test_what_is_not_wished_stays_as_it_was(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="08:00", days=["sat", "mon"], on_holidays=False)

    world.remind("anna", time="09:00")

    reminder = world.reminder("anna")
    assert (reminder.time, reminder.days, reminder.is_on_holidays) == ("09:00", ["mon", "sat"], False)


def test_a_shift_moves_the_time_also_over_midnight(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="23:30")

    world.do(
        "anna",
        lambda session, one: reminders.turn_on(
            session,
            one,
            routine_id=STRETCH,
            default_time="07:00",
            zone=at("2026-11-20 07:00").tzinfo,  # type: ignore[arg-type]
            now=world.clock(),
            shift=timedelta(hours=1),
        ),
    )

    assert world.reminder("anna").time == "00:30"
    assert world.reminder("anna").next_due_at == at("2026-11-21 00:30")


def test_stops_one_or_all_and_names_those_that_were_on(world: World) -> None:
    world.meet("anna")
    world.remind("anna", STRETCH)
    world.remind("anna", TRAIN)
    world.later("anna", 30)

    assert stop(world, "anna", TRAIN) == [TRAIN]
    assert stop(world, "anna") == [STRETCH]
    assert stop(world, "anna") == []
    assert world.tick("2026-11-20 07:00") == []


@pytest.mark.parametrize(
    ("change", "rings", "reason"),
    [
        ("pause ahead", True, None),
        ("another day", True, None),
        ("the same again", True, None),
        ("later today", False, None),
        ("earlier", False, "too-late"),
        ("not on this weekday", False, "too-late"),
        ("pause", False, "paused"),
        ("stop", False, "stopped"),
    ],
)
def test_a_ring_that_is_just_due_still_rings_or_is_written_down(
    world: World, change: str, rings: bool, reason: str | None
) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    world.clock.now = at("2026-11-20 07:00") + timedelta(seconds=3)  # The tick comes in two seconds.
    match change:
        case "pause ahead":
            world.pause("anna", begins=at("2026-11-21 04:00"), until=None)
        case "another day":
            world.remind("anna", days=["mon", "fri"])
        case "the same again":
            world.remind("anna", time="07:00")
        case "later today":
            world.remind("anna", time="08:00")
        case "earlier":
            world.remind("anna", time="06:00")
        case "not on this weekday":
            world.remind("anna", days=["mon"])
        case "pause":
            world.pause("anna", until=at("2026-11-25 04:00"))
        case "stop":
            stop(world, "anna")

    assert bool(world.tick(world.clock() + timedelta(seconds=2))) == rings
    assert world.reasons() == ([] if reason is None else [reason])
    assert bool(world.tick("2026-11-20 08:00")) == (change == "later today")


def test_the_last_change_is_taken_back_within_a_day(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00", days=["fri"])
    world.remind("anna", time="09:00", days=["mon"], on_holidays=False)

    assert undo(world, "anna") == [STRETCH]
    reminder = world.reminder("anna")
    assert (reminder.time, reminder.days, reminder.is_on_holidays) == ("07:00", ["fri"], True)
    assert reminder.next_due_at == at("2026-11-20 07:00")

    world.clock.advance(hours=25)
    assert undo(world, "anna") is None, "too old"


def test_taking_back_that_it_was_turned_on_stops_it(world: World) -> None:
    world.meet("anna")
    world.remind("anna")

    assert undo(world, "anna") == [STRETCH]
    assert world.reminder("anna").state == "stopped"
    assert undo(world, "anna") is None, "there is nothing more to take back"


def test_taking_back_a_stop_of_several_brings_each_back(world: World) -> None:
    world.meet("anna")
    world.remind("anna", STRETCH, "07:00")
    world.remind("anna", TRAIN, "08:00")
    stop(world, "anna")

    assert undo(world, "anna") == [STRETCH, TRAIN]
    assert world.tick("2026-11-20 08:00") == ["ring routine/train 2026-11-20"]
    assert world.reasons() == ["too-late"], "07:00 was back as well, and nobody looked for an hour"


def test_only_the_last_change_can_be_taken_back(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    first = world.do("anna", reminders.last)
    world.remind("anna", time="08:00")

    assert first is not None
    assert world.do("anna", lambda session, one: reminders.undo(session, one, first.id, world.clock())) is None
    assert world.reminder("anna").time == "08:00"


def test_a_block_is_not_taken_back_with_the_change_before_it(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00")
    world.remind("anna", time="08:00")
    world.do("anna", lambda session, one: people.block(session, one, world.clock()))
    with world.sessions.begin() as session:
        people.meet(session, "anna", world.clock())

    undo(world, "anna")

    reminder = world.reminder("anna")
    assert (reminder.time, reminder.state, reminder.next_due_at) == ("07:00", "suspended", None)
    world.do("anna", lambda session, one: reminders.resume_suspended(session, one, world.clock()))
    assert world.tick("2026-11-20 07:00") == ["ring routine/stretch 2026-11-20"]


def test_history_names_how_reminders_were_until_each_change_that_holds(world: World) -> None:
    world.meet("anna")
    world.remind("anna", time="07:00", days=["fri"])
    world.pause("anna", begins=at("2026-11-21 04:00"), until=at("2026-11-25 04:00"))
    world.remind("anna", time="09:00")
    undo(world, "anna")

    history = world.do("anna", reminders.history)

    assert [moment for moment, _ in history] == [world.clock()] * 2
    assert history[0][1] == {STRETCH: None}
    before_the_pause = history[1][1][STRETCH]
    assert before_the_pause is not None
    assert (before_the_pause.time, before_the_pause.days, before_the_pause.paused_from) == ("07:00", ("fri",), None)
    now = reminders.Settings.of(world.reminder("anna"))
    assert [now.covers(at(f"2026-11-{day} 07:00")) for day in (20, 21, 24, 25)] == [False, True, True, False]


@pytest.mark.parametrize("is_plain", [True, False])
def test_a_change_waits_for_a_planner_that_is_just_ringing(world_on_both: World, is_plain: bool) -> None:
    world = world_on_both
    world.meet("anna")
    world.remind("anna", time="07:00")
    if not is_plain:
        world.note("anna")
    world.clock.now = at("2026-11-20 07:00")
    is_planning, may_end = Event(), Event()

    def linger(due: reminders.Due) -> list[Message]:
        is_planning.set()
        may_end.wait(10)
        return render(due)

    world.render = linger
    with ThreadPoolExecutor(2) as threads:
        planned = threads.submit(world.plan)
        assert is_planning.wait(10)
        changed = threads.submit(world.remind, "anna", STRETCH, "07:05")
        may_end.set()
        assert planned.result(10) == 1

        assert changed.result(10) == at("2026-11-21 07:05"), "today has rung"
    with world.sessions() as session:
        reminder = session.scalars(sa.select(Reminder)).one()
        assert reminder.rang_for == date(2026, 11, 20)
        assert session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
