"""Turn the practice's announcements off and on again.

Understands: 「お店の案内はいりません」「案内の配信を再開して」, and the buttons of the same name
"""

from dataclasses import replace
from typing import Literal

from bot import people, reminders
from bot.conversation import Reply, Text, Turn
from bot.understanding.normalise import normalise

ID = "command/reminder-stop"
What = Literal["announcements", "reminders"]


def stop(turn: Turn) -> Reply:
    """No announcements any more; reminders stay as they are, and are offered to be stopped as well."""
    people.stop_announcements(turn.person, turn.now)
    again = turn.button("button_start_announcements", "start-announcements")
    stopped = turn.say("announcements_stopped", again, about=ID, outcome="command")
    if not reminders.on(turn.session, turn.person):
        return stopped
    offer = Text(turn.words("announcements_reminders_go_on"))
    stop_all = turn.button("button_stop_all_reminders", "stop-reminders")
    return replace(stopped, bubbles=(*stopped.bubbles, offer), quick=(again, stop_all))


def start(turn: Turn) -> Reply:
    """Announcements come again."""
    people.start_announcements(turn.person)
    off = turn.button("button_stop_announcements", "stop-announcements")
    return turn.say("announcements_started", off, about=ID, outcome="command")


def are_wanted_again(turn: Turn) -> bool:
    """Whether the sentence asks for announcements to come, or to go on coming."""
    return "announcements" in meant(turn) and _holds(turn, "resume")


def meant(turn: Turn) -> frozenset[What]:
    """Which of the two a sentence is about: 案内 is the announcements, リマインド the reminders, 配信 alone is both."""
    if _holds(turn, "announcements"):
        return frozenset({"announcements", "reminders"} if _holds(turn, "reminders") else {"announcements"})
    if _holds(turn, "deliveries") and not (_holds(turn, "reminders") or _holds(turn, "notices")):
        return frozenset({"announcements", "reminders"})
    return frozenset({"reminders"})


def _holds(turn: Turn, key: str) -> bool:
    text = normalise(turn.text)
    return any(word in text for word in turn.library.language.words.get(key, ()))
