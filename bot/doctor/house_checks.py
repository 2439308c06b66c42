"""The checks of the machine and of what is set up: content, address, keys, disk, backups, the first owner."""

import shutil
import socket
import ssl
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from bot import calendar
from bot.doctor.finding import Finding, UnknownError, bad, ok, warn
from bot.doctor.patient import Patient
from bot.keeping import resealing
from bot.library.problems import ContentError
from bot.library.schema import Contact, Safety
from bot.watching import vitals

NUMBERS_HOLD = timedelta(days=180)
CERTIFICATE_ENDS_SOON = timedelta(days=14)
CONNECT_SECONDS = 5
DISK_LOW, DISK_FULL = 0.10, 0.05
BACKUP_OLD = timedelta(days=3)


def content(patient: Patient) -> Finding:
    """Whether the pack can be read, and is the practice's own."""
    found = patient.content
    if isinstance(found, ContentError):
        first, *others = str(found).splitlines()
        more = f" (and {len(others)} lines more)" if others else ""
        return bad(f"the content cannot be read: {first}{more}", "mend it; run: python -m bot content check")
    practice = found.practice
    if not practice.sample:
        return ok(f"the content of {practice.name} is read")
    is_so = f"the practice is the invented {practice.name}: hours and prices are not yours"
    to_do = f"write your own into {patient.settings.content_dir / 'practice.yaml'}, then set sample: false"
    return bad(is_so, to_do) if patient.settings.has_channel else warn(is_so, to_do)


def overdue_texts(patient: Patient) -> Finding:
    """Whether texts about health were looked over in time."""
    late = patient.library.overdue(calendar.day_of(patient.now, patient.library.timezone))
    if not late:
        return ok("all texts about health have been looked over in time")
    return warn(
        f"{len(late)} texts about health are overdue, such as {late[0]}",
        "look them over and set review_by anew, here or in the console (content)",
    )


def help_lines(patient: Patient) -> Finding:
    """Whether the numbers that people in need are given were looked at in time: copied from their source, or confirmed since."""
    contacts = [one for safety in patient.library.of(Safety) for one in safety.contacts]
    today = calendar.day_of(patient.now, patient.library.timezone)
    # One that stands in several answers is as old as where it was looked at longest ago.
    late = dict.fromkeys(one.number for one in contacts if today - _looked_at(one) > NUMBERS_HOLD)
    count = len({one.number for one in contacts})
    if not late:
        return ok(f"the {count} help lines were looked at within {NUMBERS_HOLD.days} days")
    return warn(
        f"{len(late)} of {count} help lines were not looked at for {NUMBERS_HOLD.days} days ({', '.join(late)})",
        "compare each with its own page (never call 110 or 119 to try), then set confirmed_on in safety/",
    )


def _looked_at(contact: Contact) -> date:
    return max(contact.verified_on, contact.confirmed_on or contact.verified_on)


def public_url(patient: Patient) -> Finding:
    """Whether we know our own address, and that a proxy ends its https."""
    if patient.settings.public_url is None:
        return warn(
            "PUBLIC_URL is not set: cards go without pictures and links", "set it to the https address of the program"
        )
    if not patient.settings.trusted_proxies:
        return warn(
            f"PUBLIC_URL is {patient.settings.public_url}, but TRUSTED_PROXIES is 0: all visitors seem to have one address",
            "set TRUSTED_PROXIES=1 (as many as stand before the program), start it anew",
        )
    return ok(f"PUBLIC_URL is {patient.settings.public_url}")


def certificate(patient: Patient) -> Finding:
    """Whether the certificate at our address is one that LINE takes, as far as can be seen from here."""
    if patient.settings.public_url is None:
        raise UnknownError
    parts = urlsplit(patient.settings.public_url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), CONNECT_SECONDS) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as secure,
        ):
            found = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return bad(
            f"the certificate of {host} is not good: {error.verify_message}",
            "get one of a public authority with its whole chain (Caddy and certbot do); LINE takes no other",
        )
    except OSError as error:
        return warn(
            f"{host}:{port} cannot be reached from here ({error.strerror or type(error).__name__})",
            "some networks do not lead back to themselves: LINE's own test counts; else check DNS and proxy",
        )
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    if ends - patient.now > CERTIFICATE_ENDS_SOON:
        return ok(f"the certificate of {host} is good until {ends:%Y-%m-%d}")
    return bad(f"the certificate of {host} ends on {ends:%Y-%m-%d}", "renew it: see why certbot or Caddy did not")


