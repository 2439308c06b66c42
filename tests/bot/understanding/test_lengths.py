from datetime import date

import pytest

from bot.understanding import lengths

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3日くらい前から", 3),
        ("みっかまえから", 3),
        ("二、三日", 3),
        ("昨日の晩から", 1),
        ("おとといから", 2),
        ("今朝から", 0),
        ("一週間ほど", 7),
        ("10日前", 10),
        ("先週の水曜から", 8),
        ("月曜から", 4),
        ("半月くらい", 15),
        ("ひと月ほど前", 30),
        ("三か月前から", 90),
        ("1ヶ月以上", 36),
        ("半年前", 180),
        ("1年半", 547),
        ("去年の冬から", 365),
        ("夏から", 172),
        ("10月から", 50),
        ("もう何年も前から", 1825),
        ("子どもの頃から", 1825),
        ("背中が熱い", None),
        ("ずっと", None),
    ],
)
def test_since_when_is_read_in_days(text: str, days: int | None) -> None:
    length = lengths.days(text, FRIDAY)

    assert (length.number if length is not None else None) == days


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5分なら", 5),
        ("ごふんくらい", 5),
        ("10〜15分", 15),
        ("2、3分なら", 3),
        ("数分", 3),
        ("十分くらい", 10),
        ("半時間ほど", 30),
        ("1時間半", 90),
        ("時間は十分あります", None),
        ("10分後にもう一回", None),
        ("忙しい", None),
    ],
)
def test_how_long_is_read_in_minutes(text: str, minutes: int | None) -> None:
    length = lengths.minutes(text)

    assert (length.number if length is not None else None) == minutes


@pytest.mark.parametrize(
    ("text", "is_all"),
    [
        ("3日くらい前からです", True),
        ("もう半年になります", True),
        ("3日間休みたい", False),
        ("出産してからもう2年", False),
    ],
)
def test_tells_whether_anything_else_is_said(text: str, is_all: bool) -> None:
    length = lengths.days(text, FRIDAY)

    assert length is not None
    assert length.is_all is is_all


def test_every_plain_length_up_to_years_is_read_and_is_all() -> None:
    for number in range(1, 32):
        for unit, days in (("日", 1), ("週間", 7), ("か月", 30), ("年", 365)):
            for text in (f"{number}{unit}前から", f"{number}{unit}くらいです", f"ここ{number}{unit}ほど"):
                assert lengths.days(text, FRIDAY) == lengths.Length(number * days, is_all=True), text
