import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import db
from bot.app import Knowledge
from bot.keeping import retention
from bot.keeping.retention import Spans, Sweeper
from bot.library.loader import load
from bot.models import (
    AuditEntry,
    Decision,
    Erasure,
    Evidence,
    InboxEvent,
    OutboxMessage,
    Person,
    ReminderChange,
    Snooze,
)
from bot.settings import DEFAULT_CONTENT
from bot.talk import House, WoundClock
from tests.conftest import FRIDAY_MORNING
from tests.fakes import NOON

DAY = timedelta(days=1)
SAID = [{"type": "text", "text": "x"}]


def event(at: datetime, **more: object) -> InboxEvent:
    usual = {"kind": "message", "user_id": "U1", "chat": "U1", "meaning": "answer", "about": "faq/price"}
    raw = json.dumps({"message": {"text": "肩"}})
    times = {"received_at": at, "occurred_at": at, "next_try_at": at, "done_at": at}
    return InboxEvent(**{"webhook_event_id": f"e{at}", "message_id": f"m{at}", "raw": raw, **usual, **times, **more})


def message(at: datetime, **more: object) -> OutboxMessage:
    usual = {"kind": "push", "purpose": "answer", "payload": SAID, "recipients": ["U1"], "outcome": "accepted"}
    return OutboxMessage(**{**usual, "created_at": at, "next_try_at": at, "settled_at": at, **more})


def person(name: str, **more: object) -> Person:
    return Person(line_user_id=name, created_at=NOON, last_seen_at=NOON, **more)


def fill(sessions: db.Sessions, *rows: object) -> None:
    with sessions.begin() as session:
        session.add_all(rows)


def through(sweeper: Sweeper, now: datetime) -> None:
    for _ in range(100):
        if not sweeper.sweep(now):
            return
    pytest.fail("it never ends")


def later(sweeper: Sweeper, now: datetime) -> None:
    """An hour in which the clock goes evenly, after a leap, and then all there is to do."""
    for minutes in range(-60, 0, 5):
        sweeper.sweep(now + timedelta(minutes=minutes))
    through(sweeper, now)


def test_what_was_written_goes_and_what_is_counted_stays(sessions: db.Sessions) -> None:
    now = NOON + 91 * DAY
    fill(sessions, person("U1"), event(NOON), event(now - DAY), event(NOON + DAY / 2, done_at=None))
    fill(sessions, message(NOON), message(now - DAY), message(NOON, outcome=None))
    fill(sessions, Evidence(inbox_id=1, person_id=1, offered=["faq/price"], kept_at=NOON))

    through(Sweeper(sessions), now)

    with sessions() as session:
        events = session.execute(
            sa.select(InboxEvent.raw, InboxEvent.message_id, InboxEvent.about).order_by(InboxEvent.id)
        ).all()
        assert [(row.raw == "{}", row.message_id is None, row.about) for row in events] == [
            (True, True, "faq/price"),
            (False, False, "faq/price"),
            (False, False, "faq/price"),  # It waits for its answer.
        ]
        assert session.scalars(sa.select(OutboxMessage.payload).order_by(OutboxMessage.id)).all() == [[], SAID, SAID]
        assert session.scalars(sa.select(Evidence.offered)).all() == [["faq/price"]]
        told = session.scalars(sa.select(Erasure)).one()
        assert (told.why, told.digest, told.counts) == ("age", None, {"inbox erased": 1, "outbox erased": 1})


def test_the_ledger_goes_later_and_announcements_are_counted_for_good(sessions: db.Sessions) -> None:
    now = NOON + 401 * DAY
    fill(sessions, person("U1"), event(NOON), message(NOON, reference="a"), message(NOON, purpose="announcement"))
    usual = {"purpose": "reminder", "due_at": NOON, "verb": "drop", "reason": "done"}
    fill(sessions, Decision(person_id=1, decided_at=NOON, **usual), Decision(person_id=1, decided_at=now, **usual))
    fill(sessions, ReminderChange(person_id=1, changed_at=NOON, before={}, undone_at=NOON))
    fill(sessions, ReminderChange(person_id=1, changed_at=NOON, before={"routine/x": None}))
    fill(sessions, Snooze(person_id=1, routine_id="routine/x", for_day=NOON.date(), created_at=NOON))
    fill(sessions, AuditEntry(made_at=NOON, action="a", subject="b"))

    through(Sweeper(sessions), now)

    with sessions() as session:
        left = {kind: len(session.scalars(sa.select(kind.id)).all()) for kind in (InboxEvent, Decision, AuditEntry)}
        assert left == {InboxEvent: 0, Decision: 1, AuditEntry: 1}
        assert session.scalars(sa.select(OutboxMessage.purpose)).all() == ["announcement"]
        assert session.scalars(sa.select(Snooze.id)).all() == []
        # By these the record knows days off.
        assert session.scalars(sa.select(ReminderChange.before)).all() == [{"routine/x": None}]

    through(Sweeper(sessions), NOON + 731 * DAY)
    with sessions() as session:
        assert session.scalars(sa.select(AuditEntry.id)).all() == []


def test_who_blocked_is_erased_after_a_while_and_who_came_back_is_not(sessions: db.Sessions) -> None:
    gone = [person(f"U{number}", blocked_at=NOON) for number in range(retention.AT_ONCE + 5)]
    fill(sessions, *gone, person("Uback"), person("Ufresh", blocked_at=NOON + 29 * DAY), event(NOON + 29 * DAY))

    through(Sweeper(sessions), NOON + 31 * DAY)

    with sessions() as session:
        assert sorted(session.scalars(sa.select(Person.line_user_id))) == ["Uback", "Ufresh"]
        assert session.scalars(sa.select(InboxEvent.user_id)).all() == [None]
        assert sum(why == "blocked" for why in session.scalars(sa.select(Erasure.why))) == len(gone)


