"""From figures to a probability."""

import numpy as np

from bot.understanding.calibrate import Calibration


def test_says_as_often_as_it_is_so() -> None:
    figures = np.repeat(np.array([[0.0], [1.0], [2.0]]), 100, axis=0)
    truths = np.concatenate([np.arange(100) < share for share in (10, 50, 90)]).astype(float)

    fitted = Calibration.fitted(figures, truths, np.ones(300))

    assert [round(fitted.probability([value]), 1) for value in (0.0, 1.0, 2.0)] == [0.1, 0.5, 0.9]


def test_what_counts_twice_is_as_if_it_had_been_seen_twice() -> None:
    figures, truths = np.array([[0.0], [1.0], [0.5]]), np.array([0.0, 1.0, 1.0])

    weighted = Calibration.fitted(figures, truths, np.array([1.0, 1.0, 2.0])).probability([0.5])

    assert weighted > Calibration.fitted(figures, truths, np.ones(3)).probability([0.5])


def test_a_figure_that_never_changes_says_nothing() -> None:
    fitted = Calibration.fitted(np.array([[3.0, 0.0], [3.0, 1.0]]), np.array([0.0, 1.0]), np.ones(2))

    assert fitted.weights[0] == 0.0


def test_the_farthest_figures_do_not_overflow() -> None:
    assert Calibration((1.0,), 0.0).probability([-1e6]) == 0.0
    assert Calibration((1.0,), 0.0).probability([1e6]) == 1.0
