"""What staff do in LINE: see how the day goes, stop every push and let them go on, and begin an announcement.

Understands: 「配信」「休業 12/30」「今日の様子」「全停止」「再開」, from a LINE that is tied to an account; from anybody else nothing of it
"""

from collections.abc import Callable

from bot import alerts, today
from bot.conversation import Reply, Turn
from bot.delivery.rules import Rules
from bot.models import StaffAccount
from bot.staff import accounts, emergency, rights
from bot.staff.rights import Right
from handlers import desk_announcement, desk_closure, staff_tie

ID = "command/menu"

Action = Callable[[Turn, StaffAccount], Reply | None]


def enter(turn: Turn) -> Reply | None:
    """What a member of the staff asked for; None for everything else, and for everybody else.

    Whose LINE it is, is only looked up for words that staff use: other people's messages cost nothing.
    """
    asked = _asked(turn)
    if asked is None:
        return staff_tie.by_code(turn)
    needed, action = asked
    account = accounts.of_line(turn.session, turn.person.line_user_id)
    if account is None:
        return None
    if needed not in rights.of(account):
        return turn.say("desk_no_right", about=ID, outcome="command")
    return action(turn, account)


def day(turn: Turn, account: StaffAccount) -> Reply:
    """How the day goes, and what needs somebody."""
    found = today.of(turn.session, turn.now, Rules.of(turn.library))
    lines = [
        turn.words(
            "desk_today", received=found.messages, people=found.people, reminded=found.reminded, done=found.done
        ),
        turn.words("desk_today_people", came=found.came, left=found.left),
    ]
    if found.month.limit is None:
        lines.append(turn.words("desk_today_month", used=found.month.used, expected=found.expected.total))
    else:
        lines.append(
            turn.words(
                "desk_today_limit", used=found.month.used, limit=found.month.limit, expected=found.expected.total
            )
        )
    waits = {
        "waiting": found.waiting,
        "overdue": found.drafts.get("overdue", 0),
        "approval": found.drafts.get("waiting", 0),
        "unheard": found.unheard,
        "dead": found.dead,
    }
    lines += [turn.words(f"desk_today_{name}", count=count) for name, count in waits.items() if count]
    lines += [alerts.say(turn.library, alert) for alert in found.alerts]
    if found.stopped is not None:
        lines.append(turn.words("desk_today_stopped"))
    return turn.say("desk_today_all", about=ID, outcome="command", lines="\n".join(lines))


def stop(turn: Turn, account: StaffAccount) -> Reply:
    """Stop every push, at once and without a question: whoever writes this has no time for one."""
    is_new = emergency.stop(turn.session, by=account.id, now=turn.now)
    again = turn.button("button_desk_go_on", "desk-go-on")
    return turn.say("desk_stopped" if is_new else "desk_stopped_already", again, about=ID, outcome="command")


def go_on(turn: Turn, account: StaffAccount) -> Reply | None:
    """Push again; None when nothing is stopped: then the word means one's own reminders."""
    if not emergency.go_on(turn.session, by=account.id, now=turn.now):
        return None
    return turn.say("desk_goes_on", about=ID, outcome="command")


BY_WORD: dict[str, tuple[Right, Action]] = {
    "desk-announce": ("edit", desk_announcement.begin),
    "desk-go-on": ("send", go_on),
    "desk-stop": ("send", stop),
    "desk-today": ("read", day),
}
"""Key of ``language/words.yaml`` -> what it needs and does."""

BY_TAP: dict[str, tuple[Right, Action]] = {
    "desk-cancel": ("edit", desk_announcement.cancel),
    "desk-close-announce": ("edit", desk_closure.announce),
    "desk-go-on": ("send", go_on),
    "desk-open": ("edit", desk_closure.reopen),
    "desk-send": ("send", desk_announcement.send),
    "desk-undo": ("send", desk_announcement.undo),
    "desk-when": ("edit", desk_announcement.when),
    "desk-who": ("edit", desk_announcement.who),
}


def _asked(turn: Turn) -> tuple[Right, Action] | None:
    if turn.tap is not None:
        return BY_TAP.get(turn.tap.verb)
    if not turn.text:
        return None
    named = next((asked for word, asked in BY_WORD.items() if turn.means(word)), None)
    is_writing = turn.step is not None and turn.step.name == desk_announcement.TEXT
    if named is not None or not is_writing:
        return named or (("edit", desk_closure.close) if desk_closure.is_asked(turn) else None)
    return "edit", desk_announcement.written
