"""The tables, by noun."""

from bot.models.alert import Alert
from bot.models.base import Base, UtcDateTime
from bot.models.broadcast import Broadcast
from bot.models.evidence import Evidence
from bot.models.inbox import InboxEvent
from bot.models.outbox import OutboxMessage
from bot.models.pace_bucket import PaceBucket
from bot.models.person import Person
from bot.models.phrasing import Phrasing
from bot.models.quota_reading import QuotaReading
from bot.models.reminder import BodyNote, Completion, Decision, Reminder, ReminderChange, Rest, Snooze
from bot.models.staff_request import StaffRequest

__all__ = [
    "Alert",
    "Base",
    "BodyNote",
    "Broadcast",
    "Completion",
    "Decision",
    "Evidence",
    "InboxEvent",
    "OutboxMessage",
    "PaceBucket",
    "Person",
    "Phrasing",
    "QuotaReading",
    "Reminder",
    "ReminderChange",
    "Rest",
    "Snooze",
    "StaffRequest",
    "UtcDateTime",
]
