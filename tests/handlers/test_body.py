"""What people tell of their body: heard for the talk, kept with consent, heeded in everything that is offered."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

import handlers
from bot.conversation import Card
from bot.models import BodyNote, Evidence, OutboxMessage, Person, Reminder
from bot.talk import Heard, House, Visitor
from handlers.body import COMMANDS, VERBS

Talk = Callable[[str], Heard]

KEEP_KNEE = "膝のことを覚えておく"


def said(heard: Heard) -> str:
    return "\n".join(heard.texts)


def labels(heard: Heard) -> list[str]:
    return [str(action["label"]) for action in heard.actions]


def ways(heard: Heard) -> set[str]:
    """The verbs and ids behind everything that can be tapped."""
    return {word for action in heard.actions for word in str(action.get("data", "")).split()[:2]}


def kept(house: House) -> list[str]:
    with house.app.sessions() as session:
        return list(session.scalars(sa.select(BodyNote.note).order_by(BodyNote.note)))


def tap(house: House, visitor: Visitor, data: str) -> Heard:
    house.clock.advance(seconds=7)
    return visitor.do({"type": "postback", "data": data, "label": ""})


def keep_pregnant(visitor: Visitor, talk: Talk) -> Heard:
    talk("妊娠中です")
    visitor.tap("妊娠中のことを覚えておく")
    return visitor.tap("はい")


def test_what_is_told_is_known_for_the_talk_and_kept_nowhere(house: House, talk: Talk) -> None:
    assert KEEP_KNEE in labels(talk("膝が痛いんです"))
    assert "膝」とうかがっています" in said(talk("バードドッグのやり方"))

    assert kept(house) == []


def test_what_is_told_dies_with_the_topic(house: House, talk: Talk) -> None:
    talk("膝が痛いんです")
    house.clock.advance(minutes=31)

    assert "うかがっています" not in said(talk("バードドッグのやり方"))
    assert "うかがっています" not in said(talk("バードドッグのやり方"))
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Person.told)).all() == [[]]


def test_what_is_told_lasts_as_long_as_the_talk_goes_on(house: House, talk: Talk) -> None:
    talk("膝が痛いんです")
    for _ in range(3):
        house.clock.advance(minutes=20)
        talk("料金は？")

    assert "うかがっています" in said(talk("バードドッグのやり方"))


def test_the_first_note_asks_for_consent_once(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("膝が痛いんです")
    asked = visitor.tap(KEEP_KNEE)

    assert kept(house) == []
    assert all(part in said(asked) for part in ("覚えるのは「膝」", "合わない動きを外して", "膝のこと忘れて"))
    assert "「膝」を覚えました" in said(visitor.tap("はい"))
    assert kept(house) == ["knee"]

    talk("首も痛いです")
    assert "「首」を覚えました" in said(visitor.tap("首のことを覚えておく"))
    assert kept(house) == ["knee", "neck"]


@pytest.mark.parametrize(
    ("answer", "notes"), [("はい", ["knee"]), ("うん、いいよ", ["knee"]), ("いいえ", []), ("やめとく", [])]
)
def test_the_question_is_answered_in_words_as_well(
    house: House, visitor: Visitor, talk: Talk, answer: str, notes: list[str]
) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)

    talk(answer)

    assert kept(house) == notes


def test_a_no_by_button_keeps_nothing(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)

    assert "覚えません" in said(visitor.tap("いいえ"))
    assert kept(house) == []
    assert "うかがっています" in said(talk("バードドッグのやり方")), "it is still known in this talk"


def test_another_question_leaves_the_consent_open(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)

    heard = talk("営業時間は？")

    assert heard.reply is not None
    assert heard.reply.about == "faq/hours"
    talk("はい")
    assert kept(house) == []


def test_what_is_kept_already_is_not_offered_again(visitor: Visitor, talk: Talk) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")

    assert KEEP_KNEE not in labels(talk("今日も膝が痛いです"))


def test_an_exercise_that_does_not_suit_says_so_first_and_offers_another(talk: Talk) -> None:
    talk("膝が痛いんです")
    heard = talk("バードドッグのやり方")

    assert heard.reply is not None
    card = heard.reply.bubbles[0]
    assert isinstance(card, Card)
    assert "膝" in card.paragraphs[0]
    assert card.buttons[0].label in card.paragraphs[1]
    assert "exercise/walk" not in ways(heard), "what the knee forbids is not offered in its place"
    assert "うかがっています" in said(talk("何回？"))


def test_an_exercise_that_suits_says_nothing_of_the_body(talk: Talk) -> None:
    talk("膝が痛いんです")

    assert "うかがっています" not in said(talk("チェストオープナーのやり方"))


def test_a_note_told_in_the_very_sentence_is_heeded(talk: Talk) -> None:
    assert "うかがっています" in said(talk("膝が痛いけどバードドッグのやり方を教えて"))


@pytest.mark.parametrize(
    "text",
    [
        "朝のストレッチやりたい",
        "いま何やればいい？",
        "毎朝6時半にストレッチ",
        "セルフチェック",
        "タオルローイングのやり方",
        "背中の熱のチェック",
    ],
)
def test_a_barred_person_is_sent_to_a_doctor_whatever_they_ask_for(visitor: Visitor, talk: Talk, text: str) -> None:
    keep_pregnant(visitor, talk)
    talk("営業時間は？")

    heard = talk(text)

    assert heard.reply is not None
    assert (heard.reply.about, heard.reply.outcome) == ("safety/see-doctor", "safety")
    assert "「妊娠中」とうかがっている" in said(heard)
    assert not VERBS & ways(heard)


@pytest.mark.parametrize(
    "data",
    [
        "start routine/morning-stretch",
        "go routine/morning-stretch 1 2026-11-20",
        "remind routine/morning-stretch",
        "which routine/morning-stretch",
        "half 18:00",
        "later routine/morning-stretch 30",
        "resume",
        "resume-old",
        "check check/back-heat when days",
        "open routine/night-release",
        "open exercise/bird-dog",
        "open check/back-slimming",
        "open command/routine-now",
        "undo 1",
        "fewer routine/morning-stretch mon",
    ],
)
def test_a_barred_person_gets_no_further_by_button(house: House, visitor: Visitor, talk: Talk, data: str) -> None:
    keep_pregnant(visitor, talk)

    heard = tap(house, visitor, data)

    assert heard.reply is not None
    assert heard.reply.about == "safety/see-doctor"
    with house.app.sessions() as session:
        assert session.scalars(sa.select(Reminder)).all() == []


@pytest.mark.parametrize(
    "text",
    [
        "お知らせの確認",
        "リマインドをやめて",
        "今週は休む",
        "記録を見たい",
        "わたしのデータ",
        "料金は？",
        "案内の配信を再開して",
    ],
)
def test_a_barred_person_may_look_stop_and_rest_and_sees_no_way_to_an_exercise(
    visitor: Visitor, talk: Talk, text: str
) -> None:
    talk("毎朝6時半にストレッチ")
    keep_pregnant(visitor, talk)
    talk("営業時間は？")

    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.outcome != "safety"
    assert not VERBS & ways(heard)
    assert not [way for way in ways(heard) if way.startswith(("exercise/", "routine/", "check/"))]


def test_a_done_still_counts_for_a_barred_person(house: House, visitor: Visitor, talk: Talk) -> None:
    keep_pregnant(visitor, talk)

    heard = tap(house, visitor, "done routine/morning-stretch 2026-11-20")

    assert heard.reply is not None
    assert heard.reply.about == "command/routine-done"


def test_a_barring_note_lays_all_reminders_to_rest_and_they_come_back_when_it_is_gone(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("毎朝6時半にストレッチ")

    assert "お知らせもお休みにしました" in said(keep_pregnant(visitor, talk))
    house.clock.now = datetime.fromisoformat("2026-11-28T06:30:00+09:00")
    assert not visitor.wait().messages
    assert "お休み" in said(talk("お知らせの確認"))

    gone = talk("妊娠中のこと忘れて")
    assert "「妊娠中」を消しました" in said(gone)
    assert "お休みのまま" in said(gone)
    assert kept(house) == []
    visitor.tap("再開する")
    house.clock.now = datetime.fromisoformat("2026-11-29T06:30:00+09:00")
    assert "朝のストレッチと深呼吸" in said(visitor.wait())


def test_a_ring_leaves_out_what_does_not_suit(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("夕方6時半に筋トレ")
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")

    rung = visitor.wait(datetime.fromisoformat("2026-11-20T18:30:00+09:00"))

    assert "タオルローイング" in said(rung)
    assert "バードドッグ" not in said(rung)
    assert "膝" not in said(rung), "no push tells a note"


def test_who_keeps_a_note_hears_which_reminder_has_nothing_left(visitor: Visitor, talk: Talk) -> None:
    talk("毎日12時半に昼の肩甲骨回し")
    talk("五十肩です")
    visitor.tap("肩のことを覚えておく")

    assert "昼の肩甲骨回し" in said(visitor.tap("はい"))


def test_an_emergency_is_answered_without_any_offer(talk: Talk) -> None:
    heard = talk("妊娠8か月で、さっきから大量に出血してます")

    assert heard.reply is not None
    assert heard.reply.about == "safety/emergency"
    assert not [label for label in labels(heard) if "覚えて" in label]


def test_who_says_that_it_was_not_meant_is_no_longer_barred(talk: Talk) -> None:
    talk("妊娠中です")
    barred = talk("朝のストレッチやりたい").reply
    assert barred is not None
    assert barred.about == "safety/see-doctor"

    talk("ちがいます")

    shown = talk("朝のストレッチやりたい").reply
    assert shown is not None
    assert shown.about == "routine/morning-stretch"


@pytest.mark.parametrize(
    "text",
    ["膝のこと忘れて", "膝のことは消してください", "ひざのことを忘れてほしいです", "膝を消して", "膝のメモを消して"],
)
def test_a_note_is_forgotten_in_words(house: House, visitor: Visitor, talk: Talk, text: str) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")
    talk("営業時間は？")

    assert "「膝」を消しました" in said(talk(text))
    assert kept(house) == []
    assert "うかがっています" not in said(talk("バードドッグのやり方"))


@pytest.mark.parametrize("text", [KEEP_KNEE, "膝のこと覚えておいて", "ひざのことをおぼえておいてください"])
def test_a_note_is_kept_in_words(house: House, talk: Talk, text: str) -> None:
    assert "覚えておいてよいですか" in said(talk(text))
    talk("はい")

    assert kept(house) == ["knee"]


def test_whoever_only_tells_is_not_told_that_nothing_was_understood(talk: Talk) -> None:
    assert "膝のこと、うかがいました" in said(talk("膝が痛いです"))

    injured = talk("松葉杖なんです").reply
    assert injured is not None
    assert injured.about == "safety/see-doctor"


def test_a_note_is_forgotten_alone_where_the_sentence_speaks_of_data_too(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")

    assert "「膝」を消しました" in said(talk("登録してある膝のこと消してください"))
    assert "「膝」を消しました" not in said(talk("わたしのデータを全部消して"))


def test_what_was_never_kept_cannot_be_forgotten(talk: Talk) -> None:
    assert "覚えていません" in said(talk("膝のこと忘れて"))


def test_in_the_middle_of_a_routine_the_note_is_kept_and_the_routine_waits(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の筋トレ")
    visitor.tap("始める")
    talk("膝が痛いです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")

    assert "1 / 3" in said(visitor.tap("ルーティンに戻る"))


def test_in_the_middle_of_a_routine_a_note_is_kept_and_forgotten_in_words(
    house: House, visitor: Visitor, talk: Talk
) -> None:
    talk("夕方の筋トレ")
    visitor.tap("始める")
    talk("膝のことを覚えておいて")
    visitor.tap("はい")
    assert kept(house) == ["knee"]
    assert "「膝」を消しました" in said(talk("膝のこと忘れて"))

    assert "1 / 4" in said(visitor.tap("ルーティンに戻る"))


def test_a_barring_note_in_the_middle_of_a_routine_ends_it(visitor: Visitor, talk: Talk) -> None:
    talk("夕方の筋トレ")
    visitor.tap("始める")
    talk("あ、妊娠中です")

    heard = talk("次")

    assert heard.reply is not None
    assert heard.reply.about == "safety/see-doctor"


CALM_VERBS = {
    *("break", "delete-ask", "delete-no", "delete-yes", "done", "export", "month", "none", "not-done", "not-safety"),
    *(
        "note",
        "others",
        "pause",
        "programme-end",
        "programme-no",
        "rest",
        "section",
        "start-announcements",
        "stop",
        "stop-all",
        "stop-announcements",
    ),
    *("stop-reminders", "summary", "welcome"),
}
CALM_COMMANDS = {
    f"command/{slug}"
    for slug in ("articles", "menu", "my-data", "progress", "reminder-list", "reminder-pause", "reminder-stop")
    + ("routine-done", "talk-to-staff", "thanks", "privacy", "recommend")
}


def test_of_every_button_and_command_it_is_known_whether_it_leads_to_an_exercise() -> None:
    undecided = set(handlers.BY_TAP) - VERBS - CALM_VERBS | set(handlers.BY_COMMAND) - COMMANDS - CALM_COMMANDS

    assert not undecided, "add them to VERBS or COMMANDS in handlers/body.py, or to those here that are harmless"


def test_a_group_knows_nobodys_body(house: House) -> None:
    group = house.platform.group("C" + "1" * 32)
    member = "U" + "2" * 32
    group.invite_bot([member])
    group.say(member, "@Senaka 膝が痛いです")
    group.say(member, "@Senaka バードドッグのやり方")
    house.work()

    answers = "".join(str(send.messages) for send in house.platform.book)
    assert "バードドッグ" in answers
    assert "うかがっています" not in answers
    assert "覚えておく" not in answers


def test_no_note_stands_in_logs_evidence_or_pushes(
    house: House, visitor: Visitor, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    talk("毎朝6時半にストレッチ")
    talk("膝が痛いんです")
    visitor.tap(KEEP_KNEE)
    visitor.tap("はい")
    talk("ぽにょぽにょ、ところで首が痛い")
    visitor.wait(datetime.fromisoformat("2026-11-22T21:00:00+09:00"))

    assert not [record for record in caplog.messages if "knee" in record or "膝" in record or "neck" in record]
    with house.app.sessions() as session:
        evidence = session.scalars(sa.select(Evidence)).all()
        pushes = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind != "reply")).all()
        assert not [row for row in evidence if "knee" in str(row.offered) or "note" in str(row.offered)]
        assert pushes
        assert not [row for row in pushes if "膝" in str(row.payload) or "knee" in str(row.payload)]


@pytest.mark.parametrize("data", ["note", "note ask", "note ask tail", "note eat knee", "note yes knee x"])
def test_a_button_about_no_note_is_answered(house: House, visitor: Visitor, data: str) -> None:
    visitor.follow()

    heard = tap(house, visitor, data)

    assert heard.reply is not None
    assert heard.reply.outcome == "fallback"
    assert kept(house) == []
