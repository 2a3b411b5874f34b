"""The sentences of the program, and the catalogues that translate them.

    .venv/bin/python tests/chat/catalogue.py            says what each catalogue lacks
    .venv/bin/python tests/chat/catalogue.py --write    brings every catalogue up to date with the code

A changed English sentence keeps its old translation, marked fuzzy, until a person has read it again; a sentence that
left the code leaves the catalogue. Babel's own reader of Python goes by the last name before a bracket, which would
take `words("es")` apart from `words("Back")` only by luck, so ours reads the syntax tree.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[2]
CATALOGUES: Final = ROOT / "bot" / "chat" / "locale"
SPOKEN: Final = ("chat", "reports", "handlers", "jobs")
"""The folders of `bot/` that may hold sentences."""

SPEAKERS: Final = frozenset({"words", "say"})
"""Names of a `Words`, as a variable or as an attribute (`turn.words`). Calling one is a sentence."""
KEYWORDS: Final[Mapping[str, Any]] = {"words": None, "many": (1, 2), "about": ((1, "c"), 2)}
"""Our call forms, as Babel writes them: which arguments are the message, its plural, its context."""
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories in CLDR's order, which is the order of the forms in a catalogue."""
PLURALS: Final = {"es": "nplurals=2; plural=(n != 1);"}
"""A new language says here which form a number takes. Spanish "many" begins at a million."""

Call = tuple[str, tuple[str, ...], list[ast.Constant]]


def files() -> list[Path]:
    """Every file that may hold a sentence."""
    return sorted(path for folder in SPOKEN for path in (ROOT / "bot" / folder).rglob("*.py"))


def calls(tree: ast.AST) -> Iterator[Call]:
    """The calls of a catalogue, in the order written: the form, its texts, and the literals that are them."""
    found = (_call(node) for node in ast.walk(tree) if isinstance(node, ast.Call))
    yield from sorted(
        (call for call in found if call is not None), key=lambda call: (call[2][0].lineno, call[2][0].col_offset)
    )


def _call(node: ast.Call) -> Call | None:
    called = node.func
    if _is_speaker(called):
        form, size = "words", 1
    elif isinstance(called, ast.Attribute) and called.attr in ("many", "about") and _is_speaker(called.value):
        form, size = called.attr, 2
    else:
        return None
    literals = [each for each in node.args[:size] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(literals) < size:
        return None
    return form, tuple(str(each.value) for each in literals), literals


def _is_speaker(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
    return name in SPEAKERS


def _read_python(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, tuple[str, ...], list[str]]]:
    """An extraction method for Babel."""
    for form, texts, literals in calls(ast.parse(file.read())):
        yield literals[0].lineno, form, texts, []


@cache
def sentences() -> list[tuple[Any, Path, str | None]]:
    """Every sentence of the code with its file and its context; read once, since the code does not change under it."""
    return [
        (message, path, context)
        for path in files()
        for _, message, _, context in extract_from_file(_read_python, path, keywords=KEYWORDS)
    ]


def template() -> Catalog:
    """Every sentence of the code, untranslated."""
    found = Catalog()
    for message, path, context in sentences():
        found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return found


def languages() -> list[str]:
    """The languages that have a catalogue; English is written in the code."""
    return sorted(path.name for path in CATALOGUES.iterdir() if (path / "LC_MESSAGES").is_dir())


def path_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "diary.po"


def read(language: str) -> Catalog:
    """The catalogue as it lies in the file; empty where there is none yet."""
    if not path_of(language).exists():
        return Catalog(locale=language)
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def key(message: Message) -> tuple[str | None, str]:
    """What a translation is looked up by."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def messages(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {key(message): message for message in catalogue if message.id}


def lacks(language: str) -> list[str]:
    """What is wrong with a catalogue, a line each: sentences missing, fuzzy, or no longer in the code."""
    wanted, kept = messages(template()), messages(read(language))
    found = [f"missing: {name[1]}" for name in wanted if name not in kept or not all(forms(kept[name]))]
    found += [f"fuzzy: {name[1]}" for name, message in kept.items() if message.fuzzy]
    found += [f"stale: {name[1]}" for name in kept if name not in wanted]
    found += [f"another plural: {name[1]}" for name in wanted if name in kept and wanted[name].id != kept[name].id]
    return found


def merged(language: str) -> bytes:
    """The catalogue brought up to date with the code, as it should lie in the file."""
    catalogue = read(language)
    catalogue.update(template(), no_fuzzy_matching=False)
    for message in catalogue:
        # Babel reads what a sentence was before as a comment of ours, and would write it for ever.
        message.user_comments = [comment for comment in message.user_comments if not comment.startswith("|")]
    written = BytesIO()
    write_po(
        written,
        catalogue,
        width=100,
        omit_header=True,
        ignore_obsolete=True,
        include_previous=True,
        include_lineno=False,
    )
    return _header(language).encode() + b"\n" + written.getvalue().strip(b"\n") + b"\n"


def _header(language: str) -> str:
    """No dates, hosts and names: what git knows better, or nobody should know."""
    return "\n".join(
        (
            f"# The sentences of symptom-diary in {Locale.parse(language).english_name}.",
            "# Brought up to date with the code by `make catalogue`; translated by hand.",
            'msgid ""',
            'msgstr ""',
            r'"Project-Id-Version: symptom-diary\n"',
            rf'"Language: {language}\n"',
            rf'"Plural-Forms: {PLURALS[language]}\n"',
            r'"MIME-Version: 1.0\n"',
            r'"Content-Type: text/plain; charset=utf-8\n"',
            r'"Content-Transfer-Encoding: 8bit\n"',
            "",
        )
    )


def main(arguments: list[str]) -> int:
    if "--write" in arguments:
        for language in languages():
            path_of(language).write_bytes(merged(language))
    found = [f"{language}: {lack}" for language in languages() for lack in lacks(language)]
    print("\n".join(found) or "Every sentence is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
