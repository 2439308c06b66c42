"""What the words of a message speak for."""

import numpy as np

from bot.understanding.blocks import Blocks
from bot.understanding.linear import learnt
from bot.understanding.spellings import Features
from bot.understanding.vocabulary import Vocabulary


def made() -> Vocabulary:
    features = Features()
    features.add(0, Blocks(["靴", "有る"], ["くつ"], [], 0), 0)
    features.add(1, Blocks(["パン", "有る"], ["ぱん"], [], 0), 1)
    features.add(2, Blocks(["天気", "有る"], ["てん"], [], 0), 2)
    weights = learnt(features.texts(), (1.0, 0.8), features=features.count, classes=3)
    return Vocabulary.of(weights, features.words, features.sounds, (1.0, 0.8), 2)


def test_words_and_sounds_speak_for_their_class() -> None:
    assert made().weigh(Blocks(["靴"], [], [], 0)).scores.argmax() == 0
    assert made().weigh(Blocks([], ["ぱん"], [], 0)).scores.argmax() == 1


def test_a_word_said_twice_counts_once_and_an_unknown_one_makes_the_rest_count_less() -> None:
    vocabulary = made()
    once = vocabulary.weigh(Blocks(["靴"], [], [], 0)).scores

    assert np.array_equal(vocabulary.weigh(Blocks(["靴", "靴"], [], [], 0)).scores, once)
    assert vocabulary.weigh(Blocks(["靴", "猫"], [], [], 0)).scores[0] < once[0]


def test_tells_which_words_speak_for_a_class_which_are_foreign_and_which_unknown() -> None:
    vocabulary = made()

    assert list(vocabulary.gains(["靴", "パン", "猫"], 0)) == ["靴"]
    assert vocabulary.foreign(["靴", "天気", "猫"]) == 2
    assert vocabulary.unknown(["靴", "天気", "猫"]) == ["猫"]
