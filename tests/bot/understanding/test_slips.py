"""Slips of the finger are set right where the pack leaves one way to do so."""

import pytest

from bot.understanding.features import said
from bot.understanding.index import Document, Parsed
from bot.understanding.normalise import normalise
from bot.understanding.slips import Slips


def parsed(text: str) -> Parsed:
    text = normalise(text)
    return Parsed(Document("faq/a", text), text, said(text))


SLIPS = Slips(
    [
        parsed(text)
        for text in ("プロテインはいつ飲む", "通院ペース", "メニュー", "おはようございます", "さくら", "さくた")
    ]
)


def mended(text: str) -> str | None:
    text = normalise(text)
    return SLIPS.mended(text, said(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("メネュー", "メニュー"),
        ("プロテイワって毎日?", "プロテインって毎日?"),
        ("おはゆうございます", "おはようございます"),
        ("おはよございます", "おはようございます"),
    ],
)
def test_one_slip_is_set_right(typed: str, meant: str) -> None:
    assert mended(typed) == normalise(meant)


@pytest.mark.parametrize("typed", ["オクラ", "さくあ", "メニュ", "メタバースって何", "プロレスいつ", "", "背中"])
def test_what_is_another_word_or_near_to_several_stays(typed: str) -> None:
    assert mended(typed) is None
