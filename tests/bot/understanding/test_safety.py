"""The safety decision: what sounds dangerous is caught, and what only sounds like it is left alone."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.library.loader import load
from bot.library.safety_book import SafetyBook, SafetyExamples
from bot.settings import DEFAULT_CONTENT
from bot.understanding import perturb
from bot.understanding.safety import ALIKE, SafetyRules, Verdict
from bot.understanding.safety_unheard import unheard
from tests.lengths import settings

ROOT = Path(__file__).parents[3]
LANGUAGE = load(DEFAULT_CONTENT).language
EXAMPLES = LANGUAGE.safety_examples
RULES = SafetyRules.of(LANGUAGE)
ENTRIES = yaml.safe_load((ROOT / "content/safety/safety.yaml").read_text())
UNSEEN = [
    message
    for message in map(json.loads, (ROOT / "tests/data/utterances-unseen.jsonl").read_text().splitlines())
    if message["group"].startswith("safety")
]
"""Messages that nobody who wrote rules or examples has read; they are not to be mended one by one."""


EXERCISE = [
    json.loads(line)
    for line in (ROOT / "tests/data/utterances-exercise.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Dangers told beside exercise, and everyday questions of training that sound like them."""


def judged(text: str) -> str | None:
    verdict = RULES.judge(text)
    return verdict.id if verdict else None


def book(**parts: object) -> SafetyRules:
    """A small book: one rule about しびれ, with what the test adds."""
    given = {
        "words": {"しびれ": ["しびれ"], "手足": ["手", "足"]},
        "negation": {
            "words": ["無い", "ない"],
            "bridges": ["有る"],
            "ends": ["けど"],
            "lists": ["や"],
            "doubles": ["訳"],
        },
        "kinds": [{"id": "safety/see-doctor", "rules": [{"name": "numb", "why": "しびれ", "all": ["しびれ"]}]}],
    }
    return SafetyRules(SafetyBook.model_validate({**given, **parts}))


def exercising() -> SafetyRules:
    """The same small book, whose しびれ running explains where it brought it on."""
    return book(
        contexts={"運動": {"where": "occasion", "words": ["走る~", "坂道", "ジョギング"], "but": ["急に", "休んでも"]}},
        occasion={"asked": ["良い", "教える", "前"], "closes": ["時", "後", "中", "過ぎる", "て", "から"]},
        kinds=[
            {
                "id": "safety/see-doctor",
                "unless": ["運動"],
                "rules": [{"name": "numb", "why": "しびれ", "all": ["しびれ"]}],
            }
        ],
    )


def taught(cache: Path) -> SafetyRules:
    """The same small book with examples."""
    dangers = ["足の裏が砂利を踏むようで変です", "足がしびれる", "手がしびれて変です", "砂利を踏むような足の裏です"]
    harmless = ["先生の歌にしびれる", "先生の歌は最高です", "足の裏をほぐす体操は楽しい", "歌にしびれました、最高"]
    rule = {"name": "numb", "why": "しびれ", "all": ["しびれ"]}
    given = {
        "words": {"しびれ": ["しびれ"]},
        "kinds": [{"id": "safety/see-doctor", "rules": [rule], "alike": "例に似ている"}],
    }
    examples = {"dangers": {"safety/see-doctor": "\n".join(dangers * 3)}, "harmless": "\n".join(harmless * 3)}
    return SafetyRules(SafetyBook.model_validate(given), SafetyExamples.model_validate(examples), cache)


def test_hears_nearly_every_danger_in_words_never_read_before_and_names_the_right_kind() -> None:
    dangerous = [message for message in UNSEEN if message["want"]]
    caught = [message for message in dangerous if judged(message["text"])]
    right = [message for message in dangerous if judged(message["text"]) in message["want"]]

    assert len(caught) >= 0.96 * len(dangerous)
    assert len(right) >= 0.93 * len(dangerous)


def test_stays_quiet_for_nearly_every_harmless_look_alike_never_read_before() -> None:
    harmless = [message["text"] for message in UNSEEN if not message["want"]]

    assert len([text for text in harmless if judged(text)]) <= 0.06 * len(harmless)


TAUGHT = [(id, text) for id, texts in EXAMPLES.dangers.items() for text in texts[::5]]
"""Some of the examples, danger by danger."""


