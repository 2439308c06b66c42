"""Read a content pack from its folder, or say everything that is wrong with it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.library import checks, positions
from bot.library.library import Library
from bot.library.schema import KINDS, Article, Entry, Language, Origin, Practice

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^##\s+(.+?)\s*\{#([^}]*)\}\s*$")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.line}: {self.message}"


class ContentError(Exception):
    """A pack that cannot be used; *problems* are all that was found, in the order of files and lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class _Reader:
    """Collects values and problems while the files are read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, checks.Place] = {}

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def text(self, path: Path) -> str | None:
        try:
            raw = path.read_bytes()
        except OSError as error:
            self.add(path, 1, f"cannot be read ({error.strerror}); create it or check its permissions")
            return None
        self.digest.update(f"{self.name(path)}\0{len(raw)}\0".encode() + raw)
        try:
            return raw.decode().replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.add(path, 1, "is not UTF-8; save it with the encoding UTF-8")
            return None

    def yaml(self, path: Path, text: str | None = None, first_line: int = 1) -> tuple[Any, dict[positions.Path, int]]:
        text = self.text(path) if text is None else text
        if text is None:
            return None, {(): 1}
        try:
            return positions.read(text, first_line=first_line)
        except positions.YamlError as problem:
            self.add(path, problem.line, problem.message)
            return None, {(): 1}

    def add(self, path: Path, line: int, message: str) -> None:
        self.problems.append(Problem(self.name(path), line, message))

    def files(self, folder: str, ending: str) -> Iterator[Path]:
        yield from sorted((self.folder / folder).glob(f"*.{ending}"))

    def model(
        self, kind: type[BaseModel], data: Any, path: Path, lines: dict[positions.Path, int], at: positions.Path = ()
    ) -> Any:
        """*data* as *kind*, or None with its problems added."""
        try:
            return TypeAdapter(kind).validate_python(data, strict=False)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                where = (*at, *detail["loc"])
                name = ".".join(str(part) for part in detail["loc"])
                self.add(path, positions.line_of(lines, where), f"{name}: {_mend(detail)}" if name else _mend(detail))
            return None

    def entry(
        self, kind: type[Entry], data: Any, path: Path, lines: dict[positions.Path, int], at: positions.Path = ()
    ) -> None:
        entry = self.model(kind, data, path, lines, at)
        if entry is None:
            # Still known by its id, so that a reference to it is not reported as dead besides.
            if isinstance(data, dict) and isinstance(data.get("id"), str):
                self.places.setdefault(data["id"], checks.Place(self.name(path), lines, at))
            return
        if entry.id in self.places:
            before = self.places[entry.id]
            line = positions.line_of(lines, (*at, "id"))
            self.add(path, line, f"id: {entry.id} stands already in {before.file}:{before.line('id')}; ids are unique")
            return
        self.places[entry.id] = checks.Place(self.name(path), lines, at)
        self.entries[entry.id] = entry


def load(folder: Path) -> Library:
    """The pack in *folder*; ContentError with every problem when there is any."""
    if not folder.is_dir():
        raise ContentError([Problem(str(folder), 1, "is no folder; name one that holds a content pack")])
    reader = _Reader(folder)
    practice = _one(reader, "practice.yaml", Practice)
    origins = _origins(reader)
    messages = _messages(reader)
    for name, kind in KINDS.items():
        if kind is Article:
            for path in reader.files(name, "md"):
                _article(reader, path)
            continue
        for path in reader.files(name, "yaml"):
            data, lines = reader.yaml(path)
            if not isinstance(data, list):
                reader.add(path, 1, "must hold a list of entries, each beginning with `- id:`")
                continue
            for position, item in enumerate(data):
                reader.entry(kind, item, path, lines, (position,))
    language, rules_file = _language(reader)
    for file, line, message in checks.problems(
        reader.entries, reader.places, origins, messages, practice, language, rules_file
    ):
        reader.problems.append(Problem(file, line, message))
    if reader.problems or practice is None or language is None:
        raise ContentError(reader.problems)
    return Library(
        entries=MappingProxyType(reader.entries),
        origins=MappingProxyType(origins),
        practice=practice,
        messages=MappingProxyType({key: text for key, (text, _) in messages.items()}),
        language=language,
        digest=reader.digest.hexdigest(),
    )


def _one(reader: _Reader, name: str, kind: type[BaseModel]) -> Any:
    path = reader.folder / name
    if not path.exists():
        reader.add(path, 1, "is missing; copy it from the shipped pack and fill it in")
        return None
    data, lines = reader.yaml(path)
    return None if data is None else reader.model(kind, data, path, lines)


def _origins(reader: _Reader) -> dict[str, Origin]:
    path = reader.folder / "origins.yaml"
    if not path.exists():
        reader.add(path, 1, "is missing; it names the origins of the answers")
        return {}
    data, lines = reader.yaml(path)
    found = {}
    for key, value in (data if isinstance(data, dict) else {}).items():
        origin = reader.model(Origin, value, path, lines, (key,))
        if origin is not None:
            found[str(key)] = origin
    return found


def _messages(reader: _Reader) -> dict[str, tuple[str, checks.Place]]:
    found: dict[str, tuple[str, checks.Place]] = {}
    for path in reader.files("messages", "yaml"):
        data, lines = reader.yaml(path)
        if not isinstance(data, dict):
            reader.add(path, 1, "must hold lines of the form `key: text`")
            continue
        for key, text in data.items():
            place = checks.Place(reader.name(path), lines, (key,))
            if not isinstance(text, str) or not text.strip():
                reader.add(path, place.line(), f"{key}: must be a text; put it in quotes")
            elif key in found:
                reader.add(path, place.line(), f"{key}: stands already in {found[key][1].file}; keep one")
            else:
                found[key] = (text.strip("\n"), place)
    return found


def _language(reader: _Reader) -> tuple[Language | None, dict[str, checks.Place]]:
    """The files of ``language/``: each fills the field of its own name."""
    data: dict[str, Any] = {}
    places: dict[str, checks.Place] = {}
    failed = False
    for path in reader.files("language", "yaml"):
        field = path.stem
        if field not in Language.model_fields:
            known = ", ".join(sorted(f"{name}.yaml" for name in Language.model_fields))
            reader.add(path, 1, f"is not a file of language/; it may hold {known}")
            continue
        value, lines = reader.yaml(path)
        places[field] = checks.Place(reader.name(path), lines, ())
        # Checked file by file, so that a problem is told with its own line.
        probe = reader.model(
            Language, {field: value}, path, {(field, *key): line for key, line in lines.items()} | {(): 1}
        )
        failed = failed or probe is None
        data[field] = value
    return (None if failed else Language.model_validate(data)), places


def _article(reader: _Reader, path: Path) -> None:
    text = reader.text(path)
    if text is None:
        return
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        reader.add(path, 1, "must begin with front matter between two lines of ---")
        return
    data, lines = reader.yaml(path, parts[1], first_line=2)
    if not isinstance(data, dict):
        return
    first = parts[1].count("\n") + 3
    sections: list[dict[str, Any]] = []
    for number, line in enumerate(parts[2].split("\n"), start=first):
        if line.startswith("#"):
            heading = _HEADING.match(line)
            if heading is None:
                reader.add(path, number, "is no section heading; write `## Title {#slug}`")
                return
            lines[("sections", len(sections))] = number
            sections.append({"title": heading[1], "slug": heading[2], "text": ""})
        elif sections:
            sections[-1]["text"] += line + "\n"
        elif line.strip():
            reader.add(path, number, "stands before the first section; put it under a `## Title {#slug}`")
            return
    reader.entry(Article, {**data, "sections": sections}, path, lines)


def _mend(detail: Any) -> str:
    """A pydantic error in words that say what to do."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "is not a key of this kind of entry; remove it or mend its spelling"
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind == "too_short":
        return f"has {context['actual_length']}; give at least {context['min_length']}"
    if kind == "too_long":
        return f"has more than {context['max_length']}; take some out"
    if kind == "string_pattern_mismatch":
        return f"{detail['input']!r} is not of the right form ({context['pattern']}); mend it"
    if kind == "literal_error":
        return f"{detail['input']!r} is not one of {context['expected']}; choose one of these"
    return f"{detail['msg']} (found {type(detail['input']).__name__}); mend it"
