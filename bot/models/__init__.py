"""The tables, by noun."""

from bot.models.base import Base, UtcDateTime
from bot.models.broadcast import Broadcast
from bot.models.inbox import InboxEvent
from bot.models.outbox import OutboxMessage
from bot.models.person import Person
from bot.models.reminder import Completion, Reminder, Snooze
from bot.models.staff_request import StaffRequest

__all__ = [
    "Base",
    "Broadcast",
    "Completion",
    "InboxEvent",
    "OutboxMessage",
    "Person",
    "Reminder",
    "Snooze",
    "StaffRequest",
    "UtcDateTime",
]
