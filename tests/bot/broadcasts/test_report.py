import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import people
from bot.broadcasts import taps
from bot.broadcasts.content import Button, CardContent
from bot.broadcasts.report import rows
from bot.models import Broadcast, InboxEvent, Person
from tests.fakes import NOON

HOUR = timedelta(hours=1)


def hear(practice: Any, name: str, at: datetime, kind: str = "message") -> None:
    with practice.sessions.begin() as session:
        session.add(
            InboxEvent(
                webhook_event_id=f"{name}{at}{kind}",
                kind=kind,
                chat=name,
                user_id=name,
                raw=json.dumps({}),
                received_at=at,
                occurred_at=at,
                next_try_at=at,
            )
        )


def ids(practice: Any, *names: str) -> tuple[int, ...]:
    with practice.sessions() as session:
        found = dict(session.execute(sa.select(Person.line_user_id, Person.id)).all())
    return tuple(found[name] for name in names)


def test_everybody_is_in_one_figure_and_the_figures_add_up(practice: Any) -> None:
    got, blocks, stops, goes = practice.meet(4)
    [abroad] = practice.meet(1, timezone="America/New_York")
    id = practice.announce()
    with practice.sessions.begin() as session:
        session.execute(sa.update(Person).where(Person.line_user_id == blocks).values(blocked_at=NOON, touched_at=NOON))
        session.execute(
            sa.update(Person).where(Person.line_user_id == stops).values(announcements_stopped_at=NOON, touched_at=NOON)
        )
        people.forget(session, session.scalars(sa.select(Person).where(Person.line_user_id == goes)).one())
    practice.send()

    told = practice.told(id)
    assert told.accepted == ids(practice, got)
    assert told.waiting == ids(practice, abroad)
    assert told.left_out == {"blocked": ids(practice, blocks), "stopped": ids(practice, stops)}
    assert told.reasons == {"blocked": 1, "stopped": 1}
    assert (told.planned, told.forgotten) == (5, 1)
    left_out = sum(len(them) for them in told.left_out.values())
    assert told.planned == len(told.accepted) + len(told.waiting) + len(told.unknown) + left_out + told.forgotten


def test_who_blocks_us_or_writes_within_a_day_of_it_is_told(practice: Any) -> None:
    quick, slow, early, leaves, left_later = practice.meet(5)
    hear(practice, early, NOON - HOUR)
    id = practice.announce()
    practice.send()
    hear(practice, quick, NOON + HOUR)
    hear(practice, quick, NOON + 2 * HOUR)
    hear(practice, slow, NOON + 25 * HOUR)
    hear(practice, early, NOON + HOUR, kind="postback")
    with practice.sessions.begin() as session:
        for name, at in ((leaves, NOON + 23 * HOUR), (left_later, NOON + 25 * HOUR)):
            session.execute(sa.update(Person).where(Person.line_user_id == name).values(blocked_at=at))

    told = practice.told(id)
    assert told.replied == ids(practice, quick)
    assert told.blocked == ids(practice, leaves)
    assert (told.first_at, told.last_at) == (NOON, NOON)


def test_a_file_has_a_row_for_each_person(practice: Any) -> None:
    card = CardContent(title="お休み", buttons=(Button(label="場所", say="場所は"),))
    [anna] = practice.meet(1, called="アンナさん", display_name="anna")
    [ben] = practice.meet(1, display_name="ben", timezone="America/New_York")
    id = practice.announce(card)
    practice.send()
    hear(practice, anna, NOON + HOUR)
    [anna_id] = ids(practice, anna)
    with practice.sessions.begin() as session:
        taps.note(session, id, 0, person_id=anna_id, now=NOON + HOUR)

    with practice.sessions() as session:
        heading, first, second = rows(session, session.get_one(Broadcast, id))
    assert heading == ("person", "name", "outcome", "reason", "accepted_at", "tapped", "replied_at", "blocked_at")
    assert first == (str(anna_id), "アンナさん", "accepted", "", "2026-04-01 12:00", "場所", "2026-04-01 13:00", "")
    assert second[1:4] == ("ben", "waiting", "quiet-hours")
    assert ben not in str(second)


def test_one_by_lines_own_list_tells_how_many_and_who_of_those_we_know_wrote_afterwards(practice: Any) -> None:
    [anna, _] = practice.meet(2)
    practice.messenger.friends = [f"U{number:032x}" for number in range(7)]
    id = practice.announce(way="everyone")
    practice.send()
    hear(practice, anna, NOON + HOUR)

    told = practice.told(id)
    assert (told.is_to_everyone, told.planned, told.last_at) == (True, 2, NOON)
    assert told.replied == ids(practice, anna)
    assert (told.accepted, told.left_out, told.reasons) == ((), {}, {})
