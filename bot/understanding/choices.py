"""Which answer to a question a text in one's own words means."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.understanding import lengths
from bot.understanding.concepts import MARK, Concepts, concepts_of
from bot.understanding.features import said, sound
from bot.understanding.morphology import Token, analyse
from bot.understanding.normalise import normalise
from bot.understanding.words import cores

TELLING = 0.4
"""How much the words of a text must speak for an answer,"""
AHEAD = 0.2
"""and how much more than for the next."""
ALIKE = 0.6
"""Share of common letter pairs from which two short answers are taken as one,"""
ALIKE_AHEAD = 0.05
"""and how much more than with the next."""
BESIDE = "…"
"""Marks ある and ない that stand beside something else."""
LESS = 0.6
"""What they count then, and what a word of the same group counts beside the same word."""

NOT = "-"
"""Marks what is denied."""
HOW = "~"
"""Marks adverbs and the like: they speak for an option, but none need be known."""

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "代名詞", "接尾辞"})
_ADVERBS = frozenset({"副詞", "感動詞"})
_LIGHT = (
    "為る 居る 成る 事 時 所 感じ 方 後 日 頃 位 程 物 為 様 言う 思う 行く 来る 見る 中 間 前 下さる 願う 此れ 其れ 今 遣る"
    " 其処 出来る 出る 掛かる"
)
"""Words that say nothing by themselves."""
_LIGHT_WORDS = frozenset(_LIGHT.split())
_IS = ("有る", "無い", "無し")
_NOT = frozenset({"ない", "ず", "ぬ", "へん", "ひん", "ねえ", "まい"})
_CLAUSE_ENDS = frozenset("、。!? ,")
_TOKO = re.compile("とこ(?=[なはもが])")
"""「痛いとこない」 is cut wrongly unless it is written out."""
_NUMBER = re.compile(
    r"([1-9]\d?|[一二三四五六七八九])(?:番目?|つ目|個目)?(?:の?(?:やつ|もの|ほう|方))?(?:で|です|かな|に?します|お願いします)?"
)
_KANJI = "一二三四五六七八九"


@dataclass(frozen=True)
class Option:
    """One answer: *words* are what people say for it; *days* and *minutes* the lengths of time that mean it, both ends in.

    One that *is_grave* wins where another is about as near.
    """

    key: str
    words: tuple[str, ...]
    days: tuple[int, int] | None = None
    minutes: tuple[int, int] | None = None
    is_grave: bool = False


Groups = tuple[tuple[str, ...], ...]
"""Groups of words that mean about the same."""


def number(text: str) -> int | None:
    """The number with which *text* picks one of a list and says nothing else: 「2」「②」「二番で」."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip("。、! "))
    if found is None or (found[1] in _KANJI and found[1] == found[0]):
        return None
    return _KANJI.index(found[1]) + 1 if found[1] in _KANJI else int(found[1])


def plain(text: str, options: Sequence[Option], today: date) -> str | None:
    """The key of the option of which *text* says the very words, or a length of time that means it, and nothing else."""
    spoken = cores(text)
    found = next((one.key for one in options if any(not spoken.isdisjoint(cores(word)) for word in one.words)), None)
    return found or _by_length(text, options, today, is_all=True)


def choose(text: str, options: tuple[Option, ...], synonyms: Groups, today: date) -> str | None:
    """The key of the option that *text* means, or None when none is near enough or two are about equally near.

    The very words win; then a length of time that falls into an option's; then what its words tell: each speaks for the
    options as often as it stands among theirs, and a denied word is another word. At last, for slips of the finger, the
    likeness of the sounds (Dice 1945, over letter pairs).
    """
    found = plain(text, options, today) or _by_length(text, options, today)
    if found is None:
        found = _told(text, options, synonyms)[0] or _clearest(_alike(text, options), options, ALIKE, ALIKE_AHEAD)
    return found


def known(text: str, options: tuple[Option, ...], synonyms: Groups, today: date, *, about: str) -> str | None:
    """The same, but only if every word of *text* is one of the option's, or of what the question is *about*."""
    found = plain(text, options, today)
    if found is not None:
        return found
    found, terms = _told(text, options, synonyms)
    if found is None:
        return None
    telling = _telling(options, synonyms)
    own = {term for term in terms if (term, found) in telling.weights and not term.startswith(MARK)}
    strange = {term for term in terms - own if not term.startswith((MARK, HOW, BESIDE))}
    return found if own and strange <= set(_terms(about, telling.concepts)) else None


def _told(text: str, options: tuple[Option, ...], synonyms: Groups) -> tuple[str | None, set[str]]:
    """The option for which the words of *text* speak, and the words."""
    telling = _telling(options, synonyms)
    terms = set(_terms(text, telling.concepts))
    scores = {one.key: sum(telling.weights.get((term, one.key), 0.0) for term in terms) for one in options}
    return _clearest(scores, options, TELLING, AHEAD), terms


