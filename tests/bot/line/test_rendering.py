"""What a reply looks like to LINE: within its limits, readable without colours, and aloud."""

from typing import Any

import pytest

from bot.conversation import Bar, Bars, Block, Card, Choice, Day, Month, Reply
from bot.library.schema import Drawing
from bot.line.rendering import alt_text, render
from bot.simulator.limits import check_send

WEEKDAYS = tuple("月火水木金土日")


def month(*days: Day | None, legend: str = "") -> Month:
    return Month("11月は8日できました", WEEKDAYS, (tuple(days),), legend)


def drawn(*blocks: Block | Month | Bars) -> list[dict[str, Any]]:
    """What the blocks look like, title and heading left out."""
    (message,) = render(Reply(bubbles=(Card(title="x", blocks=blocks),)))
    contents: list[dict[str, Any]] = message["contents"]["body"]["contents"][2:]
    return contents


def shape(part: dict[str, Any]) -> Any:
    """What can be told of a part without seeing colours: its boxes with fill and border, and its words."""
    if part["type"] == "text":
        return part["text"]
    looks = ["filled"] if "backgroundColor" in part else []
    looks += [part["borderWidth"]] if "borderWidth" in part else []
    return [*looks, *map(shape, part["contents"])]


def test_each_mark_of_a_calendar_has_a_shape_of_its_own() -> None:
    marks = [Day(1, "none"), Day(1, "done"), Day(1, "rest")]
    squares = [*marks, *(Day(day.number, day.mark, is_today=True) for day in marks)]

    (_, week) = drawn(month(*squares))
    shapes = [str(shape(square)) for square in week["contents"]]
    assert len(set(shapes)) == len(shapes)
    assert all("1" in each for each in shapes)


def test_a_week_has_seven_squares_below_seven_letters_and_the_legend_stands_under_them() -> None:
    letters, week, legend = drawn(month(None, None, *(Day(number) for number in range(1, 6)), legend="●できた日"))

    assert [len(row["contents"]) for row in (letters, week)] == [7, 7]
    assert [shape(square) for square in week["contents"]] == [[], [], "1", "2", "3", "4", "5"]
    assert legend["text"] == "●できた日"


@pytest.mark.parametrize(("share", "widths"), [(0.0, []), (3 / 7, ["43%"]), (1.0, ["100%"]), (7.0, ["100%"])])
def test_a_bar_is_as_long_as_its_share_and_its_value_stands_in_words(share: float, widths: list[str]) -> None:
    (row,) = drawn(Bars("週ごと", (Bar("今週", share, "3日"),)))
    label, track, value = row["contents"]

    assert (label["text"], value["text"]) == ("今週", "3日")
    assert [bar["width"] for bar in track["contents"]] == widths


def test_a_card_read_aloud_says_what_its_charts_show() -> None:
    charts = (month(Day(1, "done"), legend="●"), Bars("週ごと", (Bar("今週", 0.5, "3日"), Bar("先週", 1.0, "7日"))))

    said = alt_text(Card(title="記録", paragraphs=("連続3日です。",), blocks=charts))
    assert said == "記録。\n連続3日です。\n11月は8日できました。\n週ごと。\n今週 3日。\n先週 7日。"


@pytest.mark.parametrize("mark", ["done", "rest", "none"])
def test_the_fullest_card_keeps_within_the_limits_of_line(mark: Any) -> None:
    days = [Day(number, mark, is_today=number == 31) for number in range(1, 32)]
    squares = [*[None] * 6, *days, *[None] * 5]
    weeks = tuple(tuple(squares[start : start + 7]) for start in range(0, 42, 7))
    card = Card(
        title="あ" * 40,
        paragraphs=("あ" * 200,) * 3,
        blocks=(
            Month("あ" * 40, WEEKDAYS, weeks, "あ" * 60),
            Bars("あ" * 40, (Bar("あ" * 10, 1.0, "7日"),) * 5),
            Block("あ" * 40, ("あ" * 60,) * 10),
        ),
        note="あ" * 100,
        picture=Drawing(name="a" * 60, alt="👨‍👩‍👧‍👦" * 40),
        buttons=(Choice("あ" * 20, "x"), Choice("い" * 20, "y")),
    )

    body = {"to": "U" + "1" * 32, "messages": render(Reply(bubbles=(card,)), lambda name: f"https://a.example/{name}")}
    assert check_send("push", body) == []


PICTURE = Drawing(name="walk", alt="歩く人の絵")


def test_a_card_carries_its_picture_where_phones_can_open_it() -> None:
    (message,) = render(Reply(bubbles=(Card(title="歩く", picture=PICTURE),)), lambda name: f"https://a.example/{name}")

    hero = message["contents"]["hero"]
    assert (hero["url"], hero["aspectRatio"]) == ("https://a.example/walk", "4:3")
    assert hero["action"] == {"type": "uri", "label": "歩く人の絵", "uri": "https://a.example/walk"}
    assert message["altText"] == "歩く。\n歩く人の絵。"


def test_without_an_address_a_card_is_as_it_would_be_without_the_picture() -> None:
    with_picture, without = (
        render(Reply(bubbles=(Card(title="歩く", paragraphs=("a",), picture=picture),))) for picture in (PICTURE, None)
    )

    assert with_picture == without
