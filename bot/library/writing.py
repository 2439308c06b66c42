"""Writes a library back as the files of a pack: only what differs is written anew, comments stay wherever nothing has changed."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import yaml

from bot.library import positions
from bot.library.library import Library
from bot.library.loader import load
from bot.library.schema import KINDS, Article, Entry
from bot.library.shelf import Shelf

ADDED = "zz-added"
"""The name of files with entries that staff have added: they come last, as they do in the library."""
_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def write(shelf: Shelf, library: Library, target: Path) -> None:
    """The pack on *shelf*, changed into *library*, in the new folder *target*; FileExistsError when there is one already."""
    before = load(shelf)
    shutil.copytree(shelf.folder, target)
    for folder, kind in KINDS.items():
        changed = {entry.id: entry for entry in library.of(kind) if before.entries.get(entry.id) != entry} | {
            entry.id: None for entry in before.of(kind) if entry.id not in library.entries
        }
        if kind is Article:
            _articles(target / folder, changed)
        elif changed:
            _entries(target / folder, changed)
    if library.practice != before.practice:
        _save(target / "practice.yaml", _dumped(plain(library.practice)))
    for field in ("synonyms", "out_of_scope"):
        value = getattr(library.language, field)
        if value != getattr(before.language, field):
            rows = [list(row) if isinstance(row, tuple) else row for row in value]
            _save(target / "language" / f"{field}.yaml", _dumped(rows))
    if library.evaluation != before.evaluation:
        _evaluation(target / "evaluation", before.entries.keys() - library.entries.keys())
    _messages(
        target / "messages", {key: text for key, text in library.messages.items() if before.messages[key] != text}
    )


def plain(model: Any) -> dict[str, Any]:
    """A value of the pack as it stands in a file."""
    told: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return {"id": told.pop("id"), **told} if "id" in told else told


def article(entry: Article) -> str:
    """An article as its file: front matter, then a heading for each section."""
    told = plain(entry)
    sections = "\n".join(section_text(told.pop("sections")).splitlines())
    return f"---\n{_dumped(told)}---\n\n{sections}\n"


def section_text(sections: Sequence[Mapping[str, str]]) -> str:
    """Sections as Markdown."""
    return "\n\n".join(f"## {one['title']} {{#{one['slug']}}}\n\n{one['text'].strip()}" for one in sections)


def _articles(folder: Path, changed: Mapping[str, Entry | None]) -> None:
    files = {}
    for path in sorted(folder.glob("*.md")):
        head = _FRONT_MATTER.match(path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
        assert head is not None  # It was loaded.
        files[positions.read(head[1])[0]["id"]] = path
    for id, entry in changed.items():
        path = files.get(id, folder / f"{ADDED}-{id.partition('/')[2]}.md")
        if isinstance(entry, Article):
            _save(path, article(entry))
        else:
            path.unlink()


def _entries(folder: Path, changed: Mapping[str, Entry | None]) -> None:
    left = dict(changed)
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        data, lines = positions.read(text)
        ids = [item["id"] for item in data]
        if not left.keys() & set(ids):
            continue
        parts: dict[positions.Path, str] = {
            (number,): _item(left.pop(id)) for number, id in enumerate(ids) if id in left
        }
        if all(parts.get((number,)) == "" for number in range(len(ids))):
            path.unlink()
        else:
            _save(path, _spliced(text, lines, [(number,) for number in range(len(ids))], parts))
    new = [entry for entry in left.values() if entry is not None]
    if new:
        _save(folder / f"{ADDED}.yaml", "".join(map(_item, new)))


def _evaluation(folder: Path, gone: Set[str]) -> None:
    """Nobody is said to want an entry that is no more."""
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        for number, line in enumerate(lines):
            told = json.loads(line) if line.strip() else {"want": []}
            if not gone.isdisjoint(told["want"]):
                told["want"] = [id for id in told["want"] if id not in gone]
                lines[number] = json.dumps(told, ensure_ascii=False)
        _save(path, "".join(f"{line}\n" for line in lines))


def _messages(folder: Path, changed: Mapping[str, str]) -> None:
    left = dict(changed)
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        data, lines = positions.read(text)
        parts: dict[positions.Path, str] = {(key,): _dumped({key: left.pop(key)}) for key in data if key in left}
        if parts:
            _save(path, _spliced(text, lines, [(key,) for key in data], parts))
    if left:
        _save(folder / f"{ADDED}.yaml", _dumped(left))


def _spliced(
    text: str,
    lines: Mapping[positions.Path, int],
    places: Sequence[positions.Path],
    parts: Mapping[positions.Path, str],
) -> str:
    """*text* with the *parts* that are given anew; comments and blank lines behind one belong to the next."""
    rows = text.splitlines(keepends=True)
    begins = [lines[place] - 1 for place in places]
    written = rows[: begins[0]]
    for number, place in enumerate(places):
        end = begins[number + 1] if number + 1 < len(begins) else len(rows)
        own = rows[begins[number] : end]
        behind = len(own)
        while behind and (not own[behind - 1].strip() or own[behind - 1].startswith("#")):
            behind -= 1
        written += [parts[place], *own[behind:]] if place in parts else own
    return "".join(written)


def _item(entry: Entry | None) -> str:
    return "" if entry is None else _dumped([plain(entry)])


class _Dumper(yaml.SafeDumper):
    pass


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _dumped(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
