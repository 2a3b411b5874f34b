"""One of each: the JSON of every kind of update and of every thing in it, read off python-telegram-bot's own types.

Rule: nothing here is a list of kinds. What a newer python-telegram-bot knows is made from its type hints, and
`test_every_kind_that_the_library_knows_is_made` fails where that does not work any more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import telegram
from telegram import Message, TelegramObject, Update

Json = dict[str, Any]

SECRET: Final = "Wassermelonenkern"
"""Stands in every text of a specimen: if it is found in a log, something that a person wrote got there."""
SOME_DAY: Final = 1_772_532_000
"""Tuesday 3 March 2026, 10:00 UTC."""
PERSON: Final[Json] = {"id": 777, "is_bot": False, "first_name": SECRET}
PRIVATE: Final[Json] = {"id": 777, "type": "private", "first_name": SECRET}
_DISCRIMINATORS: Final = ("type", "status", "source")
_HEAD: Final = {"message_id", "date", "chat", "from"}
_SAID: Final = {
    "Chat": {"type": "private"},
    "Sticker": {"type": "regular"},
    "Poll": {"type": "regular"},
    "MessageEntity": {"type": "bold", "offset": 0, "length": 4},
    "InlineKeyboardButton": {"callback_data": "s:20260302:1:7"},
    "UniqueGiftInfo": {"origin": "upgrade"},
    "InaccessibleMessage": {"date": 0},
}
"""Values that a type hint does not tell: of closed sets, and such that the parts fit each other."""
_DEEPEST: Final = 7


@cache
def _names() -> dict[str, Any]:
    """What the library's annotations refer to; most of it is imported for type checkers alone."""
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if name == "telegram" or name.startswith("telegram."):
            found |= {key: value for key, value in vars(module).items() if isinstance(value, type)}
    import datetime as dtm
    from collections.abc import Sequence

    return found | {"dtm": dtm, "Sequence": Sequence}


@cache
def fields_of(kind: type[TelegramObject]) -> dict[str, tuple[Any, bool]]:
    """The JSON names of a type's fields, each with its hint and whether it is always there."""
    import inspect

    hints = get_type_hints(kind.__init__, globalns=_names() | vars(sys.modules[kind.__module__]))
    found = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name in ("self", "api_kwargs"):
            continue
        found[_json_name(name)] = (hints[name], parameter.default is inspect.Parameter.empty)
    return found


def _json_name(name: str) -> str:
    return "from" if name == "from_user" else name


def kinds_of(hint: Any) -> list[Any]:
    """The types in a hint, without its unions and sequences."""
    args = get_args(hint)
    return [kind for arg in args for kind in kinds_of(arg)] if args else [hint]


def forms_of(kind: type[TelegramObject]) -> list[type[TelegramObject]]:
    """The types that a field of this type can hold: itself, or what it is the base of."""
    if kind is telegram.MaybeInaccessibleMessage:
        return [Message, telegram.InaccessibleMessage]
    below = [sub for sub in kind.__subclasses__() if hasattr(telegram, sub.__name__)]
    return [form for sub in below for form in forms_of(sub)] if below and kind is not Message else [kind]


def specimen(kind: type[TelegramObject], *, full: bool = False, form: int = 0, depth: int = 0) -> Json:
    """The JSON of one object: with what is always there, or `full`, with everything that it can have."""
    forms = forms_of(kind)
    kind = forms[form % len(forms)]
    made: Json = {}
    for name, (hint, required) in fields_of(kind).items():
        if (
            required
            or name in demanded_of(kind)
            or (full and depth < _DEEPEST and name not in ("reply_to_message", "pinned_message"))
        ):
            value = _value(name, hint, full=full and depth < 1, form=form, depth=depth + 1)
            if value is not None:
                made[name] = value
    made |= _SAID.get(kind.__name__, {})
    if issubclass(kind, telegram.MaybeInaccessibleMessage):
        made |= {"chat": PRIVATE} | ({"from": PERSON} if kind is Message else {})
    elif len(forms) > 1:
        made |= _discriminator(kind, made)
    return made


