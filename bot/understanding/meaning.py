"""What a message was taken to mean, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["answer", "suggest", "fallback", "command", "safety"]


@dataclass(frozen=True)
class Candidate:
    """One id that the message may be about; *score* is the calibrated share, 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True)
class Context:
    """What the conversation was about: the last topic, the choices last offered (in order), and the running step."""

    topic: str | None = None
    offered: tuple[str, ...] = ()
    step: str | None = None


@dataclass(frozen=True)
class Meaning:
    """The reading of one message.

    *id* is None unless the outcome is answer, command or safety. For ``suggest`` the *candidates* are the choices to offer,
    best first, at most four. *slots* holds what the sentence says beside the id (a time, days, an aspect such as ``count``).
    *why* are short Japanese phrases that a staff member can read.
    """

    outcome: Outcome
    id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    score: float = 0.0
    slots: Mapping[str, Any] = field(default_factory=dict)
    why: tuple[str, ...] = ()


def outcome_of(id: str) -> Outcome:
    """How a message about *id* counts: what starts or continues something is a command, what informs an answer."""
    kind = id.partition("/")[0]
    if kind == "safety":
        return "safety"
    return "command" if kind in ("command", "routine", "check") else "answer"
