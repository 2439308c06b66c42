"""The door of the console: who is there, which page asks for which right, and what every answer carries."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, redirect, request, session, url_for
from flask_login import UserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from bot import headers
from bot.models import StaffAccount
from bot.staff import rights, sign_in
from bot.staff.rights import Right
from bot.web import limits
from bot.web.console.tools import tools

log = logging.getLogger(__name__)

OTHER_ADDRESS = "The referrer does not match the host."
"""How Flask-WTF says it."""

OPEN = frozenset(
    {
        "sign_in",
        "sign_in_post",
        "code",
        "code_post",
        "line_sign_in",
        "line_back",
        "invitation",
        "invitation_post",
    }
)
"""Pages for whoever comes; each of them checks a secret itself."""

NEEDED: dict[str, Right] = {
    "home": "read",
    "house_stop": "send",
    "house_go_on": "send",
    "sign_out": "read",
    "accounts": "own",
    "account_invite": "own",
    "account_change": "own",
    "account_remove": "own",
    "audit_log": "own",
    "audit_csv": "own",
    "my_account": "read",
    "my_password": "read",
    "my_code": "read",
    "my_code_on": "read",
    "my_code_off": "read",
    "insight": "read",
    "insight_csv": "read",
    "insight_people": "read",
    "insight_keepers": "read",
    "insight_messages": "read",
    "content": "read",
    "content_new": "edit",
    "content_entry": "read",
    "content_save": "edit",
    "content_publish": "edit",
    "content_discard": "edit",
    "content_rebase": "edit",
    "content_undo": "edit",
    "content_forget": "edit",
    "content_card": "edit",
    "content_try": "edit",
    "content_effect": "edit",
    "not_understood": "texts",
    "not_understood_settle": "edit",
    "closed_days": "read",
    "closed_days_add": "edit",
    "closed_day_remove": "edit",
    "my_session_end": "read",
    "talks": "texts",
    "talk": "texts",
    "talk_thread": "texts",
    "talk_calls": "edit",
    "talk_reply": "edit",
    "talk_take_over": "edit",
    "talk_hand_back": "edit",
    "talk_settle": "edit",
    "why": "texts",
    "why_try": "edit",
    "why_tried": "edit",
    "why_teach": "edit",
    "people": "texts",
    "people_list": "texts",
    "person": "texts",
    "person_copy": "texts",
    "person_call": "edit",
    "person_note": "edit",
    "person_note_strike": "edit",
    "person_tag": "edit",
    "person_untag": "edit",
    "person_pause": "edit",
    "person_resume": "edit",
    "programme": "edit",
    "programme_offer": "edit",
    "programme_end": "edit",
    "person_delete": "edit",
    "person_delete_post": "edit",
    "my_sessions_end": "read",
    "line_offer": "read",
    "line_go": "read",
    "line_untie": "read",
    "announcements": "read",
    "announcement": "read",
    "announcement_preview": "read",
    "announcement_progress": "read",
    "announcement_file": "texts",
    "announcement_new": "edit",
    "announcement_create": "edit",
    "announcement_edit": "edit",
    "announcement_save": "edit",
    "announcement_look": "edit",
    "announcement_picture": "edit",
    "announcement_copy": "edit",
    "announcement_delete": "edit",
    "segment_remove": "edit",
    "announcement_links": "edit",
    "announcement_test": "edit",
    "announcement_submit": "edit",
    "announcement_approve": "edit",
    "announcement_schedule": "send",
    "announcement_take_back": "send",
    "announcement_confirm": "send",
    "announcement_pause": "send",
    "announcement_resume": "send",
    "announcement_stop": "send",
}
"""What each page asks for; one that is missing here is open to nobody."""

FORM_BYTES = 1_000_000
"""Of a form without files: some hundred thousand letters of Japanese, more than is kept for anybody who was signed out."""
UPLOADS = dict.fromkeys(("announcement_create", "announcement_save", "announcement_picture"), 12 * 1024 * 1024)
"""Where pictures are sent, with how many bytes in all."""
_OURS = re.compile(r"/staff(?:[/?#][^\\\x00-\x1f]*)?")
FRAMED = frozenset({"announcement_preview", "content_card"})
"""What pages of the console show in a frame."""
BY_ITSELF = frozenset({"talk_thread", "announcement_progress"})
"""What an open page asks for every few seconds, whether or not anybody sits there: it keeps no session alive."""


@dataclass(frozen=True)
class Staff(UserMixin):  # type: ignore[misc]
    """Who is signed in, for the length of a request."""

    account: StaffAccount
    session_id: int
    token: str = field(repr=False)
    may: frozenset[Right]

    def get_id(self) -> str:
        """What the cookie holds: the session's token, so that ending the session ends the cookie."""
        return self.token