@cache
def demanded_of(kind: type[TelegramObject]) -> frozenset[str]:
    """Fields that the library demands though their hints say that they may be missing: since some Bot API they are
    always there."""
    values = {name: None if get_args(hint) else 0 for name, (hint, required) in fields_of(kind).items() if required}
    given = {"from_user" if name == "from" else name: value for name, value in values.items()}
    found: set[str] = set()
    while True:
        try:
            kind(**given)
        except TypeError as error:
            missing = re.search(r"`(\w+)` is (?:a )?required", str(error))
            if missing is None:
                return frozenset(found)
            found.add(_json_name(missing[1]))
            given[missing[1]] = 0
        except Exception:
            return frozenset(found)
        else:
            return frozenset(found)


def _discriminator(kind: type[TelegramObject], made: Json) -> Json:
    """What tells this form from the others of its base: the library writes it, so ask the library."""
    written = kind.de_json(dict(made), None).to_dict()
    return {name: str(written[name]) for name in _DISCRIMINATORS if name in written and name not in made}


def _value(name: str, hint: Any, *, full: bool, form: int, depth: int) -> Any:
    kinds = [kind for kind in kinds_of(hint) if kind is not type(None)]
    nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, TelegramObject)]
    if nested:
        value: Any = specimen(nested[0], full=full, form=form, depth=depth)
    elif bool in kinds:
        value = True
    elif datetime in kinds:
        value = SOME_DAY
    elif timedelta in kinds or int in kinds:
        value = 7
    elif float in kinds:
        value = 7.5
    elif str in kinds:
        value = f"{name} {SECRET}"
    else:
        return None
    for _ in range(_lists_in(hint)):
        value = [value]
    return value


def _lists_in(hint: Any) -> int:
    """How many lists a hint has around its type: photo sizes have one, a keyboard has two."""
    name = getattr(hint, "__origin__", None)
    inner = max((_lists_in(arg) for arg in get_args(hint)), default=0)
    return inner + (
        (isinstance(name, type) and issubclass(name, (list, tuple))) or getattr(name, "__name__", "") == "Sequence"
    )


def _own(kind: type[TelegramObject]) -> list[str]:
    """The JSON names of what a type can hold, from its slots: what the library itself says that it knows."""
    return [_json_name(name) for name in kind.__slots__ if not name.startswith("_")]


UPDATES: Final = [name for name in _own(Update) if name != "update_id"]
"""Every kind of update."""
CONTENTS: Final = [name for name in _own(Message) if name not in _HEAD]
"""Everything that a message can hold beside who wrote it where and when."""


def forms_in(kind: type[TelegramObject], name: str) -> int:
    """In how many forms a field comes."""
    hint, _ = fields_of(kind)[name]
    nested = [k for k in kinds_of(hint) if isinstance(k, type) and issubclass(k, TelegramObject)]
    return max((len(forms_of(k)) for k in nested), default=1)


@cache
def update_body(name: str, full: bool, form: int = 0) -> Json:
    """The body of an update of a kind."""
    hint, _ = fields_of(Update)[name]
    return dict(_value(name, hint, full=full, form=form, depth=0))


@cache
def content(name: str, full: bool, form: int = 0) -> Any:
    """One thing that a message can hold."""
    hint, _ = fields_of(Message)[name]
    return _value(name, hint, full=full, form=form, depth=1)


def all_updates() -> Iterator[tuple[str, Json]]:
    """Every kind of update in every form."""
    for name in UPDATES:
        for form in range(max(forms_in(Update, name), 6)):
            for full in (False, True):
                yield name, update_body(name, full, form)


def all_contents() -> Iterator[tuple[str, Any]]:
    """Everything that a message can hold, in every form."""
    for name in CONTENTS:
        for form in range(max(forms_in(Message, name), 1)):
            for full in (False, True):
                yield name, content(name, full, form)
