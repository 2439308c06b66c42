"""The five commands that a sentence about reminders can give, and a wish for one of them."""

from dataclasses import dataclass

SET = "command/reminder-set"
LIST = "command/reminder-list"
PAUSE = "command/reminder-pause"
STOP = "command/reminder-stop"
SNOOZE = "command/snooze"


@dataclass(frozen=True)
class Wish:
    """A command, how its days and dates are to be taken, and the words that decided.

    *without*: the days named are those to leave out. *resumes*: a date is the first day on again. *holidays*: what is
    wanted on them.
    """

    command: str
    why: tuple[str, ...] = ()
    without: bool = False
    resumes: bool = False
    holidays: bool | None = None
