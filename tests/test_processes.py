"""The program as its users start it: real processes that answer over HTTP, stop when told, and say what is wrong."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from werkzeug.serving import make_server

from bot import db
from bot.clock import system_clock
from bot.library.loader import load
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform
from bot.teaching import phrasings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds after which a test that waits for a process has failed; the first start on a machine learns for a while."""
QUESTION, ANSWER = "タオルローイングのやり方", "タオルローイング"
SECRET, TOKEN = "5" * 32, "a-token-of-the-channel"

Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """What *look* finds in the end."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        pause.wait(0.05)
    pytest.fail(f"in vain: {what}")


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a process: ours is no matter of its."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{folder}/senaka.db", **more}


class Process:
    """A running command with what it says."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._said = (folder / f"{len(list(folder.glob('*.said')))}.said").open("wb+")
        self._popen = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT
        )
        self.pid = self._popen.pid

    @property
    def said(self) -> str:
        return Path(self._said.name).read_text(encoding="utf-8")

    def hear(self, pattern: str) -> re.Match[str]:
        """Wait until it says something of this form."""

        def look() -> re.Match[str] | None:
            found = re.search(pattern, self.said)
            if found is None and self._popen.poll() is not None:
                pytest.fail(f"ended with {self._popen.returncode}:\n{self.said}")
            return found

        return wait_for(look, f"{pattern} in:\n{self.said}")

    def family(self) -> set[int]:
        """The ids of its children and theirs."""
        found: set[int] = set()
        parents = [self.pid]
        while parents:
            for path in Path(f"/proc/{parents.pop()}/task").glob("*/children"):
                children = {int(child) for child in path.read_text(encoding="ascii").split()}
                found |= children
                parents += children
        return found

    def stop(self, number: signal.Signals) -> int:
        """End it by a signal; the exit code."""
        self._popen.send_signal(number)
        return self._popen.wait(PATIENCE)

    def end(self) -> None:
        """Leave nothing behind, whatever the test came to."""
        if self._popen.poll() is None:
            family = self.family()
            self._popen.terminate()
            try:
                self._popen.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                for pid in (self.pid, *family):
                    os.kill(pid, signal.SIGKILL)
                self._popen.wait(PATIENCE)
        self._said.close()


