"""Learn from the examples of danger, or read what was learnt from them at an earlier start."""

import hashlib
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np

from bot.library.safety_book import SafetyBook, SafetyExamples
from bot.understanding import perturb
from bot.understanding.elsewhere import found
from bot.understanding.kept_file import packed, replace, unpacked
from bot.understanding.kept_words import unnoted
from bot.understanding.places import Places
from bot.understanding.safety_likeness import Likeness, learnt_from

CACHE = Path(__file__).parents[2] / ".cache" / "safety"
"""Where what was learnt is kept unless told otherwise. The files may be thrown away at any time."""
KEPT = 4
SLIPS = 0.5
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


def learnt(
    book: SafetyBook, examples: SafetyExamples, features: Callable[[str], set[str]], folder: Path | None
) -> Likeness | None:
    """What *examples* teach: from *folder* if it was learnt before, else learnt now and kept there.

    *features* tells what is weighed of a text; the words of *book* are among it. None without examples of danger and of harmless
    talk.
    """
    if not examples.harmless or not any(examples.dangers.values()):
        return None
    if folder is None:
        return _learn(examples, features)[0]
    path = folder / f"{_key(book, examples)}.npz"
    known = found(lambda: _known(path))
    if known is not None:
        return known
    likeness, names = _learn(examples, features)
    try:
        _write(path, likeness, names)
    except OSError as error:
        log.warning("what was learnt could not be kept: %s", error)
    return likeness


def _known(path: Path) -> Likeness | None:
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
        return None


def _learn(examples: SafetyExamples, features: Callable[[str], set[str]]) -> tuple[Likeness, list[str]]:
    labelled: list[tuple[str | None, str]] = [(id, text) for id, texts in examples.dangers.items() for text in texts]
    labelled += [(None, text) for text in examples.harmless]
    with unnoted():
        return learnt_from((id, features(spelling)) for id, text in labelled for spelling in _spellings(text))


def _spellings(text: str) -> Iterator[str]:
    """*text* as it is, and as other fingers would have typed it."""
    yield text
    kana = perturb.kana(text)
    # By the text itself, so that an example more leaves the copies of all others as they are.
    source = random.Random(crc32(text.encode()))  # noqa: S311 - slips of the finger, no secret
    # Half of the copies have a slip in them, too: a third copy of each would cost more than it gives.
    yield perturb.slip(kana, source) if source.random() < SLIPS else kana


def _key(book: SafetyBook, examples: SafetyExamples) -> str:
    """A name for exactly these words, these examples and this code."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    digest.update(book.model_dump_json().encode())
    digest.update(examples.model_dump_json().encode())
    return digest.hexdigest()[:32]


def _write(path: Path, likeness: Likeness, names: Sequence[str]) -> None:
    told = packed([likeness.kinds, names])
    replace(path, lambda file: np.savez(file, table=likeness.table, constants=likeness.constants, names=told))
    for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> Likeness:
    with path.open("rb") as file, np.load(file) as data:
        kinds, names = unpacked(data["names"])
        table, constants = data["table"], data["constants"]
    if table.shape != (len(names), len(kinds) + 1) or constants.shape != (len(kinds) + 1,):
        raise ValueError("the names do not fit the table")
    return Likeness(tuple(kinds), Places(names), table, constants)
