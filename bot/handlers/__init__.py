"""Someone did something in Telegram: what now? The whole surface, in one ordered list.

Handlers are plain functions of a Turn. They never wait: each is run to its end inside the transaction that marks its
update done, so nothing they write or say can be half there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from telegram import CallbackQuery, Chat, InaccessibleMessage, Message, Update, User
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import chat, diary
from bot.chat import buttons
from bot.diary.edits import Became
from bot.diary.moments import Thing
from bot.diary.people import Patient, Stage
from bot.handlers import (
    accesses,
    alerts,
    checkins,
    clinic,
    courses,
    deputies,
    digests,
    edits,
    entries,
    exports,
    flares,
    help,
    hours,
    items,
    limits,
    looking,
    offers,
    panels,
    pauses,
    people,
    privacy,
    prompts,
    red_flags,
    sessions,
    settings,
    sharing,
    things,
    zones,
)
from bot.handlers.turn import Turn
from bot.settings import Settings
from bot.storage.inbox import Arrival

Command = Callable[[Turn, str], None]
Tapped = Callable[[Turn, Any], None]

COMMANDS: dict[str, Command] = {
    "start": people.start,
    "today": entries.today,
    # yesterday, flares
    "yesterday": entries.yesterday,
    "flare": flares.flare,
    # pauses
    "pause": pauses.pause,
    # settings
    "settings": settings.settings,
    "week": digests.week,
    # looking back
    "chart": looking.chart,
    "history": looking.history,
    "report": looking.report,
    "urgent": people.urgent,
    # own data
    "privacy": privacy.privacy,
    "export": exports.export,
    "sharing": sharing.sharing,
    "forget": privacy.forget,
    "stop": people.stop,
    "patients": digests.patients,
    "digest": digests.digest,
    # panel
    "rename": panels.rename,
    # sessions
    "session": sessions.session,
    "treatment": sessions.treatment,
    # alerts
    "hours": hours.hours,
    # together
    "deputy": deputies.deputy,
    "handover": offers.hand_over,
    "leave": clinic.leave,
    "therapists": clinic.therapists,
    "status": clinic.status,
    "who": accesses.who,
    # files
    "invite": people.invite,
    "invite_therapist": people.invite_therapist,
    "symptoms": items.symptoms,
    "language": people.language,
    "help": help.help_,
}
OF_A_DIARY: tuple[Command, ...] = (
    entries.today,
    entries.yesterday,
    flares.flare,
    pauses.pause,
    settings.settings,
    digests.week,
    looking.chart,
    looking.history,
    looking.report,
    people.stop,
    items.symptoms,
)
NAMES_OTHERS: tuple[Command, ...] = (
    people.start,
    people.invite,
    people.invite_therapist,
    digests.patients,
    panels.rename,
    sessions.session,
)
"""What follows these is a code, or somebody else's name: no words about oneself."""
FOR_STRANGERS: tuple[Command, ...] = (
    people.start,
    people.urgent,
    help.help_,
    privacy.privacy,
    exports.export,
    privacy.forget,
)
WHILE_LEAVING: tuple[Command, ...] = (
    people.start,
    people.urgent,
    people.language,
    privacy.privacy,
    exports.export,
    privacy.forget,
)
"""What still works for a patient who wants everything deleted. Whatever else they send is told how that stands."""
TAPS: dict[type[Any], Tapped] = {
    buttons.Score: entries.score,
    buttons.NotToday: entries.not_today,
    buttons.Resume: entries.resume,
    buttons.Change: entries.change,
    buttons.ChangeItem: entries.change_item,
    buttons.AddNote: entries.add_note,
    buttons.NoNote: entries.no_note,
    buttons.UndoNote: entries.undo_note,
    buttons.MoveScores: entries.move,
    buttons.Enrol: people.answer,
    buttons.Language: people.set_language,
    buttons.BecomeTherapist: people.become_therapist,
    buttons.RenameTherapist: people.rename_therapist,
    buttons.Week: digests.whose,
    buttons.Card: digests.card,
    buttons.Notes: digests.notes,
    buttons.Panel: digests.page,
    buttons.AllPatients: digests.all_patients,
    # panel
    buttons.Others: panels.others,
    buttons.BackToOthers: panels.back_to_others,
    buttons.PanelPicture: panels.picture,
    buttons.SearchPatient: panels.ask_search,
    buttons.Rename: panels.ask_name,
    buttons.DigestDay: panels.ask_day,
    buttons.DigestOn: panels.ask_hour,
    buttons.DigestAt: panels.put_hour,
    buttons.TypeDigestHour: panels.type_hour,
    # course
    buttons.Course: courses.of_patient,
    buttons.OwnCourse: courses.own,
    # alerts
    buttons.SetHours: hours.choose,
    buttons.AlertLimits: limits.show,
    buttons.SetLimit: limits.put,
    buttons.AnswerAlert: alerts.answer,
    buttons.HowUrgent: alerts.how_urgent,
    # together
    buttons.Colleagues: offers.colleagues,
    buttons.AskPatient: offers.ask,
    buttons.HandOver: offers.hand_over_page,
    buttons.LeaveIt: offers.leave_it,
    buttons.AnswerOffer: offers.answer,
    buttons.PickReader: offers.pick,
    buttons.PickPage: offers.pick_page,
    buttons.MoreReaders: sharing.others,
    buttons.Deputy: deputies.step,
    buttons.DeputyPage: deputies.page,
    buttons.DeputyDate: deputies.ask_date,
    buttons.EndDeputy: deputies.end,
    buttons.LeaveClinic: clinic.leave_for_good,
    buttons.StayHere: clinic.stay,
    buttons.Therapists: clinic.page,
    buttons.RemoveTherapist: clinic.remove,
    buttons.WhoSaw: accesses.page,
    # files
    buttons.OwnCopy: exports.own,
    buttons.ChooseExport: exports.choose,
    buttons.ExportAll: exports.everyone,
    buttons.ExportOne: exports.one,
    buttons.SheetOf: exports.sheet,
    # sessions
    buttons.Session: sessions.step,
    buttons.SameSession: sessions.same,
    buttons.LogSession: sessions.log,
    buttons.SessionDate: sessions.ask_date,
    buttons.SessionPatients: sessions.page,
    buttons.Sessions: sessions.sessions,
    buttons.OneSession: sessions.one,
    buttons.CorrectSession: sessions.correct,
    buttons.SessionOn: sessions.on,
    buttons.SessionWas: sessions.was,
    buttons.SessionAt: sessions.at,
    buttons.DeleteSession: sessions.delete,
    buttons.ConfirmSession: sessions.confirm,
    buttons.ReportSession: sessions.report,
    buttons.ReportDate: sessions.ask_report_date,
    buttons.UndoReport: sessions.undo_report,
    buttons.CheckIn: checkins.answer,
    # later, pauses
    buttons.AskLater: prompts.ask_later,
    buttons.Snooze: prompts.snooze,
    buttons.Pause: pauses.begin,
    buttons.PauseDates: pauses.ask_date,
    buttons.PauseReason: pauses.reason,
    buttons.Back: pauses.back,
    # settings
    buttons.Settings: settings.show,
    buttons.AskAt: settings.ask_at,
    buttons.TypeHour: settings.type_hour,
    buttons.QuietHours: settings.quiet,
    buttons.TypeQuiet: settings.type_quiet,
    buttons.RemindAfter: settings.remind_after,
    buttons.LargeButtons: settings.large_buttons,
    buttons.Speak: settings.speak,
    buttons.AskPlace: zones.ask_place,
    buttons.Cities: zones.cities,
    buttons.Live: zones.live,
    buttons.Travel: zones.travel,
    buttons.BackHome: zones.back_home,
    # items
    buttons.Items: items.items,
    buttons.OneItem: items.one,
    buttons.AddItem: items.add,
    buttons.TypePlace: items.type_place,
    buttons.MoveItem: items.move,
    buttons.EndItem: items.end,
    buttons.ItemAgain: items.again,
    # flares, red flags
    buttons.Flare: flares.step,
    buttons.FlareAt: flares.at,
    buttons.NoFlare: flares.drop,
    buttons.UndoFlare: flares.undo,
    buttons.RedFlag: red_flags.answer,
    # looking back
    buttons.Chart: looking.other_span,
    buttons.Month: looking.other_month,
    buttons.Report: looking.sheet,
    # own data
    buttons.Readers: sharing.show,
    buttons.StopSharing: sharing.stop,
    buttons.AskSharing: sharing.ask,
    buttons.Share: sharing.share,
    buttons.CopyFirst: privacy.copy_first,
    buttons.Forget: privacy.choose,
    buttons.KeepDiary: privacy.keep,
    buttons.TakeBack: privacy.take_back,
    buttons.ForgetSooner: privacy.sooner,
    # help
    buttons.Help: help.page,
    buttons.Run: lambda turn, tap: _run_command(turn, tap.command),
}


