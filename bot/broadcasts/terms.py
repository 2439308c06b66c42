"""What an announcement has to meet before it may move on, and the refusal that says what it does not meet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.broadcasts.content import Content
from bot.delivery.messenger import Message
from bot.delivery.rules import Rules
from bot.library.library import Library
from bot.models import Broadcast

Paint = Callable[[Content, Broadcast], Sequence[Message]]
"""Content as LINE messages; made by the composition root (`bot.line.announcements.render` with addresses filled in)."""

Worst = Literal["none", "low", "medium", "high"]
"""How grave the gravest finding of the lint is."""

Problem = Literal[
    "wrong-state",  # It has moved on in the meantime, or never could from there.
    "problems",  # The content is not what LINE takes; `content.problems` says why. Facts: count.
    "lint-high",  # Its words must not go out.
    "not-tested",  # Nobody has looked at this version as it will arrive.
    "not-approved",  # Somebody else has to approve of this version.
    "own-work",  # Who made or changed it cannot approve of it.
    "in-the-past",
    "too-far",  # A slip of the year: it would wait where nobody looks.
    "no-people",  # Nobody would get it.
    "somebody-stopped",  # LINE's own list would reach people who stopped announcements. Facts: people.
    "does-not-fit",  # The month has not enough counted messages. Facts: short, free, people.
]


class RefusedError(Exception):
    """The move cannot be made; *problem* is a key of words, *facts* are its figures."""

    def __init__(self, problem: Problem, **facts: int) -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.facts: Mapping[str, int] = facts


@dataclass(frozen=True)
class Terms:
    """What the practice lays down for its announcements."""

    rules: Rules = field(default_factory=Rules)
    needs_approval: bool = False
    """Whether each needs the approval of somebody else (``announcements: approval: true`` in practice.yaml)."""
    late_after: timedelta = timedelta(hours=2)
    """How late one may still begin; later a human decides."""
    is_public: bool = True
    """Whether we have a public address, without which LINE shows no pictures."""

    @classmethod
    def of(cls, library: Library, *, is_public: bool) -> "Terms":
        """The terms that the pack lays down."""
        announcements = library.practice.announcements
        return cls(
            rules=Rules.of(library),
            needs_approval=announcements.approval,
            late_after=timedelta(minutes=announcements.late_after_minutes),
            is_public=is_public,
        )


def needs_approval(terms: Terms, worst: Worst) -> bool:
    """Whether somebody else has to approve: the practice wants it, or the words are risky."""
    return terms.needs_approval or worst in ("medium", "high")
