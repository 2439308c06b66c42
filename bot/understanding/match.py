"""Which entry a message asks for, how sure that is, and why."""

from collections.abc import Iterable, Sequence

from bot.library.library import Library
from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.index import Document, Index, Looked, built
from bot.understanding.linear import best
from bot.understanding.meaning import Candidate, Context, Meaning, Outcome
from bot.understanding.normalise import normalise

SURE = 0.5
OURS = 0.5
COMMANDS = frozenset(("command", "routine", "check"))


class Matcher:
    """Reads messages by what a pack's phrasings have taught. Immutable once made, and safe from any thread."""

    def __init__(self, index: Index, trust: Calibration, scope: Calibration) -> None:
        self._index = index
        self._trust = trust
        self._scope = scope

    @classmethod
    def from_library(cls, library: Library) -> "Matcher":
        """The matcher of all entries that can be asked for; safety entries are left to the safety rules."""
        documents = []
        for entry in library.entries.values():
            if entry.kind == "safety":
                continue
            documents.extend(Document(entry.id, text) for text in entry.phrasings)
            names = dict.fromkeys((entry.title, entry.label, *entry.keywords))
            documents.extend(Document(entry.id, text, name=True) for text in names)
        documents.extend(Document(None, text) for text in library.language.out_of_scope)
        return cls(*built(documents, Concepts(library.language.synonyms)))

    @classmethod
    def from_phrasings(cls, phrasings: Iterable[tuple[str, str]]) -> "Matcher":
        """The matcher of any ids, from pairs of an id and a text that stands for it."""
        return cls(*built([Document(id, text) for id, text in phrasings], Concepts(())))

    def read(self, text: str, context: Context | None = None) -> Meaning:
        """What *text* asks for, in the light of *context*."""
        looked = self._index.look(normalise(text))
        figures = self._index.figures(looked)
        sure = self._trust.probability(figures)
        ours = self._scope.probability(figures)
        candidates = self._candidates(looked, 4)
        if ours < OURS:
            return Meaning("fallback", score=ours)
        if sure >= SURE:
            id = candidates[0].id
            outcome: Outcome = "command" if id.partition("/")[0] in COMMANDS else "answer"
            return Meaning(outcome, id, tuple(candidates), sure)
        return Meaning("suggest", candidates=tuple(candidates), score=sure)

    def rank(self, text: str) -> list[Candidate]:
        """Every id, best first, whether or not it fits."""
        return self._candidates(self._index.look(normalise(text)), len(self._index.ids))

    def _candidates(self, looked: Looked, count: int) -> list[Candidate]:
        ids = self._index.ids
        return [Candidate(ids[place], looked.scores[place]) for place in best(looked.scores[:-1], count)]
