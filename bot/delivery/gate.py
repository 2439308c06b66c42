"""The gate: whether a message may go to a person now. Every push passes it, and nothing reaches LINE around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import jpholiday

from bot import calendar
from bot.delivery.rules import Opening, Rules
from bot.models.outbox import Purpose

__all__ = [
    "DEFAULT_RULES",
    "GRACE",
    "SEND",
    "Decision",
    "Ledger",
    "Message",
    "Opening",
    "PersonState",
    "Reason",
    "ReminderState",
    "Rules",
    "decide",
    "is_late",
]

Reason = Literal[
    "unknown-person",  # Nobody we know (any more).
    "blocked",  # The person blocked or left us.
    "no-consent",  # The person never asked for it.
    "stopped",  # The person stopped it.
    "body",  # What the person told of their body forbids exercise.
    "paused",  # The person gave it a rest for some days.
    "resting",  # The person gave it a rest for this day.
    "done",  # The routine was done on this day.
    "weekday",  # The person does not want it on this weekday.
    "holiday",  # The person does not want it on public holidays.
    "backing-off",  # Nobody reacted for some days: it rings less often.
    "rang",  # It has rung for this day.
    "too-late",  # Its time is over.
    "quiet-hours",  # It is night, and the person did not choose this hour.
    "closed",  # The practice is closed.
    "too-often",  # The person has had enough announcements for now.
    "restored",  # The database is back from a backup: it may have gone before.
    "quota",  # What is left of the month is kept for more important messages, or nothing is left.
]

GRACE: dict[Purpose, timedelta] = {
    "reminder": timedelta(minutes=45),
    "snooze": timedelta(minutes=45),
    "summary": timedelta(hours=3),
    "announcement": timedelta(hours=2),
    "alert": timedelta(hours=24),
}
"""How late a message may go out; later it is passed over. An answer has the time that its row says."""

WAITS: dict[Purpose, timedelta] = {
    "reminder": timedelta(days=1),
    "summary": timedelta(days=3),
    "announcement": timedelta(days=7),
    "alert": timedelta(days=7),
    "answer": timedelta(days=1),
    "staff": timedelta(days=1),
    "test": timedelta(days=1),
}
"""How long what the month has no room for waits for the person's next message, to go with the answer."""

BY_HAND: frozenset[Purpose] = frozenset({"answer", "staff", "test"})
"""What somebody asked for or wrote this minute: neither the hour nor the reserve holds it back."""
TO_ANYBODY: frozenset[Purpose] = frozenset({"answer", "alert", "test"})
"""What also goes to whom we do not know: an answer to somebody who was just deleted, and what staff get."""

DEFAULT_RULES = Rules()


@dataclass(frozen=True)
class Message:
    """What is to be sent: for what, for which routine and day, and the moment it is meant for."""

    purpose: Purpose
    due_at: datetime
    routine_id: str | None = None
    day: date | None = None
    expires_at: datetime | None = None
    in_opening_hours: bool = False
    is_urgent: bool = False
    """Whether it goes at any hour, because the practice says so."""
    can_wait: bool = False
    """Whether it is of so little worth that it may wait for the person's next message."""
    is_free: bool = False
    """Whether it goes with a message that is sent anyway, so that neither the hour nor the count matters."""


@dataclass(frozen=True)
class ReminderState:
    """How the person has set the routine's reminder."""

    state: str
    days: Sequence[str]
    is_on_holidays: bool
    paused_from: datetime | None = None
    paused_until: datetime | None = None

    def is_paused(self, moment: datetime) -> bool:
        """Whether it rests at *moment*."""
        has_begun = self.paused_from is not None and self.paused_from <= moment
        return has_begun and (self.paused_until is None or moment < self.paused_until)


@dataclass(frozen=True)
class PersonState:
    """What the gate wants to know of a recipient. *reminder* is that of the message's routine; None: never turned on."""

    zone: ZoneInfo
    is_blocked: bool = False
    has_stopped_announcements: bool = False
    wants_summary: bool = False
    is_barred: bool = False
    reminder: ReminderState | None = None


@dataclass(frozen=True)
class Ledger:
    """What has happened so far: to the routine on the message's day, to the person's announcements, to the month."""

    is_done: bool = False
    is_resting: bool = False
    announcements_today: int = 0
    announcements_this_week: int = 0
    left_of_month: int | None = None
    """How many messages the month still has; None when there is no limit or nobody knows."""
    needed_of_month: int = 0
    """How many of them reminders will still need."""
    is_month_full: bool = False
    """Whether LINE has said that the month is used up."""


@dataclass(frozen=True)
class Decision:
    """Send it, hold it back until *until*, let it wait for the person's next message, or drop it; *reason* says why."""

    verb: Literal["send", "hold", "wait", "drop"]
    reason: Reason | None = None
    until: datetime | None = None


SEND = Decision("send")


