"""What would give somebody away: numbers, addresses, and names beside what ails their bearers."""

import re
from collections.abc import Iterator

from bot.lint.facts import Fact, Page

_PHONE = re.compile(r"(?<![\d.,/-])(?:\+81[- ]?(?:\(0\))?|0)\d{1,4}[-() ]{0,2}\d{1,4}[-() ]{0,2}\d{3,4}(?![\d/-])")
_PUBLIC = ("0120", "0800", "0570", "0180", "0990")
"""Beginnings of numbers that nobody has at home."""
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_TWELVE = re.compile(r"(?<![\d-])\d{4}[- ]?\d{4}[- ]?\d{4}(?![\d-])")
_TITLES = frozenset(["様", "さま", "さん", "氏", "君", "くん", "ちゃん"])


def look(page: Page) -> Iterator[Fact]:
    """Personal data in the text."""
    text = page.text
    own = _digits(page.practice.phone)
    for match in _PHONE.finditer(text.letters):
        digits = _digits(match[0])
        if len(digits) in (10, 11) and digits != own and not digits.startswith(_PUBLIC):
            yield Fact("phone-foreign", *text.typed_span(*match.span()), {"phone": page.practice.phone})
    for match in _MAIL.finditer(text.letters):
        yield Fact("mail-address", *text.typed_span(*match.span()))
    for match in _TWELVE.finditer(text.letters):
        if _is_my_number(_digits(match[0])):
            yield Fact("my-number", *text.typed_span(*match.span()))
    yield from _names(page)


def _names(page: Page) -> Iterator[Fact]:
    """Names with a title in a sentence about a body."""
    for line in page.text.lines:
        words = line.tokens
        for (at, token), (after, title) in zip(words, words[1:], strict=False):
            if token.pos2 != "固有名詞" or title.surface not in _TITLES:
                continue
            first, last = next(span for span in line.sentences if span[0] <= at < span[1])
            if line.has(page.signs.bodily, first, last):
                yield Fact("name-symptom", *page.text.typed_span(line.at + at, line.at + after + len(title.surface)))


def _digits(number: str) -> str:
    """The digits of a phone number as they are dialled at home."""
    digits = "".join(letter for letter in number if letter.isdecimal())
    return "0" + digits[2:].lstrip("0") if number.startswith("+81") else digits


def _is_my_number(digits: str) -> bool:
    """Whether the last of twelve digits checks the others as that of a My Number does."""
    weighted = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(digits[-2::-1], 1)
    )
    rest = weighted % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)
