"""From what a patient types to scores. Times and dates are read in typed_times.py.

Laws:
1. A text holds scores only if all of it is numbers, names of symptoms and places, and the few small words
   listed here, English and Spanish alike. With any other word it is a note: "took 2 tablets", "7 but worse".
2. Nothing is clamped, rounded or guessed. What can be read in two ways is asked again (Unclear, WhichItem,
   WhichSite); scores returned are whole numbers from 0 to 10.
3. Nothing here raises on any text, and reading takes time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from bot.diary.entries import HIGHEST, LOWEST, Item, ItemId, Side, Symptom

# --- What a text can turn out to be


class Reason(StrEnum):
    """Why a text of numbers was not understood."""

    OUT_OF_RANGE = "out_of_range"
    NEGATIVE = "negative"
    FRACTION = "fraction"
    RANGE = "range"
    COUNT = "count"
    """Numbers without names, and neither one nor as many as there are items."""
    CONTRADICTION = "contradiction"
    """One item, two values."""
    OTHER = "other"
    """Also a date, a time, a telephone number, and a symptom or place that is not asked today."""


@dataclass(frozen=True, slots=True)
class Scores:
    """To be stored: each item at most once, every value from 0 to 10."""

    values: tuple[tuple[ItemId, int], ...]


@dataclass(frozen=True, slots=True)
class WhichItem:
    """One number, and no question that it could be an answer to: ask what it is for."""

    value: int


@dataclass(frozen=True, slots=True)
class WhichSite:
    """A name that fits several items: ask which of `items` the value is for; `rest` can be stored.

    `symptom` is None where only a place was named ("left foot 4") and several symptoms are asked there.
    """

    symptom: Symptom | None
    value: int
    items: tuple[ItemId, ...]
    rest: tuple[tuple[ItemId, int], ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Meant as scores, but not readable as such: say why, and ask again. Nothing of it is stored."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class NotScores:
    """A note, or the answer to something else."""


Reading = Scores | WhichItem | WhichSite | Unclear | NotScores


def scores(text: str, items: Sequence[Item], *, asking: ItemId | None) -> Reading:
    """Read a text as scores of `items`, which are those of the day in the order asked.

    `asking` is the item whose question is open, or None; one that is not among `items` counts as None.
    One number answers the open question; as many numbers as items answer all of them in order; numbers with
    names go by their names.
    """
    own = [item.site for item in items if item.site]
    try:
        parts = _numbers(_meanings(_pieces(text), own))
        if not any(isinstance(part, int) for part in parts):
            return NotScores()
        if any(isinstance(part, _Name) for part in parts):
            return _named(parts, items, asking)
        return _unnamed(parts, items, asking)
    except _IsNote:
        return NotScores()
    except _Puzzle as puzzle:
        return Unclear(puzzle.reason)


class _IsNote(Exception):
    """A word that is not listed."""


class _Puzzle(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


# --- The words


class _Small(Enum):
    """What small words and marks do to the numbers beside them."""

    FILLER = auto()
    BESIDE_A_NAME = auto()
    """ "I have pain 6", but not "I have 6"."""
    ARTICLE = auto()
    """ "la", "las": a filler, but before a number an hour ("las 7")."""
    BREAK = auto()
    """Between one score and the next: a comma, a new line, "and"."""
    JOIN = auto()
    """Between a name and its number: ":", "=", " - "."""
    SCALE = auto()
    """ "7 of 10"; without the ten a filler."""
    OUT_OF = auto()
    """Only as in "7 out of 10"."""
    OR = auto()
    """ "5 or 6"."""
    A = auto()
    """An English article, and Spanish "5 a 6"."""
    BETWEEN = auto()
    MINUS = auto()
    HALF = auto()
    """ "and a half", "point five"."""
    DOUBTFUL = auto()
    """ "at 7" may be the hour."""


@dataclass(frozen=True, slots=True)
class _Site:
    """A body site, spelt as in Item.site, without case."""

    site: str


_Name = Symptom | Side | _Site
_Part = int | _Name | _Small
"""A text that has been understood piece by piece; an int is a score."""


def _listed(meanings: Mapping[_Part, str]) -> dict[tuple[str, ...], _Part]:
    return {tuple(phrase.split()): meaning for meaning, phrases in meanings.items() for phrase in phrases.split(",")}


# Folded as `folded` does: no case, no accents, no apostrophes. Left out on purpose: "hurts" and "duele" (which
# symptom?), "yesterday" (which day?), "was" and "almost" (which number?), "none" and "nada" (of what?).
_NAMES: Final = _listed(
    {
        Symptom.BURNING: "burning, burn, burns, ardor, ardores, ardiente, quemazon, quemazones",
        Symptom.TINGLING: "tingling, tingle, tingles, pins and needles, pins needles, pins, needles, "
        "prickling, hormigueo, hormigueos, cosquilleo, cosquilleos",
        Symptom.PAIN: "pain, pains, ache, aches, dolor, dolores",
        Symptom.NUMBNESS: "numbness, numb, entumecimiento, entumecido, entumecida, entumecidos, entumecidas, "
        "adormecimiento, adormecido, adormecida, adormecidos, adormecidas",
        Symptom.SLEEP: "sleep, sleeping, disturbed sleep, sleep interference, sueno, dormir, dormir mal",
        Side.LEFT: "left, left side, izquierdo, izquierda, izquierdos, izquierdas, lado izquierdo, izq",
        Side.RIGHT: "right, right side, derecho, derecha, derechos, derechas, lado derecho, der",
        Side.BOTH: "both, both sides, ambos, ambas, ambos lados, los dos lados",
        _Site("foot"): "foot, feet, pie, pies",
        _Site("heel"): "heel, heels, talon, talones",
        _Site("toes"): "toes, toe, dedos del pie, dedo del pie, dedos de los pies",
        _Site("ankle"): "ankle, ankles, tobillo, tobillos",
        _Site("leg"): "leg, legs, pierna, piernas",
        _Site("calf"): "calf, calves, pantorrilla, pantorrillas",
        _Site("thigh"): "thigh, thighs, muslo, muslos",
        _Site("knee"): "knee, knees, rodilla, rodillas",
        _Site("hip"): "hip, hips, cadera, caderas",
        _Site("hand"): "hand, hands, mano, manos",
        _Site("fingers"): "fingers, finger, dedos de la mano, dedo de la mano, dedos de las manos",
        _Site("wrist"): "wrist, wrists, muneca, munecas",
        _Site("elbow"): "elbow, elbows, codo, codos",
        _Site("arm"): "arm, arms, brazo, brazos",
        _Site("shoulder"): "shoulder, shoulders, hombro, hombros",
        _Site("back"): "back, espalda",
        _Site("neck"): "neck, cuello",
        _Site("chest"): "chest, pecho",
        _Site("other"): "another place, other place, otro lugar",
    }
)
_SMALL: Final = _listed(
    {
        0: "zero, cero",
        1: "one, uno",
        2: "two, dos",
        3: "three, tres",
        4: "four, cuatro",
        5: "five, cinco",
        6: "six, seis",
        7: "seven, siete",
        8: "eight, ocho",
        9: "nine, nueve",
        10: "ten, diez",
        _Small.FILLER: "its, it, is, im, i, id, say, i would say, about, around, roughly, approximately, "
        "approx, today, tonight, now, right now, my, the, an, level, score, just, still, please, es, esta, "
        "un, el, los, mi, mis, del, hoy, ahora, como, mas o menos, aproximadamente, alrededor, unos, nivel, "
        "puntuacion, por favor",
        _Small.BESIDE_A_NAME: "have, feel, feels, in, on, for, with, en, con, tengo, siento",
        _Small.ARTICLE: "la, las",
        _Small.BREAK: "and, y, e",
        _Small.SCALE: "of, de, sobre",
        _Small.OUT_OF: "out of",
        _Small.OR: "or, to, o, u",
        _Small.A: "a",
        _Small.BETWEEN: "between, entre, from, desde",
        _Small.MINUS: "minus, menos",
        _Small.HALF: "half, medio, media, point, punto, coma",
        _Small.DOUBTFUL: "at, a la, a las",
    }
)
_WORDS: Final = _NAMES | _SMALL
_LONGEST: Final = max(len(phrase) for phrase in _WORDS)


# --- From characters to pieces


class _Kind(Enum):
    NUMBER = auto()
    WORD = auto()
    MARK = auto()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of digits (in ASCII), a folded word, or one mark; `apart`: with a space or nothing before it."""

    kind: _Kind
    text: str
    apart: bool


