"""The documents say what is so: their links lead somewhere, and what they name exists."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from bot import cli, handlers
from bot.settings import Settings
from bot.wire.health import FRESH_FOR, MOVES_WITHIN

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RUNNING = ROOT / "docs" / "running.md"
DECISIONS = ROOT / "docs" / "decisions"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """What can stand after the # of a link to this document: its headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    broken = []
    for link in (markdown or image for markdown, image in LINK.findall(text)):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_documents_that_a_newcomer_needs_are_linked_from_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for name in ("CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "docs/demo-api.md", "docs/running.md"):
        assert f"]({name})" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_table_is_whole(document: Path) -> None:
    """A blank line within one leaves rows without a head, which are shown as bare text."""
    for table in re.findall(r"(?:^\|.*\n)+", FENCE.sub("", document.read_text(encoding="utf-8")), re.MULTILINE):
        lines = table.splitlines()
        assert len(lines) > 1, lines
        assert re.fullmatch(r"\|[-:| ]+\|", lines[1]), lines[0]


def test_the_manual_quotes_log_lines_that_are_written() -> None:
    _, _, section = RUNNING.read_text(encoding="utf-8").partition("A few lines that you may meet")
    quoted = re.findall(r"^- `(.+?)(?: … .+?)?`:", section, re.MULTILINE)
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert len(quoted) >= 5
    assert [line for line in quoted if f'"{line}"' not in code] == []
    # Which of two lines tells of a person who blocked the bot has changed before.
    assert "a chat can't be reached … blocked" in section


def test_the_manual_says_when_the_program_is_not_ready() -> None:
    text = RUNNING.read_text(encoding="utf-8")
    assert f"in touch with Telegram within {FRESH_FOR.total_seconds():.0f} seconds" in text
    assert MOVES_WITHIN.total_seconds() == 120
    assert "nothing waits for more than two minutes without moving" in text


# --- settings -------------------------------------------------------------------------------------------------


def documented() -> dict[str, str]:
    """The settings of docs/running.md with their defaults."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", RUNNING.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: default.strip("`") for name, default in rows}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert sorted(documented()) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_documented_default_is_the_default(name: str) -> None:
    field = Settings.model_fields[name]
    assert documented()[name.upper()] == ("needed" if field.is_required() else in_words(field.default))


def in_words(default: Any) -> str:
    match default:
        case time():
            return f"{default:%H:%M}"
        case None | frozenset():
            return "none"
        case _:
            return str(default)


# --- commands and targets -------------------------------------------------------------------------------------


def all_text() -> str:
    return "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)


@pytest.mark.parametrize("command", sorted(handlers.COMMANDS))
def test_every_command_of_the_bot_is_documented(command: str) -> None:
    assert re.search(rf"`/{command}[` ]", all_text())


def test_no_document_names_a_command_that_does_not_exist() -> None:
    named = set(re.findall(r"`/([a-z_]+)[` ]", all_text()))
    assert named <= set(handlers.COMMANDS) | {"healthz", "readyz", "metrics"}, "pages are no commands"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_what_make_is_asked_for_it_can_make(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    asked = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert asked <= targets


def test_ci_calls_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    asked = " ".join(re.findall(r"^make (.+)$", script, re.MULTILINE)).split()
    assert set(asked) <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"format", "lint", "types", "contracts", "test"} <= set(asked)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_exit_codes_are_documented() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", RUNNING.read_text(encoding="utf-8"), re.MULTILINE)}
    assert codes == {0, cli.FAILED, cli.WRONG_SETTINGS, cli.ALREADY_RUNNING}


# --- the house and its decisions ------------------------------------------------------------------------------


def grid() -> tuple[list[str], dict[str, list[str]]]:
    """The grid of the README: its folders, and for each feature its marks."""
    text = README.read_text(encoding="utf-8")
    head = re.search(r"^\| \|( `.+` \|)$", text, re.MULTILINE)
    assert head is not None
    folders = re.findall("`([a-z]+)`", head[1])
    rows = [
        [cell.strip() for cell in line[1:-1].split("|")]
        for line in re.findall(r"^\| [a-z_]+ \|[ ●|]+\|$", text, re.MULTILINE)
    ]
    return folders, {row[0]: row[1:] for row in rows}


def modules(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / "bot" / folder).glob("*.py")} - {"__init__"}


def test_the_grid_of_the_readme_is_the_house() -> None:
    folders, features = grid()
    for feature, marks in features.items():
        marked = [folder for folder, mark in zip(folders, marks, strict=True) if mark]
        assert marked == [folder for folder in folders if feature in modules(folder)], feature


def test_a_feature_of_three_folders_stands_in_the_grid() -> None:
    folders, features = grid()
    everywhere = [feature for folder in folders for feature in modules(folder)]
    assert {feature for feature in everywhere if everywhere.count(feature) > 2} <= features.keys()


def test_every_folder_of_the_program_is_in_the_readme() -> None:
    told = re.findall(r"^\| `([a-z]+)` \| [A-Z].+\? \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(path.parent.name for path in (ROOT / "bot").glob("*/__init__.py"))


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    files = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"\]\(([0-9][^)]+)\)", (DECISIONS / "README.md").read_text(encoding="utf-8"))
    assert listed == files


@pytest.mark.parametrize("decision", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_decision_says_what_why_and_what_was_left(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert text.startswith(f"# {decision.stem[:4]} ")
    for part in ("**What.**", "**Why.**", "**Roads not taken.**"):
        assert part in text
