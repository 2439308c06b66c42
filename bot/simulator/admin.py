"""The strings behind a simulated LINE that runs as a process of its own: who does what, what goes wrong, what was sent."""

import dataclasses
import json
import threading
from typing import Any, get_args

from flask import Blueprint, Response, abort, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from .acts import WrongActError, perform
from .answers import Fault, Outcome
from .complaints import Json
from .ledger import Send
from .panel import switch
from .phone import CannotSendError
from .platform import Platform
from .routes import ROUTES
from .troubles import NAMES

_LONGEST_WAIT = 60.0


def build_blueprint(platform: Platform) -> Blueprint:
    """The routes below ``/admin``; every one takes and gives JSON. Nothing here is secret: it is for this machine only."""
    admin = Blueprint("admin", __name__)
    acting = threading.Lock()
    settings = _Settings(platform)

    @admin.errorhandler(HTTPException)
    def tell(error: HTTPException) -> tuple[Response, int]:
        return jsonify(message=error.description), error.code or 500

    @admin.before_request
    def refuse_other_sites() -> None:
        # A script sends no origin; a page of another site cannot help it.
        if request.headers.get("Origin", request.host_url.rstrip("/")) != request.host_url.rstrip("/"):
            abort(403, "pages of other sites may ask nothing here")

    @admin.get("/healthz")
    def health() -> Response:
        """Whether the simulator answers."""
        return jsonify(ok=True)

    @admin.get("/admin")
    def routes() -> Response:
        """These routes, and the endpoints of LINE that there are."""
        return jsonify(
            routes=[
                {"method": method, "path": rule.rule, "does": _first_line(current_app.view_functions[rule.endpoint])}
                for rule in current_app.url_map.iter_rules()
                if rule.endpoint.startswith(f"{admin.name}.")
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            ],
            endpoints=[f"{route.method} {route.template}" for route in ROUTES],
        )

    @admin.post("/admin/acts")
    def act() -> Response:
        """Let people act, in this order: ``[{"user": "U…", "act": "say", "text": "…"}, …]``; the events that come of it."""
        acts = _given(list)
        with acting:
            before = len(platform.events)
            for number, one in enumerate(acts):
                try:
                    perform(platform, one)
                except WrongActError as error:
                    abort(400, f"[{number}].{error}; those before it were done")
                except CannotSendError as error:
                    abort(409, f"[{number}]: cannot be done now ({error}): blocked, or no such message")
            return jsonify(platform.events[before:])

    @admin.get("/admin/events")
    def events() -> Response:
        """All webhook events so far."""
        return jsonify(platform.events)

    @admin.get("/admin/book")
    def book() -> Response:
        """All accepted sends, in order, after the first *after*; with *wait*, once there is one or the seconds are over."""
        after, wait = request.args.get("after", 0, int), request.args.get("wait", 0.0, float)
        with platform.lock:
            platform.sent.wait_for(lambda: len(platform.ledger.book) > after, min(max(wait, 0.0), _LONGEST_WAIT))
            return jsonify([_told(send) for send in platform.ledger.book[after:]])

    @admin.get("/admin/talks/<chat_id>")
    def talk(chat_id: str) -> Response:
        """What somebody's phone shows: messages of both sides, with what was read and what was taken back."""
        with platform.lock:
            chat = platform.chats.get(chat_id)
            if chat is None:
                abort(404, "nobody has that id")
            about = {"id": chat.id, "name": chat.name, "friend": chat.friend, "blocked": chat.blocked}
            return jsonify(about | {"items": [item.as_json() for item in chat.items]})

    @admin.get("/admin/traffic")
    def requests() -> Response:
        """All requests to the Messaging API, in the order in which they were answered, with the status that was meant."""
        return jsonify(platform.traffic.requests())

    @admin.post("/admin/faults")
    def spoil() -> Response:
        """Let the next answers go wrong: ``{"push": [{"outcome": 500, "taken": true}], …}``; how many wait now."""
        wanted = [(kind, _faults(kind, given)) for kind, given in _given(dict).items()]
        with platform.lock:
            for kind, faults in wanted:
                platform.faults[kind].extend(faults)
            return jsonify({kind: len(waiting) for kind, waiting in platform.faults.items() if waiting})

    @admin.delete("/admin/faults")
    def mend() -> Response:
        """Nothing goes wrong any more."""
        platform.faults.clear()
        for name in NAMES:
            platform.troubles.set(name, "off")
        return jsonify({})

    @admin.put("/admin/troubles")
    def trouble() -> Response:
        """Switch what goes wrong by its name, as on the page: ``{"silence": "next", "error": "on"}``; what is on now."""
        switch(platform, _given(dict))
        return jsonify(platform.troubles.as_json())

    @admin.get("/admin/settings")
    def told_settings() -> Response:
        """How the platform is set up."""
        return jsonify(settings.as_json())

    @admin.put("/admin/settings")
    def change() -> Response:
        """Change ``monthly_limit``, ``verified``, ``bot_name``, ``webhook``, ``use_webhook``, ``latency``, ``silence``, ``standby``."""
        settings.change(_given(dict))
        return jsonify(settings.as_json())

    @admin.post("/admin/reset")
    def reset() -> Response:
        """Forget everybody and everything that was said, sent, made or switched; what was set up stays."""
        platform.forget()
        return jsonify({})

    return admin


