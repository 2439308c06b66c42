"""Which answer of a question is meant, for packs of any content."""

from datetime import date

import pytest

from bot.understanding import choices
from bot.understanding.choices import Option

TODAY = date(2026, 11, 20)
TOWEL = (
    Option("have", ("タオルがある", "ある", "持ってます", "はい")),
    Option("without", ("手元にない", "ない", "持ってない", "いいえ")),
)
PAIN = (
    Option("none", ("特にない", "痛くない", "ないです")),
    Option("sore", ("軽い肩こり", "肩がこる", "だるい")),
    Option("strong", ("肩が痛い", "激痛"), is_grave=True),
)
SINCE = (Option("new", ("最近",), days=(0, 7)), Option("old", ("ずっと",), days=(8, 36500)))


def choose(text: str, options: tuple[Option, ...]) -> str | None:
    return choices.choose(text, options, (), TODAY)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("タオルはあります", "have"),
        ("家にあるよ", "have"),
        ("タオルはないです", "without"),
        ("タオルは持ってない", "without"),
        ("いま持ってません", "without"),
        ("うん、ある", "have"),
    ],
)
def test_what_is_denied_is_another_answer(text: str, key: str) -> None:
    assert choose(text, TOWEL) == key


@pytest.mark.parametrize(
    ("text", "key"), [("3日前", "new"), ("もう半年です", "old"), ("先月から", "old"), ("ずっとです", "old")]
)
def test_a_length_of_time_falls_into_the_answer_that_spans_it(text: str, key: str) -> None:
    assert choose(text, SINCE) == key


def test_the_grave_one_wins_where_two_are_about_as_near() -> None:
    assert choose("肩がこるし激痛もある", PAIN) == "strong"
    assert choose("痛いとこないよ", PAIN) == "none"


@pytest.mark.parametrize("text", ["営業時間は何時までですか", "", "🫠", "あいうえお", "1" * 300])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert choose(text, PAIN) is None


def test_a_slip_of_the_finger_is_forgiven() -> None:
    assert choose("だるひ", PAIN) == "sore"


def test_what_is_known_whole_says_nothing_else() -> None:
    def known(text: str) -> str | None:
        return choices.known(text, PAIN, (), TODAY, about="痛いところはありますか？")

    assert known("肩がこる") == "sore"
    assert known("肩がこるので予約したい") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("②", 2), ("２番", 2), ("二番目のやつで", 2), ("2つ目", 2), ("2分", None), ("一", None)],
)
def test_a_number_picks_in_any_spelling(text: str, number: int | None) -> None:
    assert choices.number(text) == number
