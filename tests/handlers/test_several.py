"""Several questions in one message: each is answered, and safety goes before all of them."""

from collections.abc import Callable

import pytest

from bot.conversation import Text
from bot.talk import Heard, House, Visitor
from tests.talks import labels, ring_at, said

Talk = Callable[[str], Heard]
ADDRESS, HOURS, PRICES = "【住所】", "の営業時間です", "5,500円"


def abouts(heard: Heard) -> list[str | None]:
    """The ids that the reading of the message led to, in their order."""
    assert heard.reply is not None
    assert heard.reply.meaning is not None
    return [heard.reply.meaning.id, *(one.id for one in heard.reply.meaning.also)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("場所どこ？あと土曜やってます？", ["faq/access", "faq/hours"]),
        ("何時までやってますか？駐車場はありますか", ["faq/hours", "faq/access"]),
        ("子連れでも大丈夫？あと駐車場ある？", ["faq/with-children", "faq/access"]),
        ("予約なしでも行けますか？また、料金はいくらでしょうか。", ["faq/booking", "faq/price"]),
        ("料金と、あと場所を教えてください", ["faq/price", "faq/access"]),
        ("住所教えて！ついでに電話番号も", ["faq/access", "faq/contact"]),
        ("場所どこ？\n料金いくら？\n何時まで？", ["faq/access", "faq/price", "faq/hours"]),
        ("電話番号と住所教えて", ["faq/contact", "faq/access"]),
        ("営業時間と料金を教えてください", ["faq/hours", "faq/price"]),
        ("料金や営業時間は？", ["faq/price", "faq/hours"]),
        ("駅から近いですか、夜何時までですか", ["faq/access", "faq/hours"]),
        ("営業時間教えてください　駐車場はありますか", ["faq/hours", "faq/access"]),
        ("営業時間と料金を教えてください、よろしくお願いします", ["faq/hours", "faq/price"]),
        ("料金と営業時間を教えてください、お願いします", ["faq/price", "faq/hours"]),
        ("こんにちは。料金や営業時間は？", ["faq/price", "faq/hours"]),
        ("場所と料金を教えてください、予約はいりますか", ["faq/access", "faq/price", "faq/booking"]),
        ("予約したいです。よろしくお願いします。場所はどこですか？", ["faq/booking", "faq/access"]),
    ],
)
def test_each_question_is_answered_in_its_order(talk: Talk, text: str, ids: list[str]) -> None:
    heard = talk(text)

    assert abouts(heard) == ids
    assert heard.reply is not None
    assert len(heard.reply.bubbles) == len(ids)
    assert heard.reply.about == ids[0]


def test_what_is_said_next_is_about_the_last_of_them(talk: Talk) -> None:
    answer = said(talk("場所どこ？あと土曜やってます？"))
    assert answer.index(ADDRESS) < answer.index(HOURS)

    assert abouts(talk("もっと詳しく"))[0] == "faq/hours"


