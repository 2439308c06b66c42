"""What the tests of faults do to a running process from outside: kill it at a named place, set its clock.

Outside such a test nothing here does anything: it takes environment variables that no setting knows, in a process
whose LINE is a simulator on this very machine.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

_is_rehearsal = os.environ.get("LINE_API_BASE", "").startswith("http://127.0.0.1:")
_doomed_at = os.environ.get("SENAKA_FAILPOINT") if _is_rehearsal else None
_clock_file = os.environ.get("SENAKA_CLOCK") if _is_rehearsal else None


def reach(place: str) -> None:
    """Die here, as by ``kill -9``, if that is what the test has chosen."""
    if place == _doomed_at:
        os.kill(os.getpid(), signal.SIGKILL)


def clock_error() -> timedelta:
    """By how much this process's clock is wrong at this moment: the seconds in the file that the test writes."""
    return timedelta(0) if _clock_file is None else timedelta(seconds=float(Path(_clock_file).read_text("ascii")))
