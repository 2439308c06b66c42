"""The endpoints about tokens: whose an access token is, and a short one for whoever has the channel's secret."""

import secrets
from urllib.parse import parse_qs

from bot.simulator.answers import Answer
from bot.simulator.calls import Call
from bot.simulator.world import World

_FOR_GOOD = 10**10
"""Seconds: a long-lived token has no end."""
_STATELESS_SECONDS = 900


def verify(world: World, call: Call) -> Answer:
    if _form(call).get("access_token") != world.channel.access_token:
        return Answer(400, {}, {"error": "invalid_request", "error_description": "access token expired"})
    return Answer(200, {}, {"client_id": world.channel.id, "expires_in": _FOR_GOOD, "scope": "P CM"})


def issue(world: World, call: Call) -> Answer:
    """A stateless token. It opens nothing here: whoever asks wants to know whether id and secret belong together."""
    form, channel = _form(call), world.channel
    if form.get("grant_type") != "client_credentials":
        return Answer(400, {}, {"error": "unsupported_grant_type", "error_description": "unsupported grant_type"})
    if (form.get("client_id"), form.get("client_secret")) != (channel.id, channel.secret):
        return Answer(400, {}, {"error": "invalid_client", "error_description": "invalid client_secret"})
    made = {"token_type": "Bearer", "access_token": secrets.token_hex(32), "expires_in": _STATELESS_SECONDS}
    return Answer(200, {}, made)


def _form(call: Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
