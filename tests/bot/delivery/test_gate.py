from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.gate import (
    BY_HAND,
    GRACE,
    SEND,
    TO_ANYBODY,
    Decision,
    Ledger,
    Message,
    PersonState,
    Reason,
    ReminderState,
    decide,
)
from bot.delivery.rules import Opening, Rules
from bot.models.outbox import Purpose
from tests.fakes import NOON

TOKYO = ZoneInfo("Asia/Tokyo")
WEDNESDAY = date(2026, 4, 1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ON = ReminderState(state="on", days=WEEK, is_on_holidays=True)
FRIEND = PersonState(zone=TOKYO, wants_summary=True, reminder=ON)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
PUSHES = tuple(purpose for purpose in PURPOSES if purpose not in BY_HAND)
TO_CLIENTS = tuple(purpose for purpose in PURPOSES if purpose not in TO_ANYBODY)
RINGS = ("reminder", "snooze")
OFFICE = Rules(openings=(Opening(("tue", "wed", "thu", "fri"), time(10), time(20)),), most_a_day=2, most_a_week=3)


def message(purpose: Purpose, *, due_at: datetime = NOON, **more: Any) -> Message:
    return Message(purpose=purpose, due_at=due_at, routine_id="routine/neck", day=WEDNESDAY, **more)


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


def drop(reason: Reason) -> Decision:
    return Decision("drop", reason)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_friend_gets_everything_that_they_want_at_noon(purpose: Purpose) -> None:
    assert decide(message(purpose), FRIEND, NOON, Ledger()) == SEND


@pytest.mark.parametrize(
    ("person", "kept_back"),
    [
        (None, dict.fromkeys(TO_CLIENTS, "unknown-person")),
        (replace(FRIEND, is_blocked=True), dict.fromkeys(PURPOSES, "blocked")),
        (replace(FRIEND, has_stopped_announcements=True), {"announcement": "stopped"}),
        (replace(FRIEND, wants_summary=False), {"summary": "stopped"}),
        (replace(FRIEND, is_barred=True), dict.fromkeys(RINGS, "body")),
        (replace(FRIEND, reminder=None), {"reminder": "no-consent"}),
        (replace(FRIEND, reminder=replace(ON, state="stopped")), {"reminder": "stopped"}),
        (replace(FRIEND, reminder=replace(ON, state="suspended")), {"reminder": "stopped"}),
        (replace(FRIEND, reminder=replace(ON, days=("mon", "tue"))), {"reminder": "weekday"}),
    ],
)
def test_what_a_person_does_not_want_is_kept_back_and_nothing_else(
    person: PersonState | None, kept_back: dict[Purpose, Reason]
) -> None:
    decided = {purpose: decide(message(purpose), person, NOON, Ledger()) for purpose in PURPOSES}

    assert {purpose: decision for purpose, decision in decided.items() if decision != SEND} == {
        purpose: drop(reason) for purpose, reason in kept_back.items()
    }


def test_on_a_public_holiday_only_those_are_reminded_who_want_it() -> None:
    showa_day = tokyo("2026-04-29T12:00")
    ring = replace(message("reminder", due_at=showa_day), day=date(2026, 4, 29))

    assert decide(ring, FRIEND, showa_day, Ledger()) == SEND
    resting = replace(FRIEND, reminder=replace(ON, is_on_holidays=False))
    assert decide(ring, resting, showa_day, Ledger()) == drop("holiday")


@pytest.mark.parametrize(
    ("begins", "ends", "is_paused"),
    [
        (-24, None, True),
        (-24, 24, True),
        (-24, 0, False),  # The ring that falls on the very end of a pause rings.
        (0, None, True),
        (0.1, None, True),  # The person paused it after it was due and before it was sent.
        (24, None, False),
        (-48, -24, False),
    ],
)
def test_a_pause_silences_what_falls_into_it(begins: float, ends: float | None, is_paused: bool) -> None:
    pause = replace(
        ON,
        paused_from=NOON + timedelta(hours=begins),
        paused_until=None if ends is None else NOON + timedelta(hours=ends),
    )

    decision = decide(message("reminder"), replace(FRIEND, reminder=pause), NOON + timedelta(minutes=10), Ledger())

    assert decision == (drop("paused") if is_paused else SEND)


@pytest.mark.parametrize(("ledger", "reason"), [(Ledger(is_done=True), "done"), (Ledger(is_resting=True), "resting")])
def test_what_is_done_or_rests_for_its_day_rings_no_more(ledger: Ledger, reason: Reason) -> None:
    for purpose in PURPOSES:
        decision = decide(message(purpose), FRIEND, NOON, ledger)
        assert decision == (drop(reason) if purpose in RINGS else SEND)


@pytest.mark.parametrize("purpose", PUSHES)
def test_each_purpose_has_its_grace(purpose: Purpose) -> None:
    grace = GRACE[purpose]

    assert decide(message(purpose), FRIEND, NOON + grace - timedelta(seconds=1), Ledger()) == SEND
    assert decide(message(purpose), FRIEND, NOON + grace, Ledger()) == drop("too-late")
    # Its own deadline can only be sooner.
    soon, later = NOON + timedelta(minutes=1), NOON + timedelta(days=1)
    assert decide(message(purpose, expires_at=soon), FRIEND, soon, Ledger()) == drop("too-late")
    assert decide(message(purpose, expires_at=later), FRIEND, NOON + grace, Ledger()) == drop("too-late")


def test_an_answer_has_the_time_that_it_brings() -> None:
    later = NOON + timedelta(days=1)

    assert decide(message("answer"), FRIEND, later, Ledger()) == SEND
    assert decide(message("answer", expires_at=later), FRIEND, later, Ledger()) == drop("too-late")
    assert decide(message("answer", expires_at=later), None, later, Ledger()) == drop("too-late")


def test_who_does_not_want_it_is_not_told_that_it_is_late() -> None:
    late = NOON + timedelta(days=1)

    assert decide(message("reminder"), replace(FRIEND, is_blocked=True), late, Ledger()) == drop("blocked")
    assert decide(message("reminder"), FRIEND, late, Ledger(is_done=True)) == drop("done")


NIGHT = tokyo("2026-04-01T23:30")
MORNING = tokyo("2026-04-02T06:00")


@pytest.mark.parametrize(
    ("purpose", "due", "at", "expected"),
    [
        ("announcement", "22:44", "22:44", SEND),
        ("announcement", "22:44", "22:45", Decision("hold", "quiet-hours", MORNING)),
        ("announcement", "23:30", "23:30", Decision("hold", "quiet-hours", MORNING)),
        ("summary", "22:30", "23:00", Decision("hold", "quiet-hours", MORNING)),
        ("reminder", "23:30", "23:30", SEND),
        ("reminder", "23:30", "23:50", SEND),
        ("snooze", "23:30", "23:50", SEND),
        # The person chose an hour of the day; that it has become night is our doing.
        ("reminder", "22:40", "22:44", SEND),
        ("reminder", "22:40", "22:46", drop("quiet-hours")),
        ("snooze", "22:40", "22:46", drop("quiet-hours")),
        ("answer", "23:30", "23:30", SEND),
    ],
)
def test_the_quiet_hours_bind_what_we_choose(purpose: Purpose, due: str, at: str, expected: Decision) -> None:
    due_at, now = (tokyo(f"2026-04-01T{clock}") for clock in (due, at))

    assert decide(message(purpose, due_at=due_at), FRIEND, now, Ledger()) == expected


def test_it_is_night_where_the_person_is() -> None:
    abroad = replace(FRIEND, zone=ZoneInfo("America/New_York"))

    held = decide(message("announcement"), abroad, NOON, Ledger())

    assert held == Decision("hold", "quiet-hours", datetime(2026, 4, 1, 10, 0, tzinfo=UTC))
    assert decide(message("announcement", due_at=NIGHT), abroad, NIGHT, Ledger()) == SEND


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-04-01T09:59", "2026-04-01T10:00"),
        ("2026-04-01T20:00", "2026-04-02T10:00"),
        ("2026-04-01T23:00", "2026-04-02T10:00"),  # One hold, not one until dawn and another.
        ("2026-04-03T21:00", "2026-04-07T10:00"),  # Closed from Saturday to Monday.
    ],
)
def test_what_belongs_to_opening_hours_waits_for_them(at: str, until: str) -> None:
    now = tokyo(at)
    of_practice = message("announcement", due_at=now, in_opening_hours=True)

    held = decide(of_practice, FRIEND, now, Ledger(), OFFICE)

    assert (held.verb, held.until) == ("hold", tokyo(until))
    assert held.reason == ("quiet-hours" if at.endswith("23:00") else "closed")
    assert decide(replace(of_practice, due_at=tokyo(until)), FRIEND, tokyo(until), Ledger(), OFFICE) == SEND


