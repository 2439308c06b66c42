"""Read a content pack from its folder, or say everything that is wrong with it."""

import hashlib
import re
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.library import checks, positions, questions
from bot.library.library import Library
from bot.library.practice import Practice
from bot.library.problems import ContentError, Problem, mend
from bot.library.questions import Welcome
from bot.library.schema import KINDS, Article, Entry, Language, Origin
from bot.settings import DEFAULT_CONTENT

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^##\s+(.+?)\s*\{#([^}]*)\}\s*$")


__all__ = ["ContentError", "load"]


class _Reader:
    """Collects values and problems while the files are read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, checks.Place] = {}
        self.unread: set[str] = set()
        """Folders that hold more than we could read: what seems to be missing may be there."""

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def text(self, path: Path) -> str | None:
        try:
            raw = path.read_bytes()
        except OSError as error:
            self.lose(path, 1, f"cannot be read ({error.strerror}); create it or check its permissions")
            return None
        self.digest.update(f"{self.name(path)}\0{len(raw)}\0".encode() + raw)
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.lose(path, line, "is not UTF-8; save it with the encoding UTF-8")
            return None

    def yaml(
        self,
        path: Path,
        form: type[Any] | tuple[type[Any], ...],
        wanted: str,
        text: str | None = None,
        first_line: int = 1,
    ) -> tuple[Any, dict[positions.Path, int]]:
        """What the file holds and the lines of it; (None, …) with the problem added when it is not of this *form*."""
        text = self.text(path) if text is None else text
        if text is None:
            return None, {(): first_line}
        try:
            data, lines = positions.read(text, first_line=first_line)
        except positions.YamlError as problem:
            self.lose(path, problem.line, problem.message)
            return None, {(): first_line}
        if not isinstance(data, form):
            self.lose(path, lines[()], f"must hold {wanted}")
            return None, lines
        return data, lines

    def add(self, path: Path, line: int, message: str) -> None:
        self.problems.append(Problem(self.name(path), line, message))

    def lose(self, path: Path, line: int, message: str) -> None:
        """Add the problem of a file whose content stays unknown for it."""
        self.add(path, line, message)
        self.unread.add(self.name(path).partition("/")[0])

    def files(self, folder: str, ending: str) -> Iterator[Path]:
        """The files of a folder, in order; one that would go unread for its ending is a problem."""
        for path in sorted((self.folder / folder).glob("*")):
            if path.suffix == f".{ending}":
                yield path
            elif path.suffix.lower() in (".yaml", ".yml", ".md"):
                self.lose(path, 1, f"is not read: files of {folder}/ end in .{ending}; rename it or move it away")

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
                self.add(path, positions.line_of(lines, where), f"{name}: {mend(detail)}" if name else mend(detail))
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
        if entry.kind != kind.__name__.lower():
            self.add(
                path,
                positions.line_of(lines, (*at, "id")),
                f"id: must begin with {kind.__name__.lower()}/ in this folder",
            )
        if entry.id in self.places:
            before = self.places[entry.id]
            line = positions.line_of(lines, (*at, "id"))
            self.add(path, line, f"id: {entry.id} stands already in {before.file}:{before.line('id')}; ids are unique")
            return
        self.places[entry.id] = checks.Place(self.name(path), lines, at)
        self.entries[entry.id] = entry


GENERAL = ("body_notes", "follow_ups", "safety", "safety_examples", "why", "words")
"""The files of ``language/`` that tell how people write whatever the practice; a pack without them gets the shipped ones."""

Judge = Callable[[str], str | None]
"""Says which safety entry answers a text; None for none."""


def load(folder: Path, *, judged_by: Callable[[Language], Judge] | None = None) -> Library:
    """The pack in *folder*; ContentError with every problem when there is any.

    *judged_by* makes a judge of the pack's rules and examples of danger, to prove that they catch what the safety entries promise.
    """
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
            data, lines = reader.yaml(path, list, "a list of entries, each beginning with `- id:`")
            for position, item in enumerate(data or ()):
                reader.entry(kind, item, path, lines, (position,))
    language = _language(reader)
    words = language.words if language is not None else {}
    welcome = _welcome(reader, words)
    shipped = _messages(_Reader(DEFAULT_CONTENT))
    said = {key: text for key, (text, _) in shipped.items()}
    for file, line, message in checks.problems(
        reader.entries,
        reader.places,
        origins,
        messages,
        said,
        words,
        reader.unread,
    ):
        reader.problems.append(Problem(file, line, message))
    if judged_by is not None and language is not None:
        for file, line, message in checks.uncaught(reader.entries, reader.places, judged_by(language)):
            reader.problems.append(Problem(file, line, message))
    if reader.problems or practice is None or language is None:
        raise ContentError(reader.problems)
    return Library(
        entries=MappingProxyType(reader.entries),
        origins=MappingProxyType(origins),
        practice=practice,
        # What a pack leaves unsaid is said in the shipped pack's words.
        messages=MappingProxyType(said | {key: text for key, (text, _) in messages.items()}),
        language=language,
        welcome=welcome,
        digest=reader.digest.hexdigest(),
    )


def _one(reader: _Reader, name: str, kind: type[BaseModel]) -> Any:
    path = reader.folder / name
    if not path.exists():
        reader.add(path, 1, "is missing; copy it from the shipped pack and fill it in")
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    return None if data is None else reader.model(kind, data, path, lines)


def _welcome(reader: _Reader, words: Container[str]) -> Welcome | None:
    """The questions for somebody new; a pack need not have any."""
    path = reader.folder / "welcome.yaml"
    if not path.exists():
        return None
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`")
    welcome: Welcome | None = None if data is None else reader.model(Welcome, data, path, lines)
    if welcome is not None:
        for where, message in questions.problems(welcome.questions, words, reader.entries):
            reader.add(path, positions.line_of(lines, where), message)
    return welcome


def _origins(reader: _Reader) -> dict[str, Origin]:
    path = reader.folder / "origins.yaml"
    if not path.exists():
        reader.add(path, 1, "is missing; it names the origins of the answers")
        return {}
    data, lines = reader.yaml(path, dict, "lines of the form `key: {word: …, note: …}`")
    found = {}
    for key, value in (data or {}).items():
        origin = reader.model(Origin, value, path, lines, (key,))
        if origin is not None:
            found[str(key)] = origin
    return found


def _messages(reader: _Reader) -> dict[str, tuple[str, checks.Place]]:
    found: dict[str, tuple[str, checks.Place]] = {}
    for path in reader.files("messages", "yaml"):
        data, lines = reader.yaml(path, dict, "lines of the form `key: text`")
        for key, text in (data or {}).items():
            place = checks.Place(reader.name(path), lines, (key,))
            if not isinstance(text, str) or not text.strip():
                reader.add(path, place.line(), f"{key}: must be a text; put it in quotes")
            elif key in found:
                reader.add(path, place.line(), f"{key}: stands already in {found[key][1].file}; keep one")
            else:
                found[key] = (text.strip("\n"), place)
    return found


def _language(reader: _Reader) -> Language | None:
    """The files of ``language/``: each fills the field of its own name; those about people in general may be left out."""
    data: dict[str, Any] = {}
    failed = False
    for field in GENERAL:
        if not (reader.folder / "language" / f"{field}.yaml").exists():
            path = DEFAULT_CONTENT / "language" / f"{field}.yaml"
            reader.digest.update(path.read_bytes())
            data[field] = positions.read(path.read_text(encoding="utf-8"))[0]
    for path in reader.files("language", "yaml"):
        field = path.stem
        if field not in Language.model_fields:
            known = ", ".join(sorted(f"{name}.yaml" for name in Language.model_fields))
            reader.add(path, 1, f"is not a file of language/; it may hold {known}")
            continue
        value, lines = reader.yaml(path, (list, dict), "a list or lines of the form `key: …`")
        if value is None:
            failed = True
            continue
        # Checked file by file, so that a problem is told with its own line.
        probe = reader.model(
            Language, {field: value}, path, {(field, *key): line for key, line in lines.items()} | {(): 1}
        )
        failed = failed or probe is None
        data[field] = value
        if probe is None:
            continue
        for number, kind in enumerate(probe.safety.kinds):
            if kind.id not in reader.places:
                line = positions.line_of(lines, ("kinds", number, "id"))
                reader.add(path, line, f"kinds: {kind.id} does not exist; add the entry to safety/ or mend the id")
        for id in probe.safety_examples.dangers:
            if id not in reader.places:
                line = positions.line_of(lines, ("dangers", id))
                reader.add(path, line, f"dangers: {id} does not exist; add the entry to safety/ or mend the id")
    return None if failed else Language.model_validate(data)


def _article(reader: _Reader, path: Path) -> None:
    text = reader.text(path)
    if text is None:
        return
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        reader.lose(path, 1, "must begin with front matter between two lines of ---")
        return
    data, lines = reader.yaml(path, dict, "lines of the form `key: value`", parts[1], first_line=2)
    if data is None:
        return
    first = parts[1].count("\n") + 3
    sections: list[dict[str, Any]] = []
    for number, line in enumerate(parts[2].split("\n"), start=first):
        if line.startswith("#"):
            heading = _HEADING.match(line)
            if heading is None:
                reader.lose(path, number, "is no section heading; write `## Title {#slug}`")
                return
            lines[("sections", len(sections))] = number
            sections.append({"title": heading[1], "slug": heading[2], "text": ""})
        elif sections:
            sections[-1]["text"] += line + "\n"
        elif line.strip():
            reader.lose(path, number, "stands before the first section; put it under a `## Title {#slug}`")
            return
    reader.entry(Article, {**data, "sections": sections}, path, lines)
