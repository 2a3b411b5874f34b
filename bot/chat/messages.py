"""What we say, as data: texts, buttons and pictures, before anything knows of Telegram."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.chat.words import Sentence

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
"""Telegram's limits, in characters after the markup is taken out."""


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: it sends a tap, opens an address, or copies a text."""

    label: Sentence
    tap: str | None = None
    url: str | None = None
    copy: str | None = None


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A recipe for a picture: made by the sender, in a worker process, just before it leaves.

    `kind` names the drawing (reports/pictures.py), `values` are its JSON-ready ids and range.
    """

    kind: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A message that is still to be made: by the sender, in a worker process, just before it leaves.

    `kind` names what to make (reports/recipes.py), `values` are its JSON-ready ids and dates.
    """

    kind: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. With a picture, `text` is its caption, so at most MAX_CAPTION characters.

    With a recipe, `text` is what is said where it can't be made; nothing where it is empty.
    """

    text: Sentence
    buttons: tuple[Row, ...] = ()
    picture: Picture | None = None
    silent: bool = False
    recipe: Recipe | None = None


def plain(text: Sentence) -> str:
    """A sentence for a place where Telegram reads no markup: a button, a toast, a command's description."""
    return html.unescape(str(text))


def as_data(message: Message) -> dict[str, Any]:
    """The message as JSON-ready data, for the outbox."""
    data: dict[str, Any] = {"text": str(message.text)}
    if message.buttons:
        data["buttons"] = [[_button(button) for button in row] for row in message.buttons]
    if message.picture is not None:
        data["picture"] = {"kind": message.picture.kind, "values": dict(message.picture.values)}
    if message.recipe is not None:
        data["recipe"] = {"kind": message.recipe.kind, "values": dict(message.recipe.values)}
    if message.silent:
        data["silent"] = True
    return data


def _button(button: Button) -> dict[str, str]:
    label = plain(button.label)
    if button.tap is not None:
        return {"label": label, "tap": button.tap}
    if button.url is not None:
        return {"label": label, "url": button.url}
    return {"label": label} if button.copy is None else {"label": label, "copy": button.copy}
