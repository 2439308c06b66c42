from pathlib import Path

import pytest

from bot.settings import DEFAULT_CONTENT, Settings, SettingsError, content_dir, load

SECRET = "a-secret-of-the-channel"
TOKEN = "a-token-of-the-channel"
PASSWORD = "a-password-of-the-database"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty folder and none of our settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def told() -> str:
    """What is told of the settings in force."""
    with pytest.raises(SettingsError) as caught:
        load()
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = load()

    assert not settings.has_channel
    assert settings.content_dir == DEFAULT_CONTENT
    assert settings.database_url.startswith("sqlite:///")
    assert settings.port == 8000


def test_all_problems_are_told_at_once_in_one_line(surroundings: pytest.MonkeyPatch) -> None:
    wrong = {
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_API_BASE": "api.line.me",
        "DATABASE_URL": "mysql://localhost/senaka",
        "PUBLIC_URL": "http://example.com",
        "PORT": "http",
        "LOG_LEVEL": "LOUD",
    }
    for name, value in wrong.items():
        surroundings.setenv(name, value)

    problems = told()

    assert "\n" not in problems
    assert problems.startswith("settings: ")
    for name in [*wrong, "LINE_CHANNEL_ACCESS_TOKEN"]:
        assert name in problems


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN: is not set"),
        ("LINE_CHANNEL_ACCESS_TOKEN", "LINE_CHANNEL_SECRET is not set"),
    ],
)
def test_half_a_channel_is_no_channel(surroundings: pytest.MonkeyPatch, given: str, missing: str) -> None:
    surroundings.setenv(given, SECRET)

    problems = told()

    assert missing in problems
    assert "set both" in problems
    assert SECRET not in problems


def test_a_whole_channel_is_one(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("LINE_CHANNEL_SECRET", SECRET)
    surroundings.setenv("LINE_CHANNEL_ACCESS_TOKEN", TOKEN)

    assert load().has_channel


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "senaka.sqlite3"),
        ("DATABASE_URL", "postgresql://localhost/senaka"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", f"postgresql+psycopg://senaka:{PASSWORD}@localhost:many/senaka"),
        ("PUBLIC_URL", "http://example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://example.com:port"),
        ("PUBLIC_URL", "https://two words"),
        ("PUBLIC_URL", "example.com"),
        ("LINE_API_BASE", "ftp://example.com"),
        ("LINE_API_BASE", "http://"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("LOG_LEVEL", "TRACE"),
    ],
)
def test_a_wrong_value_is_told_with_its_name(surroundings: pytest.MonkeyPatch, name: str, value: str) -> None:
    surroundings.setenv(name, value)

    problems = told()

    assert problems.startswith(f"settings: {name}: ")
    assert PASSWORD not in problems


def test_addresses_are_kept_without_the_last_slash(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("PUBLIC_URL", "https://line.example.com/")
    surroundings.setenv("LINE_API_BASE", "http://127.0.0.1:9000/simulator/")

    settings = load()

    assert (settings.public_url, settings.line_api_base) == (
        "https://line.example.com",
        "http://127.0.0.1:9000/simulator",
    )


def test_an_empty_value_is_none(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        (Path(__file__).resolve().parents[2] / ".env.example").read_text(encoding="utf-8")
        + "LINE_CHANNEL_SECRET=\nCONTENT_DIR=\nPORT=\nSOMETHING_ELSE=1\n",
        encoding="utf-8",
    )
    surroundings.setenv("LINE_API_BASE", "")

    assert load() == Settings(_env_file=None)


def test_the_environment_goes_before_the_file(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1111\nHOST=127.0.0.2\nCONTENT_DIR=theirs\n", encoding="utf-8")
    surroundings.setenv("PORT", "2222")

    settings = load()

    assert (settings.port, settings.host) == (2222, "127.0.0.2")
    assert content_dir() == Path("theirs")
    surroundings.setenv("CONTENT_DIR", "ours")
    assert content_dir() == Path("ours")


def test_the_folder_of_the_pack_is_known_whatever_else_is_wrong(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("PORT", "none")

    assert content_dir() == DEFAULT_CONTENT


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"HOST=\xff\n")

    assert told() == "settings: .env is not UTF-8; save it with the encoding UTF-8"
    with pytest.raises(SettingsError, match="not UTF-8"):
        content_dir()


def test_no_secret_is_shown(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("LINE_CHANNEL_SECRET", SECRET)
    surroundings.setenv("LINE_CHANNEL_ACCESS_TOKEN", TOKEN)
    surroundings.setenv("DATABASE_URL", f"postgresql+psycopg://senaka:{PASSWORD}@localhost/senaka")
    shown = f"{load()!r} {load()}"
    surroundings.setenv("PORT", "none")
    shown += told()

    for private in (SECRET, TOKEN, PASSWORD):
        assert private not in shown


def test_staff_are_named_by_their_line_ids() -> None:
    a, b = "U" + "a" * 32, "U" + "b" * 32

    assert load(_env_file=None, staff_line_ids=f" {a},{b}, {a},").staff == (a, b)
    assert load(_env_file=None).staff == ()
    with pytest.raises(SettingsError, match="STAFF_LINE_IDS: must be LINE user ids"):
        load(_env_file=None, staff_line_ids=f"{a};{b}")


def test_the_channel_of_line_login_is_set_whole_or_not_at_all(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("LINE_LOGIN_CHANNEL_ID", "1234567890")
    assert "LINE_LOGIN_CHANNEL_SECRET" in told()

    surroundings.setenv("LINE_LOGIN_CHANNEL_SECRET", SECRET)
    assert load().line_login_channel_id == "1234567890"
    assert SECRET not in repr(load())

    surroundings.delenv("LINE_LOGIN_CHANNEL_ID")
    assert "LINE_LOGIN_CHANNEL_ID" in told()


@pytest.mark.parametrize("number", ["-1", "many", "6"])
def test_the_number_of_trusted_proxies_is_a_small_number(surroundings: pytest.MonkeyPatch, number: str) -> None:
    surroundings.setenv("TRUSTED_PROXIES", number)

    assert "TRUSTED_PROXIES" in told()


def test_the_pages_are_found_at_the_public_address_at_the_allowed_hosts_and_on_this_machine() -> None:
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, public_url="https://Clinic.example:8443", allowed_hosts="a.example, B.example,"
    )

    assert settings.hosts == {"clinic.example", "a.example", "b.example", "localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize("hosts", ["https://a.example", "a.example/path", "a.example:80", "a b", "*"])
def test_an_allowed_host_is_a_bare_name(hosts: str) -> None:
    with pytest.raises(SettingsError, match="ALLOWED_HOSTS"):
        load(_env_file=None, allowed_hosts=hosts)
