"""The official SDK drives every endpoint that there is; one without a call below fails, and says so."""

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from linebot.v3 import insight, oauth
from linebot.v3 import messaging as sdk
from PIL import Image

from bot.simulator import routes
from bot.simulator.phone import Group, Phone
from bot.simulator.platform import Platform
from tests.bot.simulator.conftest import SECRET, TOKEN
from tests.fakes import FakeClock

HELLO = [sdk.TextMessage(text="hello")]
MENU = {
    "size": {"width": 800, "height": 250},
    "selected": False,
    "name": "a menu",
    "chatBarText": "menu",
    "areas": [
        {"bounds": {"x": 0, "y": 0, "width": 800, "height": 250}, "action": {"type": "message", "text": "x"}},
    ],
}


@dataclass
class Stage:
    """What a call needs: the SDK's clients, and people and groups whom the bot knows."""

    line: sdk.MessagingApi
    blob: sdk.MessagingApiBlob
    insight: insight.Insight
    oauth: oauth.ChannelAccessToken
    platform: Platform
    person: Phone
    group: Group
    room: Group
    clock: FakeClock

    @property
    def user_id(self) -> str:
        return self.person.user_id

    def yesterday(self) -> str:
        """A day that is over, on which something was sent."""
        self.push()
        self.clock.advance(hours=24)
        return (self.clock.now + timedelta(hours=9 - 24)).strftime("%Y%m%d")

    def push(self, **more: object) -> object:
        return self.line.push_message(sdk.PushMessageRequest(to=self.user_id, messages=HELLO, **more))

    def stateless(self, secret: str) -> oauth.IssueStatelessChannelAccessTokenResponse:
        return self.oauth.issue_stateless_channel_token(
            grant_type="client_credentials", client_id=self.platform.channel.id, client_secret=secret
        )

    def menu(self) -> str:
        """A rich menu with its picture."""
        menu_id = self.line.create_rich_menu(sdk.RichMenuRequest.from_dict(MENU)).rich_menu_id
        self.blob.set_rich_menu_image(menu_id, _picture(), _headers={"Content-Type": "image/png"})
        return menu_id

    def alias(self) -> str:
        request = sdk.CreateRichMenuAliasRequest(richMenuAliasId="tab", richMenuId=self.menu())
        self.line.create_rich_menu_alias(request)
        return "tab"

    def default(self) -> str:
        menu_id = self.menu()
        self.line.set_default_rich_menu(menu_id)
        return menu_id

    def linked(self) -> str:
        menu_id = self.menu()
        self.line.link_rich_menu_id_to_user(self.user_id, menu_id)
        return menu_id

    def batch(self) -> sdk.RichMenuBatchRequest:
        moved = {"type": "link", "from": self.linked(), "to": self.menu()}
        return sdk.RichMenuBatchRequest.from_dict({"operations": [moved]})


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (800, 250), "#a5d2c9").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def stage(url: str, platform: Platform, person: Phone, clock: FakeClock) -> Iterator[Stage]:
    platform.verified = True
    group, room = platform.group("C" + "1" * 32, "a group"), platform.group("R" + "1" * 32)
    for one in (group, room):
        one.invite_bot([person.user_id])
    with (
        sdk.ApiClient(sdk.Configuration(host=url, access_token=TOKEN)) as client,
        insight.ApiClient(insight.Configuration(host=url, access_token=TOKEN)) as counting,
        oauth.ApiClient(oauth.Configuration(host=url)) as proving,
    ):
        made = (
            sdk.MessagingApi(client),
            sdk.MessagingApiBlob(client),
            insight.Insight(counting),
            oauth.ChannelAccessToken(proving),
        )
        yield Stage(*made, platform, person, group, room, clock)
        for one in (client, counting, proving):
            one.rest_client.pool_manager.clear()


def key() -> str:
    return str(uuid.uuid4())


def equal(one: object, other: object) -> None:
    assert one == other


def narrowcast(stage: Stage) -> str:
    request = sdk.NarrowcastRequest(messages=HELLO, limit=sdk.Limit(max=1))
    sent = stage.line.narrowcast_with_http_info(request, x_line_retry_key=key())
    assert sent.status_code == 202
    return sent.headers["x-line-request-id"]


def progress(stage: Stage) -> None:
    told = stage.line.get_narrowcast_progress(narrowcast(stage))
    assert (told.phase, told.success_count) == ("succeeded", 1)


def batch_progress(stage: Stage) -> None:
    done = stage.line.rich_menu_batch_with_http_info(stage.batch())
    told = stage.line.get_rich_menu_batch_progress(done.headers["x-line-request-id"])
    assert told.phase == "succeeded"


def batched(stage: Stage) -> None:
    request = stage.batch()
    stage.line.rich_menu_batch(request)
    assert stage.line.get_rich_menu_id_of_user(stage.user_id).rich_menu_id == request.operations[0].to


def bulk(stage: Stage) -> None:
    menu_id = stage.menu()
    stage.line.link_rich_menu_id_to_users(sdk.RichMenuBulkLinkRequest(richMenuId=menu_id, userIds=[stage.user_id]))
    assert stage.line.get_rich_menu_id_of_user(stage.user_id).rich_menu_id == menu_id


def bulk_unlinked(stage: Stage) -> None:
    stage.linked()
    stage.line.unlink_rich_menu_id_from_users(sdk.RichMenuBulkUnlinkRequest(userIds=[stage.user_id]))
    assert stage.user_id not in stage.platform.rich_menus.linked


def counted(stage: Stage, kind: str, expected: int) -> None:
    told = getattr(stage.line, f"get_number_of_sent_{kind}_messages")(stage.yesterday())
    assert (told.status, told.success) == ("ready", expected)


def validated(name: str) -> Callable[[Stage], object]:
    return lambda stage: getattr(stage.line, name)(sdk.ValidateMessageRequest(messages=HELLO))


