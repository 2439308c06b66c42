"""Reads the files of a content pack, and collects what is wrong with them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.library import checks, positions
from bot.library.problems import Problem, mend
from bot.library.schema import Entry


class Reader:
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
        """How *path* is called in the pack."""
        return path.relative_to(self.folder).as_posix()

    def text(self, path: Path) -> str | None:
        """What the file says; None with the problem added when it cannot be read."""
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
        """Note a problem at this line."""
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
        """Take *data* as an entry of the pack, or note what is wrong with it."""
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
