"""The pack as its files have it, without what staff have changed."""

from functools import lru_cache

from bot.library.library import Library
from bot.library.loader import load
from bot.library.shelf import Shelf
from bot.web.console.tools import tools


def library() -> Library:
    """What stands in the files that this process has read."""
    return _loaded(tools().shelf())


@lru_cache(maxsize=4)
def _loaded(shelf: Shelf) -> Library:
    return load(shelf)