def test_what_does_not_belong_to_opening_hours_does_not_wait_for_them() -> None:
    monday = tokyo("2026-04-06T12:00")

    assert decide(message("announcement", due_at=monday), FRIEND, monday, Ledger(), OFFICE) == SEND


def test_who_sleeps_whenever_the_practice_is_open_cannot_be_told() -> None:
    mornings = Rules(openings=(Opening(WEEK, time(10), time(12)),))
    asleep = replace(FRIEND, zone=ZoneInfo("Europe/London"))

    decision = decide(message("announcement", in_opening_hours=True), asleep, NOON, Ledger(), mornings)

    assert decision == drop("quiet-hours")


@pytest.mark.parametrize(
    ("ledger", "reason"),
    [
        (Ledger(announcements_today=1, announcements_this_week=2), None),
        (Ledger(announcements_today=2, announcements_this_week=2), "too-often"),
        (Ledger(announcements_today=0, announcements_this_week=3), "too-often"),
    ],
)
def test_announcements_have_their_measure_and_what_people_asked_for_has_none(
    ledger: Ledger, reason: Reason | None
) -> None:
    for purpose in PURPOSES:
        decision = decide(message(purpose), FRIEND, NOON, ledger, replace(OFFICE, reserve=50))
        assert decision == (drop(reason) if reason and purpose == "announcement" else SEND)


