"""The rules of a book over a text: what is said that needs a look, and not denied, quoted or meant of something else."""

from collections.abc import Iterator
from typing import NamedTuple

from bot.library.lint_book import LintBook, LintRule
from bot.library.practice import Practice
from bot.lint.draft import LEVELS
from bot.lint.letters import Line, Text
from bot.lint.words import Lexicon
from bot.understanding.safety_text import Negation, Said, denied

_MENTION_WITHIN = 24
_QUESTION_WITHIN = 8
_URGE_WITHIN = 14


class Match(NamedTuple):
    """A rule that a text meets, with the letters of its word, and the first letter of its sentence."""

    rule: LintRule
    start: int
    end: int
    sentence: int


class Rules:
    """The rules of a book, compiled once and then only read."""

    def __init__(self, book: LintBook, lexicon: Lexicon) -> None:
        self._rules = tuple(_Rule(rule, lexicon) for rule in book.rules)
        self._context = _Context(book, lexicon)

    def find(self, text: Text, practice: Practice) -> list[Match]:
        """What is said in *text* that this practice may not say so; of one rule, each sentence is told once."""
        found = list(self._all(text, practice))
        covered = {(id, match.sentence) for match in found for id in match.rule.covers}
        found = [match for match in found if (match.rule.id, match.sentence) not in covered]
        return [match for match in found if not any(_swallows(other, match) for other in found)]

    def _all(self, text: Text, practice: Practice) -> Iterator[Match]:
        for rule in self._rules:
            if not rule.holds_for(practice):
                continue
            lines = [line for line in text.lines if rule.says in line.sets]
            if lines and not any(line.has(rule.silencers) for line in text.lines):
                for line in lines:
                    yield from rule.find(line, self._context)


def _swallows(big: Match, small: Match) -> bool:
    """Whether *big* says it all: 根本治療 of the word 治療 in it, at least as gravely."""
    is_longer = big.end - big.start > small.end - small.start
    is_around = big.start <= small.start and small.end <= big.end
    return is_longer and is_around and LEVELS.index(big.rule.level) <= LEVELS.index(small.rule.level)


class _Context:
    """Takes the edge off a word."""

    def __init__(self, book: LintBook, lexicon: Lexicon) -> None:
        self._negation = Negation(book.context.negation)
        self._mentions = lexicon.add(book.context.mentions)
        self._questions = lexicon.add(book.context.questions)
        self._urges = lexicon.add(book.context.urges)

    def frees(self, line: Line, start: int, end: int) -> bool:
        """Whether the word from *start* to *end* is denied, spoken about or asked, and so claims nothing."""
        if line.has(self._mentions, end, end + _MENTION_WITHIN):
            return True
        if line.has(self._urges, end, end + _URGE_WITHIN):
            return False
        if line.has(self._questions, max(start, end - 1), end + _QUESTION_WITHIN):
            return True
        said = Said(tuple(token for _, token in line.tokens), self._negation.ends)
        return denied(said, line.token_at(end - 1), self._negation)


class _Rule:
    def __init__(self, rule: LintRule, lexicon: Lexicon) -> None:
        self._rule = rule
        self.says = lexicon.add(rule.says, blotted=True)
        self._beside = lexicon.add(rule.beside) if rule.beside else None
        self._unless = lexicon.add(rule.unless)
        self._spares = lexicon.add(rule.spares)
        self.silencers = lexicon.add(rule.unless_anywhere)

    def holds_for(self, practice: Practice) -> bool:
        trades = set(practice.trade)
        return not trades.isdisjoint(self._rule.trades) and trades.isdisjoint(self._rule.unless_trades)

    def find(self, line: Line, context: _Context) -> Iterator[Match]:
        spared = list(line.find(self._spares))
        for first, last in line.sentences:
            hits = [
                (start, end)
                for start, end in line.find(self.says, first, last)
                if not any(begin < end and start < stop for begin, stop in spared)
            ]
            if not hits or line.has(self._unless, first, last):
                continue
            for start, end in hits:
                if self._is_alone(line, first, last, start, end):
                    continue
                if self._rule.always or not context.frees(line, start, end):
                    yield Match(self._rule, line.at + start, line.at + end, line.at + first)
                    break

    def _is_alone(self, line: Line, first: int, last: int, start: int, end: int) -> bool:
        """Whether what must stand beside the word does not; the word itself does not count."""
        if self._beside is None:
            return False
        return not any(at >= end or stop <= start for at, stop in line.find(self._beside, first, last))
