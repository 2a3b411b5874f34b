"""What people do, and what a broken server would send: acts drawn by Hypothesis, small, plain and easy to shrink.

An act is data. The town (town.py) turns it into updates when its turn comes, since what can be tapped depends on what
is on the screen by then.

Well-formed is an update as the Bot API documents it: every field that is always there is there, of its type, ids and
instants in their range; a text may be any JSON string. A person can have sent it, with Telegram's own app or with
another, so it must never be parked. Everything else is made by Mutilated, Renumbered and Odd, from a well-formed one,
and may be.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from enum import Enum
from typing import Any, Final, get_type_hints

from hypothesis import strategies as st

from bot import handlers
from bot.chat import buttons
from tests.fuzz import specimens
from tests.fuzz.specimens import SECRET, Json

# --- acts


class Where(Enum):
    """The chat that something is said in."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class On(Enum):
    """The message whose button is tapped."""

    NEWEST = "newest"
    OLD = "old"
    SOMEONE_ELSES = "someone else's"
    INACCESSIBLE = "inaccessible"
    INLINE = "inline"
    NOTHING = "nothing"
    GROUPS = "group's"


@dataclass(frozen=True, slots=True)
class Says:
    """Everyone in `who`, a bit for each of the cast, sends one message; `reply` and `seconds` are what they say."""

    who: int
    body: Json
    where: Where = Where.PRIVATE
    user: Json | None = None
    reply: int | None = None
    seconds: int = 0
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Taps:
    """A button with any data at all. No `data`: the button of a game."""

    who: int
    data: str | None
    on: On = On.NEWEST
    user: Json | None = None


@dataclass(frozen=True, slots=True)
class Presses:
    """The button of that number, counted from the newest message, really on screen."""

    who: int
    number: int


@dataclass(frozen=True, slots=True)
class OpensLink:
    """The newest invitation on the inviter's screen."""

    who: int
    inviter: int
    user: Json | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot's own standing in a chat changes."""

    who: int
    where: Where
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Sends:
    """Any kind of update that the library knows."""

    who: int
    kind: str
    full: bool
    form: int


@dataclass(frozen=True, slots=True)
class Mutilated:
    """The updates of an act, each with `junk` in place `at`, counted through the whole JSON."""

    act: Act
    at: int
    junk: Any


@dataclass(frozen=True, slots=True)
class Renumbered:
    """The updates of an act under an update_id that is none."""

    act: Act
    update_id: Any


@dataclass(frozen=True, slots=True)
class Odd:
    """No update at all."""

    value: Any


