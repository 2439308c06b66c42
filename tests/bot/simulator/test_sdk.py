"""The official SDK drives every endpoint over HTTP and reads what comes back."""

import uuid
from collections.abc import Iterator

import pytest
import urllib3.exceptions
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    ErrorResponse,
    FlexMessage,
    MarkMessagesAsReadByTokenRequest,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging import (
    TestWebhookEndpointRequest as EndpointToTest,
)

from bot.simulator.answers import Fault

TOKEN = "an-access-token"
HELLO = [TextMessage(text="hello")]


@pytest.fixture
def line(url: str) -> Iterator[MessagingApi]:
    with ApiClient(Configuration(host=url, access_token=TOKEN)) as client:
        yield MessagingApi(client)
        client.rest_client.pool_manager.clear()


def test_reply(line, person):
    sent = line.reply_message(ReplyMessageRequest(reply_token=person.say("hi")["replyToken"], messages=HELLO))

    assert [message.id for message in sent.sent_messages] == [message["id"] for message in person.received]


def test_push_and_its_retry(line, person):
    key = str(uuid.uuid4())
    request = PushMessageRequest(to=person.user_id, messages=HELLO)
    first = line.push_message_with_http_info(request, x_line_retry_key=key)
    with pytest.raises(ApiException) as refused:
        line.push_message(request, x_line_retry_key=key)

    assert refused.value.status == 409
    assert refused.value.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert ErrorResponse.from_json(refused.value.body).sent_messages == first.data.sent_messages


def test_multicast_broadcast_and_quota(line, person):
    line.multicast(MulticastRequest(to=[person.user_id], messages=HELLO), x_line_retry_key=str(uuid.uuid4()))
    line.broadcast(BroadcastRequest(messages=HELLO), x_line_retry_key=str(uuid.uuid4()))

    assert len(person.received) == 2
    assert (line.get_message_quota().type, line.get_message_quota().value) == ("limited", 200)
    assert line.get_message_quota_consumption().total_usage == 2


def test_validate(line):
    request = ValidateMessageRequest(messages=[TextMessage(text="x" * 5001)])
    for validate in (
        line.validate_reply,
        line.validate_push,
        line.validate_multicast,
        line.validate_broadcast,
        line.validate_narrowcast,
    ):
        with pytest.raises(ApiException) as refused:
            validate(request)
        details = ErrorResponse.from_json(refused.value.body).details
        assert [(one.message, one.var_property) for one in details] == [
            ("Length must be between 0 and 5000", "messages[0].text")
        ]


def test_profile_info_and_followers(line, person, platform):
    assert line.get_profile(person.user_id).display_name == "Alice"
    assert line.get_bot_info().display_name == "Senaka"
    with pytest.raises(ApiException) as refused:
        line.get_followers()
    assert refused.value.status == 403
    platform.verified = True
    assert line.get_followers(limit=10).user_ids == [person.user_id]


def test_loading_and_read(line, person, clock):
    line.show_loading_animation(ShowLoadingAnimationRequest(chat_id=person.user_id, loading_seconds=5))
    token = person.say("hi")["message"]["markAsReadToken"]
    line.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(mark_as_read_token=token))

    assert person.chat.is_typing(clock())
    assert person.chat.items[-1].read


def test_webhook_settings(line, bot):
    assert line.get_webhook_endpoint().endpoint == bot.url
    tested = line.test_webhook_endpoint(EndpointToTest())
    assert (tested.success, tested.status_code, tested.reason) == (True, 200, "OK")
    line.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="http://127.0.0.1:1/"))
    assert not line.test_webhook_endpoint(EndpointToTest()).success


def test_a_flex_message_of_the_sdk_is_taken(line, person):
    bubble = {
        "type": "bubble",
        "hero": {"type": "image", "url": "https://example.com/x.png", "size": "full"},
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "x", "wrap": True}]},
    }
    message = FlexMessage.from_dict({"type": "flex", "altText": "x", "contents": bubble})
    line.push_message(PushMessageRequest(to=person.user_id, messages=[message]))

    assert person.received[-1]["contents"]["body"]["contents"][0]["text"] == "x"


def test_a_wrong_token_is_refused(url):
    with (
        ApiClient(Configuration(host=url, access_token="wrong")) as client,
        pytest.raises(ApiException) as refused,
    ):
        MessagingApi(client).get_bot_info()
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("silence", taken=True), urllib3.exceptions.ReadTimeoutError),
        (Fault("close", taken=True), urllib3.exceptions.ProtocolError),
        (Fault("rubbish", taken=True), UnicodeDecodeError),
        (Fault(500, taken=True), ApiException),
        (Fault(429), ApiException),
    ],
    ids=str,
)
def test_faults_arrive_as_they_would_from_line(app, line, person, platform, fault, error):
    app.config["SIMULATOR_SILENCE_SECONDS"] = 0.5
    platform.faults["push"].append(fault)
    with pytest.raises(error):
        line.push_message(PushMessageRequest(to=person.user_id, messages=HELLO), _request_timeout=0.2)

    assert len(platform.book) == fault.taken
