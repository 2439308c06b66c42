"""The spellings in which people would type a pack's texts, and the numbers of all their features."""

import itertools
import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from bot.understanding.blocks import Blocks, blocks
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.linear import Texts
from bot.understanding.morphology import Token, reading
from bot.understanding.normalise import normalise
from bot.understanding.perturb import slip
from bot.understanding.recipe import Recipe

SLIPS = 0.5
"""The share of the copies that have a slip in them; a copy with a slip beside one without it costs more than it gives."""


def spellings(
    concepts: Concepts, text: str, tokens: Sequence[Token], source: random.Random, recipe: Recipe
) -> list[Blocks]:
    """A normalised *text* whose words are *tokens*: as written, and all in kana, every other time with a slip of the finger.

    What the dictionary makes of a word with a slip in it is anybody's guess, but it will guess alike when somebody slips so.
    """
    if not tokens:
        return []
    made = [blocks(concepts, tokens, text)]
    other = normalise(reading(tokens)) if recipe.kana else text
    if recipe.slips and source.random() < SLIPS:
        other = slip(other, source)
    if other != text:
        made.append(blocks(concepts, said(other), other))
    return made


class Features:
    """Gives every word and every sound the next number: so even many texts are kept in little memory."""

    def __init__(self) -> None:
        count = itertools.count()
        self.words: defaultdict[str, int] = defaultdict(count.__next__)
        self.sounds: defaultdict[str, int] = defaultdict(count.__next__)
        self._owners: list[int] = []
        self._sizes: list[tuple[int, int]] = []
        self._numbers: list[int] = []
        self._draws: list[int] = []

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.words) + len(self.sounds)

    def add(self, owner: int, text: Blocks, draw: int) -> None:
        """Take in a text of the class *owner*; *draw* is its place in the order to learn in."""
        words = [self.words[word] for word in dict.fromkeys(text.words)]
        sounds = [self.sounds[sound] for sound in dict.fromkeys(text.sounds)]
        self._owners.append(owner)
        self._draws.append(draw)
        self._sizes.append((len(words), len(sounds)))
        self._numbers += words
        self._numbers += sounds

    def texts(self) -> Texts:
        """All texts so far."""
        sizes = np.array(self._sizes, np.int64).reshape(-1, 2)
        owners, numbers, draws = (np.array(each, np.int64) for each in (self._owners, self._numbers, self._draws))
        return Texts(owners, sizes, numbers, draws)
