"""The pictures of a pack: drawings in SVG, shown as PNG files whose names tell what is in them."""

import base64
import hashlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import resvg_py

KEPT = Path(__file__).parents[2] / ".cache" / "pictures"
"""Where rendered pictures are kept unless told otherwise. The files may be thrown away at any time."""
WIDTHS = (1024, 700, 460, 300, 240)
"""In pixels: the largest that LINE takes in a card, then what smaller screens and lists want."""
SHAPE = (4, 3)
"""Width to height of every picture."""
ENDINGS = (".svg", ".png")
"""Of the files in ``pictures/``; a PNG is a photograph, which is cut to the shape of the drawings."""
STYLE = "style.css"
_FILE = re.compile(r"[0-9a-f]{32}-[a-z0-9-]+-[0-9]+\.png")
_PHOTOGRAPH = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600"><image width="800" height="600"'
    ' preserveAspectRatio="xMidYMid slice" href="data:image/png;base64,%s"/></svg>'
)

log = logging.getLogger(__name__)


class DrawingError(Exception):
    """A file of ``pictures/`` that cannot be drawn; the message says why."""


class Gallery:
    """The pictures in a pack's folder *pictures*, as they were when it was made; each is rendered when first asked for.

    A rendered one stays in *kept*, where it is found even when the pack has another by then: old messages show it.
    """

    def __init__(self, pictures: Path, kept: Path = KEPT) -> None:
        style = pictures / STYLE
        self._style = style.read_text(encoding="utf-8") if style.is_file() else ""
        self._sources = {path.stem: _source(path) for path in sorted(pictures.glob("*")) if path.suffix in ENDINGS}
        self._kept = kept
        self._drawing = threading.Lock()
        self._files = {self._file(name, width): (name, width) for name in self._sources for width in WIDTHS}
        self._paths = {both: f"/pictures/{file}" for file, both in self._files.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """What the pictures are called."""
        return tuple(self._sources)

    def path(self, name: str, width: int = WIDTHS[0]) -> str | None:
        """Where the public door shows the picture, another place once it is another; None when there is none."""
        return self._paths.get((name, width))

    def addresses(self, base: str | None) -> Callable[[str], str | None]:
        """What tells where LINE finds a picture: None without an address (*base*) that it can open, or without the picture."""

        def address(name: str) -> str | None:
            path = self.path(name)
            return None if base is None or path is None else base + path

        return address

    def shown(self, file: str) -> bytes | None:
        """The PNG behind the last part of such a path; None for whatever was never a picture here."""
        if _FILE.fullmatch(file) is None:
            return None
        found = self._found(file)
        if found is not None or file not in self._files:
            return found
        # A reminder comes to many phones at once: one of their requests draws, the others wait for it.
        with self._drawing:
            return self._found(file) or self._drawn(file)

    def draw(self, name: str, width: int) -> bytes:
        """The picture as PNG, so many pixels wide; DrawingError when its file is no drawing."""
        try:
            return resvg_py.svg_to_bytes(
                svg_string=self._sources[name].decode("utf-8"),
                style_sheet=self._style,
                width=width,
                background="#ffffff",  # Where nothing is drawn LINE would show black or white, as the phone is set.
                skip_system_fonts=True,  # No two machines have the same.
            )
        except ValueError as error:
            raise DrawingError(str(error).strip().splitlines()[0]) from error

    def build(self) -> int:
        """Render all that is not kept yet; how many files there are then."""
        for file in self._files:
            self.shown(file)
        return len(self._files)

    def _found(self, file: str) -> bytes | None:
        try:
            return (self._kept / file).read_bytes()
        except OSError:
            return None

    def _drawn(self, file: str) -> bytes | None:
        name, width = self._files[file]
        try:
            png = self.draw(name, width)
        except DrawingError as error:
            log.warning("the picture %s cannot be drawn: %s", name, error)
            return None
        self._keep(file, png)
        return png

    def _file(self, name: str, width: int) -> str:
        """Known to nobody who has not got it: the digest of all that decides how the picture looks."""
        parts = (resvg_py.__version__.encode(), self._style.encode(), self._sources[name])
        digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
        return f"{digest}-{name}-{width}.png"

    def _keep(self, file: str, png: bytes) -> None:
        try:
            self._kept.mkdir(parents=True, exist_ok=True)
            # Two processes may draw the same at once: each writes its own file, and the last to finish wins.
            descriptor, name = tempfile.mkstemp(dir=self._kept)
            with os.fdopen(descriptor, "wb") as written:
                written.write(png)
            os.replace(name, self._kept / file)
        except OSError as error:
            log.warning("the picture %s could not be kept: %s", file, error)


def _source(path: Path) -> bytes:
    raw = path.read_bytes()
    return raw if path.suffix == ".svg" else (_PHOTOGRAPH % base64.b64encode(raw).decode("ascii")).encode()
