"""What the surroundings decide: one frozen object, read once, all problems told at once."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.sealed import Keys, SealError

DEFAULT_CONTENT = Path(__file__).resolve().parents[1] / "content"


ENV_ENCODING = "utf-8-sig"
"""UTF-8, with the mark before it that some editors write: else it would hide the first setting."""
_NOT_UTF8 = "settings: .env is not UTF-8; save it with the encoding UTF-8"


class SettingsError(Exception):
    """The environment or ``.env`` is wrong; the message lists every problem with what to do."""


class Settings(BaseSettings):
    """Every setting of the program; each has a line in ``.env.example``."""

    model_config = SettingsConfigDict(
        frozen=True, env_file=".env", env_file_encoding=ENV_ENCODING, env_ignore_empty=True, extra="ignore"
    )

    line_channel_secret: SecretStr | None = None
    line_channel_access_token: Annotated[SecretStr | None, Field(validate_default=True)] = None
    line_api_base: str | None = None
    line_rate_share: Annotated[float, Field(gt=0, le=1)] = 0.9
    line_connections: Annotated[int, Field(ge=1, le=256)] = 64
    # It may hold a password.
    database_url: Annotated[str, Field(repr=False)] = "sqlite:///var/senaka.sqlite3"
    data_key: SecretStr | None = None
    backup_dir: Path = Path("var") / "backups"
    content_dir: Path = DEFAULT_CONTENT
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr | None = None
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    heartbeat_url: SecretStr | None = None
    staff_line_ids: str = ""
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    allowed_hosts: str = ""
    line_login_channel_id: str | None = None
    line_login_channel_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None
    line_login_base: str | None = None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        if url.partition("?")[0] in ("sqlite:///", "sqlite:///:memory:"):
            raise ValueError("must name a file, such as sqlite:///var/senaka.sqlite3")
        if not url.startswith("sqlite:") and not _has_good_port(url):
            raise ValueError("must have a number as its port; write special signs in the password as %40 and the like")
        return url

    @field_validator("data_key")
    @classmethod
    def _good_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            try:
                _keys(keys)
            except SealError as error:
                raise ValueError(str(error)) from None
        return keys

    @field_validator("public_url")
    @classmethod
    def _https(cls, url: str | None) -> str | None:
        if url is not None and not _is_web_address(url, "https"):
            raise ValueError("must be an address of the form https://host (LINE shows pictures only from there)")
        return url.rstrip("/") if url is not None else None

    @field_validator("line_api_base", "line_login_base")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not _is_web_address(url, "http", "https"):
            raise ValueError("must be an address of the form http://host or https://host")
        return url.rstrip("/") if url is not None else None

    @field_validator("heartbeat_url")
    @classmethod
    def _web_page(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _is_web_address(url.get_secret_value(), "http", "https"):
            raise ValueError("must be an address of the form https://host/path")
        return url

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < 16:
            raise ValueError("must have 16 letters at least, such as `openssl rand -hex 16` gives")
        return token

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @field_validator("staff_line_ids")
    @classmethod
    def _known_ids(cls, ids: str) -> str:
        named = [one.strip() for one in ids.split(",") if one.strip()]
        if any(re.fullmatch("U[0-9a-f]{32}", one) is None for one in named):
            raise ValueError("must be LINE user ids (U and 32 of 0-9a-f), with commas between them")
        return ",".join(dict.fromkeys(named))

    @field_validator("allowed_hosts")
    @classmethod
    def _names(cls, hosts: str) -> str:
        named = [one.strip().lower() for one in hosts.split(",") if one.strip()]
        if any(re.fullmatch(r"[a-z0-9.:-]+", one) is None or re.search(r"\.\w*:\d", one) for one in named):
            raise ValueError("must be host names without https:// and port, with commas between them")
        return ",".join(named)

    @field_validator("line_channel_access_token")
    @classmethod
    def _both_or_none(cls, token: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        # A check of this field, not of the whole: that one would wait until all else is right.
        secret = known.data.get("line_channel_secret")
        if (secret is None) != (token is None):
            missing = "LINE_CHANNEL_SECRET is not set" if secret is None else "is not set, but LINE_CHANNEL_SECRET is"
            raise ValueError(f"{missing}; set both from the LINE Developers console, or neither to use the simulator")
        return token

    @field_validator("line_login_channel_secret")
    @classmethod
    def _both_of_login(cls, secret: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if (secret is None) != (known.data.get("line_login_channel_id") is None):
            raise ValueError("LINE_LOGIN_CHANNEL_ID and LINE_LOGIN_CHANNEL_SECRET go together; set both, or neither")
        return secret

    @cached_property
    def keys(self) -> Keys | None:
        """What people wrote is sealed with these; None: it is kept as it is."""
        return None if self.data_key is None else _keys(self.data_key)

    @property
    def staff(self) -> tuple[str, ...]:
        """The LINE ids of those who are told of alerts."""
        return tuple(self.staff_line_ids.split(",")) if self.staff_line_ids else ()

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the pages are found; this machine's own are always among them."""
        public = urlsplit(self.public_url or "").hostname
        named = filter(None, (public, *self.allowed_hosts.split(",")))
        return frozenset({"localhost", "127.0.0.1", "::1", *named})

    @property
    def has_channel(self) -> bool:
        """Whether the program serves a real LINE channel."""
        return self.line_channel_secret is not None


class _Place(BaseSettings):
    """The one setting of the commands that need no other."""

    model_config = Settings.model_config

    content_dir: Path = DEFAULT_CONTENT


def content_dir() -> Path:
    """The folder of the content pack, whatever the other settings are."""
    try:
        return _Place().content_dir
    except UnicodeDecodeError as error:
        raise SettingsError(_NOT_UTF8) from error


def load(**overrides: Any) -> Settings:
    """The settings in force; SettingsError with every problem when some are wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in detail["loc"]).upper()
            message = str(detail.get("ctx", {}).get("error", detail["msg"]))
            problems.append(f"{name}: {message}" if name else message)
        raise SettingsError("settings: " + "; ".join(problems)) from None
    except UnicodeDecodeError as error:
        raise SettingsError(_NOT_UTF8) from error
    except PermissionError as error:
        raise SettingsError(
            "settings: .env may not be read by this user; give it to whoever runs the program"
        ) from error


def _keys(keys: SecretStr) -> Keys:
    return Keys(key for part in keys.get_secret_value().split(",") if (key := part.strip()))


def _is_web_address(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not any(map(str.isspace, url))
    except ValueError:
        return False


def _has_good_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
