"""Somebody new is greeted, asked two short questions, and offered what fits; nothing is turned on by itself."""

from collections.abc import Callable
from itertools import product

import pytest
import sqlalchemy as sa

from bot.app import Knowledge
from bot.library.schema import Routine
from bot.models import Reminder
from bot.talk import Heard, House, Visitor

Talk = Callable[[str], Heard]


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def reminders(house: House) -> list[tuple[str, str]]:
    with house.app.sessions() as session:
        return [(row.routine_id, row.time) for row in session.scalars(sa.select(Reminder)) if row.state == "on"]


def test_following_says_who_speaks_and_how_announcements_are_stopped(house: House, visitor: Visitor) -> None:
    hello = said(visitor.follow())

    for word in ("アシスタント", "自動でお返事", "お店からの案内", "配信停止", "案内を止めて", "はじめに（1/2）"):
        assert word in hello
    assert reminders(house) == []


@pytest.mark.parametrize("text", ["案内を止めて", "配信停止"])
def test_what_the_greeting_promises_stops_announcements(visitor: Visitor, talk: Talk, text: str) -> None:
    visitor.follow()
    talk(text)

    assert "止めている" in said(talk("わたしのデータ"))


def test_two_answers_lead_to_one_or_two_routines_each_turned_on_by_its_own_button(
    house: House, visitor: Visitor
) -> None:
    visitor.follow()
    assert "はじめに（2/2）" in said(visitor.tap("背中を引き締めたい"))
    offer = visitor.tap("夕方")
    assert "夕方の10分筋トレ" in said(offer)
    assert reminders(house) == []

    visitor.tap("毎日18:30にお知らせ")
    assert reminders(house) == [("routine/evening-training", "18:30")]


def test_a_time_of_ones_own_may_be_picked(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.tap("背中の熱さ")
    visitor.tap("朝")
    visitor.tap("時間を選ぶ", pick="06:15")

    assert [time for _, time in reminders(house)] == ["06:15"]


@pytest.mark.parametrize(
    ("reason", "time", "first"),
    [
        ("背中が熱くて気になる", "朝がいいです", "朝のストレッチと深呼吸"),
        ("背中痩せしたい", "仕事帰りかな", "夕方の10分筋トレ"),
        ("肩こりです", "昼休み", "昼の肩甲骨回し"),
        ("特にない", "決まってないです", "昼の肩甲骨回し"),
        ("3", "4", "夜の入浴とタオルリリース"),
        ("姿勢をよくしたい", "お風呂のあと", "夜の入浴とタオルリリース"),
    ],
)
def test_answers_in_ones_own_words(visitor: Visitor, talk: Talk, reason: str, time: str, first: str) -> None:
    visitor.follow()
    assert "はじめに（2/2）" in said(talk(reason))
    offer = talk(time)

    assert offer.reply is not None
    assert [str(getattr(bubble, "title", "")) for bubble in offer.reply.bubbles][1] == first


@pytest.mark.parametrize("word", ["あとで", "今はいいです", "スキップ", "やめる"])
def test_it_can_be_skipped_and_does_not_come_back(visitor: Visitor, talk: Talk, word: str) -> None:
    visitor.follow()
    assert "いつでも話しかけて" in said(talk(word))

    assert "はじめの質問に戻る" not in said(talk("料金は？"))


@pytest.mark.parametrize("no", ["今はいい", "いいえ", "やめておきます"])
def test_no_turns_nothing_on(house: House, visitor: Visitor, talk: Talk, no: str) -> None:
    visitor.follow()
    visitor.tap("まだ決めていない")
    visitor.tap("夜")
    talk(no)

    assert reminders(house) == []


def test_a_mere_yes_is_asked_which(house: House, visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    visitor.tap("肩や背中のこり・姿勢")
    visitor.tap("昼")
    assert "どちら" in said(talk("お願いします"))
    assert reminders(house) == []

    visitor.tap("昼の肩甲骨回し")
    assert reminders(house) == [("routine/lunch-shoulder-circles", "12:30")]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("料金は？", "faq/price"),
        ("背中だけ熱いのはなぜ?", "faq/back-hot-why"),
        ("タオルローイングのやり方", "exercise/towel-rowing"),
        ("毎朝6時半にストレッチ", "command/reminder-set"),
        ("背中痩せの記事が読みたい", "article/back-slimming"),
        ("できた", "command/routine-done"),
        ("こんにちは", "command/thanks"),
    ],
)
def test_whoever_asks_something_else_is_answered_and_the_question_waits(
    visitor: Visitor, talk: Talk, text: str, about: str
) -> None:
    visitor.follow()
    aside = talk(text)
    assert aside.reply is not None
    assert aside.reply.about == about

    assert "はじめに（1/2）" in said(visitor.tap("はじめの質問に戻る"))
    talk("肩こり")
    assert "昼の肩甲骨回し" in said(talk("昼休み"))


