"""The endpoints that give people rich menus of their own: one by one, in bulk, by a batch."""

from typing import Any

from bot.simulator.answers import Answer, RefusalError
from bot.simulator.calls import Call, invalid, refuse
from bot.simulator.complaints import Complaints, Json
from bot.simulator.endpoints.messages import iso
from bot.simulator.sends import is_user
from bot.simulator.world import World

_MOST_USERS = 500
_MOST_OPERATIONS = 1000
_OPERATIONS: dict[str, tuple[str, ...]] = {"link": ("from", "to"), "unlink": ("from",), "unlinkAll": ()}


def link(world: World, call: Call) -> Answer:
    user_id = _user(call)
    with world.lock:
        world.rich_menus.linked[user_id] = world.rich_menus.shown(call.named["richMenuId"])
    return Answer(200, {}, {})


def get(world: World, call: Call) -> Answer:
    with world.lock:
        menu_id = world.rich_menus.linked.get(_user(call))
    if menu_id is None:
        raise RefusalError(404, "the user has no richmenu")
    return Answer(200, {}, {"richMenuId": menu_id})


def unlink(world: World, call: Call) -> Answer:
    with world.lock:
        world.rich_menus.linked.pop(_user(call), None)
    return Answer(200, {}, {})


def link_many(world: World, call: Call) -> Answer:
    body = call.json()
    users = _users(body)
    with world.lock:
        menu_id = world.rich_menus.shown(str(body.get("richMenuId")))
        world.rich_menus.linked.update(dict.fromkeys(users, menu_id))
    return Answer(202, {}, {})


def unlink_many(world: World, call: Call) -> Answer:
    users = _users(call.json())
    with world.lock:
        for user_id in users:
            world.rich_menus.linked.pop(user_id, None)
    return Answer(202, {}, {})


def batch(world: World, call: Call) -> Answer:
    """Move all who have one menu to another, or take theirs away: done at once, here."""
    operations = _operations(world, call)
    with world.lock:
        linked = world.rich_menus.linked
        for operation in operations:
            for user_id, menu_id in list(linked.items()):
                if operation["type"] == "unlinkAll" or operation.get("from") == menu_id:
                    del linked[user_id]
                    if operation["type"] == "link":
                        linked[user_id] = operation["to"]
        world.rich_menus.batches[call.id] = world.clock()
    return Answer(202, {}, {})


def validate_batch(world: World, call: Call) -> Answer:
    _operations(world, call)
    return Answer(200, {}, {})


def batch_progress(world: World, call: Call) -> Answer:
    with world.lock:
        done_at = world.rich_menus.batches.get(call.asked("requestId"))
    if done_at is None:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, {"phase": "succeeded", "acceptedTime": iso(done_at), "completedTime": iso(done_at)})


def _operations(world: World, call: Call) -> list[Json]:
    """What a batch is to do, in its order; menus that are linked to must be there with their pictures."""
    body, complaints = call.json(), Complaints()
    operations = complaints.items(body, "operations", "", least=1, most=_MOST_OPERATIONS)
    for number, operation in enumerate(operations):
        where = f"operations[{number}]"
        found = complaints.mapping(operation, where)
        if found is None or not complaints.choice(found, "type", where, tuple(_OPERATIONS), required=True):
            continue
        for key in _OPERATIONS[found["type"]]:
            complaints.text(found, key, where, most=100)
    complaints.text(body, "resumeRequestKey", "", most=100, required=False)
    if complaints:
        raise refuse(complaints.details)
    with world.lock:
        for operation in operations:
            for key in _OPERATIONS[operation["type"]]:
                world.rich_menus.shown(operation[key])
    return operations


def _user(call: Call) -> str:
    user_id = call.named["userId"]
    if not is_user(user_id):
        raise RefusalError(400, "The value for the 'userId' parameter is invalid")
    return user_id


def _users(body: Json) -> list[Any]:
    complaints = Complaints()
    users = complaints.items(body, "userIds", "", least=1, most=_MOST_USERS)
    if complaints:
        raise refuse(complaints.details)
    for number, user_id in enumerate(users):
        if not is_user(user_id):
            raise invalid(f"userIds[{number}]", "Must be a user ID")
    return users
