"""Which entry a message asks for, how sure that is, and why."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from bot.library.library import Library
from bot.library.schema import Language
from bot.understanding.blocks import Blocks, blocks
from bot.understanding.cache import CACHE, kept
from bot.understanding.concepts import concepts_of
from bot.understanding.explain import Explainer
from bot.understanding.features import core, curt, said, spoken
from bot.understanding.follow_ups import FRAME, NONE, PICKS, FollowUps
from bot.understanding.index import OFFERED, Document, Looked, Parsed, look
from bot.understanding.meaning import Candidate, Context, Meaning, outcome_of
from bot.understanding.morphology import Token, reading
from bot.understanding.normalise import normalise
from bot.understanding.recipe import WHOLE, Recipe
from bot.understanding.slips import Slips
from bot.understanding.topics import SHORTEST, Topics

DECIDED = 0.65
"""The share of a word's uses that one id must have for the bare word to mean it."""
SCATTERED = 0.15
"""If no id has more than this share of a word's uses, the broad texts about it are offered first."""
CLEARER = 0.3
"""How far ahead of the other choices an offered one must come to be taken as the one meant."""
BROAD = ("article", "check")

STORY = 20
"""Letters from which on a message may tell a story first."""
_CLAUSE = re.compile(r"(?<=[。!?、])")


class Heard(NamedTuple):
    """A text, or a part of one, after the model has looked at it; *sure* is the chance that its best id is right."""

    tokens: Sequence[Token]
    features: Blocks
    looked: Looked
    sure: float


