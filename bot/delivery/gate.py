"""The gate: whether a message may go to a person now. Every push passes it, and nothing reaches LINE around it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.models.outbox import Purpose


@dataclass(frozen=True)
class PersonState:
    """What the gate wants to know of a recipient."""

    is_blocked: bool
    has_stopped_announcements: bool
    has_reminders: bool
    """Whether at least one reminder is on: nobody is reminded who did not ask for it."""


@dataclass(frozen=True)
class Decision:
    """Send it, hold it back until *until*, or drop it; *reason* says why not now."""

    verb: Literal["send", "hold", "drop"]
    reason: str | None = None
    until: datetime | None = None


SEND = Decision("send")


def decide(
    purpose: Purpose, person: PersonState | None, now: datetime, *, expires_at: datetime | None = None
) -> Decision:
    """Whether a message of this *purpose* may be pushed to *person* (None: nobody we know) at *now*.

    An answer is asked for by the person, so it goes to a stranger too: somebody who just had everything deleted still
    gets the confirmation. All else needs a person who can be reached and wants it.
    """
    if expires_at is not None and now >= expires_at:
        return Decision("drop", "too-late")
    if person is None:
        return SEND if purpose == "answer" else Decision("drop", "unknown-person")
    if person.is_blocked:
        return Decision("drop", "blocked")
    if purpose == "announcement" and person.has_stopped_announcements:
        return Decision("drop", "announcements-stopped")
    if purpose == "reminder" and not person.has_reminders:
        return Decision("drop", "reminders-off")
    return SEND