@dataclass(frozen=True, slots=True)
class Again:
    """An update that came before comes once more."""

    back: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Everything is worked off, then the clock moves on and ticks."""

    minutes: int


Act = Says | Taps | Presses | OpensLink | Membership | Sends | Mutilated | Renumbered | Odd | Again | Waits


@dataclass(frozen=True, slots=True)
class Gone:
    """Junk that stands for a field that is not there."""


@dataclass(frozen=True, slots=True)
class Deep:
    """Junk that is a list in a list in a list."""

    levels: int

    def built(self) -> Any:
        made: Any = []
        for _ in range(self.levels):
            made = [made]
        return made


# --- texts

LONG: Final = 4096
CURATED: Final = (
    *(
        "7",
        "0",
        "10",
        "11",
        "-1",
        "4 3 5",
        "burning 7",
        "my chest hurts",
        "no puedo orinar",
        "pain 3, tingling 2",
        "7/10",
        "7 or 8",
        "3.5",
        "ardor 4",
        "1 2 3 4 5 6",
    ),
    *("٧", "७", "７", "7️⃣", "🔟", "½", "७/१०", "Ⅶ", "⑦", "7²", "𝟕", "٤ ٣ ٥", "7\u200d", "\u202e7", "᠗", "႗"),
    *("21:30", "9 pm", "8", "24:00", "99:99", "las 9 de la noche", "noon", "٢١:٣٠", "0000", "2400", "at ٩ pm"),
    *(
        "Lisbon",
        "Kathmandu",
        "San José",
        "Springfield",
        "Paris, Texas",
        "🏠",
        "Europe/Lisbon",
        "Etc/UTC",
        "../../etc/passwd",
    ),
    *(
        "2 March",
        "yesterday",
        "30 February",
        "29/2/2025",
        "2026-03-02",
        "0001-01-01",
        "9999-12-31",
        "31/12",
        "lunes pasado",
    ),
    *("yes", "sí", "no", "ok", "y", ".", "?", "/", "//", "/ start", "@SymptomDiaryBot", "hello", "thank you"),
    *(
        "\u200b",
        "\u2060\u200d",
        "\u3164",
        "\u00a0",
        "\u2800",
        "\ufeff",
        "\u200e\u200f",
        "\n\n",
        " ",
        "\t7\t",
        "\r\n7\r\n",
        "\x00",
        "7\x00",
        "\x1b[31m",
    ),
    *(
        "\ud83d",
        "\udc00",
        "7\ud83d",
        "\ud83d\ud83d",
        "a\udfffb",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "e\u0301" * 50,
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    ),
    *(
        "<b>",
        "</b>",
        "<b>7</b>",
        "&amp;",
        "&lt;b&gt;",
        "<a href='x'>",
        "<",
        "&",
        "&#0;",
        "&#x110000;",
        "<tg-spoiler>",
        '"',
    ),
    *("{}", "{0}", "{name}", "%s", "%(n)d", "${x}", "'; drop table scores; --", "\\", "\\u0000", "null", "NaN", "true"),
    *(
        "\u202eאבג 7",
        "مرحبا ٧",
        "שלום",
        "你好",
        "👩‍👩‍👧‍👦",
        "🇵🇹",
        "👍🏽",
        "7 " * 2048,
        "٣" * LONG,
        "a" * LONG,
        "🙂" * 2048,
        "<" * LONG,
        "&" * LONG,
        "\n" * 4000 + "7",
    ),
    *(
        SECRET,
        f"it burns like {SECRET}",
        f"{SECRET} " * 250,
        "burning 7\n" * 400,
        "pain " * 800,
        "-" * LONG,
        "7" * LONG,
        "9" * 19,
        "." * LONG,
    ),
)
ALPHABETS: Final = (
    st.characters(),
    st.characters(categories=("Cs", "Cf", "Cc", "Mn", "Zs", "Zl", "Zp")),
    st.characters(categories=("Nd", "Nl", "No")),
    st.sampled_from("0123456789 .,-/:;amphxy<>&{}%\n"),
)
drawn_texts: Final = st.sampled_from(ALPHABETS).flatmap(lambda alphabet: st.text(alphabet, min_size=1, max_size=30))
texts: Final = st.sampled_from(CURATED) | drawn_texts
ARGUMENTS: Final = st.sampled_from(
    (
        "",
        " ",
        "\n",
        " 7",
        " Ada L",
        f" {SECRET}",
        " es",
        " EN",
        " tlh",
        " x" * 2000,
        " \u200b",
        " \u202e",
        " <b>x</b>",
        " &",
        " \ud83d",
        " \x00",
        " " + "n" * 40,
        " " + "n" * 41,
        " 🙂" * 20,
        " " + "🙂" * 40,
        " " + "<" * 40,
        " ../..",
        " 2026-03-02",
        " " + "\u0301" * 40,
        " @all",
        " {0}",
        " \u3164",
    )
)
COMMANDS: Final = (
    *handlers.COMMANDS,
    "nothing",
    "",
    "START",
    "start@SymptomDiaryBot",
    "start@OtherBot",
    "x" * 64,
    "_",
    "today_",
    "ñ",
)


@st.composite
def commands(draw: st.DrawFn) -> Json:
    """A command with the entity that Telegram puts to it, or with one that does not fit."""
    text = "/" + draw(st.sampled_from(COMMANDS)) + draw(ARGUMENTS)
    length = len(text.split()[0]) + draw(st.sampled_from((0, 0, 0, 0, -1, 1, 5000)))
    return {"text": text[:LONG], "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


ENTITIES: Final = st.sampled_from(
    (
        *(
            {"type": kind, "offset": 0, "length": 1}
            for kind in ("mention", "bot_command", "url", "code", "pre", "custom_emoji", "from a newer Bot API")
        ),
        *(
            {"type": "bot_command", "offset": at, "length": long}
            for at in (0, 1, 4096, 10**6)
            for long in (0, 4, 4096, 10**6)
        ),
        {"type": "text_link", "offset": 0, "length": 2, "url": f"https://example.org/{SECRET}"},
        {"type": "text_mention", "offset": 0, "length": 2, "user": specimens.PERSON},
    )
)
PLACES: Final = st.sampled_from(
    (
        (38.7, -9.1),
        (0.0, 0.0),
        (90.0, 180.0),
        (-90.0, -180.0),
        (91.0, 181.0),
        (1e308, -1e308),
        (float("nan"), 0.0),
        (float("inf"), float("-inf")),
        (27.7, 85.3),
        (5e-324, -0.0),
        (1, 2),
    )
)


@st.composite
def contents(draw: st.DrawFn) -> Json:
    """One of the things that a message can hold, often with words of one's own under it."""
    name = draw(st.sampled_from(specimens.CONTENTS))
    made = {name: specimens.content(name, draw(st.booleans()), draw(st.integers(0, 3)))}
    if draw(st.integers(0, 3)) == 3:
        made["caption"] = draw(texts)
    return made


