"""Reminders of routines: what is set, what rings, and what a person makes of a ring."""

from bot.reminders.batch import Due
from bot.reminders.book import find, of, on, react, rested, suspended
from bot.reminders.changes import Settings, history, last
from bot.reminders.pauses import pause, resume, resume_everything, resume_suspended
from bot.reminders.rings import Rung, last_rung, look_up_rungs, plan_due
from bot.reminders.schedule import has_pause_ahead, is_paused, rings_before
from bot.reminders.settings import move, stop, turn_on, undo
from bot.reminders.snoozes import can_snooze, is_resting, rest, snooze

__all__ = [
    "Due",
    "Rung",
    "Settings",
    "can_snooze",
    "find",
    "has_pause_ahead",
    "history",
    "is_paused",
    "is_resting",
    "last",
    "last_rung",
    "look_up_rungs",
    "move",
    "of",
    "on",
    "pause",
    "plan_due",
    "react",
    "rest",
    "rested",
    "resume",
    "resume_everything",
    "resume_suspended",
    "rings_before",
    "snooze",
    "stop",
    "suspended",
    "turn_on",
    "undo",
]