def test_keeps_nearly_all_that_it_has_been_taught() -> None:
    assert len([text for id, text in TAUGHT if judged(text) == id]) >= 0.98 * len(TAUGHT)
    assert len([text for text in EXAMPLES.harmless[::5] if judged(text)]) <= 0.01 * len(EXAMPLES.harmless[::5])


@pytest.mark.parametrize("change", [perturb.kana, lambda text: perturb.typo(text, random.Random(text))])
def test_knows_again_what_it_has_been_taught_however_it_is_typed(change: Callable[[str], str]) -> None:
    harmless = EXAMPLES.harmless[::7]

    assert len([text for _, text in TAUGHT if judged(change(text))]) >= 0.95 * len(TAUGHT)
    assert len([text for text in harmless if judged(change(text))]) <= 0.04 * len(harmless)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_catches_every_phrasing_of_its_own_entry(entry: dict[str, Any]) -> None:
    assert len(entry["phrasings"]) >= 14
    assert {phrasing: judged(phrasing) for phrasing in entry["phrasings"]} == dict.fromkeys(
        entry["phrasings"], entry["id"]
    )


def test_finds_the_one_dangerous_clause_in_a_long_story() -> None:
    story = "先週は肩が軽くて、家でも体操を続けています。" * 60
    told = f"{story}今朝から急に右手に力が入らないんです。{story}"

    assert judged(story) is None
    assert judged(told) == "safety/emergency"


def test_a_thought_of_suicide_goes_before_an_emergency_and_that_before_a_doctor() -> None:
    assert judged("胸が急に苦しいし、もう死にたい") == "safety/crisis"
    assert judged("妊娠中ですが急に胸が苦しい") == "safety/emergency"


@pytest.mark.parametrize(
    "text", ["胸が苦しい", "むねがくるしい", "ムネガクルシイ", "ﾑﾈｶﾞｸﾙｼｲ", "胸 が 苦しい😭", "胸が\n苦しい"]
)
def test_spelling_does_not_matter(text: str) -> None:
    assert judged(text) == "safety/emergency"


@pytest.mark.parametrize("change", [perturb.kana, lambda text: perturb.typo(text, random.Random(text))])
def test_hears_the_same_danger_all_in_kana_and_with_a_slip_of_the_finger(change: Callable[[str], str]) -> None:
    dangerous = [change(message["text"]) for message in UNSEEN if message["want"]]
    harmless = [change(message["text"]) for message in UNSEEN if not message["want"]]

    assert sum(judged(text) is not None for text in dangerous) >= 0.92 * len(dangerous)
    assert sum(judged(text) is not None for text in harmless) <= 0.07 * len(harmless)


def test_examples_catch_a_wording_that_no_rule_foresaw(tmp_path: Path) -> None:
    rules = taught(tmp_path)

    verdict = rules.judge("足の裏が砂利を踏むようで変です")
    assert verdict == Verdict("safety/see-doctor", ALIKE, ("例に似ている",))
    assert rules.judge("足の裏をほぐす体操は楽しい") is None


def test_examples_of_harmless_talk_silence_a_rule(tmp_path: Path) -> None:
    rules = taught(tmp_path)

    assert book().judge("先生の歌にしびれる") is not None
    assert rules.judge("先生の歌にしびれる") is None
    assert rules.judge("足がしびれる") is not None


def test_one_sentence_that_proves_a_rule_is_heard_among_harmless_ones(tmp_path: Path) -> None:
    assert taught(tmp_path).judge("足がしびれる。" + "先生の歌は最高です。" * 30) is not None


def test_what_was_learnt_is_kept_and_a_spoilt_file_is_made_anew(tmp_path: Path) -> None:
    first = taught(tmp_path)
    (kept,) = tmp_path.iterdir()
    again = taught(tmp_path)
    kept.write_text("{")
    anew = taught(tmp_path)

    for text in ("足の裏が砂利を踏むようで変です", "先生の歌にしびれる"):
        assert first.judge(text) == again.judge(text) == anew.judge(text)
    assert kept.read_bytes() != b"{"


def test_says_in_words_for_staff_why() -> None:
    verdict = RULES.judge("手がしびれる")

    assert verdict is not None
    assert verdict.rule == "numbness"
    assert verdict.why == ("しびれ", "「手」「しびれる」")


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("しびれがある", True),
        ("しびれがない", False),
        ("しびれや痛みはない", False),
        ("しびれがあって眠れない", True),
        ("しびれがない訳ではない", True),
        ("しびれがあるけど熱はない", True),
    ],
)
def test_a_denied_symptom_is_no_symptom(text: str, fires: bool) -> None:
    assert (book().judge(text) is not None) is fires