def key(patient: Patient) -> Finding:
    """Whether what people write is sealed in the database, and by the key that is set."""
    keys = patient.settings.keys
    with patient.sessions() as session:
        problem = resealing.problem(session)
        if problem is not None:
            return bad(f"DATA_KEY: {problem}", "web and worker do not start, nor does anything open the data before")
        found = resealing.sampled(session) if keys else resealing.Sample(0, 0, True)
    looked_at = "" if found.is_whole else f" (of {found.values} that were looked at; `data report` counts all)"
    if keys is not None and found.left:
        return warn(
            f"{found.left} values are not kept as the first key of DATA_KEY would keep them{looked_at}",
            "run: python -m bot data rotate",
        )
    if keys is not None and keys.name is not None:
        seen = "" if found.is_whole else f" ({found.values} values were looked at; `data report` counts all)"
        return ok(f"what people wrote is sealed with the first key of DATA_KEY{seen}")
    return warn(
        f"DATA_KEY {'is not set' if keys is None else 'says plain'}: what people write is kept unsealed",
        "python -m bot data key prints one: put it into .env, and a copy elsewhere; then: python -m bot data rotate",
    )


def env_file(patient: Patient) -> Finding:
    """Whether others on the machine can read the secrets."""
    path = patient.folder / ".env"
    if not path.exists():
        return ok("there is no .env; the settings come from the environment")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return warn("others on this machine can read .env", f"run: chmod 600 {path}")
    return ok(".env is for its owner only")


def disk(patient: Patient) -> Finding:
    """Whether there is room where the data is."""
    room = shutil.disk_usage(_data_folder(patient))
    share = room.free / room.total
    is_so = f"{share:.0%} of the disk is free ({room.free / 1e9:.1f} GB)"
    return disk_finding(share, is_so)


def disk_finding(share: float, is_so: str) -> Finding:
    """What that share of free disk means."""
    to_do = "make room: old logs, backups and packages; or take a bigger disk"
    if share < DISK_FULL:
        return bad(is_so, to_do)
    return warn(is_so, to_do) if share < DISK_LOW else ok(is_so)


def backups(patient: Patient) -> Finding:
    """How old the newest backup is."""
    folder = patient.settings.backup_dir
    age = vitals.backup_age(patient.folder / folder, patient.now)
    if age is None:
        return warn(
            f"there is no backup in {folder}",
            "python -m bot backup, daily by cron or a timer; if it goes elsewhere, set BACKUP_DIR; see docs/operations.md",
        )
    if age <= BACKUP_OLD:
        return ok(f"the newest backup in {folder} is {age.total_seconds() / 3600:.0f} hours old")
    return bad(
        f"the newest backup in {folder} is {age.days} days old",
        "see why the daily backup does not run; now: python -m bot backup",
    )


def owner(patient: Patient) -> Finding:
    """Whether somebody can get into the console."""
    with patient.sessions() as session:
        found = vitals.owners(session)
    if any(one.can_sign_in for one in found):
        return ok("there is an owner who can sign in")
    if any(one.invited_until and one.invited_until > patient.now for one in found):
        return warn(
            "the first owner has not opened the invitation yet",
            "open the link; a new one: python -m bot staff invite NAME --role owner",
        )
    return warn("nobody can get into the console", "run: python -m bot staff invite NAME --role owner")


def told(patient: Patient) -> Finding:
    """Whether anybody hears of alerts."""
    if patient.settings.staff:
        return ok(f"{len(patient.settings.staff)} of the staff are told of alerts in LINE")
    return warn(
        "nobody is told of alerts in LINE", "set STAFF_LINE_IDS to the LINE user ids of one or two of the staff"
    )


def _data_folder(patient: Patient) -> Path:
    address = sa.make_url(patient.settings.database_url)
    if address.get_backend_name() == "sqlite":
        folder = (patient.folder / str(address.database)).parent
        if folder.exists():
            return folder
    return patient.folder
