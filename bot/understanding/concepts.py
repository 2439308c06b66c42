"""Words that mean the same here, found in a text however they are written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

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
        self._words: dict[str, list[str]] = defaultdict(list)
        self._phrases: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._firsts: set[str] = set()
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for group in groups:
            name = MARK + group[0]
            for member in group:
                tokens = said(normalise(member))
                lemmas = tuple(token.lemma for token in tokens)
                if not lemmas:
                    continue
                if len(lemmas) == 1:
                    self._words[lemmas[0]].append(name)
                else:
                    self._phrases[lemmas[0], lemmas[1]].append((lemmas, name))
                self._firsts.add(lemmas[0])
                heard = sound("".join(token.reading for token in tokens))
                if len(heard) >= SHORTEST_SOUND:
                    self._by_sound[heard].append(name)
        self._sizes: dict[str, list[int]] = defaultdict(list)
        for start, size in sorted({(heard[:3], len(heard)) for heard in self._by_sound}):
            self._sizes[start].append(size)

    def find(self, tokens: Sequence[Token], heard: str) -> list[str]:
        """The names of the groups that occur among *tokens*, or in what is *heard*."""
        # No set: the order of a set changes from run to run, and with it what is learnt.
        found: dict[str, None] = {}
        words, phrases = self._words, self._phrases
        said = [token.lemma for token in tokens]
        for word in said:
            if word in words:
                found.update(dict.fromkeys(words[word]))
        for place, pair in enumerate(zip(said, said[1:], strict=False)):
            if pair in phrases:
                for lemmas, name in phrases[pair]:
                    if len(lemmas) == 2 or tuple(said[place : place + len(lemmas)]) == lemmas:
                        found[name] = None
        sizes, by_sound = self._sizes, self._by_sound
        for place in range(len(heard) - SHORTEST_SOUND + 1):
            lengths = sizes.get(heard[place : place + 3])
            if lengths:
                for length in lengths:
                    names = by_sound.get(heard[place : place + length])
                    if names:
                        found.update(dict.fromkeys(names))
        return list(found)

    def has(self, token: Token) -> bool:
        """Whether *token* begins a word of some group."""
        return token.lemma in self._firsts

    def of_word(self, token: Token) -> Sequence[str]:
        """The names of the groups that *token* alone belongs to."""
        return self._words.get(token.lemma, ())


@lru_cache(maxsize=2)
def concepts_of(groups: tuple[tuple[str, ...], ...]) -> Concepts:
    """The concepts of these groups, put together once for everybody who reads by them."""
    return Concepts(groups)
