"""Reminders by sentence and button, and the ring itself at its minute."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.talk import Heard, House, Visitor

Talk = Callable[[str], Heard]


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def wind_to(house: House, moment: str) -> None:
    house.clock.now = datetime.fromisoformat(moment)


def test_rings_at_the_chosen_minute_and_not_before(house: House, visitor: Visitor, talk: Talk) -> None:
    assert "06:30" in said(talk("毎朝6時半にストレッチ"))

    wind_to(house, "2026-11-21T06:29:59+09:00")
    assert not visitor.wait().messages

    wind_to(house, "2026-11-21T06:30:00+09:00")
    rung = visitor.wait()
    assert "朝のストレッチと深呼吸" in said(rung)
    assert [action["label"] for action in rung.actions if action["label"] in ("できた", "あとで")] == [
        "できた",
        "あとで",
    ]


def test_rings_once_however_often_the_clock_looks(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:30:00+09:00")

    rung = [visitor.wait() for _ in range(5)]

    assert sum(len(heard.messages) for heard in rung) == 1


def test_rings_in_tokyo_even_where_utc_has_another_day(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("土曜だけ朝7時にストレッチ教えて")

    wind_to(house, "2026-11-20T22:00:00+00:00")  # Saturday 07:00 in Tokyo, still Friday in UTC.

    assert visitor.wait().messages


def test_does_not_ring_when_done_already(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:00:00+09:00")
    talk("朝のストレッチと深呼吸")
    visitor.tap("できた")

    wind_to(house, "2026-11-21T06:30:00+09:00")

    assert not visitor.wait().messages


def test_a_late_bedtime_done_belongs_to_the_evening_before(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("寝る前の深呼吸を10時半にして")
    wind_to(house, "2026-11-20T22:30:00+09:00")
    visitor.wait()
    wind_to(house, "2026-11-21T03:30:00+09:00")
    visitor.tap("できた")

    wind_to(house, "2026-11-21T22:30:00+09:00")

    assert visitor.wait().messages, "the next evening is another day"


def test_later_rings_once_more_and_twice_a_day_at_most(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:30:00+09:00")
    visitor.wait()

    visitor.tap("あとで")
    assert "30分後の07:00" in said(visitor.tap("30分後"))

    wind_to(house, "2026-11-21T07:00:00+09:00")
    assert visitor.wait().messages
    assert "10分後の07:10" in said(visitor.say("10分後にもう一回"))
    wind_to(house, "2026-11-21T07:10:00+09:00")
    assert visitor.wait().messages
    assert "1日2回まで" in said(visitor.say("あとで"))


def test_a_missed_ring_is_not_sent_hours_later(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T11:00:00+09:00")

    assert not visitor.wait().messages

    wind_to(house, "2026-11-22T06:30:00+09:00")
    assert visitor.wait().messages


def test_a_pause_is_shown_and_ends_by_itself(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    assert "11月22日" in said(talk("明日まで休みます"))
    assert "お休み中" in said(talk("お知らせの確認"))

    wind_to(house, "2026-11-21T06:30:00+09:00")
    assert not visitor.wait().messages
    wind_to(house, "2026-11-22T06:30:00+09:00")
    assert visitor.wait().messages


@pytest.mark.parametrize("sentence", ["リマインドやめて", "もう通知いらない", "配信停止"])
def test_stops_for_good(house: House, visitor: Visitor, talk: Talk, sentence: str) -> None:
    talk("毎朝6時半にストレッチ")
    talk(sentence)
    wind_to(house, "2026-11-21T06:30:00+09:00")

    assert not visitor.wait().messages
    assert "06:30" not in said(talk("お知らせの確認"))


def test_asks_which_routine_and_keeps_the_time(visitor: Visitor, talk: Talk) -> None:
    asked = talk("毎日20時にお知らせして")
    assert "どのルーティン" in said(asked)

    answer = said(visitor.tap("夕方の10分筋トレ"))

    assert "20:00" in answer
    assert "夕方の10分筋トレ" in answer


def test_a_shift_moves_the_present_time(talk: Talk) -> None:
    talk("夕方の筋トレを19時に")

    assert "18:30" in said(talk("夕方の筋トレ、30分早くして"))
    assert "18:30" in said(talk("リマインドの確認"))


def test_the_picker_sets_the_time_it_was_given(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    event = visitor.phone.postback("remind-at routine/evening-training", params={"time": "17:45"})
    house.work()
    reply = house.reply_to(event)

    assert reply is not None
    assert "17:45" in str(reply.bubbles[0])


def test_after_unblocking_reminders_stay_off_until_the_person_says_so(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    again = visitor.follow()
    assert "前の設定で再開" in said(again)

    wind_to(house, "2026-11-21T06:30:00+09:00")
    assert not visitor.wait().messages

    visitor.last = again
    visitor.tap("前の設定で再開")
    wind_to(house, "2026-11-22T06:30:00+09:00")
    assert visitor.wait().messages


def test_nothing_is_pushed_to_somebody_who_blocked_us(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    wind_to(house, "2026-11-21T06:30:00+09:00")
    house.work()

    assert not [send for send in house.platform.book if send.endpoint == "push"]


@pytest.mark.parametrize(
    "sentence", ["25時99分にストレッチのお知らせ", "13/45まで休み", "0分後にもう一回", "99999分後にもう一回教えて"]
)
def test_a_time_that_no_clock_has_is_asked_back(talk: Talk, sentence: str) -> None:
    assert "読み取れませんでした" in said(talk(sentence))
    assert "設定されているお知らせはありません" in said(talk("リマインドの確認"))


def test_a_reminder_moved_later_on_the_same_day_rings_again(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝10時5分にストレッチ")
    wind_to(house, "2026-11-20T10:05:00+09:00")
    assert visitor.wait().messages

    assert "11月20日" in said(talk("朝のストレッチを10時半に変えて"))
    wind_to(house, "2026-11-20T10:30:00+09:00")
    assert visitor.wait().messages


def test_a_ring_does_not_bring_yesterdays_question_back(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    talk("登録した情報を全部消して")
    wind_to(house, "2026-11-21T06:30:00+09:00")
    visitor.wait()

    assert "消しました" not in said(talk("はい"))
    assert "06:30" in said(talk("リマインドの確認"))


def test_done_in_words_means_what_rang_today(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    wind_to(house, "2026-11-21T06:30:00+09:00")
    visitor.wait()
    wind_to(house, "2026-11-21T09:00:00+09:00")

    assert "連続1日" in said(talk("できた！"))


def test_blocking_ends_a_snooze_and_keeps_a_pause(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    talk("夕方の筋トレを19時に")
    talk("夕方の筋トレはしばらく休む")
    talk("30分後にもう一回")
    visitor.phone.block()
    house.work()
    again = visitor.follow()
    house.clock.advance(minutes=31)
    assert not visitor.wait().messages

    visitor.last = again
    visitor.tap("前の設定で再開")
    listed = said(talk("リマインドの確認"))
    assert "06:30" in listed
    assert "お休み中" in listed


def test_a_question_about_reminders_does_not_resume_what_waits(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("毎朝6時半にストレッチ")
    visitor.phone.block()
    house.work()
    visitor.follow()
    talk("リマインダーを設定したい")

    wind_to(house, "2026-11-21T06:30:00+09:00")
    assert not visitor.wait().messages


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

    wind_to(house, "2026-11-21T06:30:00+09:00")
    assert visitor.wait().messages
