"""What is wrong with this installation, and what mends it: doctor."""

import json

import click

from bot.cli import options


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--strict", is_flag=True, help="End with 1 for warnings as well.")
@click.option("--quiet", is_flag=True, help="Say nothing of what is all right.")
@click.pass_context
def doctor(context: click.Context, as_json: bool, strict: bool, quiet: bool) -> None:
    """Look settings, content, database, LINE channel and the work under way over.

    Ends with 0 when nothing is bad, so that cron can call it, with 1 when something is (with --strict: when there is a warning).
    """
    from bot.clock import system_clock
    from bot.doctor import Finding, Patient, examine  # Database and network, which other commands do not need.
    from bot.doctor.finding import bad
    from bot.settings import SettingsError

    found: list[tuple[str, Finding]] = []

    def tell(name: str, finding: Finding) -> None:
        found.append((name, finding))
        if as_json or (quiet and finding.level == "ok"):
            return
        click.echo(f"{_MARKS[finding.level]} {name}: {finding.is_so}")
        if finding.to_do:
            click.echo(f"       -> {finding.to_do}")

    try:
        settings = options.settings(context)
    except SettingsError as error:
        for problem in str(error).removeprefix("settings: ").split("; "):
            tell("settings", bad(problem, "mend it in .env or the environment; nothing else can be looked at before"))
    else:
        patient = Patient(settings, system_clock)
        try:
            for name, finding in examine(patient):
                tell(name, finding)
        finally:
            patient.close()
    counts = {level: sum(finding.level == level for _, finding in found) for level in _MARKS}
    if as_json:
        findings = [
            {"check": name, "level": finding.level, "is_so": finding.is_so, "to_do": finding.to_do}
            for name, finding in found
        ]
        click.echo(json.dumps({"counts": counts, "findings": findings}, ensure_ascii=False))
    elif not quiet or counts["warn"] or counts["bad"]:
        click.echo(f"{counts['ok']} ok, {counts['warn']} to see to, {counts['bad']} bad")
    if counts["bad"] or (strict and counts["warn"]):
        raise SystemExit(1)


_MARKS = {"ok": "  ok  ", "warn": " warn ", "bad": " BAD  "}
