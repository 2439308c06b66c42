"""The spellings that are learnt of a text."""

import random

from bot.understanding.blocks import Blocks
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.recipe import WHOLE, Recipe
from bot.understanding.spellings import Features, spellings


def made(text: str, recipe: Recipe = WHOLE, seed: int = 1) -> list[Blocks]:
    return spellings(Concepts([]), text, said(text), random.Random(seed), recipe)


def test_a_text_is_learnt_as_written_and_in_kana() -> None:
    written, kana = made("背中が熱い", Recipe(slips=False))

    assert "背中" in written.words
    assert written.sounds == kana.sounds


def test_every_other_copy_has_a_slip() -> None:
    copies = [made("背中が熱い", seed=seed)[1] for seed in range(40)]

    assert 10 < sum(copy.sounds != made("背中が熱い")[0].sounds for copy in copies) < 30


def test_a_text_of_its_own_kana_is_learnt_once() -> None:
    assert len(made("せなか", Recipe(slips=False))) == 1
    assert made("") == []


def test_features_get_numbers_in_turn() -> None:
    features = Features()
    features.add(0, Blocks(["a", "b", "a"], ["x"], [], 0), 9)
    features.add(1, Blocks(["b"], ["x", "y"], [], 0), 8)

    texts = features.texts()
    assert texts.owners.tolist() == [0, 1]
    assert texts.sizes.tolist() == [[2, 1], [1, 2]]
    assert texts.numbers.tolist() == [0, 1, 2, 1, 2, 3]
    assert texts.draws.tolist() == [9, 8]
    assert features.count == 4
