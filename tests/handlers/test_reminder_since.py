"""Changes that shall hold from a day to come, or for some days alone: done as wished, or asked about, never otherwise."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said, tap

Talk = Callable[[str], Heard]
SET_BEFORE = "毎朝6時半にストレッチ"
CHOICES = ["今日から変える", "11月23日(月)から変える", "変えない"]


def test_what_begins_on_a_day_to_come_does_not_ring_before(house: House, visitor: Visitor, talk: Talk) -> None:
    answer = said(talk("月曜から寝る前の深呼吸も始めたい"))

    assert "「就寝前の深呼吸」のお知らせを、11月23日(月)からの設定にしました。" in answer
    assert "次のお知らせ：11月23日(月) 22:30\nお休み：11月22日(日)まで" in answer
    assert not ring_at(house, visitor, "2026-11-20T22:30:00").messages
    assert not ring_at(house, visitor, "2026-11-22T22:30:00").messages
    assert ring_at(house, visitor, "2026-11-23T22:30:00").messages


def test_a_change_before_which_nothing_rings_is_made_at_once_and_says_from_when(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk(SET_BEFORE)

    answer = said(talk("明日から朝7時にして"))

    assert "「朝のストレッチと深呼吸」のお知らせを、11月21日(土)からの設定にしました。" in answer
    assert "次のお知らせ：11月21日(土) 07:00" in answer
    assert "お休み" not in answer, "nothing would have rung before"
    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages
    assert ring_at(house, visitor, "2026-11-21T07:00:00").messages


def test_a_change_moved_to_a_later_hour_of_today_waits_for_tomorrow(house: House, visitor: Visitor, talk: Talk) -> None:
    talk(SET_BEFORE)

    assert "次のお知らせ：11月21日(土) 20:00" in said(talk("明日から夜8時にして"))
    assert not ring_at(house, visitor, "2026-11-20T20:00:00").messages
    assert ring_at(house, visitor, "2026-11-21T20:00:00").messages


def test_a_change_before_which_the_old_time_rings_is_asked_about_and_not_made(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk(SET_BEFORE)

    asked = talk("来週から7時半にして")

    assert "先の日からの変更はお預かりできません。" in said(asked)
    assert "11月23日(月)から変える場合、それまでのお知らせはお休みになります。" in said(asked)
    assert labels(asked) == CHOICES
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages, "nothing has been changed"


@pytest.mark.parametrize("answer", ["11月23日(月)から変える", "来週からで", "月曜から", "11/23"])
def test_who_wants_it_from_that_day_has_no_ring_until_then(
    house: House, visitor: Visitor, talk: Talk, answer: str
) -> None:
    talk(SET_BEFORE)
    asked = talk("来週から7時半にして")

    changed = said(visitor.tap(answer) if answer in labels(asked) else talk(answer))

    assert "のお知らせを、11月23日(月)からの設定にしました。\n時間：07:30" in changed
    assert "お休み：11月22日(日)まで" in changed
    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages
    assert not ring_at(house, visitor, "2026-11-22T07:30:00").messages
    assert ring_at(house, visitor, "2026-11-23T07:30:00").messages


@pytest.mark.parametrize("answer", ["今日から変える", "今日から", "今から", "すぐに"])
def test_who_wants_it_at_once_has_it_at_once(house: House, visitor: Visitor, talk: Talk, answer: str) -> None:
    talk(SET_BEFORE)
    asked = talk("来週から7時半にして")

    changed = said(visitor.tap(answer) if answer in labels(asked) else talk(answer))

    assert "のお知らせを設定しました。\n時間：07:30" in changed
    assert "次のお知らせ：11月21日(土) 07:30" in changed
    assert ring_at(house, visitor, "2026-11-21T07:30:00").messages


@pytest.mark.parametrize("answer", ["変えない", "変えないで", "やめておきます", "そのままで", "いいえ"])
def test_who_thinks_better_of_it_keeps_the_old_time(house: House, visitor: Visitor, talk: Talk, answer: str) -> None:
    talk(SET_BEFORE)
    talk("来週から7時半にして")

    assert "お知らせの設定は変えていません。" in said(talk(answer))
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_something_else_in_between_is_answered_and_an_old_button_shows_what_holds(visitor: Visitor, talk: Talk) -> None:
    talk(SET_BEFORE)
    talk("来週から7時半にして")

    assert "住所" in said(talk("場所どこ？"))
    assert "06:30" in said(tap(visitor, "since now"))


def test_the_change_is_taken_back_whole(house: House, visitor: Visitor, talk: Talk) -> None:
    talk(SET_BEFORE)
    talk("来週から7時半にして")
    visitor.tap("11月23日(月)から変える")

    assert "時間：06:30\n曜日：毎日\n次のお知らせ：11月21日(土) 06:30" in said(visitor.tap("元に戻す"))
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_an_hour_that_may_be_two_is_asked_first(visitor: Visitor, talk: Talk) -> None:
    asked = talk("来週から筋トレを10時にして")

    assert labels(asked) == ["夜 22:00", "朝 10:00"]
    assert "のお知らせを、11月23日(月)からの設定にしました。\n時間：22:00" in said(visitor.tap("夜 22:00"))


def test_days_left_out_from_a_day_on_are_no_pause(talk: Talk) -> None:
    talk(SET_BEFORE)

    asked = talk("来週からは土日なしで")

    assert labels(asked) == CHOICES


def test_what_rings_already_is_shown_as_it_is_and_its_pause_stays(talk: Talk) -> None:
    talk("毎日19時に筋トレ")
    talk("お正月は通知いらない")

    answer = said(talk("12月から筋トレのお知らせつけて"))

    assert "いまこの設定です" in answer
    assert "お休み：1月1日(金)から1月3日(日)まで" in answer


def test_what_rests_begins_again_on_the_day(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎日19時に筋トレ")
    talk("しばらく休みます")

    assert "次のお知らせ：12月1日(火) 20:00\nお休み：11月30日(月)まで" in said(talk("12月から筋トレを20時にして"))
    assert not ring_at(house, visitor, "2026-11-30T20:00:00").messages
    assert ring_at(house, visitor, "2026-12-01T20:00:00").messages


@pytest.mark.parametrize("words", ["明日だけ8時にして", "三連休は8時に鳴らして", "来週は朝8時に変えて"])
def test_a_change_for_some_days_alone_is_asked_about_and_not_made(
    house: House, visitor: Visitor, talk: Talk, words: str
) -> None:
    talk(SET_BEFORE)

    asked = talk(words)

    assert "その日だけの変更はできません。" in said(asked)
    assert labels(asked) == ["これからずっと", "変えない"]
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages


@pytest.mark.parametrize("answer", ["これからずっと", "はい", "ずっとで"])
def test_a_change_for_some_days_may_become_one_for_good(talk: Talk, answer: str) -> None:
    talk(SET_BEFORE)
    talk("明日だけ朝8時にして")

    assert "次のお知らせ：11月21日(土) 08:00" in said(talk(answer))


def test_somebody_who_must_ask_a_doctor_first_is_not_led_on(visitor: Visitor, talk: Talk) -> None:
    talk(SET_BEFORE)
    talk("来週から7時半にして")
    talk("実は妊娠中です")

    assert "主治医" in said(tap(visitor, "since now"))
