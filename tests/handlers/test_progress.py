"""The record on a card: streak, score, calendar, bars, month after month."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot import people, progress
from bot.conversation import Bars, Block, Card, Month, Reply
from bot.talk import Heard, House, Visitor

Talk = Callable[[str], Heard]
MORNING, NIGHT = "routine/morning-stretch", "routine/night-release"


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def card(reply: Reply | None) -> Card:
    assert reply is not None
    (found,) = reply.bubbles
    assert isinstance(found, Card)
    return found


def of_kind(card: Card, kind: type) -> object:
    return next((block for block in card.blocks if isinstance(block, kind)), None)


@pytest.fixture
def done(house: House, visitor: Visitor) -> Callable[..., None]:
    """The visitor has done the routine on these days."""

    def done(*days: str, routine: str = MORNING) -> None:
        with house.app.sessions.begin() as session:
            person, _ = people.meet(session, visitor.phone.user_id, house.clock())
            for day in days:
                progress.done(session, person, routine_id=routine, day=date.fromisoformat(day), now=house.clock())

    return done


Done = Callable[..., None]


def test_without_a_record_it_says_so_kindly_and_that_the_streak_is_zero(talk: Talk) -> None:
    answer = said(talk("記録見せて"))

    assert "連続記録は0日です" in answer
    assert "100点満点で0点です" in answer
    assert "まだ記録がありません" in answer


def test_says_streak_score_total_and_longest(talk: Talk, done: Done) -> None:
    done("2026-11-01", "2026-11-02", "2026-11-03", "2026-11-19", "2026-11-20")
    done("2026-11-20", routine=NIGHT)

    answer = said(talk("何日続いてる？"))
    assert "連続記録は2日です。習慣スコアは100点満点で16点です。" in answer
    assert "できた日は合わせて5日、いちばん長い連続記録は3日です" in answer


def test_a_broken_streak_is_met_with_kind_words(talk: Talk, done: Done) -> None:
    done("2026-11-10")

    answer = said(talk("記録見せて"))
    assert "連続記録は0日です" in answer
    assert "これまでの記録は消えません" in answer


def test_the_calendar_shows_what_was_done_and_when_it_rested(house: House, talk: Talk, done: Done) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-12T10:00:00+09:00")
    talk("平日の朝6時半にストレッチ")
    done("2026-11-13", "2026-11-16", "2026-11-17")
    house.clock.now = datetime.fromisoformat("2026-11-20T10:00:00+09:00")

    month = of_kind(card(talk("記録見せて").reply), Month)
    assert isinstance(month, Month)
    days = {day.number: day for week in month.weeks for day in week if day is not None}
    assert month.heading == "11月は3日できました"
    assert list(days) == list(range(1, 31))
    assert {number: day.mark for number, day in days.items() if day.mark != "none"} == {
        13: "done", 14: "rest", 15: "rest", 16: "done", 17: "done",
    }  # fmt: skip
    assert [number for number, day in days.items() if day.is_today] == [20]
    assert all(len(week) == 7 for week in month.weeks)


def test_the_bars_are_the_last_five_weeks_this_one_first(talk: Talk, done: Done) -> None:
    done("2026-10-19", "2026-11-13", "2026-11-16", "2026-11-17")

    bars = of_kind(card(talk("記録見せて").reply), Bars)
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.value) for bar in bars.bars] == [
        ("今週", "2日"),
        ("先週", "1日"),
        ("11/2〜", "0日"),
        ("10/26〜", "0日"),
        ("10/19〜", "1日"),
    ]


def test_one_can_leaf_back_to_the_first_month_with_a_done_and_forth_to_this_one(
    visitor: Visitor, talk: Talk, done: Done
) -> None:
    done("2026-09-30", "2026-11-19")
    done("2026-09-29", routine=NIGHT)

    assert "連続記録は1日です" in said(talk("記録見せて"))
    assert "10月のカレンダー" in said(visitor.tap("前の月"))
    september = visitor.tap("前の月")
    assert "9月は2日できました" in said(september)
    assert "前の月" not in said(september)
    counts = of_kind(card(september.reply), Block)
    assert isinstance(counts, Block)
    assert counts.lines == ("朝のストレッチと深呼吸：1回", "夜の入浴とタオルリリース：1回")

    visitor.tap("次の月")
    november = visitor.tap("次の月")
    assert "11月は1日できました" in said(november)
    assert "次の月" not in said(november)


def test_last_month_can_be_asked_for_in_words(talk: Talk, done: Done) -> None:
    done("2026-10-30")

    assert "10月は1日できました" in said(talk("先月の記録"))


def test_the_button_under_the_card_turns_the_summary_on_or_off(visitor: Visitor, talk: Talk) -> None:
    talk("記録見せて")
    visitor.tap("毎週まとめを受け取る")

    assert "毎週のまとめを止める" in said(talk("記録見せて"))


@pytest.mark.parametrize("data", ["month", "month soon", "month 2026-13"])
def test_a_button_that_names_no_month_is_not_understood(visitor: Visitor, data: str) -> None:
    visitor.follow()
    reply = visitor.do({"type": "postback", "data": data}).reply

    assert reply is not None
    assert reply.outcome == "fallback"


def test_a_month_to_come_is_this_one_and_one_of_long_ago_is_empty(visitor: Visitor) -> None:
    visitor.follow()
    assert "1月のカレンダー" in said(visitor.do({"type": "postback", "data": "month 0001-01"}))
    assert "11月のカレンダー" in said(visitor.do({"type": "postback", "data": "month 2027-03"}))
