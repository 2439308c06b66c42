"""The tables, by noun."""

from bot.models.alert import Alert
from bot.models.base import Base, UtcDateTime
from bot.models.broadcast import Broadcast, BroadcastMove, BroadcastTap, Picture, Segment
from bot.models.content_edit import Closure, ContentEdit
from bot.models.conversation import PersonNote, PersonTag, Programme, Takeover
from bot.models.erasure import Erasure
from bot.models.evidence import Evidence
from bot.models.inbox import InboxEvent
from bot.models.outbox import OutboxMessage
from bot.models.pace_bucket import PaceBucket
from bot.models.person import Person
from bot.models.phrasing import Phrasing
from bot.models.quota_reading import QuotaReading
from bot.models.reminder import BodyNote, Completion, Decision, Reminder, ReminderChange, Rest, Snooze
from bot.models.staff import AuditEntry, Secret, SignInFailure, StaffAccount, StaffSession, Switch
from bot.models.staff_request import StaffRequest
from bot.models.trial_run import TrialRun

__all__ = [
    "Alert",
    "AuditEntry",
    "Base",
    "BodyNote",
    "Broadcast",
    "BroadcastMove",
    "BroadcastTap",
    "Closure",
    "Completion",
    "ContentEdit",
    "Decision",
    "Erasure",
    "Evidence",
    "InboxEvent",
    "OutboxMessage",
    "PaceBucket",
    "Person",
    "PersonNote",
    "PersonTag",
    "Phrasing",
    "Picture",
    "Programme",
    "QuotaReading",
    "Reminder",
    "ReminderChange",
    "Rest",
    "Secret",
    "Segment",
    "SignInFailure",
    "Snooze",
    "StaffAccount",
    "StaffRequest",
    "StaffSession",
    "Switch",
    "Takeover",
    "TrialRun",
    "UtcDateTime",
]
