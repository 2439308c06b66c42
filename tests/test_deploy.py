"""What is shipped for running the program: the units of systemd say the same as the Procfile."""

import re
import shlex
from pathlib import Path

import pytest

from bot.worker import STOP_SECONDS

ROOT = Path(__file__).resolve().parents[1]
UNITS = ROOT / "deploy" / "systemd"
HERE = "/srv/senaka/.venv/bin/"
"""What systemd needs before a command, and a shell in the environment does not."""
SURROUNDINGS = {"${HOST:-0.0.0.0}": "127.0.0.1", "${PORT:-8000}": "8000", "${WEB_CONCURRENCY:-1}": "1"}
"""What the Procfile takes from the environment, as a unit on a machine behind a proxy has it."""


def of_procfile(name: str) -> list[str]:
    found = re.search(rf"^{name}: (.+)$", (ROOT / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    command = found[1]
    for variable, value in SURROUNDINGS.items():
        command = command.replace(variable, value)
    assert "$" not in command, "a variable of the Procfile is missing in SURROUNDINGS"
    return shlex.split(command)


def of_unit(name: str, key: str) -> str:
    [value] = re.findall(rf"^{key}=(.+)$", (UNITS / name).read_text(encoding="utf-8"), re.MULTILINE)
    return str(value)


@pytest.mark.parametrize(
    ("process", "unit", "key"),
    [
        ("release", "senaka-web.service", "ExecStartPre"),
        ("web", "senaka-web.service", "ExecStart"),
        ("worker", "senaka-worker.service", "ExecStart"),
    ],
)
def test_a_unit_starts_what_the_procfile_starts(process: str, unit: str, key: str) -> None:
    program, *arguments = shlex.split(of_unit(unit, key))

    assert [program.removeprefix(HERE), *arguments] == of_procfile(process)


def test_systemd_waits_longer_than_the_web_server_does_for_whoever_hangs_on() -> None:
    kill_timeout = re.search(r"--workers-kill-timeout (\d+)s", of_unit("senaka-web.service", "ExecStart"))
    assert kill_timeout

    assert int(of_unit("senaka-web.service", "TimeoutStopSec")) > int(kill_timeout[1])


def test_systemd_waits_longer_than_a_worker_needs_to_end_what_it_has_in_hand() -> None:
    assert int(of_unit("senaka-worker.service", "TimeoutStopSec")) > STOP_SECONDS
