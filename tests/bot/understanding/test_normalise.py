"""One spelling for the many ways of typing the same message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.normalise import normalise
from tests.lengths import settings


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ﾀﾝﾊﾟｸｼﾂ ｲﾂ ﾄﾙ?", "タンパクシツ イツ トル?"),
        ("ＤＩＴって？", "ditって?"),
        ("とりたーーーい", "とりたーい"),
        ("すごい〜〜〜！！", "すごい"),
        ("やばいｗｗｗ", "やばい"),
        ("ありがとう(笑)", "ありがとう"),
        ("背 中 が 熱 い", "背中が熱い"),
        ("1️⃣", "1"),
        ("②で", "2で"),
        ("(´・ω・`)つかれた", "つかれた"),
    ],
)
def test_brings_spellings_together(typed: str, read: str) -> None:
    assert normalise(typed) == read


def test_an_emoji_between_two_clauses_parts_them() -> None:
    assert normalise("今むり😵あとで") == "今むり、あとで"


def test_an_emoji_at_the_end_leaves_nothing() -> None:
    assert normalise("今むり😵") == "今むり"


def test_repeated_digits_survive() -> None:
    assert normalise("10000円を1000回") == "10000円を1000回"


def test_a_space_between_kana_words_stays() -> None:
    assert normalise("せなか　あつい") == "せなか あつい"


def test_a_word_ending_in_the_sign_for_laughter_is_kept() -> None:
    assert normalise("煙草") == "煙草"


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=200))
def test_is_idempotent(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="あーアw笑草!?、。…12 (・ω)😂ｶﾞ〜", max_size=40))
def test_is_idempotent_for_what_people_put_at_the_end(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
