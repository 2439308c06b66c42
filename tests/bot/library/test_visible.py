"""What hides goes, what is seen stays."""

import re
import sys
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.library.visible import _HIDDEN, is_plain, visible
from bot.settings import DEFAULT_CONTENT

FILES = sorted(path for path in DEFAULT_CONTENT.rglob("*") if path.suffix in (".yaml", ".md", ".jsonl"))


@pytest.mark.parametrize(
    "text",
    [
        *("👨‍👩‍👧‍👦", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "👍🏽", "🙇🏻‍♀️", "☎️", "©️"),
        *("葛󠄀城さん", "がぎぐ", "か\u3099", "一行目\n\t二行目", "全角　空白", "①②", "髙﨑"),
    ],
)
def test_what_is_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "hidden",
    [
        *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"),
        *("\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"),
        *("\ue000", "\U000f0000", "\ud83d", "\x00", "\x1b", "\r", "\ufe0f", "\ufe0e", "\U000e0041", "\u3164", "\u2800"),
    ],
)
def test_what_nobody_sees_goes(hidden: str) -> None:
    assert visible(f"背中{hidden}の熱") == "背中の熱"
    assert visible(hidden * 3) == ""


@given(st.text(st.one_of(st.characters(), st.sampled_from("\u200d\ufe0f👩❤1\u20e3🏴\U000e0067"))))
def test_cleaning_once_is_enough(text: str) -> None:
    once = visible(text)

    assert visible(once) == once
    once.encode()  # No half of a letter is left.


def test_a_plain_letter_is_seen_and_stands_by_itself() -> None:
    plain = [letter for code in range(sys.maxunicode + 1) if is_plain(letter := chr(code))]

    assert len(plain) > 20_000
    for letter in plain:
        assert regex.findall(r"\X", f"あ{letter}a{letter}") == ["あ", letter, "a", letter]
        assert _HIDDEN.search(letter) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEFAULT_CONTENT)))
def test_the_pack_hides_nothing(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if path.parent.name in ("evaluation", "language"):
            line = re.sub("[\u200b-\u200d\ufe0f]", "", line)  # As people type it, who are read all the same.
        assert visible(line) == line, f"{path.name}: {number}: take out the letters that nobody sees"
