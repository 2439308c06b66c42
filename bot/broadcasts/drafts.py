"""Drafts of announcements: made, changed by one at a time, copied, thrown away."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.broadcasts import content, states
from bot.broadcasts.content import Content
from bot.broadcasts.segments import Conditions
from bot.models import Broadcast
from bot.staff import audit

LONGEST_WORDS = 200
"""How much of what it says stands in lists."""

_WANTS_A_HUMAN = ("overdue", "paused", "waiting")


class ConflictError(Exception):
    """Somebody else has changed it in the meantime: *by* (an account's id; None: nobody we know any more) at *at*."""

    def __init__(self, *, by: int | None, at: datetime | None, version: int) -> None:
        super().__init__("changed in the meantime")
        self.by = by
        self.at = at
        self.version = version


def create(
    session: Session, *, by: int | None, now: datetime, content: Content | None = None, form_key: str | None = None
) -> Broadcast:
    """A new draft, empty unless *content* is given; flushed, so that it has its id. *form_key* is nobody else's."""
    broadcast = Broadcast(
        created_at=now,
        changed_at=now,
        made_by=by,
        changed_by=by,
        state="draft",
        link_key=secrets.token_hex(16),
        form_key=form_key,
        content=_stored(content) if content is not None else {},
        text=_words(content),
    )
    session.add(broadcast)
    session.flush()
    states.write_move(session, broadcast, "draft", by=by, now=now, note="create")
    _note(session, broadcast, "create", by=by, now=now)
    return broadcast


def find(session: Session, id: int) -> Broadcast | None:
    """The announcement with this id."""
    return session.get(Broadcast, id)


def of_form(session: Session, form_key: str) -> Broadcast | None:
    """The announcement that was first saved with this form."""
    return session.scalars(sa.select(Broadcast).where(Broadcast.form_key == form_key)).one_or_none()


def everything(session: Session, *, limit: int = 200) -> list[Broadcast]:
    """All announcements, those that want a human first, then the newest first."""
    first = sa.case(dict.fromkeys(_WANTS_A_HUMAN, 0), value=Broadcast.state, else_=1)
    return list(session.scalars(sa.select(Broadcast).order_by(first, Broadcast.id.desc()).limit(limit)))


def change(
    session: Session,
    broadcast: Broadcast,
    *,
    version: int,
    by: int | None,
    now: datetime,
    content: Content | None = None,
    segment: Conditions | None = None,
    way: str | None = None,
    is_urgent: bool | None = None,
    in_opening_hours: bool | None = None,
) -> None:
    """Change what is given (None: stays as it is) of a draft, or of one waiting for approval, which is a draft again.

    The version grows when anything became different, so that a test and an approval of before count no more.
    ConflictError when *version* is no longer the broadcast's; states.RefusedError wrong-state when it is past changing.
    """
    states.take(session, broadcast, "change")
    if broadcast.version != version:
        raise ConflictError(by=broadcast.changed_by, at=broadcast.changed_at, version=broadcast.version)
    wanted = {
        "content": None if content is None else _stored(content),
        "segment": None if segment is None else segment.model_dump(mode="json", exclude_defaults=True),
        "way": way,
        "is_urgent": is_urgent,
        "in_opening_hours": in_opening_hours,
    }
    if (way or broadcast.way) == "everyone":
        wanted["segment"] = {}  # LINE's own list knows no conditions.
    changed = {name: value for name, value in wanted.items() if value not in (None, getattr(broadcast, name))}
    if not changed:
        return
    for name, value in changed.items():
        setattr(broadcast, name, value)
    if content is not None:
        broadcast.text = _words(content)
    broadcast.version += 1
    broadcast.changed_by, broadcast.changed_at = by, now
    if broadcast.state != "draft":
        states.write_move(session, broadcast, "draft", by=by, now=now, note="change")
    _note(session, broadcast, "change", by=by, now=now, what=sorted(changed))


def copy(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> Broadcast:
    """A new draft that says the same to the same people; neither tested nor approved."""
    made = create(session, by=by, now=now, content=content.read(broadcast.content or _of_command(broadcast)))
    made.segment, made.way = dict(broadcast.segment), broadcast.way
    made.is_urgent, made.in_opening_hours = broadcast.is_urgent, broadcast.in_opening_hours
    return made


def delete(session: Session, broadcast: Broadcast, *, by: int | None, now: datetime) -> None:
    """Throw a draft away. states.RefusedError wrong-state for anything that is no draft."""
    states.take(session, broadcast, "delete")
    _note(session, broadcast, "delete", by=by, now=now)
    session.delete(broadcast)
    session.flush()


def _of_command(broadcast: Broadcast) -> dict[str, str]:
    """What one from the command line says: it has nothing but a text."""
    return {"kind": "text", "text": broadcast.text}


def _stored(content: Content) -> dict[str, object]:
    return content.model_dump(mode="json")


def _words(filled_in: Content | None) -> str:
    return "" if filled_in is None else content.words(filled_in)[:LONGEST_WORDS]


def _note(
    session: Session, broadcast: Broadcast, verb: str, *, by: int | None, now: datetime, what: list[str] | None = None
) -> None:
    audit.note(
        session,
        by=by,
        action=f"broadcast.{verb}",
        subject=f"broadcast {broadcast.id}",
        now=now,
        after={"version": broadcast.version} | ({"changed": what} if what else {}),
    )
