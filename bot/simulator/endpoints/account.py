"""The endpoints about the channel itself: who the bot is, where its webhook is, and the signs that it gives."""

import re

from bot.simulator.answers import Answer, RefusalError
from bot.simulator.calls import Call, invalid
from bot.simulator.world import World

_LONGEST_ADDRESS = 500


def info(world: World, call: Call) -> Answer:
    about = {"userId": world.bot_user_id, "basicId": "@simulator", "displayName": world.bot_name}
    return Answer(200, {}, about | {"chatMode": "bot", "markAsReadMode": "auto"})


def loading(world: World, call: Call) -> Answer:
    body = call.json()
    seconds = body.get("loadingSeconds", 20)
    if type(seconds) is not int or seconds not in range(5, 61, 5):
        raise invalid("loadingSeconds", "Must be 5 to 60 in steps of 5")
    with world.lock:
        chat = world.chats.get(str(body.get("chatId")))
        if chat is None or chat.is_group:
            raise invalid("chatId", "Must be the user ID of a person in this channel")
        if chat.reachable:
            chat.show_typing(world.clock(), seconds)
    return Answer(202, {}, {})


def mark_as_read(world: World, call: Call) -> Answer:
    token = call.json().get("markAsReadToken")
    with world.lock:
        for event in reversed(world.events):
            if token and (event.get("message") or {}).get("markAsReadToken") == token:
                world.arrived(event)
                return Answer(200, {}, {})
    raise invalid("markAsReadToken", "Invalid token")


def webhook(world: World, call: Call) -> Answer:
    if not world.webhook_url:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, {"endpoint": world.webhook_url, "active": world.use_webhook})


def set_webhook(world: World, call: Call) -> Answer:
    world.webhook_url = _address(call.json().get("endpoint"))
    return Answer(200, {}, {})


def test_webhook(world: World, call: Call) -> Answer:
    url = call.json().get("endpoint", world.webhook_url)
    if world.webhook_tester is None or not url:
        raise RefusalError(404, "Not found")
    return Answer(200, {}, world.webhook_tester(_address(url)))


def _address(given: object) -> str:
    if not isinstance(given, str) or len(given) > _LONGEST_ADDRESS or not re.match(r"https?://[^/\s]+", given):
        raise invalid("endpoint", "Invalid webhook endpoint URL")
    return given
