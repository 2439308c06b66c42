"""The child process that tries a change out, so that the threads which answer keep their speed.

It gets the change on its standard input, learns it without teaching it to anybody, reads thousands of messages before and
after, and prints what differs.
"""

import atexit
import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.teaching.apprentice import NICE, Apprentice
from bot.teaching.knowledge import learn
from bot.teaching.phrasings import Taught
from bot.teaching.trial import Change, Effect, Trial, effect, trial
from bot.understanding.cache import CACHE
from bot.understanding.meaning import Meaning

COMMAND = (sys.executable, "-m", "bot.teaching.tryout")
PATIENCE_SECONDS = 600.0
"""After so long it has gone astray: a pack is learnt and ten thousand phrasings are read in about a minute."""
MOST_TOLD = 50
Told = dict[str, Any]


def task(content_dir: Path, taught: Taught, now: datetime, **change: Any) -> Told:
    """What the child is to try beside what is *taught*: ``entry_id`` and ``text``, or ``edit`` and its ``body``."""
    return {
        "content": str(content_dir.resolve()),
        "cache": str(CACHE.resolve()),
        "phrasings": taught.phrasings,
        "edits": taught.edits,
        "today": taught.today.isoformat() if taught.today is not None else None,
        "now": now.isoformat(),
        **change,
    }


def ask(task: Mapping[str, Any]) -> Told:
    """What the child found out about the *task*, as `told`; ApprenticeError when it could not."""
    child = Apprentice(COMMAND, patience=PATIENCE_SECONDS)
    atexit.register(child.stop)  # Nobody would read what it finds out.
    try:
        found: Told = json.loads(child.ask(task))
    finally:
        atexit.unregister(child.stop)
    return found


def tried(task: Mapping[str, Any]) -> Told:
    """Try the *task* in this process."""
    now, cache = datetime.fromisoformat(task["now"]), Path(task["cache"])
    today = datetime.fromisoformat(task["today"]).date() if task["today"] else None
    phrasings = tuple((id, text) for id, text in task["phrasings"])
    edits = tuple((id, body) for id, body in task["edits"])
    known = learn(Path(task["content"]), Taught((-1,), phrasings, edits, (), today), cache)
    if "edit" not in task:
        return told(trial(known, entry_id=task["entry_id"], text=task["text"], now=now, cache=cache))
    edits = (*((id, body) for id, body in edits if id != task["edit"]), (task["edit"], task["body"]))
    then = known.having_learnt(known.taught._replace(version=(-2,), edits=edits), cache)
    return told(effect(known, then, now=now))


def told(found: Trial | Effect) -> Told:
    """What was *found* out, as it is kept and shown; the worst first."""
    changes = [_change(one) for one in (*found.worse, *sorted(found.others, key=lambda one: one.step))]
    common = {"read": found.read, "worse": len(found.worse), "better": found.better, "changes": changes[:MOST_TOLD]}
    if isinstance(found, Effect):
        return common
    return common | {
        "before": reading(found.before),
        "after": reading(found.after),
        "is_heeded": found.is_heeded,
        "does_harm": found.does_harm,
    }


def _change(one: Change) -> Told:
    return {
        "text": one.message["text"],
        "before": reading(one.before),
        "after": reading(one.after),
        "step": one.step,
    }


def reading(meaning: Meaning) -> Told:
    """What a message is taken for: one entry, or those between which is asked."""
    near = [candidate.id for candidate in meaning.candidates] if meaning.outcome == "suggest" else []
    return {"id": meaning.id, "near": near}


def main() -> None:
    """Try what standard input holds and print what was found out; one line on standard error says what went wrong."""
    os.nice(NICE)
    try:
        found = tried(json.loads(sys.stdin.read()))
    except Exception as error:  # noqa: BLE001 - the border of a process
        # The type only: the text of an exception may quote a phrasing.
        sys.exit(type(error).__name__)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
