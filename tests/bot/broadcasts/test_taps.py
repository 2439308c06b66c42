from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.broadcasts import taps
from bot.broadcasts.content import Button, CardContent
from bot.models import Broadcast, BroadcastTap, Person
from tests.fakes import NOON

CARD = CardContent(
    title="年末年始のお休み",
    buttons=(
        Button(label="予約", url="https://clinic.example/book?a=1"),
        Button(label="場所", say="駐車場はありますか"),
    ),
)


def follow(practice: Any, token: str) -> str | None:
    with practice.sessions.begin() as session:
        found: str | None = taps.follow(session, token, practice.clock())
        return found


def test_a_link_leads_to_the_stored_page_and_each_visit_counts(practice: Any) -> None:
    practice.meet(2)
    id = practice.announce(CARD)
    token = taps.token(practice.one(id), 0)

    assert [follow(practice, token) for _ in range(2)] == ["https://clinic.example/book?a=1"] * 2
    [link, words] = practice.told(id).taps
    assert (link.times, link.unknown, link.people, words.times) == (2, 2, (), 0)


def test_what_testers_open_before_it_is_sent_does_not_count(practice: Any) -> None:
    practice.meet(1)
    id = practice.draft(CARD)

    assert follow(practice, taps.token(practice.one(id), 0)) is not None
    assert practice.told(id).taps[0].times == 0


def test_a_token_that_somebody_made_up_leads_nowhere(practice: Any) -> None:
    practice.meet(1)
    id, other = practice.announce(CARD), practice.announce(CARD)
    good = taps.token(practice.one(id), 0)
    number, button, signature = good.split("-")
    made_up = [
        f"{number}-1-{signature}",
        f"{other}-0-{signature}",
        f"999-0-{signature}",
        f"{number}-{button}-{'0' * 32}",
        f"{number}-{button}-{signature}x",
        f"{number}-{button}",
        "",
        "https://evil.example",
        f"{number}-9-{signature}",
        "9" * 30 + f"-0-{signature}",
        taps.token(practice.one(id), 1),  # It says something, and opens nothing.
        taps.token(practice.one(id), 7),
    ]

    assert [follow(practice, token) for token in made_up] == [None] * len(made_up)


@pytest.mark.parametrize("url", ["http://clinic.example", "javascript:alert(1)", "//evil.example", "https://a@b.c"])
def test_only_a_safe_page_is_led_to_whatever_is_stored(practice: Any, url: str) -> None:
    practice.meet(1)
    id = practice.announce(CARD)
    with practice.sessions.begin() as session:
        found = session.get_one(Broadcast, id)
        found.content = CardContent(title="x", buttons=(Button(label="a", url=url),)).model_dump(mode="json")

    assert follow(practice, taps.token(practice.one(id), 0)) is None


def test_one_from_before_there_were_links_has_none(practice: Any) -> None:
    id = practice.draft(CARD)
    with practice.sessions.begin() as session:
        session.get_one(Broadcast, id).link_key = ""

    assert follow(practice, taps.token(practice.one(id), 0)) is None


def test_a_button_that_speaks_counts_for_who_tapped_it(practice: Any) -> None:
    practice.meet(2)
    id = practice.announce(CARD)
    with practice.sessions.begin() as session:
        first, second = session.scalars(sa.select(Person.id).order_by(Person.id))
        for person, at in ((second, NOON), (first, NOON), (second, NOON + timedelta(hours=1))):
            assert taps.note(session, id, 1, person_id=person, now=at) == "駐車場はありますか"
        assert taps.note(session, id, 0, person_id=first, now=NOON) is None
        assert taps.note(session, 999, 1, person_id=first, now=NOON) is None
        assert taps.note(session, id, 5, person_id=first, now=NOON) is None

    told = practice.told(id).taps[1]
    assert (told.label, told.people, told.times, told.unknown) == ("場所", (first, second), 3, 0)


def test_taps_go_with_the_person_who_has_everything_deleted(practice: Any) -> None:
    practice.meet(1)
    id = practice.announce(CARD)
    with practice.sessions.begin() as session:
        person = session.scalars(sa.select(Person)).one()
        taps.note(session, id, 1, person_id=person.id, now=NOON)
        session.flush()
        session.delete(person)

    with practice.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(BroadcastTap)) == 0