def test_a_group_that_names_a_place_is_never_denied() -> None:
    spared = book(
        negation={"words": ["ない"], "bridges": ["有る", "動く"], "ends": [], "lists": [], "spares": ["手足"]},
        kinds=[{"id": "safety/see-doctor", "rules": [{"name": "numb", "why": "しびれ", "all": ["手足", "しびれ"]}]}],
    )

    assert spared.judge("手が動かないし、しびれる") is not None
    assert spared.judge("しびれる") is None


@pytest.mark.parametrize(
    ("where", "text", "fires"),
    [
        ("clause", "昔は元気、しびれる", True),
        ("clause", "昔しびれた", False),
        ("sentence", "昔は元気、しびれる", False),
        ("sentence", "昔は元気。しびれる", True),
        ("message", "昔は元気。しびれる", False),
        ("before", "昔しびれた", False),
        ("before", "しびれた昔", True),
        ("after", "しびれた昔", False),
        ("after", "昔しびれた", True),
        ("clause", "昔から今もしびれる", True),
        ("message", "昔から。今もしびれる", True),
        ("before", "昔今しびれる", True),
        ("clause", "昔ではないしびれ", True),
    ],
)
def test_a_context_silences_a_rule_only_in_its_place(where: str, text: str, fires: bool) -> None:
    rules = book(
        contexts={"過去": {"where": where, "within": 6, "words": ["昔"], "but": ["今"]}},
        kinds=[
            {
                "id": "safety/see-doctor",
                "unless": ["過去"],
                "rules": [{"name": "numb", "why": "しびれ", "all": ["しびれ"]}],
            }
        ],
    )

    assert (rules.judge(text) is not None) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("走るとしびれる", False),
        ("走ると、つらいし、しびれる", False),
        ("走る。しびれる", True),
        ("走るとしびれるけど、続けていい", False),
        ("しびれる、走っていい", True),
        ("しびれる、走ると治る", True),
        ("しびれるので走るのを教えて", True),
        ("走っていいかな、しびれる", True),
        ("走ろうと思ったがしびれる", True),
        ("走る前からしびれる", True),
        ("走らないのにしびれる", True),
    ],
)
def test_what_is_named_first_brought_the_complaint_on_and_what_is_asked_for_did_not(text: str, fires: bool) -> None:
    assert (exercising().judge(text) is not None) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("しびれるんです、走るとき", False),
        ("しびれる、走ったあとです", False),
        ("しびれる、走りすぎて", False),
        ("しびれる、坂道がきつくて", False),
        ("しびれる、坂道を走ったから", False),
        ("しびれる、ジョギング中", False),
        ("しびれる、走ったあとですか", True),
        ("しびれる、坂道を見せて", True),
        ("しびれる、坂道を走るから", True),
        ("しびれる、坂道", True),
        ("しびれる、坂道は18時", True),
        ("しびれる、走っていいとき", True),
    ],
)
def test_an_afterthought_of_when_it_was_explains_too_unless_it_asks(text: str, fires: bool) -> None:
    assert (exercising().judge(text) is not None) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("走ると急にしびれる", True),
        ("走ったあと休んでもしびれる", True),
        ("走るとしびれる、休んでもいい", False),
        ("走るとしびれる。急に寒い", False),
    ],
)
def test_what_speaks_against_an_occasion_counts_unless_leave_is_asked_for_it(text: str, fires: bool) -> None:
    assert (exercising().judge(text) is not None) is fires


def test_hears_nearly_every_danger_told_beside_exercise() -> None:
    dangers = [message["text"] for message in EXERCISE if message["want"]]

    assert len(dangers) >= 60
    assert [text for text in dangers if judged(text) is None][3:] == []


def test_leaves_nearly_all_everyday_questions_of_training_alone() -> None:
    everyday = [message["text"] for message in EXERCISE if not message["want"]]

    assert len(everyday) >= 60
    assert [text for text in everyday if judged(text)][6:] == []