@contextmanager
def started(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[Process]:
    process = Process(command, folder, environment)
    try:
        yield process
    finally:
        process.end()


def bot(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=PATIENCE) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def act(chat: str, act: str, **given: Any) -> None:
    status, body = post(f"{chat}/{act}", json.dumps(given).encode(), {"Content-Type": "application/json"})
    assert status == 200, body


def heard(chat: str) -> str:
    """All that the bot has said in this talk."""
    with urllib.request.urlopen(f"{chat}/timeline", timeout=PATIENCE) as response:
        items = json.load(response)["items"]
    return json.dumps([item["messages"] for item in items if item["from"] == "bot"], ensure_ascii=False)


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_serve_answers_over_http_and_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with started(bot("serve"), tmp_path, surroundings(tmp_path, PORT="0")) as process:
        address = process.hear(r"Chat with it at (http://127\.0\.0\.1:\d+)/simulator/")[1]
        chat = f"{address}/simulator/chat/U{'a' * 32}"
        act(chat, "enter", name="Aya")
        act(chat, "say", text=QUESTION)
        wait_for(lambda: ANSWER in heard(chat), "the answer")
        with urllib.request.urlopen(f"{address}/healthz", timeout=PATIENCE) as response:
            assert response.status == 200
        family = process.family()
        begun = time.monotonic()

        assert process.stop(number) == 0
        assert time.monotonic() - begun < 10
        assert process.said.endswith("Senaka has stopped.\n")
        assert "Traceback" not in process.said
        assert not [pid for pid in family if is_alive(pid)]


def test_a_phrasing_that_staff_teach_is_answered_without_a_restart(tmp_path: Path) -> None:
    text, like_it, answer = "きしきしするの", "なんだかきしきしする", "白さの感じ方"
    environment = surroundings(tmp_path, PORT="0", CONTENT_DIR=str(ROOT / "tests" / "data" / "packs" / "dental"))
    with started(bot("serve"), tmp_path, environment) as process:
        address = process.hear(r"Chat with it at (http://127\.0\.0\.1:\d+)/simulator/")[1]
        chat = f"{address}/simulator/chat/U{'a' * 32}"
        act(chat, "enter", name="Aya")
        welcome = wait_for(lambda: len(json.loads(heard(chat))), "a welcome")
        act(chat, "say", text=text)
        wait_for(lambda: len(json.loads(heard(chat))) > welcome, "an answer")
        assert answer not in heard(chat)

        subprocess.run(
            bot("content", "teach", "faq/whitening", text), cwd=tmp_path, env=environment, check=True, timeout=PATIENCE
        )
        process.hear("phrasings of staff in force: 1")
        act(chat, "say", text=like_it)
        wait_for(lambda: answer in heard(chat), "what was taught")

        # As a console would do it: nobody has learnt it yet, the child must.
        sessions = db.connect(environment["DATABASE_URL"])
        with sessions.begin() as session:
            library = load(ROOT / "tests" / "data" / "packs" / "dental")
            phrasings.add(
                session, library, entry_id="faq/children", text="ちびすけのおくちのはなし", now=system_clock()
            )
        db.engine_of(sessions).dispose()
        process.hear("phrasings of staff in force: 2")
        act(chat, "say", text="ちびすけのおくち")
        wait_for(lambda: "3歳からどうぞ" in heard(chat), "what the child has learnt")

        family = process.family()
        assert process.stop(signal.SIGTERM) == 0
        assert text not in process.said
        assert "Traceback" not in process.said
        assert not [pid for pid in family if is_alive(pid)]


def run(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`serve` in surroundings in which it cannot start."""
    return subprocess.run(
        bot("serve"),
        cwd=folder,
        env=surroundings(folder) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, PORT=str(port))

    assert (done.returncode, done.stdout) == (1, "")
    [told] = done.stderr.splitlines()
    assert told.startswith(f"127.0.0.1:{port} cannot be used (Address already in use); ")
    assert f"PORT={port + 1} make run" in told
    assert not (tmp_path / "senaka.db").exists()


def test_a_broken_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "senaka.db").write_text("this is no database\n" * 100, encoding="utf-8")

    done = run(tmp_path, PORT="0")

    assert (done.returncode, done.stdout) == (1, "")
    [told] = done.stderr.splitlines()
    assert "cannot be used (file is not a database)" in told


def test_half_a_channel_is_told_in_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, PORT="0", LINE_CHANNEL_SECRET=SECRET)

    assert (done.returncode, done.stdout) == (1, "")
    [told] = done.stderr.splitlines()
    assert told.startswith("settings: LINE_CHANNEL_ACCESS_TOKEN: ")
    assert SECRET not in told


@pytest.fixture
def line() -> Iterator[tuple[Platform, str]]:
    """A LINE with one channel, and its address."""
    platform = Platform(SECRET, TOKEN, system_clock)
    courier = Courier(platform, "http://127.0.0.1:1/")  # Never started: the test brings the webhooks itself.
    server = make_server("127.0.0.1", 0, create_app(platform, courier), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield platform, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def of_procfile(name: str) -> list[str]:
    """The command of a process as the Procfile has it, in the interpreter of the tests."""
    text = (ROOT / "Procfile").read_text(encoding="utf-8")
    found = re.search(rf"^{name}: (.+)$", text, re.MULTILINE)
    assert found
    return ["sh", "-c", f"exec {found[1].replace('python ', f'{shlex.quote(sys.executable)} ', 1)}"]


def test_web_and_worker_answer_a_signed_webhook_once(tmp_path: Path, line: tuple[Platform, str]) -> None:
    platform, api = line
    port = free_port()
    channel = {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": TOKEN, "LINE_API_BASE": api}
    environment = surroundings(tmp_path, HOST="127.0.0.1", PORT=str(port), **channel)
    web = f"http://127.0.0.1:{port}"
    release = subprocess.run(
        of_procfile("release"), cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE, check=False
    )
    assert release.returncode == 0, release.stderr

    with (
        started(of_procfile("web"), tmp_path, environment) as granian,
        started(of_procfile("worker"), tmp_path, environment) as worker,
    ):
        worker.hear("worker: running")
        wait_for(lambda: is_healthy(web), "a healthy web server")
        phone = platform.phone("U" + "b" * 32, "Ben")

        body, headers = platform.webhook([phone.say(QUESTION)])
        assert post(f"{web}/line/webhook", body + b" ", headers)[0] == 400
        assert post(f"{web}/line/webhook", body, headers)[0] == 200
        wait_for(lambda: phone.received, "the answer")
        assert ANSWER in json.dumps(phone.received, ensure_ascii=False)
        first = len(platform.book)

        assert post(f"{web}/line/webhook", body, headers)[0] == 200
        # A later question that is answered shows that the one before was looked at.
        body, headers = platform.webhook([phone.say("営業時間")])
        assert post(f"{web}/line/webhook", body, headers)[0] == 200
        wait_for(lambda: len(platform.book) > first, "the second answer")

        assert len(platform.book) == first + 1
        family = granian.family() | worker.family()
        assert granian.stop(signal.SIGTERM) == 0
        assert worker.stop(signal.SIGTERM) == 0
        assert worker.said.endswith("worker: stopped\n")
        wait_for(lambda: not [pid for pid in family if is_alive(pid)], "no child")
        assert len(platform.book) == first + 1


def is_healthy(web: str) -> bool:
    try:
        with urllib.request.urlopen(f"{web}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
