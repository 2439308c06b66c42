"""Give people a copy of their data in the chat: plain lines that a person and a program can read.

Understands: 「データを書き出して」, and the button of 「わたしのデータ」
"""

from datetime import datetime

from bot import body, programmes, reminders
from bot.conversation import Reply, Text, Turn
from bot.keeping import kept
from handlers import reminder_words

ID = "command/my-data"
MOST_BUBBLES, LONGEST = 5, 5000
"""What LINE takes: messages of one reply, and letters of one message, counted as UTF-16."""
_STATES = {"on": "export_on", "stopped": "export_stopped", "suspended": "export_suspended"}


def everything(turn: Turn) -> Reply:
    """What is kept, newest first: settings and counts, then day by day; what does not fit is counted."""
    bubbles, left = _packed(lines(turn), turn)
    if left:
        bubbles[-1] += "\n" + turn.words("export_left_out", count=left)
    menu = turn.button("button_menu", "open command/menu")
    my_data = turn.button("button_my_data", "open command/my-data")
    return Reply(bubbles=tuple(Text(bubble) for bubble in bubbles), quick=(my_data, menu), about=ID, outcome="command")


def lines(turn: Turn) -> list[str]:
    """All of it, a line for each thing, its parts with commas between."""
    return [*_settings(turn), *_days(turn)]


def _settings(turn: Turn) -> list[str]:
    person, mine = turn.person, kept.of(turn.session, turn.person)
    book = turn.library.language.body_notes

    def line(key: str, *values: object) -> str:
        parts = (" ".join(str(value).replace(",", " ").splitlines()) for value in values)
        return ",".join((turn.words(key), *parts))

    def yes(is_so: bool) -> str:
        return turn.words("export_yes" if is_so else "export_no")

    lines = [
        line("export_title", _moment(turn, turn.now)),
        line("export_since", _moment(turn, person.created_at)),
        line("export_zone", turn.timezone.key),
        line("export_announcements", yes(person.announcements_stopped_at is None)),
        line("export_summary", yes(person.summary_due_at is not None)),
    ]
    for reminder in reminders.of(turn.session, person):
        days = reminder_words.days(turn, reminder.days, on_holidays=reminder.is_on_holidays)
        state = turn.words("export_paused" if reminders.is_paused(reminder, turn.now) else _STATES[reminder.state])
        lines.append(line("export_reminder", reminder_words.title(turn, reminder), reminder.time, days, state))
    if person.body_consent_at is not None:
        lines.append(line("export_consent", _moment(turn, person.body_consent_at)))
    lines += [
        line("export_note", book.label(note.note), _moment(turn, note.noted_at))
        for note in body.kept(turn.session, person)
    ]
    names = {"export_called": person.called, "export_name": person.display_name}
    lines += [line(key, name) for key, name in names.items() if name]
    lines += [line("export_tag", tag) for tag in mine.tags]
    lines += [line("export_staff_note", note) for note in mine.staff_notes]
    lines += [
        line("export_programme", one.name, f"{one.starts_on} - {one.ends_on}")
        for one in programmes.of(turn.session, person)
    ]
    lines += [line("export_staff", _moment(turn, since)) for since in mine.waiting_since]
    lines += [
        line("export_messages", mine.messages),
        line("export_days", mine.days),
        line("export_changes", mine.changes),
        line("export_snoozes", mine.snoozes),
        line("export_decisions", mine.decisions),
        line("export_evidence", mine.evidence),
        line("export_requests", mine.requests),
        line("export_takeovers", mine.takeovers),
        line("export_taps", mine.taps),
    ]
    return lines


def _days(turn: Turn) -> list[str]:
    """One line for each routine done or rested on a day."""
    mine = kept.of(turn.session, turn.person)
    records = [(day, id, "export_done") for day, id in mine.done] + [(day, id, "export_rest") for day, id in mine.rests]
    return [
        f"{day},{_title(turn, id)},{turn.words(key)}"
        for day, id, key in sorted(records, key=lambda record: record[0], reverse=True)
    ]


def _packed(lines: list[str], turn: Turn) -> tuple[list[str], int]:
    """*lines* in as many bubbles as they need, and how many lines found no room."""
    room = LONGEST - len(turn.words("export_left_out", count=len(lines))) - 1
    bubbles: list[str] = []
    for place, line in enumerate(lines):
        longer = f"{bubbles[-1]}\n{line}" if bubbles else line
        if bubbles and len(longer.encode("utf-16-le")) // 2 <= room:
            bubbles[-1] = longer
        elif len(bubbles) < MOST_BUBBLES:
            bubbles.append(line)
        else:
            return bubbles, len(lines) - place
    return bubbles, 0


def _title(turn: Turn, id: str) -> str:
    routine = turn.library.entries.get(id)
    return id if routine is None else routine.title.replace(",", " ")


def _moment(turn: Turn, moment: datetime) -> str:
    return f"{moment.astimezone(turn.timezone):%Y-%m-%d %H:%M}"
