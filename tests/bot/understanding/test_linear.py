"""What a few texts with numbered features teach."""

import numpy as np

from bot.understanding.linear import Texts, learnt, rarity, runs


def texts(*told: tuple[int, list[int], list[int]]) -> Texts:
    """Of each text its class, its words and its sounds."""
    return Texts(
        np.array([owner for owner, _, _ in told]),
        np.array([(len(words), len(sounds)) for _, words, sounds in told]),
        np.array([number for _, words, sounds in told for number in (*words, *sounds)]),
    )


def test_a_class_is_known_by_what_only_its_texts_have() -> None:
    weights = learnt(texts((0, [0, 1], [4]), (1, [0, 2], [5]), (2, [0, 3], [6])), (1.0, 0.8), features=7, classes=3)

    assert weights.places[weights.of(np.array([1]))[0]].tolist() == [0]
    assert weights.places[weights.of(np.array([0]))[0]].tolist() == [0, 1, 2]
    assert weights.telling[0] < weights.telling[1]


def test_a_class_that_loses_gains_and_its_rival_is_pushed_back() -> None:
    told = [(0, [0], [2])] * 20 + [(1, [0, 1], [2])]
    strong = learnt(texts(*told), (1.0, 0.8), features=3, classes=2)
    shared = dict(
        zip(strong.places[strong.of(np.array([0]))[0]], strong.strengths[strong.of(np.array([0]))[0]], strict=True)
    )

    assert strong.strengths[strong.of(np.array([1]))[0]].item() > shared[1]
    assert shared[0] > shared[1]


def test_what_was_learnt_is_the_same_every_time() -> None:
    told = texts(*[(n % 5, [n % 5, 5 + n % 7], [12 + n % 3, 15 + n % 11]) for n in range(200)])

    once, again = (learnt(told, (1.0, 0.8), features=26, classes=5) for _ in range(2))

    assert np.array_equal(once.strengths, again.strengths)


def test_one_class_or_no_text_teaches_nothing_and_fails_nothing() -> None:
    assert learnt(texts((0, [0], [])), (1.0, 0.8), features=1, classes=1).sizes.tolist() == [1]
    assert not learnt(
        Texts(*(np.zeros(shape, int) for shape in (0, (0, 2), 0))), (1.0, 0.8), features=0, classes=1
    ).sizes.size


def test_the_fewer_classes_have_a_feature_the_more_it_counts() -> None:
    weights = [rarity(count, 100) for count in range(101)]

    assert weights == sorted(weights, reverse=True)


def test_runs_name_the_parts_of_things_that_lie_in_a_row() -> None:
    assert runs(np.array([7, 0, 3]), np.array([2, 0, 3])).tolist() == [7, 8, 3, 4, 5]
