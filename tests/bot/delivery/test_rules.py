from dataclasses import replace
from datetime import time

from bot.app import Knowledge
from bot.delivery.rules import Opening, Rules
from bot.library.practice import Hours, Pushes


def test_the_rules_are_those_of_the_pack(knowledge: Knowledge) -> None:
    practice = knowledge.library.practice.model_copy(
        update={
            "timezone": "Asia/Seoul",
            "hours": (Hours(days=("sat",), open="09:00", close="18:00"),),
            "pushes": Pushes(quiet_from="21:00", quiet_until="07:30", most_a_day=1, monthly_limit=200, reserve=30),
        }
    )

    rules = Rules.of(replace(knowledge.library, practice=practice))

    assert (rules.quiet_from, rules.quiet_until, rules.zone.key) == (time(21), time(7, 30), "Asia/Seoul")
    assert (rules.most_a_day, rules.most_a_week, rules.monthly_limit, rules.reserve) == (1, 5, 200, 30)
    assert rules.openings == (Opening(("sat",), time(9), time(18)),)
    assert rules.barring == {"pregnant", "surgery", "acute"}
