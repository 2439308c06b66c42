"""Every change of reminders can be taken back, by its button or in words."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said, tap

Talk = Callable[[str], Heard]

BEFORE = "夕方の10分筋トレ：19:00（平日）\n　次は11月20日(金) 19:00"

CHANGES = [
    "筋トレを20時に変えて",
    "筋トレは月水金だけ",
    "筋トレ、30分早くして",
    "筋トレのお知らせ、祝日はいらない",
    "筋トレは今週休む",
    "来週の月曜から3日間休む",
    "筋トレのお知らせをやめて",
    "リマインドをやめて",
    "配信停止",
]


@pytest.fixture
def weekdays_at_seven(talk: Talk) -> None:
    """A reminder to be changed."""
    talk("平日の19時に筋トレ")


@pytest.mark.usefixtures("weekdays_at_seven")
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_taken_back_by_its_button(visitor: Visitor, talk: Talk, change: str) -> None:
    talk(change)
    assert BEFORE not in said(talk("お知らせの確認")), "it has changed"
    tap(visitor, "undo 2")

    assert BEFORE in said(talk("お知らせの確認"))


@pytest.mark.usefixtures("weekdays_at_seven")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("words", ["元に戻して", "やっぱり今のなし"])
def test_every_change_is_taken_back_in_words_right_after_it(talk: Talk, change: str, words: str) -> None:
    assert "元に戻す" in labels(talk(change))

    answer = said(talk(words))

    assert "「夕方の10分筋トレ」の設定を元に戻しました。" in answer
    assert "時間：19:00\n曜日：平日\n次のお知らせ：11月20日(金) 19:00" in answer
    assert BEFORE in said(talk("お知らせの確認"))


@pytest.mark.usefixtures("weekdays_at_seven")
def test_resuming_is_taken_back_as_well(visitor: Visitor, talk: Talk) -> None:
    talk("しばらく休みます")
    talk("再開")
    visitor.tap("元に戻す")

    assert "お休み中（「再開」と送るまで）" in said(talk("お知らせの確認"))


def test_one_that_was_new_is_off_again(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    assert "お知らせは止まっています" in said(visitor.tap("元に戻す"))
    assert "06:30" not in said(talk("お知らせの確認"))
    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_what_waited_since_a_block_waits_again(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    visitor.follow()
    visitor.tap("前の設定で再開")

    assert "止めたまま" in said(visitor.tap("元に戻す"))
    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_an_old_button_says_kindly_that_it_is_too_late_and_shows_what_holds(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎朝6時半にストレッチ")
    talk("朝のストレッチを7時に")

    late = said(tap(visitor, "undo 1"))
    assert "元に戻せませんでした" in late
    assert "朝のストレッチと深呼吸：07:00（毎日）" in late

    house.clock.advance(hours=25)
    assert "元に戻せませんでした" in said(tap(visitor, "undo 2"))
    assert "元に戻せませんでした" in said(tap(visitor, "undo 999"))


def test_of_two_changes_each_is_taken_back_in_turn(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("朝のストレッチを7時に")
    talk("朝のストレッチを平日だけ")

    tap(visitor, "undo 3")
    assert "時間：06:30\n曜日：毎日" in said(tap(visitor, "undo 2"))


def test_nobody_takes_back_the_change_of_somebody_else(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    other = house.person()
    other.say("こんにちは")
    assert "元に戻せませんでした" in said(tap(other, "undo 1"))
    assert "06:30" in said(talk("お知らせの確認"))


def test_only_right_after_a_change_do_the_words_take_it_back(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("営業時間は？")
    talk("元に戻して")

    assert "06:30" in said(talk("お知らせの確認"))


@pytest.mark.parametrize("sentence", ["朝のストレッチを8時に", "土日はなし", "営業時間は？", "お知らせの確認"])
def test_any_other_message_right_after_a_change_is_read_as_ever(talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")

    assert "元に戻しました" not in said(talk(sentence))
    assert "朝のストレッチと深呼吸" in said(talk("お知らせの確認"))