def test_what_was_told_in_a_talk_is_gone_the_day_after(sessions: db.Sessions) -> None:
    told = {"step": "check.asking", "step_data": {"answers": ["yes"]}, "told": [["knee", "then"]]}
    spoken_of = {"topic": "safety/mind", "offered": ["faq/pain"]}
    fill(sessions, person("U1", talked_at=NOON, **told), person("U2", talked_at=NOON + 2 * DAY, **told))
    fill(sessions, person("U3", talked_at=NOON, **spoken_of))

    through(Sweeper(sessions), NOON + 2 * DAY)

    with sessions() as session:
        rows = session.execute(sa.select(Person.step, Person.step_data, Person.told).order_by(Person.id)).all()
        assert [tuple(row) for row in rows] == [(None, {}, []), tuple(told.values()), (None, {}, [])]
        assert session.execute(sa.select(Person.topic, Person.offered).where(Person.id == 3)).one() == (None, [])


def test_a_page_at_a_time_and_then_nothing_for_a_day(sessions: db.Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    fill(sessions, *(event(NOON + number * DAY / 100) for number in range(5)))
    sweeper, now = Sweeper(sessions, Spans(wrote=7 * DAY)), NOON + 10 * DAY

    left = []
    for _ in range(4):
        sweeper.sweep(now)
        with sessions() as session:
            left.append(sum(raw != "{}" for raw in session.scalars(sa.select(InboxEvent.raw))))
    assert left == [3, 1, 0, 0]
    fill(sessions, event(NOON - DAY))
    assert not sweeper.sweep(now + DAY / 2)
    later(sweeper, now + DAY)
    with sessions() as session:
        assert set(session.scalars(sa.select(InboxEvent.raw))) == {"{}"}


def test_rows_of_a_clock_that_was_ahead_do_not_keep_those_behind_them(
    sessions: db.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    ahead = (event(NOON + 2000 * DAY + number * DAY / 100) for number in range(3))
    fill(sessions, event(NOON), *ahead, *(event(NOON + DAY + number * DAY / 100) for number in range(3)))

    through(Sweeper(sessions), NOON + 100 * DAY)

    with sessions() as session:
        left = session.scalars(sa.select(InboxEvent.received_at).where(InboxEvent.raw != "{}")).all()
        assert [at > NOON + 1000 * DAY for at in left] == [True] * 3


def test_a_clock_that_was_ahead_does_not_put_the_next_round_off(sessions: db.Sessions) -> None:
    sweeper = Sweeper(sessions)
    sweeper.sweep(NOON + 2000 * DAY)
    fill(sessions, event(NOON))

    later(sweeper, NOON + 100 * DAY)

    with sessions() as session:
        assert session.scalars(sa.select(InboxEvent.raw)).all() == ["{}"]


def test_nothing_is_erased_by_a_clock_that_has_just_leapt(
    sessions: db.Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    sweeper = Sweeper(sessions)
    fill(sessions, event(NOON))
    through(sweeper, NOON + DAY)

    assert not sweeper.sweep(NOON + 400 * DAY)
    assert not sweeper.sweep(NOON + 400 * DAY + timedelta(minutes=5))
    assert not sweeper.sweep(NOON + 2 * DAY)  # It is set right again.
    later(sweeper, NOON + 3 * DAY)

    with sessions() as session:
        assert session.scalars(sa.select(InboxEvent.raw)).all() != ["{}"]
    assert caplog.text.count("the clock leapt") >= 2


def test_what_was_erased_does_not_stay_in_the_log_of_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "senaka.db"
    shutil.copy(sqlite_template, path)
    sessions = db.connect(f"sqlite:///{path}")
    fill(sessions, event(NOON, raw=json.dumps({"text": "HIMITSU4711"})))
    assert b"HIMITSU4711" in path.with_name("senaka.db-wal").read_bytes()

    through(Sweeper(sessions), NOON + 91 * DAY)

    assert b"HIMITSU4711" not in path.with_name("senaka.db-wal").read_bytes() + path.read_bytes()
    db.engine_of(sessions).dispose()


def test_the_report_tells_what_is_kept_and_what_is_due(sessions: db.Sessions) -> None:
    fill(sessions, event(NOON), event(NOON + 89 * DAY))
    with sessions() as session:
        found = {one.name: one for one in retention.standing(session, Spans(), NOON + 91 * DAY)}
    assert found["inbox erased"] == ("inbox erased", 90, 2, 1, NOON)
    assert found["inbox deleted"] == ("inbox deleted", 400, 2, 0, NOON)


def test_the_alarm_clock_does_it(knowledge: Knowledge) -> None:
    with House(knowledge, WoundClock(FRIDAY_MORNING)) as house:
        house.person().say("肩がこった")
        house.wind(house.clock() + 92 * DAY)
        for _ in range(14):
            house.clock.advance(minutes=5)
            house.work()
        with house.app.sessions() as session:
            assert set(session.scalars(sa.select(InboxEvent.raw))) == {"{}"}
            assert session.scalars(sa.select(OutboxMessage.payload)).all() == [[]]


def test_what_the_practice_promises_is_what_is_done() -> None:
    privacy = load(DEFAULT_CONTENT).privacy
    assert privacy is not None

    promised = privacy.model_copy(update={"keep_days": 7, "keep_blocked_days": 3})

    assert retention.spans_of(promised) == Spans(wrote=timedelta(days=7), blocked=timedelta(days=3))
