"""Whether a message to everybody on LINE's own list may go now: nobody in it is known, so the gate decides once for all."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import gate, states
from bot.delivery.quota import Quota
from bot.delivery.rules import Rules
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage


def sift(row: OutboxMessage, session: Session, now: datetime, *, rules: Rules, quota: Quota) -> Verdict | None:
    """None when it may go; a verdict when it is held until a better hour, or will not go at all.

    By the practice's own clock, and only when the month has room for all: it cannot wait for anybody's next message.
    """
    people = row.people or 0
    with quota.held(session, now) as month:
        ledger = gate.Ledger(
            # Room for the last one of them, once all the others have theirs.
            left_of_month=None if month.left is None else month.left - max(people - 1, 0),
            needed_of_month=month.needed,
            is_month_full=month.is_full,
        )
        decision = gate.decide(states.message_of(row), gate.PersonState(rules.zone), now, ledger, rules)
        if decision == gate.SEND:
            quota.spend(people)
            return None
    if decision.until is not None:
        # What is held back has its whole grace from then on.
        row.due_at = decision.until
        return Verdict(None, decision.reason, next_try_at=decision.until, is_untried=True)
    return Verdict("expired" if decision.reason == "too-late" else "dropped", decision.reason)
