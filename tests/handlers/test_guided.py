"""The guided session: step by step, by button and by word, to the record of the right day."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from bot.models import Completion, Reminder
from bot.talk import Heard, House, Visitor

Talk = Callable[[str], Heard]
MORNING = "朝のストレッチと深呼吸"


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def days_done(house: House) -> list[tuple[str, date]]:
    with house.app.sessions() as session:
        return [(row.routine_id, row.day) for row in session.scalars(sa.select(Completion).order_by(Completion.id))]


def tap_old(house: House, visitor: Visitor, data: str) -> Heard:
    """Tap a button that has scrolled far up."""
    before = len(visitor.phone.received)
    visitor.phone.postback(data)
    house.work()
    return Heard(tuple(visitor.phone.received[before:]))


def test_leads_through_every_step_with_counts_and_holds_and_records_the_end(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    step = visitor.tap("始める")
    assert step.reply is not None
    assert "1 / 4" in said(step)
    assert "10回×2セット（5秒キープ）" in said(step)
    assert "5秒の目安" in said(step)
    assert step.reply.loading_seconds == 5
    assert visitor.tap("もう一度5秒").reply == step.reply

    second = visitor.tap("次へ")
    assert "2 / 4" in said(second)
    assert "左右交互10回×2セット（3秒キープ）" in said(second)
    assert second.reply is not None
    assert second.reply.loading_seconds is None
    assert "1 / 4" in said(visitor.tap("前へ"))
    for word in ("次", "次へ", "はい次"):
        talk(word)
    assert "4 / 4" in said(talk("続き"))

    finished = visitor.tap("できた")
    assert "おしまい" in said(finished)
    assert "連続1日" in said(finished)


def test_a_wait_for_a_hold_costs_no_push(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("夜のタオルリリース")
    visitor.tap("始める")
    house.clock.advance(minutes=2)

    assert visitor.wait().messages == ()
    assert all(send.counted == 0 for send in house.platform.book)


def test_the_card_of_a_reminder_starts_a_session_for_its_own_day(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("寝る前の深呼吸を毎日1時に")
    house.wind(datetime.fromisoformat("2026-11-21T01:00:00+09:00"))
    visitor.wait()
    visitor.tap("始める")
    house.clock.now = datetime.fromisoformat("2026-11-21T04:10:00+09:00")
    visitor.tap("できた")

    assert days_done(house) == [("routine/bedtime-breathing", date(2026, 11, 20))]


def test_words_keep_the_day_too(house: House, visitor: Visitor, talk: Talk) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-21T03:55:00+09:00")
    talk("朝のストレッチ")
    talk("始める")
    house.clock.advance(minutes=7)
    for _ in range(4):
        talk("次")

    assert days_done(house) == [("routine/morning-stretch", date(2026, 11, 20))]


@pytest.mark.parametrize("day", ["2026-11-10", "2099-01-01", "x"])
def test_a_button_of_long_ago_counts_for_today(house: House, visitor: Visitor, talk: Talk, day: str) -> None:
    talk("昼の肩甲骨回し")
    tap_old(house, visitor, f"start routine/lunch-shoulder-circles {day}")
    visitor.tap("できた")

    assert days_done(house) == [("routine/lunch-shoulder-circles", date(2026, 11, 20))]


def test_starting_is_a_reaction_to_the_reminder(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")
    house.wind(datetime.fromisoformat("2026-11-22T06:30:00+09:00"))

    def unanswered() -> int:
        with house.app.sessions() as session:
            return session.scalars(sa.select(Reminder.unanswered)).one()

    assert unanswered() == 2
    visitor.wait()
    visitor.tap("始める")
    assert unanswered() == 0


def test_safety_in_the_middle_wins_and_ends_it(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    visitor.tap("始める")

    alarm = talk("急に胸が締めつけられて冷や汗が出る")
    assert alarm.reply is not None
    assert (alarm.reply.outcome, alarm.reply.about) == ("safety", "safety/emergency")
    assert alarm.reply.step is None
    assert "2 / 4" not in said(talk("次"))
    tapped = said(tap_old(house, visitor, "go routine/evening-training 1"))
    assert "119" in tapped
    assert "2 / 4" not in tapped
    assert days_done(house) == []


@pytest.mark.parametrize("back", ["ルーティンに戻る", "続き"])
def test_a_question_in_between_is_answered_and_the_session_kept(visitor: Visitor, talk: Talk, back: str) -> None:
    talk("夕方の10分筋トレ")
    visitor.tap("始める")
    talk("次")
    assert "ルーティンに戻る" in said(talk("営業時間は？"))

    assert "2 / 4" in said(talk(back))


def test_how_often_is_asked_of_the_movement_on_the_screen(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の10分筋トレ")
    visitor.tap("始める")
    talk("次")

    assert "左右交互10回×2セット" in said(talk("何回？"))
    assert "3 / 4" in said(talk("次"))


def test_stopping_offers_to_record_what_was_done(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    assert "できた" not in [action["label"] for action in talk("やめる").actions]

    talk("朝のストレッチ")
    visitor.tap("始める")
    visitor.tap("次へ")
    visitor.tap("やめる")
    visitor.tap("できた")
    assert days_done(house) == [("routine/morning-stretch", date(2026, 11, 20))]


def test_from_the_start_again_by_word_and_by_button(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    talk("次")
    assert "1 / 4" in said(talk("最初から"))
    talk("次")
    assert "1 / 4" in said(tap_old(house, visitor, "start routine/morning-stretch"))
    assert "1 / 4" in said(talk("戻る"))


def test_an_old_button_of_another_session_brings_back_the_one_that_is_on(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    talk("夕方の10分筋トレ")
    visitor.tap("始める")
    talk("次")

    shown = said(tap_old(house, visitor, "go routine/morning-stretch 1 2026-11-20"))
    assert "「夕方の10分筋トレ」の途中です" in shown
    assert "2 / 4" in shown


def test_an_old_button_takes_the_session_up_when_none_is_on(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    house.clock.advance(hours=2)

    assert "3 / 4" in said(tap_old(house, visitor, "go routine/morning-stretch 2 2026-11-20"))
    assert "4 / 4" in said(talk("次"))


def test_all_done_said_in_the_middle_ends_and_records_it(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    talk("ストレッチ全部終わったよ")

    assert days_done(house) == [("routine/morning-stretch", date(2026, 11, 20))]
    assert "2 / 4" not in said(talk("次"))


def test_movements_that_a_bad_shoulder_forbids_are_left_out(visitor: Visitor, talk: Talk) -> None:
    talk("肩を痛めています")
    shown = said(talk("朝のストレッチ"))
    assert "肩甲骨回し：" not in shown
    assert "胸椎ひねり" in shown
    assert "1 / 2" in said(visitor.tap("始める"))

    assert "ご案内できる動きがありません" in said(talk("昼の肩甲骨回し"))


def test_whoever_turns_out_to_be_pregnant_in_the_middle_gets_no_further_step(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("朝のストレッチ")
    visitor.tap("始める")
    talk("実は妊娠してるんです")

    assert "2 / 4" not in said(talk("次"))
    assert "2 / 4" not in said(tap_old(house, visitor, "go routine/morning-stretch 1 2026-11-20"))


@pytest.mark.parametrize(
    "data", ["go", "go routine/morning-stretch", "go routine/morning-stretch x", "start x y", "go faq/price 1"]
)
def test_a_button_that_cannot_be_read_is_answered_all_the_same(
    house: House, visitor: Visitor, talk: Talk, data: str
) -> None:
    talk("こんにちは")

    assert tap_old(house, visitor, data).messages
