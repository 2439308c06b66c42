"""Reminders set and changed by sentence and button, and the ring itself at its minute."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said, tap, wind_to

Talk = Callable[[str], Heard]


def test_rings_at_the_chosen_minute_and_not_before(house: House, visitor: Visitor, talk: Talk) -> None:
    assert "06:30" in said(talk("毎朝6時半にストレッチ"))

    assert not ring_at(house, visitor, "2026-11-21T06:29:59").messages

    rung = ring_at(house, visitor, "2026-11-21T06:30:00")
    assert "朝のストレッチと深呼吸" in said(rung)
    assert labels(rung) == ["できた", "始める", "あとで", "今日はお休み", "時間を変える"]


def test_rings_once_however_often_the_clock_looks(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:30:00")

    rung = [visitor.wait() for _ in range(5)]

    assert sum(len(heard.messages) for heard in rung) == 1


def test_rings_in_tokyo_even_where_utc_has_another_day(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("土曜だけ朝7時にストレッチ教えて")

    house.clock.now = datetime.fromisoformat("2026-11-20T22:00:00+00:00")  # Saturday 07:00 in Tokyo, Friday in UTC.

    assert visitor.wait().messages


def test_does_not_ring_when_done_already(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:00:00")
    talk("朝のストレッチと深呼吸")
    visitor.tap("できた")

    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_a_late_bedtime_done_belongs_to_the_evening_before(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("寝る前の深呼吸を10時半にして")
    ring_at(house, visitor, "2026-11-20T22:30:00")
    wind_to(house, "2026-11-21T03:30:00")
    visitor.tap("できた")

    assert ring_at(house, visitor, "2026-11-21T22:30:00").messages, "the next evening is another day"


def test_a_missed_ring_is_not_sent_hours_later(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    assert not ring_at(house, visitor, "2026-11-21T11:00:00").messages
    assert ring_at(house, visitor, "2026-11-22T06:30:00").messages


def test_a_change_says_title_time_days_and_next_ring(talk: Talk) -> None:
    answer = said(talk("月水金の夜9時にお風呂のやつ"))

    assert "「夜の入浴とタオルリリース」のお知らせを設定しました。" in answer
    assert "時間：21:00\n曜日：月・水・金\n次のお知らせ：11月20日(金) 21:00" in answer
    assert "曜日：月・水・金（祝日はお休み）\n次のお知らせ：11月20日(金) 21:00" in said(talk("祝日はいらない"))


def test_the_next_ring_is_that_of_a_day_that_is_neither_done_nor_rested(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎日20時に筋トレ")
    talk("夕方の10分筋トレ")
    visitor.tap("できた")
    assert "次は11月21日(土) 20:00" in said(talk("お知らせの確認"))

    tap(visitor, "rest routine/evening-training 2026-11-21")
    assert "次は11月22日(日) 20:00" in said(talk("お知らせの確認"))
    assert not ring_at(house, visitor, "2026-11-20T20:00:00").messages


def test_a_wish_for_nothing_in_particular_shows_how_it_stands(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    answer = talk("お知らせの時間を変えたい")

    assert "いまこの設定です" in said(answer)
    assert "時間：06:30\n曜日：毎日\n次のお知らせ：11月21日(土) 06:30" in said(answer)
    assert "時間を変える" in labels(answer)
    assert "元に戻す" not in labels(answer)


def test_asks_which_routine_and_keeps_the_time(visitor: Visitor, talk: Talk) -> None:
    assert "どのルーティン" in said(talk("毎日20時にお知らせして"))

    answer = said(visitor.tap("夕方の10分筋トレ"))

    assert "20:00" in answer
    assert "夕方の10分筋トレ" in answer


def test_asked_which_routine_one_may_leave_it(talk: Talk) -> None:
    talk("毎日20時にお知らせして")

    assert "設定は変えていません" in said(talk("やっぱりやめる"))
    assert "20:00" not in said(talk("お知らせの確認"))


def test_a_shift_moves_the_present_time(talk: Talk) -> None:
    talk("夕方の筋トレを19時に")

    assert "18:30" in said(talk("夕方の筋トレ、30分早くして"))
    assert "18:30" in said(talk("リマインドの確認"))


def test_a_shift_may_cross_midnight(talk: Talk) -> None:
    talk("寝る前の深呼吸を23時45分に")

    assert "時間：00:15\n曜日：毎日\n次のお知らせ：11月21日(土) 00:15" in said(talk("30分遅くして"))


def test_the_picker_sets_the_time_it_was_given(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")

    assert "時間：17:45" in said(tap(visitor, "remind-at routine/evening-training", "17:45"))


def test_the_button_of_a_card_sets_just_what_it_says(visitor: Visitor, talk: Talk) -> None:
    talk("昼の肩回しを平日13時に")
    talk("昼の肩甲骨回し")

    answer = visitor.tap("毎日12:30にお知らせ")

    assert "時間：12:30\n曜日：毎日\n次のお知らせ：11月20日(金) 12:30" in said(answer)
    assert "元に戻す" in labels(answer)


@pytest.mark.parametrize(
    ("sentence", "time"),
    [
        ("夕方の筋トレを8時に", "20:00"),
        ("お風呂のやつを9時から8時に変更", "20:00"),
        ("朝のストレッチを8時に", "08:00"),
        ("寝る前の深呼吸は12時で", "00:00"),
        ("夕方の筋トレを朝の8時に", "08:00"),
        ("夕方の筋トレを08:00に", "08:00"),
    ],
)
def test_a_bare_hour_is_read_in_the_part_of_day_of_the_routine(talk: Talk, sentence: str, time: str) -> None:
    assert f"時間：{time}" in said(talk(sentence))


def test_a_bare_hour_is_read_so_for_the_routine_spoken_of_and_for_the_only_one(house: House, talk: Talk) -> None:
    talk("お風呂のやつを21時に")
    assert "時間：20:00" in said(talk("9時から8時に変更"))

    house.clock.advance(hours=1)
    assert "時間：20:30" in said(talk("お知らせを8時半に変えて"))


def test_a_bare_hour_waits_for_the_routine(visitor: Visitor, talk: Talk) -> None:
    talk("8時にお知らせして")

    assert "時間：20:00" in said(visitor.tap("夜の入浴とタオルリリース"))


def test_an_hour_that_may_mean_two_times_is_asked_with_two_buttons(visitor: Visitor, talk: Talk) -> None:
    asked = talk("平日、筋トレを10時に")
    assert labels(asked) == ["夜 22:00", "朝 10:00"]

    assert "時間：10:00\n曜日：平日\n次のお知らせ：11月23日(月) 10:00" in said(visitor.tap("朝 10:00"))


@pytest.mark.parametrize(
    ("answer", "time"),
    [
        ("夜", "22:00"),
        ("よる", "22:00"),
        ("朝のほう", "10:00"),
        ("朝の方がいいです", "10:00"),
        ("22時", "22:00"),
        ("午前10時でお願いします", "10:00"),
        ("2", "10:00"),
        ("9時", "21:00"),
        ("やっぱり20時半で", "20:30"),
    ],
)
def test_which_of_the_two_is_also_answered_in_words(talk: Talk, answer: str, time: str) -> None:
    talk("平日、筋トレを10時に")

    assert f"時間：{time}\n曜日：平日" in said(talk(answer))


def test_a_question_in_between_is_answered_and_an_old_button_still_says_its_time(visitor: Visitor, talk: Talk) -> None:
    talk("筋トレを10時に")
    assert "お知らせは" not in said(talk("料金を教えて"))

    talk("夕方の10分筋トレ")
    assert "時間：22:00" in said(tap(visitor, "half 22:00"))


def test_setting_one_leaves_those_that_were_stopped_or_paused(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    talk("夕方の筋トレはしばらく休む")
    talk("朝のやつは解除で")

    talk("夜9時にお風呂のやつ")

    listed = said(talk("お知らせの確認"))
    assert "06:30" not in listed
    assert "夕方の10分筋トレ：19:00（毎日）\n　お休み中" in listed
    assert "夜の入浴とタオルリリース：21:00（毎日）\n　次は11月20日(金) 21:00" in listed


def test_setting_one_that_rests_says_that_the_rest_is_over(talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("今週は休む")

    answer = said(talk("7時に変えて"))

    assert "お休みを終わりにしました" in answer
    assert "次のお知らせ：11月21日(土) 07:00" in answer


@pytest.mark.parametrize(
    "sentence", ["25時99分にストレッチのお知らせ", "13/45まで休み", "0分後にもう一回", "99999分後にもう一回教えて"]
)
def test_a_time_that_no_clock_has_is_asked_back(talk: Talk, sentence: str) -> None:
    assert "読み取れませんでした" in said(talk(sentence))
    assert "設定されているお知らせはありません" in said(talk("リマインドの確認"))


def test_a_reminder_moved_later_on_the_same_day_does_not_ring_again_and_says_so(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎朝10時5分にストレッチ")
    assert ring_at(house, visitor, "2026-11-20T10:05:00").messages

    assert "次のお知らせ：11月21日(土) 10:30" in said(talk("朝のストレッチを10時半に変えて"))
    assert not ring_at(house, visitor, "2026-11-20T10:30:00").messages
    assert ring_at(house, visitor, "2026-11-21T10:30:00").messages


def test_a_change_in_the_middle_of_a_routine_keeps_it(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    visitor.tap("始める")

    assert "ルーティンに戻る" in labels(talk("筋トレを19時に"))
    assert "元に戻しました" in said(talk("元に戻して"))
    assert "1 / 4" in said(talk("続き"))


def test_what_is_asked_back_in_the_middle_of_a_routine_keeps_it(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    visitor.tap("始める")
    talk("筋トレを10時に")

    assert "時間：22:00" in said(talk("夜"))
    assert "1 / 4" in said(talk("続き"))


def test_after_unblocking_reminders_stay_off_until_the_person_says_so(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    again = visitor.follow()
    assert "前の設定で再開" in said(again)

    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages

    resumed = visitor.tap("前の設定で再開")
    assert "時間：06:30\n曜日：毎日\n次のお知らせ：11月22日(日) 06:30" in said(resumed)
    assert ring_at(house, visitor, "2026-11-22T06:30:00").messages


def test_what_was_paused_and_what_waited_is_taken_up_and_back_in_one_go(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    visitor.follow()
    talk("毎日20時に筋トレ")
    talk("筋トレのお知らせをしばらく休む")

    taken_up = said(talk("再開して"))
    assert "次は11月21日(土) 06:30" in taken_up
    assert "次は11月20日(金) 20:00" in taken_up

    back = said(visitor.tap("元に戻す"))
    assert "朝のストレッチと深呼吸：止まっています" in back
    assert "お休み中（「再開」と送るまで）" in back


def test_nothing_is_pushed_to_somebody_who_blocked_us(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    wind_to(house, "2026-11-21T06:30:00")
    house.work()

    assert not [send for send in house.platform.book if send.endpoint != "reply"]


def test_a_ring_does_not_bring_yesterdays_question_back(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("登録した情報を全部消して")
    ring_at(house, visitor, "2026-11-21T06:30:00")

    assert "消しました" not in said(talk("はい"))
    assert "06:30" in said(talk("リマインドの確認"))


def test_done_in_words_means_what_rang_today(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    ring_at(house, visitor, "2026-11-21T06:30:00")
    wind_to(house, "2026-11-21T09:00:00")

    assert "連続1日" in said(talk("できた！"))


def test_a_question_about_reminders_does_not_resume_what_waits(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    visitor.follow()
    talk("リマインダーを設定したい")

    assert not ring_at(house, visitor, "2026-11-21T06:30:00").messages


def test_an_unfollow_that_comes_late_does_not_shut_a_present_friend_out(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    house.clock.advance(minutes=5)
    talk("料金")
    milliseconds = int(datetime.fromisoformat("2026-11-20T10:01:00+09:00").timestamp() * 1000)
    house.platform.emit(
        {
            "type": "unfollow",
            "mode": "active",
            "timestamp": milliseconds,
            "source": {"type": "user", "userId": visitor.phone.user_id},
            "webhookEventId": "01LATE",
            "deliveryContext": {"isRedelivery": True},
        }
    )
    house.work()

    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages
