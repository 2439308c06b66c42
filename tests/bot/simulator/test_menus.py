"""Rich menus on the simulated LINE: the official SDK drives every endpoint, and LINE's limits are kept."""

import io
from collections.abc import Iterator

import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)
from PIL import Image

TOKEN = "an-access-token"
SIZE = {"width": 2500, "height": 1686}
SWITCH = {"type": "richmenuswitch", "label": "b", "richMenuAliasId": "b", "data": "tab b"}
BOUNDS = {"x": 0, "y": 0, "width": 2500, "height": 843}
MENU = {
    "size": SIZE,
    "selected": True,
    "name": "a menu",
    "chatBarText": "メニュー",
    "areas": [{"bounds": BOUNDS, "action": SWITCH}],
}
ME = "U" + "1" * 32


def picture(form: str = "PNG", size: tuple[int, int] = (2500, 1686)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#a5d2c9").save(buffer, form)
    return buffer.getvalue()


@pytest.fixture
def client(url: str) -> Iterator[ApiClient]:
    with ApiClient(Configuration(host=url, access_token=TOKEN)) as client:
        yield client
        client.rest_client.pool_manager.clear()


@pytest.fixture
def line(client: ApiClient) -> MessagingApi:
    return MessagingApi(client)


@pytest.fixture
def blob(client: ApiClient) -> MessagingApiBlob:
    return MessagingApiBlob(client)


def made(line: MessagingApi, blob: MessagingApiBlob | None = None, **more: object) -> str:
    menu_id = line.create_rich_menu(RichMenuRequest.from_dict({**MENU, **more})).rich_menu_id
    if blob is not None:
        blob.set_rich_menu_image(menu_id, picture(), _headers={"Content-Type": "image/png"})
    return menu_id


def status(call, *args, **more) -> int:
    with pytest.raises(ApiException) as refused:
        call(*args, **more)
    return refused.value.status


def test_a_menu_is_made_listed_told_and_deleted(line):
    menu_id = made(line)

    assert menu_id.startswith("richmenu-")
    assert [menu.rich_menu_id for menu in line.get_rich_menu_list().richmenus] == [menu_id]
    assert line.get_rich_menu(menu_id).name == "a menu"
    assert line.get_rich_menu(menu_id).areas[0].action.rich_menu_alias_id == "b"
    line.delete_rich_menu(menu_id)
    assert line.get_rich_menu_list().richmenus == []
    assert status(line.delete_rich_menu, menu_id) == 404
    assert status(line.get_rich_menu, menu_id) == 404


def test_a_picture_is_uploaded_once_and_can_be_had_again(line, blob):
    menu_id = made(line)
    assert status(blob.get_rich_menu_image, menu_id) == 404
    png = picture()
    blob.set_rich_menu_image(menu_id, png, _headers={"Content-Type": "image/png"})

    assert bytes(blob.get_rich_menu_image(menu_id)) == png
    assert status(blob.set_rich_menu_image, menu_id, png, _headers={"Content-Type": "image/png"}) == 400


@pytest.mark.parametrize(
    ("sent", "kind", "expected"),
    [
        (picture("GIF"), "image/gif", 415),
        (picture("JPEG"), "image/png", 400),
        (picture(size=(1250, 843)), "image/png", 400),
        (b"no picture", "image/png", 400),
        (picture() + b"\0" * (1024 * 1024), "image/png", 413),
    ],
)
def test_a_picture_of_the_wrong_type_or_size_is_refused(line, blob, sent, kind, expected):
    assert status(blob.set_rich_menu_image, made(line), sent, _headers={"Content-Type": kind}) == expected


def test_the_default_is_set_told_and_cancelled(line, blob):
    assert status(line.get_default_rich_menu_id) == 404
    menu_id = made(line, blob)
    line.set_default_rich_menu(menu_id)

    assert line.get_default_rich_menu_id().rich_menu_id == menu_id
    line.cancel_default_rich_menu()
    assert status(line.get_default_rich_menu_id) == 404


def test_a_menu_without_a_picture_is_shown_to_nobody(line):
    menu_id = made(line)

    assert status(line.set_default_rich_menu, menu_id) == 400
    alias = CreateRichMenuAliasRequest(richMenuAliasId="a", richMenuId=menu_id)
    assert status(line.create_rich_menu_alias, alias) == 400


def test_an_alias_is_made_moved_told_listed_and_deleted(line, blob):
    first, second = made(line, blob), made(line, blob)
    line.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="tab-a", richMenuId=first))
    again = CreateRichMenuAliasRequest(richMenuAliasId="tab-a", richMenuId=second)
    assert status(line.create_rich_menu_alias, again) == 400
    line.update_rich_menu_alias("tab-a", UpdateRichMenuAliasRequest(richMenuId=second))

    assert line.get_rich_menu_alias("tab-a").rich_menu_id == second
    assert [alias.rich_menu_id for alias in line.get_rich_menu_alias_list().aliases] == [second]
    line.delete_rich_menu_alias("tab-a")
    assert line.get_rich_menu_alias_list().aliases == []
    assert status(line.get_rich_menu_alias, "tab-a") == 404
    assert status(line.delete_rich_menu_alias, "tab-a") == 404
    assert status(line.update_rich_menu_alias, "tab-a", UpdateRichMenuAliasRequest(richMenuId=second)) == 404


def test_a_good_menu_is_valid_and_a_bad_one_is_told_with_its_places(line, call):
    line.validate_rich_menu_object(RichMenuRequest.from_dict(MENU))
    bad = {
        **MENU,
        "size": {"width": 2500, "height": 2000},
        "chatBarText": "あ" * 15,
        "areas": [{"bounds": BOUNDS, "action": SWITCH | {"richMenuAliasId": "Tab A"}}] * 21,
    }
    answer = call("richmenu/validate", bad)

    assert answer.status == 400
    places = {detail["property"] for detail in answer.body["details"]}
    assert {"size", "chatBarText", "areas", "areas[0].action.richMenuAliasId"} <= places


def test_a_hundred_menus_an_hour_are_enough(call, clock):
    statuses = [call("richmenu", MENU).status for _ in range(101)]

    assert statuses == [200] * 100 + [429]
    clock.advance(hours=1)
    assert call("richmenu", MENU).status == 200


def test_a_tapped_tab_becomes_a_postback_that_says_how_it_went(platform, person, line, blob):
    first = made(line, blob)
    line.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="b", richMenuId=first))

    assert person.switch_menu("b", "tab b")["postback"] == {
        "data": "tab b",
        "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"},
    }
    line.delete_rich_menu(first)
    assert person.switch_menu("b", "tab b")["postback"]["params"]["status"] == "RICHMENU_NOTFOUND"
    assert person.switch_menu("c", "tab c")["postback"]["params"]["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"


def test_the_page_gets_the_menus_that_have_pictures(line, blob, app):
    without, menu_id = made(line), made(line, blob)
    line.set_default_rich_menu(menu_id)
    page = app.test_client()
    known = page.get("/richmenu", base_url="http://127.0.0.1").json

    assert known["default"] == menu_id
    assert list(known["menus"]) == [menu_id]
    shown = page.get(f"/richmenu/{menu_id}/image", base_url="http://127.0.0.1")
    assert (shown.content_type, shown.data) == ("image/png", picture())
    assert page.get(f"/richmenu/{without}/image", base_url="http://127.0.0.1").status_code == 404