def me() -> Staff:
    """Who is signed in; only on pages that ask for a right."""
    staff = current_user._get_current_object()
    assert isinstance(staff, Staff)
    return staff


def current() -> Staff | None:
    """Who is signed in, if anybody."""
    return me() if current_user.is_authenticated else None


def who(token: str) -> Staff | None:
    """The member of staff whose browser holds *token*."""
    now = tools().clock()
    with tools().reading() as session:
        found = sign_in.find(session, token, now)
    if found is None:
        return None
    account, kept = found
    if now - kept.seen_at > sign_in.SEEN_EVERY and not _is_asked_by_the_page():
        with tools().sessions.begin() as session:
            sign_in.see(session, kept.id, now)
    return Staff(account, kept.id, token, rights.of(account))


def _is_asked_by_the_page() -> bool:
    return (request.endpoint or "").rpartition(".")[2] in BY_ITSELF


def guard(csrf: CSRFProtect, lost: Callable[[], AnyResponse]) -> Callable[[], AnyResponse | None]:
    """What is asked before every page: a token in every form, and the right that the page needs.

    *lost* answers a form whose sender is signed in no more.
    """

    def ask() -> AnyResponse | None:
        name = (request.endpoint or "").rpartition(".")[2]
        # Who was signed in here before may bring what they typed back; a stranger has nothing but a name and a password.
        was_in = "_user_id" in session
        request.max_content_length = UPLOADS.get(name, FORM_BYTES) if was_in else limits.MOST_BYTES
        request.max_form_memory_size = FORM_BYTES
        try:
            csrf.protect()
        except CSRFError as error:
            if error.description == OTHER_ADDRESS:
                log.warning(
                    "a form was refused, for it came from no page of https://%s; if it did, the proxy must hand on Host as it "
                    "came, with its port",
                    request.host,
                )
            raise
        if any("\0" in typed for field in request.form.listvalues() for typed in field):
            abort(400)  # As in an address.
        if name in OPEN:
            return None
        if not current_user.is_authenticated:
            if request.method == "POST":
                return lost()
            return redirect(url_for("console.sign_in", next=request.full_path.rstrip("?")))
        needed = NEEDED.get(name)
        if needed is None or needed not in current_user.may:
            abort(403)
        return None

    return ask


def allow_frames(response: Response) -> Response:
    """Let pages of ours frame those that are made for it; every other one is framed by nobody."""
    if (request.endpoint or "").rpartition(".")[2] in FRAMED:
        response.headers["Content-Security-Policy"] = headers.FRAMED
    return response


def shown() -> dict[str, Any]:
    """What every template may use."""
    staff = current()
    return {
        "staff": staff,
        "may": staff.may if staff is not None else frozenset(),
        "practice": tools().library().practice,
        "base": tools().base,
        "has_line_login": tools().settings.line_login_channel_id is not None,
    }


def way_back(target: str | None) -> str:
    """*target* when it is a page of the console, else its first page: nobody is led away by a link to the sign-in."""
    # What begins with a path of ours names no other host; browsers read a backslash as a slash.
    return target if target and _OURS.fullmatch(target) else url_for("console.home")
