from bot.teaching.evidence import Waiting
from bot.teaching.likeness import groups


def waiting(
    number: int, text: str, *, picked: tuple[tuple[str, int], ...] = (), offered: tuple[str, ...] = ()
) -> Waiting:
    return Waiting(number, text, times=2, offered=offered, picked=picked, declined=0, silent=0)


def test_texts_that_are_alike_are_one_matter_and_the_newest_comes_first() -> None:
    found = groups(
        [
            waiting(1, "犬を連れて行ってもいいですか"),
            waiting(2, "領収書は出ますか"),
            waiting(3, "犬を連れて行ってもいい？"),
            waiting(4, "領収書って出ますか？"),
            waiting(5, "ぞう"),
        ]
    )

    assert [[one.number for one in group.texts] for group in found] == [[5], [4, 2], [3, 1]]
    assert found[1].times == 4


def test_a_group_names_first_what_people_chose_then_what_they_were_offered() -> None:
    (group,) = groups(
        [
            waiting(1, "領収書は出ますか", offered=("faq/a", "faq/b")),
            waiting(2, "領収書は出ますか？", picked=(("faq/c", 1), ("faq/b", 3))),
        ]
    )

    assert group.named == ("faq/b", "faq/c", "faq/a")


def test_a_text_of_one_letter_or_of_signs_only_is_no_trouble() -> None:
    assert len(groups([waiting(1, "あ"), waiting(2, "…"), waiting(3, "🐘")])) >= 1
    assert groups([]) == []
