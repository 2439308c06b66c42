"""How a person's reminders were before each change: to take the last one back, and to know how things stood on a day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import Person, Reminder, ReminderChange

UNDO_WITHIN = timedelta(hours=24)
"""How long a change can be taken back by its button."""


@dataclass(frozen=True)
class Settings:
    """How one reminder was set."""

    time: str
    days: tuple[str, ...]
    is_on_holidays: bool
    state: str
    paused_from: datetime | None
    paused_until: datetime | None

    @classmethod
    def of(cls, reminder: Reminder) -> "Settings":
        """The present settings of *reminder*."""
        return cls(
            time=reminder.time,
            days=tuple(reminder.days),
            is_on_holidays=reminder.is_on_holidays,
            state=reminder.state,
            paused_from=reminder.paused_from,
            paused_until=reminder.paused_until,
        )

    def restore(self, reminder: Reminder) -> None:
        """Give *reminder* these settings; its next ring is the caller's to set."""
        reminder.time, reminder.days = self.time, list(self.days)
        reminder.is_on_holidays, reminder.state = self.is_on_holidays, self.state
        reminder.paused_from, reminder.paused_until = self.paused_from, self.paused_until

    def covers(self, moment: datetime) -> bool:
        """Whether its pause lies over *moment*."""
        has_begun = self.paused_from is not None and self.paused_from <= moment
        return has_begun and (self.paused_until is None or moment < self.paused_until)


def keep(session: Session, person_id: int, reminders: Mapping[str, Reminder | None], now: datetime) -> None:
    """Write down how *reminders* (routine id -> reminder, None: there is none) are before they are changed."""
    if not reminders:
        return
    before = {id: None if reminder is None else _json(Settings.of(reminder)) for id, reminder in reminders.items()}
    session.add(ReminderChange(person_id=person_id, changed_at=now, before=before))
    session.flush()


def last(session: Session, person: Person) -> ReminderChange | None:
    """The person's latest change that was not taken back, or None."""
    return session.scalars(
        sa.select(ReminderChange)
        .where(ReminderChange.person_id == person.id, ReminderChange.undone_at.is_(None))
        .order_by(ReminderChange.id.desc())
        .limit(1)
    ).one_or_none()


def take_back(session: Session, person: Person, change_id: int, now: datetime) -> dict[str, Settings | None] | None:
    """Mark the change as taken back; the settings before it, or None when it is too old or not the last one."""
    change = last(session, person)
    if change is None or change.id != change_id or now - change.changed_at > UNDO_WITHIN:
        return None
    change.undone_at = now
    return _before(change)


def history(session: Session, person: Person) -> list[tuple[datetime, dict[str, Settings | None]]]:
    """Every change that holds, oldest first: when it was made, and how the reminders it touched were until then."""
    changes = session.scalars(
        sa.select(ReminderChange)
        .where(ReminderChange.person_id == person.id, ReminderChange.undone_at.is_(None))
        .order_by(ReminderChange.id)
    )
    return [(change.changed_at, _before(change)) for change in changes]


def _before(change: ReminderChange) -> dict[str, Settings | None]:
    return {id: None if value is None else _settings(value) for id, value in change.before.items()}


def _json(settings: Settings) -> dict[str, Any]:
    moments = {key: value.isoformat() for key, value in asdict(settings).items() if isinstance(value, datetime)}
    return asdict(settings) | {"days": list(settings.days)} | moments


def _settings(value: Mapping[str, Any]) -> Settings:
    moments = {
        key: datetime.fromisoformat(value[key]) if value[key] else None for key in ("paused_from", "paused_until")
    }
    return Settings(**{**value, "days": tuple(value["days"]), **moments})
