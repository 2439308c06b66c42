"""What a change would do before it is made: how messages are read before and after, and which would be answered worse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.library.library import Library
from bot.teaching.knowledge import Knowledge
from bot.understanding.cache import CACHE
from bot.understanding.evaluate import Figures, Judged, Message, figures, judge
from bot.understanding.meaning import Meaning

BEST_FIRST = ("right", "offered", "lost", "wrong")
BY_CHANCE = (3, 0.002)
"""How many of the labelled messages may be answered worse without anybody's fault, and which share of them besides, beyond as many
as are answered better: whenever all is learnt anew, a few doubtful ones tip over. The phrasings do not, they are known letter by
letter."""


@dataclass(frozen=True)
class Change:
    """One message that would be answered otherwise: worse where *step* is above 0, better below.

    *is_its_doing* when it is a phrasing, or what is taught takes it over.
    """

    message: Message
    before: Meaning
    after: Meaning
    is_its_doing: bool
    step: int = 1


@dataclass(frozen=True)
class Trial:
    """What teaching a phrasing would do. *is_heeded* says whether the text would be taken as it is taught.

    *worse* are those of the *read* messages that would be answered worse, what it does itself first; *others* are otherwise,
    but no worse; *better* is how many would be answered better. *figures* are about the labelled messages, before and
    after; None when there were none.
    """

    before: Meaning
    after: Meaning
    is_heeded: bool
    worse: tuple[Change, ...]
    better: int
    read: int
    figures: tuple[Figures, Figures] | None
    others: tuple[Change, ...] = ()

    @property
    def does_harm(self) -> bool:
        """Whether it takes over what was answered well, or more gets worse than learning anew brings with it."""
        messages = self.figures[0]["messages"] if self.figures is not None else 0
        few, share = BY_CHANCE
        by_chance = self.better + few + share * messages
        return len(self.worse) > by_chance or any(change.is_its_doing for change in self.worse)


@dataclass(frozen=True)
class Effect:
    """What an edit would do to other questions: the *read* messages that would be answered *worse*, and *others* otherwise."""

    worse: tuple[Change, ...]
    others: tuple[Change, ...]
    read: int

    @property
    def better(self) -> int:
        """How many would be answered better."""
        return sum(change.step < 0 for change in self.others)


def trial(
    known: Knowledge,
    *,
    entry_id: str | None,
    text: str,
    messages: Sequence[Message] | None = None,
    now: datetime,
    cache: Path | None = CACHE,
) -> Trial:
    """Learn what is *known* with *text* for *entry_id* besides, without teaching it to anybody, and compare.

    Compared are all phrasings, read as messages, and the labelled *messages*, those of the pack if not said otherwise.
    """
    taught = known.taught._replace(phrasings=(*known.taught.phrasings, (entry_id, text)))
    then = known.having_learnt(taught, cache)
    own = phrasings_of(known.library)
    worse = _worded_worse(known, then, own, now)
    messages = evaluation_of(known.library) if messages is None else messages
    old, new = _judged(known, messages, now), _judged(then, messages, now)
    found = [
        _weighed(one, other.meaning, is_its_doing=_is_taken_over(one.meaning, other.meaning, entry_id))
        for one, other in zip(old, new, strict=True)
    ]
    worse += sorted((one for one in found if one.step > 0), key=lambda change: not change.is_its_doing)
    before, after = known.read(text, now), then.read(text, now)
    is_heeded = after.outcome == "fallback" if entry_id is None else after.id == entry_id
    return Trial(
        before,
        after,
        is_heeded,
        tuple(worse),
        better=sum(change.step < 0 for change in found),
        read=len(own) + len(messages),
        figures=(figures(old), figures(new)) if messages else None,
        others=_otherwise(found),
    )


def effect(known: Knowledge, then: Knowledge, *, now: datetime) -> Effect:
    """What becomes of messages when *then* is in force: the pack's labelled ones, and the phrasings of all that stays the same."""
    same = {id for id, entry in known.library.entries.items() if then.library.entries.get(id) == entry}
    own = [each for each in phrasings_of(known.library) if not each["want"] or each["want"][0] in same]
    # As they are to be answered then: what is taken away is wanted no more.
    messages = evaluation_of(then.library)
    found = [
        _weighed(_read(known, message, now), then.read(message["text"], now), is_its_doing=False)
        for message in messages
    ]
    worse = [*_worded_worse(known, then, own, now), *(change for change in found if change.step > 0)]
    return Effect(tuple(worse), _otherwise(found), len(own) + len(messages))


def _worded_worse(known: Knowledge, then: Knowledge, own: Iterable[Message], now: datetime) -> list[Change]:
    """Which phrasings would be answered worse; those that are answered well *then* are read once only."""
    found = []
    for message in own:
        after = then.read(message["text"], now)
        if after.id is None or after.id not in message["want"]:
            found.append(_weighed(_read(known, message, now), after, is_its_doing=True))
    return [change for change in found if change.step > 0]


def _read(known: Knowledge, message: Message, now: datetime) -> Judged:
    return Judged(message, known.read(message["text"], now), (), 0.0)


def _weighed(one: Judged, after: Meaning, *, is_its_doing: bool) -> Change:
    step = BEST_FIRST.index(one._replace(meaning=after).outcome) - BEST_FIRST.index(one.outcome)
    return Change(one.message, one.meaning, after, is_its_doing, step)


def _otherwise(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those that are answered by something else or better, but no worse."""
    differs = ((one, (one.before.id, one.before.outcome) != (one.after.id, one.after.outcome)) for one in changes)
    return tuple(one for one, is_other in differs if one.step < 0 or (one.step == 0 and is_other))


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


def evaluation_of(library: Library) -> list[Message]:
    """The labelled messages of *library*; of what it learns from, none."""
    return [Message(text=one.text, want=one.want, group=one.group, style=one.style) for one in library.evaluation]


def _judged(knowledge: Knowledge, messages: Sequence[Message], now: datetime) -> list[Judged]:
    return judge(lambda text: knowledge.read(text, now), knowledge.understanding.matcher.rank, messages)
