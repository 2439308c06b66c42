"""What the assistant can talk about: the table of contents."""

from collections.abc import Callable, Mapping, Sequence

from bot.conversation import Handler, MaybeHandler, Reply, Turn
from handlers import (
    announced,
    announcements,
    articles,
    back_off,
    body,
    body_notes,
    check,
    desk,
    done,
    exercise,
    export,
    fallback,
    faq,
    group,
    guided,
    media,
    menu,
    my_data,
    news,
    pauses,
    privacy,
    programme,
    progress,
    recommend,
    reminder_list,
    reminder_since,
    reminder_wishes,
    reminders,
    rest,
    ring,
    routine,
    safety,
    several,
    snooze,
    staff,
    stops,
    summary,
    term,
    thanks,
    undo,
    welcome,
)

BY_KIND: Mapping[str, Handler] = {
    "article": articles.summary,
    "check": check.start,
    "exercise": exercise.show,
    "faq": faq.answer,
    "routine": routine.show,
    "safety": safety.answer,
    "term": term.explain,
}
"""What answers an id of this kind."""

BY_COMMAND: Mapping[str, Handler] = {
    "command/articles": articles.listing,
    "command/menu": menu.show,
    "command/my-data": my_data.open,
    "command/privacy": privacy.tell,
    "command/progress": progress.show,
    "command/recommend": recommend.offer,
    "command/reminder-list": reminder_list.show,
    "command/reminder-pause": pauses.in_words,
    "command/reminder-set": reminder_wishes.in_words,
    "command/reminder-stop": stops.in_words,
    "command/routine-done": done.by_word,
    "command/routine-now": routine.now,
    "command/self-check": check.offer,
    "command/snooze": snooze.in_words,
    "command/talk-to-staff": staff.hand_over,
    "command/thanks": thanks.answer,
}
"""What a command does."""

BY_STEP: Mapping[str, MaybeHandler] = {
    "article.section": articles.read_on,
    "body.consent": body_notes.answered,
    "check.question": check.go_on,
    "done.noted": done.not_done,
    "my-data.confirm": my_data.confirm,
    "my-data.shown": my_data.shown,
    "pause.when": pauses.when,
    "reminder.asked": body.guarded(back_off.answered),
    "reminder.changed": body.guarded(undo.in_words),
    "reminder.half": body.guarded(reminder_wishes.half),
    "reminder.since": body.guarded(reminder_since.answered),
    "reminder.which": body.guarded(reminder_wishes.which),
    "routine.step": body.guarded(guided.go_on),
    "snooze.when": body.guarded(snooze.answered),
    "staff.message": staff.noted,
    "welcome.offered": welcome.offered,
    "welcome.question": welcome.answered,
}
"""What a message means inside a flow; None hands it back to be read by itself."""

LASTING_STEPS: Mapping[str, str] = {
    "check.question": "button_continue_check",
    "routine.step": "button_continue_routine",
    "welcome.question": "button_continue_welcome",
}
"""Flows that outlive a question in between, with the button that leads back."""

MOVES: frozenset[str] = frozenset({"check", "go", "start", "welcome"})
"""The buttons of these flows: they lead through one, or end it."""

IS_PLAIN: Mapping[str, Callable[[Turn], bool]] = {
    "check.question": check.is_plain,
    "pause.when": pauses.is_answer,
    "reminder.asked": back_off.is_answer,
    "reminder.since": reminder_since.is_answer,
}
"""Whether a message is so plainly an answer to the step's question that likeness to a dangerous example does not count."""

BY_TAP: Mapping[str, MaybeHandler] = {
    "break": back_off.rest,
    "check": check.tap,
    "delete-ask": my_data.ask,
    "delete-no": my_data.keep,
    "delete-yes": my_data.delete,
    "done": done.tap,
    "export": export.everything,
    "fewer": back_off.fewer,
    "go": guided.go,
    "half": reminder_wishes.half,
    "keep": back_off.keep,
    "later": snooze.tap,
    "month": progress.month,
    "none": fallback.none_of_these,
    "not-done": done.not_done,
    "note": body_notes.tap,
    "not-safety": safety.declined,
    "others": fallback.others,
    "pause": pauses.tap,
    "programme-end": programme.end,
    "programme-no": programme.decline,
    "programme-yes": programme.begin,
    "remind": reminders.remind,
    "remind-at": reminders.remind_at,
    "rest": rest.tap,
    "resume": pauses.resume,
    "resume-old": pauses.resume_old,
    "section": articles.section,
    "since": reminder_since.answered,
    "start": guided.start,
    "stop": stops.one,
    "start-announcements": announcements.start,
    "stop-all": stops.everything,
    "stop-announcements": announcements.stop,
    "stop-reminders": stops.all_reminders,
    "summary": summary.tap,
    "undo": undo.tap,
    "welcome": welcome.tap,
    "which": reminder_wishes.which,
}
"""What a button does, by its verb; ``open`` leads to an id and needs no line here."""

AS_SAID: Mapping[str, Callable[[Turn], str | None]] = {"announced": announced.words}
"""Buttons that stand for words: the person is answered as if they had written them."""

BY_EVENT: Mapping[str, Handler] = {
    "audio": media.answer,
    "file": media.answer,
    "follow": welcome.follow,
    "image": media.answer,
    "join": welcome.join,
    "location": media.location,
    "sticker": thanks.sticker,
    "video": media.answer,
}
"""What answers an event that is no text and no button."""

ASKED = "reminder.asked"
"""The step of whoever was asked, in place of a ring, how it would suit."""

IN_GROUP: frozenset[str] = frozenset({"article", "exercise", "faq", "safety", "term"})
"""The kinds that are answered in a group; everything else is personal."""

FALLBACK: Handler = fallback.reply
SUGGEST: Handler = fallback.suggest
OTHERS: Handler = fallback.others
NONE_OF_THESE: Handler = fallback.none_of_these
TOGETHER: Callable[[Turn, Sequence[Reply]], Reply] = several.together
"""What makes one reply of those to several questions of a message."""
PRIVATE: Handler = group.private
DESK: MaybeHandler = desk.enter
"""What goes before everything for staff, and for whoever ties their LINE to an account; None for everybody else."""
INSTEAD: MaybeHandler = body.instead
"""What is said in place of an answer that the person should not get; None: the answer stands."""
BESIDE: Sequence[Callable[[Turn, Reply], Reply]] = (news.rested, news.short, news.last_week, body.beside)
"""What is added to an answer, each free to leave it as it is: news that rides along for nothing."""
REMINDER = ring.reminder
"""What rings when a reminder is due."""
PROGRAMME = programme.offer
"""What offers a programme."""
SUMMARY = summary.weekly
"""What the weekly summary says."""
