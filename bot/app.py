"""The composition root: puts receiver, worker, sender and ticker together; they live and die as one.

Everything that can fail fails before anything has started: settings, cards, database, token.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from telegram import BotCommandScopeAllPrivateChats, BotCommandScopeDefault
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.ext import ContextTypes, ExtBot

from bot import chat, diary, handlers, logs, press, storage
from bot.chat.messages import plain
from bot.clock import Clock, WallClock
from bot.crew import Crew
from bot.diary.moments import Standing
from bot.handlers import DiaryApplication, DiaryContext
from bot.jobs import Ticker, privacy
from bot.jobs.backups import Keeper
from bot.settings import Settings
from bot.storage.inbox import Arrival
from bot.systemd import Supervisor
from bot.wire import Figures, Health, Receiver, Recipes, Request, Sender, Status, TokenRevoked, Vigil, Webhook, Worker
from bot.wire.receiver import REFUSED_FOR, UNKNOWN

log = logs.get(__name__)

CONNECTIONS: Final = 300
"""More than the sender's calls at once, so that a poll or a tap never waits for a free one."""
TICK_EVERY: Final = 60
"""Seconds."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds between tries to reach Telegram at the start; each pause is twice the one before."""
GREETED_WITHIN: Final = 30.0
"""Seconds that a call at the start may take: what stays silent for longer is tried anew on another connection."""
QUIET_LOOKED_AT_EVERY: Final = 0.002
"""Seconds: the demo and the tests wait so for the bot, hundreds of times in a story."""
OUT_OF_TOUCH_AFTER: Final = timedelta(minutes=10)
"""Several times the longest wait for a poll's answer."""


