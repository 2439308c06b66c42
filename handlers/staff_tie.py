"""Tie a member of the staff's own LINE to their account, by the code that their page shows.

Understands: 「スタッフ登録 ABCD2345」, only while that code is open; else it is a message like any other
"""

import re
import unicodedata

from bot.conversation import Reply, Text, Turn
from bot.staff import ties


def by_code(turn: Turn) -> Reply | None:
    """The LINE is tied; None when this is no such message or no such code is open, so that nobody learns of them."""
    words = turn.library.language.words.get("staff-tie", ())
    said = unicodedata.normalize("NFKC", turn.text).strip()
    word = next((word for word in words if said.startswith(word)), None)
    code = said.removeprefix(word).strip() if word is not None else ""
    if re.fullmatch(f"[{ties.SIGNS}]{{{ties.LENGTH}}}", code.upper()) is None:
        return None
    if not ties.tie(turn.session, code, turn.person.line_user_id, turn.now):
        return None
    return Reply(bubbles=(Text(turn.words("staff_tied")),), outcome="command", keeps_step=True, keeps_topic=True)
