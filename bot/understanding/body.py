"""What a message tells about the body of whoever wrote it: pregnant, a bad knee …

All words are data (``language/body_notes.yaml``); this is the small engine that weighs them. It hears rather too little than
too much: a note counts when it is said, not denied, of the person themselves, of today, and not only asked about.
"""

from functools import lru_cache

from bot.library.body_book import BodyBook
from bot.library.library import Library
from bot.library.safety_book import SafetyNegation
from bot.understanding.morphology import JUST_READ, Token, reading
from bot.understanding.safety_text import Negation, Said, denied, read
from bot.understanding.safety_words import Hit, Words

LONGEST = 2000
"""Letters of a message that are looked at."""
MOST_READY = 4
"""Books kept compiled: that of the pack, and those of others that were tried beside it."""
_REACH = 10
"""Words between a part of the body and its complaint."""
_BEHIND = 3
"""Letters behind a note in which it can turn out to be only asked about."""
_TAKEN_BACK = 8
"""Letters behind 「治った」 in which it can turn out not to be so."""
_LISTS = ("others", "mine", "past", "over", "still", "asks", "ifs", "unlike", "keep", "forget", "complaints")
_OBJECT = frozenset(("を", "と"))
"""Particles behind somebody else who is not the one spoken of: 母を介護して, 友達と走って."""
_BEFORE_NOUNS = ("連体形", "終止形")
"""Forms of a complaint behind which its part may stand: 痛い膝, 痛いのは膝."""
_WAITS = frozenset(("の", "が", "は", "た", "って"))


_READY: dict[int, tuple[BodyBook, "BodyReader"]] = {}


def reader(library: Library) -> "BodyReader":
    """The reader of the library's words; they are compiled once."""
    book = library.language.body_notes
    # By which book it is, and not by what stands in it: to compare all of it takes longer than to read a message by it.
    ready = _READY.get(id(book))
    if ready is None or ready[0] is not book:
        if len(_READY) == MOST_READY:
            _READY.clear()
        ready = _READY[id(book)] = book, BodyReader(book, library.language.safety.negation)
    return ready[1]


