"""Random values that all processes share through the database: the key that signs cookies."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from bot import db
from bot.db import Sessions
from bot.models import Secret


def shared(sessions: Sessions, name: str, now: datetime) -> str:
    """The secret called *name*, made when nobody has made it before."""
    with sessions.begin() as session:
        value = session.scalar(sa.select(Secret.value).where(Secret.name == name))
        if value is None:
            row = {"name": name, "value": secrets.token_hex(32), "created_at": now}
            db.insert_new(session, Secret, [row], unique=Secret.name)
            value = session.scalar(sa.select(Secret.value).where(Secret.name == name))
    assert value is not None
    return value
