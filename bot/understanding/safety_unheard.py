"""Words of the safety rules that no message can hold: messages are searched in one spelling, and some letters never occur in it."""

from collections.abc import Iterator

from bot.library.positions import Path
from bot.library.safety_book import SafetyBook
from bot.understanding.morphology import hiragana
from bot.understanding.normalise import letters, normalise
from bot.understanding.safety_spelling import SIGNED, as_typed, spellings

_AROUND = (("犬", "犬"), ("", "犬"), ("犬", ""))
"""What stands before and behind a word in a message: at either end some letters are dropped."""


def unheard(book: SafetyBook) -> Iterator[tuple[Path, str]]:
    """Each word of *book* that no message can hold, with its path in the file."""
    for path, words in _searched(book):
        for place, word in enumerate(words):
            if not word.startswith("@") and not any(map(_may_be_heard, spellings({"": (word,)}, ""))):
                yield (*path, place), word
    for path, words in _compared(book):
        for place, word in enumerate(words):
            if not _is_left(letters(word)):
                yield (*path, place), word


def _searched(book: SafetyBook) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The words that are looked for with their signs."""
    for name, words in book.words.items():
        yield ("words", name), words
    for name, context in book.contexts.items():
        yield ("contexts", name, "words"), context.words
        yield ("contexts", name, "but"), context.but


def _compared(book: SafetyBook) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The words that are compared with the words of a message, one by one."""
    for part in ("words", "bridges", "ends", "lists", "doubles", "links", "after_links", "stops"):
        yield ("negation", part), getattr(book.negation, part)
    for part in ("asked", "closes"):
        yield ("occasion", part), getattr(book.occasion, part)


def _may_be_heard(word: str) -> bool:
    parts = SIGNED.split(as_typed(word).removeprefix("="))
    return all(_is_left(part) for part in parts[::2] if part)


def _is_left(part: str) -> bool:
    """Whether *part* is still there when a message that holds it has been normalised and cut into words."""
    said = ("".join(normalise(before + part + after).split()) for before, after in _AROUND)
    return any(hiragana(part) in hiragana(text) for text in said)
