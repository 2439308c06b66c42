"""What the page shows beside the talk: what goes to and fro, the month's count, what may be made to go wrong."""

from flask import Blueprint, Response, abort, jsonify, request

from .house import House
from .platform import Platform


def build_blueprint(platform: Platform, house: House | None) -> Blueprint:
    """The routes below ``/panel``."""
    panel = Blueprint("panel", __name__, url_prefix="/panel")

    @panel.get("")
    def news() -> Response:
        """What has gone to and fro since the *since*-th, the month's count, and what goes wrong."""
        with platform.lock:
            used = platform.ledger.used_in_month(platform.clock())
        return _fresh(
            epoch=platform.epoch,
            traffic=platform.traffic.since(request.args.get("since", 0, type=int)),
            used=used,
            limit=platform.monthly_limit,
            troubles=platform.troubles.as_json(),
        )

    @panel.get("/held/<user_id>")
    def held(user_id: str) -> Response:
        """What did not go to this person, or not yet, and why; nothing where the bot lives elsewhere."""
        return _fresh(held=None if house is None else house.held_back(user_id))

    @panel.put("/troubles")
    def trouble() -> Response:
        """Switch what goes wrong: ``{"silence": "next", "error": "on", "rate": "off"}``."""
        given = request.get_json()  # Refuses what a page of another site could send without asking.
        if not isinstance(given, dict):
            abort(400)
        switch(platform, given)
        return _fresh(troubles=platform.troubles.as_json())

    return panel


def switch(platform: Platform, given: dict[str, object]) -> None:
    """Switch each trouble of *given* to its mode; 400 for what there is not."""
    for name, mode in given.items():
        try:
            platform.troubles.set(name, str(mode))
        except ValueError as error:
            abort(400, str(error))


def _fresh(**about: object) -> Response:
    response = jsonify(**about)
    response.headers["Cache-Control"] = "no-store"
    return response
