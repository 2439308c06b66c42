"""The chat page, with the small JSON endpoints through which it acts as one person's phone."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request

from .complaints import Json, utf16_length
from .courier import Courier
from .phone import CannotSendError, Phone
from .platform import Platform

_USER_ID = re.compile(r"U[0-9a-f]{32}")
_LONGEST_TEXT = 5000
_LONGEST_NAME = 20
_LONGEST_DATA = 300
_POLICY = (
    "default-src 'self'; img-src 'self' https: data:; media-src 'self' https:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def build_blueprint(platform: Platform, courier: Courier) -> Blueprint:
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
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @page.get("/chat/<user_id>/timeline")
    def timeline(user_id: str) -> Response:
        return _news(platform, courier, _phone(platform, user_id))

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
        except CannotSendError:
            abort(409)
        return _news(platform, courier, phone)

    return page


def _phone(platform: Platform, user_id: str) -> Phone:
    if not _USER_ID.fullmatch(user_id):
        abort(404)
    return platform.phone(user_id)


def _news(platform: Platform, courier: Courier, phone: Phone) -> Response:
    """What has changed in the talk since the revision that the page has."""
    since = request.args.get("since", 0, type=int)
    chat = phone.chat
    with platform.lock:
        response = jsonify(
            # Another epoch means that the simulator was started anew and remembers nothing.
            epoch=platform.bot_user_id,
            revision=chat.revision,
            items=[item.as_json() for item in chat.items if item.revision > since],
            name=chat.name,
            friend=chat.friend,
            blocked=chat.blocked,
            typing=chat.is_typing(platform.clock()),
            now=round(platform.clock().timestamp() * 1000),
            failing=courier.is_failing,
        )
    response.headers["Cache-Control"] = "no-store"
    return response


def _enter(phone: Phone, given: Json) -> None:
    """The first visit adds the bot as a friend; a later one changes nothing."""
    if not phone.chat.friend:
        phone.rename(_text(given, "name", most=_LONGEST_NAME))
        phone.follow()


def _postback(phone: Phone, given: Json) -> None:
    params = given.get("params")
    if params is not None and not (isinstance(params, dict) and all(isinstance(v, str) for v in params.values())):
        abort(400)
    display = _text(given, "displayText", most=_LONGEST_TEXT) if given.get("displayText") else None
    phone.postback(_text(given, "data", most=_LONGEST_DATA), display_text=display, params=params)


def _sticker(phone: Phone, given: Json) -> None:
    keywords = given.get("keywords") or []
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        abort(400)
    phone.send_sticker(_text(given, "packageId", most=20), _text(given, "stickerId", most=20), keywords[:15])


def _location(phone: Phone, given: Json) -> None:
    latitude, longitude = _number(given, "latitude", 90), _number(given, "longitude", 180)
    title, address = _text(given, "title", most=100), _text(given, "address", most=100)
    phone.send_location(latitude, longitude, title=title, address=address)


ACTS: dict[str, Callable[[Phone, Json], object]] = {
    "enter": _enter,
    "rename": lambda phone, given: phone.rename(_text(given, "name", most=_LONGEST_NAME)),
    "say": lambda phone, given: phone.say(_text(given, "text", most=_LONGEST_TEXT)),
    "sticker": _sticker,
    "image": lambda phone, given: phone.send_image(),
    "location": _location,
    "postback": _postback,
    "block": lambda phone, given: phone.block(),
    "unblock": lambda phone, given: phone.unblock(),
    "unsend": lambda phone, given: phone.unsend(_text(given, "messageId", most=40)),
}
"""What a person may do, by the name that the page's script uses."""


def _text(given: Json, key: str, *, most: int) -> str:
    value: Any = given.get(key)
    if not isinstance(value, str) or not value.strip() or utf16_length(value) > most:
        abort(400)
    return value


def _number(given: Json, key: str, most: float) -> float:
    value: Any = given.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        abort(400)
    return float(value)
