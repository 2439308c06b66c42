"""Short answers to a question about time."""

import pytest

from bot.understanding import answers
from bot.understanding.times import Clock


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("夜", "20:00"),
        ("よる", "20:00"),
        ("夜のほうで", "20:00"),
        ("朝の方がいいです", "08:00"),
        ("午前でお願いします", "08:00"),
        ("夕方", "20:00"),
        ("20時", "20:00"),
        ("夜8時", "20:00"),
        ("夜 20:00", "20:00"),
        ("8時", None),
        ("21時", None),
        ("夜のやつ教えて", None),
        ("", None),
    ],
)
def test_one_of_two_halves_is_picked_by_a_part_of_the_day_or_a_full_clock(text: str, meant: str | None) -> None:
    assert answers.half(text, ("20:00", "08:00")) == meant


def test_midnight_and_noon_are_told_apart() -> None:
    assert answers.half("夜", ("12:00", "00:00")) == "00:00"
    assert answers.half("昼のほう", ("12:00", "00:00")) == "12:00"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("30分", 30), ("三十分後で", 30), ("１時間でお願いします", 60), ("30ぷん", 30), ("30分だけやりたい", None)],
)
def test_a_delay_is_read_when_it_is_all_that_is_said(text: str, minutes: int | None) -> None:
    assert answers.delay(text) == minutes


def test_a_clock_time_is_read_when_it_is_all_that_is_said() -> None:
    assert answers.clock("やっぱり21時でお願いします") == Clock(21)
    assert answers.clock("9時ごろ") == Clock(9)
    assert answers.clock("9時に予約したい") is None
