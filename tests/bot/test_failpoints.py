"""The switches of the tests of faults work only beside a simulator on this machine, and no setting knows them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "from bot import failpoints; print(failpoints.clock_error().total_seconds(), flush=True); failpoints.reach('here'); "
    "print('went on')"
)


def run(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    (folder / "clock").write_text("3600")
    known = {"PYTHONPATH": str(ROOT), "SENAKA_FAILPOINT": "here", "SENAKA_CLOCK": str(folder / "clock")}
    return subprocess.run(
        [sys.executable, "-c", CODE], env=known | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_beside_a_simulator_on_this_machine_the_process_dies_where_it_is_told_to(tmp_path: Path) -> None:
    done = run(tmp_path, LINE_API_BASE="http://127.0.0.1:8001")

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "3600.0\n")


@pytest.mark.parametrize("base", ["", "https://api.line.me", "http://127.0.0.1.example.com:80"])
def test_beside_a_real_line_nothing_happens(tmp_path: Path, base: str) -> None:
    done = run(tmp_path, LINE_API_BASE=base)

    assert (done.returncode, done.stdout) == (0, "0.0\nwent on\n")


def test_no_setting_turns_it_on() -> None:
    switches = re.compile(r"SENAKA_(FAILPOINT|CLOCK)")
    handed_out = [".env.example", "Procfile", "Makefile", "README.md", "README.ja.md"]
    workflows = [str(path.relative_to(ROOT)) for path in ROOT.glob(".github/**/*") if path.is_file()]

    knowing = [name for name in (*handed_out, *workflows) if switches.search((ROOT / name).read_text(encoding="utf-8"))]
    knowing += [
        str(path.relative_to(ROOT))
        for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/*.py"), *ROOT.glob("migrations/**/*.py")]
        if switches.search(path.read_text(encoding="utf-8"))
    ]

    assert knowing == ["bot/failpoints.py"]
    assert not [name for name in Settings.model_fields if "clock" in name or "failpoint" in name]
    assert not [name for name in os.environ if switches.fullmatch(name)]
