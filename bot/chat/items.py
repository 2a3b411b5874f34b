"""What items are called: symptoms and body sites in the reader's language."""

from __future__ import annotations

from functools import cache

from bot.chat.words import Sentence, Words, sentence
from bot.diary.entries import Item, Side, Symptom
from bot.diary.items import Wanted


def item_name(item: Item | Wanted, words: Words) -> Sentence:
    """The symptom, with its place where it has one: "Burning (left foot)".

    In brackets, since names stand in lists: "Burning, left foot, pain" would be three.
    """
    name = symptom_name(item.symptom, words)
    place = site_name(item.site, item.side, words)
    return words("{symptom} ({place})", symptom=name, place=place) if place else name


def symptom_name(symptom: Symptom, words: Words) -> Sentence:
    """The symptom alone, as a heading."""
    match symptom:
        case Symptom.BURNING:
            return words("Burning")
        case Symptom.TINGLING:
            return words("Tingling")
        case Symptom.PAIN:
            return words("Pain")
        case Symptom.NUMBNESS:
            return words("Numbness")
        case Symptom.SLEEP:
            return words("Disturbed sleep")


def site_name(site: str | None, side: Side | None, words: Words) -> Sentence:
    """A site that we have a word for as "left foot", any other as it was written, with its side.

    Empty when neither is given.
    """
    key = (site or "").strip()
    known = _places(words).get((key.casefold(), side))
    if known is not None:
        return known
    match side:
        case None:
            return sentence(key)
        case Side.LEFT:
            return words("{place}, left side", place=key)
        case Side.RIGHT:
            return words("{place}, right side", place=key)
        case Side.BOTH:
            return words("{place}, both sides", place=key)


@cache
def _places(words: Words) -> dict[tuple[str, Side | None], Sentence]:
    """Each site with each side written out, since adjectives follow the gender of the noun."""
    return {
        ("foot", None): words("foot"),
        ("foot", Side.LEFT): words("left foot"),
        ("foot", Side.RIGHT): words("right foot"),
        ("foot", Side.BOTH): words("both feet"),
        ("heel", None): words("heel"),
        ("heel", Side.LEFT): words("left heel"),
        ("heel", Side.RIGHT): words("right heel"),
        ("heel", Side.BOTH): words("both heels"),
        ("toes", None): words("toes"),
        ("toes", Side.LEFT): words("left toes"),
        ("toes", Side.RIGHT): words("right toes"),
        ("toes", Side.BOTH): words("toes, both sides"),
        ("ankle", None): words("ankle"),
        ("ankle", Side.LEFT): words("left ankle"),
        ("ankle", Side.RIGHT): words("right ankle"),
        ("ankle", Side.BOTH): words("both ankles"),
        ("leg", None): words("leg"),
        ("leg", Side.LEFT): words("left leg"),
        ("leg", Side.RIGHT): words("right leg"),
        ("leg", Side.BOTH): words("both legs"),
        ("calf", None): words("calf"),
        ("calf", Side.LEFT): words("left calf"),
        ("calf", Side.RIGHT): words("right calf"),
        ("calf", Side.BOTH): words("both calves"),
        ("thigh", None): words("thigh"),
        ("thigh", Side.LEFT): words("left thigh"),
        ("thigh", Side.RIGHT): words("right thigh"),
        ("thigh", Side.BOTH): words("both thighs"),
        ("knee", None): words("knee"),
        ("knee", Side.LEFT): words("left knee"),
        ("knee", Side.RIGHT): words("right knee"),
        ("knee", Side.BOTH): words("both knees"),
        ("hip", None): words("hip"),
        ("hip", Side.LEFT): words("left hip"),
        ("hip", Side.RIGHT): words("right hip"),
        ("hip", Side.BOTH): words("both hips"),
        ("hand", None): words("hand"),
        ("hand", Side.LEFT): words("left hand"),
        ("hand", Side.RIGHT): words("right hand"),
        ("hand", Side.BOTH): words("both hands"),
        ("fingers", None): words("fingers"),
        ("fingers", Side.LEFT): words("left fingers"),
        ("fingers", Side.RIGHT): words("right fingers"),
        ("fingers", Side.BOTH): words("fingers, both sides"),
        ("wrist", None): words("wrist"),
        ("wrist", Side.LEFT): words("left wrist"),
        ("wrist", Side.RIGHT): words("right wrist"),
        ("wrist", Side.BOTH): words("both wrists"),
        ("elbow", None): words("elbow"),
        ("elbow", Side.LEFT): words("left elbow"),
        ("elbow", Side.RIGHT): words("right elbow"),
        ("elbow", Side.BOTH): words("both elbows"),
        ("arm", None): words("arm"),
        ("arm", Side.LEFT): words("left arm"),
        ("arm", Side.RIGHT): words("right arm"),
        ("arm", Side.BOTH): words("both arms"),
        ("shoulder", None): words("shoulder"),
        ("shoulder", Side.LEFT): words("left shoulder"),
        ("shoulder", Side.RIGHT): words("right shoulder"),
        ("shoulder", Side.BOTH): words("both shoulders"),
        ("back", None): words("back"),
        ("back", Side.LEFT): words("left side of the back"),
        ("back", Side.RIGHT): words("right side of the back"),
        ("back", Side.BOTH): words("both sides of the back"),
        ("neck", None): words("neck"),
        ("neck", Side.LEFT): words("left side of the neck"),
        ("neck", Side.RIGHT): words("right side of the neck"),
        ("neck", Side.BOTH): words("both sides of the neck"),
        ("chest", None): words("chest"),
        ("chest", Side.LEFT): words("left side of the chest"),
        ("chest", Side.RIGHT): words("right side of the chest"),
        ("chest", Side.BOTH): words("both sides of the chest"),
        ("other", None): words("another place"),
        ("other", Side.LEFT): words("another place on the left"),
        ("other", Side.RIGHT): words("another place on the right"),
        ("other", Side.BOTH): words("another place on both sides"),
        ("", Side.LEFT): words("left side"),
        ("", Side.RIGHT): words("right side"),
        ("", Side.BOTH): words("both sides"),
    }
