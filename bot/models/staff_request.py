"""People who are waiting for a human of the practice."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class StaffRequest(Base):
    """One person needs a human; open until *answered_at* is set. Holds no text: what was said is in the inbox.

    *reason*: ``asked`` for one, was ``not-understood`` twice in a row, or was given an answer of ``safety``.
    """

    __tablename__ = "staff_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    """When staff were told of it in LINE."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    """Who of the staff took care of it."""
