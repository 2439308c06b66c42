"""Tells staff and developers how a message was taken, and why."""

from string import Template

from bot.conversation import Reply
from bot.library.library import Library
from bot.understanding.meaning import Meaning

_ASPECTS = {"none": "declined", "others": "others"}
"""What is told otherwise than by the outcome: words about the choices just offered, or for other ones."""


def notes(library: Library, reply: Reply) -> tuple[str, ...]:
    """Why a text got *reply*, in the words of ``language/why``: first what it was taken for, then choices and reasons."""
    meaning = reply.meaning
    if meaning is None:
        return (_worded(library, "flow"),)
    # What a person last spoke of may be an entry that the pack has lost since.
    entry = library.entries.get(meaning.id or "")
    title = entry.title if entry is not None else meaning.id or ""
    taken_for = _ASPECTS.get(str(meaning.slots.get("aspect")), meaning.outcome)
    told = [_worded(library, taken_for, title=title, share=_share(meaning.score))]
    if meaning.outcome == "suggest":
        # By their labels: they are what the buttons say.
        told += [
            _worded(library, "choice", title=library.entries[one.id].label, share=_share(one.score))
            for one in meaning.candidates
        ]
    others = [reason for one in meaning.also for reason in notes(library, Reply(bubbles=(), meaning=one))]
    return tuple(dict.fromkeys((*told, *meaning.why, *others)))


def summary(reply: Reply) -> str:
    """The same on one line, with ids in place of titles: ``faq/booking 97 %: …``."""
    meaning = reply.meaning
    if meaning is None:
        return "taken by the running flow"
    return ": ".join(part for part in (_taken_for(meaning), " · ".join(meaning.why)) if part)


def _taken_for(meaning: Meaning) -> str:
    if meaning.outcome == "suggest":
        return "suggest " + ", ".join(f"{one.id} {_share(one.score)}".rstrip() for one in meaning.candidates)
    # How sure it is that a message is none of ours, no score says.
    return f"{meaning.id} {_share(meaning.score)}" if meaning.id is not None else meaning.outcome


def _share(score: float) -> str:
    """A score between 0 and 1 as people write it; nothing for what was not weighed."""
    return f"{score:.0%}".replace("%", " %") if score else ""


def _worded(library: Library, key: str, **values: str) -> str:
    """The template of *key* filled in; a pack that has none gets the bare facts."""
    text = library.language.why.get(key)
    if text is None:
        return " ".join(filter(None, (key, *values.values())))
    return Template(text).safe_substitute(values)
