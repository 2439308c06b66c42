"""Decide, before anything else, whether a message sounds dangerous.

All knowledge is data (``language/safety.yaml`` and ``safety_examples.yaml``); this is the small engine that weighs it. A message
goes through four steps:

1. *read* (`safety_text`): one spelling, words and readings, clauses and sentences.
2. *find* (`safety_words`): every word of every group, as written and as spoken, in one pass.
3. *prove* (`safety_case`): a rule fires when each of its groups has a word that nobody denied, all near each other, and none of
   its contexts holds.
4. *compare* (`safety_likeness`): how much it is like the labelled examples of danger, and of harmless talk.

It is dangerous when a rule fires, unless it is much like harmless talk; and without any rule when it, or one clause of it, is
clearly like the dangerous examples. Rules make sure of what must never be missed and can say why; examples catch what nobody
foresaw. What is said besides (a booking, a stretch) never speaks for harmlessness: the clause in which a rule found its words is
judged by itself, too, and a message that says nothing but these words is believed. To teach it something new, add the sentence
to the examples, and if it must hold whatever else is learnt, words to a group or a rule to a kind.
"""

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from math import log
from operator import itemgetter
from pathlib import Path

from bot.library.safety_book import SafetyBook, SafetyExamples
from bot.library.schema import Language
from bot.understanding import safety_lessons
from bot.understanding.safety_case import Proof, Prover, wanted
from bot.understanding.safety_likeness import features, pieces
from bot.understanding.safety_text import Negation, Said, read
from bot.understanding.safety_words import Match, Words

SURE = 0.5
"""How like the dangerous examples a message must be where no rule fires."""
HARMLESS = -0.6
"""What is even less like them than this is harmless although a rule fires,"""
ALARMING = 0.5
"""unless the rule's own words, taken by themselves, are as like them as this: a story may be harmless for all but one clause."""
PLAIN = 1.0
"""Or unless the clause of these words, where there are others, is clearly like danger: 息ができないけど、予約いけます. What could
have brought the danger on and did not is none of it: 息苦しい ヨガ 効く?"""
BESIDES = 0
"""A message with no more words of a meaning than so many besides the rule's has nothing that could make it harmless,"""
BELIEVED = -1.0
"""unless it is harmless as clearly as this, as 全部終わらせたよ is."""
CLEAR = 1.5
"""How like the dangerous examples one clause must be where the whole message is not."""
WORTHWHILE = -3.0
"""In what is less like danger than this no clause is looked for: that spares most messages the work."""
AROUND = 4
"""How many words before and after those of a rule still belong to what it found."""
CHANCE = 1.0
"""How much surer it must be for each time that a message is e times as long."""
_MEANING = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞"})
NO_EXAMPLES = SafetyExamples()
ALIKE = "examples"
"""The name of what stands in for a rule where likeness alone decides."""


@dataclass(frozen=True)
class Verdict:
    """Which entry answers the message, the rule that says so, and why in words for staff."""

    id: str
    rule: str
    why: tuple[str, ...]


