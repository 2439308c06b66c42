"""The chat page, with the small JSON endpoints through which it acts as one person's phone."""

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    send_from_directory,
)

from .acts import ACTS, USER, WrongActError
from .courier import Courier
from .house import House
from .phone import CannotSendError, Phone
from .platform import Platform

_DRAWING = Path(__file__).resolve().parents[1] / "static" / "line"
_MOST_PEOPLE = 12


def build_blueprint(platform: Platform, courier: Courier, house: House | None = None) -> Blueprint:
    """The page at ``/`` and what it calls below ``/chat``."""
    page = Blueprint("page", __name__)

    @page.get("/")
    def show() -> Response:
        response = make_response(
            render_template(
                "chat.html",
                bot_name=platform.bot_name,
                public_url=current_app.config["SIMULATOR_PUBLIC_URL"],
                time_zone=current_app.config["SIMULATOR_TIME_ZONE"],
            )
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @page.get("/static/line/<path:name>")
    def shared(name: str) -> Response:
        # What draws messages; whoever else shows what a client will see takes the same files.
        return send_from_directory(_DRAWING, name)

    @page.get("/people")
    def people() -> Response:
        with platform.lock:
            known = [chat for chat in platform.chats.values() if not chat.is_group and (chat.friend or chat.items)]
        response = jsonify(people=[{"id": chat.id, "name": chat.name} for chat in reversed(known[-_MOST_PEOPLE:])])
        response.headers["Cache-Control"] = "no-store"
        return response

    @page.get("/chat/<user_id>/timeline")
    def timeline(user_id: str) -> Response:
        return _news(platform, courier, house, _phone(platform, user_id))

    @page.post("/chat/<user_id>/<act>")
    def act(user_id: str, act: str) -> Response:
        # A page of another site cannot send this type without asking first, and nobody here would say yes.
        if request.mimetype != "application/json":
            abort(415)
        given = request.get_json()
        if not isinstance(given, dict) or act not in ACTS:
            abort(400 if act in ACTS else 404)
        phone = _phone(platform, user_id)
        try:
            ACTS[act](phone, given)
        except WrongActError as error:
            abort(400, str(error))
        except CannotSendError:
            abort(409)
        return _news(platform, courier, house, phone)

    return page


def _phone(platform: Platform, user_id: str) -> Phone:
    if not USER.fullmatch(user_id):
        abort(404)
    return platform.phone(user_id)


def _news(platform: Platform, courier: Courier, house: House | None, phone: Phone) -> Response:
    """What has changed in the talk since the revision that the page has."""
    since = request.args.get("since", 0, type=int)
    chat = phone.chat
    with platform.lock:
        response = jsonify(
            # Another epoch means that the simulator was started anew and remembers nothing.
            epoch=platform.epoch,
            revision=chat.revision,
            items=[item.as_json() for item in chat.items if item.revision > since],
            name=chat.name,
            friend=chat.friend,
            blocked=chat.blocked,
            typing=chat.is_typing(platform.clock()),
            now=round(platform.clock().timestamp() * 1000),
            failing=courier.is_failing or not platform.webhook_url,
            troubles=platform.troubles.as_json(),
            # None: the bot lives elsewhere, by a clock that is not ours.
            clock=None if house is None else house.time(),
        )
    response.headers["Cache-Control"] = "no-store"
    return response
