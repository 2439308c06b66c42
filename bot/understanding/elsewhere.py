"""Leaves what was not learnt yet to another process, so that this one need not hold what only learning takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Thing = TypeVar("Thing")
Learn = Callable[[], bool]
"""Has everything learnt and kept; whether that went well."""

_LEARN: ContextVar[Learn | None] = ContextVar("learn", default=None)


@contextmanager
def learning(learn: Learn) -> Iterator[None]:
    """While it is open, what this thread does not find among what is kept is learnt by *learn* and looked for again."""
    before = _LEARN.set(learn)
    try:
        yield
    finally:
        _LEARN.reset(before)


def found(read: Callable[[], Thing | None]) -> Thing | None:
    """What *read* finds, if need be once it was learnt elsewhere; None where it has to be learnt here."""
    thing = read()
    learn = _LEARN.get()
    if thing is None and learn is not None:
        _LEARN.set(None)  # Once: it learns all, and what it cannot keep now it could not keep a second time.
        if learn():
            thing = read()
    return thing
