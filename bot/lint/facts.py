"""What can be reckoned in a text, not looked up among words: how such a thing is found, and how it is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Template

from bot.library.lint_book import LintBook
from bot.library.practice import Practice
from bot.lint.draft import Finding, Part
from bot.lint.letters import Text
from bot.lint.words import Lexicon


@dataclass(frozen=True)
class Fact:
    """Something found: the typed letters from *start* to *end*, and the *values* that its explanation speaks of."""

    id: str
    start: int
    end: int
    values: Mapping[str, object] = field(default_factory=dict)
    rewrite: str | None = None

    def told(self, part: Part, book: LintBook) -> Finding:
        """The fact as staff read it."""
        fact = book.facts[self.id]
        values = {name: str(value) for name, value in self.values.items()}
        why, fix = (Template(words).safe_substitute(values) for words in (fact.why, fact.fix))
        quote = part.text[self.start : self.end]
        return Finding(self.id, fact.level, part.field, self.start, self.end, quote, fact.law, why, fix, self.rewrite)


class Signs:
    """The words of the context that facts look for, as sets of the lexicon."""

    def __init__(self, book: LintBook, lexicon: Lexicon) -> None:
        context = book.context
        self.past = lexicon.add(context.past)
        self.visits = lexicon.add(context.visits)
        self.rests = lexicon.add(context.rests)
        self.placeholders = lexicon.add(context.placeholders)
        self.untaxed = lexicon.add(context.untaxed)
        self.taxed = lexicon.add(context.taxed)
        self.no_reply = lexicon.add(context.no_reply)
        self.bodily = lexicon.add(context.bodily)


@dataclass(frozen=True)
class Page:
    """What one look at a text may use."""

    text: Text
    practice: Practice
    today: date
    signs: Signs


Look = Callable[[Page], Iterator[Fact]]
