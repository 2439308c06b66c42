"""The endpoints about people and groups: who follows, what they are called, what they sent."""

import secrets

from bot.simulator.answers import Answer, RefusalError
from bot.simulator.calls import Call, invalid
from bot.simulator.chats import Chat
from bot.simulator.endpoints.messages import asked_day, today
from bot.simulator.world import World


def profile(world: World, call: Call) -> Answer:
    with world.lock:
        chat = _person(world, call)
        return Answer(200, {}, {"userId": chat.id, "displayName": chat.name, "language": "ja"})


def link_token(world: World, call: Call) -> Answer:
    with world.lock:
        _person(world, call)
    return Answer(200, {}, {"linkToken": secrets.token_urlsafe(24)})


def followers(world: World, call: Call) -> Answer:
    _check_verified(world)
    start, limit = call.asked("start", "0"), call.asked("limit", "300")
    if not start.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise invalid("limit", "Must be between 1 and 1000")
    first, end = int(start), int(start) + int(limit)
    with world.lock:
        ids = [chat.id for chat in world.chats.values() if chat.friend and chat.reachable and not chat.is_group]
    return Answer(200, {}, {"userIds": ids[first:end]} | ({"next": str(end)} if end < len(ids) else {}))


def follower_count(world: World, call: Call) -> Answer:
    if asked_day(call) >= today(world):
        return Answer(200, {}, {"status": "unready"})
    with world.lock:
        people = [chat for chat in world.chats.values() if not chat.is_group]
        blocks = sum(chat.friend and not chat.reachable for chat in people)
        known = sum(chat.friend for chat in people)
    return Answer(200, {}, {"status": "ready", "followers": known, "targetedReaches": known - blocks, "blocks": blocks})


def group_summary(world: World, call: Call) -> Answer:
    with world.lock:
        group = _group(world, call)
        return Answer(200, {}, {"groupId": group.id, "groupName": group.name})


def member_count(world: World, call: Call) -> Answer:
    with world.lock:
        return Answer(200, {}, {"count": len(_group(world, call).members)})


def member_ids(world: World, call: Call) -> Answer:
    _check_verified(world)
    with world.lock:
        return Answer(200, {}, {"memberIds": sorted(_group(world, call).members)[:100]})


def member_profile(world: World, call: Call) -> Answer:
    user_id = call.named["userId"]
    with world.lock:
        if user_id not in _group(world, call).members:
            raise RefusalError(404, "Not found")
        return Answer(200, {}, {"userId": user_id, "displayName": world.chat(user_id).name})


def leave(world: World, call: Call) -> Answer:
    with world.lock:
        _group(world, call).friend = False
    return Answer(200, {}, {})


def content(world: World, call: Call) -> Answer:
    """What a person sent that is no text."""
    with world.lock:
        message_id = call.named["messageId"]
        if message_id in world.contents:
            return Answer(200, {}, file=world.contents[message_id])
        if message_id in world.taken_back:
            raise RefusalError(410, "The content was unsent")
    raise RefusalError(404, "Not found")


def preview(world: World, call: Call) -> Answer:
    """A small picture of it: here the picture itself."""
    found = content(world, call)
    if found.content_type.startswith("image/"):
        return found
    raise RefusalError(404, "Not found")


def transcoding(world: World, call: Call) -> Answer:
    """Whether a video or voice message can be had: at once, here."""
    content(world, call)
    return Answer(200, {}, {"status": "succeeded"})


def _person(world: World, call: Call) -> Chat:
    """Whom the path names, who can be written to."""
    chat = world.chats.get(call.named["userId"])
    if chat is None or chat.is_group or not chat.reachable:
        raise RefusalError(404, "Not found")
    return chat


def _group(world: World, call: Call) -> Chat:
    """The group or room that the path names, in which the bot is."""
    chat = world.chats.get(call.named.get("groupId") or call.named["roomId"])
    if chat is None or not chat.is_group or not chat.friend:
        raise RefusalError(404, "Not found")
    return chat


def _check_verified(world: World) -> None:
    if not world.verified:
        raise RefusalError(403, "Access to this API is not available for your account")
