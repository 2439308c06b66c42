"""The audit log: every change that staff make, with who, what, before, after and when."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.models import AuditEntry


def note(
    session: Session,
    *,
    by: int | None,
    action: str,
    subject: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down that *by* (an account's id; None: the command line) did *action* to *subject*, in the caller's transaction.

    *before* and *after* hold what changed; never what a client wrote, a password or a token.
    """
    session.add(
        AuditEntry(made_at=now, account_id=by, action=action, subject=subject, before=before or {}, after=after or {})
    )
