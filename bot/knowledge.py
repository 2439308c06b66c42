"""What the assistant knows: a content pack with what staff have taught beside it, read and understood, and swapped whole."""

import gc
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Language
from bot.phrasings import Taught
from bot.understanding.cache import CACHE
from bot.understanding.features import said, spoken
from bot.understanding.match import Matcher
from bot.understanding.meaning import Candidate, Context, Meaning, outcome_of
from bot.understanding.normalise import normalise
from bot.understanding.reader import Understanding
from bot.understanding.safety import SafetyRules

log = logging.getLogger(__name__)

NOTHING = Taught((0, 0, 0), ())


@dataclass(frozen=True)
class Knowledge:
    """Everything that one message is read and answered by: a value that never changes.

    *pack* is the library as it stands in its files, *library* the one in force: with the phrasings of *taught*.
    """

    library: Library
    understanding: Understanding
    pack: Library
    taught: Taught = NOTHING
    unlearnt: Mapping[str, str | None] = field(default_factory=dict)
    """Wordings, as they are heard, that count already although nothing has been learnt from them yet."""

    def __repr__(self) -> str:
        # All of it would fill screens, and quote what people wrote.
        return f"<knowledge {self.library.digest[:12]}>"

    def read(self, text: str, now: datetime, context: Context | None = None) -> Meaning:
        """What *text* means at *now*, given what was spoken of before."""
        meaning = self.understanding.read(text, now, context)
        # What is certain stays: safety, sentences about reminders, picks, and wordings of the pack.
        if not self.unlearnt or meaning.outcome == "safety" or meaning.score == 1.0:
            return meaning
        heard = spoken(said(normalise(text)))
        if heard not in self.unlearnt:
            return meaning
        id = self.unlearnt[heard]
        if id is None:
            return Meaning("fallback", score=1.0)
        return Meaning(outcome_of(id), id, (Candidate(id, 1.0),), 1.0)

    def hearing(self, taught: Taught) -> "Knowledge":
        """The same knowledge with the very wordings of *taught*, made in a moment; what resembles them is not known yet."""
        library = self.pack.with_phrasings(taught.phrasings)
        unlearnt = {
            spoken(said(normalise(text))): id
            for id, text in taught.phrasings
            # What a command does may depend on the slots that only the reader finds; it waits until it is learnt.
            if self.pack.lacks(id, text) and not (id or "").startswith("command/")
        }
        return replace(self, library=library, taught=taught, unlearnt=unlearnt)

    def having_learnt(self, taught: Taught, cache: Path | None = CACHE) -> "Knowledge":
        """The same pack with all that can be learnt from *taught*; takes a moment when it is in the *cache* already."""
        library = self.pack.with_phrasings(taught.phrasings)
        for id, text in taught.phrasings:
            if not self.pack.lacks(id, text):
                log.warning("a phrasing of staff for %s is left out: see `python -m bot content taught`", id or "none")
        # Phrasings change neither the rules of safety nor the names of routines.
        understanding = replace(self.understanding, matcher=Matcher.from_library(library, cache))
        return replace(self, library=library, understanding=understanding, taught=taught, unlearnt={})


class Mind:
    """Holds the knowledge in force. Whoever answers takes *current* once and keeps to it; a change is one assignment."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._current = knowledge

    @property
    def current(self) -> Knowledge:
        """What is known at this moment."""
        return self._current

    def change(self, knowledge: Knowledge) -> None:
        """From the next message on *knowledge* is in force; the one before goes when its last message is answered."""
        self._current = knowledge


def learn(content_dir: Path, taught: Taught = NOTHING, cache: Path | None = CACHE) -> Knowledge:
    """The pack in *content_dir* with what staff have *taught*; ContentError when the pack is broken.

    What cannot be learnt of the staff's phrasings must not keep the program from starting: then it is the pack alone.
    """
    rules: list[SafetyRules] = []

    def judged_by(language: Language) -> Callable[[str], str | None]:
        rules.append(SafetyRules.of(language))
        return rules[0].entry

    pack = load(content_dir, judged_by=judged_by)
    library = pack.with_phrasings(taught.phrasings)
    try:
        understanding = Understanding.from_library(library, cache, safety=rules[0])
    except Exception as error:
        if library is pack:
            raise
        log.error("what staff have taught cannot be learnt and is left out for now: %s", type(error).__name__)
        library, taught = pack, NOTHING
        understanding = Understanding.from_library(pack, cache, safety=rules[0])
    settle()
    return Knowledge(library, understanding, pack, taught)


def settle() -> None:
    """Tell the collector that what is known now lives long: hundreds of thousands of small values that never change.

    What is frozen is still freed when nobody refers to it any more; knowledge holds no cycles. Garbage with cycles must
    go first, else it would stay for ever.
    """
    gc.collect()
    gc.freeze()
