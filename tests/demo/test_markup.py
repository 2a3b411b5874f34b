"""Text and entities, beyond what the Bot API tests show."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from bot.demo.markup import found, from_html, trimmed, units, with_found

PLAIN = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(PLAIN)
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert from_html(html.escape(text, quote=False)) == (text, [])


@given(PLAIN, PLAIN, PLAIN)
def test_an_entity_covers_exactly_its_words_in_utf_16(before: str, words: str, after: str) -> None:
    text, entities = from_html("<i></i>".join(html.escape(part) for part in (before, words, after)))
    assert (text, entities) == (before + words + after, [])
    parts = [html.escape(part) for part in (before, words, after)]
    text, entities = from_html(f"{parts[0]}<b>{parts[1]}</b>{parts[2]}")
    covered = [text.encode("utf-16-le")[2 * e["offset"] : 2 * (e["offset"] + e["length"])] for e in entities]
    assert covered == ([words.encode("utf-16-le")] if words else [])


@given(PLAIN)
def test_trimming_keeps_entities_inside_the_text(text: str) -> None:
    kept, entities = trimmed(text, [{"type": "bold", "offset": 0, "length": units(text)}] if text else [])
    assert all(e["offset"] >= 0 and e["offset"] + e["length"] <= units(kept) for e in entities)
    assert kept == kept.rstrip()


def test_links_commands_mentions_and_addresses_are_found_in_plain_text() -> None:
    text = "See https://a.org/x?y=1, t.me/Bot?start=z or /help; ask @Someone or me@a.org. Not a/b, 1/2."
    assert [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in found(text)] == [
        ("url", "https://a.org/x?y=1"),
        ("url", "t.me/Bot?start=z"),
        ("bot_command", "/help"),
        ("mention", "@Someone"),
        ("email", "me@a.org"),
    ]


def test_nothing_is_found_inside_code_or_links() -> None:
    text, entities = from_html("<code>/help</code> <a href='https://a.org'>https://b.org</a> /week")
    assert [e["type"] for e in with_found(text, entities)] == ["code", "text_link", "bot_command"]
