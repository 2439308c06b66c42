"""Keeps what was learnt from a pack, so that the next start need not learn it again."""

import hashlib
import json
import logging
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.understanding.calibrate import Calibration
from bot.understanding.concepts import Concepts
from bot.understanding.elsewhere import found
from bot.understanding.index import Index, Parsed, learnt
from bot.understanding.kept_file import packed, replace, unpacked
from bot.understanding.kept_words import unnoted
from bot.understanding.limits import Limits
from bot.understanding.places import Places
from bot.understanding.recipe import WHOLE, Recipe
from bot.understanding.vocabulary import Vocabulary

CACHE = Path(__file__).parents[2] / ".cache" / "matcher"
"""Where it is kept unless told otherwise. The files may be thrown away at any time."""
WORDS = "words"
"""The file beside them that keeps the words of all texts."""
KEPT = 8
"""Packs remembered, those that were wanted last; a pack edited back to an earlier state is found again."""
_CODE = (
    "blocks",
    "calibrate",
    "concepts",
    "features",
    "index",
    "limits",
    "linear",
    "morphology",
    "normalise",
    "perturb",
    "recipe",
    "spellings",
    "vocabulary",
)

log = logging.getLogger(__name__)


def kept(
    documents: Sequence[Parsed],
    concepts: Concepts,
    groups: Sequence[Sequence[str]],
    folder: Path | None,
    recipe: Recipe = WHOLE,
) -> Index:
    """The index of *documents*: from *folder* if it was learnt before, else learnt now and kept there."""
    if folder is None:
        return learnt(documents, concepts, recipe)[0]
    path = folder / f"{_key(documents, groups, recipe)}.npz"
    known = found(lambda: _known(path))
    if known is not None:
        return known
    with unnoted():
        index, sounds = learnt(documents, concepts, recipe)
    try:
        _write(path, index, sounds)
    except OSError as error:
        log.warning("what was learnt could not be kept: %s", error)
    return index


def _known(path: Path) -> Index | None:
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
        return None


def _key(documents: Sequence[Parsed], groups: Sequence[Sequence[str]], recipe: Recipe) -> str:
    """A name for exactly this pack and this code."""
    digest = hashlib.sha256(np.__version__.encode())
    for name in _CODE:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    texts = [parsed.document for parsed in documents]
    digest.update(json.dumps([texts, [list(group) for group in groups], recipe]).encode())
    return digest.hexdigest()[:32]


def _write(path: Path, index: Index, sounds: Mapping[str, int]) -> None:
    vocabulary = index.vocabulary
    names = {
        "ids": index.ids,
        "words": vocabulary.words,
        "sounds": sounds,
        "shares": vocabulary.shares,
        "grain": vocabulary.grain,
        "strange": sorted(vocabulary.strange),
        "trust": index.trust,
        "scope": index.scope,
        "limits": index.limits,
    }
    table, telling = vocabulary.table, vocabulary.telling
    replace(path, lambda file: np.savez(file, table=table, telling=telling, names=packed(names)))
    for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> Index:
    with path.open("rb") as file, np.load(file) as data:
        path.touch()  # Who is read is the last to go.
        names = unpacked(data["names"])
        table, telling = data["table"], array("d", data["telling"].tobytes())
    trust, scope = (Calibration(tuple(weights), constant) for weights, constant in (names["trust"], names["scope"]))
    vocabulary = Vocabulary(
        words=names["words"],
        sounds=Places(names["sounds"], names["sounds"].values()),
        shares=tuple(names["shares"]),
        telling=telling,
        table=table,
        grain=names["grain"],
        strange=frozenset(names["strange"]),
    )
    return Index(tuple(names["ids"]), vocabulary, trust, scope, Limits(*names["limits"]))