def _by_length(text: str, options: Sequence[Option], today: date, *, is_all: bool = False) -> str | None:
    for one in options:
        span = one.days or one.minutes
        if span is None:
            continue
        length = lengths.days(text, today) if one.days else lengths.minutes(text)
        if length is not None and (length.is_all or not is_all) and span[0] <= length.number <= span[1]:
            return one.key
    return None


def _clearest(scores: dict[str, float], options: Sequence[Option], least: float, ahead: float) -> str | None:
    best = max(scores.values())
    if best < least:
        return None
    near = [one for one in options if scores[one.key] > best - ahead]
    grave = [one for one in near if one.is_grave]
    if grave:
        return max(grave, key=lambda one: scores[one.key]).key
    return near[0].key if len(near) == 1 else None


class _Telling(NamedTuple):
    concepts: Concepts
    weights: dict[tuple[str, str], float]
    """How much a term speaks for an option: 1 when no other has it, nothing when all have it equally often."""


@lru_cache(maxsize=64)
def _telling(options: tuple[Option, ...], synonyms: Groups) -> _Telling:
    concepts = concepts_of(synonyms)
    shares: dict[str, dict[str, float]] = {}
    for one in options:
        count = Counter(term for word in one.words for term in set(_terms(word, concepts, is_whole=True)))
        for term, times in count.items():
            shares.setdefault(term, {})[one.key] = times / len(one.words)
    even = 1 / len(options)
    weights = {}
    for term, of_option in shares.items():
        scale = LESS if term.startswith((MARK, BESIDE)) else 1.0
        for key, share in of_option.items():
            weights[term, key] = scale * max(0.0, share / sum(of_option.values()) - even) / (1 - even)
    return _Telling(concepts, weights)


def _terms(text: str, concepts: Concepts, *, is_whole: bool = False) -> Iterator[str]:
    """What is weighed of *text*; *is_whole* for an option's words, of which ある and ない only count standing alone."""
    tokens = analyse(_TOKO.sub("ところ", normalise(text)))
    start = 0
    for place in [*(place for place, token in enumerate(tokens) if token.surface in _CLAUSE_ENDS), len(tokens)]:
        yield from _of_clause(tokens[start:place], is_whole=is_whole)
        start = place + 1
    spoken = said(normalise(text))
    yield from concepts.find(spoken, sound("".join(token.reading for token in spoken)))


def _of_clause(tokens: Sequence[Token], *, is_whole: bool) -> list[str]:
    found: list[str] = []
    besides: list[str] = []
    for place, token in enumerate(tokens):
        is_denied = any(_is_not(after) for after in _tail(tokens, place))
        if token.lemma in _IS:
            is_denied = (token.lemma == "有る") == is_denied
            state = "無い" if is_denied else "有る"
            besides += ([] if found else [state]) + ([] if found and is_whole else [BESIDE + state])
        elif token.pos in _ADVERBS:
            besides.append(HOW + token.lemma)
        elif token.pos in _CONTENT and token.pos2 != "数詞" and token.lemma not in _LIGHT_WORDS and not _is_not(token):
            found.append(_stem(token))
        else:
            continue
        if is_denied and token.pos not in _ADVERBS:
            # 「タオルは持ってない」 denies the towel, too.
            found = [term.removesuffix(NOT) + NOT for term in found]
    return found + besides


def _tail(tokens: Sequence[Token], place: int) -> Iterator[Token]:
    """What hangs on the word at *place*: its endings, particles and adverbs, up to the next word of its own."""
    for token in tokens[place + 1 :]:
        is_light = token.pos == "動詞" and token.lemma in _LIGHT_WORDS
        if token.pos not in ("助動詞", "助詞", "副詞") and not is_light and not _is_not(token):
            return
        yield token


def _is_not(token: Token) -> bool:
    return (
        token.surface in _NOT or (token.pos == "助動詞" and token.lemma in ("ない", "ず"))
    ) and token.lemma not in _IS


def _stem(token: Token) -> str:
    """The kanji that a word begins with (痛い, 痛み, 痛む are one word), or all of it."""
    end = next((place for place, sign in enumerate(token.lemma) if not "一" <= sign <= "鿿"), len(token.lemma))
    return token.lemma[:end] or token.lemma


def _alike(text: str, options: Sequence[Option]) -> dict[str, float]:
    spoken, denies = _pairs(text), _denies(text)
    return {
        one.key: max((_dice(spoken, _pairs(word)) for word in one.words if _denies(word) == denies), default=0.0)
        for one in options
    }


def _dice(pairs: frozenset[str], others: frozenset[str]) -> float:
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    kana = min(cores(text), key=lambda core: (len(core), core))
    return frozenset(kana[place : place + 2] for place in range(len(kana) - 1))


@lru_cache(maxsize=4096)
def _denies(text: str) -> bool:
    return any(_is_not(token) or token.lemma in ("無い", "無し") for token in analyse(normalise(text)))
