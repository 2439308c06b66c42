"""Keeps the words of a pack's texts, so that the next start asks the dictionary for none of them, nor maps its pages."""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.understanding import morphology
from bot.understanding.kept_file import replace
from bot.understanding.morphology import Token, Words

log = logging.getLogger(__name__)


class _Notes(dict[str, Words]):
    """The words of each text that was asked for, those *kept* from an earlier start among them."""

    def __init__(self, kept: dict[str, Words]) -> None:
        super().__init__()
        self.kept = kept

    def __missing__(self, text: str) -> Words:
        words = self[text] = self.kept.get(text) or morphology.looked_up(text)
        return words


@contextmanager
def kept(path: Path | None) -> Iterator[None]:
    """While it is open this thread takes the words of texts from the file at *path*, and then leaves those it asked for there.

    A file that is broken, or of another dictionary or code, is made anew. With None nothing is kept.
    """
    if path is None:
        yield
        return
    notes = _Notes(_read(path))
    before = morphology.NOTED.set(notes)
    try:
        yield
    finally:
        morphology.NOTED.reset(before)
    # Texts that nobody asks for any more go: somebody may have wanted them forgotten.
    if notes.keys() != notes.kept.keys():
        try:
            _write(path, notes)
        except OSError as error:
            log.warning("the words of texts could not be kept: %s", error)


def _write(path: Path, notes: _Notes) -> None:
    numbers: dict[Token, int] = {}
    texts = {text: [numbers.setdefault(word, len(numbers)) for word in words] for text, words in notes.items()}
    body = json.dumps([list(numbers), texts], ensure_ascii=False, separators=(",", ":")).encode()
    replace(path, lambda file: file.write(_seal(body) + body))


def _read(path: Path) -> dict[str, Words]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
        return {}
    seal = _seal(content[_SEAL:])
    if not content.startswith(seal):
        return {}
    rows, texts = json.loads(content[_SEAL:])
    words = [Token(*row) for row in rows]
    return {text: tuple([words[number] for number in numbers]) for text, numbers in texts.items()}


_SEAL = hashlib.sha256().digest_size


def _seal(body: bytes) -> bytes:
    """What stands before *body*: no other content has it, nor the same one by another dictionary or another code."""
    digest = hashlib.sha256(Path(morphology.__file__).read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(json.dumps(morphology.dictionary()).encode())
    digest.update(body)
    return digest.digest()
