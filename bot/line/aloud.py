"""A message as one text that reads well aloud: what phones say and lists of talks show in a card's place."""

import re
from collections.abc import Iterable

import regex

LONGEST = 400
"""In UTF-16 units. LINE takes 1,500; nobody listens to that."""
_ADDRESS = re.compile(r"(?:https?://|tel:|line:)[!-~]+")
_SIGNS = re.compile(r"[●○◎□■◆◇★☆※►▶▷→⇒✓✔]")
_BULLET = re.compile(r"^[\s　・•\-–—*]+", re.MULTILINE)
_ENDS = tuple("。．！？!?…」』）)")


def aloud(parts: Iterable[str], most: int = LONGEST) -> str:
    """*parts* a line each, closed by a mark at which a voice rests, without addresses and signs that are no words.

    Parts of nothing else stay as they are, for LINE refuses a card without a text.
    """
    parts = list(parts)
    lines = [line for part in parts for line in _plain(part).splitlines() if line]
    if not lines:
        return cut("\n".join(parts).strip(), most)
    return cut("\n".join(line if line.endswith(_ENDS) else f"{line}。" for line in lines), most)


def _plain(text: str) -> str:
    text = _BULLET.sub("", _SIGNS.sub("", _ADDRESS.sub("", text)))
    # Between words the dot is read as a word of its own, or swallowed.
    return "\n".join(" ".join(line.replace("・", "、").split()) for line in text.splitlines())


def cut(text: str, most: int) -> str:
    """*text* with at most *most* UTF-16 code units, as LINE counts them."""
    units = text.encode("utf-16-le")
    if len(units) <= most * 2:
        return text
    return units[: (most - 1) * 2].decode("utf-16-le", errors="ignore") + "…"


def shortened(label: str, most: int) -> str:
    """*label* with at most *most* characters as people see them, as LINE counts what stands on buttons."""
    if len(label) <= most:
        return label  # What people see as one character is one letter or more.
    characters = regex.findall(r"\X", label)
    return label if len(characters) <= most else "".join(characters[: most - 1]) + "…"
