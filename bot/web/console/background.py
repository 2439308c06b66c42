"""Trying changes out in the background: a request begins it, a row tells every process how far it is, nobody waits."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from flask import flash
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.models import TrialRun
from bot.teaching import trial_runs, tryout
from bot.teaching.apprentice import ApprenticeError
from bot.web.console.tools import Tools, tools

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()
"""A trial takes a processor for minutes and hundreds of megabytes: the next of this process waits, and says that it lives."""


def begin(name: str, task: Callable[[], tryout.Told]) -> None:
    """Have the *task* tried out under this *name*, unless it is already; who asked is told when too much else is."""
    all = tools()
    try:
        with all.sessions.begin() as database:
            run = trial_runs.begin(database, name, all.clock())
    except trial_runs.BusyError:
        flash("trials-busy", "danger")
        return
    except IntegrityError:
        return  # Somebody else was a moment faster.
    if run is not None:
        all.aside(partial(_try, all, run, task()))


def found(name: str) -> tuple[trial_runs.State | None, TrialRun | None]:
    """How far the trial called *name* is, and what came of it; None when nobody has begun it."""
    with tools().reading() as database:
        run = trial_runs.find(database, name)
    return (None, None) if run is None else (trial_runs.state(run, tools().clock()), run)


def _try(all: Tools, run: int, task: tryout.Told) -> None:
    """In a thread of its own: it only waits for the child, so that answers keep their speed."""
    over = threading.Event()
    pulse = threading.Thread(target=_live, args=(all, run, over), daemon=True)
    pulse.start()
    came = None
    try:
        with _one_at_a_time:
            came = tryout.ask(task)
    except ApprenticeError as error:
        log.error("a trial failed: the child %s", error)
    finally:
        over.set()
        pulse.join()
        with all.sessions.begin() as database:
            trial_runs.end(database, run, came, all.clock())


def _live(all: Tools, run: int, over: threading.Event) -> None:
    while not over.wait(trial_runs.BEAT.total_seconds()):
        try:
            with all.sessions.begin() as database:
                trial_runs.live(database, run, all.clock())
        except SQLAlchemyError as error:  # The database is away for a moment; the next word may reach it.
            log.warning("a trial cannot say that it lives: %s", type(error).__name__)
