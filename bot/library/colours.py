"""Colours as six digits, and how well one can be read on another."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

READABLE = 4.5
"""The least contrast of words that older eyes can read (WCAG 2.2, 1.4.3)."""
WHITE = "#FFFFFF"


def contrast(one: str, other: str) -> float:
    """How far two colours such as ``#1B6B5A`` stand apart: 1 is the same, 21 is black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _readable(colour: str) -> str:
    found = contrast(colour, WHITE)
    if found < READABLE:
        # Rounded down, so that what is refused never seems to be enough.
        raise PydanticCustomError(
            "too_pale",
            "{colour} has a contrast of {found} : 1 on white, which is hard to read; choose a darker one ({least} : 1)",
            {"colour": colour, "found": f"{int(found * 10) / 10}", "least": str(READABLE)},
        )
    return colour


Accent = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(_readable)]
"""A colour in which words stand on white, and on which white words stand."""
