"""Cells of the tables that staff save and open in a spreadsheet."""

from flask import render_template

from bot.sealed import is_unreadable

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""In Japan spreadsheets read the wide ones as well."""


def harmless(cell: str) -> str:
    """The cell as a text: what a person has typed must not be reckoned out as a formula, and what no key opens is no blank."""
    if is_unreadable(cell):
        return render_template("console/unreadable.txt").strip()
    return f"'{cell}" if cell.startswith(_BEGIN_FORMULAS) else cell
