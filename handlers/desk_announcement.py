"""An announcement by LINE: the text, to whom, when, how it will look, and 「送る」.

Understands: 「配信」, from staff; see `desk`
"""

from datetime import datetime

from bot import lint
from bot.broadcasts import checks, content, drafts, segments, states
from bot.broadcasts.segments import Conditions
from bot.broadcasts.terms import RefusedError, Terms, Worst
from bot.conversation import Block, Card, Choice, Reply, Step, Text, Turn
from bot.lint import Draft, Finding
from bot.models import Broadcast, StaffAccount

TEXT = "desk.text"
READY = "desk.ready"
ID = "command/menu"
MOST_SEGMENTS = 9
"""How many named segments are offered beside everybody: LINE shows 13 quick replies."""


def begin(turn: Turn, account: StaffAccount) -> Reply:
    """Ask for the text."""
    return _asking(turn, "desk_ask_text", Step(TEXT))


def written(turn: Turn, account: StaffAccount) -> Reply:
    """The text; what must not go out is asked for once more."""
    return cancel(turn, account) if turn.means("desk-cancel") else of_text(turn, account, turn.text.strip())


def of_text(turn: Turn, account: StaffAccount, text: str) -> Reply:
    """An announcement that says *text*: checked, kept as a draft, and asked to whom it goes."""
    found = _found(turn, text)
    if lint.blocks(found):
        return _asking(turn, "desk_found_high", Step(TEXT), findings=_told(turn, found))
    draft = drafts.create(turn.session, by=account.id, now=turn.now, content=content.TextContent(text=text))
    problem = next(iter(checks.of_content(draft)), None)
    if problem is not None:
        drafts.delete(turn.session, draft, by=account.id, now=turn.now)
        return _asking(turn, "desk_refused_problems", Step(TEXT))
    asking = turn.say("desk_ask_who", *_whom(turn, draft), _no(turn), about=ID, outcome="command")
    hints = (Text(turn.words("desk_found", findings=_told(turn, found))),) if found else ()
    return Reply(bubbles=(*hints, *asking.bubbles), quick=asking.quick, about=ID, outcome="command", step=Step(READY))


def who(turn: Turn, account: StaffAccount) -> Reply:
    """The button of a segment: then when."""
    draft, asked = _draft(turn), _arg(turn, 1)
    if draft is None:
        return _over(turn)
    named = next((one for one in segments.saved(turn.session) if str(one.id) == asked), None)
    conditions = Conditions.model_validate(named.conditions) if named is not None else Conditions()
    drafts.change(turn.session, draft, version=draft.version, segment=conditions, by=account.id, now=turn.now)
    local = turn.now.astimezone(turn.library.timezone)
    pick = Choice(
        turn.words("button_desk_pick"), data=f"desk-when {draft.id}", pick="datetime", initial=f"{local:%Y-%m-%dT%H:%M}"
    )
    now = turn.button("button_desk_now", f"desk-when {draft.id} now")
    return turn.say("desk_ask_when", now, pick, _no(turn, draft), about=ID, outcome="command")


def when(turn: Turn, account: StaffAccount) -> Reply:
    """The moment: then the announcement as it will arrive, and what it costs."""
    draft = _draft(turn)
    if draft is None:
        return _over(turn)
    at = _moment(turn)
    if at is not None and at < turn.now:
        return turn.say("desk_refused_in-the-past", _no(turn, draft), about=ID, outcome="command")
    terms = _terms(turn)
    people = segments.count(turn.session, segments.of(draft), turn.now, zone=turn.library.timezone)
    lines = [turn.words("desk_confirm_people", people=people), turn.words("desk_confirm_when", at=_said(turn, at))]
    states.see(turn.session, draft, by=account.id, now=turn.now)
    missing = checks.missing(turn.session, draft, worst=_worst(turn, draft), terms=terms, send_at=at, now=turn.now)
    refusal = next((one for one in missing if one.problem != "not-approved"), None)
    if refusal is not None:
        return _refused(turn, refusal, draft)
    needs_approval = any(one.problem == "not-approved" for one in missing)
    stamp = "now" if at is None else at.isoformat(timespec="minutes")
    label = "button_desk_submit" if needs_approval else "button_desk_send"
    card = Card(
        title=turn.words("desk_confirm_title"),
        blocks=(Block(turn.words("desk_confirm_heading"), tuple(lines)),),
        buttons=(turn.button(label, f"desk-send {draft.id} {stamp} {draft.version}").main(), _no(turn, draft)),
    )
    shown = (Text(turn.words("desk_preview")), Text(_says(draft)), card)
    return Reply(bubbles=shown, about=ID, outcome="command", step=Step(READY))


