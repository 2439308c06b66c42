"""A second reader for what the practice is about to send: advertising law, facts, and LINE's limits.

Text in, findings out: no database, no web, no network. It is no legal advice, and it cannot know whether what it reads is true.
"""

from bot.lint.draft import Draft, Finding, Kind, Level, Link, Part, blocks, worst
from bot.lint.lint import addresses, check

__all__ = ["Draft", "Finding", "Kind", "Level", "Link", "Part", "addresses", "blocks", "check", "worst"]
