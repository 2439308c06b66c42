"""How an announcement moves on from draft to sent, who may move it, and why it may not move yet.

Every function takes the broadcast's row for itself first, so that two who press at once move it once; each writes a
`BroadcastMove` and a line of the audit log. What is sent is `sending`'s business.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.broadcasts import checks, holding
from bot.broadcasts.checks import missing
from bot.broadcasts.content import read
from bot.broadcasts.terms import Paint, Problem, RefusedError, Terms, Worst, needs_approval
from bot.delivery import bell, outbox
from bot.models import Broadcast, BroadcastMove, StaffAccount
from bot.models.broadcast import State
from bot.staff import audit

__all__ = [
    "MOVES",
    "UNDO",
    "Move",
    "Paint",
    "Problem",
    "RefusedError",
    "Terms",
    "Worst",
    "approve",
    "confirm",
    "history",
    "may",
    "missing",
    "needs_approval",
    "pause",
    "resume",
    "schedule",
    "see",
    "stop",
    "submit",
    "take",
    "take_back",
    "test",
    "write_move",
]

UNDO = timedelta(seconds=30)
"""How long one that is sent at once may be taken back."""

Move = Literal[
    "change", "delete", "test", "submit", "approve", "schedule", "take_back",
    "begin", "miss", "confirm", "pause", "resume", "stop", "finish",
]  # fmt: skip

MOVES: Mapping[Move, tuple[frozenset[State], State | None]] = {
    "change": (frozenset({"draft", "waiting"}), "draft"),
    "delete": (frozenset({"draft"}), None),
    "test": (frozenset({"draft", "waiting"}), None),
    "submit": (frozenset({"draft"}), "waiting"),
    "approve": (frozenset({"waiting"}), None),
    "schedule": (frozenset({"draft", "waiting"}), "scheduled"),
    "take_back": (frozenset({"waiting", "scheduled", "overdue"}), "draft"),
    "begin": (frozenset({"scheduled"}), "sending"),  # The clock's.
    "miss": (frozenset({"scheduled"}), "overdue"),  # The clock's.
    "confirm": (frozenset({"overdue"}), "scheduled"),
    "pause": (frozenset({"sending"}), "paused"),
    "resume": (frozenset({"paused"}), "sending"),
    "stop": (frozenset({"sending", "paused"}), "stopped"),
    "finish": (frozenset({"sending"}), "sent"),  # The clock's.
}
"""Move -> from which states it is allowed, and where it leads (None: it stays where it is)."""


def may(broadcast: Broadcast, move: Move) -> bool:
    """Whether its state allows *move*: for showing buttons."""
    return broadcast.state in MOVES[move][0]


def test(
    session: Session, broadcast: Broadcast, *, by: StaffAccount, paint: Paint, now: datetime
) -> Literal["line", "preview"]:
    """Send it to *by*'s own LINE as a push of purpose ``test``; who has tied none has tested it by the preview.

    Which of the two it was stands in the move's note (``tested_by=line``). RefusedError: wrong-state, problems.
    """
    take(session, broadcast, "test")
    _refuse_first(checks.of_content(broadcast))
    way: Literal["line", "preview"] = "preview"
    if by.line_user_id is not None:
        way = "line"
        payload = paint(read(broadcast.content), broadcast)
        outbox.add_push(
            session, to=by.line_user_id, payload=payload, purpose="test", reference=f"broadcast {broadcast.id}", now=now
        )
        db.notify(session, bell.OUTBOX)
    broadcast.tested_version = broadcast.version
    _move(session, broadcast, "test", by=by.id, now=now, note=f"tested_by={way}")
    return way


def see(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """Note that somebody was just shown it in LINE as it will arrive. RefusedError: wrong-state, problems."""
    take(session, broadcast, "test")
    _refuse_first(checks.of_content(broadcast))
    broadcast.tested_version = broadcast.version
    _move(session, broadcast, "test", by=by, now=now, note="tested_by=talk")


def submit(
    session: Session, broadcast: Broadcast, *, by: int | None, worst: Worst, terms: Terms, now: datetime
) -> None:
    """draft -> waiting for approval. RefusedError: wrong-state, problems, lint-high, not-tested."""
    take(session, broadcast, "submit")
    _refuse_first(checks.of_words(broadcast, worst=worst, terms=terms))
    _move(session, broadcast, "submit", by=by, now=now)


def is_own_work(broadcast: Broadcast, by: int | None) -> bool:
    """Whether account *by* made it or wrote its last version, and so cannot approve of it."""
    return by is not None and by in (broadcast.made_by, broadcast.changed_by)


def approve(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """Approve of this version; it stays ``waiting`` and may now be scheduled. RefusedError: wrong-state, own-work."""
    take(session, broadcast, "approve")
    if is_own_work(broadcast, by):
        raise RefusedError("own-work")
    broadcast.approved_version = broadcast.version
    _move(session, broadcast, "approve", by=by, now=now)


def schedule(
    session: Session,
    broadcast: Broadcast,
    *,
    send_at: datetime | None,
    by: int | None,
    worst: Worst,
    terms: Terms,
    now: datetime,
) -> None:
    """draft or waiting -> scheduled for *send_at*; None: as soon as the 30 seconds for taking it back are over.

    RefusedError: the first of `missing`.
    """
    take(session, broadcast, "schedule")
    _refuse_first(missing(session, broadcast, worst=worst, terms=terms, send_at=send_at, now=now))
    broadcast.send_at = send_at or now + UNDO
    broadcast.people_count = checks.reach(session, broadcast, now, terms=terms)
    _move(session, broadcast, "schedule", by=by, now=now)


def take_back(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """scheduled, waiting or overdue -> draft. RefusedError wrong-state: sending has begun."""
    take(session, broadcast, "take_back")
    broadcast.send_at = None
    _move(session, broadcast, "take_back", by=by, now=now)


def confirm(session: Session, broadcast: Broadcast, *, by: int | None, terms: Terms, now: datetime) -> None:
    """overdue -> scheduled for now. RefusedError: wrong-state, no-people, somebody-stopped, does-not-fit."""
    take(session, broadcast, "confirm")
    _refuse_first(checks.of_people(session, broadcast, terms=terms, send_at=now, now=now))
    broadcast.send_at = now
    _move(session, broadcast, "confirm", by=by, now=now)


def pause(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """sending -> paused: what is under way arrives, nothing else goes. RefusedError wrong-state."""
    take(session, broadcast, "pause")
    holding.hold(session, broadcast)
    _move(session, broadcast, "pause", by=by, now=now)


def resume(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """paused -> sending, with the whole grace anew. RefusedError wrong-state."""
    take(session, broadcast, "resume")
    paused = sa.select(sa.func.max(BroadcastMove.moved_at)).where(
        BroadcastMove.broadcast_id == broadcast.id, BroadcastMove.state == "paused"
    )
    holding.let_go(session, broadcast, paused_at=session.scalar(paused) or now, now=now)
    _move(session, broadcast, "resume", by=by, now=now)
    db.notify(session, bell.OUTBOX)


def stop(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """sending or paused -> stopped for good: what has not gone is dropped. RefusedError wrong-state."""
    take(session, broadcast, "stop")
    holding.hold(session, broadcast)
    holding.drop(session, [broadcast.id], now)
    _move(session, broadcast, "stop", by=by, now=now)


def history(session: Session, broadcast: Broadcast) -> list[BroadcastMove]:
    """All its moves, the first one first."""
    moves = sa.select(BroadcastMove).where(BroadcastMove.broadcast_id == broadcast.id)
    return list(session.scalars(moves.order_by(BroadcastMove.id)))


def take(session: Session, broadcast: Broadcast, move: Move, *, skips: bool = False) -> None:
    """Have the row for oneself until the transaction ends, as it is by now. RefusedError wrong-state.

    With *skips* one that somebody else has in hand is not waited for.
    """
    session.flush()
    # Not against those who only note a tap on it.
    mine = sa.select(Broadcast).where(Broadcast.id == broadcast.id).with_for_update(key_share=True, skip_locked=skips)
    found = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if found is None or not may(found, move):
        raise RefusedError("wrong-state")


def write_move(
    session: Session, broadcast: Broadcast, state: State, *, by: int | None, now: datetime, note: str = ""
) -> None:
    """Put the broadcast into *state* and write down who did it; the clock and the command line are nobody."""
    broadcast.state = state
    session.add(BroadcastMove(broadcast_id=broadcast.id, account_id=by, moved_at=now, state=state, note=note))


def _move(session: Session, broadcast: Broadcast, move: Move, *, by: int | None, now: datetime, note: str = "") -> None:
    before = {"state": broadcast.state}
    write_move(session, broadcast, MOVES[move][1] or broadcast.state, by=by, now=now, note=note or move)
    audit.note(
        session,
        by=by,
        action=f"broadcast.{move.replace('_', '-')}",
        subject=f"broadcast {broadcast.id}",
        now=now,
        before=before,
        after={"state": broadcast.state, "version": broadcast.version} | ({"note": note} if note else {}),
    )


def _refuse_first(found: Iterable[RefusedError]) -> None:
    for refusal in found:
        raise refusal
