"""Copies of a text as other fingers would type it."""

import random

import pytest

from bot.understanding.perturb import kana, typo


def test_kana_is_how_the_words_are_read() -> None:
    assert kana("背中が熱い") == "せなかがあつい"


@pytest.mark.parametrize("seed", range(20))
def test_a_typo_changes_one_place(seed: int) -> None:
    slipped = typo("せなかがあつい", random.Random(seed))

    assert slipped != "せなかがあつい"
    assert abs(len(slipped) - 7) <= 1


def test_what_has_no_kana_stays() -> None:
    assert typo("料金", random.Random(1)) == "料金"
