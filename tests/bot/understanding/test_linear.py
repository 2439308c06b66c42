"""What a few texts with numbered features teach."""

import numpy as np

from bot.understanding.linear import DRAWS, Texts, learnt, rarity, runs


def texts(*told: tuple[int, list[int], list[int]]) -> Texts:
    """Of each text its class, its words and its sounds."""
    return Texts(
        np.array([owner for owner, _, _ in told]),
        np.array([(len(words), len(sounds)) for _, words, sounds in told]),
        np.array([number for _, words, sounds in told for number in (*words, *sounds)]),
        np.arange(len(told)) * (DRAWS // max(len(told), 1)),
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


def test_the_order_in_which_texts_come_makes_no_difference() -> None:
    told = texts(*[(n % 5, [n % 5, 5 + n % 7], [12 + n % 3, 15 + n % 11]) for n in range(200)])
    turned = Texts(told.owners[::-1], told.sizes[::-1], told.numbers.reshape(-1, 4)[::-1].ravel(), told.draws[::-1])

    one, other = (learnt(each, (1.0, 0.8), features=26, classes=5) for each in (told, turned))

    assert one.places.tolist() == other.places.tolist()
    assert np.allclose(one.strengths, other.strengths)


def test_a_text_more_that_shares_nothing_with_the_others_changes_nothing_about_them() -> None:
    told = [(n % 5, [n % 5, 5 + n % 7], [12 + n % 3, 15 + n % 11]) for n in range(200)]
    fewer, more = texts(*told), texts(*told, (5, [26], [27]))
    draws = np.random.default_rng(1).integers(0, DRAWS, 201)

    before = learnt(fewer._replace(draws=draws[:-1]), (1.0, 0.8), features=28, classes=6)
    after = learnt(more._replace(draws=draws), (1.0, 0.8), features=28, classes=6)

    assert after.places.tolist() == [*before.places.tolist(), 5, 5]
    assert np.allclose(after.strengths[:-2], before.strengths)


def test_one_class_or_no_text_teaches_nothing_and_fails_nothing() -> None:
    assert learnt(texts((0, [0], [])), (1.0, 0.8), features=1, classes=1).sizes.tolist() == [1]
    assert not learnt(
        Texts(*(np.zeros(shape, int) for shape in (0, (0, 2), 0, 0))), (1.0, 0.8), features=0, classes=1
    ).sizes.size


def test_the_fewer_classes_have_a_feature_the_more_it_counts() -> None:
    weights = [rarity(count, 100) for count in range(101)]

    assert weights == sorted(weights, reverse=True)


def test_runs_name_the_parts_of_things_that_lie_in_a_row() -> None:
    assert runs(np.array([7, 0, 3]), np.array([2, 0, 3])).tolist() == [7, 8, 3, 4, 5]
