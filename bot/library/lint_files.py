"""Reads ``lint/*.yaml``: the rules in files of any name, and the three files that they share."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.library import positions
from bot.library.lint_book import FACTS, LintBook, LintContext, LintFact, LintRule, Words
from bot.library.problems import ContentError
from bot.library.reader import Reader
from bot.library.shelf import Shelf
from bot.settings import DEFAULT_CONTENT

FOLDER = "lint"
SHARED = ("context", "facts", "words")
"""Not rules; a pack that has rules of its own but not one of these gets the shipped one."""
_SIGN = re.compile("[~…#=]|[かさたなまらわ]?×|$")
_VERBS = "くぐすつぬぶむるう"


@lru_cache(maxsize=1)
def shipped() -> LintBook:
    """The rules that come with the program."""
    reader = Reader(Shelf(DEFAULT_CONTENT))
    book = read(reader)
    if book is None:
        raise ContentError(reader.problems)
    return book


def read(reader: Reader) -> LintBook | None:
    """The rules of the pack that *reader* reads, the shipped ones where it has none; None with the problems added."""
    if not (reader.folder / FOLDER).is_dir():
        _take(reader, "*")
        return shipped()
    known = len(reader.problems)
    shared = {name: _shared(reader, name) for name in SHARED}
    rules: dict[str, LintRule] = {}
    for path in reader.files(FOLDER, "yaml"):
        if path.stem not in SHARED:
            _rules(reader, path, shared["words"] or {}, rules)
    if len(reader.problems) > known:
        return None
    facts = MappingProxyType(shared["facts"])
    return LintBook(tuple(rules.values()), MappingProxyType(shared["words"]), shared["context"], facts)


def _take(reader: Reader, name: str) -> None:
    """Count the shipped files called *name* as content of the pack."""
    for path in sorted((DEFAULT_CONTENT / FOLDER).glob(f"{name}.yaml")):
        reader.digest.update(path.read_bytes())


def _shared(reader: Reader, name: str) -> Any:
    path = reader.folder / FOLDER / f"{name}.yaml"
    if not path.exists():
        _take(reader, name)
        book = shipped()
        return {"context": book.context, "facts": dict(book.facts), "words": dict(book.words)}[name]
    data, lines = reader.yaml(path, dict, "lines of the form `key: …`")
    if data is None:
        return None
    if name == "context":
        return reader.model(LintContext, data, path, lines)
    if name == "words":
        groups: dict[str, tuple[str, ...]] = {}
        for key, value in data.items():
            group = reader.model(Words, value, path, lines, (key,))  # type: ignore[arg-type]
            groups[str(key)] = group or ()
        for key, group in groups.items():
            for position, problem in _bad_words(group, groups):
                reader.add(path, positions.line_of(lines, (key, position)), f"{key}: {problem}")
        return groups
    facts = {key: reader.model(LintFact, value, path, lines, (key,)) for key, value in data.items()}
    for key in facts:
        if key not in FACTS:
            reader.add(path, positions.line_of(lines, (key,)), f"{key}: the program finds no such thing; remove it")
    for key in FACTS:
        if key not in facts:
            reader.add(path, 1, f"{key}: is missing; say how grave it is, why, and what to do")
    return facts


def _rules(reader: Reader, path: Path, groups: dict[str, tuple[str, ...]], found: dict[str, LintRule]) -> None:
    data, lines = reader.yaml(path, list, "a list of rules, each beginning with `- id:`")
    for number, item in enumerate(data or ()):
        rule: LintRule | None = reader.model(LintRule, item, path, lines, (number,))
        if rule is None:
            continue
        if rule.id in found or rule.id in FACTS:
            reader.add(path, positions.line_of(lines, (number, "id")), f"id: {rule.id} stands twice; ids are unique")
        found[rule.id] = rule
        for key in ("says", "beside", "unless", "unless_anywhere", "spares"):
            for position, problem in _bad_words(getattr(rule, key), groups):
                reader.add(path, positions.line_of(lines, (number, key, position)), f"{key}: {problem}")


def _bad_words(words: tuple[str, ...], groups: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    for position, word in enumerate(words):
        if word.startswith("@"):
            if word[1:] not in groups:
                yield position, f"there is no group {word}; add it to words.yaml or mend the name"
        elif _SIGN.match(word.replace("＃", "#").removeprefix("#")):
            yield position, f"{word!r}: begins with a sign; only ＃ may stand first, with a letter behind it"
        elif "~" in word and not all(part and part[-1] in _VERBS for part in word.split("~")[:-1]):
            yield position, f"{word!r}: ~ stands behind a verb that ends in one of {_VERBS}"
