"""The files of a content pack as they were when first read: what lies over them changes, they do not."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.library import positions

Parsed = tuple[Any, dict[positions.Path, int]]


class Shelf:
    """Reads each file once, so that a pack can be put together again in a moment, and from the same files.

    Nobody may change what it hands out.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._raw: dict[Path, bytes | None] = {}
        self._listed: dict[str, tuple[Path, ...]] = {}
        self._parsed: dict[Path, Parsed] = {}
        self._siblings: dict[Path, Shelf] = {}
        self.models: dict[tuple[type[BaseModel], Path, positions.Path], Any] = {}
        """What has been checked: kind, file and place in it -> the model. It is as lasting as the file."""

    def sibling(self, folder: Path) -> "Shelf":
        """A shelf of another folder, which this one keeps."""
        if folder not in self._siblings:
            self._siblings[folder] = Shelf(folder)
        return self._siblings[folder]

    def exists(self, path: Path) -> bool:
        """Whether the file is there."""
        if path not in self._raw and not path.exists():
            self._raw[path] = None
        return self._raw.get(path, b"") is not None

    def raw(self, path: Path) -> bytes:
        """What the file holds; OSError when it cannot be read."""
        found = self._raw.get(path)
        if found is None:
            found = self._raw[path] = path.read_bytes()
        return found

    def listed(self, folder: str) -> tuple[Path, ...]:
        """The files of a folder, in order."""
        if folder not in self._listed:
            self._listed[folder] = tuple(sorted((self.folder / folder).glob("*")))
        return self._listed[folder]

    def parsed(self, path: Path, text: str, first_line: int) -> Parsed:
        """The data of the YAML *text* of a file with its lines; YamlError when it is none."""
        if path not in self._parsed:
            self._parsed[path] = positions.read(text, first_line=first_line)
        data, lines = self._parsed[path]
        return data, dict(lines)
