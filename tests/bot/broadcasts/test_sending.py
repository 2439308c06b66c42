import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot import broadcasts, people
from bot.broadcasts import drafts, followers, rows, segments, sending, states
from bot.broadcasts.content import TextContent
from bot.broadcasts.states import RefusedError, Terms
from bot.delivery.rules import Rules
from bot.models import Broadcast, Person
from tests.fakes import NOON

FRIENDS = [f"U{number:032x}" for number in range(7)]


def test_all_its_rows_are_written_at_once_in_a_stable_order(practice: Any) -> None:
    people = practice.meet(1201)
    practice.announce()

    assert [row.recipients for row in practice.rows()] == [people[:500], people[500:1000], people[1000:]]
    assert [row.dedupe_key for row in practice.rows()] == [f"broadcast:1#{number}" for number in range(3)]


def test_one_that_cannot_be_drawn_is_not_begun_half(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    practice.schedule(id, NOON)

    def fails(*_: Any) -> Any:
        raise LookupError

    with pytest.raises(LookupError):
        sending.begin_due(practice.sessions, NOON, paint=fails, terms=practice.terms)
    assert (practice.state(id), practice.rows()) == ("scheduled", [])


def test_one_that_cannot_be_drawn_holds_up_none_behind_it(practice: Any) -> None:
    practice.meet(1)
    bad, good = practice.draft(), practice.draft()
    for id in (bad, good):
        practice.schedule(id, NOON)

    def fails(content: Any, broadcast: Broadcast) -> Any:
        if broadcast.id == bad:
            raise LookupError
        return practice.paint(content, broadcast)

    with pytest.raises(LookupError):
        sending.begin_due(practice.sessions, NOON, paint=fails, terms=practice.terms)
    assert (practice.state(bad), practice.state(good)) == ("scheduled", "sending")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_is_forgotten_while_it_is_written_down_does_not_get_it(practice: Any) -> None:
    [name] = practice.meet(1)
    id = practice.draft()

    def forget() -> None:
        with practice.sessions.begin() as session:
            people.forget(session, session.scalars(sa.select(Person).where(Person.line_user_id == name)).one())

    def waits() -> bool:
        asked = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with practice.sessions() as session:
            return bool(session.scalar(asked))

    with ThreadPoolExecutor(1) as aside, practice.sessions.begin() as session:
        found = segments.audience(session, segments.Conditions(), NOON)
        forgetting = aside.submit(forget)
        while not forgetting.done() and not waits():
            threading.Event().wait(0.01)
        rows.write(session, session.get_one(Broadcast, id), found, [{"type": "text", "text": "x"}], now=NOON)
    forgetting.result()
    practice.send()

    assert practice.messenger.sent == []
    assert [(row.recipients, row.left_out) for row in practice.rows()] == [([], {})]


def test_it_is_sent_once_every_row_has_an_outcome(practice: Any) -> None:
    practice.meet(1)
    practice.meet(1, timezone="America/New_York")
    id = practice.announce()
    practice.send()
    practice.tick()

    assert practice.state(id) == "sending"

    practice.pass_time(hours=12)
    assert practice.state(id) == "sent"


def test_one_for_nobody_left_is_over_at_once(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft()
    practice.schedule(id, NOON)
    with practice.sessions.begin() as session:
        session.execute(sa.delete(Person))
    practice.tick()

    assert (practice.state(id), practice.rows()) == ("sent", [])


def test_what_the_command_line_planned_is_closed_as_well(practice: Any) -> None:
    practice.meet(2)
    with practice.sessions.begin() as session:
        planned = broadcasts.plan(session, "お休みです", [{"type": "text", "text": "x"}], send_at=NOON, now=NOON)
    practice.pass_time(minutes=1)

    assert practice.state(planned.id) == "sent"
    with practice.sessions() as session:
        assert [move.state for move in states.history(session, planned)] == ["sending", "sent"]
        assert drafts.copy(session, planned, by=None, now=NOON).content == {"kind": "text", "text": "お休みです"}


# By LINE's own list.


def test_one_to_everyone_is_one_request_to_lines_own_list_that_counts_for_all(practice: Any) -> None:
    practice.meet(2)
    practice.messenger.friends = FRIENDS
    followers.ask(practice.sessions, practice.messenger, NOON)
    id = practice.announce(way="everyone")
    practice.messenger.breaks()
    practice.pass_time(minutes=5)

    assert [sent.kind for sent in practice.messenger.asked] == ["broadcast", "broadcast"]
    assert len({sent.retry_key for sent in practice.messenger.asked}) == 1
    assert [sent.to for sent in practice.messenger.sent] == [tuple(FRIENDS)]
    assert (practice.one(id).people_count, practice.state(id)) == (7, "sent")
    [row] = practice.rows()
    assert row.payload
    practice.terms = Terms(rules=Rules(monthly_limit=10))
    other = practice.draft()
    practice.meet(2)
    with practice.sessions() as session:
        [missing] = states.missing(
            session, session.get_one(Broadcast, other), worst="none", terms=practice.terms, send_at=None, now=NOON
        )
    assert missing.facts == {"short": 1, "free": 3, "people": 4}


def test_one_to_everyone_waits_for_the_morning_of_the_practice(practice: Any) -> None:
    practice.messenger.friends = FRIENDS
    practice.meet(1)
    practice.clock.now = NOON + timedelta(hours=12)
    practice.announce(way="everyone")
    practice.send()

    assert practice.messenger.sent == []

    practice.pass_time(hours=7)
    assert len(practice.messenger.sent) == 1


def test_one_to_everyone_for_whom_the_month_has_no_room_any_more_does_not_go(practice: Any) -> None:
    practice.terms = Terms(rules=Rules(monthly_limit=7))
    practice.__post_init__()
    practice.messenger.friends = FRIENDS
    followers.ask(practice.sessions, practice.messenger, NOON)
    practice.meet(1)
    first, second = practice.draft(way="everyone"), practice.draft(TextContent(text="b"), way="everyone")
    practice.schedule(first, NOON)
    with practice.sessions.begin() as session:  # As if both had been scheduled at the same moment.
        found = session.get_one(Broadcast, second)
        found.state, found.send_at = "scheduled", NOON
    practice.pass_time(minutes=2)

    assert len(practice.messenger.sent) == 1
    told = practice.told(second)
    assert (told.reasons, told.accepted, practice.state(second)) == ({"quota": 7}, (), "sent")


def test_lines_own_list_does_not_reach_past_somebodys_wish_to_have_no_announcements(practice: Any) -> None:
    practice.meet(2)
    practice.meet(1, announcements_stopped_at=NOON)
    id, urgent = practice.draft(way="everyone"), practice.draft(way="everyone", is_urgent=True)

    with pytest.raises(RefusedError) as caught:
        practice.schedule(id)
    assert (caught.value.problem, caught.value.facts) == ("somebody-stopped", {"people": 1})

    practice.schedule(urgent)
    assert practice.state(urgent) == "scheduled"


def test_nor_past_a_wish_that_came_after_it_was_scheduled(practice: Any) -> None:
    practice.messenger.friends = FRIENDS
    practice.meet(2)
    id = practice.draft(way="everyone")
    practice.schedule(id, NOON + timedelta(hours=1))
    practice.meet(1, announcements_stopped_at=NOON)
    practice.pass_time(hours=2)

    assert (practice.state(id), practice.messenger.sent) == ("overdue", [])
    with practice.sessions() as session:
        assert [alert.name for alert in practice.alerts(session)] == [sending.OVERDUE]


# How many LINE says there are.


def test_line_is_asked_once_a_day_for_its_count_and_again_in_an_hour_when_it_did_not_say(practice: Any) -> None:
    practice.meet(2)
    practice.meet(1, blocked_at=NOON)
    asks = []
    for hours in (0, 0.5, 1, 1.5, 2, 24, 24.5):
        practice.messenger.friends = None if hours < 1 else FRIENDS
        asks.append(followers.ask(practice.sessions, practice.messenger, NOON + timedelta(hours=hours)))

    assert asks == [True, False, True, False, False, True, False]
    with practice.sessions() as session:
        known = followers.known(session)
    assert (known.theirs, known.ours, str(known.on)) == (7, 2, "2026-04-01")


def test_an_import_makes_people_of_all_whom_line_names(practice: Any) -> None:
    practice.meet(2)
    practice.messenger.friends = [f"U{number:032x}" for number in range(2500)]
    found = followers.import_followers(practice.sessions, practice.messenger, NOON)
    again = followers.import_followers(practice.sessions, practice.messenger, NOON)

    assert (found.named, found.new, found.reason) == (2500, 2498, None)
    assert (again.named, again.new) == (2500, 0)
    with practice.sessions() as session:
        assert followers.known(session).ours == 2500
        assert session.scalar(sa.select(sa.func.count()).where(Person.followed_at.is_not(None))) == 0


def test_an_account_that_is_not_verified_gets_no_list_and_is_told_why(practice: Any) -> None:
    found = followers.import_followers(practice.sessions, practice.messenger, NOON)

    assert (found.named, found.new, found.reason) == (0, 0, "not-verified")
