"""Keeps what was learnt from a pack, so that the next start need not learn it again."""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.index import Index, Parsed, learnt
from bot.understanding.vocabulary import Row, Vocabulary

CACHE = Path(__file__).parents[2] / ".cache" / "matcher"
"""Where it is kept unless told otherwise. The files may be thrown away at any time."""
KEPT = 4
"""Packs remembered; a pack edited back to an earlier state is found again."""
_CODE = (
    "blocks",
    "calibrate",
    "concepts",
    "features",
    "index",
    "linear",
    "morphology",
    "normalise",
    "perturb",
    "spellings",
    "vocabulary",
)

log = logging.getLogger(__name__)


def kept(
    documents: Sequence[Parsed], concepts: Concepts, groups: Sequence[Sequence[str]], folder: Path | None
) -> Index:
    """The index of *documents*: from *folder* if it was learnt before, else learnt now and kept there."""
    if folder is None:
        return learnt(documents, concepts)
    path = folder / f"{_key(documents, groups)}.json"
    try:
        return _read(json.loads(path.read_text()))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
    index = learnt(documents, concepts)
    try:
        _write(path, index)
    except OSError as error:
        log.warning("what was learnt could not be kept: %s", error)
    # Read back as it was written, so that the first start and the next decide alike.
    return index


def _key(documents: Sequence[Parsed], groups: Sequence[Sequence[str]]) -> str:
    """A name for exactly this pack and this code."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    digest.update(json.dumps([[parsed.document for parsed in documents], [list(group) for group in groups]]).encode())
    return digest.hexdigest()[:32]


def _write(path: Path, index: Index) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    vocabulary = index.vocabulary
    # Thousands of features have equal rows, and all rows are made of few pairs: each is written once and named by its number.
    pairs: dict[tuple[int, float], int] = {}
    rows: dict[Row, int] = {}
    for entries in (vocabulary.words, vocabulary.sounds):
        for _, row in entries.values():
            if row not in rows:
                rows[row] = len(rows)
                for pair in row:
                    pairs.setdefault(pair, len(pairs))
    data = {
        "ids": index.ids,
        "pairs": list(pairs),
        "rows": [[pairs[pair] for pair in row] for row in rows],
        "words": [(name, weight, rows[row]) for name, (weight, row) in vocabulary.words.items()],
        "sounds": [(name, weight, rows[row]) for name, (weight, row) in vocabulary.sounds.items()],
        "strange": sorted(vocabulary.strange),
        "rare": vocabulary.rare,
        "trust": index.trust,
        "scope": index.scope,
    }
    # Two processes may start at once: each writes its own file, and the last to finish wins with the same content.
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
    os.replace(name, path)
    for old in sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _read(data: dict[str, Any]) -> Index:
    pairs = [(place, weight) for place, weight in data["pairs"]]
    rows = [tuple([pairs[number] for number in row]) for row in data["rows"]]
    return Index(
        ids=tuple(data["ids"]),
        vocabulary=Vocabulary(
            classes=len(data["ids"]) + 1,
            words={name: (weight, rows[number]) for name, weight, number in data["words"]},
            sounds={name: (weight, rows[number]) for name, weight, number in data["sounds"]},
            strange=frozenset(data["strange"]),
            rare=data["rare"],
        ),
        trust=Calibration(*map(tuple, data["trust"])),
        scope=Calibration(*map(tuple, data["scope"])),
    )
