from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line import events

BOT = "U" + "b" * 32


def event(kind: str = "message", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1_775_012_400_000,
        "source": {"type": "user", "userId": "U1"},
        "webhookEventId": "01JQZ",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "token",
        **more,
    }


def message(**more: Any) -> dict[str, Any]:
    return {"type": "text", "id": "m1", "quoteToken": "q", "text": "かた", **more}


def test_a_text_is_read_with_all_that_it_carries() -> None:
    incoming = events.read(event(message=message()))

    assert incoming.kind == "text"
    assert (incoming.chat, incoming.user_id, incoming.is_group) == ("U1", "U1", False)
    assert (incoming.event_id, incoming.reply_token, incoming.message_id) == ("01JQZ", "token", "m1")
    assert incoming.text == "かた"
    assert incoming.occurred_at == datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["text", "sticker", "image", "video", "audio", "file", "location"])
def test_every_kind_of_message_keeps_its_name(kind: str) -> None:
    assert events.read(event(message=message(type=kind))).kind == kind


@pytest.mark.parametrize("odd", [{"type": "hologram"}, {"type": 5}, {}, {"type": "text"}, {"type": "text", "text": 3}])
def test_a_message_that_we_do_not_know_is_another_message(odd: dict[str, Any]) -> None:
    assert events.read(event(message=odd)).kind == "other-message"


@pytest.mark.parametrize(
    ("kind", "read_as"),
    [
        ("follow", "follow"),
        ("unfollow", "unfollow"),
        ("join", "join"),
        ("leave", "leave"),
        ("messageEdited", "edited"),
        ("beacon", "other"),
        ("postback", "other"),
        ("never heard of", "other"),
        (None, "other"),
        (["message"], "other"),
    ],
)
def test_an_event_is_named_or_is_other(kind: Any, read_as: str) -> None:
    assert events.read(event(kind)).kind == read_as


def test_an_event_without_a_source_is_other() -> None:
    assert events.read(event("follow", source=None)).kind == "other"


def test_a_postback_carries_data_and_the_texts_of_its_params() -> None:
    incoming = events.read(event("postback", postback={"data": "time r1", "params": {"time": "06:30", "odd": 3}}))

    assert (incoming.kind, incoming.data, incoming.params) == ("postback", "time r1", {"time": "06:30"})


def test_an_unsend_names_the_message_that_was_taken_back() -> None:
    incoming = events.read(event("unsend", unsend={"messageId": "m7"}))

    assert (incoming.kind, incoming.message_id) == ("unsend", "m7")


def test_the_return_of_somebody_who_had_blocked_us_is_seen() -> None:
    assert events.read(event("follow", follow={"isUnblocked": True})).is_returning
    assert not events.read(event("follow", follow={"isUnblocked": False})).is_returning
    assert not events.read(event("follow")).is_returning


@pytest.mark.parametrize(
    ("source", "chat"),
    [
        ({"type": "group", "groupId": "C1", "userId": "U1"}, "C1"),
        ({"type": "room", "roomId": "R1"}, "R1"),
        ({"type": "group", "groupId": "C1"}, "C1"),
    ],
)
def test_the_chat_of_a_group_is_the_group(source: dict[str, Any], chat: str) -> None:
    incoming = events.read(event(message=message(), source=source))

    assert (incoming.chat, incoming.is_group) == (chat, True)
    assert incoming.user_id == source.get("userId")


@pytest.mark.parametrize(
    ("mention", "is_mentioned"),
    [
        ({"mentionees": [{"type": "user", "userId": "U9"}, {"type": "user", "isSelf": True}]}, True),
        ({"mentionees": [{"type": "user", "userId": BOT}]}, True),
        ({"mentionees": [{"type": "all"}, "odd", None]}, False),
        ({"mentionees": "odd"}, False),
        (None, False),
    ],
)
def test_a_mention_of_us_is_seen(mention: Any, is_mentioned: bool) -> None:
    raw = event(message=message(mention=mention), destination=BOT)

    assert events.read(raw).is_mentioned is is_mentioned


@pytest.mark.parametrize(
    ("text", "spans", "read_as"),
    [
        ("@Senaka メニュー", [(0, 7)], "メニュー"),
        ("😀@Senaka メニュー", [(2, 7)], "😀 メニュー"),
        ("@Senaka メニュー @Senaka", [(0, 7), (13, 7)], "メニュー"),
        ("@Senaka", [(0, 7)], ""),
        ("@Senaka かた", [("0", 7)], "@Senaka かた"),
        ("@Senaka かた", [(True, None)], "@Senaka かた"),
        ("@Senaka かた", [(-1, 7)], "@Senaka かた"),
        ("かた", [(10**30, 10**30)], "かた"),
        ("\ud83dかた@S", [(3, 2)], "?かた"),
    ],
)
def test_our_own_name_is_no_part_of_what_is_said(text: str, spans: list[tuple[Any, Any]], read_as: str) -> None:
    calls = [{"type": "user", "isSelf": True, "index": index, "length": length} for index, length in spans]
    incoming = events.read(event(message=message(text=text, mention={"mentionees": calls})))

    assert (incoming.kind, incoming.text, incoming.is_mentioned) == ("text", read_as, True)


def test_the_names_of_others_stay_in_a_text() -> None:
    mention = {"mentionees": [{"type": "user", "userId": "U9", "index": 0, "length": 5}]}

    assert events.read(event(message=message(text="@Hana かた", mention=mention))).text == "@Hana かた"


def test_what_no_database_keeps_is_taken_out_of_a_text() -> None:
    assert events.read(event(message=message(text="a\x00b\ud83dc"))).text == "ab?c"


def test_an_event_without_an_id_is_named_by_its_contents_whenever_it_is_delivered() -> None:
    first = event(message=message(), webhookEventId=None)
    again = {**first, "deliveryContext": {"isRedelivery": True}}
    other = event(message=message(text="other"), webhookEventId=None)

    assert events.read(first).event_id == events.read(again).event_id != events.read(other).event_id


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
known_keys = st.sampled_from(
    [
        "type",
        "source",
        "message",
        "postback",
        "unsend",
        "follow",
        "timestamp",
        "replyToken",
        "webhookEventId",
        "mention",
    ]
)


@given(st.dictionaries(known_keys | st.text(), json_values | st.dictionaries(known_keys, json_values)))
def test_no_shape_of_event_is_an_error(raw: dict[str, Any]) -> None:
    incoming = events.read(raw)

    assert incoming.event_id
    assert incoming.occurred_at.tzinfo is not None
