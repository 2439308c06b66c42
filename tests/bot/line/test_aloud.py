"""What a phone reads out in a card's place."""

import pytest

from bot.line.aloud import aloud, cut, shortened


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["営業時間", "火・水 10:00〜20:00"], "営業時間。\n火、水 10:00〜20:00。"),
        (["よくある質問", "・料金\n・予約"], "よくある質問。\n料金。\n予約。"),
        (["背中だけ熱いのはなぜ？", "「熱」のことです。"], "背中だけ熱いのはなぜ？\n「熱」のことです。"),
        (["ホームページ", "https://example.com/a?b=c"], "ホームページ。"),
        (["11月", "●できた日　○お休みの日"], "11月。\nできた日 お休みの日。"),
        (["a", "", " \n"], "a。"),
    ],
)
def test_parts_are_lines_that_end_where_a_voice_rests(parts: list[str], said: str) -> None:
    assert aloud(parts) == said


def test_what_is_long_is_cut_where_line_counts_it_and_no_letter_in_halves() -> None:
    assert aloud(["🍎" * 300]) == "🍎" * 199 + "…"
    assert cut("🍎🍎", 3) == "🍎…"
    assert cut("🍎🍎", 4) == "🍎🍎"


def test_a_label_is_cut_as_people_count() -> None:
    assert shortened("👨‍👩‍👧‍👦" * 20, 20) == "👨‍👩‍👧‍👦" * 20
    assert shortened("👨‍👩‍👧‍👦" * 21, 20) == "👨‍👩‍👧‍👦" * 19 + "…"