@pytest.mark.parametrize(
    "text",
    [
        "営業時間と、あと定休日も教えてください。",
        "筋トレって毎日やったほうがいい？休みもいる？",
        "背中熱いの無視してても平気かな。そのうち治る？",
        "毎日続けたほうが早く結果が出るのでしょうか、それとも間を空けるべきでしょうか",
        "毎日がいいですか？それとも間を空けるべきですか？",
        "効果ありますか、どれくらいで出ますか",
        "料金はいくらですか？あとよろしくお願いします",
        "背中が熱いのはなぜですか、運動不足ですか",
        "タオルローイングのやり方は？あと何回くらい？",
        "あと30分したら行きます。場所どこ？",
        "肩がこってつらいです。料金はいくらですか？",
        "鍼と灸はどっちが効きますか",
        "火曜と金曜は何時までですか",
        "住所と駐車場について知りたいです",
        "母と子供も通えますか",
    ],
)
def test_what_asks_but_one_thing_gets_one_answer(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert len(abouts(heard)) == 1


def test_a_question_that_is_not_clear_is_told_beside_the_answer_to_the_other(talk: Talk) -> None:
    heard = talk("ダウン着ると背中だけ熱いのなんで？あと、冷やしていいの？")

    assert heard.reply is not None
    assert heard.reply.about == "faq/down-jacket"
    assert isinstance(heard.reply.bubbles[-1], Text)
    assert "もうひとつのご質問は、うまく読み取れませんでした。" in said(heard)


@pytest.mark.parametrize(
    "text",
    [
        "胸が締め付けられて冷や汗が出る。あと場所どこ？",
        "場所どこ？あと急に手がしびれて力が入らない",
        "料金いくら？それと急に息ができない",
        "毎朝7時に通知して。あともう死にたい",
    ],
)
def test_safety_goes_before_all_questions(talk: Talk, text: str) -> None:
    heard = talk(text)

    assert heard.reply is not None
    assert heard.reply.outcome == "safety"
    assert len(abouts(heard)) == 1


def test_after_a_warning_several_questions_are_read_as_one(talk: Talk) -> None:
    talk("胸が締め付けられて冷や汗が出る")

    assert len(abouts(talk("寝てれば治る？あと場所どこ？"))) == 1


def test_a_reminder_is_set_and_the_question_beside_it_answered(house: House, visitor: Visitor, talk: Talk) -> None:
    heard = talk("毎朝6時半にストレッチの通知して。あと料金いくらですか？")

    assert "時間：06:30" in said(heard)
    assert PRICES in said(heard)
    assert "元に戻す" in labels(heard)
    assert ring_at(house, visitor, "2026-11-21T06:30:00").messages


@pytest.mark.parametrize(
    "text",
    [
        "毎朝7時に鳴らしてもらえますか、料金いくらですか",
        "毎朝7時に教えてもらえますか？料金はいくらですか？",
        "明日の朝7時に鳴らして。あと料金いくら？",
        "料金いくらですか？あと平日は7時に送ってください",
        "毎週火曜と金曜の7時に送ってください、料金はいくらですか",
    ],
)
def test_a_wish_that_names_neither_routine_nor_notices_is_heard_beside_a_question(talk: Talk, text: str) -> None:
    assert set(abouts(talk(text))) == {"command/reminder-set", "faq/price"}


@pytest.mark.parametrize(
    "text", ["明日10時に変更してください。料金はいくらですか？", "明日は休みます。料金いくらですか？"]
)
def test_what_may_be_about_a_booking_sets_nothing_beside_a_question(talk: Talk, text: str) -> None:
    assert not {"command/reminder-set", "command/reminder-pause"} & set(abouts(talk(text)))


def test_what_is_said_of_a_reminder_in_several_parts_is_one_wish(talk: Talk) -> None:
    answer = said(talk("来週の水曜からストレッチ始めます。朝6時でお願い。あと料金いくら？"))

    assert "11月25日(水)からの設定にしました。\n時間：06:00" in answer
    assert PRICES in answer


def test_a_rest_beside_a_stop_stays_a_rest(house: House, visitor: Visitor, talk: Talk) -> None:
    talk("毎朝6時半にストレッチ")

    assert abouts(talk("来週の金曜日までお休みをいただきます。通知も止めていただけますか")) == [
        "command/reminder-pause"
    ]
    assert ring_at(house, visitor, "2026-11-28T06:30:00").messages


def test_a_question_of_ours_comes_last_and_is_answered_next(visitor: Visitor, talk: Talk) -> None:
    asked = talk("毎晩9時に通知して。それと駐車場ありますか？")

    assert said(asked).index(ADDRESS) < said(asked).index("どのルーティンのお知らせですか？")
    assert "21:00" in said(visitor.tap("就寝前の深呼吸"))


def test_in_a_group_only_what_is_nothing_personal_is_answered(house: House) -> None:
    group = house.platform.group("C" + "1" * 32)
    member = "U" + "2" * 32
    group.invite_bot([member])
    house.work()

    group.say(member, "@Senaka 場所どこ？あと毎朝6時半にストレッチの通知して")
    house.work()

    answer = str(house.platform.book[-1].messages)
    assert ADDRESS in answer
    assert "1対1のトークで" in answer
    assert "お知らせを設定しました" not in answer
