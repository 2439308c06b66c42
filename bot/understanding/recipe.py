"""What learning and reading make use of, so that the worth of each part can be measured by leaving it out."""

from typing import NamedTuple


class Recipe(NamedTuple):
    """The parts of learning, and then those of reading; all of them are used unless told otherwise.

    The groups of words that mean the same are no part of it: whoever makes the `Concepts` can leave them empty.
    """

    words: bool = True
    """Dictionary forms, and the groups they belong to."""
    sounds: bool = True
    """Runs of two and three letters of what is heard."""
    kana: bool = True
    """A copy of every text all in kana."""
    slips: bool = True
    """A copy of every text with one slip of the finger."""
    strangers: bool = True
    """The class "none of them", learnt from texts that stand for no id."""
    mending: bool = True
    """An unclear message is read again without its slip of the finger."""
    endings: bool = True
    """An unclear story is judged by its end."""
    doubt: bool = True
    """What is not certain is asked back or left unanswered."""


WHOLE = Recipe()