@pytest.mark.parametrize(
    "text",
    [
        "プランク中に息が苦しくなるけど続けていいですか",
        "スクワットすると息が苦しい、息は止めていい？",
        "懸垂で腕に力が入らないんですが続けてもいいですか",
        "ランニングしたら急に脇腹が痛くなるけど走ってもいい？",
        "バックエクステンションで息が止まる、吐いていいですか",
        "息が苦しいです、プランクのとき",
        "ヨガで息が苦しい、休んでもいい？",
    ],
)
def test_a_complaint_that_training_explains_is_no_danger(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "息ができない、プランクしていい？",
        "息が吸えません、背中呼吸を教えてください",
        "息ができないので深呼吸のやり方を教えて",
        "息苦しい ヨガ 効く?",
        "今日の筋トレ休みたいです息苦しくて",
        "右手に力が入らない、筋トレすれば戻る？",
        "ランニング後、休んでも息が苦しいままです",
        "スクワットしてたら急に胸が痛くなって冷や汗が出てる",
        "筋トレしてたら倒れた",
        "懸垂してたら失神した",
        "胸が苦しい、結婚式までに痩せたい",
        "足がしびれるけど正座していいですか",
        "何をしても腰が痛い、鍼って痛い？",
    ],
)
def test_what_is_asked_for_excuses_no_danger(text: str) -> None:
    assert judged(text) is not None


def test_words_of_a_rule_must_stand_near_each_other() -> None:
    rules = book(
        kinds=[
            {
                "id": "safety/see-doctor",
                "rules": [{"name": "n", "why": "しびれ", "all": ["手足", "しびれ"], "reach": 8}],
            }
        ]
    )

    assert rules.judge("手がしびれる") is not None
    assert rules.judge("手を洗ってから家で夕ご飯を食べました。しびれる") is None


@pytest.mark.parametrize(
    ("word", "text", "fires"),
    [
        ("息…止", "息が急に止まる", True),
        ("息…止", "息が。止まる", False),
        ("＃か月", "三か月", True),
        ("＃か月", "か月", False),
        ("動け×", "動けません", True),
        ("動け×", "動ける", False),
        ("治ら×", "治りません", True),
        ("治ら×", "治んない", True),
        ("治ら×", "治ります", False),
        ("死ぬ~", "死のう", True),
        ("死ぬ~", "死んだ", True),
        ("死ぬ~", "死角", False),
        ("全身ぶつぶつ", "全身ブツブツ", True),
        ("喉が締まる", "のどがしまる", True),
        ("血が出", "ちがでた", False),
        ("血圧…＃", "血圧が180", True),
        ("血圧…＃", "血圧が気になる", False),
        ("ナイフ", "息の合わない夫婦", False),
        ("=ガン", "ガンです", True),
        ("=ガン", "がんです", False),
        ("od", "odした", True),
        ("od", "foodです", False),
        ("@手足", "足です", True),
        ("いき", "刺激です", False),
        ("痛い？", "痛い？", True),
        ("痛い？", "痛い?", True),
        ("痛い？", "痛いです", False),
        ("ＯＤ", "od した", True),
        ("息…止まる？", "息が急に止まる？", True),
        ("=ｶﾞﾝ", "ガンです", True),
    ],
)
def test_the_signs_in_words(word: str, text: str, fires: bool) -> None:
    rules = book(words={"しびれ": [word], "手足": ["手", "足", "@しびれ"]})

    assert (rules.judge(text) is not None) is fires


def test_a_context_with_a_full_width_mark_holds_however_the_mark_was_typed() -> None:
    rules = book(
        contexts={"質問": {"where": "after", "words": ["出る？"]}},
        kinds=[
            {
                "id": "safety/see-doctor",
                "unless": ["質問"],
                "rules": [{"name": "numb", "why": "しびれ", "all": ["しびれ"]}],
            }
        ],
    )

    assert rules.judge("鍼でしびれが出る？") is None
    assert rules.judge("鍼でしびれが出る?") is None
    assert rules.judge("鍼でしびれが出る。") is not None


def test_a_denial_is_heard_whatever_width_its_word_has_in_the_book() -> None:
    rules = book(negation={"words": ["ﾅｼ"], "bridges": [], "ends": [], "lists": []})

    assert rules.judge("しびれナシ") is None
    assert rules.judge("しびれアリ") is not None


