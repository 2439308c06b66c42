"""A pack's texts as numbered features, in the spellings in which people would type them."""

import itertools
import math
import random
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.understanding.blocks import Blocks, blocks
from bot.understanding.concepts import Concepts
from bot.understanding.features import said
from bot.understanding.linear import Example
from bot.understanding.morphology import Token, hiragana, reading
from bot.understanding.normalise import normalise
from bot.understanding.perturb import slip
from bot.understanding.vocabulary import WEIGHTS, Row, Vocabulary

COMMON = 0.12
"""Sounds that more than this share of all ids have say nothing."""
FEW = 3
"""Sounds of no more ids than this say something, however few ids there are."""


class Spelling(NamedTuple):
    """One way to type a text of a class: the numbers of its words, its sounds and its names."""

    owner: int
    words: "array[int]"
    sounds: "array[int]"
    names: "array[int]"
    grouped: int


class Spellings:
    """Makes spellings, and gives every feature its number: so even many texts are kept in little memory."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts
        count = itertools.count()
        self.words: defaultdict[str, int] = defaultdict(count.__next__)
        self.sounds: defaultdict[str, int] = defaultdict(count.__next__)

    def of(self, owner: int, text: str, tokens: Sequence[Token], source: random.Random) -> list[Spelling]:
        """A normalised *text* of *owner*, whose words are *tokens*: as written, all in kana, and with one slip of the finger."""
        if not tokens:
            return []
        made = [blocks(self._concepts, tokens, text)]
        kana = normalise(reading(tokens))
        if kana != text:
            made.append(blocks(self._concepts, said(kana), kana))
        place = source.randrange(len(tokens))
        heard = [token.reading for token in tokens]
        heard[place] = slip(hiragana(heard[place]), source)
        # What becomes of a word with a slip in it is anybody's guess; the words around it stay what they are.
        rest = [token for token in tokens if token is not tokens[place]]
        made.append(blocks(self._concepts, rest, "", "".join(heard)))
        return [self._numbered(owner, each) for each in made]

    def _numbered(self, owner: int, made: Blocks) -> Spelling:
        words, sounds = self.words, self.sounds
        return Spelling(
            owner,
            array("I", [words[word] for word in dict.fromkeys(made.words)]),
            array("I", [sounds[sound] for sound in dict.fromkeys(made.sounds)]),
            array("I", [words[name] for name in made.names]),
            made.grouped,
        )


class Weighing:
    """How telling every feature is: the fewer ids have it, the more."""

    def __init__(self, features: Spellings, spellings: Iterable[Spelling], none: int) -> None:
        self._features = features
        self._none = none
        seen: dict[int, set[int]] = defaultdict(set)
        for spelling in spellings:
            theirs = seen[spelling.owner]
            theirs.update(spelling.words)
            theirs.update(spelling.sounds)
        size = len(features.words) + len(features.sounds)
        counts = [0] * size
        for theirs in seen.values():
            for number in theirs:
                counts[number] += 1
        self._rare = round(math.log(len(seen) + 1) + 1, 4)
        # The weight of a feature that nothing here has is negative: it counts in the length of a text, and for nothing else.
        idf = [
            -self._rare,
            *(round(math.log((len(seen) + 1) / (count + 0.5)) + 0.3, 4) for count in range(1, len(seen) + 1)),
        ]
        self.weights = [idf[count] for count in counts]
        limit = max(COMMON * len(seen), FEW)
        for number in features.sounds.values():
            if counts[number] > limit:
                self.weights[number] = 0.0
        self._strange = {number for number in seen.get(none, ()) if counts[number] == 1}

    def example(self, spelling: Spelling) -> Example:
        """*spelling* to learn from."""
        weights = self.weights
        numbers: list[int] = []
        values: list[float] = []
        for share, block in zip(WEIGHTS, spelling[1:3], strict=True):
            found = [weights[number] for number in block]
            total = sum([weight * weight for weight in found])
            if total:
                scale = share / math.sqrt(total)
                numbers.extend([number for number in block if weights[number] > 0])
                values.extend([weight * scale for weight in found if weight > 0])
        return Example(spelling.owner, array("I", numbers), array("f", values))

    def foreign(self, spelling: Spelling) -> int:
        """How many of its names no text for an id has."""
        weights, strange = self.weights, self._strange
        return sum([weights[name] < 0 or name in strange for name in spelling.names])

    def vocabulary(self, rows: Mapping[int, Row], classes: int) -> Vocabulary:
        """All features by name, with what was learnt of each."""
        weights, features = self.weights, self._features
        words, sounds = (
            {name: (weights[number], rows.get(number, ())) for name, number in named.items()}
            for named in (features.words, features.sounds)
        )
        strange = frozenset(name for name, number in features.words.items() if number in self._strange)
        return Vocabulary(classes, words, sounds, strange, self._rare)
