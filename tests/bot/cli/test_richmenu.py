"""`python -m bot richmenu …` against a simulated LINE."""

import threading
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from bot.cli import cli
from bot.clock import system_clock
from bot.settings import DEFAULT_CONTENT
from bot.simulator.app import create_app
from bot.simulator.courier import Courier
from bot.simulator.platform import Platform

Run = Callable[..., Result]


@pytest.fixture
def platform() -> Platform:
    return Platform("a-secret", "a-token", system_clock)


@pytest.fixture
def ask(surroundings: pytest.MonkeyPatch, platform: Platform) -> Iterator[Run]:
    """The command, with a channel whose LINE is the *platform*."""
    server = make_server("127.0.0.1", 0, create_app(platform, Courier(platform, "http://127.0.0.1:1/")), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    surroundings.setenv("LINE_CHANNEL_SECRET", "a-secret")
    surroundings.setenv("LINE_CHANNEL_ACCESS_TOKEN", "a-token")
    surroundings.setenv("LINE_API_BASE", f"http://127.0.0.1:{server.server_port}")
    surroundings.setenv("CONTENT_DIR", str(DEFAULT_CONTENT))
    yield lambda *arguments: CliRunner().invoke(cli, ["richmenu", *arguments])
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_menu_is_published_shown_and_removed(ask: Run, platform: Platform) -> None:
    missing = ask("show")
    assert missing.exit_code == 1
    assert "not as in the pack; run: richmenu publish" in missing.output

    first, second = ask("publish"), ask("publish")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "alias senaka-try: made" in first.output
    assert "nothing to do" in second.output
    shown = ask("show")
    assert (shown.exit_code, shown.output.splitlines()[-1]) == (0, "richmenu: as in the pack")

    assert ask("remove").output.splitlines()[-1] == "richmenu: removed"
    assert platform.rich_menus.menus == {}
    assert ask("remove").output == "richmenu: there was none of ours\n"


def test_what_line_refuses_is_one_line(ask: Run, surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("LINE_CHANNEL_ACCESS_TOKEN", "another")
    refused = ask("publish")

    assert refused.exit_code == 1
    assert refused.output == (
        "richmenu: LINE could not list the rich menus: the access token is wrong; "
        "check LINE_CHANNEL_ACCESS_TOKEN (status 401)\n"
    )


def test_without_a_channel_there_is_nothing_to_publish_to(surroundings: pytest.MonkeyPatch) -> None:
    refused = CliRunner().invoke(cli, ["richmenu", "show"])

    assert refused.exit_code == 1
    assert "set LINE_CHANNEL_SECRET" in refused.output


def test_a_pack_without_a_menu_is_told(
    run: Run, ask: Run, surroundings: pytest.MonkeyPatch, small_pack: object
) -> None:
    surroundings.setenv("CONTENT_DIR", str(small_pack))
    refused = ask("publish")

    assert refused.exit_code == 1
    assert "no richmenu.yaml" in refused.output
