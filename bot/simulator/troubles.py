"""What may be made to go wrong by its name: for once, or until it is switched off; for page, admin routes and scripts."""

import threading
from typing import Literal, get_args

from .answers import Fault
from .limits import SENDS

Trouble = Literal[
    "rate",  # LINE refuses a message: too much at once.
    "month",  # LINE refuses a message: the month's are used up.
    "error",  # LINE has an error of its own and takes nothing.
    "silence",  # LINE takes nothing and does not answer.
    "taken",  # LINE takes the message and does not answer.
    "blocked",  # The person has blocked the bot, which nobody has told it: LINE takes the message and shows it to nobody.
    "redelivery",  # LINE brings an event that was taken once more.
    "reorder",  # LINE brings the next event before this one.
    "standby",  # Another bot is talking: the event carries no reply token.
]
NAMES: tuple[Trouble, ...] = get_args(Trouble)
Mode = Literal["next", "on", "off"]
MODES: tuple[Mode, ...] = get_args(Mode)

_FAULTS: dict[Trouble, Fault] = {
    "rate": Fault(429),
    "month": Fault(429, message="You have reached your monthly limit."),
    "error": Fault(500),
    "silence": Fault("silence"),
    "taken": Fault("silence", taken=True),
}


class Troubles:
    """The switches; safe to use from many threads."""

    def __init__(self) -> None:
        self._modes: dict[str, str] = {}
        self._lock = threading.Lock()

    def set(self, name: str, mode: str) -> None:
        """Let it go wrong for the *next* time, until it is switched off (*on*), or no more (*off*); ValueError for others."""
        if name not in NAMES or mode not in MODES:
            raise ValueError(f"{name}: {mode} is none of {', '.join(NAMES)}: {', '.join(MODES)}")
        with self._lock:
            self._modes.pop(name, None)
            if mode != "off":
                self._modes[name] = mode

    def as_json(self) -> dict[str, str]:
        """What goes wrong at present, each with its mode."""
        with self._lock:
            return dict(self._modes)

    def take(self, name: Trouble) -> bool:
        """Whether it goes wrong this time; what was for once is over then."""
        with self._lock:
            mode = self._modes.get(name)
            if mode == "next":
                del self._modes[name]
            return mode is not None

    def fault_of(self, endpoint: str) -> Fault | None:
        """What goes wrong with a request to *endpoint*, if anything: only what sends messages does."""
        if endpoint not in SENDS:
            return None
        return next((fault for name, fault in _FAULTS.items() if self.take(name)), None)
