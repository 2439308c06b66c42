"""The bot's own house, where it lives in one process with the platform: what the page may ask of it."""

from typing import Protocol

from flask import Blueprint, Response, abort, jsonify, request

from .complaints import Json


class House(Protocol):
    """A bot whose time can be wound on, in the process of this simulator."""

    def time(self) -> Json:
        """How the clock stands."""
        ...

    def wind(self, step: str, user_id: str) -> str | None:
        """Begin to wind the clock; a word that says why not, or None."""
        ...

    def start_over(self) -> str | None:
        """Begin to set everything up anew; a word that says why not, or None."""
        ...

    def held_back(self, user_id: str) -> list[dict[str, str]]:
        """What did not go to this person of late, or not yet, and why in words: ``{"day": …, "says": …}``."""
        ...


STEPS = ("ten-minutes", "reminder", "morning", "week")


def build_blueprint(house: House) -> Blueprint:
    """The routes below ``/house``."""
    pages = Blueprint("house", __name__, url_prefix="/house")

    @pages.before_request
    def refuse_other_sites() -> None:
        # A page of another site cannot send this type without asking first, and nobody here would say yes.
        if request.mimetype != "application/json":
            abort(415)

    @pages.post("/wind")
    def wind() -> Response:
        """Wind the clock by ``{"step": "week", "user": "U…"}``; 409 with the reason when it cannot be."""
        given = request.get_json()
        if not isinstance(given, dict) or given.get("step") not in STEPS:
            abort(400)
        return _told(house.wind(given["step"], str(given.get("user"))))

    @pages.post("/start-over")
    def start_over() -> Response:
        """Forget everybody and go back to the machine's time; 409 with the reason when it cannot be."""
        return _told(house.start_over())

    return pages


def _told(refusal: str | None) -> Response:
    response = jsonify(refusal=refusal)
    response.status_code = 202 if refusal is None else 409
    return response
