"""A message taken apart into its questions."""

import pytest

from bot.understanding.questions import MOST, Connections

CONNECTIONS = Connections(
    ["あと", "それと", "また、", "ちなみに"], ["ますか", "教えて", "の"], ["たい", "お願いします"], ["どっち", "違い"]
)


def asked(text: str) -> list[str]:
    return [part.text for part in CONNECTIONS.parts(text) if part.asks]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("場所どこ？あと土曜やってます？", ["場所どこ?", "土曜やってます?"]),
        ("場所どこ？ あと、土曜やってます？", ["場所どこ?", "土曜やってます?"]),
        ("何時までやってますか。駐車場はありますか", ["何時までやってますか", "駐車場はありますか"]),
        ("料金いくら！？\nちなみにカードは使えますか", ["料金いくら!?", "カードは使えますか"]),
        ("土曜もやってますか、駐車場ありますか", ["土曜もやってますか", "駐車場ありますか"]),
        ("何時まででしたっけ　料金いくらですか？", ["料金いくらですか?"]),
        (
            "効果はありますか、それとも気のせいですか？場所教えて",
            ["効果はありますか、それとも気のせいですか?", "場所教えて"],
        ),
        ("営業時間と、あと場所を教えて", ["営業時間と", "場所を教えて"]),
        ("営業時間を知りたい、あと場所教えて", ["場所教えて"]),
        ("背中が熱いです。なぜですか？", ["なぜですか?"]),
        ("営業時間と場所を教えて", ["営業時間を教えて", "場所を教えて"]),
        ("お店の場所と電話番号を教えて", ["お店の場所を教えて", "電話番号を教えて"]),
        ("はじめまして。営業時間と場所を教えて。お願いします", ["営業時間を教えて", "場所を教えて"]),
        ("料金、営業時間、場所教えて", ["料金教えて", "営業時間教えて", "場所教えて"]),
        ("クレカやペイペイは使えますか", ["クレカは使えますか", "ペイペイは使えますか"]),
    ],
)
def test_each_part_that_asks_is_found(text: str, parts: list[str]) -> None:
    assert asked(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        *("", "？", "場所どこ？", "あと30分で着きますか", "あとで教えて", "それとも明日やってますか", "あと"),
        *(
            "熱いのは汗ですか、それとも筋肉ですか",
            "熱いのは汗ですか？！\n それとも筋肉ですか？",
            "汗ですか、、それとも筋肉ですか",
            "場所どこですか、",
        ),
        *(
            "鍼と灸の効果を教えて",
            "鍼と灸の違いを教えて",
            "鍼と灸はどっちが効きますか",
            "料金と、教えて",
            "肩と",
            "と、場所を教えて",
        ),
    ],
)
def test_one_question_is_not_taken_apart(text: str) -> None:
    assert CONNECTIONS.parts(text) == []


def test_what_is_one_wish_stays_one_whatever_it_lists() -> None:
    text = "火曜と金曜に送ってもらえますか。場所どこ？"

    parts = CONNECTIONS.parts(text, lambda part: part == "火曜と金曜に送ってもらえますか")
    assert [part.text for part in parts] == ["火曜と金曜に送ってもらえますか", "場所どこ?"]
    assert len(CONNECTIONS.parts(text)) == 3


def test_a_long_story_is_not_taken_apart() -> None:
    assert CONNECTIONS.parts("どこですか？" * MOST)
    assert CONNECTIONS.parts("どこですか？" * (MOST + 1)) == []


def test_a_part_says_whether_it_wants_something_and_whether_a_word_joins_it() -> None:
    first, second = CONNECTIONS.parts("予約したい。あと場所どこ？")

    assert (first.wants, first.asks, first.is_joined) == (True, False, False)
    assert (second.wants, second.asks, second.is_joined) == (False, True, True)


def test_without_words_for_it_sentences_still_part() -> None:
    assert [part.text for part in Connections().parts("場所どこ？料金は？")] == ["場所どこ?", "料金は?"]
