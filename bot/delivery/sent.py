"""What a lane has sent is settled together; what the database is away for is kept, what fails is set apart."""

import logging
import time
from collections.abc import Sequence

import sqlalchemy as sa

from bot.delivery.sender import Result, Sender
from bot.models import OutboxMessage

log = logging.getLogger(__name__)

Sent = tuple[float, OutboxMessage, Result | None]
"""A message and what LINE said of it, if anything came of it at all; and until when it is worth settling."""


def settle_all(name: str, sender: Sender, sent: Sequence[Sent]) -> list[Sent]:
    """Settle what the lane *name* has sent; those that could not be, and may be tried again."""
    try:
        sender.settle([(row, result) for _, row, result in sent if result is not None])
    except Exception as error:  # noqa: BLE001 - the border of a thread; the type only, texts may be private
        log.error("%s: not settled: %s", name, type(error).__name__)
        if isinstance(error, sa.exc.OperationalError | sa.exc.TimeoutError):  # The database is away, or is busy.
            now = time.monotonic()
            return [one for one in sent if now < one[0]]
        if len(sent) > 1:
            return [left for one in sent for left in settle_all(name, sender, [one])]
    return []
