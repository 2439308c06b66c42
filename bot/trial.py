"""What teaching a phrasing would change: how it is read before and after, and what worked before and would not any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.knowledge import Knowledge
from bot.library.library import Library
from bot.phrasings import Taught
from bot.understanding.cache import CACHE
from bot.understanding.evaluate import Figures, Judged, Message, figures, judge
from bot.understanding.meaning import Meaning

BEST_FIRST = ("right", "offered", "lost", "wrong")
BY_CHANCE = 0.002
"""Of the labelled messages, the share that may be answered worse without anybody's fault, beside as many that are answered better
and one: whenever all is learnt anew, a few doubtful ones tip over. The phrasings do not, they are known letter by letter."""


@dataclass(frozen=True)
class Change:
    """One message that would be answered worse; *is_its_doing* when it is a phrasing, or what is taught takes it over."""

    message: Message
    before: Meaning
    after: Meaning
    is_its_doing: bool


@dataclass(frozen=True)
class Trial:
    """What came of it. *is_heeded* says whether the text would be taken as it is taught.

    *worse* are those of the *read* messages that would be answered worse, what it does itself first; *better* is how many would
    be answered better. *figures* are about the given messages, before and after; None when there were none.
    """

    before: Meaning
    after: Meaning
    is_heeded: bool
    worse: tuple[Change, ...]
    better: int
    read: int
    figures: tuple[Figures, Figures] | None

    @property
    def does_harm(self) -> bool:
        """Whether it takes over what was answered well, or more gets worse than learning anew brings with it."""
        messages = self.figures[0]["messages"] if self.figures is not None else 0
        by_chance = self.better + 1 + BY_CHANCE * messages
        return len(self.worse) > by_chance or any(change.is_its_doing for change in self.worse)


def trial(
    known: Knowledge,
    *,
    entry_id: str | None,
    text: str,
    messages: Sequence[Message] = (),
    now: datetime,
    cache: Path | None = CACHE,
) -> Trial:
    """Learn what is *known* with *text* for *entry_id* besides, without teaching it to anybody, and compare.

    Compared are all phrasings, read as messages, and the labelled *messages*.
    """
    taught = Taught(known.taught.version, (*known.taught.phrasings, (entry_id, text)))
    then = known.having_learnt(taught, cache)
    own = phrasings_of(known.library)
    pairs = [(Judged(each, known.read(each["text"], now), (), 0.0), then.read(each["text"], now)) for each in own]
    measured = None
    if messages:
        old, new = _judged(known, messages, now), _judged(then, messages, now)
        measured = figures(old), figures(new)
        pairs += [(one, other.meaning) for one, other in zip(old, new, strict=True)]
    worse, better = [], 0
    for number, (one, meaning) in enumerate(pairs):
        place = BEST_FIRST.index(one._replace(meaning=meaning).outcome)
        step = place - BEST_FIRST.index(one.outcome)
        better += step < 0
        if step > 0:
            is_its_doing = number < len(own) or _is_taken_over(one.meaning, meaning, entry_id)
            worse.append(Change(one.message, one.meaning, meaning, is_its_doing))
    worse.sort(key=lambda change: not change.is_its_doing)
    before, after = known.read(text, now), then.read(text, now)
    is_heeded = after.outcome == "fallback" if entry_id is None else after.id == entry_id
    return Trial(before, after, is_heeded, tuple(worse), better, len(pairs), measured)


def _is_taken_over(before: Meaning, after: Meaning, entry_id: str | None) -> bool:
    """Whether *after* is of *entry_id*'s making and *before* was not."""
    if entry_id is None:
        return after.outcome == "fallback"
    return entry_id in _meant(after) and entry_id not in _meant(before)


def _meant(meaning: Meaning) -> tuple[str, ...]:
    return (meaning.id,) if meaning.id is not None else tuple(candidate.id for candidate in meaning.candidates)


def phrasings_of(library: Library) -> list[Message]:
    """Every phrasing of *library* as a message that wants its entry; those of safety entries are the rules' matter."""
    messages = [
        Message(text=text, want=(entry.id,))
        for entry in library.entries.values()
        if entry.kind != "safety"
        for text in entry.phrasings
    ]
    return messages + [Message(text=text, want=()) for text in library.language.out_of_scope]


def _judged(knowledge: Knowledge, messages: Sequence[Message], now: datetime) -> list[Judged]:
    return judge(lambda text: knowledge.read(text, now), knowledge.understanding.matcher.rank, messages)