class SafetyRules:
    """The rules and examples of a pack, compiled once and then only read: any thread may call *judge*.

    What is learnt from the examples is kept in *cache* for the next start; nothing is kept where that is None.
    """

    def __init__(
        self, book: SafetyBook, examples: SafetyExamples = NO_EXAMPLES, cache: Path | None = safety_lessons.CACHE
    ) -> None:
        self._words = Words({**book.words, **(groups := wanted(book))}, tuple(groups))
        self._names = tuple(f"@{name}" for name in self._words.names)
        self._negation = Negation(book.negation)
        self._prover = Prover(book, self._words.names, self._negation)
        self._first = book.kinds[0].id if book.kinds else None
        self.mildest = book.kinds[-1].id if book.kinds else None
        self._alike = {kind.id: kind.alike for kind in book.kinds}
        self._likeness = safety_lessons.learnt(book, examples, self._of_example, cache)

    @classmethod
    def of(cls, language: Language, cache: Path | None = safety_lessons.CACHE) -> "SafetyRules":
        """The rules and examples of a pack's *language*."""
        return cls(language.safety, language.safety_examples, cache)

    def entry(self, text: str) -> str | None:
        """The id of the safety entry that answers *text*, or None."""
        verdict = self.judge(text)
        return None if verdict is None else verdict.id

    def judge(self, text: str) -> Verdict | None:
        """What *text* calls for, or None when nothing in it sounds dangerous. Never raises."""
        said = read(text, self._negation)
        matches = self._words.find(said)
        groups = {group for match in matches for group in match[3]}
        rules = self._prover.rules(groups)
        proof, explained = (
            self._prover.prove(said, self._words.hits(said, matches), rules) if rules else (None, set[int]())
        )
        if self._likeness is None or not said.tokens:
            return None if proof is None else _told(proof, said, proof.id)
        parts = pieces(said)
        seen = [self._seen(said, groups, *parts[0])] if len(parts) == 1 else self._of_pieces(said, matches, parts)
        # What one sentence begins the next may end.
        seen += [first | second for first, second in itertools.pairwise(seen)]
        scores = [self._likeness.score(one) for one in seen]
        best = max(scores)
        if proof is None:
            # Among many pieces one is easily like something by chance.
            found = seen[scores.index(best)] if best - CHANCE * log(len(parts)) >= SURE else None
            if found is None and groups and best > WORTHWHILE:
                found = self._clear_clause(said, matches, explained)
            if found is None:
                return None
            kind = self._likeness.kind(found)
            return Verdict(kind, ALIKE, (self._alike[kind],))
        here = self._of_sentences(said, matches, proof)
        score = max(best, self._likeness.score(here))
        if score < HARMLESS and self._is_outweighed(said, matches, proof, score):
            return None
        # A thought of suicide is never outweighed.
        kind = proof.id if proof.id == self._first else self._likeness.kind(seen[0] if len(seen) == 1 else here)
        return _told(proof, said, kind)

    def _is_outweighed(self, said: Said, matches: list[Match], proof: Proof, score: float) -> bool:
        """Whether what is harmless as a whole, by *score*, is so where a rule found its words, too."""
        if self._likeness is None or (score > BELIEVED and _besides(said, proof) <= BESIDES):
            return False
        if self._likeness.score(self._of_words(said, matches, proof)) >= ALARMING:
            return False
        places = [said.layout.clause[hit.last] for hit in proof.hits] + [
            said.layout.clause[hit.first] for hit in proof.hits
        ]
        start, stop = proof.alone
        first = max(start, said.layout.clause.index(min(places)))
        end = min(stop, bisect_right(said.layout.clause, max(places)))
        is_part = end - first < len(said.tokens)
        return not is_part or self._likeness.score(self._of_part(said, matches, first, end)) < PLAIN

    def _clear_clause(self, said: Said, matches: list[Match], explained: set[int]) -> set[str] | None:
        """What is weighed of the clause that is clearly like danger; None without one, or where there is but one clause.

        What another clause *explained* is not taken by itself: 息が苦しいです、プランクのとき.
        """
        clauses = said.layout.clause
        borders = [0, *(at for at in range(1, len(clauses)) if clauses[at] != clauses[at - 1]), len(clauses)]
        if len(borders) == 2 or self._likeness is None:
            return None
        parts = list(itertools.pairwise(borders))
        seen = [
            one
            for (first, _), one in zip(parts, self._of_pieces(said, matches, parts), strict=True)
            if clauses[first] not in explained
        ]
        if not seen:
            return None
        best, found = max(zip(map(self._likeness.score, seen), seen, strict=True), key=itemgetter(0))
        return found if best - CHANCE * log(len(seen)) >= CLEAR else None

    def _of_example(self, text: str) -> set[str]:
        """What is weighed of an example, however long."""
        said = read(text, self._negation)
        groups = {group for match in self._words.find(said) for group in match[3]}
        return self._seen(said, groups, 0, len(said.tokens))

    def _seen(self, said: Said, groups: set[int], first: int, end: int) -> set[str]:
        return features(said, [self._names[group] for group in groups], first, end)

    def _of_pieces(self, said: Said, matches: list[Match], parts: list[tuple[int, int]]) -> list[set[str]]:
        """What is weighed of each piece of a long message."""
        piece = [number for number, (first, end) in enumerate(parts) for _ in range(first, end)]
        groups: list[set[int]] = [set() for _ in parts]
        for spoken, at, _, numbers in matches:
            groups[piece[(said.layout.spoken if spoken else said.layout.written)[at]]].update(numbers)
        return [self._seen(said, groups[number], first, end) for number, (first, end) in enumerate(parts)]

    def _of_sentences(self, said: Said, matches: list[Match], proof: Proof) -> set[str]:
        """What is weighed of just the sentences in which a rule found its words."""
        places = [said.layout.sentence[hit.first] for hit in proof.hits]
        return self._of_part(
            said, matches, said.layout.sentence.index(min(places)), bisect_right(said.layout.sentence, max(places))
        )

    def _of_words(self, said: Said, matches: list[Match], proof: Proof) -> set[str]:
        """What is weighed of just the words that a rule found, with a few around them: 背中は熱いだけだけど、足がしびれます."""
        first, last = min(hit.first for hit in proof.hits), max(hit.last for hit in proof.hits)
        return self._of_part(said, matches, max(first - AROUND, 0), min(last + AROUND, len(said.tokens)))

    def _of_part(self, said: Said, matches: list[Match], first: int, end: int) -> set[str]:
        parts = [part for part in ((0, first), (first, end), (end, len(said.tokens))) if part[0] < part[1]]
        return self._of_pieces(said, matches, parts)[parts.index((first, end))]


def _besides(said: Said, proof: Proof) -> int:
    """How many words with a meaning of their own stand outside of those that the rule found."""
    found = {place for hit in proof.hits for place in range(hit.first, hit.last + 1)}
    return sum([token.pos in _MEANING for place, token in enumerate(said.tokens) if place not in found])


def _told(proof: Proof, said: Said, id: str) -> Verdict:
    words = dict.fromkeys(f"「{said.shown(hit.first, hit.last)}」" for hit in proof.hits)
    return Verdict(id, proof.rule, (proof.why, "".join(words)))
