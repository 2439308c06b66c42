"""What a check says: whether something is all right, what is so, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """One line of what *is_so* and, unless all is right, one of what *to_do*."""

    level: Level
    is_so: str
    to_do: str = ""


def ok(is_so: str) -> Finding:
    """All right."""
    return Finding("ok", is_so)


def warn(is_so: str, to_do: str) -> Finding:
    """Clients are served, but somebody should see to it."""
    return Finding("warn", is_so, to_do)


def bad(is_so: str, to_do: str) -> Finding:
    """Clients are not served as they should be, or soon will not be."""
    return Finding("bad", is_so, to_do)


class UnknownError(Exception):
    """Something that a check needs cannot be had; another check tells why, so this one says nothing."""
