"""The command says what a bot must know, and keeps to itself what is not made up."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.simulator.conftest import SECRET, TOKEN, Bot

ROOT = Path(__file__).resolve().parents[3]
CHANNEL = {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": TOKEN}


def begin(folder: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bot", "simulator", *options]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)} | CHANNEL
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture
def running(tmp_path: Path, bot: Bot) -> "Iterator[subprocess.Popen[str]]":
    process = begin(tmp_path, "--port", "0", "--webhook", bot.url)
    yield process
    process.terminate()
    process.communicate(timeout=20)


def test_a_channel_that_is_set_is_used_and_not_printed(
    running: "subprocess.Popen[str]", tmp_path: Path, bot: Bot
) -> None:
    assert running.stdout is not None
    name, _, base = running.stdout.readline().strip().partition("=")
    assert name == "LINE_API_BASE"

    asked = urllib.request.Request(f"{base}/v2/bot/info", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as response:
        assert json.load(response)["displayName"] == "Bot"
    with urllib.request.urlopen(f"{base}/admin/settings", timeout=10) as response:
        assert json.load(response)["webhook"] == bot.url

    other = begin(tmp_path, "--port", base.rpartition(":")[2])
    said, complained = other.communicate(timeout=20)
    assert (other.returncode, said) == (1, "")
    assert "choose another with --port" in complained
