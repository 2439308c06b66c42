"""Processes of the program for the tests of faults: started in groups of their own, killed by id, never left behind."""

import contextlib
import ctypes
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds after which something that should happen by itself has failed to; the machine may be busy with other work."""

Found = TypeVar("Found")
_PR_SET_PDEATHSIG = 1


def wait_for(look: Callable[[], Found], what: str | Callable[[], object], patience: float = PATIENCE) -> Found:
    """What *look* finds in the end; the test fails when that takes too long, and says *what* was awaited."""
    deadline = time.monotonic() + patience
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        pause.wait(0.05)
    pytest.fail(f"in vain: {what if isinstance(what, str) else what()}")


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def bot(*arguments: str) -> list[str]:
    """The command line of one of the program's own commands."""
    return [sys.executable, "-m", "bot", *arguments]


def of_procfile(name: str) -> list[str]:
    """The command of a process as the Procfile has it, in the interpreter of the tests."""
    found = re.search(rf"^{name}: (.+)$", (ROOT / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return ["sh", "-c", f"exec {found[1].replace('python ', f'{shlex.quote(sys.executable)} ', 1)}"]


def _end_with_us() -> None:
    """Ask the kernel to end this child should the tests be killed before they can end it themselves."""
    with contextlib.suppress(OSError, AttributeError):  # Linux alone knows this.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A running command, the head of a process group of its own, with what it says in *log*."""

    def __init__(
        self, command: list[str], log: Path, environment: Mapping[str, str], *, errors: Path | None = None
    ) -> None:
        """*errors*: where the standard error goes, if not into the *log*, too."""
        self.log = log
        with log.open("ab") as out, (errors or log).open("ab") as err:
            self._popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=_end_with_us,
            )
        self.pid = self._popen.pid

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        return self._popen.poll() is None

    def hear(self, pattern: str) -> re.Match[str]:
        """Wait until it says something of this form."""

        def look() -> re.Match[str] | None:
            found = re.search(pattern, self.said)
            if found is None and not self.is_running:
                pytest.fail(f"ended with {self._popen.returncode}:\n{self.said}")
            return found

        found = wait_for(look, lambda: f"{pattern} in:\n{self.said}")
        assert found is not None
        return found

    def signal(self, number: signal.Signals) -> None:
        """Signal it alone; a process that has ended already is no matter."""
        if self.is_running:
            self._popen.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self._popen.wait(PATIENCE)

    def kill(self) -> None:
        """``kill -9`` for it and its children, as a machine that loses its power does."""
        with contextlib.suppress(ProcessLookupError):  # All of them have ended.
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait(PATIENCE)

    def end(self) -> None:
        """End it politely if that is possible, and its group in any case."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(20)
        self.kill()
