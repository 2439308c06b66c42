"""Programmes from the offer to their end, with the whole assistant."""

from datetime import timedelta

import pytest

from bot import programmes, reminders
from bot.delivery import outbox
from bot.models import Person, Programme, Reminder
from bot.programmes import Part, ProgrammeError
from handlers import PROGRAMME
from tests.bot.talks.conftest import Office

STRETCH, NECK = "routine/morning-stretch", "routine/night-release"
ALL = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = ALL[:5]


def offer(office: Office, *parts: Part, weeks: int = 2) -> None:
    """Put a programme together, and push it."""
    house = office.house
    with house.app.sessions.begin() as session:
        person = office.person(session)
        made = programmes.offer(
            session, person, name="肩まわり", parts=parts, weeks=weeks, by=office.id, now=house.clock()
        )
        payload = house.app.paint(PROGRAMME(house.app.library, made))
        outbox.add_push(
            session,
            to=person.line_user_id,
            payload=payload,
            purpose="staff",
            reference=f"staff {office.id}",
            now=house.clock(),
        )
    office.visitor.last = office.visitor.wait()


def state(office: Office) -> tuple[Programme, dict[str, Reminder], Person]:
    with office.house.app.sessions() as session:
        person = office.person(session)
        mine = {one.routine_id: one for one in reminders.of(session, person)}
        return programmes.of(session, person)[0], mine, person


def test_nothing_rings_before_the_person_agrees_and_it_ends_by_itself(office: Office) -> None:
    office.visitor.follow()
    offer(office, Part(STRETCH, "07:10", ALL), Part(NECK, "21:30", WEEKDAYS), weeks=1)
    _, mine, _ = state(office)
    assert mine == {}

    begun = office.visitor.tap("はじめる")
    assert "11月26日まで" in "".join(begun.texts)
    programme, mine, _ = state(office)
    assert {id: (one.time, tuple(one.days), one.state) for id, one in mine.items()} == {
        STRETCH: ("07:10", ALL, "on"),
        NECK: ("21:30", WEEKDAYS, "on"),
    }
    assert programmes.weeks(programme) == 1

    office.house.wind(office.house.clock() + timedelta(days=8))
    programme, mine, _ = state(office)
    assert programme.ended_at is not None
    assert {one.state for one in mine.values()} == {"stopped"}


def test_who_declines_hears_no_more_of_it(office: Office) -> None:
    office.visitor.follow()
    offer(office, Part(STRETCH, "07:10", ALL))

    assert "わかりました" in "".join(office.visitor.tap("やめておく").texts)
    assert "いまはじめられません" in "".join(office.visitor.tap("はじめる").texts)
    programme, mine, _ = state(office)
    assert programme.agreed_at is None
    assert programme.ended_at is not None
    assert mine == {}


def test_ended_early_what_was_set_before_is_set_again_and_what_was_changed_since_stays(
    office: Office,
) -> None:
    office.visitor.say("毎朝6時半にストレッチ")
    offer(office, Part(STRETCH, "07:10", WEEKDAYS), Part(NECK, "21:30", ALL))
    office.visitor.tap("はじめる")
    with office.house.app.sessions.begin() as session:
        reminders.turn_on(
            session,
            office.person(session),
            routine_id=NECK,
            default_time="21:00",
            zone=office.house.app.library.timezone,
            now=office.house.clock(),
            time="22:00",
        )

    assert "終わりにしました" in "".join(office.visitor.tap("プログラムをやめる").texts)

    _, mine, _ = state(office)
    assert (mine[STRETCH].time, tuple(mine[STRETCH].days), mine[STRETCH].state) == ("06:30", ALL, "on")
    assert (mine[NECK].time, mine[NECK].state) == ("22:00", "on")


def test_who_must_ask_a_doctor_first_begins_none(office: Office) -> None:
    office.visitor.say("妊娠中です")
    offer(office, Part(STRETCH, "07:10", ALL))

    office.visitor.tap("はじめる")

    assert state(office)[1] == {}


def test_there_is_one_at_a_time_and_it_needs_routines_and_days(office: Office) -> None:
    office.visitor.follow()
    for parts, problem in (((), "no-routine"), ((Part(STRETCH, "07:00", ()),), "no-day")):
        with pytest.raises(ProgrammeError, match=problem):
            offer(office, *parts)
    offer(office, Part(STRETCH, "07:10", ALL))

    with pytest.raises(ProgrammeError, match="running"):
        offer(office, Part(NECK, "21:30", ALL))


def test_what_was_done_is_counted_against_what_was_due(office: Office) -> None:
    office.visitor.follow()
    offer(office, Part(STRETCH, "10:30", ALL))
    office.visitor.tap("はじめる")
    office.visitor.wait_for_ring()
    office.visitor.tap("できた")
    office.house.wind(office.house.clock() + timedelta(days=2))

    programme, _, _ = state(office)
    with office.house.app.sessions() as session:
        (share,) = programmes.shares(session, programme, (office.house.clock()).date())
    assert (share.done, share.due) == (1, 2)
