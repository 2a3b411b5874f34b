"""Every sentence is in the catalogue, and every catalogue is complete, up to date and fit to be filled in."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract

from bot.chat import words as spoken
from bot.chat.words import LANGUAGES, words
from tests.chat import catalogue

TRANSLATED: Final = catalogue.languages()
TAG: Final = re.compile(r"</?[a-z][^>]*>")

NO_SENTENCES: Final = {
    "bot/chat/typed.py": "words that are read, not said",
    "bot/chat/typed_times.py": "words that are read, not said",
    "bot/chat/typed_hours.py": "words that are read, not said",
    "bot/chat/places.py": "names of places, and what finds them",
}
"""Files whose texts nobody is sent, with the reason."""
NOT_SAID: Final = {
    "bot/chat/words.py": {
        "EEEE, MMMM d": "a pattern for Babel",
        "EEEE, MMMM d, y": "a pattern for Babel",
    },
    "bot/chat/notices.py": {"symptom-diary parked": "a command", "symptom-diary doctor": "a command"},
    "bot/jobs/red_flags.py": {"an alert could not be made": "a log event"},
    "bot/jobs/alerts.py": {"a day could not be judged": "a log event"},
    "bot/jobs/unseen.py": {"an alert could not be looked after": "a log event"},
    "bot/jobs/checkins.py": {"a check-in could not be made": "a log event"},
    "bot/jobs/digests.py": {"a digest could not be made": "a log event"},
    "bot/jobs/notices.py": {"backup failed": "a kind of notice"},
    "bot/jobs/privacy.py": {"somebody could not be forgotten": "a log event"},
    "bot/jobs/prompts.py": {"a prompt could not be made": "a log event"},
    "bot/reports/fonts/__init__.py": {"DejaVu Sans": "the name of the letters"},
    "bot/reports/paper.py": {"Symptom Diary": "the name of the program"},
}
"""Texts that look like prose and are none."""
RAW_SENTENCES: Final = {
    "bot/chat/red_flags.py": {"card": "the clinic's own card, with a number that is a Sentence"},
    "bot/chat/entries.py": {"_asking": "a sentence in italics", "unclear": "sentences in a row"},
    "bot/chat/flares.py": {"choose_score": "a sentence in italics"},
    "bot/chat/words.py": {"*": "where sentences are made"},
    "bot/reports/charts.py": {"_told": "sentences in a row"},
    "bot/reports/panels.py": {"within": "a sentence without its markup"},
}
"""Functions that may make a Sentence of a text by hand, with the reason."""


def placeholders(text: str) -> list[str]:
    """The names to be filled in; a bare or an indexed one would not be a name."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def tags(text: str) -> list[str]:
    return sorted(TAG.findall(text))


def ending(text: str) -> str:
    return text[-1] if text[-1] in ".:?!" else ""


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def where(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


# --- the catalogues


def test_every_language_but_english_has_a_catalogue() -> None:
    assert set(TRANSLATED) == set(LANGUAGES) - {spoken.DEFAULT}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_missing_fuzzy_or_stale(language: str) -> None:
    assert catalogue.lacks(language) == [], "run `make catalogue`, then translate what it names"


@pytest.mark.parametrize("language", TRANSLATED)
def test_bringing_it_up_to_date_twice_changes_nothing(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    once = catalogue.merged(language)
    file = tmp_path / language / "LC_MESSAGES" / "diary.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(once)
    monkeypatch.setattr(catalogue, "CATALOGUES", tmp_path)
    assert catalogue.languages() == [language]
    assert catalogue.merged(language) == once
    assert catalogue.lacks(language) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_header_tells_what_is_needed_and_nothing_of_people_machines_and_dates(language: str) -> None:
    header = catalogue.path_of(language).read_text(encoding="utf-8").split("\n\n", 1)[0]
    names = re.findall(r'^"([A-Za-z-]+): ', header, re.MULTILINE)
    assert names == [
        "Project-Id-Version",
        "Language",
        "Plural-Forms",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
    assert not re.search(r"@|://|\d{4}", header)


def test_a_changed_sentence_keeps_its_translation_to_be_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "es" / "LC_MESSAGES" / "diary.po"
    file.parent.mkdir(parents=True)
    old = catalogue.path_of("es").read_text(encoding="utf-8")
    file.write_text(old.replace('msgid "Start now"', 'msgid "Start right now"'), encoding="utf-8")
    monkeypatch.setattr(catalogue, "CATALOGUES", tmp_path)
    assert sorted(catalogue.lacks("es")) == ["missing: Start now", "stale: Start right now"]
    file.write_bytes(catalogue.merged("es"))
    assert catalogue.lacks("es") == ["fuzzy: Start now"]
    assert catalogue.messages(catalogue.read("es"))[None, "Start now"].string == "Empezar ahora"


@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_forms_stand_in_the_order_of_cldr(language: str) -> None:
    header = catalogue.path_of(language).read_text(encoding="utf-8")
    found = re.search(r"nplurals=(\d+); plural=(.+?);\\n", header)
    assert found is not None
    form = gettext.c2py(found[2])  # type: ignore[attr-defined]
    locale = Locale.parse(language)
    spoken_of = sorted({locale.plural_form(n) for n in range(1000)}, key=catalogue.CATEGORIES.index)
    assert int(found[1]) == len(spoken_of)
    for n in [0, 1, 2, 5, *range(1000)]:
        assert spoken_of[form(n)] == locale.plural_form(n), n


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {0: "0 days", 1: "1 day", 2: "2 days", 5: "5 days"}),
        ("es", {0: "0 días", 1: "1 día", 2: "2 días", 5: "5 días"}),
    ],
)
def test_a_number_takes_its_form(language: str, expected: dict[int, str]) -> None:
    say = words(language)
    assert {n: str(say.many("{n} day", "{n} days", n)) for n in expected} == expected