bodies: Final = st.deferred(
    lambda: weighted(
        (5, st.builds(lambda text: {"text": text}, texts)),
        (3, commands()),
        (2, contents()),
        (1, st.builds(lambda text, some: {"text": text, "entities": some}, texts, st.lists(ENTITIES, max_size=3))),
        (1, st.builds(lambda at: {"location": {"latitude": at[0], "longitude": at[1]}}, PLACES)),
        (1, st.builds(lambda text, more: {"text": text, **more}, texts, contents())),
    )
)

# --- people

PEOPLE: Final = 20
"""More than the cast has: the bits are taken by turns."""
whos: Final = st.integers(1, 2**PEOPLE - 1)
users: Final = st.none() | st.sampled_from(
    (
        {"first_name": ""},
        {"first_name": SECRET * 200, "last_name": SECRET * 200},
        {"first_name": "<b>&amp;", "last_name": "</i>"},
        {"first_name": "\u3164", "last_name": "\u200b"},
        {"first_name": "\ud83d", "username": "x" * 32},
        {"first_name": "\u202e\u0000\n", "language_code": ""},
        *(
            {"language_code": code}
            for code in (
                "es",
                "es-MX",
                "ES_419",
                "xx",
                "pt-br",
                "-",
                "_",
                "en" * 200,
                "\u200b",
                "ar",
                "zh-hans",
                "i-klingon",
            )
        ),
        {"is_premium": True, "added_to_attachment_menu": True, "something_new": {"from": "a newer Bot API"}},
    )
)

# --- taps

DAYS: Final = (
    "20260301",
    "20260302",
    "20260303",
    "20260304",
    "20260305",
    "20260310",
    "20200229",
    "10000101",
    "99991231",
    "00010101",
    "20260230",
    "2026030",
    "202603033",
    "",
    "today",
    "٢٠٢٦٠٣٠٣",
)
NUMBERS: Final = (
    *map(str, range(1, 14)),
    "0",
    "-1",
    "100",
    "253402300799999999",
    "-253402300799999999",
    "9" * 30,
    "1772532000000000",
    "+1",
    "01",
    "1.0",
    " 1",
    "",
    "٧",
    "1e3",
)
STRINGS: Final = (
    "yes",
    "no",
    "now",
    "later",
    "other",
    "2100",
    "0000",
    "2460",
    "foot",
    "back",
    "left",
    "-",
    "en",
    "es",
    "Europe/Lisbon",
    "Asia/Kathmandu",
    "Etc/UTC",
    "",
    "x" * 40,
    "<b>",
    "\u200b",
    "\ud83d",
    "🙂" * 10,
    ": ",
    "own",
)
TIMES: Final = ("0000", "0330", "2000", "2359", "2400", "800", "20:00", "")
KINDS: Final = sorted(buttons._BY_CODE)


@st.composite
def payloads(draw: st.DrawFn) -> str:
    """The data of one of our buttons, with fields from the right to the impossible."""
    code = draw(st.sampled_from(KINDS))
    kind = buttons._BY_CODE[code]
    hints = get_type_hints(kind)
    parts = [draw(_field(hints[field.name])) for field in fields(kind)]
    return ":".join([code, *parts])