class Matcher:
    """Reads messages by what a pack's phrasings have taught. Immutable once made, and safe from any thread."""

    def __init__(
        self,
        documents: Sequence[Document],
        language: Language,
        *,
        siblings: Mapping[str, tuple[str, ...]] | None = None,
        cache: Path | None = CACHE,
        recipe: Recipe = WHOLE,
    ) -> None:
        self._concepts = concepts_of(language.synonyms)
        taken_apart = [_parsed(document) for document in documents]
        self._index = kept(taken_apart, self._concepts, language.synonyms, cache, recipe)
        self._topics = Topics(taken_apart, language.follow_ups.get(FRAME, ()))
        self._slips = Slips(taken_apart)
        self._follow_ups = FollowUps(language.follow_ups)
        self._explain = Explainer(language.why, self._index, self._concepts, documents)
        self._siblings = siblings or {}
        self._recipe = recipe
        self._names: dict[str, list[Document]] = defaultdict(list)
        self._phrasings: dict[str, list[Document]] = defaultdict(list)
        self._curt: dict[str, list[Document]] = defaultdict(list)
        self._cores: dict[tuple[str, ...], list[Document]] = defaultdict(list)
        for document, _, tokens in taken_apart:
            heard, words = spoken(tokens), curt(tokens)
            (self._names if document.name else self._phrasings)[heard].append(document)
            self._curt[heard if len(words) == len(tokens) else spoken(words)].append(document)
            self._cores[core(tokens)].append(document)

    @classmethod
    def from_library(cls, library: Library, cache: Path | None = CACHE) -> "Matcher":
        """The matcher of all entries that can be asked for; safety entries are left to the safety rules."""
        siblings = {id: library.siblings(id, most=OFFERED) for id in library.entries}
        return cls(documents_of(library), library.language, siblings=siblings, cache=cache)

    @classmethod
    def from_phrasings(cls, phrasings: Iterable[tuple[str, str]], cache: Path | None = None) -> "Matcher":
        """The matcher of any ids, from pairs of an id and a text that stands for it."""
        return cls([Document(id, text) for id, text in phrasings], Language(), cache=cache)

    def read(self, text: str, context: Context | None = None) -> Meaning:
        """What *text* asks for, in the light of *context*."""
        text = normalise(text)
        tokens = said(text)
        if not tokens:
            return Meaning("fallback", reasons=(self._explain.say("none"),))
        heard = spoken(tokens)
        if context is not None:
            continued = self._continued(reading(tokens), context)
            if continued is not None:
                return continued
        return (
            self._same(self._names.get(heard))
            or self._all_but_same(heard, tokens)
            or self._bare(text, heard, tokens)
            or self._same(self._phrasings.get(heard))
            or self._judged(text, tokens, context)
        )

    def rank(self, text: str) -> list[Candidate]:
        """Every id, best first, whether or not it fits."""
        text = normalise(text)
        return self._candidates(self._look(text, said(text), len(self._index.ids)))

    def _look(self, text: str, tokens: list[Token], count: int) -> Looked:
        return look(self._index, blocks(self._concepts, tokens, text), count)

    def _candidates(self, looked: Looked) -> list[Candidate]:
        ids = self._index.ids
        return [Candidate(ids[place], share) for place, share in zip(looked.order, looked.shares, strict=True)]

    def _same(self, documents: Iterable[Document] | None) -> Meaning | None:
        """The meaning of a text that is, letter by letter as it is heard, one of *documents*."""
        if not documents:
            return None
        found = {document.id: document.text for document in documents}
        ids = [id for id in found if id is not None]
        why = tuple(self._explain.say("same", phrasing=phrasing) for phrasing in dict.fromkeys(found.values()))
        if not ids:
            return Meaning("fallback", score=1.0, reasons=why)
        candidates = tuple(Candidate(id, 1 / len(ids)) for id in ids[:OFFERED])
        if len(ids) > 1:
            return Meaning("suggest", candidates=candidates, score=1 / len(ids), reasons=why)
        return Meaning(outcome_of(ids[0]), ids[0], candidates, 1.0, reasons=why)

    def _all_but_same(self, heard: str, tokens: Sequence[Token]) -> Meaning | None:
        """The meaning of a text that is no phrasing, but one id's but for dropped particles or its ending; two words at least."""
        words = curt(tokens)
        if heard in self._phrasings or len(words) < 2:
            return None
        found = self._same(self._curt.get(spoken(words)))
        if found is None:
            rest = core(words)
            found = self._same(self._cores.get(rest)) if len(rest) > 1 else None
        return found if found is not None and found.id is not None else None

    def _bare(self, text: str, heard: str, tokens: list[Token]) -> Meaning | None:
        """A word that several ids share is asked back, unless it is the very name of one, or a phrasing of one and in no other's name."""
        phrasings = [self._phrasings.get(heard)]
        bare = self._topics.bare(text)
        if bare != text:
            tokens = said(bare)
            heard = spoken(tokens)
            named = self._same(self._names.get(heard))
            if named is not None:
                return named
            phrasings.append(self._phrasings.get(heard))
        spread = self._topics.spread(heard, tokens)
        if len(spread) < 2 or spread[0][1] >= DECIDED:
            return None
        for same in map(self._same, phrasings):
            if same is not None and same.outcome != "suggest" and not self._is_in_a_name(heard, same.id):
                return same
        if spread[0][1] < SCATTERED:
            spread = tuple(sorted(spread, key=lambda found: _breadth(found[0])))
        candidates = tuple(Candidate(id, share) for id, share in spread[:OFFERED])
        why = (self._explain.say("several", word=bare),)
        return Meaning("suggest", candidates=candidates, score=candidates[0].score, reasons=why)

    def _is_in_a_name(self, heard: str, but: str | None) -> bool:
        """Whether a word *heard* so is part of a name of any id *but* this."""
        if len(heard) < SHORTEST:
            return False
        return any(heard in name and any(one.id != but for one in named) for name, named in self._names.items())

    def _judged(self, text: str, tokens: Sequence[Token], context: Context | None) -> Meaning:
        """What the whole of the message resembles, if it is likely enough; what its end does, if only that is."""
        limits = self._index.limits
        heard = self._heard(text, tokens)
        if heard.sure < limits.sure and len(text) >= STORY and self._recipe.endings:
            # A story says first how it came about, and last what is wanted.
            heard = max((heard, *map(self._heard, _endings(text))), key=attrgetter("sure"))
        looked = heard.looked
        if not looked.order:
            return Meaning("fallback", reasons=(self._explain.say("none"),))
        candidates = tuple(self._candidates(looked))
        best = candidates[0].id
        picked = context is not None and best in context.offered and looked.lead > CLEARER
        if heard.sure >= limits.sure or picked or not self._recipe.doubt:
            return Meaning(outcome_of(best), best, candidates, heard.sure, reasons=partial(self._reasons, heard))
        mended = self._mended(text, tokens)
        if mended is not None:
            return mended
        ours = self._index.scope.probability(looked.figures)
        if ours < limits.ours or candidates[0].score < limits.faint:
            return Meaning("fallback", score=ours, reasons=partial(self._reasons, heard, "none"))
        return Meaning(
            "suggest", candidates=candidates, score=heard.sure, reasons=partial(self._reasons, heard, "unsure")
        )

    def _mended(self, text: str, tokens: Sequence[Token]) -> Meaning | None:
        """What the message means without a slip of the finger, where that is sure."""
        mended = self._slips.mended(text, tokens) if self._recipe.mending else None
        if mended is None:
            return None
        why = self._explain.say("slip", words=mended)
        same = self._same(self._phrasings.get(spoken(said(mended))))
        if same is not None:
            return replace(same, reasons=(why, *same.why)) if same.id is not None else None
        heard = self._heard(mended)
        if heard.sure < self._index.limits.sure:
            return None
        candidates = tuple(self._candidates(heard.looked))
        best = candidates[0].id
        return Meaning(outcome_of(best), best, candidates, heard.sure, reasons=lambda: (why, *self._reasons(heard)))

    def _heard(self, text: str, tokens: Sequence[Token] | None = None) -> "Heard":
        tokens = said(text) if tokens is None else tokens
        features = blocks(self._concepts, tokens, text)
        looked = look(self._index, features, OFFERED)
        sure = self._index.trust.probability(looked.figures) if looked.order else 0.0
        return Heard(tokens, features, looked, sure)

    def _reasons(self, heard: "Heard", doubt: str = "") -> tuple[str, ...]:
        words = self._explain.words(heard.looked, heard.tokens, heard.features)
        return (self._explain.say(doubt), *words) if doubt else words

    def _continued(self, heard: str, context: Context) -> Meaning | None:
        """A choice among what was offered, or a question about the last topic; None if the message stands by itself."""
        if context.offered:
            choice = self._follow_ups.pick(heard, len(context.offered))
            if choice is not None:
                why = (self._explain.say("picked", words=choice.words),)
                if choice.aspect == NONE:
                    return Meaning("fallback", slots={"aspect": NONE}, reasons=why)
                id = context.offered[PICKS[choice.aspect]]
                return Meaning(outcome_of(id), id, (Candidate(id, 1.0),), 1.0, reasons=why)
        if context.topic is None:
            return None
        asked = self._follow_ups.aspect(heard)
        if asked is None:
            return None
        why = (self._explain.say("follow-up", words=asked.words),)
        slots = {"aspect": asked.aspect}
        if asked.aspect == "others":
            candidates = tuple(Candidate(id, 0.0) for id in self._siblings.get(context.topic, ())[:OFFERED])
            return Meaning("suggest", candidates=candidates, slots=slots, reasons=why)
        return Meaning(outcome_of(context.topic), context.topic, (Candidate(context.topic, 1.0),), 1.0, slots, why)


def documents_of(library: Library) -> list[Document]:
    """Every text of *library* that stands for an entry or for none; what is said in an emergency is not for the matcher."""
    documents: list[Document] = []
    for entry in library.entries.values():
        if entry.kind == "safety":
            continue
        documents.extend(Document(entry.id, text) for text in entry.phrasings)
        names = dict.fromkeys((entry.title, entry.label, *entry.keywords))
        documents.extend(Document(entry.id, text, name=True) for text in names)
    documents.extend(Document(None, text) for text in library.language.out_of_scope)
    return documents


def _parsed(document: Document) -> Parsed:
    text = normalise(document.text)
    return Parsed(document, text, said(text))


def _endings(text: str) -> list[str]:
    """The last clause of a normalised *text*, and the last two; nothing for a text of one clause."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause]
    return [clauses[-1], "".join(clauses[-2:])] if len(clauses) > 1 else []


def _breadth(id: str) -> int:
    kind = id.partition("/")[0]
    return BROAD.index(kind) if kind in BROAD else len(BROAD)
