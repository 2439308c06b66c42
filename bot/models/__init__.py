"""The tables, by noun."""

from bot.models.base import Base, UtcDateTime
from bot.models.broadcast import Broadcast
from bot.models.evidence import Evidence
from bot.models.inbox import InboxEvent
from bot.models.outbox import OutboxMessage
from bot.models.person import Person
from bot.models.phrasing import Phrasing
from bot.models.reminder import Completion, Reminder, Snooze
from bot.models.staff_request import StaffRequest

__all__ = [
    "Base",
    "Broadcast",
    "Completion",
    "Evidence",
    "InboxEvent",
    "OutboxMessage",
    "Person",
    "Phrasing",
    "Reminder",
    "Snooze",
    "StaffRequest",
    "UtcDateTime",
]
