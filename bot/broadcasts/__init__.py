"""Announcements of the practice: written, tested, approved, sent in people's hours, held, and told what became of them.

`content`, `segments`, `drafts` and `states` are what pages use; `sending` is the clock's part, `report` what came of it.
"""

from bot.broadcasts.by_command import Progress, audience, find, plan, progress

__all__ = ["Progress", "audience", "find", "plan", "progress"]