_APOSTROPHES: Final = "'’ʼ`´"
_DASHES: Final = frozenset("-‐‑‒–—−﹣－")
_SLASHES: Final = frozenset("/⁄∕／")
_BREAKS: Final = frozenset("\n,;.!¡|•·…،؛、。，；．！٫")
_JOINS: Final = frozenset(":=：＝→")
_IGNORED: Final = frozenset('()[]"“”„«»*_~≈')
_FRACTION: Final = "\0"
"""Stands for every fraction that is one character, such as ½."""
_CAPPED: Final = "\u20e3"
_RUN: Final = re.compile(f"[0-9\ufe0f{_CAPPED}]+")
_KEYCAP: Final = re.compile("[0-9]\ufe0f?\u20e3")
_PIECE: Final = re.compile(rf"([0-9]+)|([^\W\d_](?:[^\W\d_]|[{_APOSTROPHES}](?=[^\W\d_]))*)|(\n)|\s+|(.)", re.DOTALL)


_YES_WORDS: Final = (
    "yes|y|yep|yeah|ok|okay|right|correct|that is right|thats right|yes it is|it is|the same|same|sure|"
    "si|s|vale|correcto|exacto|eso es|lo mismo|el mismo|la misma|asi es"
)
_YES: Final = frozenset(_YES_WORDS.split("|"))


