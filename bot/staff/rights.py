"""What a member of the staff may do, by role."""

from typing import Literal

from bot.models import StaffAccount

Right = Literal[
    "read",  # See figures, plans and content; nothing that a person wrote.
    "texts",  # See what people wrote, and their names.
    "edit",  # Change content and people's affairs, write announcements, talk with people.
    "send",  # Set announcements on their way.
    "own",  # Accounts, the audit log, what costs or weighs much.
]

_BY_ROLE: dict[str, frozenset[Right]] = {
    "viewer": frozenset({"read"}),
    "editor": frozenset({"read", "texts", "edit"}),
    "owner": frozenset({"read", "texts", "edit", "own"}),
}


def of(account: StaffAccount) -> frozenset[Right]:
    """All that the account may do; nothing once it was removed."""
    if account.removed_at is not None:
        return frozenset()
    rights = _BY_ROLE[account.role]
    return rights | {"send"} if account.may_send and account.role != "viewer" else rights
