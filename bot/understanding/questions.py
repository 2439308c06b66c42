"""Takes a message apart into the questions that it asks: 場所どこ？あと土曜やってます？, 営業時間と場所を教えて."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bot.understanding.morphology import Token, analyse
from bot.understanding.normalise import normalise

_SENTENCES = re.compile(
    r".+?(?:[。?!\n]++|(?:(?<=か)|(?<=かね)|(?<=っけ)|(?<=ください))[、\s]++|$)"
    r"(?!\s*(?:それとも|もしくは|または|あるいは))",
    re.DOTALL,
)
"""A comma or a gap ends a question as well (土曜もやってますか、駐車場ありますか); what is asked instead belongs to it (それとも腰ですか)."""
_INHERITS = ("と", "とか", "や", "も", "は", "を")
"""How what is only named ends, when the words behind it ask for it as well: 営業時間と、あと場所を教えて."""
_AS_WELL = ("も", "は", "とか")
"""How what is joined ends when the words before it ask for it, too: 住所教えて。ついでに電話番号も."""
_NOT_BESIDES = r"(?![0-9一二三四五六七八九十半何少ちどでにのかも])"
"""What makes another word of the connection: あと30分, あとで."""
MOST = 4
"""A message of more sentences tells a story."""

_LISTS = frozenset({"と", "や", "とか", "、", "・", "&"})
"""What stands between things that are named one after the other."""
_ASKED_OF_EACH = frozenset({"を", "は", "が", "って", "に", "も"})
"""What may follow the last of them, beside a verb."""
_NAMES = frozenset({"名詞", "接頭辞", "接尾辞"})
_LONGEST_LIST = 40


class Part(NamedTuple):
    """A part of a message, whether it asks or only wants something, and whether a word joins it to what is before."""

    text: str
    asks: bool
    wants: bool
    is_joined: bool


class Connections:
    """The words that join one question to another (``besides`` in ``language/words.yaml``), end one, or ask of several things
    together (``together``: 鍼と灸はどっちがいい)."""

    def __init__(
        self,
        besides: Sequence[str] = (),
        asking: Sequence[str] = (),
        wishing: Sequence[str] = (),
        together: Sequence[str] = (),
    ) -> None:
        words = "|".join(sorted(map(re.escape, besides), key=len, reverse=True))
        joint = rf"(?:^|[、\s]+|(?<=[かねよすたい]))(?:{words})(?:は、?|、)?{_NOT_BESIDES}"
        self._joint = re.compile(joint) if words else None
        self._asking, self._wishing, self._together = tuple(asking), tuple(wishing), tuple(together)

    def parts(self, text: str, is_one_wish: Callable[[str], bool] = lambda _text: False) -> list[Part]:
        """The parts of *text* that may mean something of their own; none where it is one.

        What *is_one_wish* is true of stays one, whatever it lists: 火曜と金曜に送ってください.
        """
        found = [each for part in self._parts(text) for each in self._of_each(part, is_one_wish)]
        return found if 2 <= len(found) <= MOST else []

    def _of_each(self, part: Part, is_one_wish: Callable[[str], bool]) -> list[Part]:
        """What *part* asks of each of the things that it names first: 営業時間を教えて, 場所を教えて; itself where it asks otherwise."""
        text = normalise(part.text)
        asks = part.asks or part.wants
        if not asks or len(text) > _LONGEST_LIST or any(word in text for word in self._together):
            return [part]
        things, rest = _listed(analyse(text))
        if len(things) < 2 or is_one_wish(part.text):
            return [part]
        return [part._replace(text=thing + rest) for thing in things]

    def _parts(self, text: str) -> Iterator[Part]:
        last: Part | None = None
        for sentence in _SENTENCES.findall(text.replace("？", "?").replace("！", "!")):
            pieces = self._joint.split(sentence) if self._joint else [sentence]
            said = [(piece.strip("、。! \u3000\n"), bool(place)) for place, piece in enumerate(pieces)]
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
        # お願いします alone asks for nothing that is not said before.
        says_what = end not in self._asking and end not in self._wishing
        asks, wants = says_what and end.endswith(self._asking), says_what and end.endswith(self._wishing)
        return Part(text, "?" in text or asks, wants, is_joined=False)


def _listed(tokens: Sequence[Token]) -> tuple[list[str], str]:
    """The things that *tokens* name one after the other at their beginning, and what follows the last of them; none without that."""
    things = [""]
    for place, token in enumerate(tokens):
        if token.pos in _NAMES or token.surface == "の" and things[-1]:
            things[-1] += token.surface
        elif token.surface in _LISTS and things[-1]:
            things.append("")
        else:
            is_asked_of_each = token.surface in _ASKED_OF_EACH or token.pos == "動詞"
            rest = "".join([other.surface for other in tokens[place:]])
            # 肩と首のストレッチ is one thing; お店の場所と電話番号 are two.
            return (things, rest) if is_asked_of_each and all(things) and "の" not in things[-1] else ([], "")
    return [], ""