@pytest.mark.parametrize(
    "text", ["全然治らないじゃん。金返せ", "通ってるけど全然よくならない", "人間出せ", "もう来ないで"]
)
def test_a_complaint_is_no_answer_though_it_denies_something(visitor: Visitor, talk: Talk, text: str) -> None:
    visitor.follow()
    assert "はじめに" not in said(talk(text))

    assert "はじめに（1/2）" in said(visitor.tap("はじめの質問に戻る"))


@pytest.mark.parametrize("text", ["とくにないかなあ", "まだよくわからない", "友達に紹介された", "なんとなく"])
def test_who_has_nothing_in_particular_in_mind_goes_on(visitor: Visitor, talk: Talk, text: str) -> None:
    visitor.follow()
    assert "はじめに（2/2）" in said(talk(text))


def test_danger_ends_it(visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    assert "119" in said(talk("急に胸が締めつけられて冷や汗が出る"))

    assert "はじめの質問に戻る" not in said(talk("料金は？"))


def test_a_pregnant_person_is_offered_no_routine(visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("妊娠中なんですが")
    visitor.phone.postback("welcome reason heat")
    visitor.house.work()
    visitor.phone.postback("welcome time night")
    visitor.house.work()

    assert "タオルリリース" not in said(Heard(tuple(visitor.phone.received)))


def test_old_buttons_ask_the_question_that_is_open(house: House, visitor: Visitor) -> None:
    visitor.follow()
    house.clock.advance(hours=3)
    visitor.phone.postback("welcome time night")
    house.work()

    assert "はじめに（1/2）" in said(Heard((visitor.phone.received[-1],)))


def test_a_returning_person_is_met_differently(visitor: Visitor) -> None:
    visitor.follow()
    visitor.phone.block()
    visitor.house.work()

    again = said(visitor.follow())
    assert "おかえりなさい" in again
    assert "はじめに" not in again


def test_a_returning_person_hears_that_what_they_did_is_still_there(visitor: Visitor, talk: Talk) -> None:
    visitor.follow()
    talk("ストレッチできた")

    again = said(visitor.follow())
    assert "できた日の記録（1日）" in again
    assert "お預かりするもの" not in again


def test_the_greeting_says_in_plain_words_what_is_kept_what_for_and_how_it_is_erased(visitor: Visitor) -> None:
    hello = visitor.follow()

    for word in ("お預かりするもの", "お返事とお知らせ", "「データを消して」", "すべて消せます", "データの扱いを読む"):
        assert word in said(hello)
    assert len(hello.messages) == 3, "who speaks, what is kept, the first question"


def test_every_pair_of_answers_offers_routines_of_the_pack(knowledge: Knowledge) -> None:
    welcome = knowledge.library.welcome
    assert welcome is not None
    for chosen in product(*(question.choices for question in welcome.questions)):
        answers = {question.slug: choice.slug for question, choice in zip(welcome.questions, chosen, strict=True)}
        fitting = welcome.fitting(answers)
        assert fitting
        assert all(isinstance(knowledge.library.entry(id), Routine) for id in fitting)
        assert fitting[0] in chosen[-1].routines, "what is offered first fits the hour"
