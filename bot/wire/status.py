"""The status pages for the operator and for machines: /healthz, /readyz and /metrics, on a local port.

Nothing on them says anything of a person: no health data, no names, no chat ids.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from bot.storage.inbox import Parked
from bot.storage.outbox import Urgency
from bot.wire.figures import STATES, Figures
from bot.wire.gate import CannotListen
from bot.wire.health import Depths, Finding, Health, well

LISTED: Final = 20
"""Kinds of parked updates named on the page."""
METRICS_TYPE: Final = "text/plain; version=0.0.4"


class Status:
    """Serves the pages on `host` and `port`; 0 is any free one. `address` is where they are."""

    def __init__(self, health: Health, figures: Figures, host: str, port: int) -> None:
        self._health = health
        self._figures = figures
        self._host = host
        self._port = port
        self.address = ""

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve the pages meanwhile. Raises CannotListen."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=60)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except OSError as error:
                raise CannotListen(
                    f"The status pages can't listen on {self._host}, port {self._port} ({error.strerror}). "
                    "Give STATUS_PORT another number, or leave it empty to do without them."
                ) from None
            bound = runner.addresses[0]
            self.address = f"http://{bound[0]}:{bound[1]}"
            yield
        finally:
            await runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        findings = self._health.alive()
        parked = await self._health.parked()
        return _page("alive", findings, _set_aside(parked))

    async def _readyz(self, _: web.Request) -> web.Response:
        return _page("ready", await self._health.ready(), [])

    async def _metrics(self, _: web.Request) -> web.Response:
        now = self._health.clock.now()
        lines = Lines()
        _of_the_wire(lines, self._figures)
        _of_the_clock(lines, self._figures, asyncio.get_running_loop().time())
        if self._figures.in_touch_at is not None:
            ago = (now - self._figures.in_touch_at).total_seconds()
            lines.gauge("telegram_out_of_touch_seconds", "Since nothing more waited for us at Telegram.", ago)
        depths = await self._health.depths()
        lines.gauge("database_readable", "1 when the depths below could be read.", int(depths is not None))
        if depths is not None:
            _of_the_database(lines, depths, now.timestamp())
        lines.gauge("start_time_seconds", "When the program started.", self._health.started_at.timestamp())
        return web.Response(body=lines.text().encode(), headers={"Content-Type": METRICS_TYPE})


# --- pages for people -----------------------------------------------------------------------------------------


def _page(what: str, findings: list[Finding], more: list[str]) -> web.Response:
    """What is wrong stands in the first line, for whoever reads no further."""
    wrong = [finding for finding in findings if not finding.ok]
    head = what if not wrong else f"not {what}: " + "; ".join(f"{finding.check} {finding.words}" for finding in wrong)
    lines = [head, *(f"{finding.check}: {finding.words}" for finding in findings), *more]
    return web.Response(text="\n".join(lines) + "\n", status=200 if well(findings) else 503)


def _set_aside(parked: list[Parked] | None) -> list[str]:
    if parked is None:
        return ["parked: unknown, the database can't be read"]
    if not parked:
        return ["parked: none"]
    kinds = Counter(f"{update.reason or 'no reason'} (tried {update.tries} times)" for update in parked)
    lines = [f"- {count} × {kind}" for kind, count in kinds.most_common(LISTED)]
    first, last = parked[0].received_at, parked[-1].received_at
    span = f"{first:%Y-%m-%d %H:%M}" + ("" if first == last else f" to {last:%Y-%m-%d %H:%M}")
    rest = [f"- and {len(kinds) - LISTED} more kinds"] if len(kinds) > LISTED else []
    return [f"parked: {len(parked)}, received {span} UTC. `symptom-diary parked` lists them.", *lines, *rest]


# --- pages for machines ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Lines:
    """Metrics in Prometheus' text format, version 0.0.4. Labels are closed sets of ours and need no escaping."""

    _lines: list[str] = field(default_factory=list)

    def counter(self, name: str, what: str, samples: Iterable[tuple[dict[str, str], float]]) -> None:
        self._put("counter", f"{name}_total", what, samples)

    def gauge(self, name: str, what: str, value: float) -> None:
        self._put("gauge", name, what, [({}, value)])

    def gauges(self, name: str, what: str, samples: Iterable[tuple[dict[str, str], float]]) -> None:
        self._put("gauge", name, what, samples)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def _put(self, kind: str, name: str, what: str, samples: Iterable[tuple[dict[str, str], float]]) -> None:
        name = f"symptom_diary_{name}"
        self._lines += [f"# HELP {name} {what}", f"# TYPE {name} {kind}"]
        for labels, value in samples:
            inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
            self._lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")