# --- the translations


Wrong = Callable[[tuple[str, ...], str], bool]


def wrong(language: str, is_wrong: Wrong) -> list[str]:
    """The translations of a language of which this is true, given the sentence's forms and one of theirs."""
    return [
        form
        for message in catalogue.messages(catalogue.read(language)).values()
        for form in catalogue.forms(message)
        if is_wrong(ids(message), form)
    ]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    assert not wrong(language, lambda english, form: any(placeholders(each) != placeholders(form) for each in english))
    assert not wrong(language, lambda _, form: not all(map(str.isidentifier, placeholders(form))))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_markup_and_it_is_whole(language: str) -> None:
    assert not wrong(language, lambda english, form: tags(form) != tags(english[0]))
    assert not wrong(language, lambda _, form: re.search(r"[<>]|&(?!amp;|lt;|gt;)", TAG.sub("", form)) is not None)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_begins_and_ends_as_its_sentence_does(language: str) -> None:
    assert not wrong(language, lambda _, form: form != " ".join(form.split()))
    assert not wrong(language, lambda english, form: ending(english[0]) != ending(form))
    assert not wrong(language, lambda english, form: english[0][0].islower() and form[0].isupper())


@pytest.mark.parametrize("language", TRANSLATED)
def test_commands_and_figures_stay_as_they_are(language: str) -> None:
    assert not wrong(language, lambda english, form: re.findall(r"/\w+", english[0]) != re.findall(r"/\w+", form))
    figures = re.compile(r"[0-9]{2,}(?::[0-9]{2})?")
    assert not wrong(language, lambda english, form: not set(figures.findall(english[0])) <= set(figures.findall(form)))


def test_spanish_opens_its_questions_and_says_usted() -> None:
    assert not wrong("es", lambda _, form: form.count("?") != form.count("¿") or form.count("!") != form.count("¡"))
    familiar = re.compile(r"\b(tú|te|ti|tus?|vos|os|vuestr[oa]s?|puedes|quieres|tienes|eres|has)\b", re.IGNORECASE)
    assert not wrong("es", lambda _, form: familiar.search(form) is not None)


# --- sentences outside


def prose(text: str) -> bool:
    """Whether a text looks like something a person should read: two words of letters with a space between."""
    bare = re.sub(r"""[\w:-]+=["'][^"']*["']?|</?[a-z][^<>]*>?""", " ", text)
    return re.search(r"[^\W\d_]{2,}[.,;:!?]* +[^\W\d_]{2,}", bare) is not None


def not_prose(tree: ast.AST) -> set[int]:
    """Texts that nobody is sent: documentation, log events, reasons of exceptions, patterns, SQL."""
    found: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as constant):
                found.add(id(constant))
            case ast.Raise() | ast.Assert():
                found |= {id(each) for each in ast.walk(node)}
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
                found |= {id(each) for each in ast.walk(node)}
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re")) | ast.Attribute(attr="exec_driver_sql")):
                found |= {id(each) for each in ast.walk(node)}
    for _, _, literals in catalogue.calls(tree):
        found |= {id(literal) for literal in literals}
    return found