def is_yes(text: str) -> bool:
    """Whether the text says yes to a question, in English or Spanish, and nothing else."""
    words = "".join(c if c.isalnum() else " " for c in folded(text))
    return " ".join(words.split()) in _YES


def folded(text: str) -> str:
    """Without case, accents and apostrophes."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c) and c not in _APOSTROPHES)


def plain(text: str) -> str:
    """With digits of any script in ASCII, fractions as one sign, and nothing that can't be seen."""
    text = text.replace("\r\n", "\n").replace("\N{KEYCAP TEN}", "10").replace("&", " and ")
    text = _RUN.sub(_uncapped, text)
    return "".join(map(_plain_character, unicodedata.normalize("NFC", text)))


def _uncapped(run: re.Match[str]) -> str:
    """Keycaps are a number each. But "1" beside "0" may be ten, and a digit without a cap anything."""
    if _CAPPED not in run[0]:
        return run[0]
    digits = [cap[0] for cap in _KEYCAP.findall(run[0])]
    if "10" in "".join(digits) or len(_KEYCAP.sub("", run[0]).strip("\ufe0f")) > 0:
        return " 0?"
    return " ".join(digits)


def _plain_character(c: str) -> str:
    if c.isascii():
        return c
    if c.isdecimal():
        return str(unicodedata.decimal(c))
    if unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f":
        return ""  # writing direction, joiners, the choice of an emoji's picture
    worth = unicodedata.numeric(c, None)
    if worth is None or c.isalpha():
        return c
    # A ring or a superscript is not a plain digit: "7²".
    return " 0?" if worth.is_integer() else _FRACTION


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    apart = True
    for match in _PIECE.finditer(plain(text)):
        number, word, line, mark = match.groups()
        if number:
            found.append(_Piece(_Kind.NUMBER, number, apart))
        elif word:
            found.append(_Piece(_Kind.WORD, folded(word), apart))
        elif line or mark:
            found.append(_Piece(_Kind.MARK, line or mark, apart))
        apart = not (number or word or mark)
    return found


