"""A month and some bars as Flex boxes: charts that need no picture, and no host for one."""

from bot.conversation import Bars, Day, Month
from bot.line import flex
from bot.line.flex import ACCENT, INK, SOFT, WHITE, Json

TRACK = "#DDE3E7"
SIDE, CIRCLE, BAR = 34, 28, 14
"""How high the squares, the circles in them and the bars are, in pixels."""


def calendar(month: Month) -> list[Json]:
    """Heading, letters of the weekdays, a row of squares for each week, legend."""
    letters = _row([_cell(letter, color=SOFT) for letter in month.weekdays], margin="sm")
    weeks = [_row([_square(day) for day in week], margin="xs") | {"height": f"{SIDE}px"} for week in month.weeks]
    legend = [flex.text(month.legend, size="sm", margin="md")] if month.legend else []
    return [flex.heading(month.heading), letters, *weeks, *legend]


def bars(block: Bars) -> list[Json]:
    """Heading, and a row for each bar: label, bar, value."""
    rows = [
        _row(
            [
                flex.text(bar.label, size="sm") | {"flex": 4},
                _track(bar.share),
                flex.text(bar.value, size="sm", weight="bold") | {"flex": 2, "align": "end"},
            ],
            margin="md",
        )
        for bar in block.bars
    ]
    return [flex.heading(block.heading), *rows]


def _square(day: Day | None) -> Json:
    """One day of the calendar. Shapes tell the marks apart, not colours: a filled circle, a ring, a frame for today."""
    if day is None:
        return {"type": "box", "layout": "vertical", "flex": 1, "contents": []}
    number = str(day.number)
    if day.mark == "none" and not day.is_today:
        return _cell(number)
    looks: dict[str, str] = {}
    if day.mark == "done":
        looks = {"backgroundColor": ACCENT}
    elif day.mark == "rest":
        looks = {"borderColor": SOFT, "borderWidth": "normal"}
    letters = _cell(number, color=WHITE if day.mark == "done" else INK, weight="bold")
    shape = _shape(letters, side=CIRCLE, corner=CIRCLE // 2, **looks)
    if day.is_today:
        shape = _shape(shape, side=SIDE, corner=8, borderColor=INK, borderWidth="medium")
    return {"type": "box", "layout": "vertical", "flex": 1, "alignItems": "center", "contents": [shape]}


def _shape(inside: Json, *, side: int, corner: int, **looks: str) -> Json:
    sides = {"width": f"{side}px", "height": f"{side}px", "cornerRadius": f"{corner}px"}
    centred = {"justifyContent": "center", "alignItems": "center"}
    return {"type": "box", "layout": "vertical", "contents": [inside], **sides, **centred, **looks}


def _track(share: float) -> Json:
    """The way that the longest bar would go, and how much of it this one goes."""
    shape = {"type": "box", "layout": "vertical", "height": f"{BAR}px", "cornerRadius": f"{BAR // 2}px"}
    percent = round(100 * max(0.0, min(share, 1.0)))
    bar = [{**shape, "contents": [], "width": f"{percent}%", "backgroundColor": ACCENT}] if percent else []
    return {**shape, "contents": bar, "flex": 5, "backgroundColor": TRACK}


def _row(contents: list[Json], *, margin: str) -> Json:
    return {"type": "box", "layout": "horizontal", "alignItems": "center", "margin": margin, "contents": contents}


def _cell(text: str, *, color: str = INK, weight: str = "regular") -> Json:
    return {"type": "text", "text": text, "size": "md", "align": "center", "color": color, "weight": weight}
