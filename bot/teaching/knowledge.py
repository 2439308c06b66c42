"""What the assistant knows: a content pack with what staff have taught beside it, read and understood, and swapped whole."""

import gc
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from bot.garbage import settle
from bot.library.laying import Broken, Laid, lay
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import Language, Routine
from bot.library.shelf import Shelf
from bot.teaching.apprentice import Apprentice, ApprenticeError
from bot.teaching.phrasings import Taught
from bot.understanding import elsewhere, kept_words
from bot.understanding.body import reader
from bot.understanding.cache import CACHE, WORDS
from bot.understanding.features import said, spoken
from bot.understanding.match import documents_of
from bot.understanding.meaning import Candidate, Context, Meaning, outcome_of
from bot.understanding.normalise import normalise
from bot.understanding.reader import Understanding
from bot.understanding.safety import SafetyRules

log = logging.getLogger(__name__)

NOTHING = Taught((0,) * 8, ())
BEGINNER = (sys.executable, "-m", "bot.teaching.beginner")
PATIENCE_SECONDS = 900.0
"""After so long the child that learns a whole pack has gone astray: a busy machine takes a minute."""


@dataclass(frozen=True)
class Knowledge:
    """Everything that one message is read and answered by: a value that never changes.

    *shelf* keeps the files; *pack* is the library that they make with the edits of staff, *library* the one in force: with
    the phrasings of *taught* besides. *learnt* is the library that *understanding* has learnt.
    """

    library: Library
    understanding: Understanding
    pack: Library
    shelf: Shelf
    learnt: Library
    taught: Taught = NOTHING
    broken: Broken = field(default_factory=dict)
    """Edits that do not fit the files any more and are left out, with what is wrong."""
    hidden: tuple[str, ...] = ()
    """Texts about health that are not offered because they are overdue."""
    unlearnt: Mapping[str, str | None] = field(default_factory=dict)
    """Wordings, as they are heard, that count already although nothing has been learnt from them yet."""

    def __repr__(self) -> str:
        # All of it would fill screens, and quote what people wrote.
        return f"<knowledge {self.library.digest[:12]}>"

    def read(self, text: str, now: datetime, context: Context | None = None) -> Meaning:
        """What *text* means at *now*, given what was spoken of before."""
        meaning = self._known(self.understanding.read(text, now, context))
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

    def _known(self, meaning: Meaning) -> Meaning:
        """*meaning* without what staff have taken away, which counts at once although it is not unlearnt yet."""
        entries = self.library.entries
        if meaning.id is not None and meaning.id not in entries:
            return Meaning("fallback", reasons=meaning.reasons)
        if meaning.also:
            meaning = replace(meaning, also=tuple(map(self._known, meaning.also)))
        left = tuple(candidate for candidate in meaning.candidates if candidate.id in entries)
        if len(left) == len(meaning.candidates):
            return meaning
        is_over = meaning.outcome == "suggest" and not left
        return Meaning("fallback", reasons=meaning.reasons) if is_over else replace(meaning, candidates=left)

    def is_of_another_day(self, today: date) -> bool:
        """Whether texts may have become overdue since."""
        return self.pack.practice.content.hide_overdue and self.taught.today != today

    def hearing(self, taught: Taught) -> "Knowledge":
        """The same knowledge with the edits and the very wordings of *taught*, made in a moment.

        What resembles those wordings is not known yet, unless there is nothing to learn.
        """
        laid = self._laid(taught)
        library = laid.library.with_phrasings(taught.phrasings)
        known = {id: set(entry.phrasings) for id, entry in self.learnt.entries.items()}
        wanted = [(id, text) for id, entry in library.entries.items() for text in entry.phrasings]
        unlearnt: dict[str, str | None] = {
            spoken(said(normalise(text))): id
            for id, text in wanted
            # What a command does may depend on the slots that only the reader finds; it waits until it is learnt.
            if text not in known.get(id, ()) and not id.startswith(("command/", "safety/"))
        }
        none = set(library.language.out_of_scope) - set(self.learnt.language.out_of_scope)
        unlearnt |= {spoken(said(normalise(text))): None for text in none}
        understanding = replace(self.understanding, timezone=library.timezone)
        return replace(
            self,
            library=library,
            pack=laid.library,
            broken=laid.broken,
            hidden=laid.hidden,
            understanding=understanding,
            taught=taught,
            unlearnt=unlearnt,
        )

    @property
    def has_to_learn(self) -> bool:
        """Whether the library in force says anything by which messages are understood that is not learnt yet."""
        return _lesson(self.library) != _lesson(self.learnt)

    def having_learnt(self, taught: Taught, cache: Path | None = CACHE) -> "Knowledge":
        """The same files with all that can be learnt from *taught*; takes a moment when it is in the *cache* already."""
        heard = self.hearing(taught)
        for id, text in taught.phrasings:
            if not heard.pack.lacks(id, text):
                log.warning("a phrasing of staff for %s is left out: see `python -m bot content taught`", id or "none")
        if not heard.has_to_learn:
            return replace(heard, learnt=heard.library, unlearnt={})
        # Edits change no rule of safety.
        understanding = Understanding.from_library(heard.library, cache, safety=self.understanding.safety)
        return replace(heard, learnt=heard.library, understanding=understanding, unlearnt={})

    def _laid(self, taught: Taught) -> Laid:
        was = self.taught
        if (taught.edits, taught.today) == (was.edits, was.today):
            return Laid(replace(self.pack, closings=taught.closings), self.broken, self.hidden)
        return _lay(self.shelf, taught)


