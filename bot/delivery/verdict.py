"""What an answer of LINE, or its silence, means for a message: done, try again later, or never."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.messenger import Accepted, DeliveryError
from bot.models import OutboxMessage
from bot.models.outbox import Outcome

PATIENCE = timedelta(hours=6)
"""How long after its first try a message is tried again; LINE forgets a retry key after 24 hours."""

TOKEN_EXPIRED = "token-expired"  # noqa: S105 - a word, no secret
"""The reason word of a reply whose token can no longer be used."""

UNDER_WAY = "under-way"
"""The reason word of a reply while a sender works at it: who finds it there knows that the sender died over it."""

INTERRUPTED = "interrupted"
"""The reason word of a reply over which a sender has died, before or after LINE took it."""

DOUBTS = frozenset({"server", "silence", INTERRUPTED})
"""The reason words of a reply that LINE may have taken on an earlier try."""

NOT_TAKEN = frozenset({"rate", "unauthorised", "quota"})
"""The reason words of a message that LINE surely did not take."""

HELD = frozenset({"quiet-hours", "closed"})
"""The reason words of a message that the gate held back; they stay with it, for it came later than it was meant to."""

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=15)
_FIRST_REPLY_WAIT = timedelta(seconds=0.5)
_LONGEST_REPLY_WAIT = timedelta(seconds=8)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message. Without an *outcome* it stays open and is tried again at *next_try_at*.

    *is_untried* says that LINE has not heard of it yet, so that nothing about it is settled by the retry key.
    """

    outcome: Outcome | None
    reason: str | None = None
    request_id: str | None = None
    next_try_at: datetime | None = None
    is_untried: bool = False
    becomes_push: bool = False


def after(row: OutboxMessage, result: Accepted | DeliveryError, now: datetime, *, jitter: float) -> Verdict:
    """What becomes of *row* after LINE's *result*; *jitter* (0 to 1) keeps the retries of many rows apart."""
    if isinstance(result, Accepted):
        held = row.reason if row.reason in HELD else None
        return Verdict("accepted-before" if result.was_before else "accepted", held, result.request_id)
    if row.kind == "reply":
        return _after_reply(row, result, now, jitter)
    if result.reason == "refused" and row.kind == "multicast" and len(row.recipients) > 1:
        return Verdict("split", result.reason, result.request_id)
    if result.reason == "quota" and not _may_be_taken(row):
        # LINE took nothing: the gate decides anew, who knows by now that the month is full.
        return Verdict(None, result.reason, result.request_id, next_try_at=now, is_untried=True)
    if result.permanent and result.reason != "quota":
        return Verdict("refused", result.reason, result.request_id)
    return _again(row, result, now, jitter)


def unheard(row: OutboxMessage, now: datetime, *, reason: str, request_id: str | None = None) -> Verdict:
    """What becomes of a reply that LINE surely did not take and will not: a push if it is worth one, else nothing."""
    if row.is_worth_a_push and row.recipients:
        return _push_instead(now, reason, request_id)
    return Verdict("dropped" if reason == TOKEN_EXPIRED else "refused", reason, request_id)


def too_late(row: OutboxMessage, now: datetime, *, reason: str | None, request_id: str | None = None) -> Verdict:
    """What becomes of a reply whose token's time is over, *reason* being what its tries came to.

    When LINE may have taken it, one worth a push is pushed all the same: twice is better than never.
    """
    if reason not in DOUBTS:
        return unheard(row, now, reason=TOKEN_EXPIRED, request_id=request_id)
    if row.is_worth_a_push and row.recipients:
        return _push_instead(now, reason, request_id)
    return Verdict("unknown", reason, request_id)


def _push_instead(now: datetime, reason: str | None, request_id: str | None) -> Verdict:
    return Verdict(None, reason, request_id, next_try_at=now, is_untried=True, becomes_push=True)


def _after_reply(row: OutboxMessage, error: DeliveryError, now: datetime, jitter: float) -> Verdict:
    if error.reason == "payload":
        return Verdict("refused", error.reason, error.request_id)
    if error.reason == "token" and row.reason in DOUBTS:
        return Verdict("unknown", row.reason, error.request_id)  # It is the earlier try that has used the token up.
    if error.reason not in ("rate", "unauthorised", "server", "silence"):
        if row.reason in DOUBTS:
            return too_late(row, now, reason=row.reason, request_id=error.request_id)
        reason = TOKEN_EXPIRED if error.reason == "token" else error.reason
        return unheard(row, now, reason=reason, request_id=error.request_id)
    # A token works once, so the same reply may be tried again: it cannot be said twice.
    reason = row.reason if row.reason in DOUBTS else error.reason  # A doubt stays, whatever comes after it.
    doubled = _FIRST_REPLY_WAIT * 2 ** min(row.attempts - 1, 20)
    next_try_at = now + min(doubled, _LONGEST_REPLY_WAIT) * (0.5 + jitter)
    if row.expires_at is None or next_try_at < row.expires_at:
        return Verdict(None, reason, error.request_id, next_try_at=next_try_at)
    return too_late(row, now, reason=reason, request_id=error.request_id)


def _again(row: OutboxMessage, error: DeliveryError, now: datetime, jitter: float) -> Verdict:
    reason = (row.reason or INTERRUPTED) if _may_be_taken(row) else error.reason  # A doubt stays, as above.
    doubled = _FIRST_WAIT * 2 ** min(row.attempts - 1, 20)
    next_try_at = now + min(doubled, _LONGEST_WAIT) * (0.5 + jitter)
    if next_try_at > (row.first_try_at or now) + PATIENCE:
        return Verdict("given-up", reason, error.request_id)
    return Verdict(None, reason, error.request_id, next_try_at=next_try_at)


def _may_be_taken(row: OutboxMessage) -> bool:
    """Whether LINE may have taken a push on an earlier try: then it stays the message that LINE knows by its key."""
    return row.attempts > 1 and row.reason not in NOT_TAKEN