DRIVES: dict[str, Callable[[Stage], object]] = {
    "POST /v2/bot/message/reply": lambda stage: stage.line.reply_message(
        sdk.ReplyMessageRequest(reply_token=stage.person.say("hi")["replyToken"], messages=HELLO)
    ),
    "POST /v2/bot/message/push": lambda stage: stage.push(),
    "POST /v2/bot/message/multicast": lambda stage: stage.line.multicast(
        sdk.MulticastRequest(to=[stage.user_id], messages=HELLO), x_line_retry_key=key()
    ),
    "POST /v2/bot/message/broadcast": lambda stage: stage.line.broadcast(
        sdk.BroadcastRequest(messages=HELLO), x_line_retry_key=key()
    ),
    "POST /v2/bot/message/narrowcast": narrowcast,
    **{
        f"POST /v2/bot/message/validate/{kind}": validated(f"validate_{kind}")
        for kind in ("reply", "push", "multicast", "broadcast", "narrowcast")
    },
    "GET /v2/bot/message/quota": lambda stage: equal(stage.line.get_message_quota().value, 200),
    "GET /v2/bot/message/quota/consumption": lambda stage: equal(
        stage.line.get_message_quota_consumption().total_usage, 0
    ),
    "GET /v2/bot/message/delivery/reply": lambda stage: counted(stage, "reply", 0),
    "GET /v2/bot/message/delivery/push": lambda stage: counted(stage, "push", 1),
    "GET /v2/bot/message/delivery/multicast": lambda stage: counted(stage, "multicast", 0),
    "GET /v2/bot/message/delivery/broadcast": lambda stage: counted(stage, "broadcast", 0),
    "GET /v2/bot/message/progress/narrowcast": progress,
    "GET /v2/bot/message/aggregation/info": lambda stage: equal(
        (
            stage.push(customAggregationUnits=["a"]),
            stage.line.get_aggregation_unit_usage().num_of_custom_aggregation_units,
        )[1],
        1,
    ),
    "GET /v2/bot/message/aggregation/list": lambda stage: equal(
        (
            stage.push(customAggregationUnits=["a"]),
            stage.line.get_aggregation_unit_name_list().custom_aggregation_units,
        )[1],
        ["a"],
    ),
    "GET /v2/bot/message/{messageId}/content": lambda stage: equal(
        bytes(stage.blob.get_message_content(stage.person.send_image()["message"]["id"]))[:4], b"\x89PNG"
    ),
    "GET /v2/bot/message/{messageId}/content/preview": lambda stage: equal(
        bytes(stage.blob.get_message_content_preview(stage.person.send_image()["message"]["id"]))[:4], b"\x89PNG"
    ),
    "GET /v2/bot/message/{messageId}/content/transcoding": lambda stage: equal(
        stage.blob.get_message_content_transcoding_by_message_id(stage.person.send_video()["message"]["id"]).status,
        "succeeded",
    ),
    "GET /v2/bot/info": lambda stage: equal(stage.line.get_bot_info().user_id, stage.platform.bot_user_id),
    "POST /v2/bot/chat/loading/start": lambda stage: stage.line.show_loading_animation(
        sdk.ShowLoadingAnimationRequest(chat_id=stage.user_id, loading_seconds=5)
    ),
    "POST /v2/bot/chat/markAsRead": lambda stage: stage.line.mark_messages_as_read_by_token(
        sdk.MarkMessagesAsReadByTokenRequest(mark_as_read_token=stage.person.say("hi")["message"]["markAsReadToken"])
    ),
    "GET /v2/bot/channel/webhook/endpoint": lambda stage: equal(stage.line.get_webhook_endpoint().active, True),
    "PUT /v2/bot/channel/webhook/endpoint": lambda stage: stage.line.set_webhook_endpoint(
        sdk.SetWebhookEndpointRequest(endpoint="https://example.com/webhook")
    ),
    "POST /v2/bot/channel/webhook/test": lambda stage: equal(
        stage.line.test_webhook_endpoint(sdk.TestWebhookEndpointRequest()).success, True
    ),
    "POST /v2/oauth/verify": lambda stage: equal(
        stage.oauth.verify_channel_token(access_token=TOKEN).client_id, stage.platform.channel.id
    ),
    "POST /oauth2/v3/token": lambda stage: equal(stage.stateless(SECRET).expires_in, 900),
    "GET /v2/bot/profile/{userId}": lambda stage: equal(stage.line.get_profile(stage.user_id).display_name, "Alice"),
    "GET /v2/bot/followers/ids": lambda stage: equal(stage.line.get_followers(limit=1).user_ids, [stage.user_id]),
    "GET /v2/bot/insight/followers": lambda stage: equal(
        stage.insight.get_number_of_followers(stage.yesterday()).followers, 1
    ),
    "POST /v2/bot/user/{userId}/linkToken": lambda stage: stage.line.issue_link_token(stage.user_id),
    "GET /v2/bot/group/{groupId}/summary": lambda stage: equal(
        stage.line.get_group_summary(stage.group.chat.id).group_name, "a group"
    ),
    "GET /v2/bot/group/{groupId}/members/count": lambda stage: equal(
        stage.line.get_group_member_count(stage.group.chat.id).count, 1
    ),
    "GET /v2/bot/group/{groupId}/members/ids": lambda stage: equal(
        stage.line.get_group_members_ids(stage.group.chat.id).member_ids, [stage.user_id]
    ),
    "GET /v2/bot/group/{groupId}/member/{userId}": lambda stage: equal(
        stage.line.get_group_member_profile(stage.group.chat.id, stage.user_id).display_name, "Alice"
    ),
    "POST /v2/bot/group/{groupId}/leave": lambda stage: stage.line.leave_group(stage.group.chat.id),
    "GET /v2/bot/room/{roomId}/members/count": lambda stage: equal(
        stage.line.get_room_member_count(stage.room.chat.id).count, 1
    ),
    "GET /v2/bot/room/{roomId}/members/ids": lambda stage: equal(
        stage.line.get_room_members_ids(stage.room.chat.id).member_ids, [stage.user_id]
    ),
    "GET /v2/bot/room/{roomId}/member/{userId}": lambda stage: equal(
        stage.line.get_room_member_profile(stage.room.chat.id, stage.user_id).display_name, "Alice"
    ),
    "POST /v2/bot/room/{roomId}/leave": lambda stage: stage.line.leave_room(stage.room.chat.id),
    "POST /v2/bot/richmenu": lambda stage: stage.menu(),
    "POST /v2/bot/richmenu/validate": lambda stage: stage.line.validate_rich_menu_object(
        sdk.RichMenuRequest.from_dict(MENU)
    ),
    "GET /v2/bot/richmenu/list": lambda stage: equal(stage.line.get_rich_menu_list().richmenus, []),
    "GET /v2/bot/richmenu/{richMenuId}": lambda stage: equal(stage.line.get_rich_menu(stage.menu()).name, "a menu"),
    "DELETE /v2/bot/richmenu/{richMenuId}": lambda stage: stage.line.delete_rich_menu(stage.menu()),
    "POST /v2/bot/richmenu/{richMenuId}/content": lambda stage: stage.menu(),
    "GET /v2/bot/richmenu/{richMenuId}/content": lambda stage: equal(
        bytes(stage.blob.get_rich_menu_image(stage.menu())), _picture()
    ),
    "POST /v2/bot/richmenu/alias": lambda stage: stage.alias(),
    "GET /v2/bot/richmenu/alias/list": lambda stage: equal(stage.line.get_rich_menu_alias_list().aliases, []),
    "POST /v2/bot/richmenu/alias/{richMenuAliasId}": lambda stage: stage.line.update_rich_menu_alias(
        stage.alias(), sdk.UpdateRichMenuAliasRequest(richMenuId=stage.menu())
    ),
    "GET /v2/bot/richmenu/alias/{richMenuAliasId}": lambda stage: equal(
        stage.line.get_rich_menu_alias(stage.alias()).rich_menu_alias_id, "tab"
    ),
    "DELETE /v2/bot/richmenu/alias/{richMenuAliasId}": lambda stage: stage.line.delete_rich_menu_alias(stage.alias()),
    "POST /v2/bot/richmenu/bulk/link": bulk,
    "POST /v2/bot/richmenu/bulk/unlink": bulk_unlinked,
    "POST /v2/bot/richmenu/batch": batched,
    "POST /v2/bot/richmenu/validate/batch": lambda stage: stage.line.validate_rich_menu_batch_request(stage.batch()),
    "GET /v2/bot/richmenu/progress/batch": batch_progress,
    "POST /v2/bot/user/all/richmenu/{richMenuId}": lambda stage: stage.default(),
    "GET /v2/bot/user/all/richmenu": lambda stage: equal(
        stage.default(), stage.line.get_default_rich_menu_id().rich_menu_id
    ),
    "DELETE /v2/bot/user/all/richmenu": lambda stage: stage.line.cancel_default_rich_menu(),
    "POST /v2/bot/user/{userId}/richmenu/{richMenuId}": lambda stage: stage.linked(),
    "GET /v2/bot/user/{userId}/richmenu": lambda stage: equal(
        stage.linked(), stage.line.get_rich_menu_id_of_user(stage.user_id).rich_menu_id
    ),
    "DELETE /v2/bot/user/{userId}/richmenu": lambda stage: stage.line.unlink_rich_menu_id_from_user(stage.user_id),
}
"""A call of the SDK for each endpoint, with what it needs to be one that LINE takes."""


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_the_sdk_drives_the_endpoint(route: routes.Route, stage: Stage) -> None:
    drive = DRIVES.get(f"{route.method} {route.template}")
    assert drive is not None, "no call of the SDK drives it yet: write one into DRIVES"
    drive(stage)

    taken = [one for one in stage.platform.traffic.requests() if 200 <= one["status"] < 300]
    assert route in [found[0] for one in taken if (found := routes.find(one["method"], one["path"]))]


