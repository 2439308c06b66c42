from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from bot.broadcasts import segments
from bot.broadcasts.segments import Conditions
from bot.models import AuditEntry, Broadcast, Completion, Person, PersonTag, Reminder
from tests.fakes import NOON

MONDAY = date(2026, 3, 30)
ROUTINE = {
    "routine_id": "routine/a", "time": "07:00", "days": ["mon"], "zone": "Asia/Tokyo", "created_at": NOON,
}  # fmt: skip


@pytest.fixture
def people(practice: Any) -> dict[str, str]:
    """Anna does, Ben ignores, Carl was here long ago, Dora is new; Eve blocked us, Finn wants none. By name, their LINE ids."""
    [anna], [ben], [carl], [dora] = (
        practice.meet(1),
        practice.meet(1),
        practice.meet(1, last_seen_at=NOON - timedelta(days=40), followed_at=NOON - timedelta(days=400)),
        practice.meet(1, followed_at=NOON - timedelta(days=3)),
    )
    [eve], [finn] = practice.meet(1, blocked_at=NOON), practice.meet(1, announcements_stopped_at=NOON)
    with practice.sessions.begin() as session:
        ids = dict(session.execute(sa.select(Person.line_user_id, Person.id)).all())
        for name, tag in ((anna, "肩"), (anna, "土曜"), (ben, "肩"), (carl, "腰"), (eve, "肩")):
            session.add(PersonTag(person_id=ids[name], tag=tag))
        for name, state, rang_for in ((anna, "on", MONDAY), (ben, "on", MONDAY), (carl, "stopped", None)):
            session.add(Reminder(person_id=ids[name], state=state, rang_for=rang_for, **ROUTINE))
        session.add(Reminder(person_id=ids[dora], state="on", rang_for=MONDAY - timedelta(days=1), **ROUTINE))
        for name, day in ((anna, MONDAY), (anna, MONDAY + timedelta(days=1)), (ben, MONDAY - timedelta(days=1))):
            session.add(Completion(person_id=ids[name], routine_id="routine/a", day=day, done_at=NOON))
    return {"anna": anna, "ben": ben, "carl": carl, "dora": dora, "eve": eve, "finn": finn}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (Conditions(), "anna ben carl dora"),
        (Conditions(tags=("肩",)), "anna ben"),
        (Conditions(tags=("肩", "腰")), "anna ben carl"),
        (Conditions(tags=("肩",), without_tags=("土曜",)), "ben"),
        (Conditions(routine="routine/a"), "anna ben dora"),
        (Conditions(routine="routine/b"), ""),
        (Conditions(seen_within_days=30), "anna ben dora"),
        (Conditions(unseen_for_days=30), "carl"),
        (Conditions(joined_since=date(2026, 3, 29)), "anna ben dora"),
        (Conditions(joined_since=date(2026, 3, 30)), "anna ben"),
        (Conditions(done_this_week=1), "anna"),
        (Conditions(done_this_week=2), "anna"),
        (Conditions(done_this_week=3), ""),
        (Conditions(ignored_this_week=True), "ben"),
        (Conditions(without_people=(1, 3)), "ben dora"),
    ],
)
def test_conditions_choose_people(practice: Any, people: dict[str, str], conditions: Conditions, expected: str) -> None:
    wanted = [people[name] for name in expected.split()]
    with practice.sessions() as session:
        assert list(segments.audience(session, conditions, NOON).here) == wanted
        assert segments.count(session, conditions, NOON) == len(wanted)
        assert [one.line_user_id for one in session.scalars(segments.query(conditions, NOON))] == wanted


def test_an_announcement_goes_to_those_who_meet_its_conditions_when_it_begins(
    practice: Any, people: dict[str, str]
) -> None:
    id = practice.draft(segment=Conditions(tags=("肩",)))
    practice.schedule(id, NOON + timedelta(hours=1))
    with practice.sessions.begin() as session:
        session.execute(sa.update(Person).where(Person.line_user_id == people["ben"]).values(blocked_at=NOON))
    practice.pass_time(hours=2)

    assert list(practice.got()) == [people["anna"]]
    assert practice.one(id).people_count == 1


def test_what_is_asked_can_be_put_into_words() -> None:
    asked = Conditions(tags=("肩",), done_this_week=2, ignored_this_week=True)

    assert segments.describe(asked) == [("tags", ("肩",)), ("done_this_week", 2), ("ignored_this_week", True)]
    assert segments.describe(Conditions()) == []
    assert Conditions().is_everybody
    assert not asked.is_everybody


@pytest.mark.parametrize("wrong", [{"seen_within_days": 0}, {"done_this_week": -1}, {"colour": "red"}])
def test_conditions_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Conditions(**wrong)


def test_conditions_get_a_name_and_are_forgotten_without_a_change_to_what_used_them(
    practice: Any, people: dict[str, str]
) -> None:
    shoulders = Conditions(tags=("肩",), joined_since=date(2026, 1, 1))
    id = practice.draft(segment=shoulders)
    with practice.sessions.begin() as session:
        segments.save(session, "肩の人", Conditions(), by=None, now=NOON)
        kept = segments.save(session, "肩の人", shoulders, by=None, now=NOON)
        assert [Conditions.model_validate(one.conditions) for one in segments.saved(session)] == [shoulders]
        segments.remove(session, kept, by=None, now=NOON)

    with practice.sessions() as session:
        assert segments.saved(session) == []
        assert segments.of(session.get_one(Broadcast, id)) == shoulders
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-3:] == ["segment.save", "segment.save", "segment.remove"]
