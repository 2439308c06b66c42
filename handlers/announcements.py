"""Turn the practice's announcements off and on again.

Understands: 「案内の配信を再開して」「案内の配信を受け取る」, and the buttons of the same name
"""

from bot import people
from bot.conversation import Reply, Turn

ID = "command/reminder-stop"


def stop(turn: Turn) -> Reply:
    """No announcements any more; reminders stay as they are."""
    people.stop_announcements(turn.person, turn.now)
    again = turn.button("button_start_announcements", "start-announcements")
    return turn.say("announcements_stopped", again, about=ID, outcome="command")


def start(turn: Turn) -> Reply:
    """Announcements come again."""
    people.start_announcements(turn.person)
    off = turn.button("button_stop_announcements", "stop-announcements")
    return turn.say("announcements_started", off, about=ID, outcome="command")


def are_wanted_again(turn: Turn) -> bool:
    """Whether the sentence asks for announcements to come, or to go on coming."""
    words = turn.library.language.words
    names, again = words.get("announcements", ()), words.get("resume", ())
    return any(name in turn.text for name in names) and any(word in turn.text for word in again)


def are_meant(turn: Turn) -> bool:
    """Whether the sentence speaks of announcements, or of everything that is sent."""
    return any(name in turn.text for name in turn.library.language.words.get("announcements", ()))