def send(turn: Turn, account: StaffAccount) -> Reply:
    """「送る」: on its way in 30 seconds or at its time; where somebody has to approve, it waits for them."""
    draft = _draft(turn)
    if draft is None or _arg(turn, 2) not in ("", str(draft.version)):
        return _over(turn)  # Somebody has written something else since it was shown.
    at, terms, worst = _moment(turn), _terms(turn), _worst(turn, draft)
    try:
        if states.needs_approval(terms, worst) and draft.approved_version != draft.version:
            states.submit(turn.session, draft, by=account.id, worst=worst, terms=terms, now=turn.now)
            return turn.say("desk_submitted", about=ID, outcome="command")
        states.schedule(turn.session, draft, send_at=at, by=account.id, worst=worst, terms=terms, now=turn.now)
    except RefusedError as refusal:
        return _refused(turn, refusal, draft)
    undo = turn.button("button_desk_undo", f"desk-undo {draft.id}")
    key = "desk_sent_now" if at is None else "desk_sent_later"
    return turn.say(key, undo, about=ID, outcome="command", people=draft.people_count, at=_said(turn, at))


def undo(turn: Turn, account: StaffAccount) -> Reply:
    """Take it back, as long as nothing has gone."""
    asked = _arg(turn, 0)
    draft = drafts.find(turn.session, int(asked)) if asked.isdecimal() else None
    if draft is None:
        return _over(turn)
    try:
        states.take_back(turn.session, draft, by=account.id, now=turn.now)
    except RefusedError:
        return turn.say("desk_undo_late", about=ID, outcome="command")
    return turn.say("desk_undone", about=ID, outcome="command")


def cancel(turn: Turn, account: StaffAccount) -> Reply:
    """Leave it; the draft that was begun goes."""
    draft = _draft(turn)
    if draft is not None and states.may(draft, "delete"):
        drafts.delete(turn.session, draft, by=account.id, now=turn.now)
    return turn.say("desk_cancelled", about=ID, outcome="command")


def _asking(turn: Turn, key: str, step: Step, **values: object) -> Reply:
    said = turn.say(key, _no(turn), about=ID, outcome="command", **values)
    return Reply(bubbles=said.bubbles, quick=said.quick, about=ID, outcome="command", step=step)


def _whom(turn: Turn, draft: Broadcast) -> list[Choice]:
    def count(conditions: Conditions) -> int:
        return segments.count(turn.session, conditions, turn.now, zone=turn.library.timezone)

    everybody = turn.button("button_desk_everybody", f"desk-who {draft.id} all", people=count(Conditions()))
    named = [
        Choice(
            turn.words(
                "button_desk_segment",
                name=one.name[:12],
                people=count(Conditions.model_validate(one.conditions)),
            ),
            data=f"desk-who {draft.id} {one.id}",
        )
        for one in segments.saved(turn.session)[:MOST_SEGMENTS]
    ]
    return [everybody, *named]


def _no(turn: Turn, draft: Broadcast | None = None) -> Choice:
    return turn.button("button_desk_cancel", f"desk-cancel {draft.id}" if draft is not None else "desk-cancel")


def _draft(turn: Turn) -> Broadcast | None:
    """The draft that the button is about, as long as it is one, and a text: what else it may become is for the page to show."""
    asked = _arg(turn, 0)
    draft = drafts.find(turn.session, int(asked)) if asked.isdecimal() else None
    if draft is None or draft.state != "draft":
        return None
    return draft if isinstance(content.read(draft.content), content.TextContent) else None


def _says(draft: Broadcast) -> str:
    """All of it; lists are shown no more than its beginning."""
    return content.words(content.read(draft.content))


def _arg(turn: Turn, number: int) -> str:
    args = turn.tap.args if turn.tap is not None else ()
    return args[number] if len(args) > number else ""


def _moment(turn: Turn) -> datetime | None:
    """The picked or named moment; None: now."""
    said = (turn.tap.picked if turn.tap is not None else None) or _arg(turn, 1)
    if said in ("", "now"):
        return None
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=turn.library.timezone)


def _said(turn: Turn, at: datetime | None) -> str:
    if at is None:
        return turn.words("desk_at_once")
    local = at.astimezone(turn.library.timezone)
    return f"{local.month}/{local.day} {local:%H:%M}"


def _terms(turn: Turn) -> Terms:
    return Terms.of(turn.library, is_public=True)


def _found(turn: Turn, text: str) -> tuple[Finding, ...]:
    today = turn.now.astimezone(turn.library.timezone).date()
    return lint.check(Draft.of(text), practice=turn.library.practice, today=today, book=turn.library.lint)


def _worst(turn: Turn, draft: Broadcast) -> Worst:
    return lint.worst(_found(turn, _says(draft))) or "none"


def _told(turn: Turn, found: tuple[Finding, ...]) -> str:
    return "\n".join(
        turn.words("desk_finding", quote=one.quote, law=one.law, why=one.why, fix=one.fix) for one in found
    )


def _refused(turn: Turn, refusal: RefusedError, draft: Broadcast) -> Reply:
    return turn.say(f"desk_refused_{refusal.problem}", _no(turn, draft), about=ID, outcome="command", **refusal.facts)


def _over(turn: Turn) -> Reply:
    return turn.say("desk_over", about=ID, outcome="command")
