"""Reads the files of a content pack, and collects what is wrong with them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.library import checks, positions
from bot.library.problems import Problem, kind_of, mend
from bot.library.schema import Entry
from bot.library.shelf import Shelf

Body = Mapping[str, Any]
"""What an edit lays over the entry of a file: the entry whole; empty when it takes it away."""
EDIT = "edit:"
"""Before the id, what a problem calls an edit in the place of a file."""


class Reader:
    """Collects values and problems while the files are read, with the *edits* (by id) that lie over them."""

    def __init__(self, shelf: Shelf, edits: Mapping[str, Body] | None = None) -> None:
        self.shelf = shelf
        self.folder = shelf.folder
        self.edits = dict(edits or {})
        self.removed = frozenset(id for id, body in self.edits.items() if not body)
        self._unused = dict.fromkeys(self.edits)
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, checks.Place] = {}
        self.unread: set[str] = set()
        """Folders that hold more than we could read: what seems to be missing may be there."""
        for id, body in sorted(self.edits.items()):
            self.digest.update(f"{EDIT}{id}\0{json.dumps(body, sort_keys=True)}\0".encode())

    def name(self, path: Path | str) -> str:
        """How *path* is called in the pack; an edit already is by its name."""
        return path if isinstance(path, str) else path.relative_to(self.folder).as_posix()

    def edit(self, id: str) -> Body | None:
        """What lies over *id*; None for nothing."""
        self._unused.pop(id, None)
        return self.edits.get(id)

    def unused(self, prefix: str = "") -> list[str]:
        """The edits below *prefix* that lie over nothing so far."""
        return [id for id in self._unused if id.startswith(prefix)]

    def text(self, path: Path) -> str | None:
        """What the file says; None with the problem added when it cannot be read."""
        try:
            raw = self.shelf.raw(path)
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
            data, lines = self.shelf.parsed(path, text, first_line)
        except positions.YamlError as problem:
            self.lose(path, problem.line, problem.message)
            return None, {(): first_line}
        if not isinstance(data, form):
            self.lose(path, lines[()], f"must hold {wanted}")
            return None, lines
        return data, lines

    def add(
        self,
        path: Path | str,
        line: int,
        message: str,
        kind: str = "other",
        part: positions.Path = (),
        value: str = "",
    ) -> None:
        """Note a problem at this line."""
        self.problems.append(Problem(self.name(path), line, message, kind, part, value))

    def lose(self, path: Path, line: int, message: str) -> None:
        """Add the problem of a file whose content stays unknown for it."""
        self.add(path, line, message)
        self.unread.add(self.name(path).partition("/")[0])

    def files(self, folder: str, ending: str) -> Iterator[Path]:
        """The files of a folder, in order; one that would go unread for its ending is a problem."""
        for path in self.shelf.listed(folder):
            if path.suffix == f".{ending}":
                yield path
            elif path.suffix.lower() in (".yaml", ".yml", ".md"):
                self.lose(path, 1, f"is not read: files of {folder}/ end in .{ending}; rename it or move it away")

    def model(
        self,
        kind: type[BaseModel],
        data: Any,
        path: Path | str,
        lines: dict[positions.Path, int],
        at: positions.Path = (),
    ) -> Any:
        """*data* as *kind*, or None with its problems added. What stands in a file at this place is checked once."""
        place = (kind, path, at) if isinstance(path, Path) else None
        if place is not None and place in self.shelf.models:
            return self.shelf.models[place]
        try:
            found = TypeAdapter(kind).validate_python(data, strict=False)
            if place is not None:
                self.shelf.models[place] = found
            return found
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                where = (*at, *detail["loc"])
                name = ".".join(str(part) for part in detail["loc"])
                message = f"{name}: {mend(detail)}" if name else mend(detail)
                problem, value = kind_of(detail)
                self.add(path, positions.line_of(lines, where), message, problem, detail["loc"], value)
            return None

    def entry(
        self, kind: type[Entry], data: Any, path: Path | str, lines: dict[positions.Path, int], at: positions.Path = ()
    ) -> None:
        """Take *data*, or what lies over it, as an entry of the pack, or note what is wrong with it."""
        id = data.get("id") if isinstance(data, dict) else None
        body = self.edit(id) if isinstance(id, str) else None
        if body is not None:
            if not body:
                return
            data, path, lines, at = {"id": id, **body}, f"{EDIT}{id}", {(): 1}, ()
        entry = self.model(kind, data, path, lines, at)
        if entry is None:
            # Still known by its id, so that a reference to it is not reported as dead besides.
            if isinstance(id, str):
                self.places.setdefault(id, checks.Place(self.name(path), lines, at))
            return
        if entry.kind != kind.__name__.lower():
            message = f"id: must begin with {kind.__name__.lower()}/ in this folder"
            self.add(path, positions.line_of(lines, (*at, "id")), message)
        if entry.id in self.places:
            before = self.places[entry.id]
            line = positions.line_of(lines, (*at, "id"))
            self.add(path, line, f"id: {entry.id} stands already in {before.file}:{before.line('id')}; ids are unique")
            return
        self.places[entry.id] = checks.Place(self.name(path), lines, at)
        self.entries[entry.id] = self._without_removed(entry)

    def new(self, kind: type[Entry]) -> None:
        """Take the edits of this kind that lie over no file: entries that staff have added."""
        for id in self.unused(f"{kind.__name__.lower()}/"):
            if self.edits[id]:
                self.entry(kind, {"id": id}, f"{EDIT}{id}", {(): 1})
            else:
                self.edit(id)

    def _without_removed(self, entry: Entry) -> Entry:
        """Nothing is said to be near that staff have taken away; what needs it for more stays a problem."""
        change: dict[str, Any] = {}
        if self.removed.intersection(entry.related):
            change["related"] = tuple(id for id in entry.related if id not in self.removed)
        if getattr(entry, "other_view", None) in self.removed:
            change["other_view"] = None
        return entry.model_copy(update=change) if change else entry
