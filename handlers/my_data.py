"""Show a person what we keep, and delete all of it when they say so twice.

Understands: 「わたしのデータ」「登録した情報を消して」, then 「はい、消します」 or 「やっぱりやめる」
"""

from bot import body, reminders
from bot.conversation import Block, Card, Choice, Reply, Step, Turn
from bot.keeping import erasure, kept
from handlers import body_notes, export, reminder_words

CONFIRM = "my-data.confirm"
SHOWN = "my-data.shown"
ID = "command/my-data"


def show(turn: Turn) -> Reply:
    """What is kept, and the ways to take it along, to have silence, and to delete it."""
    card = Card(
        title=turn.words("my_data_title"),
        blocks=(
            Block(turn.words("my_data_text"), _lines(turn)),
            Block(turn.words("my_data_reminders_heading"), _reminders(turn)),
        ),
        buttons=(
            turn.button("button_export", "export"),
            turn.button("button_stop_all", "stop-all"),
            _announcements(turn),
            turn.button("button_delete", "delete-ask"),
        ),
    )
    menu = turn.button("button_menu", "open command/menu")
    # 「消して」 right after this card asks for the confirmation.
    return Reply(bubbles=(card, _body(turn)), quick=(menu,), about=ID, outcome="command", step=Step(SHOWN))


def open(turn: Turn) -> Reply:
    """The overview; a sentence that asks for deletion or for a copy goes straight there."""
    return shown(turn) or show(turn)


def shown(turn: Turn) -> Reply | None:
    """After the overview: 「消して」 leads to the question, 「書き出して」 to the copy, 「膝を消して」 to that note alone."""
    wished = body_notes.in_words(turn)
    if wished is not None:
        return wished
    if _says(turn, "export"):
        return export.everything(turn)
    return ask(turn) if _says(turn, "delete") else None


def ask(turn: Turn) -> Reply:
    """Ask once more before anything is deleted."""
    buttons = (turn.button("button_delete_yes", "delete-yes"), turn.button("button_delete_no", "delete-no"))
    card = Card(title=turn.words("button_delete"), paragraphs=(turn.words("my_data_confirm"),), buttons=buttons)
    return Reply(bubbles=(card,), about=ID, outcome="command", step=Step(CONFIRM))


def confirm(turn: Turn) -> Reply | None:
    """The answer to the question; None when it is about something else."""
    if turn.means("no"):
        return keep(turn)
    if turn.means("yes"):
        return delete(turn)
    return None


def delete(turn: Turn) -> Reply:
    """Everything goes; the next message is a first one."""
    if turn.step is None or turn.step.name != CONFIRM:
        # An old button, tapped long after the question: ask again.
        return ask(turn)
    reply = turn.say("my_data_deleted", about=ID, outcome="command")
    erasure.erase(turn.session, turn.person.line_user_id, why="asked", now=turn.now)
    return reply


def keep(turn: Turn) -> Reply:
    """Nothing is deleted; an old button, tapped long after the question, shows what there is."""
    if turn.step is None or turn.step.name != CONFIRM:
        return show(turn)
    return turn.say("my_data_kept", turn.button("button_menu", "open command/menu"), about=ID, outcome="command")


def _says(turn: Turn, key: str) -> bool:
    return turn.tap is None and any(word in turn.text for word in turn.library.language.words.get(key, ()))


def _lines(turn: Turn) -> tuple[str, ...]:
    person = turn.person
    since = person.created_at.astimezone(turn.timezone)
    mine = kept.of(turn.session, person)
    lines = [
        turn.words("my_data_since", year=since.year, month=since.month, day=since.day),
        turn.words("my_data_talk", count=mine.messages),
        turn.words("my_data_days", count=mine.days),
        turn.words("my_data_announcements_off" if person.announcements_stopped_at else "my_data_announcements_on"),
        turn.words("my_data_summary_off" if person.summary_due_at is None else "my_data_summary_on"),
    ]
    if mine.waiting_since:
        lines.append(turn.words("my_data_staff", since=reminder_words.moment(turn, mine.waiting_since[0])))
    if mine.staff_notes or mine.tags:
        lines.append(turn.words("my_data_staff_notes", notes=len(mine.staff_notes), tags=len(mine.tags)))
    return tuple(lines)


def _reminders(turn: Turn) -> tuple[str, ...]:
    mine = reminders.of(turn.session, turn.person)
    return tuple(reminder_words.line(turn, one) for one in mine) or (turn.words("my_data_reminders_none"),)


def _body(turn: Turn) -> Card:
    """What we know of the body: each note with the day since when, the day of the consent, and the ways to forget."""
    book = turn.library.language.body_notes
    notes = body.kept(turn.session, turn.person)
    lines = [
        turn.words("my_data_body_note", label=book.label(note.note), day=reminder_words.moment(turn, note.noted_at))
        for note in notes
    ]
    if turn.person.body_consent_at is not None:
        given = reminder_words.moment(turn, turn.person.body_consent_at)
        lines.append(turn.words("my_data_body_consent", day=given))
    is_old = bool(notes) and not body_notes.has_consented(turn)
    if is_old:
        lines.append(turn.words("my_data_body_consent_old"))
    only_now = sorted(body.told(turn.person, turn.now).difference(note.note for note in notes))
    if only_now:
        labels = turn.words("days_between").join(book.label(note) for note in only_now)
        lines.append(turn.words("my_data_body_told", labels=labels))
    return Card(
        title=turn.words("my_data_body_title"),
        paragraphs=tuple(lines) or (turn.words("my_data_body_none"),),
        buttons=tuple(
            button
            for note in notes
            for button in (
                *((body_notes.keep_button(turn, note.note),) if is_old else ()),
                body_notes.drop_button(turn, note.note),
            )
        ),
    )


def _announcements(turn: Turn) -> Choice:
    if turn.person.announcements_stopped_at is not None:
        return turn.button("button_start_announcements", "start-announcements")
    return turn.button("button_stop_announcements", "stop-announcements")
