"""The first start of a pack: a child learns it, and this process reads what it left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.teaching.knowledge import Knowledge, learn
from bot.teaching.phrasings import Taught
from bot.understanding import cache, elsewhere, safety_lessons
from bot.understanding.morphology import looked_up
from tests.bot.conftest import DENTAL
from tests.bot.understanding.test_safety import taught as small_book
from tests.fakes import NOON
from tests.test_processes import wait_for

WHITENING = "faq/whitening"
BROKEN = (sys.executable, "-c", "import sys; sys.exit('Broken')")
NOTING = """
import fcntl, runpy
from bot.understanding import cache

learnt = cache.learnt

def noted(*given):
    with open({lock!r}) as lock, open({path!r}, "a") as file:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.write("learnt while others have to wait\\n")
        else:
            file.write("learnt\\n")
    return learnt(*given)

cache.learnt = noted
runpy.run_module("bot.teaching.beginner", run_name="__main__")
"""
WAITING = """
import os, signal, sys
from bot.teaching.apprentice import Apprentice

signal.signal(signal.SIGINT, signal.default_int_handler)  # Who starts the tests in the background has it ignored.

child = "import os, signal; print(os.getpid(), file=open({path!r}, 'w'), flush=True); signal.pause()"
Apprentice([sys.executable, "-c", child]).ask({{}})
"""


def understands(knowledge: Knowledge) -> bool:
    return knowledge.read("ホワイトニングの値段", NOON).id == WHITENING


@pytest.fixture
def nothing_is_learnt_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever learns in this process fails."""

    def fail(*given: object) -> None:
        raise AssertionError("learnt in this process")

    monkeypatch.setattr(cache, "learnt", fail)
    monkeypatch.setattr(safety_lessons, "_learn", fail)
    looked_up.cache_clear()
    yield
    assert looked_up.cache_info().misses == 0, "the dictionary was asked in this process"


@pytest.mark.usefixtures("nothing_is_learnt_here")
def test_a_first_start_learns_nothing_itself_nor_asks_the_dictionary(tmp_path: Path) -> None:
    lesson = Taught((1,), ((WHITENING, "歯をぴかぴかに"),))
    knowledge = learn(DENTAL, lesson, tmp_path)

    assert len(list(tmp_path.glob("*.npz"))) == 1
    assert knowledge.taught == lesson
    assert set(knowledge.understanding.matcher._index.ids) >= {WHITENING}


def test_a_later_start_needs_no_child(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    learn(DENTAL, cache=tmp_path)

    assert understands(learn(DENTAL, cache=tmp_path, child=BROKEN))
    assert "the child" not in caplog.text


def test_what_a_child_teaches_is_what_would_have_been_learnt_here(dental: Knowledge, tmp_path: Path) -> None:
    knowledge = learn(DENTAL, cache=tmp_path)

    for text in ("ホワイトニングの値段", "子どもの歯", "ほげほげ", "歯が痛くて眠れない"):
        assert knowledge.read(text, NOON) == dental.read(text, NOON)


def test_of_two_starts_at_once_the_first_learns_for_both(tmp_path: Path) -> None:
    notes, folder = tmp_path / "notes", tmp_path / "cache"
    child = (sys.executable, "-c", NOTING.format(path=str(notes), lock=str(folder / "learning.lock")))
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: learn(DENTAL, cache=folder, child=child), range(2)))

    assert all(map(understands, both))
    assert notes.read_text() == "learnt while others have to wait\n"


@pytest.mark.parametrize("child", [BROKEN, ("/no/such/program",)])
def test_where_the_child_fails_the_process_learns_itself_and_says_so(
    child: tuple[str, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert understands(learn(DENTAL, cache=tmp_path, child=child))
    assert caplog.text.count("the pack is learnt by this process") == 1
    assert understands(learn(DENTAL, cache=tmp_path, child=BROKEN))
    assert caplog.text.count("the pack is learnt by this process") == 1  # What it learnt, it kept.


def test_a_cache_that_cannot_be_written_keeps_no_process_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")

    assert understands(learn(DENTAL, cache=tmp_path / "file" / "matcher"))
    assert "the child ended with 1 NotADirectoryError" in caplog.text


def test_the_examples_of_danger_are_learnt_elsewhere_too(tmp_path: Path) -> None:
    other = small_book(tmp_path / "other")
    asked = []

    def learn_elsewhere() -> bool:
        asked.append(small_book(tmp_path / "here"))
        return True

    with elsewhere.learning(learn_elsewhere):
        found = small_book(tmp_path / "here")

    assert len(asked) == 1
    assert found.judge("砂利を踏むような足です") == other.judge("砂利を踏むような足です") is not None


def test_who_stops_a_start_stops_the_child(tmp_path: Path) -> None:
    path = tmp_path / "child"
    parent = subprocess.Popen([sys.executable, "-c", WAITING.format(path=str(path))], stderr=subprocess.DEVNULL)
    wait_for(lambda: path.exists() and path.read_text().strip() or None, "the child to be up")
    child = int(path.read_text())
    parent.send_signal(signal.SIGINT)
    parent.wait(20)

    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