TIMES: Final = ("0000", "0330", "1930", "2359", "2400", "99", "")


def _field(hint: Any) -> st.SearchStrategy[str]:
    options = getattr(hint, "__args__", ())
    hint = options[0] if options else hint
    pool = {date: DAYS, int: NUMBERS, str: STRINGS, time: TIMES, bool: ("0", "1", "2")}.get(hint) or (
        *(it.value for it in hint),
        "",
        "nobody",
    )
    return st.sampled_from((*pool, "") if options else pool)


wild: Final = (
    st.sampled_from(
        (
            "",
            ":",
            "s",
            "s:",
            "s:::::",
            "x" * 64,
            "x" * 5000,
            "\x00",
            "\ud83d",
            "🙂",
            "s:20260303:1:7:",
            "S:20260303:1:7",
            "no:20260303\n",
        )
    )
    | drawn_texts
)
datas: Final = payloads() | payloads() | wild | st.none()

# --- what a broken server sends

JUNK: Final = (
    Gone(),
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "7",
    SECRET,
    "\ud83d",
    "9" * 5000,
    [],
    {},
    [[]],
    [None],
    {"id": 1},
    Deep(50),
    Deep(400),
)
UPDATE_IDS: Final = (
    Gone(),
    None,
    True,
    -1,
    -(2**40),
    0,
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    float("nan"),
    "12",
    "",
    [],
    {},
    Deep(30),
)
ODD: Final = (
    None,
    True,
    7,
    -1.5,
    float("nan"),
    "update",
    "",
    [],
    [[]],
    {},
    {"update_id": None},
    Deep(100),
    [{"update_id": 1}],
)
STATUSES: Final = ("creator", "administrator", "member", "restricted", "left", "kicked")


@st.composite
def weighted(draw: st.DrawFn, *choices: tuple[int, st.SearchStrategy[Any]]) -> Any:
    """One of several strategies, each as often as its weight says; `one_of` would count the same one once."""
    turns = [strategy for weight, strategy in choices for _ in range(weight)]
    return draw(turns[draw(st.integers(0, len(turns) - 1))])


def _plain() -> st.SearchStrategy[Act]:
    """What people can do."""
    places = st.sampled_from((*[Where.PRIVATE] * 12, Where.GROUP, Where.SUPERGROUP, Where.CHANNEL))
    replies = st.none() | st.integers(0, 40)
    instants = st.sampled_from((*[0] * 8, -60, -90_000, 60, -(10**9), 10**9))
    said = st.builds(Says, whos, bodies, places, users, replies, instants, st.sampled_from((*[False] * 9, True)))
    return weighted(
        (9, said),
        (6, st.builds(Taps, whos, datas, st.sampled_from((*[On.NEWEST] * 7, *On)), users)),
        (6, st.builds(Presses, whos, st.integers(0, 60) | st.integers(0, 12))),
        (1, st.builds(OpensLink, whos, st.integers(0, 2), users)),
        (1, st.builds(Membership, whos, st.sampled_from(Where), st.sampled_from(STATUSES), st.sampled_from(STATUSES))),
        (2, st.builds(Sends, whos, st.sampled_from(specimens.UPDATES), st.booleans(), st.integers(0, 5))),
    )


def acts() -> st.SearchStrategy[Act]:
    """Anything that can come, and time that passes."""
    plain = _plain()
    return weighted(
        (20, plain),
        (4, st.builds(Mutilated, plain, st.integers(0, 500), st.sampled_from(JUNK))),
        (1, st.builds(Renumbered, plain, st.sampled_from(UPDATE_IDS))),
        (1, st.builds(Odd, st.sampled_from(ODD))),
        (1, st.builds(Again, st.integers(0, 50))),
        (3, st.builds(Waits, st.sampled_from((0, 1, 5, 60, 300, 600, 1440, 3000, 10_080, 40_000)))),
    )


Story = list[list[Act]]
"""Scenes with acts: only so that Hypothesis draws enough of them."""
stories: Final = st.lists(st.lists(acts(), min_size=1, max_size=4), min_size=1, max_size=40)
