"""Who LINE says has written a message: a human of the staff, and not the assistant."""

from collections.abc import Callable

from bot.library.library import Library

PICTURE = "staff"
"""The drawing that stands beside what staff write."""


def of_staff(library: Library, account: str, picture_url: Callable[[str], str | None]) -> dict[str, str]:
    """LINE's ``sender`` for what the *account* writes: the name that the pack gives it, else a word for all of the staff."""
    name = library.practice.staff.names.get(account) or library.messages["sender_staff"]
    icon = picture_url(PICTURE)
    return {"name": name, **({"iconUrl": icon} if icon is not None else {})}
