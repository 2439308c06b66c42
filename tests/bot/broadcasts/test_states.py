from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot.broadcasts import drafts, states
from bot.broadcasts.content import TextContent
from bot.broadcasts.states import RefusedError, Terms
from bot.delivery.rules import Rules
from bot.models import AuditEntry, Broadcast, BroadcastMove
from tests.fakes import NOON

HOUR = timedelta(hours=1)


def refusal(move: Any) -> tuple[str, dict[str, int]]:
    with pytest.raises(RefusedError) as caught:
        move()
    return caught.value.problem, dict(caught.value.facts)


def test_it_goes_at_its_time_and_not_before(practice: Any) -> None:
    people = practice.meet(3)
    id = practice.draft()
    practice.schedule(id, NOON + HOUR)
    practice.pass_time(minutes=59)

    assert (practice.state(id), practice.messenger.sent) == ("scheduled", [])

    practice.pass_time(minutes=2)

    assert practice.state(id) == "sent"
    assert practice.got() == dict.fromkeys(people, 1)


def test_one_sent_at_once_may_be_taken_back_for_half_a_minute(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    practice.schedule(id)
    practice.clock.advance(seconds=29)
    practice.tick()
    practice.move(id, "take_back")
    practice.pass_time(hours=1)

    assert (practice.state(id), practice.messenger.sent) == ("draft", [])


def test_once_sending_has_begun_nobody_takes_it_back(practice: Any) -> None:
    practice.meet(1)
    id = practice.announce()

    assert refusal(lambda: practice.move(id, "take_back")) == ("wrong-state", {})


def test_two_who_press_at_once_send_it_once(practice: Any) -> None:
    practice.meet(2)
    id = practice.draft()
    practice.schedule(id, NOON)

    assert refusal(lambda: practice.schedule(id, NOON)) == ("wrong-state", {})
    practice.tick()
    practice.tick()
    practice.send()
    assert set(practice.got().values()) == {1}


def test_what_nobody_has_tested_does_not_go_and_every_change_voids_a_test(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        drafts.change(session, found, version=1, by=None, now=NOON, content=TextContent(text="別の文"))

    assert refusal(lambda: practice.schedule(id)) == ("not-tested", {})


def test_a_test_goes_to_the_line_of_who_asks_for_it(practice: Any) -> None:
    anna = practice.employ("anna", "U" + "a" * 32)
    ben = practice.employ("ben")
    id = practice.draft()
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        by_line = states.test(session, found, by=anna, paint=practice.paint, now=NOON)
        by_preview = states.test(session, found, by=ben, paint=practice.paint, now=NOON)
        notes = [move.note for move in states.history(session, found)]
    practice.send()

    assert (by_line, by_preview) == ("line", "preview")
    assert notes == ["create", "tested_by=line", "tested_by=preview"]
    assert [(sent.kind, sent.to) for sent in practice.messenger.sent] == [("push", (anna.line_user_id,))]
    assert practice.told(id).accepted == ()


def test_where_approval_is_asked_for_somebody_else_gives_it(practice: Any) -> None:
    practice.meet(1)
    practice.terms = Terms(needs_approval=True)
    anna, ben, carl = (practice.employ(name).id for name in ("anna", "ben", "carl"))
    id = practice.draft(by=anna)
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        drafts.change(session, found, version=1, by=ben, now=NOON, is_urgent=True)
        found.tested_version = found.version
        states.submit(session, found, by=ben, worst="none", terms=practice.terms, now=NOON)

    assert refusal(lambda: practice.schedule(id))[0] == "not-approved"
    assert refusal(lambda: practice.move(id, "approve", by=anna))[0] == "own-work"
    assert refusal(lambda: practice.move(id, "approve", by=ben))[0] == "own-work"

    practice.move(id, "approve", by=carl)
    practice.schedule(id)

    assert practice.state(id) == "scheduled"


@pytest.mark.parametrize(
    ("worst", "problem"), [("high", "lint-high"), ("medium", "not-approved"), ("low", None), ("none", None)]
)
def test_words_that_are_risky_want_a_second_reader_and_dangerous_ones_do_not_go(
    practice: Any, worst: Any, problem: str | None
) -> None:
    practice.meet(1)
    id = practice.draft()
    with practice.sessions() as session:
        found = session.get_one(Broadcast, id)
        missing = states.missing(session, found, worst=worst, terms=practice.terms, send_at=None, now=NOON)

    assert next((one.problem for one in missing), None) == problem


def test_a_draft_that_lacks_everything_says_all_of_it(practice: Any) -> None:
    id = practice.draft(TextContent())
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        found.tested_version = None
        missing = states.missing(
            session, found, worst="high", terms=Terms(needs_approval=True), send_at=NOON - HOUR, now=NOON
        )

    assert [one.problem for one in missing] == [
        "problems",
        "lint-high",
        "not-tested",
        "not-approved",
        "in-the-past",
        "no-people",
    ]


def test_a_slip_of_the_year_is_refused_and_does_not_wait_for_decades(practice: Any) -> None:
    practice.meet(1)

    for year in (2062, 9999):
        moment = NOON.replace(year=year, month=12, day=31)
        assert refusal(partial(practice.schedule, practice.draft(), moment)) == ("too-far", {})


def test_one_for_which_the_month_has_no_room_is_refused_with_the_figures(practice: Any) -> None:
    practice.meet(30)
    practice.terms = Terms(rules=Rules(monthly_limit=40, reserve=15))
    id, urgent = practice.draft(), practice.draft(is_urgent=True)

    assert refusal(lambda: practice.schedule(id)) == ("does-not-fit", {"short": 5, "free": 25, "people": 30})

    practice.schedule(urgent)  # At any price: the reserve is for such.
    assert practice.state(urgent) == "scheduled"


def test_what_is_scheduled_already_leaves_no_room_for_a_second_one(practice: Any) -> None:
    practice.meet(30)
    practice.terms = Terms(rules=Rules(monthly_limit=50))
    first, second = practice.draft(), practice.draft()
    practice.schedule(first, NOON + HOUR)

    assert refusal(lambda: practice.schedule(second)) == ("does-not-fit", {"short": 10, "free": 20, "people": 30})


def test_one_that_nobody_would_get_is_refused(practice: Any) -> None:
    practice.meet(1, blocked_at=NOON)
    practice.meet(1, announcements_stopped_at=NOON)

    assert refusal(lambda: practice.schedule(practice.draft())) == ("no-people", {})


def test_one_found_too_late_waits_for_a_human_who_sends_it_now(practice: Any) -> None:
    people = practice.meet(2)
    id = practice.draft()
    practice.schedule(id, NOON + HOUR)
    practice.clock.advance(hours=3, seconds=1)
    practice.tick()
    practice.send()

    assert (practice.state(id), practice.messenger.sent) == ("overdue", [])
    with practice.sessions() as session:
        assert [alert.name for alert in practice.alerts(session)] == ["announcement-overdue"]

    with practice.sessions.begin() as session:
        states.confirm(session, session.get_one(Broadcast, id), by=None, terms=practice.terms, now=practice.clock())
    practice.pass_time(minutes=2)

    assert (practice.state(id), practice.got()) == ("sent", dict.fromkeys(people, 1))
    with practice.sessions() as session:
        assert practice.alerts(session) == []


def test_one_found_a_little_late_goes_with_its_whole_grace(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    practice.schedule(id, NOON)
    practice.clock.advance(hours=1, minutes=55)
    practice.tick()
    practice.clock.advance(minutes=20)
    practice.send()
    practice.tick()

    assert practice.state(id) == "sent"
    assert len(practice.told(id).accepted) == 1


def test_every_move_is_written_down_with_who_made_it(practice: Any) -> None:
    practice.meet(1)
    anna = practice.employ("anna").id
    id = practice.draft(by=anna)
    practice.schedule(id, NOON)
    practice.tick()
    practice.move(id, "pause", by=anna)
    practice.move(id, "resume", by=anna)
    practice.pass_time(minutes=2)

    with practice.sessions() as session:
        moves = session.execute(sa.select(BroadcastMove.state, BroadcastMove.account_id).order_by(BroadcastMove.id))
        assert [tuple(move) for move in moves] == [
            ("draft", anna),
            ("scheduled", None),
            ("sending", None),
            ("paused", anna),
            ("sending", anna),
            ("sent", None),
        ]
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["broadcast.create", "broadcast.schedule", "broadcast.pause", "broadcast.resume"]


def test_the_table_of_moves_leads_from_a_draft_to_every_state() -> None:
    reached = {"draft"}
    for _ in states.MOVES:
        reached |= {to for allowed, to in states.MOVES.values() if to is not None and reached & allowed}

    assert reached == {"draft", "waiting", "scheduled", "overdue", "sending", "paused", "stopped", "sent"}
    assert not [name for name, (allowed, _) in states.MOVES.items() if allowed & {"stopped", "sent"}]


def test_an_urgent_one_goes_in_the_night_and_another_one_waits_for_the_morning(practice: Any) -> None:
    practice.meet(1)
    practice.clock.now = NOON + timedelta(hours=12)
    practice.announce()
    practice.send()

    assert practice.messenger.sent == []

    practice.announce(is_urgent=True)
    practice.send()

    assert len(practice.messenger.sent) == 1
    practice.pass_time(hours=7)
    assert len(practice.messenger.sent) == 2


def test_terms_are_those_of_the_pack(dental: Any) -> None:
    terms = Terms.of(dental.library, is_public=True)

    assert terms == replace(Terms(), rules=Rules.of(dental.library))
