"""How rings get fewer when nobody reacts, and that any reaction brings them back."""

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot import reminders
from bot.models import ReminderChange
from bot.reminders import backing_off
from tests.bot.reminders.world import World, at

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("unanswered", "days_since", "expected"),
    [
        (0, None, "ring"),
        (2, 1, "ring"),
        (3, 1, "question"),
        (4, 1, "wait"),
        (4, 6, "wait"),
        (4, 7, "ring"),
        (5, 8, "ring"),
        (6, 7, "ring"),
        (7, 6, "wait"),
        (7, 7, "rest"),
    ],
)
def test_each_silent_ring_leads_to_the_next_step(unanswered: int, days_since: int | None, expected: str) -> None:
    rang_for = None if days_since is None else DAY - timedelta(days=days_since)

    assert backing_off.step(unanswered, day=DAY, rang_for=rang_for) == expected


def days(world: World, count: int, *, since: str = "2026-11-20 07:00") -> list[str]:
    """What comes on so many days: the kind of each day's message, or the reason why there was none."""
    found = []
    for number in range(count):
        before = len(world.reasons())
        texts = world.tick(at(since) + timedelta(days=number))
        found += [text.split()[0] for text in texts] or world.reasons()[before:] or ["-"]
    return found


def test_silence_gets_three_rings_a_question_three_weeks_and_rest(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    week = ["backing-off"] * 6

    found = days(world, 35)

    rest = ["backing-off", *["-"] * 3]
    assert found == ["ring", "ring", "ring", "question", *week, "ring", *week, "ring", *week, "ring", *week, *rest]
    reminder = world.reminder("anna")
    assert (reminder.state, reminder.next_due_at, reminder.paused_until) == ("on", None, None)
    assert reminder.paused_from == reminder.rested_at == at("2026-12-22 07:00") - timedelta(days=1)


def test_a_reaction_starts_the_count_anew_at_every_stage(world: World) -> None:
    world.meet("anna")
    world.remind("anna")

    assert days(world, 3) == ["ring"] * 3
    world.react("anna")
    assert days(world, 4, since="2026-11-23 07:00") == ["ring", "ring", "ring", "question"]
    world.react("anna")
    assert days(world, 3, since="2026-11-27 07:00") == ["ring"] * 3


@pytest.mark.parametrize("reaction", ["later", "rest", "change", "pause"])
def test_whatever_the_person_does_is_a_reaction(world: World, reaction: str) -> None:
    world.meet("anna")
    world.remind("anna")
    days(world, 3)
    match reaction:
        case "later":
            world.later("anna", 30)
        case "rest":
            world.rest("anna", date(2026, 11, 22))
        case "change":
            world.remind("anna", time="07:00")
        case "pause":
            world.pause("anna", until=at("2026-11-22 20:00"))

    assert world.reminder("anna").unanswered == 0
    assert days(world, 1, since="2026-11-23 07:00") == ["ring"]


def test_a_snooze_that_is_ignored_makes_no_second_silent_day(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    kinds = []
    for number in range(4):
        kinds += days(world, 1, since=f"2026-11-{20 + number} 07:00")
        if number == 0:
            world.later("anna", 30)
            assert world.tick(world.clock() + timedelta(minutes=30))

    assert kinds == ["ring"] * 4, "later was an answer; three days of silence have followed"
    assert world.reminder("anna").unanswered == 3


def test_days_that_were_missed_or_done_are_no_silence(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    world.tick("2026-11-25 12:00")
    world.rest("anna", date(2026, 11, 26))
    world.tick("2026-11-26 07:00")

    assert Counter(world.reasons()) == {"too-late": 6, "resting": 1}
    assert world.reminder("anna").unanswered == 0


def test_once_a_week_is_told_by_the_day_it_rang_also_on_chosen_weekdays(world: World) -> None:
    world.meet("anna")
    world.remind("anna", days=["mon", "fri"])

    found = [kind for kind in days(world, 43) if kind != "-"]

    assert found == [
        *["ring", "ring", "ring", "question"],
        *["backing-off", "ring"] * 3,
        *["backing-off", "backing-off"],
    ]


def test_what_was_put_to_rest_is_taken_up_again_in_full(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    days(world, 40)

    resumed = world.do("anna", lambda session, one: reminders.resume(session, one, routine_id=None, now=world.clock()))

    assert [(one.unanswered, one.rested_at) for one in resumed] == [(0, None)]
    assert days(world, 4, since="2026-12-30 07:00") == ["ring", "ring", "ring", "question"]


def test_a_late_reaction_leaves_it_at_rest_until_the_person_is_told(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    days(world, 40)

    world.react("anna")

    assert world.reminder("anna").rested_at is not None
    assert days(world, 1, since="2026-12-30 07:00") == ["-"]


def test_being_put_to_rest_stands_in_the_history_and_can_be_taken_back(world: World) -> None:
    world.meet("anna")
    world.remind("anna")
    days(world, 33)
    with world.sessions() as session:
        changes = session.scalars(sa.select(ReminderChange).order_by(ReminderChange.id)).all()
    before = changes[-1].before["routine/stretch"]

    undone = world.do("anna", lambda session, one: reminders.undo(session, one, changes[-1].id, world.clock()))

    assert len(changes) == 2
    assert (before["state"], before["paused_from"]) == ("on", None)
    assert undone is not None
    assert days(world, 1, since="2026-12-23 07:00") == ["ring"]
