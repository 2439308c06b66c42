"""Words that mean the same here, found in a text however they are written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.understanding.features import said, sound
from bot.understanding.morphology import Token
from bot.understanding.normalise import normalise

MARK = "§"
SHORTEST_SOUND = 4
"""A word typed in kana is found inside a text from this many letters on; shorter ones occur by chance."""


class Concepts:
    """Groups of words, each named after its first member.

    A member is found by its dictionary forms (痩せたい is 痩せる) and, where it is long enough, by its sound.
    """

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._by_lemma: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for group in groups:
            name = MARK + group[0]
            for member in group:
                tokens = said(normalise(member))
                lemmas = tuple(token.lemma for token in tokens)
                if not lemmas:
                    continue
                self._by_lemma[lemmas[0]].append((lemmas, name))
                heard = sound("".join(token.reading for token in tokens))
                if len(heard) >= SHORTEST_SOUND:
                    self._by_sound[heard].add(name)
        self._sizes: dict[str, list[int]] = defaultdict(list)
        for start, size in sorted({(heard[:3], len(heard)) for heard in self._by_sound}):
            self._sizes[start].append(size)

    def find(self, tokens: Sequence[Token], heard: str) -> set[str]:
        """The names of the groups that occur among *tokens*, or in what is *heard*."""
        found: set[str] = set()
        by_lemma = self._by_lemma
        for place, token in enumerate(tokens):
            members = by_lemma.get(token.lemma)
            if members:
                for lemmas, name in members:
                    length = len(lemmas)
                    if length == 1 or tuple([word.lemma for word in tokens[place : place + length]]) == lemmas:
                        found.add(name)
        sizes, by_sound = self._sizes, self._by_sound
        for place in range(len(heard) - SHORTEST_SOUND + 1):
            lengths = sizes.get(heard[place : place + 3])
            if lengths:
                for length in lengths:
                    names = by_sound.get(heard[place : place + length])
                    if names:
                        found |= names
        return found

    def has(self, token: Token) -> bool:
        """Whether *token* begins a word of some group."""
        return token.lemma in self._by_lemma

    def of_word(self, token: Token) -> list[str]:
        """The groups, without their mark, that *token* alone belongs to."""
        members = self._by_lemma.get(token.lemma, ())
        return [name.removeprefix(MARK) for lemmas, name in members if len(lemmas) == 1]