def test_no_call_is_for_an_endpoint_that_there_is_not() -> None:
    assert DRIVES.keys() == {f"{route.method} {route.template}" for route in routes.ROUTES}


def test_what_is_not_here_is_refused_by_its_name(stage: Stage) -> None:
    with pytest.raises(sdk.ApiException) as refused:
        stage.line.list_coupon()

    assert refused.value.status == 404
    assert "this simulator has no GET /v2/bot/coupon" in refused.value.body


def status(call: Callable[..., object], *given: object) -> int:
    with pytest.raises(sdk.ApiException) as refused:
        call(*given)
    return refused.value.status


def test_content_is_gone_when_it_is_taken_back_and_unknown_when_it_never_was(stage: Stage) -> None:
    message_id = stage.person.send_image()["message"]["id"]
    stage.person.unsend(message_id)

    assert status(stage.blob.get_message_content, message_id) == 410
    assert status(stage.blob.get_message_content, stage.person.say("hi")["message"]["id"]) == 404
    assert status(stage.blob.get_message_content_preview, stage.person.send_audio()["message"]["id"]) == 404


def test_a_narrowcast_asks_for_no_audience_and_reaches_no_more_than_it_may(stage: Stage) -> None:
    stage.platform.phone("U" + "2" * 32).follow()
    narrowcast(stage)

    assert stage.platform.book[-1].counted == 1
    audience = sdk.AudienceRecipient.from_dict({"type": "audience", "audienceGroupId": 1})
    assert status(stage.line.narrowcast, sdk.NarrowcastRequest(messages=HELLO, recipient=audience)) == 501
    assert status(stage.line.get_narrowcast_progress, key()) == 404


