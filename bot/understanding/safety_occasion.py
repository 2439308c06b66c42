"""Whether what a message names is the occasion of its complaint, or only what the person asks to do about it.

Word order tells: プランク中に息が苦しくなる names the plank first, and the plank took the breath. 息が苦しい、プランクしていい？ names it
only as what is asked for, and explains nothing. Where the order leaves a doubt, nothing is explained.
"""

from itertools import takewhile

from bot.library.safety_book import SafetyOccasion
from bot.understanding.morphology import Token
from bot.understanding.normalise import letters
from bot.understanding.safety_text import Said
from bot.understanding.safety_words import Hit

_TRAILING = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_JOINED = frozenset({"動詞", "助動詞", "形容詞", "形状詞", "助詞"})
"""What a word that closes an afterthought follows: した後, きつすぎて, プランクの時; a number before it makes it a time of day."""
_ASKS = frozenset("か?")
_WILL = "意志推量形"


class Occasion:
    """The words of a SafetyOccasion, quick to look up."""

    def __init__(self, given: SafetyOccasion) -> None:
        self.asked = frozenset(map(letters, given.asked))
        self.closes = frozenset(map(letters, given.closes))


def explains(said: Said, named: Hit, complaint: Hit, occasion: Occasion) -> bool:
    """Whether *named* is told as the occasion of *complaint*: before it and not asked for, or after it as an afterthought."""
    if named.first > complaint.last:
        return _is_afterthought(said, named, occasion)
    return asked(said, named, complaint, occasion) is None


def asked(said: Said, named: Hit, complaint: Hit, occasion: Occasion) -> int | None:
    """The last token before *complaint* by which *named*, told before it, is asked for; None where nothing asks for it."""
    clauses = said.layout.clause
    return max(
        (
            place
            for place in range(named.last, complaint.first)
            if clauses[place] == clauses[named.last] and _is_asked(said.tokens[place], occasion)
        ),
        default=None,
    )


def is_asked(said: Said, last: int, occasion: Occasion) -> bool:
    """Whether one asks for leave to do what ends with the token *last*: 休んでも is so before いい, and a fact before 苦しい."""
    return last + 1 < len(said.tokens) and _is_asked(said.tokens[last + 1], occasion)


def _is_asked(token: Token, occasion: Occasion) -> bool:
    return token.surface in occasion.asked or token.lemma in occasion.asked or token.form.startswith(_WILL)


def _is_afterthought(said: Said, named: Hit, occasion: Occasion) -> bool:
    """Whether the clause of *named* says nothing more than when it was: プランクのとき, 階段のぼると. A question is none."""
    tokens, clauses = said.tokens, said.layout.clause
    end = len(list(takewhile(lambda clause: clause <= clauses[named.last], clauses)))
    for place in range(end - 1, named.first, -1):
        token = tokens[place]
        if token.surface in occasion.closes or token.lemma in occasion.closes:
            before = tokens[place - 1]
            if _tells(before, token):
                is_joined = before.pos in _JOINED or (place == named.last + 1 and token.pos != "助詞")
                return is_joined and not any(_is_asked(one, occasion) for one in tokens[named.last + 1 : place])
        if token.pos not in _TRAILING or token.surface in _ASKS:
            return False
    return False


def _tells(before: Token, token: Token) -> bool:
    """Whether *token* tells what was, behind *before*: きつくて and したから do, 見せて and するから may ask for something."""
    if token.surface == "て":
        return before.pos == "形容詞"
    return token.surface != "から" or before.lemma == "た"
