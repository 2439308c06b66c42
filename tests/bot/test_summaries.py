"""The weekly summary: Sunday evening on the person's own clock, once, and only when there is something to sum up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot import people, progress, summaries
from bot.db import Sessions
from bot.models import Decision, OutboxMessage, Person
from bot.record import Record

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
SUNDAY = datetime.fromisoformat("2026-11-22T20:00:00+09:00")
MORNING = "routine/morning-stretch"


def render(mine: Record) -> list[dict[str, Any]]:
    return [{"type": "text", "text": f"{mine.count(date(2026, 1, 1), mine.today)} days, streak {mine.streak}"}]


@pytest.fixture
def ask(sessions: Sessions) -> Callable[..., str]:
    """Somebody who did something on these days and wants a summary."""

    def ask(*days: int, zone: str | None = None) -> str:
        with sessions.begin() as session:
            name = f"U{len(session.scalars(sa.select(Person)).all()):032}"
            person, _ = people.meet(session, name, FRIDAY)
            person.timezone = zone
            for day in days:
                progress.done(session, person, routine_id=MORNING, day=date(2026, 11, day), now=FRIDAY)
            summaries.turn_on(person, zone=ZoneInfo(zone or "Asia/Tokyo"), now=FRIDAY)
        return name

    return ask


def written(sessions: Sessions) -> list[OutboxMessage]:
    with sessions() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_is_written_once_on_sunday_evening_for_those_who_asked(sessions: Sessions, ask: Callable[..., str]) -> None:
    name = ask(17, 18, 19)
    with sessions.begin() as session:
        people.meet(session, "U" + "9" * 32, FRIDAY)

    assert summaries.plan_due(sessions, render, SUNDAY - timedelta(seconds=1), zone=TOKYO) == 0
    assert [summaries.plan_due(sessions, render, SUNDAY, zone=TOKYO) for _ in range(3)] == [1, 0, 0]

    (row,) = written(sessions)
    assert (row.recipients, row.purpose, row.due_at) == ([name], "summary", SUNDAY)
    assert row.payload == [{"type": "text", "text": "3 days, streak 0"}]
    with sessions() as session:
        person = people.find(session, name)
        assert person is not None
        assert (person.summary_due_at, person.summarised_on) == (SUNDAY + timedelta(weeks=1), SUNDAY.date())


def test_follows_the_persons_own_clock_also_when_that_is_put_back(sessions: Sessions, ask: Callable[..., str]) -> None:
    name = ask(17, zone="America/New_York")
    with sessions() as session:
        person = people.find(session, name)
        assert person is not None
        assert person.summary_due_at == datetime.fromisoformat("2026-11-22T20:00:00-05:00")

        summaries.turn_on(person, zone=NEW_YORK, now=datetime.fromisoformat("2026-10-26T12:00:00-04:00"))
        assert person.summary_due_at == datetime.fromisoformat("2026-11-01T20:00:00-05:00")


def test_a_week_without_anything_has_no_summary_and_the_ledger_says_why(
    sessions: Sessions, ask: Callable[..., str]
) -> None:
    ask(10, 14, 15)

    assert summaries.plan_due(sessions, render, SUNDAY, zone=TOKYO) == 0
    assert written(sessions) == []
    with sessions() as session:
        (decision,) = session.scalars(sa.select(Decision))
    assert (decision.purpose, decision.verb, decision.reason) == ("summary", "drop", "nothing-done")


def test_one_found_too_late_is_passed_over_and_the_next_week_has_its_own(
    sessions: Sessions, ask: Callable[..., str]
) -> None:
    ask(17, 24)

    assert summaries.plan_due(sessions, render, SUNDAY + timedelta(hours=4), zone=TOKYO) == 0
    with sessions() as session:
        assert [one.reason for one in session.scalars(sa.select(Decision))] == ["too-late"]
    assert summaries.plan_due(sessions, render, SUNDAY + timedelta(weeks=1, hours=2), zone=TOKYO) == 1


def test_whoever_turns_it_off_gets_none_and_is_not_told_that_week_again(
    sessions: Sessions, ask: Callable[..., str]
) -> None:
    name = ask(17)
    with sessions.begin() as session:
        person = people.find(session, name)
        assert person is not None
        assert not summaries.is_to_be_told(person, FRIDAY.date())
        summaries.turn_off(person, today=FRIDAY.date())
        assert not summaries.is_to_be_told(person, SUNDAY.date())
        assert summaries.is_to_be_told(person, SUNDAY.date() + timedelta(days=1))

    assert summaries.plan_due(sessions, render, SUNDAY, zone=TOKYO) == 0


def test_turning_off_what_was_never_on_keeps_nothing_back(sessions: Sessions) -> None:
    with sessions.begin() as session:
        person, _ = people.meet(session, "U" + "9" * 32, FRIDAY)
        summaries.turn_off(person, today=FRIDAY.date())

        assert summaries.is_to_be_told(person, FRIDAY.date())


def test_many_are_written_in_several_transactions(
    sessions: Sessions, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "BATCH", 2)
    for _ in range(5):
        ask(17)

    assert summaries.plan_due(sessions, render, SUNDAY, zone=TOKYO) == 5
