"""Takes a message apart into the parts that may each say something about a reminder, and puts their slots together.

A part ends with a sentence (。) or with a request (止めてください、). The last part that gives a command decides; parts that
give the same command, or only name a time or a day, add to it: 筋トレの時間を変えて。18時半から19時半へ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.understanding import reminder_slots
from bot.understanding.reminder_clause import finishes
from bot.understanding.reminder_slots import Sentence
from bot.understanding.reminder_wishes import PAUSE, STOP, Wish, command_of
from bot.understanding.reminder_words import SLOTS, Word, mark_asides

_BARE = SLOTS | {"particle", "fill", "comma", "after", "question", "ask"}
_WHEN = frozenset({"date", "span", "while"})

Part = tuple[Wish, Sentence]
"""A part of a message with the wish that it gives, or adds to."""


def read_parts(sentence: Sentence, *, strict: bool = False) -> tuple[Wish, list[Part]] | None:
    """The wish that decides, and the parts of *sentence* that say something for it; None when none gives a command.

    *sentence* has no asides marked; those parts have.
    """
    apart = list(_parts(sentence.words))
    if len(apart) > 1 and not strict:
        parts = [replace(sentence, words=mark_asides(words)) for words in apart]
        about = {word.kind for word in sentence.words} & {"noun", "routine"}
        wishes = [command_of(part.words, about=about) for part in parts]
        given = [wish for wish in wishes if wish]
        strange = any("unknown" in _kinds(part) for part in parts)
        if _speaks_of_something_else(parts, wishes) or strange and not given:
            return None
        if given:
            decides = _deciding(given)
            return decides, _belonging(parts, wishes, decides)
    whole = replace(sentence, words=mark_asides(sentence.words))
    wish = command_of(whole.words, strict=strict)
    return (wish, [(wish, whole)]) if wish else None


def slots_of(read: Sequence[Part], now: datetime) -> dict[str, Any]:
    """The slots of all parts *read* put together, later ones before earlier ones."""
    slots: dict[str, Any] = {}
    for wish, part in read:
        said = reminder_slots.fill(part, wish, now)
        if said["time"] is not None:
            slots.pop("bare", None)
        if said["days"] and slots.get("days"):
            # 月曜から土曜にして、水曜はいりません.
            both = [day for day in slots["days"] if day in said["days"]]
            said["days"] = both if wish.without and both else said["days"]
        slots |= {key: value for key, value in said.items() if value is not None or key not in slots}
    return slots


def _parts(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    start = 0
    for place, word in enumerate(words):
        if word.kind == "stop_here" or word.kind == "comma" and finishes(words[start:place]):
            if place > start:
                yield words[start:place]
            start = place + 1
    if start < len(words):
        yield words[start:]


def _deciding(wishes: Sequence[Wish]) -> Wish:
    """The last wish; a rest and a day to begin again are one, a rest and a stop are a rest."""
    rest = [wish for wish in wishes if wish.command == PAUSE]
    return rest[-1] if rest and any(wish.resumes or wish.command == STOP for wish in wishes) else wishes[-1]


def _belonging(
    parts: Sequence[Sentence], wishes: Sequence[Wish | None], decides: Wish
) -> list[Part]:
    read: list[Part] = []
    timeless = decides.command == PAUSE and not any(_kinds(part) & _WHEN for part, wish in zip(parts, wishes) if wish)
    for part, wish in zip(parts, wishes, strict=True):
        if wish is not None and wish.command == decides.command:
            read.append((wish, part))
        elif wish is None and (_kinds(part) <= _BARE or timeless and _kinds(part) & _WHEN):
            # 25日から28日まで出張です。通知お休みで: the story says when.
            read.append((Wish(decides.command), part))
    return read


def _kinds(part: Sentence) -> set[str]:
    return {word.kind for word in part.words}


def _speaks_of_something_else(parts: Sequence[Sentence], wishes: Sequence[Wish | None]) -> bool:
    """Whether a part about other business takes the word from a time that could be a booking's."""
    if any(_kinds(part) & {"noun", "routine"} for part in parts):
        return False
    others = [part for part, wish in zip(parts, wishes, strict=True) if wish is None]
    return any(_kinds(part) & {"shop", "block"} or {"question", "unknown"} <= _kinds(part) for part in others)