WORTH: dict[str, tuple[Purpose, bool]] = {
    "answer": ("answer", False),
    "alert": ("alert", False),
    "announcement at any price": ("announcement", False),
    "reminder": ("reminder", False),
    "snooze": ("snooze", False),
    "question": ("reminder", True),
    "summary": ("summary", True),
    "announcement": ("announcement", True),
}


@pytest.mark.parametrize(
    ("ledger", "waiting", "dropped"),
    [
        (Ledger(), set(), set()),
        (Ledger(left_of_month=81, needed_of_month=30), set(), set()),
        (Ledger(left_of_month=80, needed_of_month=30), {"question", "summary", "announcement"}, set()),
        (Ledger(left_of_month=51, needed_of_month=30), {"question", "summary", "announcement"}, set()),
        (Ledger(left_of_month=50), {"question", "summary", "announcement"}, {"reminder", "snooze"}),
        (Ledger(left_of_month=1), {"question", "summary", "announcement"}, {"reminder", "snooze"}),
        (
            Ledger(left_of_month=0),
            {"alert", "announcement at any price", "question", "summary", "announcement"},
            {"reminder", "snooze"},
        ),
        (
            Ledger(left_of_month=0, is_month_full=True),
            {"answer", "alert", "announcement at any price", "question", "summary", "announcement"},
            {"reminder", "snooze"},
        ),
    ],
)
def test_what_is_of_least_worth_gives_way_first_when_the_month_is_short(
    ledger: Ledger, waiting: set[str], dropped: set[str]
) -> None:
    decided = {
        name: decide(message(purpose, can_wait=can_wait), FRIEND, NOON, ledger, replace(OFFICE, reserve=50))
        for name, (purpose, can_wait) in WORTH.items()
    }

    assert {name for name, decision in decided.items() if decision == Decision("wait", "quota")} == waiting
    assert {name for name, decision in decided.items() if decision == drop("quota")} == dropped
    assert all(decided[name] == SEND for name in WORTH.keys() - waiting - dropped)


@pytest.mark.parametrize("purpose", PUSHES)
def test_what_goes_along_for_nothing_is_asked_neither_the_hour_nor_the_month(purpose: Purpose) -> None:
    night = tokyo("2026-04-01T23:30")
    along = message(purpose, due_at=NOON, can_wait=True, is_free=True)

    assert decide(along, FRIEND, night, Ledger(left_of_month=0, is_month_full=True)) == SEND
    assert decide(along, replace(FRIEND, is_blocked=True), night, Ledger()) == drop("blocked")


