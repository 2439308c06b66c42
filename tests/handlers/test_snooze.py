"""A second ring, asked for by button or in words: of which routine, when, for which day, and how often."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said, tap, wind_to

Talk = Callable[[str], Heard]


@pytest.fixture
def rung(house: House, visitor: Visitor, talk: Talk) -> Heard:
    """The morning's ring, just come."""
    talk("毎朝6時半にストレッチ")
    return ring_at(house, visitor, "2026-11-21T06:30:00")


@pytest.mark.usefixtures("rung")
def test_later_rings_once_more_and_twice_a_day_at_most(house: House, visitor: Visitor) -> None:
    assert labels(visitor.tap("あとで")) == ["10分後", "30分後", "60分後"]
    assert "30分後の07:00" in said(visitor.tap("30分後"))

    assert ring_at(house, visitor, "2026-11-21T07:00:00").messages
    assert "10分後の07:10" in said(visitor.say("10分後にもう一回"))
    assert ring_at(house, visitor, "2026-11-21T07:10:00").messages
    assert "1日2回まで" in said(visitor.say("あとで"))


@pytest.mark.usefixtures("rung")
@pytest.mark.parametrize(
    ("answer", "said_back"),
    [("30分", "30分後の07:00"), ("15", "15分後の06:45"), ("1時間で", "60分後の07:30"), ("3時間", "3時間後の09:30")],
)
def test_how_much_later_is_also_answered_in_words(visitor: Visitor, answer: str, said_back: str) -> None:
    visitor.tap("あとで")

    assert said_back in said(visitor.say(answer))


@pytest.mark.usefixtures("rung")
def test_asked_how_much_later_a_clock_time_is_no_new_setting(visitor: Visitor, talk: Talk) -> None:
    visitor.tap("あとで")

    assert "「朝のストレッチと深呼吸」は20:00にもう一度" in said(visitor.say("20時"))
    assert "06:30（毎日）" in said(talk("お知らせの確認"))


def test_a_snooze_is_of_what_has_just_rung_whatever_was_spoken_of_since(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    ring_at(house, visitor, "2026-11-21T06:30:00")
    talk("営業時間は？")
    talk("夕方の10分筋トレ")

    assert "「朝のストレッチと深呼吸」は30分後の" in said(talk("30分後にもう一回"))


def test_when_none_has_rung_it_is_of_the_one_last_spoken_of(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夜9時にお風呂のやつ")

    assert "「夜の入浴とタオルリリース」は30分後の10:30" in said(talk("30分後にもう一回"))
    assert ring_at(house, visitor, "2026-11-20T10:30:30").messages


def test_when_none_was_spoken_of_it_is_of_the_only_one_that_is_on(house: House, talk: Talk) -> None:
    talk("夜9時にお風呂のやつ")
    house.clock.advance(hours=2)

    assert "「夜の入浴とタオルリリース」は10分後の" in said(talk("10分後に教えて"))


def test_a_clock_time_that_is_past_means_tomorrow_and_says_the_date(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("夜9時にお風呂のやつ")
    talk("リマインドをやめて")
    talk("夜の入浴とタオルリリース")

    assert "11月21日(土) 09:00にもう一度" in said(talk("朝9時にもう一回"))
    assert ring_at(house, visitor, "2026-11-21T09:00:00").messages


def test_half_past_midnight_belongs_to_the_evening_before(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("寝る前の深呼吸を23時半に")
    ring_at(house, visitor, "2026-11-20T23:30:00")

    assert "11月21日(土) 00:30にもう一度" in said(talk("0時半にもう一回"))
    again = ring_at(house, visitor, "2026-11-21T00:30:00")
    assert "done routine/bedtime-breathing 2026-11-20" in [action.get("data") for action in again.actions]
    visitor.tap("できた")
    assert "もうできています" in said(visitor.say("10分後にもう一回"))

    assert ring_at(house, visitor, "2026-11-21T23:30:00").messages, "the next evening is another day"


@pytest.mark.usefixtures("rung")
def test_nothing_rings_once_more_after_done(house: House, visitor: Visitor) -> None:
    visitor.tap("あとで")
    visitor.tap("30分後")
    visitor.tap("できた")
    assert not ring_at(house, visitor, "2026-11-21T07:00:00").messages

    assert "今日の分はもうできています" in said(visitor.tap("あとで"))
    assert "今日の分はもうできています" in said(visitor.say("30分後にもう一回"))
    assert not ring_at(house, visitor, "2026-11-21T07:31:00").messages


@pytest.mark.usefixtures("rung")
def test_a_rest_for_today_silences_the_day_and_no_more(house: House, visitor: Visitor) -> None:
    visitor.tap("あとで")
    visitor.tap("30分後")
    assert "今日はお休みですね" in said(visitor.tap("今日はお休み"))
    assert not ring_at(house, visitor, "2026-11-21T07:00:00").messages

    assert "もうお休みにしてあります" in said(visitor.tap("今日はお休み"))
    assert "お休みにしてあります" in said(visitor.tap("あとで"))
    assert ring_at(house, visitor, "2026-11-22T06:30:00").messages


@pytest.mark.usefixtures("rung")
def test_buttons_belong_to_the_day_of_their_ring(house: House, visitor: Visitor) -> None:
    wind_to(house, "2026-11-22T06:00:00")

    assert "これは11月21日(土)の「朝のストレッチと深呼吸」でした" in said(visitor.tap("あとで"))
    assert "11月21日(土)はお休みですね" in said(visitor.tap("今日はお休み"))
    assert ring_at(house, visitor, "2026-11-22T06:30:00").messages, "the rest was yesterday's"


@pytest.mark.usefixtures("rung")
def test_a_rest_after_done_says_that_it_is_done(visitor: Visitor) -> None:
    visitor.tap("できた")

    assert "今日の分はもうできています" in said(visitor.tap("今日はお休み"))


@pytest.mark.usefixtures("rung")
def test_buttons_of_a_routine_that_is_no_more_get_the_fallback(visitor: Visitor) -> None:
    for data in ("later routine/gone 2026-11-21", "rest routine/gone 2026-11-21", "remind routine/gone", "keep"):
        assert "読み取れませんでした" in said(tap(visitor, data))


def test_blocking_ends_a_snooze_and_keeps_a_pause(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    talk("夕方の筋トレはしばらく休む")
    talk("30分後にもう一回")
    visitor.phone.block()
    house.work()
    visitor.follow()
    house.clock.advance(minutes=31)
    assert not visitor.wait().messages

    talk("前の設定で再開")
    listed = said(talk("リマインドの確認"))
    assert "06:30" in listed
    assert "お休み中" in listed
