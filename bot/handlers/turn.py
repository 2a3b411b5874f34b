"""One update in hand: who acts, on which message, in which transaction; and how we speak back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from telegram import Update

from bot import chat, storage
from bot.chat.messages import Message, as_data, plain
from bot.chat.words import Sentence, Words, nearest, words, words_for, words_in
from bot.diary.moments import Standing, Thing, standings
from bot.diary.people import Account, ChatId, Patient, PatientId, Reach, Role, Stage, Therapist, TherapistId
from bot.settings import Settings
from bot.storage.outbox import Said, Urgency
from bot.storage.tables import Action


class Turn:
    """What a handler is given. All it says goes into the outbox as it ends, in the transaction of what it stores."""

    def __init__(
        self,
        tx: Connection,
        update: Update,
        now: datetime,
        settings: Settings,
        bot_name: str,
        waited_since: datetime | None = None,
        parked_at: datetime | None = None,
        *,
        tapped_picture: bool = False,
        thing: Thing = Thing.OTHER,
        offered: Collection[str] = (),
    ) -> None:
        """`waited_since`: when Telegram answered the poll before; a tap was made at some time since then.

        `parked_at`: when this update was set aside, if it was and is tried anew.
        `tapped_picture`: the tapped message is a picture, which can't be edited into a text.
        `thing`: what the message is, where it has no text. `offered`: the names of the commands that there are.
        """
        self.tx = tx
        self.now = now
        self.since = now if waited_since is None else min(waited_since, now)
        self.parked_at = parked_at
        self.settings = settings
        self.bot_name = bot_name
        self.thing = thing
        self.offered = offered
        self.update = update
        assert update.effective_chat is not None
        self.chat_id = ChatId(update.effective_chat.id)
        self.private = update.effective_chat.type == "private"
        user = update.effective_user
        # None for an empty first name, whatever its type says.
        self.person_name = (user.full_name or "") if user is not None else ""
        self._telegram_language = nearest(user.language_code if user is not None else None)
        query = update.callback_query
        self.tap_id = query.id if query is not None else None
        text = update.message or update.edited_message
        self.written = None if text is None or not (text.text or text.caption) else text.message_id
        """The number of the message whose words are in hand, new or changed; None: it has none."""
        self.remembered = False
        """Whether it was written down what that text has become."""
        self.card_shown = False
        """Whether words of this update have brought the red-flag card."""
        self.tapped = query.message.message_id if query is not None and query.message is not None else None
        self._tapped_picture = tapped_picture
        message = update.message
        # As long as Telegram makes them, with room to spare: whatever is longer is cut the same each time.
        self._album = message.media_group_id[:64] if message is not None and message.media_group_id else None
        self._said: list[Said] = []
        self._account = storage.people.find_account(tx, self.chat_id) if self.private else None

    @property
    def said_at(self) -> datetime:
        """When the person acted: a text tells by itself, a tap only that it was not before `since`.

        What Telegram stamped on a text is believed where it lies between the poll before and now.
        """
        message, edited = self.update.message, self.update.edited_message
        stamped = message.date if message is not None else edited.edit_date if edited is not None else None
        if stamped is None:
            return self.since
        if self.since - timedelta(seconds=1) <= stamped <= self.now:
            return max(stamped, self.since)
        return self.now

    # --- who ---------------------------------------------------------------------------------------------------

    @property
    def known(self) -> bool:
        """Whether this chat has an account."""
        return self._account is not None

    @property
    def account(self) -> Account:
        """The account of this chat, made at first need."""
        if self._account is None:
            self._account = storage.people.account(self.tx, self.chat_id, self._telegram_language, self.now)
        return self._account

    @property
    def words(self) -> Words:
        account = self._account
        return words(self._telegram_language) if account is None else words_in(account.language, account.home)

    @property
    def patient(self) -> Patient | None:
        return storage.people.patient(self.tx, self.chat_id) if self.known else None

    @property
    def therapist(self) -> Therapist | None:
        return storage.people.therapist(self.tx, self.chat_id) if self.known else None

    @property
    def worked_here(self) -> bool:
        """Whether this chat was a therapist's, who has left the clinic: what they did keeps their name."""
        return self.known and storage.offers.has_left(self.tx, self.chat_id)

    @property
    def is_admin(self) -> bool:
        return self.chat_id in self.settings.admin_ids or storage.people.is_admin(self.tx, self.chat_id)

    @property
    def roles(self) -> list[Role]:
        """The rights of this chat; each command asks for its own."""
        return roles(self.patient, self.therapist, admin=self.is_admin)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How this chat stands to the clinic, be it that it has no role."""
        patient = self.patient
        return standings(self.roles, None if patient is None else patient.stage)

    def speaks(self, language: str) -> None:
        """This person chose another language."""
        storage.people.put_language(self.tx, self.account.chat_id, language)
        self.read_anew()

    def read_anew(self) -> None:
        """What was stored of this person's language or home has changed: `words` follows from here on."""
        self._account = storage.people.find_account(self.tx, self.chat_id)

    def expect(self, what: str | None) -> None:
        """What the next text is an answer to."""
        if what is not None or (self._account is not None and self._account.expecting is not None):
            storage.people.expect(self.tx, self.account.chat_id, what)

    def forgotten(self) -> None:
        """Everything about this person was just deleted: what is looked up from here on is what is left, if anything.

        The language stays that of the person, until the end of the turn.
        """
        language = self.words.language
        self._account = storage.people.find_account(self.tx, self.chat_id) if self.private else None
        self._telegram_language = language

    # --- speaking ----------------------------------------------------------------------------------------------

    def say(
        self,
        message: Message,
        *,
        to: ChatId | None = None,
        patient_id: PatientId | None = None,
        bubble_of: date | None = None,
        urgency: Urgency = Urgency.ANSWER,
        as_prompt: bool = False,
    ) -> int | None:
        """Send a new message; as the bubble of a diary day it can be edited later, and the bubble's id is returned.

        `as_prompt`: it is that day's prompt, so its arrival is written down, and it goes within the prompts' window.
        """
        chat_id = self.chat_id if to is None else to
        bubble_id = (
            None if bubble_of is None else storage.outbox.add_bubble(self.tx, chat_id, patient_id, self.now, bubble_of)
        )
        body = as_data(message)
        if as_prompt:
            body["until"] = (self.now + self.settings.late_prompts_for).isoformat()
        self._said.append(
            Said(
                chat_id,
                Action.SEND,
                body,
                urgency,
                patient_id,
                bubble_id=bubble_id,
                day=bubble_of if as_prompt else None,
                album=self._album,
            )
        )
        return bubble_id

    def album_answered(self) -> bool:
        """Whether we spoke already to another picture of the album that this message belongs to.

        The pictures of an album come as so many messages, and nobody wants as many answers.
        """
        return self._album is not None and storage.outbox.has_answered(self.tx, self.chat_id, self._album)

    def edit_picture(self, message: Message, *, patient_id: PatientId | None = None) -> None:
        """Put another picture, with its words, into the tapped message; where that has none, say it as a new one."""
        if self.tapped is None or not self._tapped_picture:
            self.say(message, patient_id=patient_id)
            return
        body = as_data(message) | {"of_picture": True}
        self._said.append(Said(self.chat_id, Action.EDIT, body, Urgency.ANSWER, patient_id, message_id=self.tapped))

    def edit(
        self,
        message: Message,
        *,
        bubble_id: int | None = None,
        patient_id: PatientId | None = None,
        to: ChatId | None = None,
    ) -> None:
        """Change the tapped message, or that of a bubble; where either has a picture, say it as a new one.

        `to`: whose chat the bubble is in, where it is not the one that acts.
        """
        if message.picture is not None or (bubble_id is None and (self.tapped is None or self._tapped_picture)):
            self.say(message, patient_id=patient_id)
            return
        self._said.append(
            Said(
                self.chat_id if to is None else to,
                Action.EDIT,
                as_data(message),
                Urgency.ANSWER,
                patient_id,
                bubble_id=bubble_id,
                message_id=self.tapped if bubble_id is None else None,
            )
        )

    def retire(self, *, message_id: int | None = None, bubble_id: int | None = None) -> None:
        """Take the buttons off a message that another one replaces."""
        self._said.append(
            Said(self.chat_id, Action.RETIRE, {}, Urgency.ANSWER, bubble_id=bubble_id, message_id=message_id)
        )

    def withdraw(self, bubble_id: int) -> None:
        """A bubble is not needed any more: not sent, if it is still on its way, and else without its buttons."""
        self._said.append(Said(self.chat_id, Action.WITHDRAW, {}, Urgency.ANSWER, bubble_id=bubble_id))

    def toast(self, text: Sentence) -> None:
        """Answer the tap with a few words that fade."""
        self._answer({"text": plain(text)})

    def close(self) -> None:
        """End of the turn: what was said goes into the outbox.

        A tap that got no words is answered all the same, so that its clock stops turning.
        """
        if self.tap_id is not None:
            self._answer({})
        storage.outbox.add_all(self.tx, self._said, self.now)
        self._said = []

    def _answer(self, extra: dict[str, Any]) -> None:
        if self.tap_id is None:
            return
        self._said.append(Said(self.chat_id, Action.ANSWER, {"callback_query_id": self.tap_id, **extra}, Urgency.TAP))
        self.tap_id = None

    def words_of(self, other: ChatId) -> Words:
        """The words of somebody else, who reads in their own chat."""
        return words_for(storage.people.find_account(self.tx, other))

    def consent(self, patient: Patient, therapist_id: TherapistId | None, wording: str, *, given: bool) -> None:
        """Keep a yes or a no of a patient, with the version of the words that it was said to."""
        storage.people.add_consent(
            self.tx,
            patient.id,
            therapist_id,
            given=given,
            wording=wording,
            language=self.words.language,
            now=self.now,
        )

    def leave(self) -> None:
        """Leave a group."""
        self._said.append(Said(self.chat_id, Action.LEAVE, {}, Urgency.ANSWER))

    def put_commands(self, of: ChatId | None = None) -> None:
        """Give this chat, or that of somebody else, the command menu that fits how it stands, in its language."""
        where, stand, say = self.chat_id, self.standings, self.words
        if of is not None and of != self.chat_id:
            patient = storage.people.patient(self.tx, of)
            admin = of in self.settings.admin_ids or storage.people.is_admin(self.tx, of)
            held = roles(patient, storage.people.therapist(self.tx, of), admin=admin)
            where, stand = of, standings(held, None if patient is None else patient.stage)
            say = self.words_of(of)
        body = {
            "commands": chat.help.commands(stand, self.offered, say),
            "scope": {"type": "chat", "chat_id": where},
        }
        self._said.append(Said(where, Action.COMMANDS, body, Urgency.ANSWER))

    def reached(self) -> datetime | None:
        """This chat talks to us, so we can talk to it; since when we could not, where that is news."""
        if self._account is None or self._account.reach is Reach.OK:
            return None
        lost_at = storage.people.lost_at(self.tx, self.chat_id)
        storage.people.put_reach(self.tx, self.chat_id, Reach.OK, self.now)
        return lost_at


def roles(patient: Patient | None, therapist: Therapist | None, *, admin: bool) -> list[Role]:
    """The rights of someone who is this patient, this therapist, and an admin or not."""
    held = (
        (Role.PATIENT, patient is not None and patient.stage is Stage.ACTIVE),
        (Role.THERAPIST, therapist is not None),
        (Role.ADMIN, admin),
    )
    return [role for role, it in held if it]
