"""Logs: one line per event; no token and no text of an exception gets into any of them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot import logs

TOKEN = "123456789:AAexample_of-a_token_with-length"
SHORT = "1:short-one"
SAID = "burning 7, and my name is Ada"

Lines = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    names = [*logs.NOISY, "apscheduler"]
    levels = [root.level, *(logging.getLogger(name).level for name in names)]
    yield
    ours = structlog.stdlib.ProcessorFormatter
    root.handlers[:] = [handler for handler in root.handlers if not isinstance(handler.formatter, ours)]
    for logger, level in zip([root, *map(logging.getLogger, names)], levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(params=["plain", "json"])
def lines(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What was written to standard error, set up as the program does."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.set_up("DEBUG", request.param, SHORT)
    return lambda: written.getvalue().splitlines()


def fail(words: str = SAID) -> None:
    raise ValueError(words)


# --- tokens ---------------------------------------------------------------------------------------------------


def test_a_token_is_cut_out_wherever_in_a_line_it_stands(lines: Lines) -> None:
    log = logs.get("bot.wire")
    log.info(f"polling https://api.telegram.org/bot{TOKEN}/getUpdates", url=f"/bot{SHORT}/getMe")
    log.info("nested", values=[{"deep": f"bot{TOKEN}"}], other=(SHORT,))
    logging.getLogger("library").warning("POST %s failed", f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    logging.getLogger("library").warning("%r", {"key": SHORT})
    written = lines()
    assert len(written) == 4
    for line in written:
        assert "[token]" in line
        assert TOKEN not in line
        assert SHORT not in line


# --- exceptions -----------------------------------------------------------------------------------------------


def test_the_text_of_an_exception_is_never_written(lines: Lines) -> None:
    log = logs.get("bot.wire")
    try:
        fail()
    except ValueError as error:
        log.exception("it failed")
        log.error("it failed", exc_info=error)
        log.error("it failed", why=error)
        log.error("it failed", error=logs.trace(error))
        logging.getLogger("library").exception("it failed")
        logging.getLogger("library").error("it failed: %s", error, exc_info=True)
        logging.getLogger("library").error("it failed: %r", error, exc_info=error)
    written = lines()
    assert len(written) == 7
    for line in written:
        assert "burning" not in line
        assert "Ada" not in line
        assert "ValueError" in line
        assert "test_logs.py" in line, "where it happened is said"


async def test_an_exception_that_nobody_fetched_is_written_without_its_text(lines: Lines) -> None:
    loop = asyncio.get_running_loop()
    error = ValueError(SAID)
    loop.call_exception_handler({"message": f"Task exception was never retrieved: {error!r}", "exception": error})
    [line] = lines()
    assert "burning" not in line
    assert "ValueError" in line


def test_a_stop_in_the_middle_of_work_is_no_failure(lines: Lines) -> None:
    try:
        raise asyncio.CancelledError
    except asyncio.CancelledError:
        logging.getLogger("apscheduler.executors.default").exception('Job "%s" raised an exception', "tick")
    logging.getLogger("apscheduler.executors.default").error("but this is one")
    [line] = lines()
    assert "but this is one" in line


def test_where_an_exception_came_from_is_told_by_places_alone() -> None:
    try:
        fail()
    except ValueError as error:
        told = logs.trace(error)
    assert told.startswith("ValueError at tests/test_logs.py:") or told.startswith("ValueError at test_logs.py:")
    assert " fail < " in told
    assert SAID not in told
    assert logs.trace(ValueError(SAID)) == "ValueError"


# --- one line -------------------------------------------------------------------------------------------------


def test_an_event_is_one_line(lines: Lines) -> None:
    logs.get("bot").info("one\ntwo", more="three\nfour")
    logging.getLogger("library").warning("five\nsix")
    assert len(lines()) == 2


def test_in_json_every_line_is_an_object_with_event_level_and_instant(capfd: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", "json")
    logs.get("bot").info("tick", sent=3, skipped=0)
    logs.get("bot").warning("wäit", why="ñ")
    logging.getLogger("library").error("from elsewhere")
    found = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in found] == [
        ("tick", "info"),
        ("wäit", "warning"),
        ("from elsewhere", "error"),
    ]
    assert (found[0]["sent"], found[0]["skipped"]) == (3, 0)
    assert all(line["timestamp"].endswith("Z") for line in found)


def test_less_than_the_level_is_not_written(capfd: pytest.CaptureFixture[str]) -> None:
    logs.set_up("WARNING", "json")
    logs.get("bot").info("tick")
    logs.get("bot").warning("careful")
    assert [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()] == ["careful"]


@pytest.mark.parametrize("name", logs.NOISY)
def test_libraries_that_write_addresses_are_quiet(capfd: pytest.CaptureFixture[str], name: str) -> None:
    logs.set_up("DEBUG", "json")
    logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot...")
    assert capfd.readouterr().err == ""


def test_nothing_goes_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    logs.set_up("DEBUG", "plain")
    logs.get("bot").info("tick")
    assert capfd.readouterr().out == ""


def test_setting_up_twice_writes_each_event_once(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        logs.set_up("INFO", "json")
    logs.get("bot").info("tick")
    assert len(capfd.readouterr().err.splitlines()) == 1
