"""What was learnt is kept in a file."""

import os
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.cache import KEPT, kept
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.index import Document, Index, Parsed
from bot.understanding.recipe import WHOLE, Recipe

TEXTS = ["パンはありますか", "食パンください", "靴を探しています", "スニーカーある?"]
PACK = [Parsed(Document(id, text), text, said(text)) for id, text in zip("aabb", TEXTS, strict=True)]


def read(folder: Path, recipe: Recipe = WHOLE) -> Index:
    return kept(PACK, Concepts([]), [], folder, recipe)


def test_what_is_read_is_what_was_learnt(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert len(list(tmp_path.iterdir())) == 1
    assert np.array_equal(first.vocabulary.table, second.vocabulary.table)
    assert first.vocabulary._replace(table=second.vocabulary.table) == second.vocabulary
    assert first._replace(vocabulary=second.vocabulary) == second


@pytest.mark.parametrize("broken", [b"", b"{", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
def test_a_broken_file_is_made_anew(tmp_path: Path, broken: bytes) -> None:
    read(tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(broken)

    assert read(tmp_path).ids == ("a", "b")
    assert len(file.read_bytes()) == len(whole)


def test_half_a_file_is_made_anew(tmp_path: Path) -> None:
    read(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-700])

    assert read(tmp_path).ids == ("a", "b")


def test_another_recipe_is_another_file(tmp_path: Path) -> None:
    read(tmp_path)
    read(tmp_path, Recipe(kana=False))

    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_read_again_and_again_stays_when_others_are_learnt(tmp_path: Path) -> None:
    read(tmp_path)
    (file,) = tmp_path.iterdir()
    with file.open() as first:
        for number in range(KEPT + 1):
            kept(PACK, Concepts([]), [[str(number), "x"]], tmp_path)
            for age, old in enumerate(sorted(tmp_path.iterdir(), key=lambda file: file.stat().st_mtime), start=-20):
                os.utime(old, (age, age))  # A file system's clock may be too coarse to tell them apart.
            read(tmp_path)

        assert os.path.samestat(os.fstat(first.fileno()), file.stat())
    assert len(list(tmp_path.iterdir())) == KEPT
