"""Files with what staff have laid over them: one library that always holds together, whatever the files have become since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.library.library import Library
from bot.library.loader import load
from bot.library.practice import Closing
from bot.library.problems import ContentError, Problem
from bot.library.reader import EDIT, Body
from bot.library.shelf import Shelf

Edits = Sequence[tuple[str, Body]]
Broken = Mapping[str, tuple[Problem, ...]]


@dataclass(frozen=True)
class Laid:
    """A library with its edits.

    *broken* are the edits that do not fit the files any more, with their problems: what they lie over counts as it stands in
    its file. *hidden* are the texts about health that are not offered because nobody looked them over in time.
    """

    library: Library
    broken: Broken
    hidden: tuple[str, ...] = ()


def lay(shelf: Shelf, edits: Edits, closings: tuple[Closing, ...] = (), today: date | None = None) -> Laid:
    """The files on *shelf* with *edits*, oldest first; ContentError only when the files themselves are broken.

    Where the practice wants it so, texts about health that are overdue on *today* are left out like such as were taken away.
    """
    library, broken = _fitting(shelf, edits)
    hidden: tuple[str, ...] = ()
    if today is not None and library.practice.content.hide_overdue:
        fit = [(id, body) for id, body in edits if id not in broken]
        gone: Edits = [(id, {}) for id in library.overdue(today)]
        library, needed = _fitting(shelf, gone, beneath=fit)
        # A check that leads to a text needs it; it stays, and staff see that it is overdue.
        hidden = tuple(id for id, _ in gone if id not in needed)
    return Laid(replace(library, closings=closings), broken, hidden)


def _fitting(shelf: Shelf, edits: Edits, beneath: Edits = ()) -> tuple[Library, dict[str, tuple[Problem, ...]]]:
    """The library of the files, the edits *beneath*, and as many of *edits* as can be; the rest with what is wrong with each."""
    base = dict(beneath)
    kept = dict(edits)
    broken: dict[str, tuple[Problem, ...]] = {}
    while True:
        try:
            return load(shelf, edits=base | kept), broken
        except ContentError as error:
            if not kept:
                raise
            named = {id: _about(error, id) for id in kept}
            blamed = {id: problems for id, problems in named.items() if problems}
            if blamed:
                broken |= blamed
                kept = {id: body for id, body in kept.items() if id not in blamed}
                continue
        # What is wrong stands in the files, such as a step that was taken away.
        kept, unfit = _one_by_one(shelf, base, kept)
        broken |= unfit


def _one_by_one(
    shelf: Shelf, base: Mapping[str, Body], edits: Mapping[str, Body]
) -> tuple[dict[str, Body], dict[str, tuple[Problem, ...]]]:
    """What of *edits* fits as they came, each on those before it, and the rest; few are bad, so halves are tried whole."""
    fit: dict[str, Body] = {}
    broken: dict[str, tuple[Problem, ...]] = {}
    waiting = [list(edits.items())]
    while waiting:
        group = waiting.pop()
        try:
            load(shelf, edits={**base, **fit, **dict(group)})
            fit |= dict(group)
        except ContentError as error:
            if len(group) == 1:
                broken[group[0][0]] = error.problems
            else:
                middle = len(group) // 2
                waiting += [group[middle:], group[:middle]]
    return fit, broken


def _about(error: ContentError, id: str) -> tuple[Problem, ...]:
    return tuple(problem for problem in error.problems if problem.file == f"{EDIT}{id}")
