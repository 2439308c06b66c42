"""Answers 「なぜ届かなかった？」 for one of a person's days: from what was stored, else from how things were set then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from string import Template
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import calendar, reminders
from bot.delivery import decisions, gate, outbox, states
from bot.library.library import Library
from bot.models import Broadcast, OutboxMessage, Person, Reminder

_ACCEPTED = ("accepted", "accepted-before", "carried")


@dataclass(frozen=True)
class Finding:
    """What became of one message, or of a reminder for which there was none.

    *reason* is a word of the gate's, of LINE's answer or of ours; *at* is when it was sent, or will be.
    """

    purpose: str
    fate: Literal["sent", "waiting", "kept", "unsure", "not-sent"]
    reason: str | None = None
    due_at: datetime | None = None
    at: datetime | None = None
    routine_id: str | None = None
    reference: str | None = None
    outcome: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Question:
    """What is asked: about which of a person's days, who live in *zone*, and when (*now*)."""

    person: Person
    day: date
    zone: ZoneInfo
    now: datetime

    @property
    def begins(self) -> datetime:
        """When the day begins."""
        return calendar.day_begins(self.day, self.zone)

    @property
    def ends(self) -> datetime:
        """When the next day begins."""
        return calendar.day_begins(self.day + timedelta(days=1), self.zone)


def find(session: Session, asked: Question, routine_id: str | None = None) -> list[Finding]:
    """All that was, or was not, sent on the day, in its order: of one routine, or of everything (None)."""
    found = [*_messages(session, asked), *_exceptions(session, asked)]
    if routine_id is None:
        found += _unannounced(session, asked, {one.reference for one in found})
        wanted = {reminder.routine_id for reminder in reminders.of(session, asked.person)}
    else:
        found = [one for one in found if one.routine_id == routine_id]
        wanted = {routine_id}
    traced = {one.routine_id for one in found if one.purpose == "reminder"}
    found += [_untraced(session, asked, id) for id in sorted(wanted - traced)]
    return sorted(found, key=lambda one: one.due_at or asked.ends)


def held_back(session: Session, library: Library, person: Person, now: datetime) -> list[tuple[date, str]]:
    """What did not go to the person in the last week, or will until tomorrow, in words, each with its day; the last day first."""
    zone = ZoneInfo(person.timezone) if person.timezone else library.timezone
    today = calendar.day_of(now, zone)
    known = calendar.days_of(max(person.created_at, now - timedelta(days=7)), now + timedelta(days=1), zone)
    told = []
    for day in reversed(known):
        asked = Question(person, day, zone, now)
        for one in find(session, asked):
            # What was never set needs no reason.
            is_news = one.fate not in ("sent", "waiting") or (one.fate == "waiting" and day >= today)
            if is_news and one.reason not in ("no-consent", "set-later"):
                told.append((day, say(library, asked, one)))
    return told


def _messages(session: Session, asked: Question) -> Iterator[Finding]:
    """What the outbox tells; of answers only those that did not arrive."""
    name = asked.person.line_user_id
    announced = [f"broadcast {one.id}" for one in _broadcasts(session, asked)]
    is_ring = OutboxMessage.purpose.in_(("reminder", "snooze")) & (OutboxMessage.day == asked.day)
    is_due = OutboxMessage.purpose.in_(("summary", "announcement")) & _is_in(OutboxMessage.due_at, asked)
    is_announced = OutboxMessage.reference.in_(announced) & (OutboxMessage.purpose == "announcement")
    is_lost = (
        (OutboxMessage.purpose == "answer")
        & _is_in(OutboxMessage.created_at, asked)
        & OutboxMessage.outcome.not_in(_ACCEPTED)
    )
    rows = sa.select(OutboxMessage).where(sa.or_(is_ring, is_due, is_announced, is_lost), outbox.names(name))
    for row in session.scalars(rows.order_by(OutboxMessage.id)):
        finding = Finding(
            purpose=row.purpose,
            fate="not-sent",
            reason=row.reason,
            due_at=row.due_at or row.created_at,
            routine_id=row.routine_id,
            reference=row.reference,
            outcome=row.outcome,
            request_id=row.request_id,
        )
        if name in row.left_out:
            yield replace(finding, reason=row.left_out[name], outcome="dropped")
        elif row.outcome is None:
            yield replace(finding, fate="kept" if row.waits_for_reply else "waiting", at=row.next_try_at)
        elif row.outcome in _ACCEPTED:
            yield replace(finding, fate="sent", at=row.settled_at)
        elif row.outcome != "split":  # Else the parts are rows of their own.
            yield replace(finding, fate="unsure" if row.outcome == "unknown" else "not-sent")


