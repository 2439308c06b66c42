"""The pictures of the rich menu: one for each tab, drawn in the pack's style from its words and icons."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import resvg_py
from noto_cjk_sans_jp_bold import FONT_PATH

from bot.library import menu
from bot.library.gallery import DrawingError
from bot.library.menu import Area, RichMenu, Tab

WIDTH, HEIGHT = 2500, 1686
"""The largest that LINE takes, and its most common shape."""
BAR = 246
"""The height of the tabs on top."""
COLUMNS = 3
MOST_BYTES = 1_000_000
_ROW = (HEIGHT - BAR) // 2
_GAP = 14
_DISC, _ICON = 172, 290
_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


def tab_box(count: int, number: int) -> Box:
    """Where the tab is tapped."""
    left = WIDTH * number // count
    return left, 0, WIDTH * (number + 1) // count - left, BAR


def area_box(number: int) -> Box:
    """Where the field is tapped."""
    row, column = divmod(number, COLUMNS)
    left = WIDTH * column // COLUMNS
    return left, BAR + row * _ROW, WIDTH * (column + 1) // COLUMNS - left, _ROW


def pictures(folder: Path, menu: RichMenu) -> dict[str, bytes]:
    """The picture of every tab of *menu*, by its slug; DrawingError when one cannot be drawn."""
    drawing = MenuDrawing(folder, menu)
    return {tab.slug: drawing.draw(tab) for tab in menu.tabs}


class MenuDrawing:
    """Draws the tabs of *menu* with the icons and the style of the pack in *folder*."""

    def __init__(self, folder: Path, menu: RichMenu) -> None:
        self._folder = folder
        self._menu = menu
        styles = (folder / "pictures" / "style.css", folder / "richmenu" / "style.css")
        self._style = "\n".join(path.read_text(encoding="utf-8") for path in styles if path.is_file())

    def source(self, tab: Tab) -> str:
        """All that decides how the picture of *tab* looks, but the font."""
        return f"{resvg_py.__version__}\n{self._style}\n{self._svg(tab)}"

    def draw(self, tab: Tab) -> bytes:
        """The picture of *tab* as PNG; DrawingError when an icon is no drawing, or LINE would find it too large."""
        try:
            png = resvg_py.svg_to_bytes(
                svg_string=self._svg(tab),
                style_sheet=self._style,
                width=WIDTH,
                background="#ffffff",
                skip_system_fonts=True,  # No two machines have the same.
                font_files=[str(FONT_PATH)],
                font_family="Noto Sans CJK JP",
            )
        except ValueError as error:
            raise DrawingError(str(error).strip().splitlines()[0]) from error
        if len(png) > MOST_BYTES:
            raise DrawingError(f"the picture of the tab {tab.slug} has {len(png):,} bytes, LINE takes {MOST_BYTES:,}")
        return bytes(png)

    def _svg(self, tab: Tab) -> str:
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Noto Sans CJK JP">',
            f'<rect class="ground-menu" width="{WIDTH}" height="{HEIGHT}"/>',
            *(part for number, other in enumerate(self._menu.tabs) for part in self._tab(number, other, other == tab)),
            *(part for number, area in enumerate(tab.areas) for part in self._area(area_box(number), area)),
            "</svg>",
        ]
        return "\n".join(parts)

    def _tab(self, number: int, tab: Tab, is_on: bool) -> Iterator[str]:
        left, top, width, height = tab_box(len(self._menu.tabs), number)
        state = "on" if is_on else "off"
        yield f'<rect class="tab-{state}" x="{left}" y="{top}" width="{width}" height="{height}"/>'
        if is_on:
            yield f'<rect class="tab-mark" x="{left}" y="{top}" width="{width}" height="22"/>'
        words = "words" if is_on else "words-off"
        yield _text(words, left + width // 2, top + height // 2 + 52, 130, tab.label)

    def _area(self, box: Box, area: Area) -> Iterator[str]:
        left, top, width, height = box
        middle = left + width // 2
        yield (
            f'<rect class="cell" x="{left + _GAP}" y="{top + _GAP}" width="{width - 2 * _GAP}" '
            f'height="{height - 2 * _GAP}" rx="36"/>'
        )
        center = top + (228 if len(area.lines) == 2 else 284)
        yield f'<circle class="disc" cx="{middle}" cy="{center}" r="{_DISC}"/>'
        corner = f'x="{middle - _ICON // 2}" y="{center - _ICON // 2}"'
        yield f'<svg {corner} width="{_ICON}" height="{_ICON}" viewBox="0 0 240 240">{self._icon(area)}</svg>'
        first = center + _DISC + 124
        for number, line in enumerate(area.lines):
            yield _text("words", middle, first + number * 128, 110, line)

    def _icon(self, area: Area) -> str:
        found = _SVG.search(menu.icon(self._folder, area.icon).read_text(encoding="utf-8"))
        if found is None:
            raise DrawingError(f"richmenu/{area.icon}.svg is no drawing")
        return found[1]


def _text(style: str, x: int, y: int, size: int, words: str) -> str:
    return f'<text class="{style}" x="{x}" y="{y}" font-size="{size}">{escape(words)}</text>'
