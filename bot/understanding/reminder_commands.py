"""The five commands that a sentence about reminders can give, and a wish for one of them."""

from dataclasses import dataclass

SET = "command/reminder-set"
LIST = "command/reminder-list"
PAUSE = "command/reminder-pause"
STOP = "command/reminder-stop"
SNOOZE = "command/snooze"


@dataclass(frozen=True)
class Wish:
    """A command, how its dates are to be taken, and the words that decided.

    *resumes*: a date is the first day on again.
    """

    command: str
    why: tuple[str, ...] = ()
    resumes: bool = False
