"""Learn from the examples of the safety book, or read what was learnt from them at an earlier start."""

import hashlib
import json
import logging
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.library.safety_book import SafetyBook
from bot.understanding import perturb
from bot.understanding.safety_likeness import Likeness, learnt_from

CACHE = Path(__file__).parents[2] / ".cache" / "safety"
"""Where what was learnt is kept unless told otherwise. The files may be thrown away at any time."""
KEPT = 4
_CODE = (
    "morphology",
    "normalise",
    "perturb",
    "safety_lessons",
    "safety_likeness",
    "safety_spelling",
    "safety_text",
    "safety_words",
)

log = logging.getLogger(__name__)


def learnt(book: SafetyBook, features: Callable[[str], set[str]], folder: Path | None) -> Likeness | None:
    """What the examples of *book* teach: from *folder* if it was learnt before, else learnt now and kept there.

    None for a book without examples of danger and of harmless talk.
    """
    if not book.harmless or not any(kind.examples for kind in book.kinds):
        return None
    if folder is None:
        return _learn(book, features)
    path = folder / f"{_key(book)}.json"
    try:
        return Likeness(*json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError) as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
    likeness = _learn(book, features)
    try:
        _write(path, likeness)
    except OSError as error:
        log.warning("what was learnt could not be kept: %s", error)
    return likeness


def _learn(book: SafetyBook, features: Callable[[str], set[str]]) -> Likeness:
    source = random.Random(5)  # noqa: S311 - slips of the finger, no secret
    labelled: list[tuple[str | None, str]] = [(kind.id, text) for kind in book.kinds for text in kind.examples]
    labelled += [(None, text) for text in book.harmless]
    return learnt_from(
        [
            (kind, features(copy))
            for kind, text in labelled
            for copy in (text, perturb.kana(text), perturb.typo(text, source))
        ]
    )


def _key(book: SafetyBook) -> str:
    """A name for exactly this book and this code."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    digest.update(book.model_dump_json().encode())
    return digest.hexdigest()[:32]


def _write(path: Path, likeness: Likeness) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: each writes its own file, and the last to finish wins with the same content.
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump((likeness.danger, likeness.kinds), file, ensure_ascii=False, separators=(",", ":"))
    os.replace(name, path)
    for old in sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
