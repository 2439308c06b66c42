"""Takes a message apart into the questions that it asks one after another: 場所どこ？あと土曜やってます？"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.understanding.normalise import normalise

_SENTENCES = re.compile(r"[^。?!\n]+[。?!]*")
_INHERITS = ("と", "とか", "や", "も", "は", "を")
"""How what is only named ends, when the words behind it ask for it as well: 営業時間と、あと場所を教えて."""
_AS_WELL = ("も", "は", "とか")
"""How what is joined ends when the words before it ask for it, too: 住所教えて。ついでに電話番号も."""
_NOT_BESIDES = r"(?![0-9一二三四五六七八九十半何少ちどでにのかも])"
"""What makes another word of the connection: あと30分, あとで."""
MOST = 4
"""A message of more sentences tells a story."""


class Part(NamedTuple):
    """A part of a message, whether it asks or only wants something, and whether a word joins it to what is before."""

    text: str
    asks: bool
    wants: bool
    is_joined: bool


class Connections:
    """The words that join one question to another (``besides`` in ``language/words.yaml``)."""

    def __init__(self, besides: Sequence[str] = (), asking: Sequence[str] = (), wishing: Sequence[str] = ()) -> None:
        words = "|".join(sorted(map(re.escape, besides), key=len, reverse=True))
        joint = rf"(?:^|[、\s]+|(?<=[かねよすたい]))(?:{words})(?:は、?|、)?{_NOT_BESIDES}"
        self._joint = re.compile(joint) if words else None
        self._asking, self._wishing = tuple(asking), tuple(wishing)

    def parts(self, text: str) -> list[Part]:
        """The parts of *text* that may mean something of their own; none where it is one."""
        found = list(self._parts(text))
        return found if 2 <= len(found) <= MOST else []

    def _parts(self, text: str) -> Iterator[Part]:
        last: Part | None = None
        for sentence in _SENTENCES.findall(text.replace("？", "?").replace("！", "!")):
            pieces = self._joint.split(sentence) if self._joint else [sentence]
            said = [(piece.strip("、。! "), bool(place)) for place, piece in enumerate(pieces)]
            said = [(piece, is_joined) for piece, is_joined in said if normalise(piece).strip("?")]
            for place, (piece, is_joined) in enumerate(said):
                is_named = place + 1 < len(said) and piece.endswith(_INHERITS)
                part = self._part(said[-1][0] if is_named else piece)._replace(text=piece, is_joined=is_joined)
                if is_joined and last is not None and piece.endswith(_AS_WELL):
                    part = part._replace(asks=last.asks, wants=last.wants)
                yield part
                last = part

    def _part(self, text: str) -> Part:
        end = normalise(text).rstrip("。、!")
        return Part(text, "?" in text or end.endswith(self._asking), end.endswith(self._wishing), is_joined=False)
