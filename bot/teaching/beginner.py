"""The child process that learns a pack whole when it is first started, so that the process which answers need not.

It gets on its standard input where the pack lies and what staff have taught, and leaves what it learnt where its parent looks.
"""

import json
import sys
from datetime import date
from pathlib import Path

from bot.teaching.apprentice import alone
from bot.teaching.knowledge import learnt_here
from bot.teaching.phrasings import Taught


def begin(task: str) -> None:
    """Learn what the *task* names and keep it."""
    told = json.loads(task)
    taught = Taught(
        (-1,),
        tuple((id, text) for id, text in told["phrasings"]),
        tuple((id, body) for id, body in told["edits"]),
        today=date.fromisoformat(told["today"]) if told["today"] is not None else None,
    )
    cache = Path(told["cache"])
    with alone(cache):
        learnt_here(Path(told["content"]), taught, cache)


def main() -> None:
    """Learn what standard input says; one line on standard error says what went wrong."""
    try:
        begin(sys.stdin.read())
    except Exception as error:  # noqa: BLE001 - the border of a process
        # The type only: the text of an exception may quote a phrasing.
        sys.exit(type(error).__name__)


if __name__ == "__main__":
    main()
