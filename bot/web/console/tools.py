"""What the pages of the console work with."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import current_app
from werkzeug.routing import IntegerConverter, Map

from bot.broadcasts.states import Paint
from bot.clock import Clock
from bot.db import Sessions
from bot.dead_links import Answer
from bot.delivery.messenger import Messenger
from bot.library.laying import Laid
from bot.library.library import Library
from bot.library.shelf import Shelf
from bot.settings import Settings
from bot.teaching.knowledge import Knowledge, Mind

NAME = "senaka"
MOST_ROWS = 2**31 - 1
"""The highest number that a row of any database can have."""


class RowNumber(IntegerConverter):
    """A row's number in an address: one that no row can have leads to no page, instead of to an error of the database."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MOST_ROWS)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


@dataclass(frozen=True)
class Tools:
    """The way to the database, the clock and what the practice says; made once, by the composition root.

    A view that changes something opens ``sessions.begin()``, one that only looks opens ``reading()``; never one inside
    the other, because SQLite has one writer.
    """

    settings: Settings
    sessions: Sessions
    reading: Sessions
    clock: Clock
    library: Callable[[], Library]
    """The library in force."""
    shelf: Callable[[], Shelf]
    """The files of the pack, as this process has read them."""
    laid: Callable[[], Laid]
    """The files with the edits in force, without taught phrasings, and with what does not fit."""
    ask: Callable[[Knowledge, str], list[dict[str, Any]]]
    """What a text would be answered by this knowledge, as LINE messages; nobody is told and nothing is kept."""
    mind: Callable[[], Mind]
    """All that is known; the first call may take seconds in a process that answers nobody."""
    messenger: Callable[[], Messenger]
    paint: Callable[[Any], list[dict[str, Any]]]
    """A `Reply` as LINE messages."""
    draw: Paint
    """An announcement as LINE messages."""
    picture_url: Callable[[str], str | None]
    """Where LINE finds the pack's picture of this name; None when it cannot."""
    base: str | None
    """Where LINE finds pictures and links of ours: the public address, or that of our own simulator; None: nowhere."""
    open_links: Callable[[Iterable[str]], Mapping[str, Answer]]
    """What comes of opening these pages; takes seconds, so never inside a transaction."""
    wake: Callable[[], None]
    """Tells the worker that there is something to send."""
    aside: Callable[[Callable[[], None]], None] = _in_a_thread
    """Has something done that no request waits for."""


def row_number(text: str) -> int:
    """The number of a row (or a page of them) that a browser names; ValueError when none can have it."""
    number = int(text)
    if not 0 <= number <= MOST_ROWS:
        raise ValueError
    return number


def day(text: str) -> date:
    """The day that a browser names; ValueError when it is none, or so far off that no clock could tell its hours."""
    found = date.fromisoformat(text)
    if not 1900 <= found.year <= 2200:
        raise ValueError
    return found


def titles() -> dict[str, str]:
    """What staff know each entry by: its title, by its id."""
    return {id: entry.title for id, entry in tools().library().entries.items()}


def tools() -> Tools:
    """The tools of the request that is being served."""
    return cast("Tools", current_app.extensions[NAME])
