"""The rows that an announcement to people we know has in the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.broadcasts.segments import Audience
from bot.delivery import outbox
from bot.delivery.messenger import Message
from bot.models import Broadcast

AT_ANY_PRICE = outbox.CAN_WAIT - 1
"""The priority of what does not wait for the person's next message when the month is short."""


def write(
    session: Session,
    broadcast: Broadcast,
    people: Audience,
    payload: Sequence[Message],
    *,
    now: datetime,
    send_at: datetime | None = None,
    is_urgent: bool = False,
    priority: int | None = None,
) -> None:
    """Write down *payload* for all of *people*, 500 to a row; the same call made again makes nothing twice."""
    for names, key, judged_at in ((people.here, "", now), (people.elsewhere, ":elsewhere", None)):
        outbox.add_multicast(
            session,
            to=names,
            # They were chosen by all that the gate looks at; whoever lives elsewhere has nights of their own.
            judged_at=judged_at,
            payload=payload,
            purpose="announcement",
            reference=f"broadcast {broadcast.id}",
            dedupe_key=f"broadcast:{broadcast.id}{key}",
            now=now,
            not_before=send_at,
            in_opening_hours=broadcast.in_opening_hours,
            is_urgent=is_urgent,
            priority=priority,
        )