# --- From pieces to what they mean


def _meanings(pieces: Sequence[_Piece], own_sites: Iterable[str]) -> list[_Piece | _Part]:
    """Replace each listed word or phrase by its meaning. Raises _IsNote at the first word that has none.

    Sites that are not in our list are known by their own spelling.
    """
    known = _WORDS | {
        phrase: _Site(site.strip().casefold())
        for site in own_sites
        if (phrase := _phrase(site)) and phrase not in _WORDS
    }
    longest = max(len(phrase) for phrase in known)
    found: list[_Piece | _Part] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece.kind is not _Kind.WORD:
            found.append(piece)
            position += 1
            continue
        # A phrase may be joined by hyphens: "pins-and-needles".
        words, ends = [piece.text], [position + 1]
        ahead = position + 1
        while len(words) < longest and ahead < len(pieces):
            if pieces[ahead].text in _DASHES and not pieces[ahead].apart:
                ahead += 1
            if ahead >= len(pieces) or pieces[ahead].kind is not _Kind.WORD:
                break
            words.append(pieces[ahead].text)
            ahead += 1
            ends.append(ahead)
        for length in range(len(words), 0, -1):
            meaning = known.get(tuple(words[:length]))
            if meaning is not None:
                break
        else:
            raise _IsNote
        end = ends[length - 1]
        glued = (position > 0 and not piece.apart and pieces[position - 1].kind is _Kind.NUMBER) or (
            end < len(pieces) and not pieces[end].apart and pieces[end].kind is _Kind.NUMBER
        )
        if glued and not isinstance(meaning, _Name):
            raise _IsNote  # "7a" is a house, "a7" a road
        if isinstance(meaning, int):
            found.append(_Piece(_Kind.NUMBER, str(meaning), apart=True))
        else:
            found.append(meaning)
        position = end
    return found


def _numbers(parts: Sequence[_Piece | _Part]) -> list[_Part]:
    """Turn digits and marks into scores, breaks and joins. Raises _Puzzle at the first that can't be one.

    A text without any number comes back without one, whatever its marks.
    """
    if not any(_is_number(part) or _is_mark(part, _FRACTION) for part in parts):
        return []
    if any(part is _Small.HALF for part in parts):
        raise _Puzzle(Reason.FRACTION)
    if any(part is _Small.BETWEEN for part in parts):
        several = sum(_is_number(part) for part in parts) > 1
        raise _Puzzle(Reason.RANGE if several else Reason.OTHER)
    found: list[_Part] = []
    position = 0
    while position < len(parts):
        part = parts[position]
        before = parts[position - 1] if position else None
        after = parts[position + 1] if position + 1 < len(parts) else None
        match part:
            case _Piece(kind=_Kind.NUMBER):
                end = _chain_end(parts, position)
                chain = [p for p in parts[position:end] if isinstance(p, _Piece)]
                follows = parts[end] if end < len(parts) else None
                last = end + 1 < len(parts) and _is_number(parts[end + 1])
                if follows in (_Small.SCALE, _Small.OUT_OF) and last and _chain_end(parts, end + 1) == end + 2:
                    chain += [_Piece(_Kind.MARK, "/", apart=True), *_only_pieces(parts[end + 1 : end + 2])]
                    end += 2
                elif follows in (_Small.OR, _Small.A) and last:
                    raise _Puzzle(Reason.RANGE)
                if _is_number(before) and _is_small_fraction(chain):
                    raise _Puzzle(Reason.FRACTION)
                values = _values(chain)
                found.append(values[0])
                for value in values[1:]:
                    found += [_Small.BREAK, value]
                position = end
                continue
            case _Piece(text=mark, apart=apart):
                found += _read_mark(mark, apart, before, after)
            case _Small.MINUS:
                raise _Puzzle(Reason.NEGATIVE if _is_number(after) else Reason.OTHER)
            case _Small.OR | _Small.OUT_OF | _Small.DOUBTFUL:
                raise _Puzzle(Reason.OTHER)
            case _Small.ARTICLE if _is_number(after):
                raise _Puzzle(Reason.OTHER)
            case _Small.SCALE | _Small.A | _Small.ARTICLE:
                found.append(_Small.FILLER)
            case _:
                found.append(part)
        position += 1
    return found


