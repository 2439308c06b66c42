"""How far the senders of all processes have used LINE's rate limits up."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class PaceBucket(Base):
    """One endpoint of LINE's: the moment from which its next request may go."""

    __tablename__ = "pace_buckets"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    free_at: Mapped[datetime]
