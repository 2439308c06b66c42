"""Collects what LINE would object to in a request, each with the place where it stands."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import regex

Json = dict[str, Any]
Measure = Callable[[str], int]

_CLUSTER = regex.compile(r"\X")
_LONGEST_URL = 2000
"""Of what LINE itself fetches."""
_LONGEST_URI = 1000
"""Of what a tap opens."""


def utf16_length(text: str) -> int:
    """The length of *text* in UTF-16 code units, as LINE counts most texts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def grapheme_length(text: str) -> int:
    """The length of *text* in characters as a person sees them, as LINE counts labels and template texts."""
    return len(_CLUSTER.findall(text))


def json_size(value: object) -> int:
    """The bytes that *value* takes as compact UTF-8 JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


class Complaints:
    """The objections to one request; empty means that LINE takes it."""

    def __init__(self) -> None:
        self.details: list[Json] = []

    def __bool__(self) -> bool:
        return bool(self.details)

    def add(self, where: str, message: str) -> None:
        self.details.append({"message": message, "property": where})

    def text(
        self,
        holder: Mapping[str, Any],
        key: str,
        where: str,
        *,
        most: int,
        required: bool = True,
        measure: Measure = utf16_length,
    ) -> str | None:
        """The text under *key* if it is one that LINE takes, else ``None`` and a complaint where one is due."""
        here = f"{where}.{key}"
        value = holder.get(key)
        if value is None:
            if required:
                self.add(here, "May not be empty")
            return None
        if not isinstance(value, str):
            self.add(here, "Must be a string")
            return None
        if not value.strip() and required:
            self.add(here, "May not be empty")
            return None
        if measure(value) > most:
            self.add(here, f"Length must be between 0 and {most}")
            return None
        return value

    def choice(
        self, holder: Mapping[str, Any], key: str, where: str, words: Collection[str], *, required: bool
    ) -> bool:
        """Whether the value under *key* is one of *words* (or absent, where it may be)."""
        value = holder.get(key)
        if value is None and not required:
            return True
        if isinstance(value, str) and value in words:
            return True
        self.add(f"{where}.{key}", f"Must be one of the following values: [{', '.join(words)}]")
        return False

    def items(self, holder: Mapping[str, Any], key: str, where: str, *, least: int, most: int) -> list[Any]:
        """The list under *key*; what is no list or has the wrong size is complained of."""
        value = holder.get(key)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.add(f"{where}.{key}" if where else key, f"Size must be between {least} and {most}")
        return value if isinstance(value, list) else []

    def mapping(self, value: object, where: str) -> Json | None:
        """*value* if it is a JSON object, else ``None`` and a complaint."""
        if isinstance(value, dict):
            return value
        self.add(where, "Must be an object")
        return None

    def https(self, holder: Mapping[str, Any], key: str, where: str, *, required: bool = True) -> None:
        """Complains unless the value under *key* is an HTTPS address that LINE would fetch."""
        value = self.text(holder, key, where, most=_LONGEST_URL, required=required)
        if value is not None and not re.match(r"https://[^\s/]+", value):
            self.add(f"{where}.{key}", "Must be a valid HTTPS URL")

    def uri(self, holder: Mapping[str, Any], key: str, where: str) -> None:
        """Complains unless the value under *key* is an address that a tap may open."""
        value = self.text(holder, key, where, most=_LONGEST_URI)
        if value is not None and not re.fullmatch(r"(https?://|line://|tel:)\S+", value):
            self.add(f"{where}.{key}", "invalid uri scheme")

    def number(self, holder: Mapping[str, Any], key: str, where: str, *, least: float, most: float) -> None:
        value = holder.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.add(f"{where}.{key}", f"Must be between {least:g} and {most:g}")

    def flag(self, holder: Mapping[str, Any], key: str, where: str = "") -> None:
        if key in holder and not isinstance(holder[key], bool):
            self.add(f"{where}.{key}" if where else key, "Must be a boolean")
