"""Calls: staff who wish it are told in LINE that somebody waits for them, in words that tell nothing of what was said."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.messenger import Message
from bot.models import StaffAccount, StaffRequest
from bot.staff import rights

APART = timedelta(minutes=5)
"""How long after a call the next one waits, to tell of all who came meanwhile; what is of safety never waits."""
LIFE = timedelta(days=1)
"""After so long nobody is called any more."""

Render = Callable[[int, bool], Sequence[Message]]
"""The call for so many people; whether safety is among the reasons."""


def tell(session: Session, staff: Collection[str], reasons: Collection[str], render: Render, now: datetime) -> int:
    """Call everybody who is to be called about who waits for one of these *reasons*; how many messages.

    *staff* are LINE ids from the settings, who are told beside the accounts that wish it.
    """
    new = (
        StaffRequest.answered_at.is_(None),
        StaffRequest.called_at.is_(None),
        StaffRequest.reason.in_(reasons),
        StaffRequest.created_at > now - LIFE,
    )
    waiting = session.execute(sa.select(StaffRequest.reason).where(*new)).scalars().all() if reasons else []
    if not waiting:
        return 0
    last = session.scalar(sa.select(sa.func.max(StaffRequest.called_at)))
    if last is not None and now - last < APART and "safety" not in waiting:
        return 0
    names = list(dict.fromkeys((*staff, *_tied(session))))
    if not names:
        return 0
    # Marked before it is said: of several processes one has the rows.
    taken = sa.update(StaffRequest).where(*new).values(called_at=now)
    called = session.execute(
        taken.returning(StaffRequest.person_id, StaffRequest.reason).execution_options(synchronize_session=False)
    ).all()
    if not called:
        return 0
    payload = render(len({row.person_id for row in called}), any(row.reason == "safety" for row in called))
    return sum(
        outbox.add_push(session, to=name, payload=payload, purpose="alert", reference="call", now=now) for name in names
    )


def _tied(session: Session) -> list[str]:
    wishing = sa.select(StaffAccount).where(
        StaffAccount.wants_calls, StaffAccount.line_user_id.is_not(None), StaffAccount.removed_at.is_(None)
    )
    return [str(one.line_user_id) for one in session.scalars(wishing) if "texts" in rights.of(one)]
