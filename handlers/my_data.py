"""Show a person what we keep, and delete all of it when they say so twice.

Understands: 「わたしのデータ」「登録した情報を消して」, then 「はい、消します」 or 「やっぱりやめる」
"""

from bot import people
from bot.conversation import Block, Card, Reply, Step, Turn

CONFIRM = "my-data.confirm"
ID = "command/my-data"


def show(turn: Turn) -> Reply:
    """What is kept, and the way to delete it."""
    person = turn.person
    counts = people.counts(turn.session, person)
    since = person.created_at.astimezone(turn.timezone)
    lines = (
        turn.words("my_data_since", year=since.year, month=since.month, day=since.day),
        turn.words("my_data_talk"),
        turn.words("my_data_reminders", count=counts["reminders"]),
        turn.words("my_data_days", count=counts["days"]),
        turn.words("my_data_announcements_off" if person.announcements_stopped_at else "my_data_announcements_on"),
    )
    announcements = (
        turn.button("button_start_announcements", "start-announcements")
        if person.announcements_stopped_at
        else turn.button("button_stop_announcements", "stop-announcements")
    )
    card = Card(
        title=turn.words("my_data_title"),
        blocks=(Block(turn.words("my_data_text"), lines),),
        buttons=(
            turn.button("button_delete", "delete-ask"),
            announcements,
        ),
    )
    menu = turn.button("button_menu", "open command/menu")
    # 「消して」 right after this card asks for the confirmation.
    return Reply(bubbles=(card,), quick=(menu,), about=ID, outcome="command", step=Step("my-data.shown"))


def open(turn: Turn) -> Reply:
    """The overview; a sentence that asks for deletion goes straight to the question."""
    delete = turn.library.language.words.get("delete", ())
    return ask(turn) if any(word in turn.text for word in delete) else show(turn)


def ask(turn: Turn) -> Reply:
    """Ask once more before anything is deleted."""
    buttons = (turn.button("button_delete_yes", "delete-yes"), turn.button("button_delete_no", "delete-no"))
    card = Card(title=turn.words("button_delete"), paragraphs=(turn.words("my_data_confirm"),), buttons=buttons)
    return Reply(bubbles=(card,), about=ID, outcome="command", step=Step(CONFIRM))


def shown(turn: Turn) -> Reply | None:
    """After the overview: 「消して」 leads to the question."""
    delete = turn.library.language.words.get("delete", ())
    return ask(turn) if any(word in turn.text for word in delete) else None


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
    people.forget(turn.session, turn.person)
    return reply


def keep(turn: Turn) -> Reply:
    """Nothing is deleted; an old button, tapped long after the question, shows what there is."""
    if turn.step is None or turn.step.name != CONFIRM:
        return show(turn)
    return turn.say("my_data_kept", turn.button("button_menu", "open command/menu"), about=ID, outcome="command")
