"""What is wrong with the letters themselves: marks of unfinished work, letters that some cannot see, too many of them."""

import re
import unicodedata
from collections.abc import Iterator

import regex

from bot.lint.facts import Fact, Page

_MARKS = re.compile(
    r"[〇○◯]{2,}|(?<![〇○◯一二三四五六七八九十])[〇○◯](?=[月日時円名様])|[●]{2,}|[△▲]{2,}|[×]{2,}|(?<![A-Za-zＡ-Ｚａ-ｚ])[XxＸｘ]{2,}(?![A-Za-zＡ-Ｚａ-ｚ])|[＿_]{3,}"
    r"|[{｛][^{}｛｝\n]{0,40}[}｝]|\$\{?[a-z_]+\}?|%[A-Za-z_]{2,20}%|<[a-z_]{2,20}>|\[\[|[?？]{3,}"
)
_ODD = regex.compile(r"[\u3220-\u325f\u3280-\u33ff\u2116\u2121\ufa0e-\ufa2d]|[\uff66-\uff9f]+")
_HIDDEN = regex.compile(r"[\p{Cf}\p{Cc}\p{Co}\p{Cs}\u2028\u2029\u3164\u115f\u1160--[\n\r\t]]+", regex.VERSION1)
_EMOJI = regex.compile(r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{RI}\p{RI})")
_GRAPHEME = regex.compile(r"\X")
MANY = 10


def look(page: Page) -> Iterator[Fact]:
    """Placeholders, odd and hidden letters, a crowd of emoji, prices without tax, and "do not reply"."""
    text = page.text
    for match in _MARKS.finditer(text.typed):
        yield Fact("placeholder", *match.span())
    for odd in _ODD.finditer(text.typed):
        better = unicodedata.normalize("NFKC", odd[0])
        yield Fact("odd-letters", *odd.span(), {"better": better}, better)
    emoji = []
    is_plain = _EMOJI.search(text.typed) is None and _HIDDEN.search(text.typed) is None
    for seen in () if is_plain else _GRAPHEME.finditer(text.typed):
        if _EMOJI.search(seen[0]):
            emoji.append(seen.span())
        else:
            hidden = _HIDDEN.search(seen[0])
            if hidden is not None:
                yield Fact("hidden-letters", seen.start() + hidden.start(), seen.start() + hidden.end(), rewrite="")
    if len(emoji) > MANY:
        yield Fact("many-emoji", *emoji[MANY], {"count": len(emoji)})
    for line in text.lines:
        for words, id in ((page.signs.placeholders, "placeholder"), (page.signs.no_reply, "no-reply")):
            for start, end in line.find(words):
                yield Fact(id, *text.typed_span(line.at + start, line.at + end))
        if not line.has(page.signs.taxed):
            for start, end in line.find(page.signs.untaxed):
                yield Fact("price-untaxed", *text.typed_span(line.at + start, line.at + end))


def too_long(typed: str, limit: int) -> Fact | None:
    """That *typed* has more than *limit* UTF-16 units, with the letters beyond; None when it has not."""
    count = len(typed.encode("utf-16-le", "surrogatepass")) // 2
    if count <= limit:
        return None
    units = 0
    for start, letter in enumerate(typed):
        units += 2 if ord(letter) > 0xFFFF else 1
        if units > limit:
            return Fact("too-long", start, len(typed), {"count": count, "limit": limit})
    return None