class BodyReader:
    """The words of a book, compiled once and then only read: any thread may ask."""

    def __init__(self, book: BodyBook, negation: SafetyNegation) -> None:
        groups = {name: getattr(book, name) for name in _LISTS}
        groups |= {f"{words.note} words": words.words for words in book.notes}
        groups |= {f"{words.note} names": (words.label, *words.names, *words.parts) for words in book.notes}
        self._groups = tuple(groups)
        self._words = Words(groups, self._groups)
        self._negation = Negation(negation)
        self._notes = tuple(words.note for words in book.notes)
        self._parts = {part: words.note for words in book.notes for part in words.parts}
        self._between = frozenset(book.between)
        self._others = frozenset(book.others)
        # A turn asks before the answer, after it, and for each of the wishes: the text is read once.
        self._read = lru_cache(maxsize=JUST_READ)(self._read_anew)
        self._told = lru_cache(maxsize=JUST_READ)(self._told_anew)

    def told(self, text: str) -> frozenset[str]:
        """The notes that *text* tells about its writer."""
        return self._told(text)

    def _told_anew(self, text: str) -> frozenset[str]:
        said, found = self._read(text)
        hits: list[tuple[str, Hit]] = [(note, hit) for note in self._notes for hit in found.get(f"{note} words", ())]
        for hit in found.get("complaints", ()):
            hits += [(note, hit) for note in self._complained_of(said, hit)]
        return frozenset(note for note, hit in hits if self._is_told(said, found, hit))

    def to_keep(self, text: str) -> frozenset[str]:
        """The notes that *text* asks us to keep: 「膝のことを覚えておいて」."""
        return self._named_before(text, "keep")

    def to_forget(self, text: str) -> frozenset[str]:
        """The notes that *text* asks us to forget: 「膝のこと忘れて」."""
        return self._named_before(text, "forget")

    def _named_before(self, text: str, wish: str) -> frozenset[str]:
        _, found = self._read(text)
        wishes = {hit.start for hit in found.get(wish, ()) if not self._only_looks_so(found, hit)}
        return frozenset(note for note in self._notes for hit in found.get(f"{note} names", ()) if hit.end in wishes)

    def _read_anew(self, text: str) -> tuple[Said, dict[str, list[Hit]]]:
        said = read(text[:LONGEST], self._negation)
        hits = self._words.hits(said, self._words.find(said)) if said.tokens else {}
        return said, {self._groups[number]: found for number, found in hits.items()}

    def _complained_of(self, said: Said, complaint: Hit) -> set[str]:
        """The parts that the complaint is about: those before it with hardly a word between, or 痛いのは膝."""
        notes = set()
        for token in reversed(said.tokens[max(0, complaint.first - _REACH) : complaint.first]):
            note = self._part(token)
            if note is not None:
                notes.add(note)
            elif not self._may_stand_between(token):
                break
        if not notes and said.tokens[complaint.last].form.startswith(_BEFORE_NOUNS):
            for token in said.tokens[complaint.last + 1 : complaint.last + _REACH]:
                note = self._part(token)
                if note is not None:
                    return {note}
                if token.surface not in _WAITS and token.lemma not in self._between:
                    break
        return notes

    def _part(self, token: Token) -> str | None:
        return self._parts.get(token.lemma) or self._parts.get(token.surface)

    def _may_stand_between(self, token: Token) -> bool:
        if token.pos == "助詞":
            return token.surface != "より"
        return (
            token.pos in ("副詞", "接頭辞", "接尾辞", "連体詞")
            or token.surface in ("、", ",")
            or token.surface.isdecimal()
            or token.lemma in self._between
            or token.surface in self._between
        )

    def _is_told(self, said: Said, found: dict[str, list[Hit]], hit: Hit) -> bool:
        return not (
            self._only_looks_so(found, hit)
            or denied(said, hit.last, self._negation)
            or self._is_asked(said, found, hit)
            or self._is_gone(said, found, hit)
            or self._is_of_others(said, found, hit)
        )

    def _only_looks_so(self, found: dict[str, list[Hit]], hit: Hit) -> bool:
        return any(other.first <= hit.last and hit.first <= other.last for other in found.get("unlike", ()))

    def _is_asked(self, said: Said, found: dict[str, list[Hit]], hit: Hit) -> bool:
        """Whether what stands behind it, or an 「もし」 before it, makes it nobody's in particular."""
        clause, sentence = said.layout.clause, said.layout.sentence
        return any(
            hit.start < other.start <= hit.end + _BEHIND and clause[other.first] == clause[hit.last]
            for other in found.get("asks", ())
        ) or any(
            other.start < hit.start and sentence[other.first] == sentence[hit.last] for other in found.get("ifs", ())
        )

    def _is_gone(self, said: Said, found: dict[str, list[Hit]], hit: Hit) -> bool:
        """Whether it is long ago or over, and nothing near says that it still is."""
        sentence, clause, still = said.layout.sentence, said.layout.clause, found.get("still", ())
        for other in found.get("past", ()):
            if sentence[other.first] != sentence[hit.first]:
                continue
            if other.start < hit.start:
                low, high = other.start, hit.start
            elif clause[other.first] == clause[hit.last]:
                low, high = other.start, other.end
            else:
                continue
            if not any(low <= one.start <= high for one in still):
                return True
        for other in found.get("over", ()):
            if other.start >= hit.start and not any(hit.end <= one.start <= other.end + _TAKEN_BACK for one in still):
                return True
        return False

    def _is_of_others(self, said: Said, found: dict[str, list[Hit]], hit: Hit) -> bool:
        """Whether somebody else was spoken of before, or in the same sentence, and not the person again since."""
        sentence = said.layout.sentence
        others = (other for other in found.get("others", ()) if self._is_spoken_of(said, other))
        last = max((other.first for other in others if sentence[other.first] <= sentence[hit.last]), default=None)
        return last is not None and not any(last <= one.first <= hit.first for one in found.get("mine", ()))

    def _is_spoken_of(self, said: Said, other: Hit) -> bool:
        """Whether these are whole words (大丈夫 has no 夫 in it), and of whom the sentence tells something."""
        words = said.tokens[other.first : other.last + 1]
        if self._others.isdisjoint((said.shown(other.first, other.last), reading(words))):
            return False
        behind = said.tokens[other.last + 1 : other.last + 2]
        return not behind or behind[0].surface not in _OBJECT
