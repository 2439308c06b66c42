"""What the surroundings decide: one frozen object, read once, all problems told at once."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_CONTENT = Path(__file__).resolve().parents[1] / "content"


class SettingsError(Exception):
    """The environment or ``.env`` is wrong; the message lists every problem with what to do."""


class Settings(BaseSettings):
    """Every setting of the program; each has a line in ``.env.example``."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore")

    line_channel_secret: SecretStr | None = None
    line_channel_access_token: SecretStr | None = None
    line_api_base: str | None = None
    database_url: str = "sqlite:///var/senaka.sqlite3"
    content_dir: Path = DEFAULT_CONTENT
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    log_level: str = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("public_url")
    @classmethod
    def _https(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith("https://"):
            raise ValueError("must begin with https:// (LINE shows pictures and opens pages only from there)")
        return url.rstrip("/") if url is not None else None

    @field_validator("line_api_base")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/") if url is not None else None

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @model_validator(mode="after")
    def _both_or_none(self) -> "Settings":
        if (self.line_channel_secret is None) != (self.line_channel_access_token is None):
            missing = "LINE_CHANNEL_SECRET" if self.line_channel_secret is None else "LINE_CHANNEL_ACCESS_TOKEN"
            raise ValueError(
                f"{missing} is not set; set both from the LINE Developers console, or neither to use the simulator"
            )
        return self

    @property
    def has_channel(self) -> bool:
        """Whether the program serves a real LINE channel."""
        return self.line_channel_secret is not None


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