class HandlerWaited(RuntimeError):
    """A handler waited for something; handlers run inside a transaction and must not."""


class Unanswerable(ValueError):
    """An update whose chat, tap or tapped message is named as Telegram never names one: it can't be answered."""


class DiaryContext(CallbackContext[Any, Any, Any, Any]):
    """PTB's context with our Turn. Kept trivial: PTB swallows an exception of its constructor."""

    @property
    def turn(self) -> Turn:
        turn: Turn = self.application.turn  # type: ignore[attr-defined]
        return turn


class DiaryApplication(Application[Any, Any, Any, Any, Any, Any]):
    """PTB's application, which hands a handler's exception on to the worker instead of swallowing it."""

    turn: Turn | None = None

    async def process_error(self, update: object, error: Exception, *args: Any, **kwargs: Any) -> bool:
        raise error


def surface() -> list[BaseHandler[Any, Any, Any]]:
    """Every handler, first match wins: taps, membership, commands, places, texts, the rest."""
    handlers: list[BaseHandler[Any, Any, Any]] = [
        # One for all payloads, which say themselves what they are: a hundred patterns would be tried for each update.
        CallbackQueryHandler(_run(_tap)),
        ChatMemberHandler(_run(_membership), ChatMemberHandler.MY_CHAT_MEMBER),
        # A place that moves comes as one edit after the other.
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.LOCATION, _run(lambda turn, _: None)),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, _message(_edited)),
    ]
    handlers += [CommandHandler(name, _command(run)) for name, run in COMMANDS.items()]
    handlers += [
        MessageHandler(filters.COMMAND, _message(_unknown_command)),
        MessageHandler(filters.LOCATION, _message(_location)),
        MessageHandler(filters.TEXT, _run(_text)),
        MessageHandler(~filters.StatusUpdate.ALL, _message(_thing)),
        TypeHandler(Update, _run(lambda turn, _: None)),
    ]
    return handlers


