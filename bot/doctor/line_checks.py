"""The checks that ask LINE: token, secret, webhook, clock, the month's messages, the rich menu."""

from datetime import timedelta

from bot.doctor.finding import Finding, UnknownError, bad, ok, warn
from bot.doctor.pasted import secret_problem
from bot.doctor.patient import Patient
from bot.library.gallery import DrawingError
from bot.line.channel import UNAUTHORISED, Channel, Said

CONSOLE = "LINE Developers console"
CLOCK_OFF, CLOCK_WRONG = timedelta(seconds=10), timedelta(seconds=45)
"""By how much our clock may differ from LINE's. Replies are taken for too late from 50 seconds on."""
TOKEN_ENDS_SOON = timedelta(days=14)
MONTH_NEAR = 0.8
FREE_PLAN = 200
"""So many counted messages a month cost nothing (Japan)."""
WEBHOOK = "/line/webhook"


def channel_set(patient: Patient) -> Finding:
    """Whether there is a channel at all."""
    if patient.settings.has_channel:
        return ok("a LINE channel is set")
    return warn("no LINE channel is set: only the simulator answers", "run: python -m bot setup")


def token(patient: Patient) -> Finding:
    """Whether LINE knows the access token."""
    if not patient.settings.has_channel:
        raise UnknownError
    said, _ = patient.bot
    if isinstance(said, str):
        host = patient.settings.line_api_base or "api.line.me"
        return bad(
            f"LINE could not be asked: {said}", f"see whether this machine reaches {host}: network, firewall, DNS"
        )
    if said.is_good:
        return ok(f"LINE knows the access token: {said.body.get('displayName')} ({said.body.get('basicId')})")
    if said.status == UNAUTHORISED:
        return bad(
            "LINE does not know the access token (401): it is wrong, or it has expired or was reissued",
            f"issue a long-lived token in the {CONSOLE} (Messaging API tab), then run: python -m bot setup",
        )
    return bad(f"LINE refuses the access token (status {said.status})", "look at the channel's state in the " + CONSOLE)


def token_life(patient: Patient) -> Finding:
    """Whether the token ends soon; a long-lived one does not."""
    said = patient.ask(Channel.token)
    seconds = said.body.get("expires_in")
    if not said.is_good or not isinstance(seconds, int):
        raise UnknownError
    # Some are good for longer than a timedelta can hold.
    left = timedelta(seconds=min(seconds, 10**9))
    if left > TOKEN_ENDS_SOON:
        return ok(f"the access token is good for {left.days if left.days < 10_000 else 'thousands of'} days")
    return bad(
        f"the access token ends in {left.days} days: it is a short-lived one",
        f"issue a long-lived token in the {CONSOLE} (Messaging API tab), then run: python -m bot setup",
    )


def secret(patient: Patient) -> Finding:
    """Whether the secret is of the same channel as the token."""
    given = patient.settings.line_channel_secret
    if given is None:
        raise UnknownError
    problem = secret_problem(given.get_secret_value())
    if problem is not None:
        return bad(
            problem, f"copy the channel secret from the {CONSOLE} (Basic settings tab) again: python -m bot setup"
        )
    return pair(patient.ask(lambda channel: channel.pair(patient.channel_id, given.get_secret_value())))


def pair(said: Said) -> Finding:
    """What LINE's answer says of secret and token."""
    if said.is_good:
        return ok("secret and token are of one channel")
    if said.status in (400, 401):
        return bad(
            "the channel secret is not of the channel that the token is of, or was reissued",
            f"copy both from the same channel in the {CONSOLE}, then run: python -m bot setup",
        )
    raise UnknownError


def webhook(patient: Patient) -> Finding:
    """Whether LINE brings events, and to us."""
    said, wanted = patient.webhook, wanted_webhook(patient.settings.public_url)
    if not said.is_good:
        return bad(
            "LINE has no webhook URL for this channel: nothing that people write arrives", "run: python -m bot setup"
        )
    endpoint = str(said.body.get("endpoint"))
    if wanted is not None and endpoint != wanted:
        return bad(f"LINE brings events to {endpoint}, not to {wanted}", "run: python -m bot setup")
    if said.body.get("active") is not True:
        return bad(
            "the webhook is off: nothing that people write arrives",
            f"turn on 'Use webhook' in the {CONSOLE} (Messaging API tab); there is no other way",
        )
    return ok(f"LINE brings events to {endpoint}")


def webhook_test(patient: Patient) -> Finding:
    """Whether a webhook of LINE's comes through to the program."""
    if not patient.webhook.is_good:
        raise UnknownError
    return tested(patient.ask(Channel.test_webhook), str(patient.webhook.body.get("endpoint")))


