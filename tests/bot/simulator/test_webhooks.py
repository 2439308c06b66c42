"""Events have LINE's shape, and the courier brings them signed, in order, and again when they were not taken."""

import contextlib
import socket
import ssl
import threading

import pytest
from linebot.v3 import SignatureValidator, WebhookParser
from linebot.v3.models.events import UnknownEvent

from tests.tls import certified

SECRET = "a-channel-secret"


def parse(platform, events):
    body, headers = platform.webhook(events)
    return WebhookParser(SECRET).parse(body.decode(), headers["x-line-signature"])


@pytest.mark.parametrize(
    ("do", "kind"),
    [
        (lambda person: person.say("hi"), "TextMessageContent"),
        (lambda person: person.send_sticker("446", "1988", ["happy"]), "StickerMessageContent"),
        (lambda person: person.send_image(), "ImageMessageContent"),
        (lambda person: person.send_video(), "VideoMessageContent"),
        (lambda person: person.send_audio(), "AudioMessageContent"),
        (lambda person: person.send_file("x.pdf", 10), "FileMessageContent"),
        (lambda person: person.send_location(35.6, 139.7, title="x"), "LocationMessageContent"),
    ],
)
def test_messages_are_what_the_sdk_knows(platform, person, do, kind):
    (event,) = parse(platform, [do(person)])

    assert type(event.message).__name__ == kind
    assert event.source.user_id == person.user_id
    assert event.reply_token
    assert len(event.webhook_event_id) == 26


def test_a_life_of_events_is_what_the_sdk_knows(platform, person):
    message_id = person.say("hi")["message"]["id"]
    person.unsend(message_id)
    person.postback("a=1", display_text="A", params={"date": "2026-01-01"})
    person.block()
    person.unblock()
    group = platform.group("C" + "1" * 32)
    group.invite_bot([person.user_id])
    said = group.say(person.user_id, "\N{SLICE OF PIZZA} @Senaka hi")
    group.edit(person.user_id, said["message"]["id"], "bye")
    group.remove_bot()

    events = parse(platform, platform.events)

    assert not any(isinstance(event, UnknownEvent) for event in events)
    assert [event.type for event in events] == [
        *("follow", "message", "unsend", "postback", "unfollow", "follow"),
        *("join", "message", "messageEdited", "leave"),
    ]
    assert [event.follow.is_unblocked for event in events if event.type == "follow"] == [False, True]
    assert events[7].message.mention.mentionees[0].index == 3
    assert events[7].message.mention.mentionees[0].is_self


def test_a_standby_event_has_no_reply_token(platform, person):
    platform.troubles.set("standby", "on")
    event = person.say("hi")

    assert event["mode"] == "standby"
    assert "replyToken" not in event


def test_the_courier_signs_and_keeps_the_order(platform, person, courier, bot):
    for number in range(20):
        person.say(str(number))
    assert courier.wait()

    assert [event["message"]["text"] for event in bot.events] == [str(number) for number in range(20)]
    for headers, body in bot.requests:
        assert SignatureValidator(SECRET).validate(body.decode(), headers["x-line-signature"])
        assert not SignatureValidator("other").validate(body.decode(), headers["x-line-signature"])
    assert all(item.read for item in person.chat.items if item.side == "person")


def test_what_the_bot_did_not_take_comes_again_as_redelivery(platform, person, courier, bot):
    bot.statuses = [500, 503]
    person.say("hi")
    assert courier.wait()

    assert [event["deliveryContext"]["isRedelivery"] for event in bot.events] == [False, True, True]
    assert len({event["webhookEventId"] for event in bot.events}) == 1
    assert [delivery.status for delivery in courier.deliveries] == [500, 503, 200]
    assert not courier.is_failing


def test_the_courier_gives_up_after_a_few_times(platform, person, courier, bot):
    bot.statuses = [500] * 3
    person.say("hi")
    assert courier.wait()

    assert len(bot.events) == 3
    assert courier.is_failing
    assert not person.chat.items[-1].read


def test_a_slow_bot_is_given_up_and_nobody_waits_for_it(platform, person, courier, bot):
    courier._patience = 0.05
    bot.hold = threading.Event()
    person.say("hi")
    assert courier.wait()

    assert {delivery.reason for delivery in courier.deliveries} == {"REQUEST_TIMEOUT"}


def test_no_bot_at_all_is_reported(platform, person, courier):
    platform.webhook_url = "http://127.0.0.1:1/"
    person.say("hi")
    assert courier.wait()

    assert courier.deliveries[-1].reason == "COULD_NOT_CONNECT"
    platform.webhook_url = "http://nobody.invalid/"
    person.say("hi")
    assert courier.wait()
    assert courier.deliveries[-1].reason == "COULD_NOT_CONNECT"
    platform.webhook_url = "http://127.0.0.1:port/"
    person.say("hi")
    assert courier.wait()
    assert courier.deliveries[-1].reason == "UNCLASSIFIED"


def test_a_certificate_that_is_not_trusted_is_no_connection(platform, courier, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified("localhost", tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def shake() -> None:
            line, _ = listening.accept()
            with line, contextlib.suppress(OSError):
                context.wrap_socket(line, server_side=True)

        thread = threading.Thread(target=shake)
        thread.start()
        told = courier.test(f"https://localhost:{port}/")
        thread.join()

    assert (told["success"], told["reason"]) == (False, "COULD_NOT_CONNECT")
    assert told["detail"] == f"TLS handshake failure: https://localhost:{port}/"


def test_with_use_webhook_off_nothing_is_brought_and_nothing_made_up_for(platform, person, courier, bot):
    platform.use_webhook = False
    person.say("one")
    assert courier.wait()
    platform.use_webhook = True
    person.say("two")
    assert courier.wait()

    assert [event["message"]["text"] for event in bot.events] == ["two"]


def test_all_past_events_can_be_sent_again(platform, person, courier, bot):
    person.say("one")
    person.say("two")
    assert courier.wait()
    before = list(bot.events)

    assert courier.redeliver() == len(platform.events)
    assert courier.wait()

    again = bot.events[len(before) :]
    assert [event["webhookEventId"] for event in again] == [event["webhookEventId"] for event in platform.events]
    assert all(event["deliveryContext"]["isRedelivery"] for event in again)


def test_without_a_webhook_nothing_is_sent_and_later_nothing_made_up_for(platform, person, courier, bot, call):
    courier.wait()
    bot.requests.clear()
    platform.webhook_url = ""
    person.say("one")
    assert courier.wait()

    assert call("channel/webhook/endpoint", {"endpoint": bot.url}, method="PUT").status == 200
    person.say("two")
    assert courier.wait()
    assert [event["message"]["text"] for event in bot.events] == ["two"]


def test_what_was_forgotten_is_not_delivered_any_more(platform, person, courier, bot):
    bot.hold = threading.Event()
    person.say("one")
    person.say("two")
    platform.forget()
    bot.hold.set()
    assert courier.wait()

    assert "two" not in [event.get("message", {}).get("text") for event in bot.events]
