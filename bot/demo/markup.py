"""Telegram's text markup: HTML into plain text with entities, and the links and commands found in plain text.

Rule: offsets and lengths count UTF-16 code units, as in the Bot API; limits count characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from bot.demo.limits import Refused

Entity = dict[str, Any]
"""A MessageEntity as JSON."""

_TYPES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PLAIN: Final = re.compile(r"[^<&]+")
_CHARACTER: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE: Final = re.compile(r"""\s*([^\s=>"']+)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_FOUND: Final = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']|(?<![\w@/.])(?:t\.me|www\.[\w-]+\.\w+)/?[^\s<>\"]*[^\s<>\".,;:!?)\]'])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.]*\w)"
    r"|(?P<bot_command>(?<![\w/@.])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@.])@[A-Za-z]\w{3,31}\b)"
)


def units(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def from_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of Telegram HTML. Raises Refused (400), worded by Telegram, where malformed."""
    return _Reader(source).read()


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text as Telegram stores it: without blank ends, its entities moved and cut to fit."""
    first = min((entity["offset"] for entity in entities), default=len(text))
    lead = min(len(text) - len(text.lstrip()), first)
    kept = text[lead:].rstrip()
    end = units(kept)
    moved = []
    for entity in entities:
        offset = entity["offset"] - lead
        length = min(entity["length"], end - offset)
        if length > 0:
            moved.append({**entity, "offset": offset, "length": length})
    return kept, moved


def found(text: str) -> list[Entity]:
    """What Telegram recognises by itself: addresses, commands, mentions and e-mail addresses."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in _FOUND.finditer(text)
    ]


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """`entities` and those found in the text where they do not touch a link or code, in order."""
    closed = [e for e in entities if e["type"] in {"text_link", "code", "pre"}]
    free = [e for e in found(text) if not any(_touch(e, other) for other in closed)]
    return sorted([*entities, *free], key=lambda e: (e["offset"], -e["length"]))


def _touch(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end; `offset` is where its text starts."""

    name: str
    attributes: dict[str, str]
    offset: int


@dataclass(slots=True)
class _Reader:
    """One pass over the source. Byte offsets are worked out only for an error."""

    source: str
    place: int = 0
    length: int = 0
    text: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)

    def read(self) -> tuple[str, list[Entity]]:
        while self.place < len(self.source):
            character = self.source[self.place]
            if character == "<":
                if self.source.startswith("</", self.place):
                    self._end_tag()
                else:
                    self._start_tag()
            elif character == "&":
                self._character()
            else:
                plain = _PLAIN.match(self.source, self.place)
                assert plain is not None, "any sign but < and & is plain"
                self._add(plain.group(), len(plain.group()))
        if self.opened:
            raise _malformed(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].name}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.text), self.entities

    def _add(self, characters: str, consumed: int) -> None:
        self.text.append(characters)
        self.length += units(characters)
        self.place += consumed

    def _character(self) -> None:
        match = _CHARACTER.match(self.source, self.place)
        if match is None:
            self._add("&", 1)
            return
        decimal, hexadecimal, name = match.groups()
        code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else ord(_NAMED[name])
        if code == 0 or code >= 0x10FFFF or 0xD800 <= code < 0xE000:
            self._add("&", 1)
        else:
            self._add(chr(code), len(match.group()))

    def _start_tag(self) -> None:
        begin = self.place
        end = re.compile(r"[\s>]|\Z").search(self.source, begin)
        stop = end.start() if end else len(self.source)
        name = self.source[begin + 1 : stop].lower()
        if stop == len(self.source):
            raise _malformed(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if name not in _TYPES:
            raise _malformed(f'Unsupported start tag "{name}" at byte offset {self._bytes(begin)}')
        attributes: dict[str, str] = {}
        while True:
            rest = self.source[stop:].lstrip()
            stop = len(self.source) - len(rest)
            if rest.startswith(">"):
                break
            match = _ATTRIBUTE.match(self.source, stop)
            if match is None or not rest:
                raise _malformed(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            value = match.group(2) or ""
            attributes[match.group(1).lower()] = _unescaped(value.strip("\"'"))
            stop = match.end()
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _malformed(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.opened.append(_Open(name, attributes, self.length))
        self.place = stop + 1

    def _end_tag(self) -> None:
        begin = self.place
        if not self.opened:
            raise _malformed(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        stop = self.source.find(">", begin)
        if stop < 0:
            raise _malformed(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        name = self.source[begin + 2 : stop].strip().lower()
        tag = self.opened.pop()
        if name and name != tag.name:
            found_instead = f'expected "</{tag.name}>", found "</{name}>"'
            raise _malformed(f"Unmatched end tag at byte offset {self._bytes(begin)}, {found_instead}")
        self.place = stop + 1
        self._close(tag)

    def _close(self, tag: _Open) -> None:
        length = self.length - tag.offset
        if length == 0:
            return
        entity: Entity = {"type": _TYPES[tag.name], "offset": tag.offset, "length": length}
        if tag.name == "a":
            address = tag.attributes.get("href") or "".join(self.text)[-length:]
            if not re.match(r"(https?|tg|mailto|tel):", address):
                address = f"http://{address}"
            if "." not in address and not address.startswith("tg:"):
                return  # Telegram drops a link that leads nowhere and keeps its text.
            entity["url"] = address
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.attributes.get("class", "").startswith("language-"):
            if self.opened and self.opened[-1].name == "pre" and self.opened[-1].offset == tag.offset:
                self.opened[-1].attributes["language"] = tag.attributes["class"].removeprefix("language-")
                return
        elif tag.name == "pre" and "language" in tag.attributes:
            entity["language"] = tag.attributes["language"]
        self.entities.append(entity)

    def _bytes(self, place: int) -> int:
        return len(self.source[:place].encode())


def _unescaped(value: str) -> str:
    return _CHARACTER.sub(lambda m: chr(int(m[1])) if m[1] else chr(int(m[2], 16)) if m[2] else _NAMED[m[3]], value)


def _malformed(why: str) -> Refused:
    return Refused(400, f"Bad Request: can't parse entities: {why}")
