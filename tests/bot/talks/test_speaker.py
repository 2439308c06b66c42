"""A human who writes is told apart from the assistant by name and picture."""

from dataclasses import replace

import pytest

from bot.app import Knowledge
from bot.library.practice import Practice
from bot.simulator.limits import check_send
from bot.talks import speaker
from tests.every_card import BASE, PICTURES


@pytest.mark.parametrize(("account", "name"), [("sato", "佐藤"), ("suzuki", "スタッフ")])
def test_who_has_a_name_in_the_pack_goes_by_it_and_nobody_by_what_they_sign_in_with(
    knowledge: Knowledge, account: str, name: str
) -> None:
    told = knowledge.library.practice.model_dump(mode="json")
    practice = Practice.model_validate(told | {"staff": told["staff"] | {"names": {"sato": "佐藤"}}})
    library = replace(knowledge.library, practice=practice)

    sender = speaker.of_staff(library, account, PICTURES)

    assert sender["name"] == name
    assert sender["iconUrl"].startswith(f"{BASE}/pictures/")
    message = {"type": "text", "text": "a", "sender": sender}
    assert check_send("push", {"to": "U" + "1" * 32, "messages": [message]}) == []


def test_without_a_public_address_there_is_a_name_and_no_picture(knowledge: Knowledge) -> None:
    assert speaker.of_staff(knowledge.library, "sato", lambda _: None) == {"name": "スタッフ"}
