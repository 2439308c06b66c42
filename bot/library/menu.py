"""The rich menu as `richmenu.yaml` tells it: tabs of six fields, each of which opens an entry and shows the words for it."""

from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.library.fields import ChatBar, Frozen, Id, Label, MenuLine, Slug
from bot.library.positions import Path as Where
from bot.library.schema import Entry

PER_TAB = 6
"""Two rows of three fields."""

TabSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,20}$")]


class Area(Frozen):
    """One field: the *lines* on it, the *icon* above them, what it *opens*, and what the person *says* by tapping it."""

    lines: Annotated[tuple[MenuLine, ...], Field(min_length=1, max_length=2)]
    icon: Slug
    opens: Id
    says: Label

    @property
    def label(self) -> str:
        """What is read out to whoever does not see the picture."""
        return "".join(self.lines)


class Tab(Frozen):
    """One of the pictures between which people switch."""

    slug: TabSlug
    label: MenuLine
    areas: Annotated[tuple[Area, ...], Field(min_length=PER_TAB, max_length=PER_TAB)]


class RichMenu(Frozen):
    """``richmenu.yaml``: the words on the bar that opens the menu, and its tabs; the first is shown first."""

    chat_bar: ChatBar
    tabs: Annotated[tuple[Tab, ...], Field(min_length=2, max_length=3)]


def icon(folder: Path, name: str) -> Path:
    """The file of an icon in the pack."""
    return folder / "richmenu" / f"{name}.svg"


def problems(
    menu: RichMenu,
    entries: Mapping[str, Entry],
    *,
    edited: Container[str],
    is_missing: Callable[[str], bool],
    is_drawn: Callable[[str], bool],
) -> Iterator[tuple[Where, str]]:
    """What no single value shows: entries and icons that are not there, words that do not lead where the tap does.

    What staff have *edited* is free: a menu must not keep them from taking an entry away, and a tap on it is answered then
    as whatever is not understood.
    """
    slugs = [tab.slug for tab in menu.tabs]
    for number, tab in enumerate(menu.tabs):
        if tab.slug in slugs[:number]:
            yield ("tabs", number, "slug"), f"slug: {tab.slug} stands twice; choose another"
        for position, area in enumerate(tab.areas):
            where = ("tabs", number, "areas", position)
            if not is_drawn(area.icon):
                yield (*where, "icon"), f"icon: richmenu/{area.icon}.svg does not exist; draw it or mend the name"
            if area.opens in edited:
                continue
            if is_missing(area.opens):
                yield (*where, "opens"), f"opens: {area.opens} does not exist; mend the id or add the entry"
            entry = entries.get(area.opens)
            if entry and area.says not in (entry.title, entry.label, *entry.keywords, *entry.phrasings):
                # Whoever has no menu writes the words: they must be among those that are certain to be understood.
                message = f"says: {area.says!r} is no keyword or phrasing of {area.opens}; add it there or choose one"
                yield (*where, "says"), message
