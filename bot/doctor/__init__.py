"""The doctor: looks an installation over, check by check, and says of each what is so and what to do.

A check is a function from the patient to one finding; a new one is written beside its neighbours and named in `CHECKS`.
"""

import threading
from collections.abc import Callable, Iterator

from bot.doctor import house_checks, line_checks, work_checks
from bot.doctor.finding import Finding, Level, UnknownError, bad
from bot.doctor.patient import Patient

__all__ = ["CHECKS", "Check", "Finding", "Level", "Patient", "examine"]

Check = Callable[[Patient], Finding]

LONGEST = 30.0
"""Seconds after which a check is given up: longer than all time-outs of its own."""

CHECKS: tuple[Check, ...] = (
    work_checks.database,
    house_checks.content,
    line_checks.channel_set,
    line_checks.token,
    line_checks.token_life,
    line_checks.secret,
    line_checks.webhook,
    line_checks.webhook_test,
    house_checks.public_url,
    house_checks.certificate,
    line_checks.clock_skew,
    line_checks.month,
    line_checks.rich_menu,
    work_checks.tick,
    work_checks.last_webhook,
    work_checks.events_waiting,
    work_checks.messages_waiting,
    work_checks.dead_letters,
    house_checks.disk,
    house_checks.backups,
    house_checks.key,
    house_checks.env_file,
    house_checks.owner,
    house_checks.told,
    house_checks.overdue_texts,
    house_checks.help_lines,
)


def examine(
    patient: Patient, checks: tuple[Check, ...] = CHECKS, *, longest: float = LONGEST
) -> Iterator[tuple[str, Finding]]:
    """The name of each check with what it found, one after another; those that cannot know anything are left out."""
    for check in checks:
        finding = _looked(check, patient, longest)
        if finding is not None:
            yield check.__name__.replace("_", " "), finding


def _looked(check: Check, patient: Patient, longest: float) -> Finding | None:
    """What *check* finds; that it fell over, or took too long, is a finding as well."""
    found: list[Finding | None] = []

    def look() -> None:
        try:
            found.append(check(patient))
        except UnknownError:
            found.append(None)
        except Exception as error:  # noqa: BLE001 - the doctor must go on to the next check
            # The type only: the text may quote a setting.
            found.append(
                bad(f"the check itself failed: {type(error).__name__}", "report it with the version of Senaka")
            )

    # Of a thread that hangs for good the process can still be rid.
    thread = threading.Thread(target=look, name=check.__name__, daemon=True)
    thread.start()
    thread.join(longest)
    return (
        found[0]
        if found
        else bad(f"the check took longer than {longest:.0f} s", "see what keeps it waiting: network, database, disk")
    )
