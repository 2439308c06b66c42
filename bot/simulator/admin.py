"""The strings behind a simulated LINE that runs as a process of its own: who does what, what goes wrong, what was sent."""

import dataclasses
import threading
from collections import deque
from typing import Any, get_args

from flask import Blueprint, Response, abort, current_app, jsonify, request

from .answers import Fault, Outcome
from .complaints import Json
from .page import ACTS
from .phone import CannotSendError
from .platform import Platform


def build_blueprint(platform: Platform) -> Blueprint:
    """The routes below ``/admin``; every one takes and gives JSON. Nothing here is secret: it is for this machine only."""
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    traffic: deque[Json] = deque(maxlen=100_000)
    acting = threading.Lock()

    @admin.post("/acts")
    def act() -> Response:
        """Let people act, in this order: ``[{"user": "U…", "act": "say", "text": "…"}, …]``; the events that come of it."""
        acts = _given(list)
        with acting:
            before = len(platform.events)
            for one in acts:
                try:
                    ACTS[one["act"]](platform.phone(one["user"]), one)
                except (KeyError, TypeError, CannotSendError) as error:
                    abort(400, repr(error))
            return jsonify(platform.events[before:])

    @admin.get("/events")
    def events() -> Response:
        """All webhook events so far."""
        return jsonify(platform.events)

    @admin.post("/faults")
    def spoil() -> Response:
        """Let the next answers go wrong: ``{"push": [{"outcome": 500, "taken": true}], …}``; how many wait now."""
        for endpoint, faults in _given(dict).items():
            platform.faults[endpoint].extend(_fault(fault) for fault in faults)
        return jsonify({endpoint: len(waiting) for endpoint, waiting in platform.faults.items() if waiting})

    @admin.delete("/faults")
    def mend() -> Response:
        """Nothing goes wrong any more."""
        platform.faults.clear()
        return jsonify({})

    @admin.put("/settings")
    def change() -> Response:
        """Change ``monthly_limit`` (a number or null), ``standby``, or ``latency``: seconds before each answer."""
        for name, value in _given(dict).items():
            match name, value:
                case "monthly_limit", int() | None:
                    platform.monthly_limit = value
                case "standby", bool():
                    platform.standby = value
                case "latency", int() | float():
                    current_app.config["SIMULATOR_LATENCY_SECONDS"] = float(value)
                case _:
                    abort(400, name)
        return jsonify({})

    @admin.get("/book")
    def book() -> Response:
        """All accepted sends, in order."""
        return jsonify([{**dataclasses.asdict(send), "at": send.at.isoformat()} for send in platform.book])

    @admin.get("/traffic")
    def requests() -> Response:
        """All requests to the Messaging API, in the order in which they were answered, with the status that was meant."""
        return jsonify(list(traffic))

    @admin.after_app_request
    def note(response: Response) -> Response:
        if request.path.startswith("/v2/bot/"):
            about = {"at": platform.clock().isoformat(), "method": request.method, "path": request.path}
            key = request.headers.get("x-line-retry-key")
            traffic.append(about | {"status": response.status_code, "retry_key": key})
        return response

    return admin


def _given(kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
    found = request.get_json()
    if not isinstance(found, kind):
        abort(400)
    return found


def _fault(given: Json) -> Fault:
    outcome: Any = given.get("outcome")
    taken = given.get("taken", False)
    if not isinstance(taken, bool) or not (isinstance(outcome, int) or outcome in get_args(Outcome)):
        abort(400, f"{outcome!r} is no fault")
    return Fault(outcome, taken)
