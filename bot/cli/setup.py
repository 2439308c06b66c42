"""From nothing to a channel that answers, in one command: setup."""

import os
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.doctor import Check, Patient
    from bot.settings import Settings

SECRET, TOKEN, ADDRESS = "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "PUBLIC_URL"
TRIES = 3
LOOK_SECONDS = 2.0


@click.command()
@click.option("--secret", help="Channel secret (Basic settings tab). On a shared machine let setup ask for it.")
@click.option("--token", help="Long-lived access token (Messaging API tab). As above.")
@click.option("--public-url", help="Public https address of this program, such as https://line.example.com.")
@click.option("--owner", default="owner", show_default=True, help="What the first owner of the console is called.")
@click.option("--yes", is_flag=True, help="Ask nothing: take options, environment and .env as they are.")
@click.pass_context
def setup(
    context: click.Context, secret: str | None, token: str | None, public_url: str | None, owner: str, yes: bool
) -> None:
    """Connect a LINE channel: check secret and token with LINE, write .env, set the webhook, publish the menu, invite the owner.

    What is right already stays as it is, so it can be run again at any time. Ends with 1 when something is left to do.
    """
    from bot import env_file, migrate
    from bot.clock import system_clock
    from bot.doctor import Patient, house_checks, line_checks

    known = _known()
    values = _credentials({SECRET: secret or known.get(SECRET), TOKEN: token or known.get(TOKEN)}, known, asks=not yes)
    values[ADDRESS] = _address(public_url or known.get(ADDRESS), asks=not yes)
    # What the environment says already needs no file: there may be none where it comes from.
    written = {name: value for name, value in values.items() if value and os.environ.get(name) != value}
    for name in written:
        if os.environ.get(name):
            raise SystemExit(
                f"setup: the environment sets {name} to something else, and goes before .env; change it there"
            )
    try:
        is_changed = env_file.put(Path(".env"), written) if written else False
    except env_file.EnvFileError as error:
        raise SystemExit(f"setup: {error}") from None
    _tell(
        "ok",
        f".env {'written' if is_changed else 'is right already'}; only its owner can read it"
        if written
        else "the environment has it all",
    )

    settings = options.settings(context)
    try:
        migrate.upgrade(settings.database_url)
    except migrate.DatabaseError as error:
        raise SystemExit(f"setup: {error}") from None
    _tell("ok", "the database has the newest schema")
    patient = Patient(settings, system_clock)
    try:
        is_done = _webhook(patient, is_changed=is_changed)
        is_done = _menu(patient) and is_done
        later: tuple[Check, ...] = (house_checks.content, house_checks.told, line_checks.clock_skew, line_checks.month)
        is_done = _examine(patient, later) and is_done
    finally:
        patient.close()
    _invite(context, settings, owner)
    click.echo(
        "Look yourself, for LINE tells it to no program: LINE Official Account Manager, Settings, Response settings:"
    )
    click.echo("  webhook on; auto-response off; greeting message off (else two will answer)")
    click.echo("Then write to the account by phone; `python -m bot doctor` tells what is wrong at any time.")
    if not is_done:
        raise SystemExit(1)


def _known() -> dict[str, str]:
    """What environment and ``.env`` say by now, whether or not it is right."""
    from dotenv import dotenv_values

    from bot.settings import ENV_ENCODING

    try:
        found = {**dotenv_values(".env", encoding=ENV_ENCODING), **os.environ}
    except UnicodeDecodeError:
        raise SystemExit("setup: .env is not UTF-8; save it with the encoding UTF-8") from None
    return {name: value for name, value in found.items() if value}


def _value(name: str, tried: str | None, *, asks: bool) -> str:
    """The secret or the token, cleaned of what was pasted along with it; never shown."""
    from bot.doctor import pasted

    what, option, problem_of = (
        ("channel secret", "--secret", pasted.secret_problem)
        if name == SECRET
        else ("access token", "--token", pasted.token_problem)
    )
    for _ in range(TRIES):
        if not tried:
            if not asks:
                raise SystemExit(f"setup: the {what} is missing; give {option} or set {name}")
            tried = str(click.prompt(f"LINE {what} (not shown)", hide_input=True))
        value, removed = pasted.cleaned(tried)
        problem = problem_of(value)
        if problem is None:
            if removed:
                _tell("ok", f"the {what} came with {', '.join(removed)}: taken away")
            return value
        if not asks:
            raise SystemExit(f"setup: {problem}; copy it from the LINE Developers console again")
        _tell("bad", problem)
        tried = None
    raise SystemExit(f"setup: that was no {what} {TRIES} times; look for it in the LINE Developers console")


def _address(tried: str | None, *, asks: bool) -> str:
    """The public address; empty when there is none."""
    for _ in range(TRIES):
        if not tried and asks:
            tried = str(click.prompt("Public https address (empty: none yet)", default="", show_default=False))
        address = (tried or "").strip(" \"'").rstrip("/").removesuffix("/line/webhook")
        if not address or (address.startswith("https://") and urlsplit(address).hostname):
            return address
        if not asks:
            break
        _tell("bad", f"{ADDRESS} must be of the form https://host; LINE calls nothing else")
        tried = None
    raise SystemExit(f"setup: {ADDRESS} must be of the form https://host; LINE calls nothing else")


