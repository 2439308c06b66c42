"""Changes of the content that are being tried out, or were a short while ago."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class TrialRun(Base):
    """One change that is tried out in the background, for whichever process shows it."""

    __tablename__ = "trial_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    """What is tried: a draft as it was saved at one moment, or a message for an entry. Holds no text that a client wrote."""
    seen_at: Mapped[datetime]
    """When whoever tries it was alive for the last time."""
    ended_at: Mapped[datetime | None]
    found: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What came of it; None after the end: it failed."""