def test_a_word_that_no_message_can_hold_is_found_with_its_place() -> None:
    given = SafetyBook.model_validate(
        {
            "words": {"胸": ["胸 痛", "胸…痛", "むね？", "@胸", "ｲﾀｲ", "胸😢", "＃分、、前", "吸え×", "ＯＤ", "=ガン"]},
            "contexts": {"質問": {"where": "after", "words": ["る？", "る ？"], "but": ["急に", "急 に"]}},
            "negation": {"words": ["ない"], "bridges": [], "ends": [], "lists": ["や", "・"]},
            "occasion": {"asked": ["良 い"], "closes": ["時"]},
        }
    )

    assert list(unheard(given)) == [
        (("words", "胸", 0), "胸 痛"),
        (("words", "胸", 5), "胸😢"),
        (("words", "胸", 6), "＃分、、前"),
        (("contexts", "質問", "words", 1), "る ？"),
        (("contexts", "質問", "but", 1), "急 に"),
        (("negation", "lists", 1), "・"),
        (("occasion", "asked", 0), "良 い"),
    ]


def test_every_word_of_the_shipped_rules_may_be_heard() -> None:
    assert list(unheard(LANGUAGE.safety)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": {"しびれ": ["@ない組"]}},
        {"kinds": [{"id": "safety/crisis", "rules": [{"name": "x", "why": "x", "all": ["ない組"]}]}]},
        {"kinds": [{"id": "safety/crisis", "unless": ["ない事情"], "rules": []}]},
        {"kinds": [{"id": "safety/crisis", "rules": [], "extra": 1}]},
    ],
)
def test_a_book_that_names_what_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        book(**wrong)


@pytest.mark.parametrize(
    "danger",
    [
        "胸が苦しい",
        "息ができない",
        "血が止まらない",
        "ろれつが回らない",
        "血を吐いた",
        "激しい頭痛がする",
        "片目が見えへん",
    ],
)
@pytest.mark.parametrize(
    "besides",
    [
        "{}けど予約いけます",
        "{}、ストレッチで治る？",
        "{}。あと日曜やってますか",
        "{}んだけど体操で良くなる？",
        "{}、筋トレ続けてもいいかな",
        "{}、運動していいですか",
    ],
)
def test_what_is_said_besides_a_danger_does_not_hide_it(danger: str, besides: str) -> None:
    assert judged(besides.format(danger)) is not None


@pytest.mark.parametrize("complaint", ["肩がこる", "背中が熱い", "体が硬い", "猫背", "疲れた"])
@pytest.mark.parametrize("besides", ["{}けど予約いけます", "{}、ストレッチで治る？", "{}。あと日曜やってますか"])
def test_nor_does_it_make_a_danger_of_a_complaint(complaint: str, besides: str) -> None:
    assert judged(besides.format(complaint)) is None


@pytest.mark.parametrize(
    "text", ["吐血です", "失神しました", "破水しました", "高いところから落ちました", "頭が割れそうです"]
)
def test_a_danger_needs_no_sentence_around_it(text: str) -> None:
    assert judged(text) is not None


@pytest.mark.parametrize(
    "text", ["もう十分", "もう十分です", "もうじゅうぶん", "全部終わらせたよ", "もうこの通知は終わりにしたい"]
)
def test_having_had_enough_is_no_wish_to_die(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", ["11/24", "12/3 10:00", "2026/11/24", "１１／２４", "11/24 or 11/25"])
def test_a_day_of_the_calendar_is_no_blood_pressure(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", ["180/110", "11/24に180/110", "11/24から胸が痛い"])
def test_nor_does_a_day_hide_one(text: str) -> None:
    assert judged(text) is not None


def test_an_empty_book_finds_nothing() -> None:
    assert SafetyRules(SafetyBook()).judge("死にたい") is None


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.text(alphabet="胸痛いしびれない。、けど昔\ud800\x00ﾊﾟ😭 \n", max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    RULES.judge(text)


def test_any_thread_may_ask() -> None:
    texts = [message["text"] for message in UNSEEN]
    expected = [judged(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(judged, texts)) == expected


def test_the_texts_hold_the_right_numbers_and_nothing_for_sale() -> None:
    texts = {entry["id"]: entry["answer"] for entry in ENTRIES}

    assert "119" in texts["safety/emergency"]
    assert all(part in texts["safety/see-doctor"] for part in ("医療機関", "#7119", "119"))
    assert all(
        number in texts["safety/crisis"] for number in ("0120-061-338", "0120-783-556", "0120-279-338", "119", "110")
    )
    for text in texts.values():
        assert not any(word in text for word in ("予約", "円", "体操", "ストレッチ", "メニュー", "キャンペーン"))
