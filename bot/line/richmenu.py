"""Publishing the pack's rich menu: what LINE should have, what it has, and the steps from one to the other."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.library import menu_drawing
from bot.library.menu import RichMenu, Tab
from bot.line.menu_wire import MenuWire

OURS = re.compile(r"senaka-[a-z0-9]{1,20}-[0-9a-f]{16}")
"""The names of menus that this program made: with the digest of all that is in them. Others are never touched."""
_ALIAS = "senaka-"
"""How our aliases begin."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """One tab as LINE should have it; *picture* draws it."""

    alias: str
    body: Mapping[str, Any]
    picture: Callable[[], bytes]

    @property
    def name(self) -> str:
        """What the menu is called, another name as soon as anything in it is another."""
        return str(self.body["name"])


@dataclass(frozen=True)
class Standing:
    """What LINE has: the *menus* by id, what the *aliases* stand for, and the *default*."""

    menus: Mapping[str, str]
    aliases: Mapping[str, str]
    default: str | None

    @classmethod
    def of(cls, wire: MenuWire) -> "Standing":
        """As it is now."""
        return cls(wire.menus(), wire.aliases(), wire.default())

    @property
    def ours(self) -> dict[str, str]:
        """The menus that this program made."""
        return {id: name for id, name in self.menus.items() if OURS.fullmatch(name)}

    @property
    def our_aliases(self) -> dict[str, str]:
        """The aliases that this program made; one that stands for a menu of somebody else is theirs."""
        return {
            alias: id
            for alias, id in self.aliases.items()
            if alias.startswith(_ALIAS) and (id in self.ours or id not in self.menus)
        }


def wanted(folder: Path, menu: RichMenu) -> list[Wanted]:
    """The tabs of the pack's *menu* in *folder* as LINE should have them; the first is everybody's default."""
    drawing = menu_drawing.MenuDrawing(folder, menu)

    def one(tab: Tab) -> Wanted:
        body = _body(menu, tab)
        digest = hashlib.sha256(f"{json.dumps(body, ensure_ascii=False)}\n{drawing.source(tab)}".encode())
        name = f"senaka-{tab.slug}-{digest.hexdigest()[:16]}"
        return Wanted(_alias(tab), {**body, "name": name}, lambda: drawing.draw(tab))

    return [one(tab) for tab in menu.tabs]


def publish(wire: MenuWire, tabs: list[Wanted], tell: Tell) -> bool:
    """Bring LINE to what is wanted; whether anything had to be done. What was begun before is taken up where it stopped."""
    standing = Standing.of(wire)
    steps: list[str] = []

    def done(step: str) -> None:
        steps.append(step)
        tell(step)

    ids = [_made(wire, standing, tab, done) for tab in tabs]
    # From here on every menu has its picture; nobody ever sees half of one.
    for tab, id in zip(tabs, ids, strict=True):
        if tab.alias not in standing.aliases:
            wire.create_alias(tab.alias, id)
            done(f"alias {tab.alias}: made")
        elif standing.aliases[tab.alias] != id:
            wire.move_alias(tab.alias, id)
            done(f"alias {tab.alias}: moved")
    if standing.default != ids[0]:
        wire.set_default(ids[0])
        done(f"default: {tabs[0].name}")
        if standing.default is not None and standing.default not in standing.ours:
            tell(f"the default was {standing.default}, which is not ours: it is kept, but no longer shown")
    for alias in standing.our_aliases:
        if alias not in {tab.alias for tab in tabs}:
            wire.delete_alias(alias)
            done(f"alias {alias}: deleted")
    for id, name in standing.ours.items():
        if id not in ids:
            wire.delete(id)
            done(f"old menu {name}: deleted")
    return bool(steps)


def remove(wire: MenuWire, tell: Tell) -> bool:
    """Take away all that this program made; whether there was anything."""
    standing = Standing.of(wire)
    if standing.default in standing.ours:
        wire.cancel_default()
        tell("default: cancelled")
    elif standing.default is not None:
        tell(f"the default {standing.default} is not ours: kept")
    for alias in standing.our_aliases:
        wire.delete_alias(alias)
        tell(f"alias {alias}: deleted")
    for id, name in standing.ours.items():
        wire.delete(id)
        tell(f"menu {name}: deleted")
    return bool(standing.ours or standing.our_aliases)


def show(wire: MenuWire, tabs: list[Wanted]) -> tuple[list[str], bool]:
    """What LINE has, line by line, and whether it is what is wanted."""
    standing = Standing.of(wire)
    by_name = {name: id for id, name in standing.menus.items()}
    names = [tab.name for tab in tabs]
    lines, is_right = [], True
    for id, name in standing.menus.items():
        state = "not ours" if id not in standing.ours else "as in the pack" if name in names else "not as in the pack"
        lines.append(f"menu {id} {name}: {state}{', the default' if id == standing.default else ''}")
    lines += [f"alias {alias} -> {id}" for alias, id in standing.aliases.items()]
    for problem in _amiss(wire, standing, tabs, by_name):
        lines.append(problem)
        is_right = False
    return lines, is_right


def _amiss(wire: MenuWire, standing: Standing, tabs: list[Wanted], by_name: Mapping[str, str]) -> Iterator[str]:
    for number, tab in enumerate(tabs):
        id = by_name.get(tab.name)
        if id is None:
            yield f"missing: {tab.name}"
            continue
        if not wire.has_picture(id):
            yield f"{tab.name} has no picture"
        if standing.aliases.get(tab.alias) != id:
            yield f"the alias {tab.alias} does not lead to {tab.name}"
        if number == 0 and standing.default != id:
            yield f"the default is {standing.default or 'none'}, not {tab.name}"
    for name in sorted(set(standing.ours.values()) - {tab.name for tab in tabs}):
        yield f"left over: {name}"


def _made(wire: MenuWire, standing: Standing, tab: Wanted, done: Tell) -> str:
    """The id of the menu that *tab* wants, with its picture: found, finished or made."""
    id = next((id for id, name in standing.menus.items() if name == tab.name), None)
    if id is None:
        png = tab.picture()  # Drawn first: what cannot be drawn leaves nothing behind.
        id = wire.create(tab.body)
        wire.upload(id, png)
        done(f"menu {tab.name}: made ({len(png):,} bytes)")
    elif not wire.has_picture(id):
        wire.upload(id, tab.picture())
        done(f"menu {tab.name}: picture uploaded")
    return id


def _alias(tab: Tab) -> str:
    return f"{_ALIAS}{tab.slug}"


def _body(menu: RichMenu, tab: Tab) -> dict[str, Any]:
    """The rich menu object of *tab*, without its name."""
    areas = [
        {"bounds": _bounds(menu_drawing.tab_box(len(menu.tabs), number)), "action": _switch(other)}
        for number, other in enumerate(menu.tabs)
    ] + [
        {
            "bounds": _bounds(menu_drawing.area_box(number)),
            # Shown as the person's own words, so that whoever reads along knows what to write without a menu.
            "action": {
                "type": "postback",
                "label": area.label,
                "data": f"open {area.opens}",
                "displayText": area.says,
            },
        }
        for number, area in enumerate(tab.areas)
    ]
    size = {"width": menu_drawing.WIDTH, "height": menu_drawing.HEIGHT}
    return {"size": size, "selected": True, "chatBarText": menu.chat_bar, "areas": areas}


def _switch(tab: Tab) -> dict[str, str]:
    return {
        "type": "richmenuswitch",
        "label": tab.label,
        "richMenuAliasId": _alias(tab),
        "data": f"tab {tab.slug}",
    }


def _bounds(box: menu_drawing.Box) -> dict[str, int]:
    return dict(zip(("x", "y", "width", "height"), box, strict=True))
