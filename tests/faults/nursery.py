"""A process whose children are workers that work at once: what they know was learnt before they were born.

Each SIGUSR1 lets one be born. A worker of its own takes seconds to start; over fifty that are killed it is minutes.
"""

import os
import signal
import sys
import threading

from bot import app as composition
from bot import settings as surroundings
from bot.clock import system_clock
from bot.line.messenger import LineMessenger


def main() -> None:
    settings = surroundings.load()
    knowledge = composition.learn(settings.content_dir)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    say("nursery: ready")
    while signal.sigwait([signal.SIGUSR1]):
        if os.fork() == 0:
            assert settings.line_channel_access_token is not None  # The fleet gives it.
            messenger = LineMessenger(settings.line_channel_access_token.get_secret_value(), settings.line_api_base)
            composition.build(settings, system_clock, messenger, knowledge).worker().start()
            say(f"born {os.getpid()}.")
            threading.Event().wait()


def say(line: str) -> None:
    """In one write, so that two who speak at once are both understood."""
    os.write(sys.stderr.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    main()