def _credentials(given: dict[str, str | None], known: dict[str, str], *, asks: bool) -> dict[str, str]:
    """Secret and token as LINE knows them; what it does not know is asked for again."""
    for _ in range(TRIES):
        values = {name: _value(name, value, asks=asks) for name, value in given.items()}
        wrong = _unknown_to_line(values[SECRET], values[TOKEN], known.get("LINE_API_BASE"))
        if not wrong:
            return values
        if not asks:
            break
        given = {name: None if name in wrong else value for name, value in values.items()}
    raise SystemExit(1)


def _unknown_to_line(secret: str, token: str, api_base: str | None) -> tuple[str, ...]:
    """What to ask for again: the token; or both, when each may be the one that is of another channel."""
    from pydantic import SecretStr

    from bot.clock import system_clock
    from bot.doctor import Patient, line_checks
    from bot.settings import Settings

    # Only what these checks look at: nothing else need be right yet.
    tried = Settings.model_construct(
        line_channel_secret=SecretStr(secret), line_channel_access_token=SecretStr(token), line_api_base=api_base
    )
    patient = Patient(tried, system_clock)
    try:
        if not _examine(patient, (line_checks.token, line_checks.token_life)):
            return (TOKEN,)
        return () if _examine(patient, (line_checks.secret,)) else (SECRET, TOKEN)
    finally:
        patient.close()


def _webhook(patient: "Patient", *, is_changed: bool) -> bool:
    """Name our webhook to LINE and have it tested; whether all is right."""
    from bot.doctor import line_checks
    from bot.line.channel import SilentError

    wanted = line_checks.wanted_webhook(patient.settings.public_url)
    if wanted is None:
        _tell(
            "warn",
            "PUBLIC_URL is not set: LINE cannot be told where to bring events",
            "run setup again with --public-url https://…",
        )
        return False
    try:
        before = patient.channel.webhook()
        if before.body.get("endpoint") != wanted:
            said = patient.channel.set_webhook(wanted)
            if not said.is_good:
                _tell(
                    "bad",
                    f"LINE does not take {wanted} as webhook URL: {said.body.get('message', said.status)}",
                    "check PUBLIC_URL",
                )
                return False
            _tell("ok", f"LINE brings events to {wanted} from now on")
    except SilentError as error:
        _tell("bad", f"LINE could not be asked: {error}", "run setup again")
        return False
    is_right = _examine(patient, (line_checks.webhook,))
    if not _is_running(patient.settings):
        _tell("warn", "the program does not run yet", "start it (make run, or its service), then: python -m bot doctor")
        return False
    is_tested = _examine(patient, (line_checks.webhook_test,))
    if not is_tested and is_changed:
        _tell("warn", ".env has changed since the program was started", "start it anew, then: python -m bot doctor")
    return is_right and is_tested


def _is_running(settings: "Settings") -> bool:
    """Whether the program answers, here or at its public address."""
    # Whatever the surroundings say of proxies: this is our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for base in (f"http://{settings.host}:{settings.port}", settings.public_url):
        try:
            with opener.open(f"{base}/healthz", timeout=LOOK_SECONDS):
                return True
        except (OSError, ValueError):
            continue
    return False


def _menu(patient: "Patient") -> bool:
    """Publish the pack's rich menu; whether LINE has it."""
    from bot.doctor.finding import UnknownError
    from bot.library.gallery import DrawingError
    from bot.line import richmenu
    from bot.line.menu_wire import MenuError, MenuWire

    settings = patient.settings
    token = settings.line_channel_access_token
    assert token is not None  # Written above.
    try:
        menu = patient.library.richmenu
        if menu is None:
            return True
        with MenuWire(token.get_secret_value(), settings.line_api_base) as wire:
            is_new = richmenu.publish(wire, richmenu.wanted(settings.content_dir, menu), lambda _step: None)
    except UnknownError:
        return False  # The content's own finding tells why.
    except (MenuError, DrawingError) as error:
        _tell("bad", f"the rich menu: {error}", "mend it, then: python -m bot richmenu publish")
        return False
    _tell("ok", "the rich menu is published" if is_new else "LINE has the rich menu already")
    return True


def _invite(context: click.Context, settings: "Settings", name: str) -> None:
    """A way into the console for the first owner, when there is none."""
    from bot import db
    from bot.cli.staff import invite
    from bot.clock import system_clock
    from bot.watching import vitals

    sessions = db.connect(settings.database_url)
    try:
        with sessions() as session:
            found = vitals.owners(session)
    finally:
        db.engine_of(sessions).dispose()
    if any(one.can_sign_in for one in found):
        return _tell("ok", "there is an owner who can sign in")
    for one in found:
        if one.invited_until is not None and one.invited_until > system_clock():
            again = f"open it; for a new one: python -m bot staff invite {one.name} --role owner"
            return _tell("warn", f"{one.name} has a link to the console that nobody has opened yet", again)
    click.echo(f"The first owner ({name}) chooses a password by this link, good once and for three days:")
    context.invoke(invite, name=name, role="owner")


def _examine(patient: "Patient", checks: "tuple[Check, ...]") -> bool:
    """Say what these checks find; whether none of it is bad."""
    from bot.doctor import examine

    levels = []
    for _, finding in examine(patient, checks):
        levels.append(finding.level)
        _tell(finding.level, finding.is_so, finding.to_do)
    return "bad" not in levels


def _tell(level: str, is_so: str, to_do: str = "") -> None:
    click.echo(f"{_MARKS[level]} {is_so}")
    if to_do:
        click.echo(f"       -> {to_do}")
    sys.stdout.flush()


_MARKS = {"ok": "  ok  ", "warn": " warn ", "bad": " BAD  "}
