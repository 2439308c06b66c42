"""What a message was taken to mean, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

Outcome = Literal["answer", "suggest", "fallback", "command", "safety"]


@dataclass(frozen=True)
class Candidate:
    """One id that the message may be about; *score* is the calibrated share, 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True)
class Context:
    """What the conversation was about: the last topic, the choices last offered (in order), and the running step.

    *zone* is where the person's clock hangs; None for the practice's own.
    """

    topic: str | None = None
    offered: tuple[str, ...] = ()
    step: str | None = None
    zone: ZoneInfo | None = None


Reasons = tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """The reading of one message.

    *id* is None unless the outcome is answer, command or safety. For ``suggest`` the *candidates* are the choices to offer,
    best first, at most four. *slots* holds what the sentence says beside the id (a time, days, an aspect such as ``count``).
    *reasons* are short Japanese phrases that a staff member can read, or what words them when somebody asks: most messages are
    answered without anybody asking why, and the wording takes longer than the decision. *is_alike_only* marks a matter of
    safety that no rule found, only its likeness to the examples. *also* are the other questions of the message, in their order.
    """

    outcome: Outcome
    id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    score: float = 0.0
    slots: Mapping[str, Any] = field(default_factory=dict)
    reasons: Reasons | Callable[[], Reasons] = field(default=(), compare=False, repr=False)
    is_alike_only: bool = False
    also: tuple["Meaning", ...] = ()

    @property
    def why(self) -> Reasons:
        """The reasons in words."""
        return self.reasons() if callable(self.reasons) else self.reasons


def outcome_of(id: str) -> Outcome:
    """How a message about *id* counts: what starts or continues something is a command, what informs an answer."""
    kind = id.partition("/")[0]
    if kind == "safety":
        return "safety"
    return "command" if kind in ("command", "routine", "check") else "answer"
