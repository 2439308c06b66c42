"""The weekly summary by push or beside a reply, and the news that a reminder was laid to rest."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.conversation import Text
from bot.models import Reminder
from bot.talk import Heard, House, Visitor

Talk = Callable[[str], Heard]
MORNING, NIGHT = "routine/morning-stretch", "routine/night-release"
TOLD = "先週は2日できました"
RESTED = "お休みにしておきました"


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def wind_to(house: House, moment: str) -> None:
    house.clock.now = datetime.fromisoformat(moment)


@pytest.fixture
def monday(house: House, visitor: Visitor) -> None:
    """Two days of last week have something done, and it is Monday."""
    visitor.follow()
    for day in ("2026-11-19", "2026-11-20"):
        visitor.do({"type": "postback", "data": f"done {MORNING} {day}"})
    wind_to(house, "2026-11-23T10:00:00+09:00")


@pytest.mark.usefixtures("monday")
class TestBesideAReply:
    """The free summary of last week."""

    def test_is_told_once_in_a_bubble_of_its_own(self, talk: Talk) -> None:
        first = talk("料金")

        assert TOLD in said(first)
        assert first.reply is not None
        assert isinstance(first.reply.bubbles[-1], Text)
        assert TOLD not in said(talk("営業時間"))

    def test_comes_again_with_the_next_week(self, house: House, talk: Talk, visitor: Visitor) -> None:
        talk("料金")
        visitor.do({"type": "postback", "data": f"done {MORNING}"})
        wind_to(house, "2026-11-30T10:00:00+09:00")

        assert "先週は1日できました" in said(talk("料金"))

    def test_waits_for_a_reply_that_it_fits(self, talk: Talk, visitor: Visitor) -> None:
        for sentence in ("胸が痛くて息が苦しい", "あsdfghjkl", "記録見せて", "わたしのデータ"):
            assert TOLD not in said(talk(sentence)), sentence

        assert TOLD in said(talk("料金"))

    def test_is_not_told_in_the_middle_of_a_session(self, talk: Talk, visitor: Visitor) -> None:
        talk("昼の肩甲骨回し")
        assert TOLD not in said(visitor.tap("始める"))
        assert TOLD not in said(talk("料金"))

        assert TOLD in said(talk("できた"))

    def test_is_not_told_to_somebody_who_has_just_been_forgotten(self, talk: Talk, visitor: Visitor) -> None:
        talk("登録した情報を全部消して")

        assert TOLD not in said(visitor.tap("はい、消します"))

    def test_is_not_told_to_those_who_get_the_summary(self, house: House, talk: Talk, visitor: Visitor) -> None:
        visitor.do({"type": "postback", "data": "summary on"})

        assert TOLD not in said(talk("料金"))


def test_somebody_without_a_record_is_told_nothing_of_last_week(house: House, talk: Talk) -> None:
    talk("料金")
    wind_to(house, "2026-11-23T10:00:00+09:00")

    assert "先週" not in said(talk("料金"))


def test_the_summary_is_asked_for_on_the_card_and_comes_on_sunday_evening(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("記録見せて")
    confirmed = said(visitor.tap("毎週まとめを受け取る"))
    assert "毎週日曜日の20:00" in confirmed
    assert "11月22日(日) 20:00" in confirmed
    visitor.do({"type": "postback", "data": f"done {MORNING}"})
    visitor.do({"type": "postback", "data": f"done {NIGHT}"})

    wind_to(house, "2026-11-22T19:59:00+09:00")
    assert not visitor.wait().messages
    wind_to(house, "2026-11-22T20:00:00+09:00")
    summary = said(visitor.wait())
    assert "今週は1日できました" in summary
    assert "朝のストレッチと深呼吸：1回" in summary

    assert "止めました" in said(visitor.tap("毎週のまとめを止める"))
    visitor.do({"type": "postback", "data": f"done {MORNING} 2026-11-22"})
    wind_to(house, "2026-11-29T20:00:00+09:00")
    assert not visitor.wait().messages


def test_the_summary_tells_a_running_streak(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.do({"type": "postback", "data": "summary on"})
    wind_to(house, "2026-11-22T12:00:00+09:00")
    visitor.do({"type": "postback", "data": f"done {MORNING}"})
    wind_to(house, "2026-11-22T20:00:00+09:00")

    assert "いま連続1日です" in said(visitor.wait())


def test_a_button_that_asks_for_neither_is_not_understood(visitor: Visitor) -> None:
    visitor.follow()
    reply = visitor.do({"type": "postback", "data": "summary perhaps"}).reply

    assert reply is not None
    assert reply.outcome == "fallback"


@pytest.fixture
def laid_to_rest(house: House, talk: Talk) -> None:
    """A reminder of the visitor's rests because nobody reacted."""
    talk("毎朝6時半にストレッチ")
    with house.app.sessions.begin() as session:
        now = house.clock()
        rests = {"paused_from": now, "paused_until": None, "next_due_at": None, "rested_at": now}
        rests |= {"rang_at": now, "unanswered": 7}
        session.execute(sa.update(Reminder).values(rests))
    house.clock.advance(days=2)


@pytest.mark.usefixtures("laid_to_rest")
def test_that_a_reminder_was_laid_to_rest_is_told_once_beside_the_next_reply(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    told = talk("料金")

    assert f"「朝のストレッチと深呼吸」のお知らせは、{RESTED}" in said(told)
    assert "再開しました" in said(visitor.tap("再開する"))
    assert RESTED not in said(talk("営業時間"))


@pytest.mark.usefixtures("laid_to_rest")
def test_whoever_takes_it_up_again_is_not_told_that_it_rests(talk: Talk) -> None:
    assert RESTED not in said(talk("再開"))
    assert RESTED not in said(talk("料金"))


@pytest.mark.usefixtures("laid_to_rest")
def test_a_done_is_no_taking_up_so_it_is_told_beside_it(visitor: Visitor) -> None:
    assert RESTED in said(visitor.do({"type": "postback", "data": f"done {MORNING}"}))
