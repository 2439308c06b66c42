"""The shape of ``lint/*.yaml``: what may not be said in an announcement, why, and how to say it instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.library.fields import Frozen, Line, Slug
from bot.library.practice import Trade
from bot.library.safety_book import Phrase, SafetyNegation

Level = Literal["high", "medium", "low"]
Words = Annotated[tuple[Phrase, ...], Field(min_length=1)]

FACTS = (
    "alt-missing",
    "clinic-closed",
    "date-none",
    "date-past",
    "date-weekday",
    "empty",
    "hidden-letters",
    "holiday-wrong",
    "hours-outside",
    "link-broken",
    "link-dead",
    "link-form",
    "link-short",
    "mail-address",
    "many-emoji",
    "my-number",
    "name-symptom",
    "no-reply",
    "odd-letters",
    "phone-foreign",
    "placeholder",
    "price-untaxed",
    "too-long",
)
"""What the program finds by reckoning, not by words; ``facts.yaml`` says of each how grave it is, why, and what to do."""


class LintRule(Frozen):
    """Words that need a look: one of *says* in a sentence, with all that must and none that may not stand by it.

    It holds for *trades*, but not for a practice that is one of *unless_trades*, too. *beside*: one of these in the same sentence;
    *unless*: none of these in the same sentence; *unless_anywhere*: nor in the whole text; *spares*: longer expressions that hold
    a word of *says* and are harmless. A denied or quoted word counts only where *always* says so. *rewrite* has other words for
    some of *says*. Where it speaks, the rules that it *covers* say no more about the same sentence.
    """

    id: Slug
    level: Level
    law: Line
    why: Line
    fix: Line
    trades: Annotated[tuple[Trade, ...], Field(min_length=1)] = ("seitai", "licensed", "gym")
    unless_trades: tuple[Trade, ...] = ()
    says: Words
    beside: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    unless_anywhere: tuple[Phrase, ...] = ()
    spares: tuple[Phrase, ...] = ()
    always: bool = False
    rewrite: dict[Phrase, str] = {}
    covers: tuple[Slug, ...] = ()


class LintFact(Frozen):
    """How a thing that the program reckons is told; ``$names`` stand for what it found."""

    level: Level
    law: Line
    why: Line
    fix: Line


class LintContext(Frozen):
    """What takes the edge off a word: that it is denied, spoken about, or asked.

    *mentions* stand behind a word that is spoken about (「治る」という表現), *questions* behind one that is asked; *urges* make what
    looks like a denial none (治しませんか). The others are what the facts look
    for. *notice* tells staff what the check is not: legal advice.
    """

    notice: Line
    negation: SafetyNegation
    mentions: Words
    questions: Words
    urges: Words
    past: Words
    visits: Words
    rests: Words
    placeholders: Words
    untaxed: Words
    taxed: Words
    no_reply: Words
    bodily: Words


@dataclass(frozen=True, eq=False)
class LintBook:
    """All of ``lint/``: the rules in the order of the files, groups of words by name, the context, and the facts by id."""

    rules: tuple[LintRule, ...]
    words: Mapping[str, tuple[str, ...]]
    context: LintContext
    facts: Mapping[str, LintFact]
