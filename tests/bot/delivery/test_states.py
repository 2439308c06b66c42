from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot import db
from bot.delivery import gate, outbox, states
from bot.models import OutboxMessage, Person
from tests.fakes import NOON

TOKYO = ZoneInfo("Asia/Tokyo")


def test_500_people_are_known_by_as_many_queries_as_5(sessions: db.Sessions) -> None:
    names = [f"U{number}" for number in range(500)]
    with sessions.begin() as session:
        session.add_all(Person(line_user_id=name, created_at=NOON, last_seen_at=NOON) for name in names)
        outbox.add_multicast(session, to=names, payload=[], purpose="announcement", now=NOON)
        session.execute(sa.update(OutboxMessage).values(first_try_at=NOON))
    asked: list[str] = []
    sa.event.listen(db.engine_of(sessions), "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for purpose in ("reminder", "announcement", "answer"):
        message = gate.Message(purpose=purpose, due_at=NOON, routine_id="routine/neck", day=NOON.date())
        for size in (5, 500):
            asked.clear()
            with sessions() as session:
                known = states.load(session, names[:size], message, NOON, zone=TOKYO)
            counts.append(sum(1 for statement in asked if statement.startswith("SELECT")))
            assert len(known) == size

    assert counts == [3, 3, 2, 2, 1, 1]


def test_who_has_no_time_zone_of_their_own_lives_where_the_practice_is(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        session.add(Person(line_user_id="here", created_at=NOON, last_seen_at=NOON))
        session.add(Person(line_user_id="away", created_at=NOON, last_seen_at=NOON, timezone="Europe/Paris"))
    seoul = ZoneInfo("Asia/Seoul")

    with sessions() as session:
        known = states.load(session, ["here", "away"], gate.Message("answer", NOON), NOON, zone=seoul)

    assert {name: one.person.zone.key for name, one in known.items()} == {"here": "Asia/Seoul", "away": "Europe/Paris"}


def test_a_day_of_announcements_begins_at_four_where_the_person_is(sessions: db.Sessions) -> None:
    with sessions.begin() as session:
        session.add(Person(line_user_id="here", created_at=NOON, last_seen_at=NOON))
        session.add(Person(line_user_id="away", created_at=NOON, last_seen_at=NOON, timezone="Europe/London"))
        outbox.add_multicast(session, to=["here", "away"], payload=[], purpose="announcement", now=NOON)
        outbox.add_multicast(session, to=["here", "away"], payload=[], purpose="announcement", now=NOON)
        refused, sent = session.scalars(sa.select(OutboxMessage))
        # 03:30 in Tokyo, 19:30 on the evening before in London; at noon in Tokyo it is 04:00 in London.
        sent.first_try_at = refused.first_try_at = NOON - timedelta(hours=8, minutes=30)
        sent.outcome, refused.outcome = "accepted", "refused"
    message = gate.Message("announcement", NOON)

    def counts(hours: float) -> dict[str, tuple[int, int]]:
        with sessions() as session:
            known = states.load(session, ["here", "away"], message, NOON + timedelta(hours=hours), zone=TOKYO)
        return {
            name: (one.ledger.announcements_today, one.ledger.announcements_this_week) for name, one in known.items()
        }

    assert counts(-8.4) == {"here": (1, 1), "away": (1, 1)}
    assert counts(-1) == {"here": (0, 1), "away": (1, 1)}
    assert counts(0) == {"here": (0, 1), "away": (0, 1)}
    assert counts(7 * 24) == {"here": (0, 0), "away": (0, 0)}
