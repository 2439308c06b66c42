"""Taps on an announcement's buttons: addresses that nobody can guess, and who opened what."""

import hashlib
import hmac
import re
from datetime import datetime

from sqlalchemy.orm import Session

from bot.broadcasts.content import Button, CardContent, ContentError, is_https, read
from bot.models import Broadcast, BroadcastTap

BEGUN = ("sending", "paused", "stopped", "sent")
"""The states in which people have it: before, those who test it tap."""

_TOKEN = re.compile(r"([0-9]{1,9})-([0-9])-([0-9a-f]{32})")


def token(broadcast: Broadcast, button: int) -> str:
    """What stands behind ``/go/`` for this button: the announcement, the button, and a signature that nobody can guess."""
    return f"{broadcast.id}-{button}-{_sign(broadcast, button)}"


def follow(session: Session, token: str, now: datetime, *, is_counted: bool = True) -> str | None:
    """The stored address that *token* leads to, the tap noted; None when there is none. Leads nowhere else."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    number = int(parts[2])
    broadcast = session.get(Broadcast, int(parts[1]))
    if broadcast is None or not broadcast.link_key:
        return None
    if not hmac.compare_digest(parts[3], _sign(broadcast, number)):
        return None
    button = _button(broadcast, number)
    if button is None or button.url is None or not is_https(button.url):
        return None
    if is_counted:
        _note(session, broadcast, number, None, now)
    return button.url


def note(session: Session, broadcast_id: int, button: int, *, person_id: int, now: datetime) -> str | None:
    """The words that this button says for the person, the tap noted; None when there are none (any more)."""
    broadcast = session.get(Broadcast, broadcast_id)
    found = None if broadcast is None else _button(broadcast, button)
    if broadcast is None or found is None or found.url:
        return None
    _note(session, broadcast, button, person_id, now)
    return found.say


def _note(session: Session, broadcast: Broadcast, button: int, person_id: int | None, now: datetime) -> None:
    if broadcast.state in BEGUN:
        tap = BroadcastTap(broadcast_id=broadcast.id, person_id=person_id, button=button, tapped_at=now)
        session.add(tap)


def _button(broadcast: Broadcast, number: int) -> Button | None:
    try:
        content = read(broadcast.content)
    except ContentError:
        return None
    if not isinstance(content, CardContent) or not 0 <= number < len(content.buttons):
        return None
    return content.buttons[number]


def _sign(broadcast: Broadcast, button: int) -> str:
    said = f"{broadcast.id}-{button}".encode()
    return hmac.new(broadcast.link_key.encode(), said, hashlib.sha256).hexdigest()[:32]