def handle(application: DiaryApplication, settings: Settings, tx: Connection, arrival: Arrival, now: datetime) -> None:
    """Handle one update in the transaction `tx`. Raises whatever the handler raised, HandlerWaited or Unanswerable."""
    raw = _read(arrival.body)
    update = _parsed(raw, application.bot)
    if update is None or update.effective_chat is None:
        return
    if not _answerable(update.effective_chat, update.callback_query):
        raise Unanswerable
    turn = Turn(
        tx,
        update,
        now,
        settings,
        application.bot.username,
        arrival.waited_since,
        arrival.parked_at,
        tapped_picture=_tapped_picture(raw),
        thing=things.kind_of(raw),
        offered=COMMANDS,
    )
    if not turn.private and update.my_chat_member is None:
        return  # A group that we are about to leave, or a button forwarded into one: no diary is kept there.
    lost_at = turn.reached() if update.my_chat_member is None else None
    application.turn = turn
    try:
        running = application.process_update(update)
        try:
            running.send(None)
        except StopIteration:
            pass
        else:
            running.close()
            raise HandlerWaited
    finally:
        application.turn = None
    offers.bring_up(turn, lost_at)
    turn.close()


def apologise(
    application: DiaryApplication, settings: Settings, tx: Connection, arrival: Arrival, now: datetime
) -> None:
    """Tell the sender of an update that could not be handled that nothing was saved.

    Whatever shape it has: all that is needed is whom it came from. In a group nobody is told.
    """
    raw = _read(arrival.body)
    sender = _sender(raw)
    if sender is None:
        return
    bare = {
        "update_id": arrival.update_id,
        "message": {
            "message_id": 0,
            "date": 0,
            "chat": {"id": sender, "type": "private"},
            "from": {"id": sender, "is_bot": False, "first_name": ""},
        },
    }
    update = Update.de_json(bare, application.bot)
    turn = Turn(tx, update, now, settings, application.bot.username)
    query_id = _in(raw, "callback_query", "id")
    turn.tap_id = query_id if isinstance(query_id, str) else None
    turn.say(chat.people.not_saved(turn.words))
    turn.close()