def _of_the_wire(lines: Lines, figures: Figures) -> None:
    doors = figures.updates or {"polling": 0}
    lines.counter("updates_received", "Updates stored, by door.", [({"door": d}, n) for d, n in doors.items()])
    lines.counter("updates_handled", "Updates handled or parked.", [({}, figures.handled)])
    lines.counter(
        "sends",
        "Calls to Telegram by action and outcome; later: tried again.",
        [({"action": action, "outcome": outcome}, n) for (action, outcome), n in sorted(figures.sends.items())],
    )
    states = dict.fromkeys(sorted(STATES.values()), 0) | figures.prompts
    lines.counter("prompts", "Prompts that came into a state.", [({"state": s}, n) for s, n in states.items()])
    if figures.offers or figures.connections:
        offers = sorted(figures.offers.items())
        lines.counter("webhook_requests", "By HTTP status.", [({"status": str(s)}, n) for s, n in offers])
        lines.gauge("webhook_connections", "Open at the webhook.", figures.connections)
    if figures.heartbeats:
        beats = sorted(figures.heartbeats.items())
        lines.counter("heartbeats", "Pings of HEARTBEAT_URL.", [({"outcome": o}, n) for o, n in beats])


def _of_the_clock(lines: Lines, figures: Figures, time: float) -> None:
    lines.counter("ticks", "Times that the minute's work was done.", [({}, figures.ticks)])
    lines.gauge("tick_lateness_seconds", "How late the last tick began.", figures.tick_late_for)
    lines.gauge("tick_duration_seconds", "How long the last tick took.", figures.tick_took_for)
    if figures.clock_ran_at is not None:
        lines.gauge("tick_age_seconds", "Since the last tick.", time - figures.clock_ran_at)
    work = sorted(figures.work.items())
    lines.counter("tick_work", "What ticks did besides prompts, by kind.", [({"kind": k}, n) for k, n in work])
    lateness = max(figures.late_pulses, default=0.0)
    lines.gauge("event_loop_lateness_seconds", "The worst of the last minute.", lateness)


def _of_the_database(lines: Lines, depths: Depths, now: float) -> None:
    def age(since: float | None) -> float:
        return 0.0 if since is None else max(0.0, now - since)

    inbox_since = depths.inbox_since.timestamp() if depths.inbox_since else None
    due_since = depths.due_since.timestamp() if depths.due_since else None
    waiting = {urgency: depths.outbox.get(urgency) for urgency in Urgency}
    lines.gauge("inbox_depth", "Updates that wait to be handled.", depths.inbox)
    lines.gauge("update_lag_seconds", "Age of the update that waits longest.", age(inbox_since))
    lines.gauge("parked", "Updates set aside after three tries.", depths.parked)
    lines.gauges(
        "outbox_depth",
        "Messages that wait to be sent, by urgency.",
        [({"urgency": urgency.name.lower()}, found[0] if found else 0) for urgency, found in waiting.items()],
    )
    lines.gauges(
        "outbox_lag_seconds",
        "Age of the message that waits longest, by urgency.",
        [
            ({"urgency": urgency.name.lower()}, age(found[1].timestamp() if found else None))
            for urgency, found in waiting.items()
        ],
    )
    lines.gauge("overdue_seconds", "Since the earliest prompt or digest that is due and not begun.", age(due_since))
