"""What staff write to a person: for nothing while LINE lets us answer, else as one of the month's messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import bell, envelope, month, outbox
from bot.delivery.dispatch import TOKEN_AGE, TOKEN_LIFE
from bot.delivery.rules import Rules
from bot.library.visible import visible
from bot.models import InboxEvent, OutboxMessage, Person
from bot.staff import audit
from bot.talks import TalkError, takeover, waiting

LONGEST = 5000
"""Letters of a LINE message, counted as UTF-16."""
Way = Literal["free", "counted"]


@dataclass(frozen=True)
class Cost:
    """What a reply would cost: nothing before *free_until*, else one message of the *left* (None: without limit)."""

    free_until: datetime | None
    left: int | None
    is_full: bool


@dataclass(frozen=True)
class _Token:
    token: str = field(repr=False)
    dies_at: datetime


def cost(session: Session, person: Person, now: datetime, rules: Rules) -> Cost:
    """What a reply to the person would cost at *now*."""
    token = _unused_token(session, person, now)
    stands = month.load(session, now, rules.monthly_limit)
    return Cost(
        free_until=None if token is None else token.dies_at,
        left=stands.left,
        is_full=stands.is_full or (stands.left is not None and stands.left <= 0),
    )


def is_free(session: Session, person: Person, now: datetime) -> bool:
    """Whether a reply at *now* costs nothing."""
    return _unused_token(session, person, now) is not None


def reply(
    session: Session,
    person: Person,
    text: str,
    *,
    by: int,
    once: str,
    quiet: timedelta,
    rules: Rules,
    now: datetime,
    sender: Mapping[str, str] | None = None,
) -> Way | None:
    """Write *text* to the person for the account *by*, who thereby takes the talk over; None when *once* was sent before.

    *once* names the form that it comes from: sent twice by a nervous finger it is one message. *sender* is whose name and
    picture LINE shows over it (`speaker`). TalkError: ``empty``,
    ``too-long``, ``blocked``, ``month-full``.
    """
    text = checked(text)
    session.refresh(person, with_for_update=True)
    key = f"staff:{person.id}:{once}"
    if session.scalar(sa.select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)) is not None:
        return None
    if person.blocked_at is not None:
        raise TalkError("blocked")
    payload = [{"type": "text", "text": text, **({"sender": dict(sender)} if sender else {})}]
    token = _unused_token(session, person, now)
    if token is not None:
        outbox.add_replies(
            session,
            [
                outbox.reply(
                    reply_token=token.token,
                    payload=payload,
                    purpose="staff",
                    reference=f"staff {by}",
                    dedupe_key=key,
                    now=now,
                    expires_at=token.dies_at,
                    fallback_to=person.line_user_id,
                    is_worth_a_push=True,
                )
            ],
        )
    else:
        if cost(session, person, now, rules).is_full:
            raise TalkError("month-full")
        outbox.add_push(
            session,
            to=person.line_user_id,
            payload=payload,
            purpose="staff",
            reference=f"staff {by}",
            dedupe_key=key,
            now=now,
        )
    db.notify(session, bell.OUTBOX)
    way: Way = "counted" if token is None else "free"
    takeover.begin(session, person, by=by, quiet=quiet, now=now)
    waiting.settle(session, person, by=by, now=now)
    person.read_at = now
    audit.note(session, by=by, action="talk.reply", subject=f"person {person.id}", now=now, after={"way": way})
    return way


def checked(text: str) -> str:
    """*text* as it is sent; TalkError when it cannot be."""
    text = visible(text.replace("\r\n", "\n")).strip()
    if not text:
        raise TalkError("empty")
    if len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise TalkError("too-long")
    return text


def _unused_token(session: Session, person: Person, now: datetime) -> _Token | None:
    """The newest reply token of the person's that lives and that nobody has used: an event to which nothing was said."""
    fresh = (
        sa.select(InboxEvent)
        .where(
            InboxEvent.user_id == person.line_user_id,
            InboxEvent.chat == person.line_user_id,
            InboxEvent.outcome == "silent",
            InboxEvent.received_at > now - TOKEN_LIFE,
        )
        .order_by(InboxEvent.id.desc())
    )
    tokens = [token for row in session.scalars(fresh) if (token := _token(row)) is not None and now < token.dies_at]
    if not tokens:
        return None
    is_recent = sa.or_(OutboxMessage.outcome.is_(None), OutboxMessage.settled_at >= now - 2 * TOKEN_LIFE)
    used = set(
        session.scalars(
            sa.select(OutboxMessage.reply_token).where(
                is_recent, OutboxMessage.reply_token.in_([one.token for one in tokens])
            )
        )
    )
    return next((token for token in tokens if token.token not in used), None)


def _token(row: InboxEvent) -> _Token | None:
    raw = json.loads(row.raw or "{}")  # Blank: no key opens it.
    token = raw.get("replyToken")
    if not isinstance(token, str) or not token:
        return None
    dies_at = row.received_at + TOKEN_LIFE
    if envelope.part(raw, "deliveryContext").get("isRedelivery") is True:
        dies_at = min(dies_at, row.occurred_at + TOKEN_AGE)
    return _Token(token, dies_at)
