"""The endpoints that make rich menus, their pictures and aliases, and choose the one that everybody sees."""

from typing import Any

from bot.simulator.answers import Answer, RefusalError
from bot.simulator.calls import Call, invalid
from bot.simulator.menu_limits import ALIAS, check_menu, check_picture
from bot.simulator.rich_menus import MOST
from bot.simulator.world import World


def create(world: World, call: Call) -> Answer:
    menu = call.json()
    check_menu(menu)
    with world.lock:
        return Answer(200, {}, {"richMenuId": world.rich_menus.create(menu)})


def validate(world: World, call: Call) -> Answer:
    check_menu(call.json())
    return Answer(200, {}, {})


def list_all(world: World, call: Call) -> Answer:
    with world.lock:
        return Answer(200, {}, {"richmenus": [world.rich_menus.find(id) for id in world.rich_menus.menus]})


def get(world: World, call: Call) -> Answer:
    with world.lock:
        return Answer(200, {}, world.rich_menus.find(call.named["richMenuId"]))


def delete(world: World, call: Call) -> Answer:
    with world.lock:
        world.rich_menus.delete(call.named["richMenuId"])
    return Answer(200, {}, {})


def upload(world: World, call: Call) -> Answer:
    id, kind = call.named["richMenuId"], call.headers.get("content-type", "").partition(";")[0]
    with world.lock:
        menu = world.rich_menus.find(id)
        check_picture(menu, kind, call.body)
        if id in world.rich_menus.pictures:
            raise RefusalError(400, "An image has already been uploaded to the richmenu")
        world.rich_menus.pictures[id] = (kind, call.body)
    return Answer(200, {}, {})


def download(world: World, call: Call) -> Answer:
    with world.lock:
        picture = world.rich_menus.pictures.get(call.named["richMenuId"])
    if picture is None:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, file=picture)


def set_default(world: World, call: Call) -> Answer:
    with world.lock:
        world.rich_menus.default = world.rich_menus.shown(call.named["richMenuId"])
    return Answer(200, {}, {})


def get_default(world: World, call: Call) -> Answer:
    with world.lock:
        if world.rich_menus.default is None:
            raise RefusalError(404, "no default richmenu")
        return Answer(200, {}, {"richMenuId": world.rich_menus.default})


def cancel_default(world: World, call: Call) -> Answer:
    with world.lock:
        world.rich_menus.default = None
    return Answer(200, {}, {})


def create_alias(world: World, call: Call) -> Answer:
    body = call.json()
    alias = body.get("richMenuAliasId")
    if not isinstance(alias, str) or not ALIAS.fullmatch(alias):
        raise invalid("richMenuAliasId", "Must be 1 to 32 of a-z 0-9 _ -")
    with world.lock:
        if alias in world.rich_menus.aliases:
            raise RefusalError(400, "conflict richmenu alias id")
        if len(world.rich_menus.aliases) >= MOST:
            raise RefusalError(400, f"The number of rich menu aliases must be at most {MOST}")
        world.rich_menus.aliases[alias] = _meant(world, body.get("richMenuId"))
    return Answer(200, {}, {})


def update_alias(world: World, call: Call) -> Answer:
    body = call.json()
    with world.lock:
        alias = _alias(world, call)
        world.rich_menus.aliases[alias] = _meant(world, body.get("richMenuId"))
    return Answer(200, {}, {})


def get_alias(world: World, call: Call) -> Answer:
    with world.lock:
        alias = _alias(world, call)
        return Answer(200, {}, {"richMenuAliasId": alias, "richMenuId": world.rich_menus.aliases[alias]})


def list_aliases(world: World, call: Call) -> Answer:
    with world.lock:
        pairs = list(world.rich_menus.aliases.items())
    return Answer(200, {}, {"aliases": [{"richMenuAliasId": alias, "richMenuId": id} for alias, id in pairs]})


def delete_alias(world: World, call: Call) -> Answer:
    with world.lock:
        del world.rich_menus.aliases[_alias(world, call)]
    return Answer(200, {}, {})


def _alias(world: World, call: Call) -> str:
    alias = call.named["richMenuAliasId"]
    if alias not in world.rich_menus.aliases:
        raise RefusalError(404, "richmenu alias not found")
    return alias


def _meant(world: World, id: Any) -> str:
    """The menu that an alias is to stand for, which must be there with its picture."""
    if not isinstance(id, str) or id not in world.rich_menus.menus:
        raise invalid("richMenuId", "richmenu not found")
    return world.rich_menus.shown(id)
