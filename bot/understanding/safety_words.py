"""Find the words of all groups in a message in one pass, forgiving a slip of the finger in long kana words."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from bot.understanding.morphology import analyse, hiragana, reading
from bot.understanding.safety_text import Said

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30ffー…#×]+")
_WRITTEN_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+)"
_NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?|[一二三四五六七八九十百数何半]+|いち|に|さん|よん|よ|ご|ろく|なな|しち|はち|きゅう|じゅう|すう|なん)"
_NUMBER_STARTS = frozenset("0123456789一二三四五六七八九十百数何半いにさよごろなしはきじす")
_GAP = r"[^。!?]{0,8}?"
_DENIAL = r"[えー]?(?:な|ね[えぇー]|ません?|まへん?|へん?|ひん?|ん|ず|ぬ)"
_SIGNS = {"…": _GAP, "#": _NUMBER, "×": _DENIAL}
_SIGNED = re.compile(r"([…#]|[かさたなまらわ]?×)")
_POLITE = dict(zip("かさたなまらわ", "きしちにみりい", strict=True))
_FORMS = {
    "く": "かきくけこい", "ぐ": "がぎぐげごい", "す": "さしすせそ", "つ": "たちつてとっ", "ぬ": "なにぬねのん",
    "ぶ": "ばびぶべぼん", "む": "まみむめもん", "る": "らりるれろっん", "う": "わいうえおっ",
}  # fmt: skip
"""The letters a verb of this ending takes in its forms: 死ぬ is 死な, 死に, 死ぬ, 死ね, 死の, 死ん."""

_ROWS = (
    "あいうえおぁぃぅぇぉ", "かきくけこ", "がぎぐげご", "さしすせそ", "ざじずぜぞ", "たちつてとっ", "だぢづでど", "なにぬねの",
    "はひふへほ", "ばびぶべぼ", "ぱぴぷぺぽ", "まみむめも", "やゆよゃゅょ", "らりるれろ", "わをん",
)  # fmt: skip
_VOICED = dict(zip("かきくけこさしすせそたちつてとはひふへほ", "がぎぐげござじずぜぞだぢづでどばびぶべぼ", strict=True))
_SLIP_FROM = 6
"""Kana words this long are also found with one slip: a letter of the same key, a mark left off, two letters swapped."""

_A_NUMBER = re.compile(_NUMBER)
_LATIN = re.compile("[#a-z0-9]", re.IGNORECASE)
_HAN_ONLY = re.compile(r"[\u3005\u3400-\u9fff]+")
_SURE = 3
"""Kana that each part of a word must have to be told by its sound alone."""

_SHORT = 4
"""Kana words below this length count only where a word of the dictionary begins."""


_Pattern = tuple["re.Pattern[str]", tuple[int, ...]]


class _Head(NamedTuple):
    """What begins with the same one or two letters; *any* matches where one of *patterns* does."""

    lengths: tuple[int, ...]
    any: "re.Pattern[str]"
    patterns: tuple[_Pattern, ...]


class Hit(NamedTuple):
    """A word of a group in the message: letters from *start* to *end* of the spoken line, tokens *first* to *last*."""

    start: int
    end: int
    first: int
    last: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class _View:
    """The words looked for in one view.

    *heads* knows by the first one or two letters how long the *plain* words are that begin so, and which patterns do; *counted*
    knows the patterns that begin with a number by the letter behind it; *exact* ones tell hiragana from katakana.
    """

    plain: dict[str, tuple[int, ...]]
    heads: dict[str, "_Head"]
    counted: dict[str, list["_Pattern"]]
    exact: list["_Pattern"]


class Words:
    """The groups of a book, compiled.

    A word in kana alone is looked for as spoken, so it is found in kanji, kana and katakana alike. Any other word is looked for
    as written, hiragana and katakana being the same, and where its reading is too long to be another word by chance, as spoken
    too. ``…`` stands for up to eight letters, ``#`` for a number, ``×`` for a negation (治ら× is 治らない, 治りません,
    治んない), ``~`` for all forms of the verb before it, ``@name`` for the words of another group; a ``=`` in front makes a
    word be looked for exactly as written.
    """

    def __init__(
        self, groups: Mapping[str, tuple[str, ...]], wanted: tuple[str, ...], forgiving: Container[str]
    ) -> None:
        self.names = wanted
        owners: dict[tuple[bool, str], list[int]] = {}
        aloud: dict[tuple[bool, str], list[int]] = {}
        for number, name in enumerate(self.names):
            for word in dict.fromkeys(_expand(groups, name, frozenset())):
                word = word.replace("＃", "#")
                spoken = _KANA.fullmatch(word) is not None
                key = (spoken, word.lower() if word[0] == "=" else hiragana(word.lower()))
                owners.setdefault(key, []).append(number)
                said_so = None if spoken else _as_spoken(word)
                if said_so is not None:
                    aloud.setdefault((True, said_so), []).append(number)
        slips: dict[tuple[bool, str], list[int]] = {}
        for (spoken, word), all_numbers in owners.items():
            numbers = [number for number in all_numbers if self.names[number] in forgiving]
            if numbers and spoken and len(word) >= _SLIP_FROM and not _SIGNS.keys() & set(word):
                for slip in _slips(word):
                    if (True, slip) not in owners:
                        slips.setdefault((True, slip), []).extend(numbers)
        for extra in (slips, aloud):
            for key, numbers in extra.items():
                owners.setdefault(key, []).extend(numbers)
        self._views = tuple(
            _view(
                {word: tuple(dict.fromkeys(numbers)) for (kind, word), numbers in owners.items() if kind is spoken},
                spoken=spoken,
            )
            for spoken in (False, True)
        )

    def find(self, said: Said) -> dict[int, list[Hit]]:
        """The hits of each group, in the order of the text."""
        found: dict[int, list[Hit]] = {}
        for spoken, view, words in ((False, said.written, self._views[0]), (True, said.spoken, self._views[1])):
            raw, heads, plain, counted = view.text, words.heads.get, words.plain.get, words.counted
            text = raw if spoken else hiragana(raw)
            for at, letter in enumerate(text):
                pair = text[at : at + 2]
                for key in (pair, letter) if pair != letter else (letter,):
                    head = heads(key)
                    if head is None:
                        continue
                    for length in head.lengths:
                        groups = plain(text[at : at + length])
                        if groups is not None and at + length <= len(text):
                            _add(found, groups, _hit(said, view.token, at, at + length, spoken, raw))
                    for pattern, groups in head.patterns if head.patterns and head.any.match(text, at) else ():
                        match = pattern.match(text, at)
                        if match is not None:
                            _add(found, groups, _hit(said, view.token, at, match.end(), spoken, raw))
                if letter in _NUMBER_STARTS:
                    number = _A_NUMBER.match(text, at)
                    for pattern, groups in counted.get(text[number.end() : number.end() + 1], ()) if number else ():
                        match = pattern.match(text, at)
                        if match is not None:
                            _add(found, groups, _hit(said, view.token, at, match.end(), spoken, raw))
            for pattern, groups in () if spoken else words.exact:
                for match in pattern.finditer(raw):
                    _add(found, groups, _hit(said, view.token, match.start(), match.end(), spoken, raw))
        for hits in found.values():
            if len(hits) > 1:
                hits.sort(key=_PLACE)
        return found


_PLACE = attrgetter("place")


def _view(words: Mapping[str, tuple[int, ...]], *, spoken: bool) -> _View:
    plain: dict[str, tuple[int, ...]] = {}
    counted: dict[str, list[_Pattern]] = {}
    lengths: dict[str, set[int]] = {}
    patterns: dict[str, list[_Pattern]] = {}
    exact: list[_Pattern] = []
    for word, groups in words.items():
        if word[0] == "=":
            exact.append((re.compile(re.escape(word[1:])), groups))
            continue
        if not _SIGNS.keys() & set(word):
            plain[word] = groups
            lengths.setdefault(word[:2], set()).add(len(word))
            continue
        pattern = re.compile("".join(_meaning(part, spoken) for part in _SIGNED.split(word))), groups
        if word[0] == "#":
            counted.setdefault(word[1:2], []).append(pattern)
        else:
            head = _SIGNED.split(word)[0][:2]
            patterns.setdefault(head, []).append(pattern)
    return _View(
        plain,
        {
            head: _Head(
                tuple(sorted(lengths.get(head, ()))),
                re.compile("|".join(pattern.pattern for pattern, _ in patterns.get(head, ()))),
                tuple(patterns.get(head, ())),
            )
            for head in lengths.keys() | patterns.keys()
        },
        counted,
        exact,
    )


def _meaning(part: str, spoken: bool) -> str:
    """The regular expression of one sign or of the letters between two."""
    if part == "#" and not spoken:
        # Written に is seldom the number two.
        return _WRITTEN_NUMBER
    if len(part) == 2 and part[1] == "×" and part[0] in _POLITE:
        # The stem of a verb: a polite negation has another vowel (治りません), a careless one swallows it (治んない).
        swallowed = "|ん(?=[なね])" if part[0] in "なら" else ""
        return f"(?:(?:{part[0]}{swallowed}){_DENIAL}|{_POLITE[part[0]]}ま(?:せ|へ)ん?)"
    return _SIGNS.get(part) or re.escape(part)


def _add(found: dict[int, list[Hit]], groups: tuple[int, ...], hit: Hit | None) -> None:
    if hit is not None:
        for group in groups:
            found.setdefault(group, []).append(hit)


def _hit(said: Said, token: list[int], at: int, end: int, spoken: bool, text: str) -> Hit | None:
    first, last = token[at], token[end - 1]
    if not spoken:
        # A word in Latin letters must stand alone: od is not in food.
        if text[at:end].isascii() and text[at:end].isalpha() and said.tokens[first].surface != text[at:end]:
            return None
        closing = said.offsets[last + 1] if last + 1 < len(said.offsets) else len(said.spoken.text)
        return Hit(said.offsets[first], closing, first, last, said.starts[first], text[at:end])
    # Kanji is believed: the reading of 刺激 holds いき, yet nobody spoke of breath. So are the words around a short one: もらいたい is no pain.
    if at != said.offsets[first] and (said.kanji[first] or end - at < _SHORT):
        return None
    if first != last and (end - at < _SHORT - 1 or _cuts_kanji(said, last, end)):
        return None
    shown = "".join(said.tokens[number].surface for number in range(first, last + 1))
    return Hit(at, end, first, last, said.starts[first], shown)


def _cuts_kanji(said: Said, last: int, end: int) -> bool:
    """Whether a hit ends inside a word written in kanji alone, as ナイフ does in ない夫婦."""
    closing = said.offsets[last + 1] if last + 1 < len(said.offsets) else len(said.spoken.text)
    return end < closing and _HAN_ONLY.fullmatch(said.tokens[last].surface) is not None


def _expand(groups: Mapping[str, tuple[str, ...]], name: str, inside: frozenset[str]) -> Iterator[str]:
    for word in groups[name]:
        if not word.startswith("@"):
            yield from _forms(word)
        elif word[1:] not in inside:
            yield from _expand(groups, word[1:], inside | {name})


def _as_spoken(word: str) -> str | None:
    """How a word with kanji sounds, signs kept; None where other words may sound the same, or it holds Latin letters."""
    if word[0] == "=" or _LATIN.search(word):
        return None
    parts = re.split("([…#×])", word)
    sounds = [reading(analyse(part)) for part in parts[::2] if part]
    if sum(map(len, sounds)) < _SLIP_FROM or min(map(len, sounds)) < _SURE or not _KANA.fullmatch("".join(sounds)):
        return None
    return "".join(part if part in _SIGNS or not part else reading(analyse(part)) for part in parts)


def _forms(word: str) -> Iterator[str]:
    """*word* with the verb before its ``~`` in every form; each ``~`` on its own."""
    before, sign, after = word.partition("~")
    if not sign:
        yield word
        return
    for letter in _FORMS[before[-1]]:
        yield from _forms(before[:-1] + letter + after)


def _slips(word: str) -> Iterator[str]:
    """*word* with one slip after its first letter and before its last, which is where grammar lies: した is not して."""
    for at in range(1, len(word) - 1):
        letter = word[at]
        near = next((row for row in _ROWS if letter in row), "")
        near += _VOICED.get(letter, "") + "".join(plain for plain, voiced in _VOICED.items() if voiced == letter)
        for other in near:
            if other != letter:
                yield word[:at] + other + word[at + 1 :]
        if at + 1 < len(word) and word[at + 1] != letter:
            yield word[:at] + word[at + 1] + letter + word[at + 2 :]
        if at + 1 < len(word) and len(word) > _SLIP_FROM:
            yield word[:at] + word[at + 1 :]
