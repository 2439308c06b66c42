"""The lexicon's short cut by first letters finds what trying every pattern in order finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.reminder_endings import TAIL
from bot.understanding.reminder_lexicon import KINDS
from bot.understanding.reminder_stems import Lexicon

LEXICON = Lexicon(KINDS, TAIL)
EVERY_PATTERN = [(kind, re.compile(pattern)) for kind, pattern in KINDS]
WORDS = re.split(
    " ",
    "毎朝 7時 半 に 明日 まで 休む 止めて 通知 りまいんど 30分 後 もう1回 あとで 土日 以外 月ー木 12/1 変えて にして 教えて から"
    " ので けど 、 。 ? 25日 3日間 いらない 何時 来る 再開 夜の やつ 祝日 お願いします ください なく て 仕事 が じゃなくて",
)


def tried_in_order(text: str, at: int) -> tuple[str, int] | None:
    for kind, pattern in EVERY_PATTERN:
        found = pattern.match(text, at)
        if found and found.end() > at:
            return kind, found.end()
    return None


@settings(deadline=None)  # The patterns of a letter are compiled when it is first met.
@given(st.one_of(st.text(max_size=12), st.lists(st.sampled_from(WORDS), max_size=6).map("".join)))
def test_every_place_of_any_text_gives_the_same_word(text: str) -> None:
    for at in range(len(text)):
        assert LEXICON.match(text, at) == tried_in_order(text, at)


@pytest.mark.parametrize(
    ("pattern", "text", "end"),
    [
        ("ab|cd", "cd", 2),
        ("(?:a|b)c", "bc", 2),
        ("(?:a|b)?c", "c", 1),
        ("(?<=x)b", "xb", 2),
        ("(?=[a-c])[a-z]+", "bz", 2),
        (r"\d\d", "12", 2),
        ("[^a]b", "xb", 2),
        ("a*b", "b", 1),
    ],
)
def test_a_pattern_is_found_however_it_begins(pattern: str, text: str, end: int) -> None:
    lexicon = Lexicon([("first", pattern), ("other", "zzz")])

    assert lexicon.match(text, text.index("b") if text == "xb" and pattern[0] == "(" else 0) == ("first", end)


def test_the_first_pattern_that_fits_wins_and_nothing_is_nothing() -> None:
    lexicon = Lexicon([("long", "abc"), ("short", "ab"), ("empty", "x?")])

    assert lexicon.match("abc", 0) == ("long", 3)
    assert lexicon.match("abd", 0) == ("short", 2)
    assert lexicon.match("q", 0) is None
