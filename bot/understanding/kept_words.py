"""Keeps the words of a pack's texts, so that the next start asks the dictionary for none of them, nor maps its pages."""

import hashlib
import json
import logging
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.understanding import morphology
from bot.understanding.elsewhere import found
from bot.understanding.kept_file import replace
from bot.understanding.morphology import Token, Words

log = logging.getLogger(__name__)


class _Notes:
    """The words of texts, those *kept* from an earlier start among them as numbers of *words*, which take little room."""

    def __init__(self, words: Sequence[Token], kept: Mapping[str, str]) -> None:
        self._words = words
        self._kept = kept
        self._new: dict[str, Words] = {}
        self.asked: dict[str, None] = {}

    def __call__(self, text: str) -> Words:
        """The words of *text*."""
        self.asked[text] = None
        numbers = self._kept.get(text)
        if numbers is not None:
            return tuple([self._words[number] for number in array("I", bytes.fromhex(numbers))])
        words = self._new.get(text)
        if words is None:
            words = self._new[text] = morphology.looked_up(text)
        return words

    @property
    def has_changed(self) -> bool:
        """Whether others were asked for than were kept."""
        return self.asked.keys() != self._kept.keys()


@contextmanager
def kept(path: Path | None) -> Iterator[None]:
    """While it is open this thread takes the words of texts from the file at *path*, and then leaves those it asked for there.

    A file that is broken, or of another dictionary or code, is made anew. With None nothing is kept.
    """
    if path is None:
        yield
        return
    words, texts = found(lambda: _read(path)) or ([], {})
    notes = _Notes(words, texts)
    before = morphology.NOTED.set(notes)
    try:
        yield
    finally:
        morphology.NOTED.reset(before)
    # Texts that nobody asks for any more go: somebody may have wanted them forgotten.
    if notes.has_changed:
        try:
            _write(path, notes)
        except OSError as error:
            log.warning("the words of texts could not be kept: %s", error)


@contextmanager
def unnoted() -> Iterator[None]:
    """While it is open the words that this thread asks for are looked up and not noted: no later start will ask for them."""
    before = morphology.NOTED.set(None)
    try:
        yield
    finally:
        morphology.NOTED.reset(before)


def _write(path: Path, notes: _Notes) -> None:
    places: dict[Token, int] = {}
    texts = {
        text: array("I", [places.setdefault(word, len(places)) for word in notes(text)]).tobytes().hex()
        for text in notes.asked
    }
    body = json.dumps([list(places), texts], ensure_ascii=False).encode()
    replace(path, lambda file: file.write(_seal(body) + body))


def _read(path: Path) -> tuple[list[Token], dict[str, str]] | None:
    try:
        with path.open("rb") as file:
            seal, body = file.read(_SEAL), file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
        return None
    if seal != _seal(body):
        return None
    words, texts = json.loads(body)
    return [Token(*word) for word in words], texts


_SEAL = hashlib.sha256().digest_size


def _seal(body: bytes) -> bytes:
    """What stands before *body*: no other content has it, nor the same one by another dictionary or another code."""
    digest = hashlib.sha256(Path(morphology.__file__).read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(json.dumps(morphology.dictionary()).encode())
    digest.update(body)
    return digest.digest()