def _lay(shelf: Shelf, taught: Taught) -> Laid:
    laid = lay(shelf, taught.edits, taught.closings, taught.today)
    for id, problems in laid.broken.items():
        log.error("the edit of %s does not fit the files and is left out: %s problems", id, len(problems))
    return laid


def _lesson(library: Library) -> tuple[object, ...]:
    """Everything of *library* from which its understanding is made, beside the rules of safety."""
    near = {id: library.siblings(id) for id in library.entries}
    return documents_of(library), library.language, library.of(Routine), near


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


def learn(
    content_dir: Path, taught: Taught = NOTHING, cache: Path | None = CACHE, *, child: Sequence[str] = BEGINNER
) -> Knowledge:
    """The pack in *content_dir* with what staff have *taught*; ContentError when the pack is broken.

    What is not in the *cache* yet is learnt by a *child*, and only where that fails by this process, which then holds for
    good the memory that it took. With None nothing is kept, and all is learnt here.
    """
    if cache is None:
        return learnt_here(content_dir, taught, cache)
    with elsewhere.learning(
        lambda: _is_learnt_by(Apprentice(child, patience=PATIENCE_SECONDS), content_dir, taught, cache)
    ):
        return learnt_here(content_dir, taught, cache)


def _is_learnt_by(apprentice: Apprentice, content_dir: Path, taught: Taught, cache: Path) -> bool:
    """Have the pack learnt by a child; whether it is."""
    begun = time.monotonic()
    task = {
        "content": str(content_dir.resolve()),
        "phrasings": taught.phrasings,
        "edits": taught.edits,
        "today": taught.today.isoformat() if taught.today is not None else None,
        "cache": str(cache.resolve()),
    }
    try:
        apprentice.ask(task)
    except (ApprenticeError, OSError) as error:
        log.warning("the pack is learnt by this process, which holds more memory for it: the child %s", error)
        return False
    log.info("the pack was learnt by a child in %.1f s", time.monotonic() - begun)
    return True


def learnt_here(content_dir: Path, taught: Taught, cache: Path | None) -> Knowledge:
    """The same, with what is not in the *cache* yet learnt by this process.

    What cannot be learnt of the staff's phrasings must not keep the program from starting: then it is the pack alone.
    """
    gc.disable()  # All of it stays: to look for garbage among it again and again takes as long as a third of the rest.
    try:
        with kept_words.kept(None if cache is None else cache / WORDS):
            knowledge = _learn(content_dir, taught, cache)
    finally:
        gc.enable()
    settle()
    return knowledge


def _learn(content_dir: Path, taught: Taught, cache: Path | None) -> Knowledge:
    rules: list[SafetyRules] = []

    def judged_by(language: Language) -> Callable[[str], str | None]:
        rules.append(SafetyRules.of(language))
        return rules[0].entry

    shelf = Shelf(content_dir)
    load(shelf, judged_by=judged_by)
    laid = _lay(shelf, taught)
    library = laid.library.with_phrasings(taught.phrasings)
    try:
        understanding = Understanding.from_library(library, cache, safety=rules[0])
    except Exception as error:
        if not taught.phrasings and not taught.edits:
            raise
        log.error("what staff have taught cannot be learnt and is left out for now: %s", type(error).__name__)
        taught = NOTHING
        laid = lay(shelf, ())
        library = laid.library
        understanding = Understanding.from_library(library, cache, safety=rules[0])
    reader(library)  # Else the first message waits until its words are compiled.
    return Knowledge(
        library,
        understanding,
        pack=laid.library,
        shelf=shelf,
        learnt=library,
        taught=taught,
        broken=laid.broken,
        hidden=laid.hidden,
    )
