"""The child process that learns, so that the threads which answer keep their speed.

It gets texts on its standard input, learns, and leaves what it has learnt in the cache, where its parent finds it.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.library.library import Library
from bot.understanding.cache import kept
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.index import Document, Parsed
from bot.understanding.match import documents_of
from bot.understanding.normalise import normalise

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "bot.teaching.apprentice")
PATIENCE_SECONDS = 300.0
"""After so long it has gone astray: a big pack is learnt in seconds."""
NICE = 5
"""How far it stands back when the processor is wanted for answers."""


class ApprenticeError(Exception):
    """The child could not learn; the message says how it ended, and quotes no text."""


class Apprentice:
    """Runs a child that learns or tries something out; one at a time."""

    def __init__(self, command: Sequence[str] = COMMAND, *, patience: float = PATIENCE_SECONDS) -> None:
        self._command = tuple(command)
        self._patience = patience
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def learn(self, library: Library, cache: Path) -> None:
        """Have everything of *library* learnt and kept in *cache*; ApprenticeError when it cannot be."""
        lesson = {
            # The texts themselves and not their folder: its files may have been edited since they were read.
            "documents": documents_of(library),
            "synonyms": library.language.synonyms,
            "cache": str(cache.resolve()),
        }
        self.ask(lesson)

    def ask(self, task: Mapping[str, Any]) -> bytes:
        """Have the child do the *task*; what it prints. ApprenticeError when it cannot."""
        with self._lock:
            if self._is_stopped:
                raise ApprenticeError("is stopping")
            # A session of its own: Ctrl-C at the terminal is for the parent, which ends the child itself.
            child = subprocess.Popen(  # noqa: S603 - our own module
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": _paths()},
                start_new_session=True,
            )
            self._child = child
        try:
            found, told = child.communicate(json.dumps(task).encode(), timeout=self._patience)
        except subprocess.TimeoutExpired:
            raise ApprenticeError(f"took more than {self._patience:.0f} seconds") from None
        finally:
            if child.poll() is None:  # Nobody waits for it any more, as after Ctrl-C at a start.
                child.kill()
                child.communicate()
            with self._lock:
                self._child = None
        if child.returncode:
            last = told.decode(errors="replace").strip().splitlines()[-1:]
            raise ApprenticeError(" ".join((f"ended with {child.returncode}", *last)))
        return found

    def stop(self) -> None:
        """End the child, if there is one; it leaves nothing half done."""
        with self._lock:
            self._is_stopped = True
            if self._child is not None:
                self._child.terminate()


def _paths() -> str:
    """Where the child finds our modules, whatever folder it is started in."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def study(lesson: str) -> None:
    """Learn the *lesson* and keep what was learnt."""
    told = json.loads(lesson)
    documents = [Document(*document) for document in told["documents"]]
    parsed = []
    for document in documents:
        text = normalise(document.text)
        parsed.append(Parsed(document, text, said(text)))
    synonyms = told["synonyms"]
    folder = Path(told["cache"])
    with alone(folder):
        kept(parsed, Concepts(synonyms), synonyms, folder)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one at a time, so that of several processes that want the same learnt the first learns and the others find it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "learning.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Learn what standard input holds; one line on standard error says what went wrong."""
    os.nice(NICE)
    try:
        study(sys.stdin.read())
    except Exception as error:  # noqa: BLE001 - the border of a process
        # The type only: the text of an exception may quote a phrasing.
        sys.exit(type(error).__name__)


if __name__ == "__main__":
    main()
