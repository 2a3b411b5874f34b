"""Logs: one line per event, with no health data and no secret in any of them.

Everything ends in structlog, also what libraries write. Redaction happens here, in one place: secrets are cut out of
every line, and of an exception only its type and the places in our code are written, never its text, which may
quote a value that a person typed.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from asyncio import CancelledError
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

TOKEN: Final = re.compile(r"(?<!\d)\d{5,20}:[A-Za-z0-9_-]{20,100}")
SHORTEST_SECRET: Final = 8
"""A shorter one may be a word that stands in lines by chance; none of ours is ever logged on purpose."""
NOISY: Final = ("httpx", "httpcore", "aiohttp.access", "telegram", "asyncio", "aiosqlite", "alembic", "sqlalchemy")


def set_up(level: str, format_: str, token: str | None = None, *secrets: str) -> None:
    """Send every log line to standard error, as plain text or as JSON, with the token and other secrets cut out."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_exception_text,
    ]
    ending: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if format_ == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=30)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                ending,
                _Redaction(token, secrets),
            ],
        )
    )
    handler.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A tick that overlaps the next one is merged with it, which is what we want and no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; give it an event in a few words and the figures as keywords."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def trace(error: BaseException) -> str:
    """Where an exception came from: its type and the lines it passed, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def _is_news(record: logging.LogRecord) -> bool:
    """A stop in the middle of a tick is no failure, though the scheduler calls it one."""
    return record.exc_info is None or not isinstance(record.exc_info[1], CancelledError)


def _without_exception_text(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else (given[1] if isinstance(given, tuple) else None)
    if given and error is None:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = trace(error)
        # asyncio and others quote the exception in the line itself, too.
        for quoted in (repr(error), str(error)):
            if quoted:
                event["event"] = str(event["event"]).replace(quoted, type(error).__name__)
    for key, value in event.items():
        if isinstance(value, BaseException):
            event[key] = trace(value)
    return event


class _Redaction:
    """The last step of every line: cuts secrets out, wherever in it they stand, and keeps it one line."""

    def __init__(self, token: str | None, secrets: tuple[str, ...]) -> None:
        self._token = token
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]

    def __call__(self, _: Any, __: str, line: Any) -> str:
        clean = TOKEN.sub("[token]", str(line).replace("\n", " "))
        for secret in self._secrets:
            clean = clean.replace(secret, "[secret]")
        return clean.replace(self._token, "[token]") if self._token else clean
