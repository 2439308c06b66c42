"""``python -m bot``: every command of the program."""

import sys

try:
    from bot.cli import cli
except ModuleNotFoundError as error:
    # A half-made environment is the most common first failure; one line says how to mend it.
    sys.exit(f"the package {error.name} is missing; run `make setup`, then use .venv/bin/python or `make run`")

if __name__ == "__main__":
    cli(prog_name="python -m bot")
