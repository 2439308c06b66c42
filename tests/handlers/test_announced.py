"""The buttons of an announcement that speak for the person who taps them."""

import pytest

from bot.broadcasts import drafts, report, states
from bot.broadcasts.content import Button, CardContent
from bot.models import Broadcast
from bot.talk import House, Visitor

CARD = CardContent(
    title="年末年始のお休み",
    text="12/30から1/3までお休みします。",
    buttons=(Button(label="料金を見る", say="料金を教えて"), Button(label="予約", url="https://clinic.example")),
)


@pytest.fixture
def announced(house: House, visitor: Visitor) -> int:
    """The card has reached the visitor; its number."""
    visitor.follow()
    now = house.clock()
    with house.app.sessions.begin() as session:
        made = drafts.create(session, by=None, now=now, content=CARD)
        made.tested_version = made.version
        states.schedule(session, made, send_at=now, by=None, worst="none", terms=states.Terms(), now=now)
        id = made.id
    house.work()
    return id


def times(house: House, id: int) -> list[int]:
    with house.app.sessions() as session:
        return [tap.times for tap in report.report(session, session.get_one(Broadcast, id)).taps]


def test_who_taps_is_answered_as_if_they_had_written_it_and_is_counted(
    house: House, visitor: Visitor, announced: int
) -> None:
    tapped = visitor.tap("料金を見る")
    written = visitor.say("料金を教えて")

    assert tapped.texts == written.texts
    assert tapped.reply is not None
    assert tapped.reply.meaning is not None
    assert times(house, announced) == [1, 0]


@pytest.mark.parametrize(
    "data", ["announced", "announced 1", "announced 999 0", "announced 1 9", "announced x y", "announced 1 1"]
)
def test_a_button_that_says_nothing_any_more_gets_the_answer_of_all_old_buttons(
    house: House, visitor: Visitor, announced: int, data: str
) -> None:
    heard = visitor.do({"type": "postback", "data": data})
    old = visitor.do({"type": "postback", "data": "nonsense"})

    assert heard.texts == old.texts
    assert times(house, announced) == [0, 0]
