"""What people's choices leave for staff, through the whole assistant, and how it goes again."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.models import Evidence
from bot.talk import Heard, House, Visitor, WoundClock
from bot.teaching import evidence
from bot.teaching.evidence import EvidenceError, Waiting
from bot.teaching.knowledge import Knowledge
from bot.teaching.phrasings import Taught
from tests.conftest import FRIDAY_MORNING
from tests.lengths import settings

UNCLEAR, LOST = "しみる", "☆★☆"


@pytest.fixture(scope="module")
def unsure(dental: Knowledge) -> Knowledge:
    """A dental practice two of whose entries share a wording: it is asked back, whatever else is learnt."""
    both = (("faq/whitening", UNCLEAR), ("faq/children", UNCLEAR))
    return dental.having_learnt(Taught((2, 0, 2), both), cache=None)


@pytest.fixture
def house(unsure: Knowledge, database_url: str) -> Iterator[House]:
    """Its assistant, first on SQLite, then on PostgreSQL."""
    with House(unsure, WoundClock(FRIDAY_MORNING), database_url) as made:
        yield made


Talk = Callable[[str], Heard]


def waiting(house: House) -> list[Waiting]:
    with house.app.sessions() as session:
        return evidence.waiting(session)


def rows(house: House) -> list[Evidence]:
    with house.app.sessions() as session:
        return list(session.scalars(sa.select(Evidence).order_by(Evidence.id)))


def offered(heard: Heard) -> tuple[str, ...]:
    assert heard.reply is not None
    assert heard.reply.outcome == "suggest"
    return heard.reply.offered


def choice(heard: Heard, place: int) -> dict[str, Any]:
    """The button of a choice."""
    return [action for action in heard.actions if action["data"].startswith("open ")][place]


def test_a_tap_on_a_choice_is_kept(house: House, visitor: Visitor, talk: Talk) -> None:
    heard = talk(UNCLEAR)
    ids = offered(heard)
    visitor.do(choice(heard, 1))

    [one] = waiting(house)
    assert (one.text, one.offered, one.picked, one.declined, one.silent) == (UNCLEAR, ids, ((ids[1], 1),), 0, 0)
    [row] = rows(house)
    assert row.picked_at is not None


@pytest.mark.parametrize(("words", "place"), [("2番", 1), ("上のやつ", 0)])
def test_a_choice_in_words_is_kept(house: House, talk: Talk, words: str, place: int) -> None:
    ids = offered(talk(UNCLEAR))
    talk(words)

    [one] = waiting(house)
    assert one.picked == ((ids[place], 1),)


@pytest.mark.parametrize("is_tapped", [True, False])
def test_to_say_that_none_is_meant_is_kept(house: House, visitor: Visitor, talk: Talk, is_tapped: bool) -> None:
    heard = talk(UNCLEAR)
    if is_tapped:
        visitor.do(next(action for action in heard.actions if action["data"].startswith("none ")))
    else:
        talk("ちがう")

    [one] = waiting(house)
    assert (one.picked, one.declined, one.silent) == ((), 1, 0)


def test_the_last_word_counts(house: House, visitor: Visitor, talk: Talk) -> None:
    heard = talk(UNCLEAR)
    talk("ちがう")
    talk("ありがとう")
    visitor.do(choice(heard, 0))

    [one] = waiting(house)
    assert (one.picked, one.declined) == (((offered(heard)[0], 1),), 0)


def test_going_on_with_something_else_is_no_choice(house: House, talk: Talk) -> None:
    talk(UNCLEAR)
    talk("ありがとう")
    talk("2番")

    found = next(one for one in waiting(house) if one.text == UNCLEAR)
    assert (found.picked, found.declined, found.silent) == ((), 0, 1)


def test_what_was_not_understood_at_all_waits_too(house: House, talk: Talk) -> None:
    heard = talk(LOST)
    assert heard.reply is not None
    assert heard.reply.outcome == "fallback"

    [one] = waiting(house)
    assert (one.text, one.offered, one.silent) == (LOST, (), 1)


def test_the_same_text_of_several_people_is_told_once(house: House) -> None:
    people = [house.person() for _ in range(3)]
    heard = [person.say(text) for person, text in zip(people, (UNCLEAR, f" {UNCLEAR}。", UNCLEAR), strict=True)]
    ids = offered(heard[0])
    people[0].do(choice(heard[0], 0))
    people[1].do(choice(heard[1], 0))

    [one] = waiting(house)
    assert (one.times, one.picked, one.silent) == (3, ((ids[0], 2),), 1)


def test_nothing_of_a_group_and_nothing_dangerous_is_kept(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("もう死にたい")
    talk("どうしよう")
    group = {
        "type": "message",
        "mode": "active",
        "timestamp": 1,
        "webhookEventId": "group-event",
        "replyToken": "0" * 32,
        "source": {"type": "group", "groupId": "C" + "1" * 32, "userId": visitor.phone.user_id},
        "message": {
            "type": "text",
            "id": "1",
            "text": f"@Senaka {LOST}",
            "mention": {"mentionees": [{"index": 0, "length": 7, "type": "user", "isSelf": True}]},
        },
    }
    house._receive(group)
    house.work()

    assert house.reply_to(group) is not None
    assert rows(house) == []


def test_a_message_taken_back_takes_its_evidence_with_it(house: House, visitor: Visitor) -> None:
    for text in (UNCLEAR, LOST):
        event = visitor.phone.say(text)
        house.work()
        visitor.phone.unsend(event["message"]["id"])
        house.work()

    assert rows(house) == []
    with house.app.sessions() as session:
        assert UNCLEAR not in json.dumps(evidence.waiting(session), default=str, ensure_ascii=False)


def test_a_person_who_has_all_deleted_leaves_no_evidence(house: House, visitor: Visitor, talk: Talk) -> None:
    other = house.person()
    other.say(UNCLEAR)
    talk(UNCLEAR)
    talk("2番")
    talk("わたしのデータを全部消して")
    visitor.tap("はい、消します")

    [one] = waiting(house)
    assert (one.times, one.picked) == (1, ())
    assert len(rows(house)) == 1


def test_nobody_chooses_for_somebody_else(house: House, visitor: Visitor, talk: Talk) -> None:
    heard = talk(UNCLEAR)
    stranger = house.person()
    stranger.say("こんにちは")
    for data in (choice(heard, 0)["data"], "none 1", "none 999999999999", "open faq/whitening -1", "none ²"):
        stranger.do({"type": "postback", "data": data})

    [one] = [one for one in waiting(house) if one.text == UNCLEAR]
    assert (one.picked, one.declined, one.silent) == ((), 0, 1)


def test_what_staff_have_treated_waits_no_more(house: House, talk: Talk) -> None:
    talk(UNCLEAR)
    talk(LOST)
    with house.app.sessions.begin() as session:
        assert evidence.settle(session, f"{UNCLEAR} ", how="taught", now=house.clock()) == 1
    [lost] = waiting(house)
    with house.app.sessions.begin() as session:
        assert evidence.drop(session, lost.number, now=house.clock()) == 1

    assert waiting(house) == []
    assert [row.settled_as for row in rows(house)] == ["taught", "dropped"]
    with house.app.sessions.begin() as session, pytest.raises(EvidenceError, match="no evidence waits as"):
        evidence.drop(session, lost.number, now=house.clock())


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(st.text(max_size=60), st.sampled_from([UNCLEAR, LOST, "2番", "ちがう"])), max_size=6))
def test_whatever_people_write_can_be_shown_and_forgotten(unsure: Knowledge, texts: list[str]) -> None:
    with House(unsure, WoundClock(FRIDAY_MORNING)) as house:
        visitor = house.person()
        for text in texts:
            house.clock.advance(seconds=5)
            if text:
                visitor.say(text)
        for one in waiting(house):
            assert one.times == sum(count for _, count in one.picked) + one.declined + one.silent
        visitor.say("わたしのデータを全部消して")
        visitor.say("はい")

        assert rows(house) == []