def _sender(raw: Any) -> int | None:
    """Whose private chat an update is from, however mutilated it is; None where it does not say, or of a group."""
    for kind in ("message", "edited_message", "callback_query"):
        about = _in(raw, kind)
        if about is None:
            continue
        where = _in(about, "chat") or _in(about, "message", "chat")
        person = _in(about, "from", "id") if where is None else _in(where, "id")
        if _in(where, "type") in ("private", None) and type(person) is int and 0 < person < 2**52:
            return person
    return None


def _in(value: Any, *names: str) -> Any:
    """What lies under these names, one within the other; None where one of them is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _read(body: str) -> Any:
    """The update in a row. Half a surrogate pair becomes a sign of its own: neither SQLite nor Telegram takes one."""
    raw = json.loads(body)
    return _whole(raw) if "\\ud" in body else raw


def _whole(value: Any) -> Any:
    match value:
        case str():
            return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {key: _whole(inner) for key, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case _:
            return value


_HALF: Final = re.compile("[\ud800-\udfff]")


def _parsed(raw: dict[str, Any], bot: Any) -> Update | None:
    """An update as PTB has it; but of a tapped message no more than its number and chat.

    PTB would look into it for a hundred things, which takes longer than all that we then do about the tap.
    """
    query = raw.get("callback_query")
    if not isinstance(query, dict) or not isinstance(message := query.get("message"), dict):
        return Update.de_json(things.without_things(raw), bot)
    where, who = message["chat"], query["from"]
    tapped = InaccessibleMessage(Chat(where["id"], where["type"]), message["message_id"])
    names = who.get("last_name"), who.get("username"), who.get("language_code")
    user = User(who["id"], who["first_name"], who["is_bot"], *names)
    chat_instance, game = query.get("chat_instance", ""), query.get("game_short_name")
    parsed = CallbackQuery(query["id"], user, chat_instance, tapped, query.get("data"), game_short_name=game)
    return Update(raw["update_id"], callback_query=parsed)


def _answerable(where: Chat, query: CallbackQuery | None) -> bool:
    """Whether we can name to Telegram what we would answer. By their types: True is a number to Python."""
    if query is None:
        return type(where.id) is int
    tapped = query.message
    return type(where.id) is int and type(query.id) is str and (tapped is None or type(tapped.message_id) is int)


def _tapped_picture(raw: dict[str, Any]) -> bool:
    """Whether the tapped message is a picture, from an update as storage.inbox.kept keeps it, or as it came."""
    message = (raw.get("callback_query") or {}).get("message")
    return isinstance(message, dict) and bool(message.get("photo"))


# --- from PTB's form of a handler to ours ----------------------------------------------------------------------


def _run(act: Callable[[Turn, Update], None]) -> Callable[[Update, DiaryContext], Any]:
    async def run(update: Update, context: DiaryContext) -> None:
        act(context.turn, update)

    return run


def _message(act: Callable[[Turn, Update], None]) -> Callable[[Update, DiaryContext], Any]:
    """A message that is neither a known command nor a text: of someone who is leaving nothing is looked at."""

    def unless_leaving(turn: Turn, update: Update) -> None:
        patient = _leaves(turn)
        if patient is None:
            act(turn, update)
        else:
            privacy.show_leaving(turn, patient, unsaved=True)

    return _run(unless_leaving)


def _leaves(turn: Turn, act: Command | None = None) -> Patient | None:
    """The patient of this chat who wants everything deleted; of a therapist, too, only for what is their own."""
    patient = turn.patient
    if patient is None or patient.stage is not Stage.FORGETTING:
        return None
    return None if turn.roles and act is not sharing.sharing else patient


def _command(act: Command) -> Callable[[Update, DiaryContext], Any]:
    async def run(update: Update, context: DiaryContext) -> None:
        turn = context.turn
        turn.expect(None)
        _carry_out(turn, act, " ".join(context.args or []))

    return run


def _carry_out(turn: Turn, act: Command, argument: str) -> None:
    """Do what a command asks for, where it is for someone who stands so."""
    if act not in FOR_STRANGERS and not turn.roles and turn.patient is None:
        # Someone whom nobody invited learns what this is, and nothing else.
        people.greet(turn)
        return
    patient = turn.patient
    if act not in WHILE_LEAVING and (leaves := _leaves(turn, act)) is not None:
        privacy.show_leaving(turn, leaves)
        return
    own_diary = act in OF_A_DIARY and turn.therapist is None
    if own_diary and patient is not None and patient.stage is not Stage.ACTIVE:
        people.not_open(turn, patient, stop=act is people.stop)
        return
    act(turn, argument)
    if argument and act not in NAMES_OTHERS:
        _search(turn, argument)


def _run_command(turn: Turn, name: str) -> None:
    """A button that is as good as a typed command."""
    act = COMMANDS.get(name)
    if act is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        _carry_out(turn, act, "")


def _tap(turn: Turn, update: Update) -> None:
    assert update.callback_query is not None
    try:
        tap = buttons.unpack(update.callback_query.data or "")
    except buttons.BadTap:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(None)
    TAPS[type(tap)](turn, tap)


def _unknown_command(turn: Turn, update: Update) -> None:
    message = update.effective_message
    assert message is not None
    help.unknown_command(turn, things.command_in(message.text or ""))
    _search(turn, message.text or "")


def _location(turn: Turn, update: Update) -> None:
    assert update.effective_message is not None
    place = update.effective_message.location
    assert place is not None
    if not people.location(turn, place.latitude, place.longitude):
        help.thing(turn, Thing.PLACE)


def _text(turn: Turn, update: Update) -> None:
    message = update.effective_message
    assert message is not None
    foreign = things.someone_elses(message)
    if foreign is not None and (leaves := _leaves(turn)) is not None:
        privacy.show_leaving(turn, leaves, unsaved=True)
    elif foreign is not None:
        help.thing(turn, foreign)
        _search(turn, message.text or "", own=False)
    else:
        _words(turn, message, message.text or "")


def _words(turn: Turn, message: Message, said: str) -> None:
    replied, about_others = message.reply_to_message, people.expects_others(turn)
    if not people.text(turn, said, None if replied is None else replied.message_id) and not panels.named(turn, said):
        help.not_understood(turn)
    if not about_others:
        _search(turn, said)


def _thing(turn: Turn, update: Update) -> None:
    """A photo, a voice message, a sticker; what is written under it counts as if it had been sent alone."""
    message = update.effective_message
    assert message is not None
    kind, caption = turn.thing, (message.caption or "").strip()
    if not caption or things.someone_elses(message) is not None or not help.words_with_a_thing(turn, kind):
        help.thing(turn, kind)
        _search(turn, caption, own=False)
    elif caption.startswith("/") and (act := COMMANDS.get(things.command_in(caption))) is not None:
        turn.expect(None)
        _carry_out(turn, act, caption.partition(" ")[2].strip())
    elif caption.startswith("/"):
        help.unknown_command(turn, things.command_in(caption))
        _search(turn, caption)
    else:
        _words(turn, message, caption)


def _search(turn: Turn, said: str, *, own: bool = True) -> None:
    """Search what a patient typed, wherever it went, for words of a red flag. If it went nowhere, it is kept as a note
    before the card is shown, unless the words are not their `own`."""
    if diary.red_flags.find(said) is None and turn.remembered:
        return
    patient = turn.patient
    if patient is None:
        return
    found = red_flags.matches(turn, patient, said)
    if patient.stage is Stage.FORGETTING:
        # Nothing of them is kept or passed on any more; what to do still has to be said.
        people.urgent(turn, "") if found else None
        return
    today = diary.days.day_of(turn.said_at, patient.zone)
    if own and not turn.remembered and entries.active(turn) is not None:
        if found:
            entries.note(turn, patient, today, said)
        else:
            entries.remember(turn, patient, today, Became.OTHER)
    if found:
        red_flags.show(turn, patient)


def _edited(turn: Turn, update: Update) -> None:
    message = update.edited_message
    assert message is not None
    edits.edited(turn, message)


def _membership(turn: Turn, update: Update) -> None:
    member = update.my_chat_member
    assert member is not None
    if turn.private:
        people.membership(turn, member.new_chat_member.status)
    elif member.new_chat_member.status in ("member", "administrator", "restricted"):
        people.group(turn)