def test_a_persons_own_menu_goes_before_that_of_everybody_until_it_is_deleted(stage: Stage) -> None:
    shared, own = stage.default(), stage.linked()
    menus = stage.platform.rich_menus

    assert (menus.menu_of(stage.user_id), menus.menu_of("U" + "2" * 32)) == (own, shared)
    stage.line.delete_rich_menu(own)
    assert menus.menu_of(stage.user_id) == shared
    assert status(stage.line.get_rich_menu_id_of_user, stage.user_id) == 404


def test_what_a_day_has_seen_is_told_when_it_is_over(stage: Stage) -> None:
    today = (stage.clock.now + timedelta(hours=9)).strftime("%Y%m%d")

    assert stage.line.get_number_of_sent_push_messages(today).status == "unready"
    assert stage.line.get_number_of_sent_push_messages("20180330").status == "out_of_service"
    assert status(stage.line.get_number_of_sent_push_messages, "yesterday") == 400


def test_a_mention_is_for_a_group(stage: Stage) -> None:
    everybody = {"name": {"type": "mention", "mentionee": {"type": "all"}}}
    message = sdk.TextMessageV2.from_dict({"type": "textV2", "text": "{name}", "substitution": everybody})

    stage.line.push_message(sdk.PushMessageRequest(to=stage.group.chat.id, messages=[message]))
    assert status(stage.line.push_message, sdk.PushMessageRequest(to=stage.user_id, messages=[message])) == 400
    assert status(stage.line.broadcast, sdk.BroadcastRequest(messages=[message])) == 400


def test_a_token_and_a_secret_of_others_are_told_apart_from_ours(stage: Stage) -> None:
    with pytest.raises(oauth.ApiException) as strange_token:
        stage.oauth.verify_channel_token(access_token=f"{TOKEN}-of-others")
    with pytest.raises(oauth.ApiException) as strange_secret:
        stage.stateless("0" * 32)

    assert (strange_token.value.status, strange_secret.value.status) == (400, 400)
    assert "invalid_client" in strange_secret.value.body