def _read_mark(mark: str, apart: bool, before: _Piece | _Part | None, after: _Piece | _Part | None) -> list[_Part]:
    """A mark that is not inside of a number."""
    touches = isinstance(after, _Piece) and not after.apart and _is_number(after)
    if mark == _FRACTION or (mark == "." and touches and (apart or before is None)):
        raise _Puzzle(Reason.FRACTION)
    if mark in _DASHES:
        if before is None or _is_mark(before):  # "-1", or the dash before a line of a list
            if _is_number(after):
                raise _Puzzle(Reason.NEGATIVE)
            return []
        if after is None:
            raise _Puzzle(Reason.OTHER)  # "7-"
        if not _is_number(after):
            return [_Small.BREAK]
        if apart and touches:  # "pain -6"
            raise _Puzzle(Reason.NEGATIVE)
        return [_Small.JOIN]
    if mark in _BREAKS:
        return [_Small.BREAK]
    if mark in _JOINS:
        return [_Small.JOIN]
    if mark in _IGNORED:
        return []
    raise _Puzzle(Reason.OTHER)


def _phrase(site: str) -> tuple[str, ...]:
    """A body site as its words are looked up; a hyphen parts words, as it does in what is typed."""
    return tuple(re.findall(r"[^\W\d_]+", folded(site)))


def _is_number(part: _Piece | _Part | None) -> bool:
    return isinstance(part, _Piece) and part.kind is _Kind.NUMBER


def _is_mark(part: _Piece | _Part | None, mark: str | None = None) -> bool:
    return isinstance(part, _Piece) and part.kind is _Kind.MARK and mark in (None, part.text)


def _only_pieces(parts: Iterable[_Piece | _Part]) -> list[_Piece]:
    return [part for part in parts if isinstance(part, _Piece)]


def _chain_end(parts: Sequence[_Piece | _Part], start: int) -> int:
    """Where the numbers end that marks hang together, from that at `start`: "4/10", "5 - 6", "4,3,5"."""
    end = start + 1
    while end + 1 < len(parts):
        mark, number = parts[end], parts[end + 1]
        if not (isinstance(mark, _Piece) and isinstance(number, _Piece) and _is_mark(mark) and _is_number(number)):
            break
        tight = not mark.apart and not number.apart
        loose = mark.text in _SLASHES or mark.text in _DASHES
        if not (loose or (tight and mark.text in {",", ".", ":", "٫", "'", "’"})):
            break
        end += 2
    return end


def _is_small_fraction(chain: Sequence[_Piece]) -> bool:
    """The 1/2 of "3 1/2"."""
    return (
        len(chain) == 3
        and chain[1].text in _SLASHES
        and chain[2].text in {"2", "3", "4"}
        and chain[0].text < chain[2].text
        and len(chain[0].text) == 1
    )


