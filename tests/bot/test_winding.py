"""A clock is wound to every moment at which something is done by itself."""

from datetime import UTC, date, datetime, timedelta

from bot import people, winding
from bot.models import Broadcast, InboxEvent, Programme
from bot.talk import House

SOON = timedelta(hours=1)


def test_nothing_is_due_in_an_empty_house(house: House) -> None:
    assert winding.due(house.app) is None


def test_an_announcement_is_due_when_it_is_scheduled_and_a_draft_never(house: House) -> None:
    now = house.clock()
    with house.app.sessions.begin() as session:
        for state, send_at in (("draft", now + SOON), ("scheduled", now + 2 * SOON)):
            session.add(Broadcast(created_at=now, state=state, send_at=send_at, link_key="k"))

    assert winding.due(house.app) == now + 2 * SOON


def test_a_programme_is_due_at_the_end_of_its_last_day(house: House) -> None:
    now = house.clock()
    with house.app.sessions.begin() as session:
        person, _ = people.meet(session, "U1", now)
        session.flush()
        session.add(
            Programme(
                person_id=person.id,
                name="p",
                routines=[],
                starts_on=date(2026, 11, 16),
                ends_on=date(2026, 11, 22),
                offered_at=now,
                agreed_at=now,
            )
        )

    # Days begin at four in Tokyo.
    assert winding.due(house.app) == datetime(2026, 11, 22, 19, tzinfo=UTC)


def test_an_event_that_failed_is_due_at_its_next_try(house: House) -> None:
    now = house.clock()
    about = {"webhook_event_id": "e", "kind": "message", "raw": "{}", "received_at": now, "occurred_at": now}
    with house.app.sessions.begin() as session:
        session.add(InboxEvent(**about, attempts=1, next_try_at=now + SOON))

    assert winding.due(house.app) == now + SOON


def test_whoever_takes_no_more_steps_leaves_the_clock_there(house: House) -> None:
    visitor = house.person()
    visitor.say("毎朝6時半にストレッチ")
    begun = house.clock()

    first = next(winding.steps(house.app, house.clock.set, begun + timedelta(weeks=1)))

    assert house.clock() == first == datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert winding.rings(house.app, visitor.user_id) == ["routine/morning-stretch"]
