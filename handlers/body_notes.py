"""Keep a note about the body when the person lets us, and forget it when they say so.

Understands: 「膝のことを覚えておいて」, 「はい」 or 「いいえ」 to our question, 「膝のこと忘れて」, and the buttons of the same names
"""

from collections.abc import Iterable

from bot import body, reminders
from bot.conversation import Card, Choice, Reply, Step, Text, Turn
from bot.library.body_book import NOTES
from bot.library.schema import Routine
from bot.understanding.body import reader
from handlers import reminder_words

ID = "command/my-data"
ASKED = "body.consent"
"""The step after the question whether a note may be kept."""
MOST_OFFERS = 3


def offers(turn: Turn, told: Iterable[str]) -> tuple[Choice, ...]:
    """The buttons that keep what was *told*, as far as it is not kept."""
    kept = {note.note for note in body.kept(turn.session, turn.person)}
    new = [note for note in NOTES if note in told and note not in kept]
    return tuple(keep_button(turn, note) for note in new[:MOST_OFFERS])


def keep_button(turn: Turn, note: str) -> Choice:
    """The button that asks whether to keep *note*."""
    return _button(turn, "button_note_keep", "ask", note)


def drop_button(turn: Turn, note: str) -> Choice:
    """The button that forgets *note*."""
    return _button(turn, "button_note_drop", "drop", note)


def tap(turn: Turn) -> Reply | None:
    """The buttons about one note: ask whether to keep it, yes, no, forget it."""
    verb, note = turn.tap.args if turn.tap is not None and len(turn.tap.args) == 2 else ("", "")
    if note not in NOTES:
        return None
    if verb == "ask":
        return _wished(turn, note)
    if verb == "yes":
        return _keep(turn, note)
    if verb == "no":
        return _leave(turn, note)
    return _drop(turn, note) if verb == "drop" else None


def answered(turn: Turn) -> Reply | None:
    """「はい」 or 「いいえ」 to the question; None for anything else, which is then read by itself."""
    assert turn.step is not None  # Registered as a step.
    note = str(turn.step.data["note"])
    if turn.means("yes"):
        return _keep(turn, note)
    return _leave(turn, note) if turn.means("no") else None


def in_words(turn: Turn) -> Reply | None:
    """「膝のこと忘れて」 and 「膝のことを覚えておいて」; None when nothing of the kind was said."""
    if turn.tap is not None or not turn.text:
        return None
    forgotten = reader(turn.library).to_forget(turn.text)
    if forgotten:
        return _drop(turn, *(note for note in NOTES if note in forgotten))
    wished = reader(turn.library).to_keep(turn.text)
    return _wished(turn, next(note for note in NOTES if note in wished)) if wished else None


def _wished(turn: Turn, note: str) -> Reply:
    return _keep(turn, note) if has_consented(turn) else _ask(turn, note)


def has_consented(turn: Turn) -> bool:
    """Whether the person has agreed to what we would say today when we ask."""
    return body.has_consented(turn.person, body.consent_version(turn.library))


def _ask(turn: Turn, note: str) -> Reply:
    """Asked once, and again when these words change: what is kept, what for, and how it is forgotten."""
    label = turn.library.language.body_notes.label(note)
    texts = [turn.words("body_consent_what", label=label), turn.words("body_consent_drop", label=label)]
    if note in turn.library.language.body_notes.barring:
        texts.insert(1, turn.words("body_consent_bars", label=label))
    card = Card(
        title=turn.words("body_consent_title", label=label),
        paragraphs=tuple(texts),
        buttons=(
            _button(turn, "button_note_yes", "yes", note).main(),
            _button(turn, "button_note_no", "no", note),
        ),
    )
    return Reply(
        bubbles=(card,),
        about=ID,
        outcome="command",
        step=Step(ASKED, {"note": note}),
        keeps_topic=_keeps_topic(turn),
    )


def _keep(turn: Turn, note: str) -> Reply:
    body.keep(turn.session, turn.person, note, turn.now, version=body.consent_version(turn.library))
    book = turn.library.language.body_notes
    if note in book.barring:
        paused = reminders.pause(turn.session, turn.person, routine_id=None, until=None, now=turn.now)
        texts = [turn.words("body_kept_barring", label=book.label(note))]
        if paused:
            texts.append(turn.words("body_paused", label=book.label(note), titles=reminder_words.titles(turn, paused)))
        return _said(turn, texts, drop_button(turn, note))
    texts = [turn.words("body_kept", label=book.label(note))]
    empty = [reminder for reminder in reminders.on(turn.session, turn.person) if _is_empty(turn, reminder.routine_id)]
    if empty:
        texts.append(turn.words("body_nothing_left", titles=reminder_words.titles(turn, empty)))
    return _said(turn, texts, drop_button(turn, note))


def _leave(turn: Turn, note: str) -> Reply:
    body.drop(turn.session, turn.person, note, is_told=True)  # Kept on what was agreed to in other words.
    return _said(turn, [turn.words("body_not_kept", label=turn.library.language.body_notes.label(note))])


def _drop(turn: Turn, *notes: str) -> Reply:
    book = turn.library.language.body_notes
    was_barred = body.is_barred(turn.library, body.notes(turn.session, turn.person, turn.now))
    kept = {note.note for note in body.kept(turn.session, turn.person)}
    for note in notes:
        body.drop(turn.session, turn.person, note)
    labels = turn.words("days_between").join(book.label(note) for note in notes)
    texts = [turn.words("body_dropped" if kept.intersection(notes) else "body_not_there", labels=labels)]
    is_barred = body.is_barred(turn.library, body.notes(turn.session, turn.person, turn.now))
    resting = [
        reminder
        for reminder in reminders.on(turn.session, turn.person)
        if reminders.is_paused(reminder, turn.now) and reminder.paused_until is None
    ]
    if not (was_barred and not is_barred and resting):
        return _said(turn, texts)
    texts.append(turn.words("body_still_paused", titles=reminder_words.titles(turn, resting)))
    return _said(turn, texts, turn.button("button_resume", "resume"))


def _is_empty(turn: Turn, routine_id: str) -> bool:
    """Whether the person's notes leave nothing of the routine."""
    routine = turn.library.entries.get(routine_id)
    notes = body.notes(turn.session, turn.person, turn.now)
    return isinstance(routine, Routine) and not body.steps(turn.library, routine, notes)


def _said(turn: Turn, texts: list[str], *quick: Choice) -> Reply:
    ways = (turn.button("button_my_data", "open command/my-data"), turn.button("button_menu", "open command/menu"))
    return Reply(
        bubbles=tuple(Text(text) for text in texts),
        quick=(*quick, *ways),
        about=ID,
        outcome="command",
        keeps_topic=_keeps_topic(turn),
    )


def _keeps_topic(turn: Turn) -> bool:
    """Whether what was spoken of goes on, for the note was told beside it; after a warning all else would be read as one."""
    return not (turn.topic or "").startswith("safety/")


def _button(turn: Turn, key: str, verb: str, note: str) -> Choice:
    return turn.button(key, f"note {verb} {note}", label=turn.library.language.body_notes.label(note))
