"""LINE Login: sends a browser to LINE and learns, when it comes back, whose LINE it is."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

AUTHORIZE_HOST = "https://access.line.me"
API_HOST = "https://api.line.me"
ISSUER = "https://access.line.me"
PATIENCE_SECONDS = 10
LEEWAY_SECONDS = 60
"""How far LINE's clock and ours may be apart."""


class LoginError(Exception):
    """LINE did not say who it is, or not to us; the message is for the log and holds nothing of theirs."""


@dataclass(frozen=True)
class Trip:
    """What the browser's session keeps while it is at LINE."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    def as_dict(self) -> dict[str, str]:
        """Plain values, for the session."""
        return asdict(self)


@dataclass(frozen=True)
class LineLogin:
    """A channel of LINE Login; *base* stands in for both of LINE's hosts when it is given."""

    channel_id: str
    channel_secret: str = field(repr=False)
    base: str | None = None

    def begin(self, back: str) -> tuple[str, Trip]:
        """The address at LINE to send the browser to, from where it comes to *back*, and what to keep until then."""
        trip = Trip(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        with self._client(back) as client:
            where, _ = client.create_authorization_url(
                f"{self.base or AUTHORIZE_HOST}/oauth2/v2.1/authorize",
                state=trip.state,
                nonce=trip.nonce,
                code_verifier=trip.verifier,
            )
        return str(where), trip

    def finish(self, trip: Trip, *, state: str, code: str, back: str, now: datetime) -> str:
        """The LINE user id of whoever came back with *code*. LoginError."""
        from authlib.common.errors import AuthlibBaseError
        from requests import RequestException

        if not secrets.compare_digest(state.encode(), trip.state.encode()):
            raise LoginError("state")
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    f"{self.base or API_HOST}/oauth2/v2.1/token",
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=trip.verifier,
                    timeout=PATIENCE_SECONDS,
                )
        except (AuthlibBaseError, RequestException, ValueError) as error:
            raise LoginError(f"token: {type(error).__name__}") from error
        return self._verified(str(token.get("id_token", "")), trip.nonce, now)

    def _verified(self, id_token: str, nonce: str, now: datetime) -> str:
        """Whom the token names, signed with the channel's secret, made for this channel and this trip."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import OctKey

        try:
            # Only HS256: a token that names another way, or none, is refused.
            claims = jwt.decode(id_token, OctKey.import_key(self.channel_secret), algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": ISSUER},
                aud={"essential": True, "value": self.channel_id},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise LoginError(f"id token: {type(error).__name__}") from error
        return str(claims["sub"])

    def _client(self, back: str) -> Any:
        # Half a second that only those who use LINE Login pay.
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self.channel_id,
            self.channel_secret,
            scope="openid",
            redirect_uri=back,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - a way, not a secret
            code_challenge_method="S256",
        )
