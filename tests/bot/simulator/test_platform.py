"""The platform answers as LINE does: reply tokens, retry keys, quota, blocks, rates, faults."""

import uuid
from datetime import UTC, datetime

import pytest

from bot.simulator.answers import Fault

HELLO = [{"type": "text", "text": "hello"}]
TOKEN = "an-access-token"
STRANGER = "U" + "9" * 32


def test_a_reply_token_answers_once(platform, person, call):
    token = person.say("hi")["replyToken"]

    first = call("message/reply", {"replyToken": token, "messages": HELLO})
    second = call("message/reply", {"replyToken": token, "messages": HELLO})

    assert first.status == 200
    assert len(first.body["sentMessages"]) == 1
    assert (second.status, second.body) == (400, {"message": "Invalid reply token"})
    assert [message["text"] for message in person.received] == ["hello"]


def test_a_reply_token_expires_after_a_minute(person, call, clock):
    token = person.say("hi")["replyToken"]
    clock.advance(seconds=60)

    answer = call("message/reply", {"replyToken": token, "messages": HELLO})

    assert (answer.status, answer.body) == (400, {"message": "Invalid reply token"})


def test_a_redelivery_gives_a_reply_token_another_minute_until_twenty_have_passed(platform, person, call, clock):
    event = person.say("hi")
    body = {"replyToken": event["replyToken"], "messages": HELLO}

    clock.advance(minutes=19)
    platform.arriving(event)
    clock.advance(seconds=59)
    assert call("message/reply", body).status == 200

    event = person.say("again")
    clock.advance(minutes=20)
    platform.arriving(event)
    assert call("message/reply", body | {"replyToken": event["replyToken"]}).status == 400


def test_a_refused_reply_keeps_its_token(person, call):
    token = person.say("hi")["replyToken"]

    assert call("message/reply", {"replyToken": token, "messages": []}).status == 400
    assert call("message/reply", {"replyToken": token, "messages": HELLO}).status == 200


def test_a_reply_does_not_take_a_retry_key(person, call):
    body = {"replyToken": person.say("hi")["replyToken"], "messages": HELLO}

    assert call("message/reply", body, X_Line_Retry_Key=str(uuid.uuid4())).status == 400


def test_a_retry_key_is_taken_once_for_a_day(person, call, clock, platform):
    key = str(uuid.uuid4())
    body = {"to": person.user_id, "messages": HELLO}

    first = call("message/push", body, X_Line_Retry_Key=key)
    clock.advance(hours=23)
    second = call("message/push", body, X_Line_Retry_Key=key)
    clock.advance(hours=1)
    third = call("message/push", body, X_Line_Retry_Key=key)

    assert first.status == 200
    assert second.status == 409
    assert second.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert second.body == {
        "message": "The retry key is already accepted",
        "sentMessages": first.body["sentMessages"],
    }
    assert third.status == 200
    assert [send.retry_key for send in platform.book] == [key, key]


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "{12345678-1234-1234-1234-123456789abc}"])
def test_a_retry_key_must_be_a_uuid(person, call, key):
    answer = call("message/push", {"to": person.user_id, "messages": HELLO}, X_Line_Retry_Key=key)

    assert answer.status == 400


def test_a_retry_key_that_was_refused_may_be_used_again(person, call):
    key = str(uuid.uuid4())

    assert call("message/push", {"to": person.user_id, "messages": []}, X_Line_Retry_Key=key).status == 400
    assert call("message/push", {"to": person.user_id, "messages": HELLO}, X_Line_Retry_Key=key).status == 200


def test_the_monthly_limit_counts_recipients_but_no_replies(platform, person, call):
    platform.monthly_limit = 2
    token = person.say("hi")["replyToken"]
    other = platform.phone("U" + "2" * 32)
    other.follow()

    assert call("message/reply", {"replyToken": token, "messages": HELLO}).status == 200
    assert call("message/push", {"to": person.user_id, "messages": HELLO * 5}).status == 200
    refused = call("message/multicast", {"to": [person.user_id, other.user_id], "messages": HELLO})
    assert (refused.status, refused.body) == (429, {"message": "You have reached your monthly limit."})
    assert call("message/push", {"to": other.user_id, "messages": HELLO}).status == 200
    assert call("message/quota/consumption", method="GET").body == {"totalUsage": 2}
    assert [send.counted for send in platform.book] == [0, 1, 1]


def test_the_month_begins_in_japanese_time(platform, person, call, clock):
    platform.monthly_limit = 1
    clock.now = datetime(2026, 10, 31, 14, 59, tzinfo=UTC)

    assert call("message/push", {"to": person.user_id, "messages": HELLO}).status == 200
    assert call("message/push", {"to": person.user_id, "messages": HELLO}).status == 429
    clock.advance(minutes=1)
    assert call("message/push", {"to": person.user_id, "messages": HELLO}).status == 200


def test_who_blocked_the_bot_gets_nothing_and_is_not_counted(platform, person, call):
    person.block()

    answer = call("message/push", {"to": person.user_id, "messages": HELLO})

    assert answer.status == 200
    assert person.received == []
    assert platform.book[-1].counted == 0
    assert platform.book[-1].recipients == ()
    assert call(f"profile/{person.user_id}", method="GET").status == 404