def _values(chain: Sequence[_Piece]) -> list[int]:
    """The scores of numbers that hang together; a lone number is the plainest chain."""
    digits = [piece.text for piece in chain[::2]]
    marks = ["/" if m.text in _SLASHES else "-" if m.text in _DASHES else m.text for m in chain[1::2]]
    kinds = set(marks)
    if not marks:
        return [_value(digits[0])]
    if marks == ["/"]:
        return [_of_ten(digits[0], digits[1])]
    if kinds == {"/", ","} and marks[::2] == ["/"] * (len(marks) // 2 + 1) and set(marks[1::2]) == {","}:
        # "4/10,3/10,5/10"; but "7,5/10" is a fraction.
        return [_of_ten(value, scale) for value, scale in zip(digits[::2], digits[1::2], strict=True)]
    if len(marks) == 1 or len(kinds) > 1:
        if "-" in kinds and kinds <= {"-", "/"} and all(map(_fits, digits)):
            raise _Puzzle(Reason.RANGE)
        raise _Puzzle(Reason.FRACTION if kinds & {",", ".", "٫"} and kinds <= {",", ".", "٫", "/"} else Reason.OTHER)
    # Three or more with one mark: a list, for no range and no fraction has three ends. A date has too
    # large a number or a nought before; and with a ten after a slash, nobody knows where the scales are.
    if kinds == {","}:
        return [_value(each) for each in digits]
    if kinds <= {"/", "-", "."} and all(map(_fits, digits)) and not ("/" in kinds and "10" in digits[1:]):
        return [int(each) for each in digits]
    raise _Puzzle(Reason.OTHER)


def _fits(digits: str) -> bool:
    return len(digits) <= 2 and str(int(digits)) == digits and LOWEST <= int(digits) <= HIGHEST


def _value(digits: str) -> int:
    if _fits(digits):
        return int(digits)
    raise _Puzzle(Reason.OTHER if digits[0] == "0" else Reason.OUT_OF_RANGE)


def _of_ten(digits: str, scale: str) -> int:
    """7 of "7/10". Another scale is not ours to convert, and may be a date."""
    if scale != "10":
        raise _Puzzle(Reason.OTHER)
    return _value(digits)


# --- Places


@dataclass(frozen=True, slots=True)
class Place:
    """A body site, as Item.site spells those that we have a word for and as it was typed else, with its side."""

    site: str
    side: Side | None


def place(text: str) -> Place | None:
    """The body site that a text names: "left knee", "mi pie izquierdo", "big toe on the left".

    None where it names none: no word but those of scores, a figure, a sign, or nothing at all.
    """
    said = unicodedata.normalize("NFC", text).strip(" \t\n.,;!")
    if not all(c.isalpha() or c in _IN_A_PLACE or unicodedata.category(c)[0] == "M" for c in said):
        return None
    spelt = [word for piece in re.split(rf"[{re.escape(_APART_IN_A_PLACE)}\s]+", said) if (word := _tidy(piece))]
    found = _understood([folded(word) for word in spelt])
    sides = {meaning for meaning, _, _ in found if isinstance(meaning, Side)}
    side = sides.pop() if len(sides) == 1 else Side.BOTH if sides else None
    sites = {meaning.site for meaning, _, _ in found if isinstance(meaning, _Site)}
    others = [begin for begin, (meaning, _, _) in enumerate(found) if meaning is None]
    if not others:
        plain_place = not any(isinstance(meaning, Symptom | int) for meaning, _, _ in found)
        return Place(sites.pop(), side) if len(sites) == 1 and plain_place else None
    own = [each for each in found if not isinstance(each[0], Side)]
    while own and isinstance(own[0][0], _Small):
        own.pop(0)
    while own and isinstance(own[-1][0], _Small):
        own.pop()
    return Place(" ".join(word for _, begin, end in own for word in spelt[begin:end]), side)


def _tidy(word: str) -> str:
    """A word with hyphens and apostrophes between its letters alone."""
    parts = (re.sub(f"[{_APOSTROPHES}]+", "'", part).strip("'") for part in word.split("-"))
    return "-".join(part for part in parts if any(map(str.isalpha, part)))


_APART_IN_A_PLACE: Final = ",;()/"
_IN_A_PLACE: Final = frozenset(f" \t\n-{_APOSTROPHES}{_APART_IN_A_PLACE}")


def _understood(words: Sequence[str]) -> list[tuple[_Part | None, int, int]]:
    """The longest listed phrases in a text from left to right, with their ends; None: a word that is not listed."""
    found: list[tuple[_Part | None, int, int]] = []
    begin = 0
    while begin < len(words):
        longest = min(_LONGEST, len(words) - begin)
        length = next((n for n in range(longest, 0, -1) if tuple(words[begin : begin + n]) in _WORDS), 1)
        found.append((_WORDS.get(tuple(words[begin : begin + length])), begin, begin + length))
        begin += length
    return found


# --- From scores to items


def _unnamed(parts: Sequence[_Part], items: Sequence[Item], asking: ItemId | None) -> Reading:
    if _Small.BESIDE_A_NAME in parts:
        return Unclear(Reason.OTHER)
    values = [part for part in parts if isinstance(part, int)]
    places = [position for position, part in enumerate(parts) if isinstance(part, int)]
    inside = parts[places[0] : places[-1]]
    if any(part is not _Small.BREAK and not isinstance(part, int) for part in inside):
        return Unclear(Reason.OTHER)  # "7 today 5"
    if len(values) == 1 and items:
        if any(item.id == asking for item in items):
            return _checked([(item.id, values[0]) for item in items if item.id == asking])
        if len(items) > 1:
            return WhichItem(values[0])
    if len(values) != len(items):
        return Unclear(Reason.COUNT)
    return _checked([(item.id, value) for item, value in zip(items, values, strict=True)])


@dataclass(frozen=True, slots=True)
class _Described:
    """One value, and the names that stand with it."""

    names: frozenset[_Name]
    value: int


def _named(parts: Sequence[_Part], items: Sequence[Item], asking: ItemId | None) -> Reading:
    described, names_first = _pairs(parts)
    clear: list[tuple[ItemId, int]] = []
    open_ones: list[tuple[_Described, list[Item]]] = []
    before: frozenset[_Name] = frozenset()
    for each in described:
        fitting = _fitting(each.names, items)
        if names_first and not any(isinstance(name, Symptom) for name in each.names):
            fitting = _carried_on(each.names, before, items)
            before |= each.names
        else:
            before = each.names
        if len(described) == 1 and len(fitting) > 1:
            # The open question is one of them: it is the one being answered.
            fitting = [item for item in fitting if item.id == asking] or fitting
        if not fitting:
            return Unclear(Reason.OTHER)
        if len(fitting) == 1:
            clear.append((fitting[0].id, each.value))
        else:
            open_ones.append((each, fitting))
    taken = {item_id for item_id, _ in clear}
    for each, fitting in list(open_ones):
        # "burning 4, burning left foot 3": the first is the one without a place, since the other has its score.
        left = [item for item in fitting if item.id not in taken]
        if len(left) == 1 and _names_of(left[0]) == each.names:
            clear.append((left[0].id, each.value))
            open_ones.remove((each, fitting))
    rest = _checked(clear)
    if not open_ones or isinstance(rest, Unclear):
        return rest
    if len(open_ones) > 1:
        return Unclear(Reason.OTHER)
    (each, fitting) = open_ones[0]
    symptoms = {item.symptom for item in fitting}
    alike = symptoms.pop() if len(symptoms) == 1 else None
    return WhichSite(alike, each.value, tuple(item.id for item in fitting), rest.values)


def _carried_on(names: frozenset[_Name], before: frozenset[_Name], items: Sequence[Item]) -> list[Item]:
    """What fits a place that stands without a symptom: "burning left foot 4, right 5" speaks of one symptom.

    A side alone after another side never leaves that symptom; a place may: "burning 4, left knee 5".
    """
    symptom = frozenset(name for name in before if isinstance(name, Symptom))
    site = frozenset(name for name in before if isinstance(name, _Site))
    bare = all(isinstance(name, Side) for name in names)
    for more in ([symptom | site] if bare else []) + [symptom]:
        if fitting := _fitting(names | more, items):
            return fitting
    stays = bare and bool(symptom) and any(isinstance(name, Side) for name in before)
    return [] if stays else _fitting(names, items)


def _pairs(parts: Sequence[_Part]) -> tuple[list[_Described], bool]:
    """Which names belong to which number, and whether names come first. Raises _Puzzle where unsure."""
    segments: list[list[int | _Name]] = [[]]
    for part in parts:
        if part is _Small.BREAK:
            segments.append([])
        elif not isinstance(part, _Small):
            segments[-1].append(part)
    segments = _whole_names([segment for segment in segments if segment])
    if all(sum(isinstance(part, int) for part in segment) == 1 < len(segment) for segment in segments):
        # Commas or new lines part the scores, so names on both sides of a number are its own.
        if any(isinstance(s[0], int) for s in segments) and any(isinstance(s[-1], int) for s in segments):
            raise _Puzzle(Reason.OTHER)
        found = [
            _Described(_agreeing(part for part in segment if not isinstance(part, int)), value)
            for segment in segments
            for value in segment
            if isinstance(value, int)
        ]
        return found, all(isinstance(segment[-1], int) for segment in segments)
    return _alternating(segments)


def _whole_names(segments: Sequence[list[int | _Name]]) -> list[list[int | _Name]]:
    """A symptom and its place are one name, also with a comma between: "burning, left foot 4"."""
    found: list[list[int | _Name]] = []
    for segment in segments:
        last = found[-1] if found else []
        names = [part for part in segment if not isinstance(part, int)]
        goes_on = (
            bool(last)
            and all(not isinstance(part, int) for part in last)
            and not isinstance(segment[0], int)
            and not any(isinstance(name, Symptom) for name in names)
        )
        if goes_on:
            last += segment
        else:
            found.append(list(segment))
    return found


def _alternating(segments: Sequence[Sequence[int | _Name]]) -> tuple[list[_Described], bool]:
    """Names and numbers in turn, all the way, beginning with either."""
    turns: list[int | list[_Name]] = []
    broken: list[bool] = []  # whether a break stands before each turn
    for segment in segments:
        fresh = True
        for part in segment:
            last = turns[-1] if turns else None
            if not isinstance(part, int) and isinstance(last, list) and not fresh:
                last.append(part)
                continue
            turns.append(part if isinstance(part, int) else [part])
            broken.append(fresh)
            fresh = False
    names_first = isinstance(turns[0], list)
    found: list[_Described] = []
    for one, other in zip(turns[::2], turns[1::2], strict=False):
        names, value = (one, other) if names_first else (other, one)
        if not isinstance(names, list) or not isinstance(value, int):
            raise _Puzzle(Reason.OTHER)
        found.append(_Described(_agreeing(names), value))
    # "4, burning 3, pain": a break inside of a pair is only right where all the pairs are parted as well.
    if len(turns) % 2 or (any(broken[1::2]) and not all(broken[2::2])):
        raise _Puzzle(Reason.OTHER)
    return found, names_first


def _agreeing(names: Iterable[_Name]) -> frozenset[_Name]:
    """At most one symptom, one site and one side: "burning and tingling 4" is nobody's score."""
    found = frozenset(names)
    if len({type(name) for name in found}) < len(found):
        raise _Puzzle(Reason.OTHER)
    return found


def _fitting(names: frozenset[_Name], items: Sequence[Item]) -> list[Item]:
    return [item for item in items if names <= _names_of(item)]


def _names_of(item: Item) -> frozenset[_Name]:
    found: set[_Name] = {item.symptom}
    if item.site:
        meaning = _NAMES.get(_phrase(item.site))
        found.add(meaning if isinstance(meaning, _Site) else _Site(item.site.strip().casefold()))
    if item.side is not None:
        found.add(item.side)
    return frozenset(found)


def _checked(pairs: Iterable[tuple[ItemId, int]]) -> Scores | Unclear:
    """Each item once."""
    found: dict[ItemId, int] = {}
    for item_id, value in pairs:
        if found.setdefault(item_id, value) != value:
            return Unclear(Reason.CONTRADICTION)
    return Scores(tuple(found.items()))
