"""Whether a rule of the safety book fires on a message: its words stand near each other, undenied, in no harmless context."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from bot.library.safety_book import SafetyBook, SafetyContext, SafetyKind, SafetyRule
from bot.understanding.safety_occasion import Occasion, asked, explains, is_asked
from bot.understanding.safety_text import Negation, Said, denied
from bot.understanding.safety_words import Hit

_PLACE = attrgetter("place")
_FAR = 60
"""Letters beyond which no context before or after a word is looked for; the widest word and ``within`` fit into it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The rule that fired, what it says to staff, and the words by which it did; the last decided.

    *alone* says between which tokens nothing is named that might have brought them on and did not, as ヨガ in 息苦しいけどヨガは効く？
    """

    id: str
    rule: str
    why: str
    hits: tuple[Hit, ...]
    alone: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Context:
    where: str
    within: int
    group: int
    but: int | None


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    name: str
    why: str
    parts: tuple[tuple[int, ...], ...]
    unless: tuple[int, ...]
    reach: int


def wanted(book: SafetyBook) -> dict[str, tuple[str, ...]]:
    """The groups that must be looked for: those of the rules by name, and each context's words under names of their own."""
    used = {part for kind in book.kinds for rule in kind.rules for group in rule.all for part in _names(group)}
    groups = {name: words for name, words in book.words.items() if name in used}
    for name, context in book.contexts.items():
        groups[_words_of(name)] = context.words
        if context.but:
            groups[_but_of(name)] = context.but
    return groups


class Prover:
    """The rules of a book over groups that are known by their numbers in *names*."""

    def __init__(self, book: SafetyBook, names: tuple[str, ...], negation: Negation) -> None:
        number = {name: at for at, name in enumerate(names)}
        self._negation = negation
        self._occasion = Occasion(book.occasion)
        self._spared = frozenset(number[name] for name in book.negation.spares if name in number)
        self._contexts = tuple(_context(name, context, number) for name, context in book.contexts.items())
        order = {name: at for at, name in enumerate(book.contexts)}
        self._rules = tuple(_rule(kind, rule, number, order) for kind in book.kinds for rule in kind.rules)
        self._by_group: dict[int, list[int]] = {}
        for place, compiled in enumerate(self._rules):
            for group in compiled.parts[-1]:
                self._by_group.setdefault(group, []).append(place)
        self._last = frozenset(self._by_group)

    def rules(self, groups: set[int]) -> list[int]:
        """The rules that may fire where *groups* have a word, in the order of the book."""
        if self._last.isdisjoint(groups):
            return []
        near = {place for group in self._last.intersection(groups) for place in self._by_group[group]}
        return sorted(place for place in near if not any(map(groups.isdisjoint, self._rules[place].parts)))

    def prove(self, said: Said, found: Mapping[int, list[Hit]], rules: Iterable[int]) -> tuple[Proof | None, set[int]]:
        """The first of *rules* that fires on *said*, whose words are *found*; and the clauses that another one explains."""
        case = _Case(said, found, self._contexts, self._negation, self._occasion, self._spared)
        for place in rules:
            rule = self._rules[place]
            hits = case.proves(rule)
            if hits is not None:
                return Proof(rule.id, rule.name, rule.why, hits, case.alone(rule, hits)), case.explained
        return None, case.explained


