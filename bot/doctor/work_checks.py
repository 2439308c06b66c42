"""The checks of the work under way: the database, the worker's last look, what waits, what was given up."""

from datetime import timedelta

from bot.delivery.claims import STOPPED
from bot.doctor.finding import Finding, bad, ok, warn
from bot.doctor.patient import Patient
from bot.models import Switch
from bot.watching import pulse, vitals

TICK_LATE = timedelta(minutes=2)
EVENT_LATE, EVENT_LOST = timedelta(minutes=1), timedelta(minutes=5)
MESSAGE_LATE = timedelta(minutes=5)
QUIET = timedelta(days=7)
RESTART = "start the worker, or look at its log: journalctl -u senaka-worker, or what runs `python -m bot worker`"


def database(patient: Patient) -> Finding:
    """Whether the database can be reached and has all tables."""
    found = patient.database
    if isinstance(found, str):
        return bad(
            f"the database cannot be used: {found}", "check DATABASE_URL and that it runs; then: python -m bot migrate"
        )
    if not patient.is_migrated:
        return bad("the database has not the newest schema: web and worker do not start", "run: python -m bot migrate")
    return ok("the database is reached and has the newest schema")


def tick(patient: Patient) -> Finding:
    """Whether a worker looks for what is due."""
    with patient.sessions() as session:
        last = pulse.last_tick(session)
    if last is None:
        is_so = "no worker has ever looked for due work: nobody is answered"
        return bad(is_so, RESTART) if patient.settings.has_channel else warn(is_so, "start the program: make run")
    age = patient.now - last
    if age > TICK_LATE:
        return bad(f"no worker has looked for due work for {_length(age)}: nobody is answered or reminded", RESTART)
    return ok(f"a worker looked for due work {_length(age)} ago")


def last_webhook(patient: Patient) -> Finding:
    """Whether LINE brings anything."""
    with patient.sessions() as session:
        last = vitals.last_webhook(session)
    if last is None:
        return warn(
            "no event of LINE's has ever come",
            "write to the account by phone. If something else answers, turn auto-response off: LINE Official Account Manager",
        )
    age = patient.now - last
    if age > QUIET:
        return warn(
            f"LINE last brought something {_length(age)} ago",
            "write to the account by phone and see whether it answers",
        )
    return ok(f"LINE last brought something {_length(age)} ago")


def events_waiting(patient: Patient) -> Finding:
    """Whether people wait for their answers."""
    with patient.sessions() as session:
        count, oldest = vitals.open_events(session), vitals.oldest_open_event(session)
    if oldest is None:
        return ok("no event waits for its answer")
    age = patient.now - oldest
    is_so = f"{count} events wait for their answer, the oldest for {_length(age)}"
    if age > EVENT_LOST:
        return bad(is_so, RESTART)
    return (
        warn(is_so, "look again in a minute; if it grows, the worker is down or too slow")
        if age > EVENT_LATE
        else ok(is_so)
    )


def messages_waiting(patient: Patient) -> Finding:
    """Whether messages that are due go out."""
    with patient.sessions() as session:
        count, oldest = vitals.late_messages(session, patient.now, MESSAGE_LATE)
        stopped = session.get(Switch, STOPPED)
    if stopped is not None:
        return warn("staff have stopped every push", "let them go on in the console when it is over")
    if oldest is None:
        return ok("no message is late")
    return bad(f"{count} messages are late, the oldest for {_length(patient.now - oldest)}", RESTART)


def dead_letters(patient: Patient) -> Finding:
    """Whether events were given up."""
    with patient.sessions() as session:
        count = vitals.dead_letters(session)
    if not count:
        return ok("no event was given up")
    return bad(
        f"{count} events were given up after five tries: their people have no answer",
        "python -m bot inbox list; look for their ids in the log, then inbox retry --all or inbox drop --all",
    )


def _length(age: timedelta) -> str:
    seconds = age.total_seconds()
    for length, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} seconds"
