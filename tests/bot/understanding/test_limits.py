"""From which certainty on it pays to answer."""

import numpy as np

from bot.understanding.limits import Limits, Seen, chosen


def seen(count: int, right_from: float, ours_from: float = 0.0) -> Seen:
    """Texts of evenly spread certainty, right from one certainty on and ours from another."""
    certainty = np.linspace(0.0, 1.0, count)
    return Seen(
        sure=certainty,
        ours=certainty,
        share=np.full(count, 0.5),
        is_right=certainty >= right_from,
        is_offered=certainty >= ours_from,
        importance=np.ones(count),
    )


def test_nothing_seen_leaves_the_limits_where_they_begin() -> None:
    assert chosen(seen(0, 0.5)) == Limits()


def test_answers_begin_where_they_are_right() -> None:
    assert abs(chosen(seen(2000, 0.7)).sure - 0.7) < 0.05
    assert abs(chosen(seen(2000, 0.2)).sure - 0.2) < 0.05


def test_choices_begin_where_they_are_of_use() -> None:
    assert abs(chosen(seen(2000, 0.9, 0.6)).ours - 0.6) < 0.05


def test_few_texts_move_the_limits_little() -> None:
    assert abs(chosen(seen(5, 0.9)).sure - Limits().sure) < abs(chosen(seen(2000, 0.9)).sure - Limits().sure)
