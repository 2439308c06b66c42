"""What came of opening the pages that an announcement leads to, kept with it: by address, so that it holds for what stays as it is."""

from collections.abc import Mapping
from datetime import datetime

from bot.dead_links import Answer
from bot.models import Broadcast


def keep(broadcast: Broadcast, answers: Mapping[str, Answer], now: datetime) -> None:
    """Keep these *answers* in place of earlier ones."""
    broadcast.links = {"at": now.isoformat(), "answers": dict(answers)}


def answers(broadcast: Broadcast | None) -> Mapping[str, Answer]:
    """Address -> what came of opening it; nothing of what nobody has opened."""
    found: Mapping[str, Answer] = {} if broadcast is None else broadcast.links.get("answers", {})
    return found


def at(broadcast: Broadcast | None) -> datetime | None:
    """When they were opened."""
    found = None if broadcast is None else broadcast.links.get("at")
    return None if found is None else datetime.fromisoformat(found)
