"""What the assistant can talk about: the table of contents."""

from collections.abc import Mapping

from bot.conversation import Handler, MaybeHandler
from handlers import (
    announcements,
    articles,
    check,
    exercise,
    fallback,
    faq,
    group,
    media,
    menu,
    my_data,
    pauses,
    progress,
    reminders,
    ring,
    routine,
    safety,
    snooze,
    staff,
    term,
    thanks,
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
    "command/progress": progress.show,
    "command/reminder-list": reminders.listing,
    "command/reminder-pause": pauses.pause,
    "command/reminder-set": reminders.turn_on,
    "command/reminder-stop": pauses.stop,
    "command/routine-done": routine.done,
    "command/routine-now": routine.now,
    "command/self-check": check.offer,
    "command/snooze": snooze.later,
    "command/talk-to-staff": staff.hand_over,
    "command/thanks": thanks.answer,
}
"""What a command does."""

BY_STEP: Mapping[str, MaybeHandler] = {
    "article.section": articles.read_on,
    "check.question": check.go_on,
    "my-data.confirm": my_data.confirm,
    "my-data.shown": my_data.shown,
    "reminder.which": reminders.which,
    "routine.step": routine.go_on,
    "staff.message": staff.noted,
}
"""What a message means inside a flow; None hands it back to be read by itself."""

LASTING_STEPS: Mapping[str, str] = {
    "check.question": "button_continue_check",
    "routine.step": "button_continue_routine",
}
"""Flows that outlive a question in between, with the button that leads back."""

BY_TAP: Mapping[str, MaybeHandler] = {
    "check": check.tap,
    "delete-ask": my_data.ask,
    "delete-no": my_data.keep,
    "delete-yes": my_data.delete,
    "done": routine.done,
    "go": routine.go,
    "later": snooze.tap,
    "none": fallback.none_of_these,
    "not-safety": safety.declined,
    "others": fallback.others,
    "remind": reminders.remind,
    "remind-at": reminders.remind,
    "resume": pauses.resume,
    "resume-old": pauses.resume_old,
    "section": articles.section,
    "start": routine.start,
    "stop": pauses.stop_one,
    "start-announcements": announcements.start,
    "stop-all": pauses.stop_all,
    "stop-announcements": announcements.stop,
    "stop-reminders": pauses.stop_reminders,
    "which": reminders.which,
}
"""What a button does, by its verb; ``open`` leads to an id and needs no line here."""

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

IN_GROUP: frozenset[str] = frozenset({"article", "exercise", "faq", "safety", "term"})
"""The kinds that are answered in a group; everything else is personal."""

FALLBACK: Handler = fallback.reply
SUGGEST: Handler = fallback.suggest
OTHERS: Handler = fallback.others
NONE_OF_THESE: Handler = fallback.none_of_these
PRIVATE: Handler = group.private
REMINDER = ring.reminder
"""What rings when a reminder is due."""