class Program:
    """The running bot: made inside an event loop; `run` ends when one of its parts does."""

    def __init__(self, settings: Settings, clock: Clock | None = None, supervisor: Supervisor | None = None) -> None:
        self.settings = settings
        self.clock = clock or WallClock()
        self.figures = Figures()
        self.supervisor = supervisor or Supervisor()
        self.database = storage.Database(settings.database_path, settings.backup_dir)
        self.ticker = Ticker(self.database, settings)
        self._tick_due = self._time()
        self._tick_failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.crew = Crew(press.make)
        token = settings.bot_token.get_secret_value()
        self._base_url = f"{settings.telegram_api_url}/bot{token}"
        self._request = Request(CONNECTIONS)
        self._poll_request = Request(2)
        bot: ExtBot[Any] = ExtBot(
            token,
            base_url=f"{settings.telegram_api_url}/bot",
            base_file_url=f"{settings.telegram_api_url}/file/bot",
            request=self._request,
            get_updates_request=self._poll_request,
        )
        application = (
            DiaryApplication.builder()
            .application_class(DiaryApplication)
            .bot(bot)
            .updater(None)
            .context_types(ContextTypes(context=DiaryContext))
            .build()
        )
        assert isinstance(application, DiaryApplication)
        self.application = application
        for handler in handlers.surface():
            self.application.add_handler(handler)
        self.sender = Sender(
            self.database,
            self._request,
            self._base_url,
            self.clock,
            Recipes(self.crew.make, settings.database_path, self.clock),
            per_second=settings.messages_per_second,
            per_second_per_chat=settings.messages_per_second_per_chat,
            figures=self.figures,
        )
        self.worker = Worker(self.database, self.clock, self._handle, self._apologise, self.sender.wake, self.figures)
        self.receiver = self._door()
        self.keeper = Keeper(self.database, settings, self.clock, self.sender.wake)
        self.health = Health(self.database, self.clock, self.figures, self.sender.sendable, self.clock.now())
        heart = settings.heartbeat_url.get_secret_value() if settings.heartbeat_url else None
        self.vigil = Vigil(self.health, self.figures, self.supervisor, heart, self._taken_in)
        self.status: Status | None = None
        if settings.status_port:
            self.status = Status(self.health, self.figures, settings.status_host, settings.status_port)

    def _door(self) -> Receiver | Webhook:
        """How updates come in: we ask for them, or Telegram calls us."""
        settings, to_telegram = self.settings, (self._poll_request, self._base_url)
        if settings.webhook_url is None:
            return Receiver(self.database, *to_telegram, self.clock, self.worker.wake, self.figures)
        assert settings.webhook_secret is not None
        return Webhook(
            self.database,
            *to_telegram,
            self.clock,
            self.worker.wake,
            self.figures,
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
            host=settings.webhook_host,
            port=settings.webhook_port,
            connections=settings.webhook_connections,
        )

    # --- life -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until cancelled. Raises what ends a part; then all of them are ended and the file is closed."""
        chat.red_flags.check_cards(self.settings.cards_dir)
        await self.database.open(self.clock.now())
        try:
            await self.database.write(self._say_farewell)
            async with contextlib.nullcontext() if self.status is None else self.status.served():
                self.supervisor.tell(STATUS="Starting: waiting for Telegram.")
                await self._greet()
                await self.worker.recover()
                async with asyncio.TaskGroup() as parts:
                    self.health.parts = [
                        parts.create_task(self.sender.run(), name="sender"),
                        parts.create_task(self.worker.run(), name="worker"),
                        parts.create_task(self.receiver.run(), name="receiver"),
                        parts.create_task(self._clockwork(), name="clockwork"),
                        parts.create_task(self.keeper.run(), name="keeper"),
                    ]
                    parts.create_task(self._offer_menus(), name="menus")
                    if self.vigil.needed or self.status is not None:
                        parts.create_task(self.vigil.run(), name="vigil")
        finally:
            self.supervisor.tell(STOPPING=1)
            await self._close()

    async def _greet(self) -> None:
        """Learn who we are, as the first poll needs it; wait as long as the network is away."""
        await self._request.initialize()
        bot = self.application.bot
        # A webhook left over, of ours or of another program, would answer every poll with 409.
        polling = self.settings.webhook_url is None
        drop = partial(bot.delete_webhook, drop_pending_updates=False)
        dropping = asyncio.create_task(self._insist(drop, needed=False)) if polling else None
        try:
            await self._insist(self.application.initialize)
            if dropping is not None:
                await dropping
        finally:
            if dropping is not None:
                dropping.cancel()
        log.info("the bot is up", name=bot.username)

    async def _offer_menus(self) -> None:
        """Tell Telegram our commands and what we are. Nobody's answer waits for that: it is done beside all else."""
        # In a thread: reading the catalogues would hold up the event loop for some hundredths of a second.
        for language, said in (await asyncio.to_thread(_introductions)).items():
            code = None if language == chat.words.DEFAULT else language
            # Those of private chats outrank the others, which is why both are set: an older version set the former.
            for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeDefault()):
                menu = partial(self.application.bot.set_my_commands, said.menu, scope=scope, language_code=code)
                await self._insist(menu, needed=False)
            await self._introduce(said, code)

    async def _introduce(self, said: Introduction, code: str | None) -> None:
        """Say in Telegram's own places what this is, unless the clinic has written something there itself."""
        bot = self.application.bot
        try:
            async with asyncio.timeout(GREETED_WITHIN):
                whole, short = await bot.get_my_description(code), await bot.get_my_short_description(code)
                if whole.description in said.replaceable - {said.description}:
                    await bot.set_my_description(said.description, code)
                if short.short_description in said.replaceable - {said.short}:
                    await bot.set_my_short_description(said.short, code)
        except Exception as error:
            # Whatever a server answers here, the diary goes on without it.
            log.info("what Telegram says of the bot stays as it is", why=type(error).__name__)

    async def _insist(self, call: Callable[[], Awaitable[object]], *, needed: bool = True) -> None:
        """Make a call until the network lets it through. One that is not needed may be refused."""
        pause, began = FIRST_PAUSE, self._time()
        while True:
            try:
                async with asyncio.timeout(GREETED_WITHIN):
                    await call()
                return
            except TimeoutError:
                log.warning("Telegram stays silent; trying again", pause=pause)
            except InvalidToken:
                if not needed:
                    log.warning("the server does not know a call that we can do without")
                    return
                # A token with which we polled before is known: such a refusal may pass, as it may at a poll.
                if self._time() - began >= REFUSED_FOR or not await self._has_polled():
                    raise TokenRevoked(UNKNOWN) from None
                log.warning("Telegram refuses the token; trying again", pause=pause)
            except TelegramError as error:
                # PTB counts a refusal (400) among the network's errors.
                if not needed and (isinstance(error, BadRequest) or not isinstance(error, NetworkError)):
                    log.warning("the server refused a call that we can do without")
                    return
                log.warning("Telegram can't be reached; trying again", why=type(error).__name__, pause=pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _has_polled(self) -> bool:
        """Whether Telegram ever answered a poll for this database."""
        return await self.database.write(storage.inbox.last_poll) is not None

    async def _clockwork(self) -> None:
        """Tick every minute, once what waited at Telegram has been taken in and worked off."""
        await self._taken_in()
        await self.worker.worked_off()
        await self.look_around()
        await self._minute()
        queue = self.application.job_queue
        assert queue is not None
        first = TICK_EVERY - self.clock.now().second
        self._tick_due = self._time() + first
        queue.run_repeating(
            self._tick_job,
            interval=TICK_EVERY,
            first=first,
            # PTB's defaults silently drop a tick that is a second late.
            job_kwargs={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        await queue.start()
        try:
            # APScheduler would only log a failed tick, and the diary would stand still.
            await self._tick_failure
        finally:
            await queue.stop(wait=False)

    async def _tick_job(self, _: object) -> None:
        try:
            self._note_lateness()
            await self.look_around()
            if await self.in_touch():
                await self._minute()
            self.figures.clock_ran_at = self._time()
        except Exception as error:
            if not self._tick_failure.done():
                self._tick_failure.set_exception(error)

    async def look_around(self) -> None:
        """Once a minute: is the file still in its place, did the operator put an update back, is a backup due?"""
        await self.database.check_place(self.clock.now())
        self.worker.wake()
        self.keeper.wake()

    async def _minute(self) -> None:
        """The minute's tick, with how long it took written down."""
        began = self._time()
        await self.tick()
        self.figures.ticks += 1
        self.figures.clock_ran_at = self._time()
        self.figures.tick_took_for = self.figures.clock_ran_at - began

    def _note_lateness(self) -> None:
        """How late a tick begins. Several that were missed are made up for by one, which is as late as the first."""
        now = self._time()
        late = max(0.0, now - self._tick_due)
        self.figures.tick_late_for = late
        self._tick_due = now - late % TICK_EVERY + TICK_EVERY

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _taken_in(self) -> None:
        """Wait until everything that Telegram kept for us is on the disk."""
        await self.receiver.first_poll.wait()

    async def in_touch(self) -> bool:
        """Whether everything that people have sent is taken in and, where it had to wait, worked off.

        While polls fail, or bring more than one of them can hold, replies may wait that belong into what would go out
        now: nothing is asked and nothing summed up until they are in.
        """
        polled_at, oldest = await self.database.write(
            lambda tx: (storage.inbox.last_poll(tx), storage.inbox.oldest(tx))
        )
        if self.receiver.failing or polled_at is None or self.clock.now() - polled_at > OUT_OF_TOUCH_AFTER:
            log.warning("out of touch with Telegram: nothing is asked or summed up until what waits there is in")
            return False
        if oldest is not None and oldest.waited_since is not None:
            return diary.entries.received_late(oldest.received_at, oldest.waited_since) is None
        return True

    async def tick(self) -> dict[str, int]:
        """Do what is due now."""
        counts = await self.ticker.tick(self.clock.now())
        self.figures.ticked(counts)
        if counts:
            self.sender.wake()
        return counts

    async def tick_after_jump(self) -> dict[str, int]:
        """Do what is due after a movable clock was set forward while a poll was open: nothing waited meanwhile."""
        await self.database.write(lambda tx: storage.inbox.polled(tx, self.clock.now()))
        return await self.tick()

    async def quiet(self) -> None:
        """Wait until everything received is handled and everything said is sent."""
        while True:
            await asyncio.sleep(QUIET_LOOKED_AT_EVERY)
            if not (self.worker.idle() and self.sender.idle()):
                continue
            waiting = await self.database.write(lambda tx: storage.inbox.depth(tx) + storage.outbox.depth(tx))
            if waiting == 0 and self.worker.idle() and self.sender.idle():
                return

    async def next_due(self) -> datetime | None:
        """The earliest instant at which there is something to do."""
        return await self.database.write(storage.prompts.next_due_at)

    async def _close(self) -> None:
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.application.shutdown()
        await self._request.shutdown()
        await self._poll_request.shutdown()
        await self.crew.close()
        await self.database.close()
        log.info("the bot has stopped")

    def _say_farewell(self, tx: Connection) -> None:
        """To those whose deletion a kill interrupted, and the start has finished."""
        for chat_id, language in self.database.forgotten:
            privacy.farewell(tx, chat_id, language, self.settings, self.clock.now())

    # --- what the parts need of each other ----------------------------------------------------------------------

    def _handle(self, tx: Connection, arrival: Arrival) -> None:
        handlers.handle(self.application, self.settings, tx, arrival, self.clock.now())

    def _apologise(self, tx: Connection, arrival: Arrival) -> None:
        handlers.apologise(self.application, self.settings, tx, arrival, self.clock.now())


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    program = Program(settings, supervisor=Supervisor.of(os.environ))
    rest_the_collector()
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await program.run()


@dataclass(frozen=True, slots=True)
class Introduction:
    """What Telegram shows of us to someone who has not written yet, in one language.

    `replaceable`: texts of ours in any language, and none; anything else was written by the clinic.
    """

    menu: list[tuple[str, str]]
    description: str
    short: str
    replaceable: frozenset[str]


def _introductions() -> dict[str, Introduction]:
    """For each language, what a stranger is shown."""
    spoken = {language: chat.words.words(language) for language in chat.words.LANGUAGES}
    whole = {language: plain(chat.help.description(say)) for language, say in spoken.items()}
    short = {language: plain(chat.help.short_description(say)) for language, say in spoken.items()}
    ours = frozenset({"", *whole.values(), *short.values()})
    menus = {
        language: chat.help.commands((Standing.STRANGER,), handlers.COMMANDS, say) for language, say in spoken.items()
    }
    return {
        language: Introduction(
            [(entry["command"], entry["description"]) for entry in menus[language]],
            whole[language],
            short[language],
            ours,
        )
        for language in spoken
    }


def rest_the_collector() -> None:
    """Let Python look for garbage less often, and never in what is here to stay: a tenth of a reply's time.

    Almost nothing of ours goes in circles, so there is little for it to find. What is here now is not looked through
    even once: that would be a tenth of the start.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