def _exceptions(session: Session, asked: Question) -> Iterator[Finding]:
    """What was decided when it was due, before any message was made of it."""
    for one in decisions.of(session, asked.person, day=asked.day, begins=asked.begins, ends=asked.ends):
        fate: Literal["waiting", "not-sent"] = "waiting" if one.verb == "hold" else "not-sent"
        yield Finding(one.purpose, fate, one.reason, due_at=one.due_at, at=one.until, routine_id=one.routine_id)


def _unannounced(session: Session, asked: Question, told: set[str | None]) -> Iterator[Finding]:
    """Announcements of the day that were never meant for the person."""
    person = asked.person
    for one in _broadcasts(session, asked):
        if f"broadcast {one.id}" in told:
            continue
        # Which conditions they met then, nobody knows any more.
        reason = "segment" if one.segment else "no-record"
        if person.created_at > one.created_at:
            reason = "met-later"
        elif person.announcements_stopped_at is not None and person.announcements_stopped_at <= one.created_at:
            reason = "stopped"
        elif person.blocked_at is not None and person.blocked_at <= one.created_at:
            reason = "blocked"
        yield Finding("announcement", "not-sent", reason, due_at=one.send_at, reference=f"broadcast {one.id}")


def _untraced(session: Session, asked: Question, routine_id: str) -> Finding:
    """Why nothing is stored of a reminder on the day: what its settings say, as they were when it was due."""
    reminder = reminders.find(session, asked.person, routine_id)
    last = None if reminder is None else _settings(session, asked.person, reminder, min(asked.ends, asked.now))
    if reminder is None or last is None:
        return Finding("reminder", "not-sent", "no-consent", routine_id=routine_id)
    due_at = calendar.instant(asked.day, last.time, ZoneInfo(reminder.zone))
    message = gate.Message("reminder", due_at, routine_id, asked.day)
    finding = Finding("reminder", "not-sent", due_at=due_at, routine_id=routine_id)
    if last.state == "suspended":
        return replace(finding, reason="suspended")
    if due_at > asked.now:
        known = states.load(session, [asked.person.line_user_id], message, asked.now, zone=asked.zone)
        state = known[asked.person.line_user_id]
        reason = gate.decide(message, state.person, due_at, state.ledger).reason
        return replace(finding, reason=reason) if reason else replace(finding, fate="waiting", at=due_at)
    then = _settings(session, asked.person, reminder, due_at)
    reason_then, reason_last = (_reason(message, settings, asked.zone) for settings in (then, last))
    is_moved = then is None or then.time != last.time
    if reason_last is None and (is_moved or reason_then is not None):
        return replace(finding, reason="set-later")
    return replace(finding, reason=reason_then or "no-record")


def _reason(message: gate.Message, settings: reminders.Settings | None, zone: ZoneInfo) -> str | None:
    """Why the settings keep the reminder from ringing at the moment it is due; None when they do not."""
    state = None
    if settings is not None:
        state = gate.ReminderState(
            settings.state, settings.days, settings.is_on_holidays, settings.paused_from, settings.paused_until
        )
    return gate.decide(message, gate.PersonState(zone, reminder=state), message.due_at, gate.Ledger()).reason


def _settings(session: Session, person: Person, reminder: Reminder, moment: datetime) -> reminders.Settings | None:
    """How the reminder was set at *moment*; None when it did not exist yet."""
    for changed_at, before in reminders.history(session, person):
        if changed_at > moment and reminder.routine_id in before:
            return before[reminder.routine_id]
    return reminders.Settings.of(reminder) if reminder.created_at <= moment else None


def _broadcasts(session: Session, asked: Question) -> Sequence[Broadcast]:
    is_begun = Broadcast.state.in_(("sending", "paused", "stopped", "sent"))
    theirs = sa.select(Broadcast).where(_is_in(Broadcast.send_at, asked), is_begun, Broadcast.way == "people")
    return session.scalars(theirs.order_by(Broadcast.id)).all()


def _is_in(moment: InstrumentedAttribute[Any], asked: Question) -> sa.ColumnElement[bool]:
    return sa.and_(moment >= asked.begins, moment < asked.ends)


def say(library: Library, asked: Question, finding: Finding) -> str:
    """*finding* on one line of Japanese for staff: what, when and why. Never what the message said."""
    words = library.messages

    def clock(moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.astimezone(asked.zone)
        return f"{local:%H:%M}" if local.date() == asked.day else f"{local.month}/{local.day} {local:%H:%M}"

    entry = library.entries.get(finding.routine_id or "")
    about = Template(words[f"explain_about_{finding.purpose}"]).substitute(
        title=finding.routine_id if entry is None else entry.title,
        number=(finding.reference or "").rpartition(" ")[2],
    )
    says = Template(words[f"explain_fate_{finding.fate.replace('-', '_')}"]).substitute(
        at=clock(finding.at), outcome=finding.outcome, request=finding.request_id
    )
    key = f"explain_why_{(finding.reason or '').replace('-', '_')}"
    why = words.get(key, finding.reason or "")
    return " ".join(part for part in (clock(finding.due_at), about, says, why) if part)
