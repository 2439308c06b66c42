"""Publishing the rich menu to a simulated LINE over HTTP, with the official SDK."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
)
from PIL import Image
from werkzeug.serving import make_server

from bot.library.loader import load
from bot.line import richmenu
from bot.line.menu_wire import MenuError, MenuWire
from bot.line.richmenu import Wanted
from bot.settings import DEFAULT_CONTENT
from bot.simulator.answers import Fault
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform
from tests.fakes import FakeClock

TOKEN = "an-access-token"
THEIRS = {"size": {"width": 2500, "height": 843}, "selected": False, "name": "autumn", "chatBarText": "秋", "areas": []}


@pytest.fixture
def platform(clock: FakeClock) -> Platform:
    return Platform("a-secret", TOKEN, clock)


@pytest.fixture
def url(platform: Platform) -> Iterator[str]:
    app = create_app(platform, Courier(platform, "http://127.0.0.1:1/"))
    app.config["SIMULATOR_SILENCE_SECONDS"] = 0.1
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def wire(url: str) -> Iterator[MenuWire]:
    with MenuWire(TOKEN, url, timeout=(3, 3)) as wire:
        yield wire


@pytest.fixture(scope="module")
def tabs() -> list[Wanted]:
    library = load(DEFAULT_CONTENT)
    assert library.richmenu is not None
    return richmenu.wanted(DEFAULT_CONTENT, library.richmenu)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def publish(wire: MenuWire, told: list[str]) -> Callable[[list[Wanted]], bool]:
    def publish(tabs: list[Wanted]) -> bool:
        told.clear()
        return richmenu.publish(wire, tabs, told.append)

    return publish


def another(tabs: list[Wanted]) -> list[Wanted]:
    """The same menu after a change of its pack."""
    return [replace(tab, body={**tab.body, "name": tab.name[:-4] + "0000"}) for tab in tabs]


def add_theirs(url: str) -> str:
    """A menu that somebody else made, everybody's default."""
    with ApiClient(Configuration(host=url, access_token=TOKEN)) as client:
        line, buffer = MessagingApi(client), io.BytesIO()
        menu_id = line.create_rich_menu(RichMenuRequest.from_dict(THEIRS)).rich_menu_id
        Image.new("RGB", (2500, 843)).save(buffer, "PNG")
        MessagingApiBlob(client).set_rich_menu_image(menu_id, buffer.getvalue(), _headers={"Content-Type": "image/png"})
        line.set_default_rich_menu(menu_id)
        line.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="senaka-own", richMenuId=menu_id))
        client.rest_client.pool_manager.clear()
    return menu_id


def test_publishing_makes_both_tabs_with_pictures_aliases_and_the_first_as_default(platform, publish, tabs):
    assert publish(tabs)

    store = platform.rich_menus
    assert sorted(menu["name"] for menu in store.menus.values()) == sorted(tab.name for tab in tabs)
    assert store.pictures.keys() == store.menus.keys()
    assert {alias: store.menus[id]["name"] for alias, id in store.aliases.items()} == {
        tab.alias: tab.name for tab in tabs
    }
    assert store.menus[store.default]["name"] == tabs[0].name


def test_publishing_again_does_nothing(platform, publish, tabs, told):
    publish(tabs)
    before = dict(platform.rich_menus.menus)

    assert not publish(tabs)
    assert told == []
    assert platform.rich_menus.menus == before


def test_a_changed_menu_takes_the_place_of_the_old_one(platform, publish, tabs):
    publish(tabs)
    old = set(platform.rich_menus.menus)
    publish(another(tabs))

    store = platform.rich_menus
    assert len(store.menus) == 2
    assert not old & set(store.menus)
    assert set(store.aliases.values()) == set(store.menus)
    assert store.default in store.menus


def test_what_stopped_halfway_is_taken_up_where_it_stopped(platform, publish, tabs):
    platform.faults["menu upload"].append(Fault(500))
    with pytest.raises(MenuError, match="could not take the picture of a rich menu: a fault of its own"):
        publish(tabs)
    assert platform.rich_menus.default is None

    assert publish(tabs)
    assert len(platform.rich_menus.menus) == 2
    assert platform.rich_menus.pictures.keys() == platform.rich_menus.menus.keys()


def test_a_menu_of_somebody_else_is_never_touched_and_is_told_of(platform, publish, tabs, told, url, wire):
    theirs = add_theirs(url)
    publish(tabs)
    assert f"the default was {theirs}, which is not ours: it is kept, but no longer shown" in told
    publish(another(tabs))
    richmenu.remove(wire, told.append)

    assert list(platform.rich_menus.menus) == [theirs]
    assert platform.rich_menus.aliases == {"senaka-own": theirs}


def test_removing_leaves_the_default_of_somebody_else(platform, url, wire, told):
    theirs = add_theirs(url)

    assert not richmenu.remove(wire, told.append)
    assert platform.rich_menus.default == theirs
    assert told == [f"the default {theirs} is not ours: kept"]


def test_removing_takes_all_of_ours_and_a_second_time_finds_nothing(platform, publish, tabs, wire, told):
    publish(tabs)

    assert richmenu.remove(wire, told.append)
    assert (platform.rich_menus.menus, platform.rich_menus.aliases, platform.rich_menus.default) == ({}, {}, None)
    assert not richmenu.remove(wire, told.append)


def test_a_tab_that_the_pack_no_longer_has_goes_with_its_alias(platform, publish, tabs):
    publish(tabs)
    publish(tabs[:1])

    assert list(platform.rich_menus.aliases) == [tabs[0].alias]
    assert len(platform.rich_menus.menus) == 1


def test_showing_tells_what_line_has_and_what_is_amiss(platform, publish, tabs, wire):
    assert richmenu.show(wire, tabs) == ([f"missing: {tab.name}" for tab in tabs], False)
    publish(tabs)
    lines, is_right = richmenu.show(wire, tabs)
    assert is_right
    assert f"{tabs[0].name}: as in the pack, the default" in lines[0]

    platform.rich_menus.default = None
    platform.rich_menus.aliases.clear()
    lines, is_right = richmenu.show(wire, another(tabs) + tabs[1:])
    assert not is_right
    assert f"left over: {tabs[0].name}" in lines


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(429), "too many requests"),
        (Fault("silence"), "no answer"),
        (Fault("rubbish"), "makes no sense"),
        (Fault("close"), "no answer"),
    ],
)
def test_what_goes_wrong_is_one_line(platform, wire, fault, said):
    platform.faults["menu list"].append(fault)

    with pytest.raises(MenuError, match=said) as refused:
        wire.menus()
    assert "\n" not in str(refused.value)


def test_a_wrong_token_is_said_to_be_wrong(url):
    with MenuWire("another", url) as wire, pytest.raises(MenuError, match="check LINE_CHANNEL_ACCESS_TOKEN"):
        wire.menus()


def test_line_finds_nothing_wrong_with_the_menus_of_the_pack(tabs):
    for tab in tabs:
        actions = [area["action"] for area in tab.body["areas"]]
        assert len(actions) == 8 <= 20
        assert [action["type"] for action in actions] == ["richmenuswitch"] * 2 + ["postback"] * 6
        assert all(len(action["label"]) <= 20 for action in actions)