def test_a_push_to_an_unknown_person_is_refused_while_a_multicast_passes_them_over(platform, person, call):
    assert call("message/push", {"to": STRANGER, "messages": HELLO}).status == 400
    assert call("message/push", {"to": "nobody", "messages": HELLO}).status == 400
    assert call("message/multicast", {"to": ["nobody"], "messages": HELLO}).status == 400

    answer = call("message/multicast", {"to": [STRANGER, person.user_id, person.user_id], "messages": HELLO})

    assert (answer.status, answer.body) == (200, {})
    assert platform.book[-1].recipients == (person.user_id,)


def test_a_broadcast_reaches_all_friends(platform, person, call):
    visitor = platform.phone("U" + "2" * 32)
    visitor.say("I am no friend")

    assert call("message/broadcast", {"messages": HELLO}).status == 200
    assert platform.book[-1].recipients == (person.user_id,)


def test_the_dots_stop_when_the_bot_speaks_or_the_time_is_over(platform, person, call, clock):
    chat = person.chat
    assert call("chat/loading/start", {"chatId": person.user_id, "loadingSeconds": 10}).status == 202
    assert chat.is_typing(clock())
    clock.advance(seconds=10)
    assert not chat.is_typing(clock())

    call("chat/loading/start", {"chatId": person.user_id})
    call("message/push", {"to": person.user_id, "messages": HELLO})
    assert not chat.is_typing(clock())
    assert call("chat/loading/start", {"chatId": person.user_id, "loadingSeconds": 7}).status == 400


def test_strangers_and_wrong_requests_are_turned_away(platform, call):
    assert platform.answer("GET", "/v2/bot/info", {}).status == 401
    assert platform.answer("GET", "/v2/bot/info", {"authorization": "Bearer other"}).status == 401
    assert call("nothing", method="GET").status == 404
    assert call("info", method="GET").headers["x-line-request-id"]
    assert call("message/push", [1]).status == 400
    assert call("message/push", HELLO, Content_Type="text/plain").status == 415
    assert call("message/validate/push", {"messages": [{"type": "text", "text": "x" * 2_200_000}]}).status == 413
    assert call("followers/ids", method="GET").status == 403


def test_validation_counts_and_sends_nothing(platform, person, call):
    for kind in ("reply", "push", "multicast", "broadcast", "narrowcast"):
        assert call(f"message/validate/{kind}", {"messages": HELLO}).status == 200
        assert call(f"message/validate/{kind}", {"messages": HELLO * 6}).status == 400
    assert platform.book == []


def test_sixty_broadcasts_an_hour_are_allowed(person, call, clock, platform):
    platform.monthly_limit = None
    statuses = [call("message/broadcast", {"messages": HELLO}).status for _ in range(61)]
    clock.advance(minutes=1)

    assert statuses == [200] * 60 + [429]
    assert call("message/broadcast", {"messages": HELLO}).status == 200


def test_faults_strike_once_and_say_whether_the_message_was_taken(platform, person, call):
    platform.faults["push"].extend([Fault(500), Fault("rubbish", taken=True), Fault("close", taken=True)])
    body = {"to": person.user_id, "messages": HELLO}

    assert call("message/push", body).status == 500
    assert platform.book == []
    assert b"not JSON" in call("message/push", body).content
    assert call("message/push", body).broken == "close"
    assert len(platform.book) == 2
    assert call("message/push", body).broken is None


def test_a_group_counts_its_members_and_hears_when_it_is_left(platform, person, call):
    group = platform.group("C" + "1" * 32)
    group.invite_bot([person.user_id, STRANGER])

    assert call("message/push", {"to": group.chat.id, "messages": HELLO}).status == 200
    assert platform.book[-1].counted == 2
    assert call(f"group/{group.chat.id}/leave").status == 200
    assert call(f"group/{group.chat.id}/leave").status == 404


def test_deeply_nested_requests_are_refused(platform):
    body = b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    answer = platform.answer("POST", "/v2/bot/message/validate/push", {"authorization": f"Bearer {TOKEN}"}, body)

    assert answer.status == 400


def test_notes_lie_beside_a_message_and_later_ones_replace_them(platform, person):
    message_id = person.say("hi")["message"]["id"]
    revision = person.chat.revision

    platform.annotate(person.user_id, message_id, ["first"])
    platform.annotate(person.user_id, message_id, ["one", "two"])

    assert person.chat.find(message_id).as_json()["notes"] == ["one", "two"]
    assert person.chat.revision > revision
    assert person.received == []


def test_notes_vanish_with_a_message_that_is_taken_back(platform, person):
    message_id = person.say("hi")["message"]["id"]
    platform.annotate(person.user_id, message_id, ["why"])
    person.unsend(message_id)
    assert person.chat.find(message_id).notes == ()

    platform.annotate(person.user_id, message_id, ["too late"])
    assert person.chat.find(message_id).notes == ()


def test_notes_on_what_is_unknown_here_change_nothing(platform, person, call):
    call("message/push", {"to": person.user_id, "messages": HELLO})
    revision = person.chat.revision

    platform.annotate(STRANGER, "1", ["why"])
    platform.annotate(person.user_id, "1", ["why"])
    platform.annotate(person.user_id, person.chat.items[-1].id, ["why"])

    assert STRANGER not in platform.chats
    assert person.chat.revision == revision