class _Settings:
    """What may be set up while it runs."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def as_json(self) -> Json:
        return {
            "monthly_limit": self._platform.monthly_limit,
            "verified": self._platform.verified,
            "bot_name": self._platform.bot_name,
            "webhook": self._platform.webhook_url,
            "use_webhook": self._platform.use_webhook,
            "latency": current_app.config["SIMULATOR_LATENCY_SECONDS"],
            "silence": current_app.config["SIMULATOR_SILENCE_SECONDS"],
            "standby": "standby" in self._platform.troubles.as_json(),
        }

    def change(self, given: Json) -> None:
        for name, value in given.items():
            match name, value:
                case "monthly_limit", int() | None if not isinstance(value, bool):
                    self._platform.monthly_limit = value
                case "verified", bool():
                    self._platform.verified = value
                case "bot_name", str():
                    self._platform.bot_name = value
                case "webhook", str():
                    self._platform.webhook_url = value
                case "use_webhook", bool():
                    self._platform.use_webhook = value
                case "standby", bool():
                    self._platform.troubles.set("standby", "on" if value else "off")
                case (("latency" | "silence"), int() | float()) if 0 <= value <= _LONGEST_WAIT:
                    current_app.config[f"SIMULATOR_{name.upper()}_SECONDS"] = float(value)
                case _:
                    abort(400, f"{name}: no setting, or not with the value {value!r}")


def _given(kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """The body of the request; what is wrong with it is told."""
    if request.mimetype != "application/json":
        abort(415, "send the header Content-Type: application/json")
    try:
        found = json.loads(request.get_data())
    except ValueError as error:
        abort(400, f"the body is not JSON: {error}")
    if not isinstance(found, kind):
        abort(400, f"the body must be a JSON {'array' if kind is list else 'object'}")
    return found


def _faults(kind: str, given: object) -> list[Fault]:
    kinds = sorted({route.kind for route in ROUTES})
    if kind not in kinds:
        abort(400, f"{kind}: must be one of {', '.join(kinds)}")
    if not isinstance(given, list):
        abort(400, f"{kind}: must be a list of faults")
    return [_fault(one) for one in given]


def _fault(given: Any) -> Fault:
    outcome: Any = given.get("outcome") if isinstance(given, dict) else given
    taken = given.get("taken", False) if isinstance(given, dict) else False
    words = get_args(Outcome)
    if not isinstance(taken, bool) or not (
        outcome in words if isinstance(outcome, str) else type(outcome) is int and 400 <= outcome <= 599
    ):
        abort(400, f"{given!r} is no fault; its outcome is a status from 400 to 599 or one of {', '.join(words)}")
    return Fault(outcome, taken)


def _told(send: Send) -> Json:
    return {**dataclasses.asdict(send), "at": send.at.isoformat()}


def _first_line(view: Any) -> str:
    return (view.__doc__ or "").strip().partition("\n")[0]
