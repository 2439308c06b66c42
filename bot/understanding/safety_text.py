"""A message as the safety rules read it: as written, as spoken, and cut into clauses and sentences."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.library.safety_book import SafetyNegation
from bot.understanding.morphology import Token, analyse, hiragana
from bot.understanding.normalise import letters, normalise

_SENTENCE_ENDS = frozenset("。!?")
_CLAUSE_ENDS = frozenset("、。!?,")
_PAUSE = 12
"""How many letters the end of a sentence counts, so that words of two sentences seldom make one danger."""

_WALK = 16
"""How many words after a symptom its denial may stand."""

_SMALL = frozenset({"助詞", "助動詞", "副詞", "接尾辞", "連体詞"})
_NAMING = frozenset({"名詞", "代名詞", "形容詞", "形状詞"})
_NOTHING = Token("", "", "", "", "", "")
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
_DEGREES = re.compile("[°˚]\\s*[cC]|[℃度]\\s*[cC]?(?![a-zA-Z])")
_KANA_ONLY = re.compile(r"[^\u3040-\u309f\u4e00-\u9fff]*[\u30a1-\u30fa]{5}[^\u3040-\u309f\u4e00-\u9fff]*")
_DATE = re.compile(r"(?<![\d/.])(?:20\d\d/)?(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/.])")
_ODD = re.compile("[\\r\\n°˚℃\ud800-\udfff]|度\\s*[cC]")
_HAN = re.compile(r"[\u3005\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: the token that each letter *written* and *spoken* belongs to, and four numbers for each token.

    *offsets* says where it begins in what is spoken, and in one more number where all ends; *starts* is the same with a gap after
    each sentence; *clause* and *sentence* count those before it.
    """

    written: list[int]
    spoken: list[int]
    offsets: list[int]
    starts: list[int]
    clause: list[int]
    sentence: list[int]


class Said:
    """The message, ready to be searched: its words, and its letters *written* and *spoken*.

    Most messages hold nothing dangerous, so where everything stands is only worked out when somebody asks.
    """

    def __init__(self, tokens: tuple[Token, ...], clause_ends: frozenset[str]) -> None:
        self.tokens = tokens
        self.written = "".join([token.surface for token in tokens])
        self.spoken = hiragana("".join([token.reading for token in tokens]))
        self._clause_ends = clause_ends

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        layout = Layout([], [], [], [], [], [])
        spoken = pause = clause = sentence = 0
        for number, token in enumerate(self.tokens):
            surface = token.surface
            layout.offsets.append(spoken)
            layout.starts.append(spoken + pause)
            layout.clause.append(clause)
            layout.sentence.append(sentence)
            layout.written.extend([number] * len(surface))
            layout.spoken.extend([number] * len(token.reading))
            spoken += len(token.reading)
            if surface in _CLAUSE_ENDS:
                clause += 1
                if surface in _SENTENCE_ENDS:
                    sentence += 1
                    pause += _PAUSE
            elif surface in self._clause_ends and token.pos2 == "接続助詞":
                clause += 1
        layout.offsets.append(spoken)
        return layout

    def has_kanji(self, number: int) -> bool:
        """Whether the token *number* is written with kanji."""
        return _HAN.search(self.tokens[number].surface) is not None

    def shown(self, first: int, last: int) -> str:
        """The tokens from *first* to *last* as written."""
        return "".join([token.surface for token in self.tokens[first : last + 1]])


def read(text: str, negation: "Negation") -> Said:
    """*text* prepared for the rules; any text at all will do."""
    return Said(analyse(_one_spelling(text)), negation.ends)


def _one_spelling(text: str) -> str:
    """*text* normalised; where that is all there is to do, the very text that everyone else has analysed."""
    if _ODD.search(text):
        # A lone surrogate cannot be handed to the dictionary.
        text = text.encode("utf-8", "replace").decode()
        text = _LINE_BREAK.sub("。", _DEGREES.sub("度", text))
    text = normalise(text)
    if "/" in text:
        # As it is read aloud: else a day (11/24) looks like a blood pressure (180/110).
        text = _DATE.sub(r"\1月\2日", text)
    if _KANA_ONLY.fullmatch(text):
        # Katakana throughout is one unknown word to the dictionary; as hiragana it has words.
        return hiragana(text)
    return text


class Negation:
    """The words of a SafetyNegation, quick to look up."""

    def __init__(self, given: SafetyNegation) -> None:
        self.words = _typed(given.words)
        self.bridges = _typed(given.bridges)
        self.lists = _typed(given.lists)
        self.ends = _typed(given.ends)
        self.links = _typed(given.links)
        self.after_links = _typed(given.after_links) | self.words | self.bridges
        self.stops = _typed(given.stops)
        self.doubles = _typed(given.doubles)


def _typed(words: tuple[str, ...]) -> frozenset[str]:
    """*words* in the letters of a normalised message."""
    return frozenset(map(letters, words))


def denied(said: Said, last: int, negation: Negation) -> bool:
    """Whether what ends with the token *last* is said not to be so: しびれはない, 熱とか痛みとかは全然なくて.

    Walks on from there over particles, auxiliaries, adverbs and the verbs that only carry a negation; any other word means
    that something else is being denied (痛くて眠れない denies the sleep).
    """
    tokens = said.tokens
    listing = no = False
    for place in range(last + 1, min(last + _WALK, len(tokens))):
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else _NOTHING
        if _is(token, negation.words):
            no = not no
            if not _is(following, negation.doubles):
                break
        elif token.surface in negation.lists:
            listing = True
        elif not (_after_no(token, negation) if no else _goes_on(token, following, listing, negation)):
            break
    return no


def _goes_on(token: Token, following: Token, listing: bool, negation: Negation) -> bool:
    """Whether *token* still speaks of the symptom, so that a negation behind it would deny that."""
    if token.surface in _CLAUSE_ENDS:
        return listing and token.surface not in _SENTENCE_ENDS
    if _is(token, negation.bridges):
        return True
    if token.surface in negation.links:
        return _is(following, negation.after_links)
    if token.pos == "助詞":
        return token.pos2 != "接続助詞" and token.surface not in negation.stops
    if token.pos in _NAMING:
        return listing or following.surface in negation.lists
    return token.pos in _SMALL


def _after_no(token: Token, negation: Negation) -> bool:
    """Whether a second negation behind *token* would take back the first."""
    return token.pos in _SMALL or _is(token, negation.doubles | negation.links)


def _is(token: Token, words: frozenset[str]) -> bool:
    return token.surface in words or token.lemma in words
