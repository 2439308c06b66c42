"""How every card looks: the colours, letters and spaces of all that is sent, with the practice's own accent.

All cards have one frame (`flex.bubble`): a picture on top where there is one, the body, and below it the buttons, each as
wide as the card, the one to tap first in the accent. In the body stand, from top to bottom:

=================  =====================================================================================
summary, FAQ       eyebrow (whose view), title, body a paragraph each, note
exercise, step     eyebrow (the routine), title, headings with body or numbered lines, note (where one is)
routine, check     title, body, headings with lines
calendar, record   title, body, heading, weekdays over days, note (legend); bars with body on both sides
announcement       title, body
alert              alarm in place of the title, body, heading with lines, a button for each number
=================  =====================================================================================
"""

from dataclasses import dataclass
from typing import Literal

from bot.library.colours import WHITE

INK, SOFT, ALERT = "#1F2933", "#5B6770", "#B42318"
PAPER, TRACK = WHITE, "#DDE3E7"
"""What words stand on, and the way that a bar has before it."""

PADDING = "20px"
"""Between the edge of a card and its words."""
FAR, NEAR, CLOSE = "lg", "md", "sm"
"""Above a new part, a further paragraph, and a line of a list."""
BETWEEN = "md"
"""From button to button: a thumb that slips hits none."""
SIDE, CIRCLE, CORNER, BAR = 34, 28, 8, 14
"""How high the squares of a calendar, the circles in them and the bars are, and how round a square is, in pixels."""


@dataclass(frozen=True)
class Style:
    """How some words look, and on what; *size* is one of LINE's, of which ``md`` is 16 pixels and ``sm`` 14."""

    size: Literal["sm", "md", "lg"]
    colour: str
    is_bold: bool = False
    ground: str = PAPER


TITLE = Style("lg", INK, is_bold=True)
ALARM = Style("lg", ALERT, is_bold=True)
BODY = Style("md", INK)
VALUE = Style("md", INK, is_bold=True)
NOTE = Style("sm", SOFT)
WEEKDAY = Style("md", SOFT)


@dataclass(frozen=True)
class Design:
    """The styles that the practice's *accent* colours, and it itself for fills; all others are the constants above."""

    accent: str = "#1B6B5A"

    @property
    def eyebrow(self) -> Style:
        """Small, above the title."""
        return Style("sm", self.accent, is_bold=True)

    @property
    def heading(self) -> Style:
        """Over a block."""
        return Style("md", self.accent, is_bold=True)

    @property
    def number(self) -> Style:
        """Before a numbered line."""
        return Style("md", self.accent)

    @property
    def day_done(self) -> Style:
        """The number of a day in a filled circle."""
        return Style("md", PAPER, is_bold=True, ground=self.accent)


PLAIN = Design()
"""What a pack that names no accent has."""