class _Case:
    """One message under judgement; what was found out about a word is kept."""

    def __init__(
        self,
        said: Said,
        found: Mapping[int, list[Hit]],
        contexts: tuple[_Context, ...],
        negation: Negation,
        occasion: Occasion,
        spared: frozenset[int],
    ) -> None:
        self._said = said
        self._found = found
        self._contexts = contexts
        self._negation = negation
        self._occasion = occasion
        self._spared = spared
        self._alive: dict[tuple[int, ...], tuple[list[Hit], list[int]]] = {}
        self._denied: dict[int, bool] = {}
        self._spans: dict[tuple[int, bool, bool], frozenset[int]] = {}
        self.explained: set[int] = set()
        """The clauses of complaints whose occasion another clause tells."""

    def proves(self, rule: _Rule) -> tuple[Hit, ...] | None:
        """The words by which *rule* fires, the last group's first word that holds first."""
        others = [self._live(part) for part in rule.parts[:-1]]
        for hit in self._live(rule.parts[-1])[0]:
            near = [_near(hit, *other, rule.reach) for other in others]
            if all(near) and not any(self._holds(context, hit) for context in rule.unless):
                return (*(other for other in near if other is not None), hit)
        return None

    def alone(self, rule: _Rule, hits: tuple[Hit, ...]) -> tuple[int, int]:
        """The tokens around *hits*, by which *rule* fires, as far as no other word that an occasion of it could have and is none."""
        first, last = min(hit.first for hit in hits), max(hit.last for hit in hits)
        start, end = 0, len(self._said.tokens)
        for number, context in enumerate(self._contexts):
            for other in self._found.get(context.group, ()) if context.where == "occasion" else ():
                if other.first > last:
                    end = min(end, other.first)
                elif other.last < first:
                    asking = asked(self._said, other, hits[-1], self._occasion) if number in rule.unless else other.last
                    start = start if asking is None else max(start, min(asking + 1, first))
        return start, end

    def _live(self, part: tuple[int, ...]) -> tuple[list[Hit], list[int]]:
        """The words of the groups *part* that nobody denied, and their places."""
        if part not in self._alive:
            hits = [
                hit
                for group in part
                for hit in self._found.get(group, ())
                if group in self._spared or not self._is_denied(hit.last)
            ]
            hits.sort(key=lambda hit: hit.place)
            self._alive[part] = hits, [hit.place for hit in hits]
        return self._alive[part]

    def _is_denied(self, last: int) -> bool:
        if last not in self._denied:
            self._denied[last] = denied(self._said, last, self._negation)
        return self._denied[last]

    def _holds(self, number: int, hit: Hit) -> bool:
        context = self._contexts[number]
        hits = self._found.get(context.group)
        if hits is None:
            return False
        said = self._said
        if context.where in ("before", "after"):
            # Written words reach to the end of their token, so the context may begin inside the last one.
            low, high = (
                (hit.start - context.within, hit.start)
                if context.where == "before"
                else (hit.start + 1, hit.end + context.within)
            )
            here = bisect_left(hits, hit.place - _FAR, key=_PLACE)
            for other in islice(hits, here, None):
                if other.place > hit.place + _FAR:
                    break
                at = other.end if context.where == "before" else other.start
                if low <= at <= high and said.layout.sentence[other.first] == said.layout.sentence[hit.first]:
                    return context.but is None or said.layout.clause[hit.first] not in self._places(
                        context.but, said.layout.clause
                    )
            return False
        if context.where == "occasion":
            return self._is_occasion(context, hits, hit)
        if context.where == "message":
            return (context.but is None or context.but not in self._found) and not all(
                self._is_denied(other.last) for other in hits
            )
        places = said.layout.clause if context.where == "clause" else said.layout.sentence
        here = places[hit.last]
        return here in self._places(context.group, places, true=True) and (
            context.but is None or here not in self._places(context.but, places)
        )

    def _is_occasion(self, context: _Context, hits: list[Hit], complaint: Hit) -> bool:
        """Whether one of *hits* brought on *complaint*, and its sentence says nothing against that but what one asks leave for."""
        said, sentence, clause = self._said, self._said.layout.sentence, self._said.layout.clause
        here = sentence[complaint.last]
        if context.but is not None and any(
            sentence[other.first] == here and not is_asked(said, other.last, self._occasion)
            for other in self._found.get(context.but, ())
        ):
            return False
        clauses = {
            clause[other.last]
            for other in hits
            if sentence[other.first] == here
            and not self._is_denied(other.last)
            and explains(said, other, complaint, self._occasion)
        }
        if clauses and clause[complaint.last] not in clauses:
            self.explained.add(clause[complaint.last])
        return bool(clauses)

    def _places(self, group: int, places: list[int], *, true: bool = False) -> frozenset[int]:
        """The clauses or sentences in which a word of *group* stands; with *true*, only those where it is not denied."""
        key = group, places is self._said.layout.clause, true
        if key not in self._spans:
            self._spans[key] = frozenset(
                places[hit.first] for hit in self._found.get(group, ()) if not (true and self._is_denied(hit.last))
            )
        return self._spans[key]


def _near(hit: Hit, others: list[Hit], places: list[int], reach: int) -> Hit | None:
    """The one of *others* nearest to *hit*, if any is within *reach*."""
    at = bisect_left(places, hit.place)
    best = min(others[max(at - 1, 0) : at + 1], key=lambda other: abs(other.place - hit.place), default=None)
    return best if best is not None and abs(best.place - hit.place) <= reach else None


def _names(group: str | tuple[str, ...]) -> tuple[str, ...]:
    return (group,) if isinstance(group, str) else group


def _context(name: str, context: SafetyContext, number: Mapping[str, int]) -> _Context:
    return _Context(context.where, context.within, number[_words_of(name)], number.get(_but_of(name)))


def _rule(kind: SafetyKind, rule: SafetyRule, number: Mapping[str, int], order: Mapping[str, int]) -> _Rule:
    parts = tuple(tuple(number[name] for name in _names(group)) for group in rule.all)
    return _Rule(
        id=kind.id,
        name=rule.name,
        why=rule.why,
        parts=parts,
        unless=tuple(order[name] for name in dict.fromkeys((*kind.unless, *rule.unless))),
        reach=rule.reach,
    )


def _words_of(context: str) -> str:
    return f"{context}\n"


def _but_of(context: str) -> str:
    return f"{context}\n\n"
