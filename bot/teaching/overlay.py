"""All that staff have in force beside the files of the pack, read in one go and known by one version."""

from datetime import date

from sqlalchemy.orm import Session

from bot.teaching import closures, edits, phrasings
from bot.teaching.phrasings import Taught, Version


def version(session: Session) -> Version:
    """Another value whenever something else is in force; cheap enough to be asked every second."""
    return (*phrasings.version(session), *edits.version(session), *closures.version(session))


def in_force(session: Session, today: date | None = None) -> Taught:
    """What is in force, with its version; *today* is the practice's day."""
    # The version first: what is added in between is then taken up once too often, never once too seldom.
    now_at = version(session)
    taught = phrasings.taught(session)
    return Taught(now_at, taught.phrasings, edits.in_force(session), closures.in_force(session), today)
