"""What LINE said last of the month's messages, for all processes; one row."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base

THE_ROW = 1


class QuotaReading(Base):
    """The last reading of LINE's own count, and what we reckoned from it."""

    __tablename__ = "quota_readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime | None]
    """When LINE was last asked."""
    asked_at: Mapped[datetime | None]
    """When LINE last answered; *month_limit* and *used* are of then."""
    month_limit: Mapped[int | None]
    """How many messages a month has; None: without limit, or never asked."""
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    full_at: Mapped[datetime | None]
    """When LINE last refused a message because the month's are used up."""
    full_limit: Mapped[int | None]
    """The limit at that time; a higher one opens the month again."""
    reckoned_at: Mapped[datetime | None]
    """When the forecast was made that the next two are of."""
    needed: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many messages reminders will still need this month."""
    expected: Mapped[int | None]
    """How many messages the whole month will have needed."""
    followers: Mapped[int | None]
    """How many people LINE says that a message to everybody reaches; None: it has never said."""
    followers_on: Mapped[date | None]
    """The day of which it said so."""
    followers_tried_at: Mapped[datetime | None]
    """When LINE was last asked for them."""
