"""Which of several wordings is said on a day: the same for everybody, another one every day."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from math import gcd
from zlib import crc32


def of_day(wordings: Sequence[str], routine_id: str, day: date) -> str:
    """The wording of this routine on *day*; with eight or more none comes back within a week.

    Each routine goes through them in an order of its own, one a day. With a multiple of seven some are left out at the end of
    a week: else what rings on one weekday only would say the same few all year.
    """
    order = sorted(range(len(wordings)), key=lambda place: crc32(f"{routine_id} {place}".encode()))
    number = day.toordinal()
    left_out = next(skipped for skipped in count() if gcd(7 + skipped, len(wordings)) == 1)
    return wordings[order[(number + number // 7 * left_out) % len(wordings)]]
