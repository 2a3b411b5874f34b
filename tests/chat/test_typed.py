"""What a typed text is read as."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import typed
from bot.chat.items import item_name
from bot.chat.typed import (
    NotScores,
    Place,
    Reason,
    Scores,
    Unclear,
    WhichItem,
    WhichSite,
    place,
    scores,
)
from bot.chat.words import words
from bot.diary.entries import Item, ItemId, Side, Symptom


def an_item(number: int, symptom: Symptom, site: str | None = None, side: Side | None = None) -> Item:
    return Item(ItemId(number), symptom, site, side, number, date(2026, 1, 1))


BURNING, TINGLING, PAIN = ItemId(1), ItemId(2), ItemId(3)
ADAS = (an_item(1, Symptom.BURNING), an_item(2, Symptom.TINGLING), an_item(3, Symptom.PAIN))
"""Ada is asked for the three symptoms, without places."""

LEFT, RIGHT = ItemId(1), ItemId(2)
BENS = (
    an_item(1, Symptom.BURNING, "foot", Side.LEFT),
    an_item(2, Symptom.BURNING, "foot", Side.RIGHT),
    an_item(3, Symptom.PAIN),
)
"""Ben has two burning feet."""

ALL_FIVE = tuple(an_item(number, symptom) for number, symptom in enumerate(Symptom, start=1))


def named(*pairs: tuple[int, int]) -> Scores:
    return Scores(tuple((ItemId(item), value) for item, value in pairs))


@pytest.mark.parametrize(
    "text",
    [
        "7",
        " 7 ",
        "7.",
        "7!",
        "¡7!",
        "(7)",
        "~7",
        "7/10",
        "7 / 10",
        "7⁄10",
        "7 out of 10",
        "seven out of ten",
        "7 of 10",
        "7 de 10",
        "7 sobre 10",
        "siete de diez",
        "about 7",
        "it's a 7",
        "It’s a 7.",
        "I'd say 7",
        "around 7 today",
        "es un 7",
        "más o menos 7",
        "hoy 7",
        "seven",
        "SIETE",
        "٧",
        "۷",
        "७",
        "７",
        "\u200f٧\u200f",
        "7️⃣",
        "7\u20e3",
        "7️⃣/🔟",
    ],
)
def test_one_number_answers_the_open_question(text: str) -> None:
    assert scores(text, ADAS, asking=TINGLING) == Scores(((TINGLING, 7),))


@pytest.mark.parametrize("text", ["0", "zero", "cero", "0/10", "٠", "0️⃣"])
def test_nought_is_a_score(text: str) -> None:
    assert scores(text, ADAS, asking=PAIN) == Scores(((PAIN, 0),))


@pytest.mark.parametrize("text", ["10", "10/10", "🔟", "ten", "diez", "10 out of 10", "١٠"])
def test_ten_is_a_score(text: str) -> None:
    assert scores(text, ADAS, asking=PAIN) == Scores(((PAIN, 10),))


def test_one_number_without_a_question_asks_which_item() -> None:
    assert scores("7", ADAS, asking=None) == WhichItem(7)
    assert scores("7", ADAS, asking=ItemId(99)) == WhichItem(7)
    assert scores("7", ADAS[:1], asking=None) == Scores(((BURNING, 7),))


@pytest.mark.parametrize("asking", [None, BURNING])
@pytest.mark.parametrize(
    "text",
    [
        "4 3 5",
        "4,3,5",
        "4, 3, 5",
        "4;3;5",
        "4 / 3 / 5",
        "4/3/5",
        "4-3-5",
        "4 - 3 - 5",
        "4.3.5",
        "4. 3. 5",
        "4\n3\n5",
        "4\r\n3\r\n5\r\n",
        "4, 3 and 5",
        "4, 3 y 5",
        "four three five",
        "cuatro, tres, cinco",
        "٤، ٣، ٥",
        "۴ ۳ ۵",
        "4️⃣3️⃣5️⃣",
        "4️⃣ 3️⃣ 5️⃣",
        "4/10 3/10 5/10",
        "4/10,3/10,5/10",
        "4/10, 3/10 and 5/10",
        "4 out of 10, 3 out of 10, 5 out of 10",
        "it's 4, 3, 5 today",
        "burning 4, tingling 3, pain 5",
        "Burning 4 tingling 3 pain 5",
        "pain 5, tingling 3, burning 4",
        "4 burning, 3 tingling, 5 pain",
        "4 burning 3 tingling 5 pain",
        "burning: 4\ntingling: 3\npain: 5",
        "- burning 4\n- tingling 3\n- pain 5",
        "burning - 4\ntingling – 3\npain — 5",
        "burning=4 tingling=3 pain=5",
        "burning4 tingling3 pain5",
        "burning\n4\ntingling\n3\npain\n5",
        "Ardor 4, hormigueo 3 y dolor 5",
        "quemazón 4/10, cosquilleo 3/10, dolor 5/10",
        "burn 4, pins and needles 3, ache 5",
        "burning 4, pins & needles 3 & pain 5",
        "pins-and-needles 3, pain 5, burning 4, burning 4",
        "my burning is about 4 today and my tingling is a 3 and my pain is 5",
    ],
)
def test_all_items_at_once_whatever_is_open(text: str, asking: ItemId | None) -> None:
    reading = scores(text, ADAS, asking=asking)
    assert isinstance(reading, Scores)
    assert sorted(reading.values) == [(1, 4), (2, 3), (3, 5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("burning 4, pain 6", named((1, 4), (3, 6))),
        ("pain: 6", named((3, 6))),
        ("4 burning", named((1, 4))),
        ("burning=4", named((1, 4))),
        ("burning four", named((1, 4))),
        ("I have pain 6", named((3, 6))),
        ("dolor de 6", named((3, 6))),
        ("DOLOR 6/10", named((3, 6))),
        ("pain (today) 6", named((3, 6))),
        ("pain 4 pain 4", named((3, 4))),
    ],
)
def test_names_say_which_item_even_while_another_is_asked(text: str, expected: Scores) -> None:
    assert scores(text, ADAS, asking=TINGLING) == expected


@pytest.mark.parametrize(
    ("symptom", "names"),
    [
        (Symptom.BURNING, ["burning", "burn", "ardor", "quemazón", "QUEMAZO\u0301N"]),
        (Symptom.TINGLING, ["tingling", "pins and needles", "hormigueo"]),
        (Symptom.PAIN, ["pain", "ache", "dolor"]),
        (Symptom.NUMBNESS, ["numbness", "numb", "entumecimiento"]),
        (Symptom.SLEEP, ["sleep", "sueño"]),
    ],
)
def test_every_symptom_has_names_in_both_languages(symptom: Symptom, names: list[str]) -> None:
    item = next(item for item in ALL_FIVE if item.symptom is symptom)
    for name in names:
        assert scores(f"{name} 8", ALL_FIVE, asking=None) == Scores(((item.id, 8),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left foot 4 burning", named((1, 4))),
        ("burning left 4", named((1, 4))),
        ("4 burning right foot", named((2, 4))),
        ("burning in the right foot: 4", named((2, 4))),
        ("pie izquierdo 4", named((1, 4))),
        ("ardor en el pie derecho 4", named((2, 4))),
        ("left 4 right 5", named((1, 4), (2, 5))),
        ("burning left 4, right 5, pain 6", named((1, 4), (2, 5), (3, 6))),
        ("left foot 4 burning, right foot 3 burning", named((1, 4), (2, 3))),
        ("pain 6", named((3, 6))),
        ("4 5 6", named((1, 4), (2, 5), (3, 6))),
    ],
)
def test_sites_and_sides_tell_feet_apart(text: str, expected: Scores) -> None:
    assert scores(text, BENS, asking=None) == expected


def test_a_symptom_said_once_holds_for_the_sides_after_it() -> None:
    items = (
        *BENS[:2],
        an_item(3, Symptom.PAIN, "foot", Side.LEFT),
        an_item(4, Symptom.PAIN, "foot", Side.RIGHT),
    )
    expected = named((1, 4), (2, 5), (3, 6), (4, 7))
    assert scores("burning left 4, right 5, pain left 6, right 7", items, asking=None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Burning, left foot 4", named((1, 4))),
        ("burning, left foot: 4, right: 5", named((1, 4), (2, 5))),
        ("Burning (left foot) 4, Burning (right foot) 5, Pain 6", named((1, 4), (2, 5), (3, 6))),
        ("Burning (left foot, left side) 4", named((1, 4))),
        ("burning, pain 6", Unclear(Reason.OTHER)),
        ("4, left foot, burning 3", Unclear(Reason.OTHER)),
    ],
)
def test_a_comma_may_stand_between_a_symptom_and_its_place(text: str, expected: object) -> None:
    assert scores(text, BENS, asking=None) == expected


def test_a_side_after_a_side_stays_with_its_symptom() -> None:
    items = (BENS[0], an_item(2, Symptom.PAIN, "knee", Side.RIGHT))
    assert scores("burning left 4 right 6", items, asking=None) == Unclear(Reason.OTHER), "no right foot is followed"
    assert scores("burning 4, right knee 6", items, asking=None) == named((1, 4), (2, 6))
    more = (*BENS[:2], an_item(3, Symptom.BURNING, "knee", Side.RIGHT))
    assert scores("burning left foot 4, right 6", more, asking=None) == named((1, 4), (2, 6)), "the right foot"


def test_a_bare_name_is_the_bare_item_where_the_others_have_their_scores() -> None:
    items = (*BENS[:2], an_item(3, Symptom.BURNING))
    assert scores("burning left 4, burning right 5, burning 6", items, asking=None) == named((1, 4), (2, 5), (3, 6))
    assert scores("burning left 4, burning 6", items, asking=None) == WhichSite(
        Symptom.BURNING, 6, (LEFT, RIGHT, ItemId(3)), ((LEFT, 4),)
    )


def test_a_name_that_fits_two_feet_asks_which() -> None:
    both = (LEFT, RIGHT)
    assert scores("burning 4", BENS, asking=None) == WhichSite(Symptom.BURNING, 4, both, ())
    assert scores("burning 4, pain 6", BENS, asking=None) == WhichSite(Symptom.BURNING, 4, both, ((PAIN, 6),))
    assert scores("burning 4, pain 6", BENS, asking=LEFT) == WhichSite(Symptom.BURNING, 4, both, ((PAIN, 6),))
    assert scores("burning 4, burning 5", BENS, asking=None) == Unclear(Reason.OTHER)
    items = (BENS[0], an_item(3, Symptom.PAIN, "foot", Side.LEFT))
    assert scores("left foot 4", items, asking=None) == WhichSite(None, 4, (LEFT, PAIN), ())


def test_a_name_that_fits_the_open_question_answers_it() -> None:
    assert scores("burning 4", BENS, asking=RIGHT) == Scores(((RIGHT, 4),))


def test_a_site_in_the_therapists_own_words_is_known() -> None:
    items = (an_item(1, Symptom.PAIN, "Big toe", Side.LEFT), an_item(2, Symptom.PAIN, "jaw"))
    assert scores("left big toe 4, jaw 5", items, asking=None) == named((1, 4), (2, 5))
    assert scores("jaw 5", ADAS, asking=None) == NotScores()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11", Reason.OUT_OF_RANGE),
        ("100", Reason.OUT_OF_RANGE),
        ("435", Reason.OUT_OF_RANGE),
        ("11/10", Reason.OUT_OF_RANGE),
        ("pain 11", Reason.OUT_OF_RANGE),
        ("4 3 11", Reason.OUT_OF_RANGE),
        ("9" * 4096, Reason.OUT_OF_RANGE),
        ("-1", Reason.NEGATIVE),
        ("−1", Reason.NEGATIVE),
        ("- 1", Reason.NEGATIVE),
        ("minus 1", Reason.NEGATIVE),
        ("menos uno", Reason.NEGATIVE),
        ("pain -1", Reason.NEGATIVE),
        ("pain: -1", Reason.NEGATIVE),
        ("6.5", Reason.FRACTION),
        ("6,5", Reason.FRACTION),
        ("7.0", Reason.FRACTION),
        ("٦٫٥", Reason.FRACTION),
        (".5", Reason.FRACTION),
        ("6.5/10", Reason.FRACTION),
        ("7,5 de 10", Reason.FRACTION),
        ("6½", Reason.FRACTION),
        ("6 ½", Reason.FRACTION),
        ("½", Reason.FRACTION),
        ("3 1/2", Reason.FRACTION),
        ("6 and a half", Reason.FRACTION),
        ("6 y medio", Reason.FRACTION),
        ("six point five", Reason.FRACTION),
        ("4, 3.5, 2", Reason.FRACTION),
        ("5-6", Reason.RANGE),
        ("5–6", Reason.RANGE),
        ("5 - 6", Reason.RANGE),
        ("5-6/10", Reason.RANGE),
        ("5 to 6", Reason.RANGE),
        ("5 or 6", Reason.RANGE),
        ("5 o 6", Reason.RANGE),
        ("de 5 a 6", Reason.RANGE),
        ("entre 5 y 6", Reason.RANGE),
        ("between five and six", Reason.RANGE),
        ("pain 5-6", Reason.RANGE),
        ("4 3", Reason.COUNT),
        ("4, 3", Reason.COUNT),
        ("1 2 3 4", Reason.COUNT),
        ("pain 4, pain 5", Reason.CONTRADICTION),
        ("pain 4 dolor 5", Reason.CONTRADICTION),
        ("7/8", Reason.OTHER),
        ("7 de 8", Reason.OTHER),
        ("2/3", Reason.OTHER),
        ("2/3/2026", Reason.OTHER),
        ("2.3.26", Reason.OTHER),
        ("2026-03-02", Reason.OTHER),
        ("7:30", Reason.OTHER),
        ("12:30", Reason.OTHER),
        ("at 7", Reason.OTHER),
        ("a las 7", Reason.OTHER),
        ("555-1234", Reason.OTHER),
        ("+1 (555) 123-4567", Reason.OTHER),
        ("07", Reason.OTHER),
        ("4/10/5", Reason.OTHER),
        ("7?", Reason.OTHER),
        ("+7", Reason.OTHER),
        ("7-", Reason.OTHER),
        ("7%", Reason.OTHER),
        ("7²", Reason.OTHER),
        ("⑦", Reason.OTHER),
        ("7 😢", Reason.OTHER),
        ("1️⃣0️⃣", Reason.OTHER),
        ("I have 7", Reason.OTHER),
        ("7 today 5 6", Reason.OTHER),
        ("pain 7 now 5", Reason.OTHER),
        ("burning 4, 6 pain", Reason.OTHER),
        ("burning 4 6 pain", Reason.OTHER),
        ("4, burning 3, pain", Reason.OTHER),
        ("burning 4, 3, 5", Reason.OTHER),
        ("burning and tingling 4", Reason.OTHER),
        ("numbness 3", Reason.OTHER),
        ("left foot pain 3", Reason.OTHER),
    ],
)
def test_what_is_not_plainly_a_score_is_asked_again(text: str, reason: Reason) -> None:
    assert scores(text, ADAS, asking=BURNING) == Unclear(reason)


def test_two_items_do_not_make_two_scores_of_a_fraction_or_a_range() -> None:
    assert scores("6,5", ADAS[:2], asking=None) == Unclear(Reason.FRACTION)
    assert scores("6-5", ADAS[:2], asking=None) == Unclear(Reason.RANGE)
    assert scores("6 / 5", ADAS[:2], asking=None) == Unclear(Reason.OTHER)
    assert scores("6/10", ADAS[:2], asking=BURNING) == named((1, 6))
    assert scores("6, 5", ADAS[:2], asking=None) == named((1, 6), (2, 5))


def test_nothing_to_be_asked_takes_no_score() -> None:
    assert scores("7", (), asking=None) == Unclear(Reason.COUNT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "😢",
        "burning",
        "left foot",
        "none",
        "nothing",
        "nada",
        "took 2 tablets",
        "7 but worse at night",
        "yesterday 7",
        "almost 7",
        "me duele 7",
        "not 7",
        "7pm",
        "7th",
        "7a",
        "3 de marzo",
        "pain 6 after walking 2 km",
        "http://example.org/7",
        "@ben 7",
        "七",
        "боль 7",
    ],
)
def test_any_other_word_makes_it_a_note(text: str) -> None:
    assert scores(text, ADAS, asking=BURNING) == NotScores()


LISTED = sorted({word for phrase in typed._WORDS for word in phrase})
SCRAPS = st.one_of(
    st.sampled_from(LISTED),
    st.integers(-20, 200).map(str),
    st.sampled_from([*" ,;.:/-–=\n!?&½", "7️⃣", "🔟", "٧", "/10", "😢", "(", ")", "\u20e3", "\ufe0f", "²", "pins"]),
)


def is_sound(reading: typed.Reading, items: tuple[Item, ...]) -> bool:
    pairs: tuple[tuple[ItemId, int], ...]
    match reading:
        case Scores(pairs):
            assert pairs
        case WhichSite(_, value, several, rest):
            assert len(several) > 1
            pairs = (*((item, value) for item in several), *rest)
        case WhichItem(value):
            pairs = ((items[0].id, value),)
        case _:
            pairs = ()
    ids = [item for item, _ in pairs]
    known = {item.id for item in items}
    return len(set(ids)) == len(ids) and known.issuperset(ids) and all(0 <= value <= 10 for _, value in pairs)


@given(text=st.one_of(st.text(), st.lists(SCRAPS).map("".join), st.lists(SCRAPS).map(" ".join)))
@settings(max_examples=100, deadline=None)
def test_nothing_raises_and_no_score_leaves_the_scale(text: str) -> None:
    for items in (ADAS, BENS):
        for asking in (None, ItemId(1)):
            assert is_sound(scores(text, items, asking=asking), items)


@given(
    word=st.text("abcdefghijklmnñopqrstuvwxyzáéабвגد", min_size=1).filter(
        lambda word: typed.folded(word) not in LISTED
    ),
    before=st.lists(SCRAPS).map(" ".join),
    after=st.lists(SCRAPS).map(" ".join),
)
@settings(max_examples=100, deadline=None)
def test_a_word_outside_the_lists_always_makes_a_note(word: str, before: str, after: str) -> None:
    assert scores(f"{before} {word} {after}", ADAS, asking=BURNING) == NotScores()


DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]


@given(
    values=st.lists(st.integers(0, 10), min_size=2, max_size=5),
    between=st.sampled_from([" ", ", ", "; ", ";", "\n", " and ", " y ", "/10 "]),
    digits=st.sampled_from(DIGITS),
)
@settings(max_examples=100, deadline=None)
def test_all_in_order_reads_back(values: list[int], between: str, digits: str) -> None:
    text = between.join(map(str, values)) + ("/10" if between == "/10 " else "")
    text = text.translate(str.maketrans("0123456789", digits))
    items = ALL_FIVE[: len(values)]
    expected = Scores(tuple((item.id, value) for item, value in zip(items, values, strict=True)))
    assert scores(text, items, asking=items[0].id) == expected


@given(
    values=st.dictionaries(st.sampled_from(ALL_FIVE), st.integers(0, 10), min_size=1),
    form=st.sampled_from(["{name} {value}", "{name}: {value}", "{value} {name}", "{name}={value}/10"]),
    between=st.sampled_from([", ", "\n", " and ", " "]),
)
@settings(max_examples=100, deadline=None)
def test_names_with_values_read_back(values: dict[Item, int], form: str, between: str) -> None:
    text = between.join(form.format(name=item.symptom.value, value=value) for item, value in values.items())
    expected = Scores(tuple((item.id, value) for item, value in values.items()))
    assert scores(text, ALL_FIVE, asking=None) == expected


@pytest.mark.parametrize(
    "scrap", ["7", "7 ", "7,", "7/", "-", "7-", "pins and ", "a", "7️⃣", "burning 4 ", "½", "'", "a'"]
)
def test_the_longest_text_is_read_to_its_end(scrap: str) -> None:
    text = (scrap * 4096)[:4096]
    assert is_sound(scores(text, ADAS, asking=None), ADAS)


# --- places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left foot", Place("foot", Side.LEFT)),
        ("Foot, left.", Place("foot", Side.LEFT)),
        ("mi pie izquierdo", Place("foot", Side.LEFT)),
        ("la rodilla (derecha)", Place("knee", Side.RIGHT)),
        ("both feet", Place("foot", Side.BOTH)),
        ("left and right foot", Place("foot", Side.BOTH)),
        ("feet", Place("foot", None)),
        ("dedos del pie izquierdo", Place("toes", Side.LEFT)),
        ("on the left side of my back", Place("back", Side.LEFT)),
        ("left big toe", Place("big toe", Side.LEFT)),
        ("big toe on the left", Place("big toe", Side.LEFT)),
        ("dedo gordo izquierdo", Place("dedo gordo", Side.LEFT)),
        ("sole of the foot", Place("sole of the foot", None)),
        ("  Jaw  ", Place("Jaw", None)),
        ("under the pain", Place("under the pain", None)),
    ],
)
def test_a_place_is_read_with_its_side(text: str, expected: Place) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "4", "L5", "toe 2", "left", "pain", "pain left", "foot and knee", "😢", "the", "foot?", "a:b", "-"],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert place(text) is None


@given(
    st.text("aáeñöxtofłßlндΩ '’-,()\n", max_size=20)
    | st.lists(st.sampled_from(["left", "pie", "toe", "and", "pain", "x", "4", "the", "del", "pins"])).map(" ".join)
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_taken_for_a_place_is_understood_in_an_answer(text: str) -> None:
    found = place(text)
    if found is not None:
        items = (
            Item(ItemId(1), Symptom.BURNING, found.site, found.side, 0, date(2026, 1, 1)),
            an_item(2, Symptom.PAIN),
        )
        name = unescape(item_name(items[0], words("en")))
        assert scores(f"{name} 4", items, asking=None) == Scores(((ItemId(1), 4),))
        assert place(found.site) == Place(found.site, None)