def tested(said: Said, endpoint: str) -> Finding:
    """What LINE says of its test of the webhook at *endpoint*, and what mends it."""
    if said.status == 429:
        return warn("LINE tests a webhook 60 times an hour at most, and was asked more often", "run doctor less often")
    if not said.is_good:
        return bad(f"LINE could not test the webhook (status {said.status})", "try again in some minutes")
    if said.body.get("success") is True:
        return ok("LINE's test of the webhook came through")
    reason, status = str(said.body.get("reason")), said.body.get("statusCode")
    is_so = f"LINE's test of the webhook failed: {reason} {status or ''}".rstrip() + _detail(said)
    if reason == "ERROR_STATUS_CODE" and status == 400:
        return bad(
            is_so,
            "the program refused LINE's signature: LINE_CHANNEL_SECRET is of another channel; python -m bot setup",
        )
    if reason == "ERROR_STATUS_CODE" and status in (404, 405):
        return bad(is_so, f"the path or the proxy is wrong: {endpoint} must lead to /line/webhook of the program")
    if reason == "ERROR_STATUS_CODE" and status in (301, 302, 307, 308):
        return bad(is_so, "the proxy redirects; LINE follows no redirect: set PUBLIC_URL to the final https address")
    if reason == "ERROR_STATUS_CODE" and status in (500, 502, 503, 504):
        return bad(
            is_so, "the proxy answers, the program does not: start it (web), or mend the proxy's address and port"
        )
    if reason == "COULD_NOT_CONNECT":
        return bad(
            is_so,
            "check that the host name leads here, port 443 is open, and the certificate is of a public authority with its chain",
        )
    if reason == "REQUEST_TIMEOUT":
        return bad(
            is_so, "the program must answer within 2 seconds: see whether it runs and what keeps the machine busy"
        )
    return bad(is_so, f"open {endpoint} from outside and look at the log of proxy and program")


def _detail(said: Said) -> str:
    detail = str(said.body.get("detail") or "")
    return (
        f" ({detail[:120]})"
        if detail and detail not in (str(said.body.get("reason")), str(said.body.get("statusCode")))
        else ""
    )


def wanted_webhook(public_url: str | None) -> str | None:
    """The address of our webhook; None when we do not know our own address."""
    return None if public_url is None else public_url + WEBHOOK


def clock_skew(patient: Patient) -> Finding:
    """Whether our clock goes as LINE's does."""
    said, seen_at = patient.bot if patient.settings.has_channel else ("", patient.now)
    if isinstance(said, str) or said.date is None:
        raise UnknownError
    ahead = seen_at - said.date
    is_so = f"our clock is {abs(ahead).total_seconds():.0f} s {'ahead of' if ahead > timedelta(0) else 'behind'} LINE's"
    if abs(ahead) <= CLOCK_OFF:
        return ok(f"{is_so} (up to {CLOCK_OFF.seconds} s is fine)")
    to_do = "set the clock by NTP: timedatectl set-ntp true"
    if abs(ahead) <= CLOCK_WRONG:
        return warn(is_so, to_do)
    return bad(f"{is_so}: replies are taken for too late, reminders ring at the wrong time", to_do)


def month(patient: Patient) -> Finding:
    """Whether the month's counted messages suffice."""
    limit, used = patient.ask(Channel.quota), patient.ask(Channel.consumption)
    count = used.body.get("totalUsage")
    if not limit.is_good or not used.is_good or not isinstance(count, int):
        raise UnknownError
    most = limit.body.get("value")
    if limit.body.get("type") == "none" or not isinstance(most, int):
        return ok(f"{count} counted messages used this month; there is no limit")
    free = " (LINE's free plan)" if most == FREE_PLAN else ""
    is_so = f"{count} of {most} counted messages used this month{free}"
    if count >= most:
        return bad(
            f"{is_so}: no reminder goes out", "raise the plan in LINE Official Account Manager, or wait for the 1st"
        )
    if count >= most * MONTH_NEAR:
        return warn(is_so, "see: python -m bot quota")
    return ok(is_so)


def rich_menu(patient: Patient) -> Finding:
    """Whether LINE shows the pack's menu."""
    from bot.line import richmenu  # LINE's SDK: a second, which the other checks need not wait.
    from bot.line.menu_wire import MenuError, MenuWire

    said, _ = patient.bot if patient.settings.has_channel else ("", None)
    menu, access = patient.library.richmenu, patient.settings.line_channel_access_token
    if isinstance(said, str) or not said.is_good or access is None:
        raise UnknownError
    if menu is None:
        return ok("the pack has no rich menu")
    try:
        wanted = richmenu.wanted(patient.settings.content_dir, menu)
        with MenuWire(access.get_secret_value(), patient.settings.line_api_base, patient.line_seconds) as wire:
            _, is_right = richmenu.show(wire, wanted)
    except DrawingError as error:
        return bad(f"richmenu.yaml cannot be drawn: {error}", "mend it; run: python -m bot content check")
    except MenuError as error:
        return warn(str(error), "try again; then run: python -m bot richmenu show")
    if is_right:
        return ok("the rich menu is as in the pack")
    return warn("the rich menu is not as in the pack", "run: python -m bot richmenu publish")
