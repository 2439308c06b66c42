from datetime import datetime, timedelta

import sqlalchemy as sa

from bot import calendar, db
from bot.delivery import decisions
from bot.models import Decision, Person
from tests.fakes import NOON

DAY = NOON.date()


def meet(sessions: db.Sessions, *names: str) -> list[Person]:
    with sessions.begin() as session:
        people = [Person(line_user_id=name, created_at=NOON, last_seen_at=NOON) for name in names]
        session.add_all(people)
    return people


def of(sessions: db.Sessions, person: Person) -> list[tuple[str | None, str]]:
    zone = calendar.ZoneInfo("Asia/Tokyo")
    begins, ends = (calendar.day_begins(day, zone) for day in (DAY, DAY + timedelta(days=1)))
    with sessions() as session:
        return [
            (one.routine_id, one.reason) for one in decisions.of(session, person, day=DAY, begins=begins, ends=ends)
        ]


def drop(sessions: db.Sessions, person_id: int | list[int], routine: str, at: datetime, days: int = 0) -> None:
    with sessions.begin() as session:
        decisions.drop(
            session,
            person_id,
            purpose="reminder",
            routine_id=routine,
            day=DAY + timedelta(days=days),
            due_at=at,
            reason="too-late",
            now=at,
        )


def test_what_was_decided_about_a_day_is_found_in_the_order_of_the_day(sessions: db.Sessions) -> None:
    anna, ben = meet(sessions, "anna", "ben")
    drop(sessions, anna.id, "routine/late", NOON + timedelta(hours=20))  # A snooze may ring after the day has ended.
    drop(sessions, [anna.id, ben.id], "routine/noon", NOON)
    drop(sessions, anna.id, "routine/yesterday", NOON, days=-1)
    with sessions.begin() as session:
        for at in (NOON + timedelta(hours=1), NOON + timedelta(days=1)):
            decisions.drop(session, anna.id, purpose="summary", due_at=at, reason="stopped", now=at)

    assert of(sessions, anna) == [("routine/noon", "too-late"), (None, "stopped"), ("routine/late", "too-late")]
    assert of(sessions, ben) == [("routine/noon", "too-late")]


def test_500_decisions_are_written_as_one_statement(sessions: db.Sessions) -> None:
    people = meet(sessions, *(f"U{number}" for number in range(500)))
    written: list[str] = []
    sa.event.listen(
        db.engine_of(sessions),
        "before_cursor_execute",
        lambda *args: written.append(args[2]) if args[2].startswith("INSERT") else None,
    )

    drop(sessions, [person.id for person in people], "routine/noon", NOON)

    assert len(written) <= 2
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count(Decision.id))) == 500


def test_a_person_who_is_deleted_takes_their_decisions_with_them(sessions: db.Sessions) -> None:
    [anna] = meet(sessions, "anna")
    drop(sessions, anna.id, "routine/noon", NOON)
    with sessions.begin() as session:
        session.execute(sa.delete(Person))

    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count(Decision.id))) == 0
