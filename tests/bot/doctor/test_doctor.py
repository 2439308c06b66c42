"""Broken set-ups, each found and its mend named: settings, LINE, machine, work under way."""

import os
import re
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet

from bot import db, migrate
from bot.doctor import CHECKS, Finding, Patient, examine
from bot.doctor.finding import UnknownError
from bot.keeping import backup as copies
from bot.keeping import resealing
from bot.models import InboxEvent, Switch
from bot.sealed import Keys
from bot.settings import DEFAULT_CONTENT, load
from bot.staff import accounts
from bot.watching import pulse
from bot.web import create
from tests.fakes import NOON, FakeClock
from tests.line_stand_in import SECRET, TOKEN, LineStandIn, line
from tests.tls import certified

ROOT = Path(__file__).resolve().parents[3]
OTHER_SECRET = "6" * 32
WEBHOOK_TEST = ("POST", "/v2/bot/channel/webhook/test")


@dataclass
class Installation:
    """A healthy one, until a test breaks it."""

    folder: Path
    clock: FakeClock
    line: LineStandIn
    sessions: db.Sessions
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def pack(self) -> Path:
        return Path(self.settings["content_dir"])

    def rewrite(self, name: str, old: str, new: str) -> None:
        path = self.pack / name
        text = path.read_text(encoding="utf-8")
        assert re.search(old, text), f"{old} is not in {name}"
        path.write_text(re.sub(old, new, text), encoding="utf-8")

    def execute(self, *statements: Any) -> None:
        with self.sessions.begin() as session:
            for statement in statements:
                session.execute(statement)

    def look(self, *names: str) -> dict[str, Finding]:
        """What the checks with these names find, or all."""
        checks = tuple(check for check in CHECKS if not names or check.__name__ in names)
        patient = Patient(load(_env_file=None, **self.settings), self.clock, folder=self.folder, line_seconds=(20, 20))
        try:
            return {name.replace(" ", "_"): finding for name, finding in examine(patient, checks)}
        finally:
            patient.close()


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of somebody who has done all that doctor asks for."""
    folder = tmp_path_factory.mktemp("packs") / "dental"
    shutil.copytree(ROOT / "tests" / "data" / "packs" / "dental", folder)
    shutil.copytree(DEFAULT_CONTENT / "messages", folder / "messages")
    path = folder / "safety" / "safety.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("verified_on: 2026-01-01", "verified_on: 2026-01-01, confirmed_on: 2026-03-01"), "utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, for whoever trusts it."""
    return certified("localhost", tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def secure_port(certificate: Path) -> Iterator[int]:
    """A server on localhost that shows the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


@pytest.fixture
def installation(
    tmp_path: Path,
    clock: FakeClock,
    pack: Path,
    database_url: str,
    sessions: db.Sessions,
    certificate: Path,
    secure_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installation]:
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "DATABASE_URL", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shutil.copytree(pack, tmp_path / "pack")
    with line(clock) as platform:
        made = Installation(tmp_path, clock, platform, sessions)
        made.settings = {
            "line_channel_secret": SECRET,
            "line_channel_access_token": TOKEN,
            "line_api_base": platform.base,
            "database_url": database_url,
            "content_dir": tmp_path / "pack",
            "public_url": f"https://localhost:{secure_port}",
            "trusted_proxies": 1,
            "staff_line_ids": "U" + "0" * 32,
            "data_key": Fernet.generate_key().decode(),
        }
        platform.platform.webhook_url = f"https://localhost:{secure_port}/line/webhook"
        _migrated(sessions, database_url)
        backup(made, clock())
        (tmp_path / ".env").write_text("")
        (tmp_path / ".env").chmod(0o600)
        with sessions.begin() as session:
            pulse.note(session, clock())
            account, _ = accounts.invite(session, "sato", role="owner", by=None, now=clock())
            account.password_hash = "x"
            session.add(event(clock(), done_at=clock()))
        yield made


def _migrated(sessions: db.Sessions, url: str) -> None:
    with db.engine_of(sessions).begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = ScriptDirectory.from_config(migrate.config(url)).get_current_head()
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})


def event(at: datetime, **more: Any) -> InboxEvent:
    row = {"webhook_event_id": f"event-{at.timestamp()}", "kind": "message", "chat": "U1", "user_id": "U1", "raw": "{}"}
    return InboxEvent(**row, received_at=at, occurred_at=at, next_try_at=at, **more)


def backup(installation: Installation, at: datetime) -> None:
    folder = installation.folder / "var" / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / at.strftime(copies.NAME)).write_bytes(b"")


def seal_with(installation: Installation, key: str) -> None:
    url = db.engine_of(installation.sessions).url.render_as_string(hide_password=False)
    sessions = db.connect(url, Keys([key]))
    resealing.check(sessions, NOON)
    db.engine_of(sessions).dispose()


def test_a_healthy_installation_has_nothing_bad(installation: Installation) -> None:
    found = installation.look()

    amiss = {name: one for name, one in found.items() if one.level != "ok" and name != "disk"}
    assert amiss == {}
    assert {check.__name__ for check in CHECKS} - set(found) == set()


def bring_the_test_to_our_door(installation: Installation, secret: str) -> None:
    """Let LINE's test of the webhook end at our own door, which has *secret*."""
    ours = create(
        channel_secret=secret,
        sessions=installation.sessions,
        clock=installation.clock,
        pictures=installation.folder,
        wake=lambda: None,
    ).test_client()

    def test(_url: str) -> dict[str, Any]:
        body, headers = installation.line.platform.webhook([])
        status = ours.post("/line/webhook", data=body, headers=headers).status_code
        is_good = status == 200
        return {
            "success": is_good,
            "statusCode": status,
            "reason": "OK" if is_good else "ERROR_STATUS_CODE",
            "detail": str(status),
        }

    installation.line.platform.webhook_tester = test


def webhook_fails(reason: str, status: int = 0, detail: str = "") -> Callable[[Installation], None]:
    said = {"success": False, "statusCode": status, "reason": reason, "detail": detail or reason}

    def break_it(installation: Installation) -> None:
        installation.line.answers[WEBHOOK_TEST] = (200, said)

    return break_it


def set_to(**settings: Any) -> Callable[[Installation], None]:
    return lambda installation: installation.settings.update(settings)


def line_says(method: str, path: str, status: int, body: dict[str, Any]) -> Callable[[Installation], None]:
    def break_it(installation: Installation) -> None:
        installation.line.answers[(method, path)] = (status, body)

    return break_it


def clock_off(**length: float) -> Callable[[Installation], None]:
    def break_it(installation: Installation) -> None:
        right = installation.clock()
        installation.line.clock = installation.line.platform.clock = lambda: right
        installation.clock.advance(**length)

    return break_it


def without_database(installation: Installation) -> None:
    url = str(installation.settings["database_url"])
    if url.startswith("sqlite"):
        installation.settings["database_url"] = f"sqlite:///{installation.folder}/nowhere.db"
    else:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        installation.settings["database_url"] = f"postgresql+psycopg://nobody@127.0.0.1:{port}/nowhere"


BROKEN: dict[str, tuple[Callable[[Installation], Any], str, str, str, str]] = {
    "a token that LINE does not know": (
        set_to(line_channel_access_token="expired"),
        "token",
        "bad",
        "401",
        "issue a long-lived token",
    ),
    "a LINE that cannot be reached": (
        set_to(line_api_base="http://127.0.0.1:1"),
        "token",
        "bad",
        "could not be asked",
        "network, firewall, DNS",
    ),
    "a token that ends in ten days": (
        line_says("POST", "/v2/oauth/verify", 200, {"client_id": "2000000001", "expires_in": 10 * 86_400}),
        "token_life",
        "bad",
        "ends in 10 days",
        "long-lived",
    ),
    "a secret that is the channel id": (
        set_to(line_channel_secret="2000000001"),
        "secret",
        "bad",
        "channel id",
        "Basic settings",
    ),
    "a secret of another channel": (
        set_to(line_channel_secret=OTHER_SECRET),
        "secret",
        "bad",
        "not of the channel",
        "copy both",
    ),
    "a secret of another channel, as the webhook's test shows": (
        lambda it: bring_the_test_to_our_door(it, OTHER_SECRET),
        "webhook_test",
        "bad",
        "400",
        "LINE_CHANNEL_SECRET is of another",
    ),
    "a proxy that nobody counts": (
        set_to(trusted_proxies=0),
        "public_url",
        "warn",
        "TRUSTED_PROXIES is 0",
        "TRUSTED_PROXIES=1",
    ),
    "no webhook URL": (
        lambda it: setattr(it.line.platform, "webhook_url", ""),
        "webhook",
        "bad",
        "no webhook URL",
        "bot setup",
    ),
    "a webhook that leads elsewhere": (
        lambda it: setattr(it.line.platform, "webhook_url", "https://old.example.com/line/webhook"),
        "webhook",
        "bad",
        "old.example.com",
        "bot setup",
    ),
    "a webhook that is off": (
        lambda it: setattr(it.line.platform, "use_webhook", False),
        "webhook",
        "bad",
        "webhook is off",
        "turn on 'Use webhook'",
    ),
    "a wrong path": (webhook_fails("ERROR_STATUS_CODE", 404), "webhook_test", "bad", "404", "path or the proxy"),
    "a program that is down": (webhook_fails("ERROR_STATUS_CODE", 502), "webhook_test", "bad", "502", "start it"),
    "a proxy that redirects": (webhook_fails("ERROR_STATUS_CODE", 301), "webhook_test", "bad", "301", "no redirect"),
    "a certificate that LINE does not take": (
        webhook_fails("COULD_NOT_CONNECT", detail="TLS handshake failure"),
        "webhook_test",
        "bad",
        "TLS handshake",
        "certificate",
    ),
    "a program that is too slow": (webhook_fails("REQUEST_TIMEOUT"), "webhook_test", "bad", "TIMEOUT", "2 seconds"),
    "a reason that is new": (webhook_fails("SOMETHING_NEW"), "webhook_test", "bad", "SOMETHING_NEW", "from outside"),
    "a doctor who comes too often": (
        line_says(*WEBHOOK_TEST, 429, {"message": "limit"}),
        "webhook_test",
        "warn",
        "60 times",
        "less often",
    ),
    "a certificate of nobody's": (
        lambda _it: os.environ.pop("SSL_CERT_FILE"),
        "certificate",
        "bad",
        "not good",
        "public authority",
    ),
    "an address where nothing listens": (
        set_to(public_url="https://localhost:1"),
        "certificate",
        "warn",
        "cannot be reached",
        "LINE's own test counts",
    ),
    "a certificate that ends soon": (
        lambda it: setattr(it.clock, "now", datetime(2126, 10, 27, tzinfo=UTC)),
        "certificate",
        "bad",
        "ends on",
        "renew",
    ),
    "no public address": (set_to(public_url=None), "public_url", "warn", "not set", "https address"),
    "a clock that is a minute ahead": (clock_off(seconds=60), "clock_skew", "bad", "60 s ahead", "NTP"),
    "a clock that is a little behind": (clock_off(seconds=-20), "clock_skew", "warn", "20 s behind", "NTP"),
    "a month that is used up": (
        line_says("GET", "/v2/bot/message/quota/consumption", 200, {"totalUsage": 200}),
        "month",
        "bad",
        "200 of 200",
        "raise the plan",
    ),
    "a month that is nearly used up": (
        line_says("GET", "/v2/bot/message/quota/consumption", 200, {"totalUsage": 170}),
        "month",
        "warn",
        "free plan",
        "bot quota",
    ),
    "a database that is not there": (without_database, "database", "bad", "cannot be used", "DATABASE_URL"),
    "a database of an older version": (
        lambda it: it.execute(sa.text("UPDATE alembic_version SET version_num = '0001'")),
        "database",
        "bad",
        "newest schema",
        "bot migrate",
    ),
    "content that cannot be read": (
        lambda it: it.rewrite("practice.yaml", "timezone: .*", "timezone: Asia/Nowhere"),
        "content",
        "bad",
        "practice.yaml",
        "content check",
    ),
    "content that is the sample": (
        lambda it: it.rewrite("practice.yaml", "sample: false", "sample: true"),
        "content",
        "bad",
        "invented",
        "sample: false",
    ),
    "help lines looked at long ago": (
        lambda it: it.rewrite(
            "safety/safety.yaml", "verified_on: 2026-01-01, confirmed_on: 2026-03-01", "verified_on: 2025-09-30"
        ),
        "help_lines",
        "warn",
        "not looked at for 180 days",
        "never call 110 or 119",
    ),
    "help lines confirmed long ago, and copied before": (
        lambda it: it.rewrite(
            "safety/safety.yaml",
            "verified_on: 2026-01-01, confirmed_on: 2026-03-01",
            "verified_on: 2025-03-01, confirmed_on: 2025-09-30",
        ),
        "help_lines",
        "warn",
        "119",
        "confirmed_on",
    ),
    "a worker that is down": (
        lambda it: it.clock.advance(minutes=5),
        "tick",
        "bad",
        "for 5 minutes",
        "start the worker",
    ),
    "a worker that never was": (
        lambda it: it.execute(sa.text("DELETE FROM pace_buckets")),
        "tick",
        "bad",
        "ever",
        "start the worker",
    ),
    "a LINE that never brought anything": (
        lambda it: it.execute(sa.delete(InboxEvent)),
        "last_webhook",
        "warn",
        "ever come",
        "auto-response",
    ),
    "a LINE that was silent for ten days": (
        lambda it: it.clock.advance(days=10),
        "last_webhook",
        "warn",
        "10 days",
        "by phone",
    ),
    "people who wait": (
        lambda it: it.execute(sa.update(InboxEvent).values(done_at=None, received_at=NOON - timedelta(minutes=9))),
        "events_waiting",
        "bad",
        "9 minutes",
        "worker",
    ),
    "events that were given up": (
        lambda it: it.execute(sa.update(InboxEvent).values(done_at=None, dead_at=NOON)),
        "dead_letters",
        "bad",
        "1 events",
        "inbox list",
    ),
    "pushes that staff stopped": (
        lambda it: it.execute(sa.insert(Switch).values(name="stopped", turned_at=NOON)),
        "messages_waiting",
        "warn",
        "stopped",
        "console",
    ),
    "no backup": (lambda it: shutil.rmtree(it.folder / "var"), "backups", "warn", "no backup", "daily"),
    "a backup of last week": (
        lambda it: backup(it, NOON - timedelta(days=7)),
        "backups",
        "bad",
        "7 days",
        "does not run",
    ),
    "no key": (set_to(data_key=None), "key", "warn", "unsealed", "bot data key"),
    "a key that does not open the database": (
        lambda it: seal_with(it, Fernet.generate_key().decode()),
        "key",
        "bad",
        "does not open the database",
        "do not start",
    ),
    "a sealed database without its key": (
        lambda it: (seal_with(it, it.settings["data_key"]), set_to(data_key=None)(it)),
        "key",
        "bad",
        "is not set, but the database is sealed",
        "do not start",
    ),
    "a key with which nothing was sealed yet": (
        lambda it: it.execute(sa.text("UPDATE inbox SET raw = '{\"text\": 1}'")),
        "key",
        "warn",
        "1 values are not kept as",
        "data rotate",
    ),
    "a .env for everybody": (lambda it: (it.folder / ".env").chmod(0o644), "env_file", "warn", "others", "chmod 600"),
    "no owner": (
        lambda it: it.execute(sa.text("DELETE FROM staff_accounts")),
        "owner",
        "warn",
        "nobody",
        "staff invite",
    ),
    "an invitation that nobody opened": (
        lambda it: it.execute(sa.text("UPDATE staff_accounts SET password_hash = NULL")),
        "owner",
        "warn",
        "invitation",
        "open the link",
    ),
    "nobody who is told": (set_to(staff_line_ids=""), "told", "warn", "nobody", "STAFF_LINE_IDS"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_found_and_its_mend_named(
    installation: Installation, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it, check, level, is_so, to_do = BROKEN[broken]
    monkeypatch.setenv("SSL_CERT_FILE", os.environ["SSL_CERT_FILE"])  # Put back afterwards, whatever breaks it.

    before = installation.look(check)
    break_it(installation)
    found = installation.look(check)

    assert before[check].level == "ok"
    assert found[check].level == level
    assert is_so in found[check].is_so
    assert to_do in found[check].to_do
    assert SECRET not in str(found)
    assert TOKEN not in str(found)


def test_a_webhook_that_comes_through_our_own_door_is_fine(installation: Installation) -> None:
    bring_the_test_to_our_door(installation, SECRET)

    assert installation.look("webhook_test")["webhook_test"].level == "ok"


@pytest.mark.parametrize(("verified", "confirmed"), [("2026-03-01", ""), ("2025-01-01", ", confirmed_on: 2026-03-01")])
def test_of_a_help_line_the_newer_look_counts(installation: Installation, verified: str, confirmed: str) -> None:
    given = "verified_on: 2026-01-01, confirmed_on: 2026-03-01"
    installation.rewrite("safety/safety.yaml", given, f"verified_on: {verified}{confirmed}")

    assert installation.look("help_lines")["help_lines"].level == "ok"


def test_backups_are_looked_for_where_they_are_put(installation: Installation) -> None:
    elsewhere = installation.folder / "mnt"
    elsewhere.mkdir()
    installation.settings["backup_dir"] = elsewhere

    assert str(elsewhere) in installation.look("backups")["backups"].is_so
    (elsewhere / NOON.strftime(copies.NAME)).write_bytes(b"")
    assert installation.look("backups")["backups"].level == "ok"


def test_backups_of_a_clock_that_was_ahead_are_not_taken_for_new_ones(installation: Installation) -> None:
    backup(installation, NOON - timedelta(days=7))
    folder = installation.folder / "var" / "backups"
    (folder / (NOON + timedelta(days=3650)).strftime(copies.NAME)).write_bytes(b"")

    assert installation.look("backups")["backups"].level == "bad"


def test_what_cannot_be_known_is_left_out_and_its_cause_told_once(installation: Installation) -> None:
    installation.settings["line_api_base"] = "http://127.0.0.1:1"
    without_database(installation)

    found = installation.look()

    assert [name for name, one in found.items() if one.level == "bad"] == ["database", "token"]
    assert not {"webhook", "webhook_test", "month", "rich_menu", "tick", "owner"} & set(found)


def test_a_channel_is_no_must(installation: Installation) -> None:
    installation.settings |= {"line_channel_secret": None, "line_channel_access_token": None}

    found = installation.look()

    assert "bot setup" in found["channel_set"].to_do
    assert [name for name, one in found.items() if one.level == "bad"] == []


def test_a_check_that_falls_over_or_hangs_is_a_finding() -> None:
    released = threading.Event()

    def falls_over(_patient: Patient) -> Finding:
        raise ValueError(TOKEN)

    def hangs(_patient: Patient) -> Finding:
        released.wait(10)
        raise UnknownError

    patient = Patient(SimpleNamespace(), FakeClock())  # type: ignore[arg-type]
    found = dict(examine(patient, (falls_over, hangs), longest=0.05))
    released.set()

    assert [(one.level, one.is_so) for one in found.values()] == [
        ("bad", "the check itself failed: ValueError"),
        ("bad", "the check took longer than 0 s"),
    ]
