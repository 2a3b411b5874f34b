"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"
MODULES = sorted(BOT.rglob("*.py"))
WRITTEN = sorted(
    path
    for path in [*ROOT.glob("*"), *(path for name in ("bot", "tests", "docs") for path in (ROOT / name).rglob("*"))]
    if path.suffix in {".py", ".md", ".html", ".css", ".js", ".txt", ".toml"} or path.name == "Makefile"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def calls(path: Path) -> list[tuple[int, str]]:
    """Every call in a module with its line, as written: "datetime.now", "print"."""
    return [(node.lineno, ast.unparse(node.func)) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


@cache
def imports(path: Path) -> list[tuple[str, str]]:
    """Every import of a module from outside: the module, and the name that is taken from it ("" for all of it)."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += ((node.module or "", alias.name) for alias in node.names)
    return found


def test_only_the_clock_asks_what_time_it_is() -> None:
    asks = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
    found = [
        f"{name_of(path)}:{line} {call}"
        for path in MODULES
        if path != BOT / "clock.py"
        for line, call in calls(path)
        if asks.search(call)
    ]
    assert not found
    hidden = [name_of(path) for path in MODULES for taken in imports(path) if taken == ("time", "time")]
    assert not hidden
    assert any(asks.search(call) for _, call in calls(BOT / "clock.py")), "the guard finds what it looks for"


def test_nothing_is_printed_past_the_log_and_the_command_line() -> None:
    found = [f"{name_of(path)}:{line}" for path in MODULES for line, call in calls(path) if call in {"print", "pprint"}]
    assert not found


def test_only_storage_knows_sqlalchemy() -> None:
    """Others may name the type of a transaction."""
    allowed = {("sqlalchemy", "Connection")}
    found = [
        f"{name_of(path)}: {module} {name}"
        for path in MODULES
        if BOT / "storage" not in path.parents
        for module, name in imports(path)
        if module.split(".")[0] == "sqlalchemy" and (module, name) not in allowed
    ]
    assert not found


def test_no_switch_for_tests_in_the_program() -> None:
    found = [name_of(path) for path in MODULES if re.search(r"\bTESTING\b|PYTEST", path.read_text(encoding="utf-8"))]
    assert not found


def test_nothing_is_left_for_later_in_the_text() -> None:
    marks = re.compile(rf"\b({'TO' + 'DO'}|{'FIX' + 'ME'})\b")
    found = [
        f"{name_of(path)}:{number}"
        for path in WRITTEN
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line) and path != Path(__file__)
    ]
    assert not found


def test_files_are_named_for_things() -> None:
    homeless = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "services"}
    found = [name_of(path) for path in MODULES if path.stem in homeless or path.parent.name in homeless]
    assert not found


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_opens_with_a_sentence_of_purpose(module: Path) -> None:
    first = (ast.get_docstring(tree_of(module)) or "").split("\n\n")[0]
    assert re.search(r"[.:]$", first), "a docstring that begins with a whole sentence"


# --- what we depend on ----------------------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULE_OF = {"fpdf2": "fpdf", "python-telegram-bot": "telegram"}
"""Where the name to import is another than the name to install."""
UNSEEN = {
    "tzdata": "zoneinfo",
    "aiosqlite": "sqlite+aiosqlite://",
    "tzfpy": "import sys, tzfpy",
}
"""Used without an import of ours: what in the code needs it."""
COMES_WITH = {"pydantic": "pydantic-settings", "rich": "typer"}
"""Imported directly, and brought by another dependency that is built on it."""


def dependencies() -> list[str]:
    return [re.split(r"[\[<>=~! ;]", line)[0] for line in PROJECT["project"]["dependencies"]]


def module_of(dependency: str) -> str:
    return MODULE_OF.get(dependency, dependency.lower().replace("-", "_"))


@cache
def imported() -> set[str]:
    return {module.split(".")[0] for path in MODULES for module, _ in imports(path)}


@pytest.mark.parametrize("dependency", dependencies())
def test_every_dependency_is_used(dependency: str) -> None:
    if dependency in UNSEEN:
        sources = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
        assert UNSEEN[dependency] in sources
        assert module_of(dependency) not in imported(), "then it needs no exception"
    else:
        assert module_of(dependency) in imported()


def test_every_import_is_a_dependency() -> None:
    declared = {module_of(dependency) for dependency in dependencies()}
    for module, bringer in COMES_WITH.items():
        assert bringer in dependencies()
        declared.add(module)
    assert imported() - set(sys.stdlib_module_names) - {"bot"} <= declared


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=name_of)
def test_locks_name_no_host_and_pin_by_hash(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[A-Za-z0-9][^\s=]*==", text, re.MULTILINE)
    assert pins
    assert len(pins) <= text.count("--hash=sha256:")


def test_the_program_needs_only_what_the_tests_have() -> None:
    run, dev = (
        set(re.findall(r"^([A-Za-z0-9][^\s;\\]*==[^\s;\\]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("run.lock", "dev.lock")
    )
    assert run <= dev, "the two locks pin different versions: make lock"
