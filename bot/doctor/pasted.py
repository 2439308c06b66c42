"""What people paste as a channel's secret and token: cleaned of what came along, or why it cannot be that."""

import re

_AROUND = "\"'`“”‘’「」<>"
_SECRET = re.compile("[0-9a-f]{32}")
_TOKEN = re.compile(r"[A-Za-z0-9+/=._-]+")
_LONGEST_ID = 20
_SHORTEST_TOKEN = 60
"""Letters; LINE's are of 170 and more."""


def cleaned(pasted: str) -> tuple[str, list[str]]:
    """*pasted* without what cannot belong to it, and what that was."""
    removed = []
    bare = pasted.strip()
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "Bearer "):
        if bare.startswith(name):
            bare = bare.removeprefix(name).lstrip(" =:")
            removed.append(f"'{name.strip()}'")
    stripped = bare.strip(_AROUND)
    if stripped != bare:
        removed.append("quotes")
    joined = "".join(stripped.split())
    if joined != stripped:
        removed.append("line breaks" if re.search(r"[\r\n]", stripped) else "spaces")
    elif pasted != pasted.strip():
        removed.append("spaces around it")
    # What cannot be seen: a byte order mark, a space of no width.
    shown = "".join(sign for sign in joined if sign.isprintable() and sign not in "​‌‍⁠﻿")
    if shown != joined:
        removed.append("signs that cannot be seen")
    return shown, removed


def secret_problem(secret: str) -> str | None:
    """Why *secret* can be no channel secret; None when it can. It is not quoted."""
    if _SECRET.fullmatch(secret):
        return None
    if not secret:
        return "the channel secret is empty"
    if secret.isdigit() and len(secret) <= _LONGEST_ID:
        return "the channel secret is a number: that is the channel id, which stands above it"
    if len(secret) >= _SHORTEST_TOKEN:
        return "the channel secret is too long: that looks like the access token"
    if re.fullmatch("U[0-9a-f]{32}", secret):
        return "the channel secret begins with U: that is your user id"
    return f"the channel secret must be 32 of 0-9a-f, and it has {len(secret)} signs" + (
        " with others among them" if re.search("[^0-9a-f]", secret) else ""
    )


def token_problem(token: str) -> str | None:
    """Why *token* can be no access token; None when it can. It is not quoted."""
    if not token:
        return "the access token is empty"
    if _SECRET.fullmatch(token):
        return "the access token has 32 signs of 0-9a-f: that looks like the channel secret"
    if token.isdigit():
        return "the access token is a number: that is the channel id"
    if not _TOKEN.fullmatch(token):
        return "the access token has signs in it that no token has"
    return None