def decide(
    message: Message, person: PersonState | None, now: datetime, ledger: Ledger, rules: Rules = DEFAULT_RULES
) -> Decision:
    """Whether *message* may be pushed to *person* (None: nobody we know) at *now*, by *ledger* and *rules*.

    Pure. In this order: who can be reached, what they want, what has happened, what time it is, what it costs. An answer
    is asked for by the person, so it goes to a stranger too: somebody who just had everything deleted still gets the
    confirmation; only time, a block and a month that LINE calls used up can stop it. Staff need not be known to us.
    """
    is_by_hand = message.purpose in BY_HAND
    if person is None:
        reason: Reason | None = None if message.purpose in TO_ANYBODY else "unknown-person"
    elif person.is_blocked:
        reason = "blocked"
    else:
        reason = None if is_by_hand else _unwanted(message, person, now) or _settled(message, ledger)
    if reason is None and is_late(message, now):
        reason = "too-late"
    if reason is not None:
        return Decision("drop", reason)
    if message.is_free:
        return SEND
    zone = rules.zone if person is None else person.zone
    by_the_clock = None if is_by_hand or message.is_urgent else _by_the_clock(message, zone, now, rules)
    return by_the_clock or _too_often(message, ledger, rules) or _by_the_month(message, ledger, rules) or SEND


def is_late(message: Message, now: datetime) -> bool:
    """Whether it is too late for *message* at *now*: by its own deadline, or by the grace of its purpose."""
    has_expired = message.expires_at is not None and now >= message.expires_at
    grace = None if message.is_free else GRACE.get(message.purpose)
    return has_expired or (grace is not None and now >= message.due_at + grace)


def _unwanted(message: Message, person: PersonState, now: datetime) -> Reason | None:
    """Why the person does not want it, or must not have it."""
    reason: Reason | None = None
    if message.purpose == "alert":
        return None
    if message.purpose == "announcement":
        return "stopped" if person.has_stopped_announcements else None
    if message.purpose == "summary":
        return None if person.wants_summary else "stopped"
    if message.purpose == "reminder":  # A snooze is asked for by itself, whether or not the routine has a reminder.
        reason = _unset(message, person.reminder, now)
    return reason or ("body" if person.is_barred else None)


def _unset(message: Message, reminder: ReminderState | None, now: datetime) -> Reason | None:
    """Why the reminder's own settings keep it from ringing for the message's day."""
    if reminder is None:
        return "no-consent"
    if reminder.state != "on":
        return "stopped"
    if reminder.is_paused(message.due_at) or reminder.is_paused(now):
        return "paused"
    if message.day is not None and calendar.WEEKDAYS[message.day.weekday()] not in reminder.days:
        return "weekday"
    if message.day is not None and not reminder.is_on_holidays and jpholiday.is_holiday(message.day):
        return "holiday"
    return None


def _settled(message: Message, ledger: Ledger) -> Reason | None:
    """Why there is nothing left to remind of."""
    if message.purpose not in ("reminder", "snooze"):
        return None
    if ledger.is_done:
        return "done"
    return "resting" if ledger.is_resting else None


def _by_the_clock(message: Message, zone: ZoneInfo, now: datetime, rules: Rules) -> Decision | None:
    """Why not at this hour.

    An hour that the person chose is no quiet one; lateness is not of their choosing, and a reminder can do without. What
    we chose waits for the first hour that will do.
    """
    is_quiet = rules.is_quiet(now, zone)
    if message.purpose in ("reminder", "snooze"):
        is_chosen = rules.is_quiet(message.due_at, zone)
        return Decision("drop", "quiet-hours") if is_quiet and not is_chosen else None
    until = rules.next_fit(now, zone, in_opening_hours=message.in_opening_hours)
    if until == now:
        return None
    reason: Reason = "quiet-hours" if is_quiet else "closed"
    return Decision("drop", reason) if until is None else Decision("hold", reason, until)


def _too_often(message: Message, ledger: Ledger, rules: Rules) -> Decision | None:
    """Why not so many. What the person set themselves is never counted against them."""
    if message.purpose != "announcement":
        return None
    if ledger.announcements_today >= rules.most_a_day or ledger.announcements_this_week >= rules.most_a_week:
        return Decision("drop", "too-often")
    return None


def _by_the_month(message: Message, ledger: Ledger, rules: Rules) -> Decision | None:
    """Why the month has no room for it.

    What can wait leaves room for the reminders still to come and the reserve, a reminder for the reserve alone. An answer,
    an alert and what the practice wants sent at any price may use the reserve; of an answer LINE has the last word.
    """
    left = ledger.left_of_month
    is_ring = message.purpose in ("reminder", "snooze")
    if left is None or (message.purpose in BY_HAND and not ledger.is_month_full):
        return None
    kept = 0
    if message.can_wait:
        kept = rules.reserve + ledger.needed_of_month
    elif is_ring:
        kept = rules.reserve
    if left > kept and not ledger.is_month_full:
        return None
    return Decision("drop" if is_ring and not message.can_wait else "wait", "quota")
