"""A month and some bars as Flex boxes: charts that need no picture, and no host for one."""

from bot.conversation import Bars, Day, Month
from bot.line import design, flex
from bot.line.design import BAR, CIRCLE, CORNER, INK, SIDE, SOFT, TRACK, Design, Style
from bot.line.flex import Json


def calendar(look: Design, month: Month) -> list[Json]:
    """Heading, letters of the weekdays, a row of squares for each week, legend."""
    letters = _row([_cell(letter, design.WEEKDAY) for letter in month.weekdays], margin=design.CLOSE)
    weeks = [_row([_square(look, day) for day in week], margin="xs") | {"height": f"{SIDE}px"} for week in month.weeks]
    legend = [flex.text(month.legend, design.NOTE, margin=design.NEAR)] if month.legend else []
    return [flex.text(month.heading, look.heading, margin=design.FAR), letters, *weeks, *legend]


def bars(look: Design, block: Bars) -> list[Json]:
    """Heading, and a row for each bar: label, bar, value."""
    rows = [
        _row(
            [
                flex.text(bar.label) | {"flex": 4},
                _track(look, bar.share),
                flex.text(bar.value, design.VALUE) | {"flex": 2, "align": "end"},
            ],
            margin=design.NEAR,
        )
        for bar in block.bars
    ]
    return [flex.text(block.heading, look.heading, margin=design.FAR), *rows]


def _square(look: Design, day: Day | None) -> Json:
    """One day of the calendar. Shapes tell the marks apart, not colours: a filled circle, a ring, a frame for today."""
    if day is None:
        return {"type": "box", "layout": "vertical", "flex": 1, "contents": []}
    number = str(day.number)
    if day.mark == "none" and not day.is_today:
        return _cell(number, design.BODY)
    looks: dict[str, str] = {}
    if day.mark == "done":
        looks = {"backgroundColor": look.accent}
    elif day.mark == "rest":
        looks = {"borderColor": SOFT, "borderWidth": "normal"}
    words = _cell(number, look.day_done if day.mark == "done" else design.VALUE)
    shape = _shape(words, side=CIRCLE, corner=CIRCLE // 2, **looks)
    if day.is_today:
        shape = _shape(shape, side=SIDE, corner=CORNER, borderColor=INK, borderWidth="medium")
    return {"type": "box", "layout": "vertical", "flex": 1, "alignItems": "center", "contents": [shape]}


def _shape(inside: Json, *, side: int, corner: int, **looks: str) -> Json:
    sides = {"width": f"{side}px", "height": f"{side}px", "cornerRadius": f"{corner}px"}
    centred = {"justifyContent": "center", "alignItems": "center"}
    return {"type": "box", "layout": "vertical", "contents": [inside], **sides, **centred, **looks}


def _track(look: Design, share: float) -> Json:
    """The way that the longest bar would go, and how much of it this one goes."""
    shape = {"type": "box", "layout": "vertical", "height": f"{BAR}px", "cornerRadius": f"{BAR // 2}px"}
    percent = round(100 * max(0.0, min(share, 1.0)))
    bar = [{**shape, "contents": [], "width": f"{percent}%", "backgroundColor": look.accent}] if percent else []
    return {**shape, "contents": bar, "flex": 5, "backgroundColor": TRACK}


def _row(contents: list[Json], *, margin: str) -> Json:
    return {"type": "box", "layout": "horizontal", "alignItems": "center", "margin": margin, "contents": contents}


def _cell(text: str, style: Style) -> Json:
    """Letters that stay as they are: seven columns have no room for larger ones."""
    return {"type": "text", "text": text, "align": "center", **flex.letters(style)}