def stray(source: str) -> list[str]:
    """The texts of a module that look like sentences and are not in the catalogue."""
    tree = ast.parse(source)
    known = not_prose(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in known
        and prose(node.value)
    ]


def named(path: Path) -> str:
    return path.relative_to(catalogue.ROOT).as_posix()


@pytest.mark.parametrize("path", catalogue.files(), ids=named)
def test_no_sentence_stands_outside_the_catalogue(path: Path) -> None:
    if named(path) not in NO_SENTENCES:
        allowed = NOT_SAID.get(named(path), {})
        assert [text for text in stray(path.read_text(encoding="utf-8")) if text.strip() not in allowed] == []


def test_a_stray_sentence_is_found_wherever_it_hides() -> None:
    assert stray('x = "Thank you."') == ["Thank you."]
    assert stray('def f(turn): turn.say(f"{turn} sees it, too")') == [" sees it, too"]
    assert stray('words("Thank " "you.") + words(a, "Thank you.")') == ["Thank you."]
    assert stray('words(name="Thank you.")') == ["Thank you."]
    assert stray('sentence("Thank you.")') == ["Thank you."]
    assert stray('x = "SELECT two words"') == ["SELECT two words"]
    assert stray('tx.exec_driver_sql("SELECT two words")\nlog.info("all is well")') == []
    assert stray('raise Wrong(f"no {x} at all")\n"""Some docs."""') == []
    assert stray('f"<b class=\\"two words\\">{x}</b>"') == []


def raw_sentences(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Where a Sentence is made by hand, or the escaping of values is used on words of ours; with the function."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            within = child.name if isinstance(child, ast.FunctionDef) else function
            if isinstance(child, ast.Call):
                name = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
                literal = [a.value for a in child.args if isinstance(a, ast.Constant)]
                if name == "Sentence" and literal != [""]:
                    yield within, child
                if name == "sentence" and literal:
                    yield within, child
            yield from walk(child, within)

    yield from walk(tree, "*")


@pytest.mark.parametrize("path", catalogue.files(), ids=named)
def test_sentences_are_made_by_hand_only_where_there_is_a_reason(path: Path) -> None:
    allowed = RAW_SENTENCES.get(named(path), {})
    if "*" not in allowed:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert [(function, where(call)) for function, call in raw_sentences(tree) if function not in allowed] == []


def test_what_is_allowed_is_still_there() -> None:
    for name in (*NO_SENTENCES, *NOT_SAID, *RAW_SENTENCES):
        assert (catalogue.ROOT / name).exists()
    for name, functions in RAW_SENTENCES.items():
        tree = ast.parse((catalogue.ROOT / name).read_text(encoding="utf-8"))
        assert set(functions) <= {function for function, _ in raw_sentences(tree)} | {"*"}
    for name, texts in NOT_SAID.items():
        assert set(texts) <= {text.strip() for text in stray((catalogue.ROOT / name).read_text(encoding="utf-8"))}


# --- the extractor


def extracted(source: str) -> list[tuple[str | None, Any]]:
    found = extract(catalogue._read_python, BytesIO(source.encode()), keywords=catalogue.KEYWORDS)
    into = Catalog()
    for _, message, _, context in found:
        into.add(message, context=context)
    return [(message.context, message.id) for message in into if message.id]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('words("Back")', [(None, "Back")]),
        ('say("Thank you, " "{name}.", name=name)', [(None, "Thank you, {name}.")]),
        ('turn.words("Back")', [(None, "Back")]),
        ('self.words.many("{n} day", "{n} days", n)', [(None, ("{n} day", "{n} days"))]),
        ('words.about("of a page", "Back")', [("of a page", "Back")]),
        ('words("{a} and {b}", a=words("one"), b=words("two"))', [(None, "{a} and {b}"), (None, "one"), (None, "two")]),
        ("words(language)", []),
        ('chat.words.words(language or "en")', []),
        ('turn.say(message, to="Ada")', []),
        ("words.day(today)", []),
        ('other.many("a", "b", 1)', []),
    ],
)
def test_our_call_forms_are_read(source: str, expected: list[tuple[str | None, Any]]) -> None:
    assert extracted(source) == expected


def test_the_whole_program_is_read() -> None:
    found = catalogue.messages(catalogue.template())
    assert len(found) > 200
    assert (None, "Yes, store my answers") in found
    assert (None, "higher = worse") in found
