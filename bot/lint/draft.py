"""What goes into the check of an announcement, and what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "image", "card"]
Level = Literal["high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("high", "medium", "low")
"""``high`` may not be sent, ``medium`` needs somebody's approval, ``low`` is a hint."""


@dataclass(frozen=True)
class Part:
    """One text that people will read, and the *field* of the form that it was typed into."""

    field: str
    text: str
    limit: int | None = None
    """How long it may be, in UTF-16 units; None for LINE's 5,000 of a message."""


@dataclass(frozen=True)
class Link:
    """An address behind a button or a picture, and the *field* that it was typed into."""

    field: str
    url: str


@dataclass(frozen=True)
class Draft:
    """Something that staff wrote: its texts, where its buttons lead, and the words in place of its picture.

    *alt* is None where there is no picture; an empty one is missing.
    """

    texts: tuple[Part, ...]
    links: tuple[Link, ...] = ()
    alt: Part | None = None
    kind: Kind = "text"

    @classmethod
    def of(cls, text: str, *, field: str = "text") -> "Draft":
        """A draft of one text and nothing else."""
        return cls((Part(field, text),))


@dataclass(frozen=True)
class Finding:
    """One thing to look at: the letters *start* to *end* of the text in *field*, which are *quote*.

    *law* names the law or the rule, *why* and *fix* are plain Japanese for staff; *rewrite* could stand in place of the quote
    as it is, None where only a person can find other words.
    """

    id: str
    level: Level
    field: str
    start: int
    end: int
    quote: str
    law: str
    why: str
    fix: str
    rewrite: str | None = None


def worst(findings: Iterable[Finding]) -> Level | None:
    """The highest level among *findings*; None when there are none."""
    found = {finding.level for finding in findings}
    return next((level for level in LEVELS if level in found), None)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether it may not be sent as it is."""
    return worst(findings) == "high"
