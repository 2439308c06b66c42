"""What staff must know of: raised once, cleared when it is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base

_OPEN = text("cleared_at IS NULL")


class Alert(Base):
    """One matter, open until it is cleared; of each name one at most is open."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Figures that its wording needs."""

    __table_args__ = (Index("uq_alerts_open_name", "name", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),)
