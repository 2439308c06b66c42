"""Reminders that rest for some days, now or later, and the list that shows it."""

from collections.abc import Callable

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said, tap, wind_to

Talk = Callable[[str], Heard]


def test_a_pause_is_shown_and_ends_by_itself(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    answer = said(talk("明日まで休みます"))
    assert "「朝のストレッチと深呼吸」のお知らせをお休みにしました。" in answer
    assert "次のお知らせ：11月22日(日) 06:30\nお休み：11月21日(土)まで" in answer
    assert "お休み中（11月21日(土)まで）\n　次は11月22日(日) 06:30" in said(talk("お知らせの確認"))

    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages
    assert ring_at(house, visitor, "2026-11-22T06:30:00").messages


def test_a_pause_that_begins_later_says_from_when_and_when_it_rings_again(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎日20時に筋トレ")

    answer = said(talk("来週の月曜から3日間休む"))
    assert "次のお知らせ：11月20日(金) 20:00" in answer
    assert "お休み：11月23日(月)から11月25日(水)まで\nお休みのあと：11月26日(木) 20:00" in answer
    listed = said(talk("お知らせの確認"))
    assert "お休みの予定（11月23日(月)から11月25日(水)まで）\n　次は11月20日(金) 20:00" in listed

    assert ring_at(house, visitor, "2026-11-20T20:00:00").messages
    assert not ring_at(house, visitor, "2026-11-23T20:00:00").messages
    assert ring_at(house, visitor, "2026-11-26T20:00:00").messages


def test_a_pause_up_to_an_hour_says_the_hour(talk: Talk) -> None:
    talk("毎日20時に筋トレ")

    assert "お休み：11月20日(金) 21:00まで" in said(talk("今日は21時まで通知を止めて"))


def test_a_pause_without_end_rests_until_it_is_taken_up_again(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    answer = said(talk("しばらく休みます"))
    assert "お休み：「再開」と送るまで" in answer
    assert "次のお知らせ" not in answer
    assert not ring_at(house, visitor, "2026-12-21T06:30:00").messages

    assert "次のお知らせ：12月22日(火) 06:30" in said(talk("再開"))


@pytest.mark.parametrize(
    "words",
    [
        "一時停止を解除",
        "お休み解除して",
        "休み終わり！",
        "また鳴らして",
        "通知を復活させて",
        "通知を元に戻してください",
    ],
)
def test_a_rest_ends_in_many_words(words: str, house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("しばらく休みます")
    wind_to(house, "2026-11-25T12:00:00")
    talk("就寝前の深呼吸ってどうやるの？")

    answer = said(talk(words))

    assert "「朝のストレッチと深呼吸」のお知らせを再開しました" in answer
    assert "就寝前の深呼吸" not in said(talk("お知らせの確認"))


def test_put_back_ends_a_rest_and_right_after_a_change_takes_it_back(house: House, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("7時にして")
    assert "元に戻しました" in said(talk("元に戻して"))

    talk("しばらく休みます")
    wind_to(house, "2026-11-25T12:00:00")
    talk("こんにちは")
    assert "のお知らせを再開しました" in said(talk("元に戻して"))


def test_a_pause_names_all_that_rest_and_one_may_rest_alone(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")

    alone = said(talk("夕方の筋トレは今週休む"))
    assert "「夕方の10分筋トレ」のお知らせをお休みにしました。" in alone
    assert "ストレッチ" not in alone
    both = said(talk("今週は休む"))
    assert "「朝のストレッチと深呼吸」「夕方の10分筋トレ」のお知らせをお休みにしました。" in both


def test_nothing_that_is_on_nothing_to_rest(talk: Talk) -> None:
    assert "いま動いているお知らせ（リマインド）はありません" in said(talk("今週は休む"))

    talk("毎朝6時半にストレッチ")
    answer = talk("夕方の筋トレは今週休む")
    assert "「夕方の10分筋トレ」のお知らせは、いま動いていません" in said(answer)
    assert "毎日18:30にお知らせ" in labels(answer)


def test_the_list_changes_times_rests_a_week_and_takes_up_again(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")

    listed = talk("お知らせの確認")
    assert labels(listed) == [
        "朝のストレッチと深呼吸",
        "夕方の10分筋トレ",
        "1週間休む",
        "すべて止める",
        "メニュー",
    ]
    pickers = [(action["mode"], action["initial"], action["data"]) for action in listed.actions[:2]]
    assert pickers == [
        ("time", "06:30", "remind-at routine/morning-stretch"),
        ("time", "19:00", "remind-at routine/evening-training"),
    ]

    assert "11月26日(木)まで" in said(visitor.tap("1週間休む"))
    assert "再開する" in labels(talk("お知らせの確認"))
    assert "のお知らせを再開しました" in said(visitor.tap("再開する"))


def test_the_list_never_shows_what_was_stopped_nor_an_old_time(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    talk("夕方の筋トレを20時に")
    talk("朝のやつは解除で")

    listed = said(talk("お知らせの確認"))

    assert "夕方の10分筋トレ：20:00（毎日）" in listed
    for gone in ("19:00", "06:30", "朝のストレッチ", "07:00", "18:30"):
        assert gone not in listed


def test_the_button_of_one_pause_takes_up_that_one(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    talk("しばらく休みます")

    tap(visitor, "resume routine/evening-training")

    listed = said(talk("お知らせの確認"))
    assert "朝のストレッチと深呼吸：06:30（毎日）\n　お休み中" in listed
    assert "夕方の10分筋トレ：19:00（毎日）\n　次は11月20日(金) 19:00" in listed


def test_times_are_meant_where_the_person_is(house: House) -> None:
    abroad = house.person("America/New_York")
    abroad.say("毎晩21時に筋トレ")

    # It is 20:00 of the day before in New York.
    assert "次のお知らせ：11月20日(金) 21:00\nお休み：11月19日(木) 22:00まで" in said(abroad.say("2時間だけ止めて"))
    assert "お休み：11月20日(金)まで" in said(abroad.say("明日まで休みます"))


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("三連休は通知なしで", "11月21日(土)から11月23日(月)まで"),
        ("年末年始は通知いらない", "12月29日(火)から1月3日(日)まで"),
        ("お盆の間は止めて", "8月13日(金)から8月16日(月)まで"),
        ("GW中は止めて", "4月29日(木)から5月5日(水)まで"),
        ("今週いっぱい休み", "11月22日(日)まで"),
        ("次の祝日は通知いりません", "11月23日(月)から11月23日(月)まで"),
    ],
)
def test_days_off_with_a_name_are_a_pause_that_ends(
    house: House, visitor: Visitor, talk: Talk, words: str, span: str
) -> None:
    talk("毎朝6時半にストレッチ")

    assert f"お休み：{span}" in said(talk(words))
    assert ring_at(house, visitor, "2026-11-24T06:30:00").messages


def test_a_pause_from_a_day_on_rings_until_then(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    assert "お休み：11月23日(月)から「再開」と送るまで" in said(talk("来週からストレッチお休み"))
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages
    assert not ring_at(house, visitor, "2026-11-23T06:30:00").messages


def test_days_off_that_only_the_person_knows_are_asked_for(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    asked = talk("冬休みは通知いらない")
    assert "お休みはいつからいつまでですか？" in said(asked)
    assert "お休み：12月28日(月)から1月4日(月)まで" in said(talk("12/28から1/4までです"))
    assert ring_at(house, visitor, "2026-12-27T06:30:00").messages
    assert not ring_at(house, visitor, "2027-01-04T06:30:00").messages
    assert ring_at(house, visitor, "2027-01-05T06:30:00").messages


def test_of_one_routine_only_that_one_rests_when_the_days_are_told(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("毎日19時に筋トレ")
    talk("夏休みは筋トレの通知いらない")

    answer = said(talk("8/1から8/20"))

    assert "「夕方の10分筋トレ」のお知らせをお休みにしました。" in answer
    assert "朝のストレッチ" not in answer


def test_days_off_may_stay_open_or_come_to_nothing(visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夏休みの間は通知いらない")

    assert "お休み：「再開」と送るまで" in said(visitor.tap("しばらく休む"))

    talk("再開")
    talk("夏休みの間は通知いらない")
    assert "お知らせの設定は変えていません。" in said(talk("やっぱりやめる"))


def test_a_day_told_in_answer_is_no_danger_however_it_looks(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("冬休みは通知いらない")

    assert "お休み：12月1日(火)から12月1日(火)まで" in said(talk("12/1"))


def test_a_danger_told_in_answer_is_one(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("冬休みは通知いらない")

    assert "119" in said(talk("3日前から急に胸が締め付けられて冷や汗が出ます"))