minutes = st.integers(0, 365 * 24 * 60)
moments = minutes.map(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count))
zones = st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London", "Pacific/Auckland", "Asia/Kolkata"]).map(
    ZoneInfo
)
walls = st.times().map(lambda at: at.replace(second=0, microsecond=0))
openings = st.builds(Opening, st.sets(st.sampled_from(WEEK), min_size=1).map(tuple), walls, walls)
rules = st.builds(
    Rules,
    quiet_from=walls,
    quiet_until=walls,
    most_a_day=st.integers(1, 3),
    most_a_week=st.integers(1, 5),
    reserve=st.integers(0, 5),
    openings=st.lists(openings, max_size=3).map(tuple),
)
reminders = st.builds(
    ReminderState,
    state=st.sampled_from(["on", "on", "stopped", "suspended"]),
    days=st.sets(st.sampled_from(WEEK), min_size=1).map(tuple),
    is_on_holidays=st.booleans(),
    paused_from=st.none() | moments,
    paused_until=st.none() | moments,
)
people = st.builds(
    PersonState,
    zone=zones,
    is_blocked=st.booleans(),
    has_stopped_announcements=st.booleans(),
    wants_summary=st.booleans(),
    is_barred=st.booleans(),
    reminder=st.none() | reminders,
)
ledgers = st.builds(
    Ledger,
    is_done=st.booleans(),
    is_resting=st.booleans(),
    announcements_today=st.integers(0, 3),
    announcements_this_week=st.integers(0, 6),
    left_of_month=st.none() | st.integers(-1, 10),
    needed_of_month=st.integers(0, 5),
    is_month_full=st.booleans(),
)
lateness = st.integers(0, 4 * 60).map(lambda count: timedelta(minutes=count))
messages = st.builds(
    Message,
    purpose=st.sampled_from(PURPOSES),
    due_at=moments,
    day=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    expires_at=st.none(),
    in_opening_hours=st.booleans(),
    can_wait=st.booleans(),
)


@given(messages, people, lateness, ledgers, rules)
def test_whatever_is_sent_was_wanted_and_in_time(
    wished: Message, person: PersonState, late: timedelta, ledger: Ledger, by: Rules
) -> None:
    now = wished.due_at + late
    decision = decide(wished, person, now, ledger, by)

    if decision != SEND or wished.purpose in BY_HAND:
        return
    assert not person.is_blocked
    assert late < GRACE[wished.purpose]
    if wished.purpose in RINGS:
        assert {ledger.is_done, ledger.is_resting, person.is_barred} == {False}
        assert not by.is_quiet(now, person.zone) or by.is_quiet(wished.due_at, person.zone)
    else:
        assert not by.is_quiet(now, person.zone)
        assert by.is_open(now) or not wished.in_opening_hours
    if wished.purpose == "reminder":
        assert person.reminder is not None
        assert person.reminder.state == "on"
        assert not person.reminder.is_paused(now)
        assert WEEK[(wished.day or now).weekday()] in person.reminder.days
    if wished.purpose == "announcement":
        assert ledger.announcements_today < by.most_a_day
    if ledger.left_of_month is not None:
        kept = by.reserve + ledger.needed_of_month if wished.can_wait else by.reserve if wished.purpose in RINGS else 0
        assert ledger.left_of_month > kept
        assert not ledger.is_month_full


@given(messages, people, lateness, ledgers, rules)
def test_a_month_with_more_left_lets_nothing_through_less(
    wished: Message, person: PersonState, late: timedelta, ledger: Ledger, by: Rules
) -> None:
    now = wished.due_at + late
    decision = decide(wished, person, now, ledger, by)
    richer = decide(wished, person, now, replace(ledger, left_of_month=None), by)
    free = decide(replace(wished, is_free=True), person, now, ledger, by)

    assert decision == richer or decision.reason == "quota"
    assert decision.verb != "wait" or free == SEND
    if decision == SEND:
        assert free == SEND


@given(messages, people, lateness, ledgers, rules)
def test_what_is_not_sent_has_a_reason_and_what_is_held_is_held_once(
    wished: Message, person: PersonState, late: timedelta, ledger: Ledger, by: Rules
) -> None:
    now = wished.due_at + late
    decision = decide(wished, person, now, ledger, by)

    assert decision == decide(wished, person, now, ledger, by)
    assert (decision.reason is None) == (decision == SEND)
    assert decision.reason is None or decision.reason in get_args(Reason)
    assert (decision.until is not None) == (decision.verb == "hold")
    if decision.until is not None:
        assert decision.until > now
        moved = replace(wished, due_at=decision.until)
        assert decide(moved, person, decision.until, ledger, by).verb != "hold"


@given(moments, zones, rules, st.booleans(), st.integers(0, 7 * 24 * 60))
def test_what_is_held_goes_at_the_first_moment_that_will_do(
    now: datetime, zone: ZoneInfo, by: Rules, in_opening_hours: bool, minutes: int
) -> None:
    found = by.next_fit(now, zone, in_opening_hours=in_opening_hours)

    def fits(moment: datetime) -> bool:
        return not by.is_quiet(moment, zone) and (by.is_open(moment) or not in_opening_hours)

    assert found is None or fits(found)
    sooner = now + timedelta(minutes=minutes)
    if found is None or sooner < found:
        assert not fits(sooner)
