"""Welcome, invitations, enrolment, languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Picture, Row
from bot.chat.places import Place
from bot.chat.words import LANGUAGES, Sentence, Words, bold, capital, joined, moment, sentence
from bot.diary.people import Reach, Role, Stage

WORDING: Final = "2026-11"
"""Version of the consent texts below, kept with every yes. Change it when their meaning changes."""
HOURS: Final = (time(18), time(19), time(20), time(21), time(22))
"""Offered as buttons; any other can be typed."""
EXAMPLE: Final = time(21, 30)
YES: Final = "yes"
NO: Final = "no"
NOW: Final = "now"
LATER: Final = "later"
OTHER: Final = "other"


# --- strangers and links --------------------------------------------------------------------------------------


def stranger(clinic: str, words: Words) -> Message:
    """What the bot is, and nothing else."""
    return Message(
        words(
            "Hello. I am the symptom diary of {clinic}. I work by invitation: "
            "your physical therapist gives you a link that opens your diary.",
            clinic=clinic,
        )
    )


def bad_link(why: str, words: Words) -> Message:
    """An invitation that can't be used: which way it is wrong, and what to do."""
    match why:
        case "expired":
            text = words("This invitation has expired. Please ask the person who invited you for a new link.")
        case "used":
            text = words(
                "This invitation was already used, and each works only once. "
                "If it was not you, please ask the person who invited you for a new link."
            )
        case "yours":
            text = words("You are already in. This link is no longer needed.")
        case "own":
            text = words("You already keep a diary here, so you do not need this link.")
        case _:
            text = words(
                "I do not know this invitation. Please check that the link is complete, "
                "or ask the person who invited you for a new one."
            )
    return Message(text)


def group(words: Words) -> Message:
    return Message(
        words("I keep health diaries, so I only talk in private chats. I am leaving this group now. Goodbye!")
    )


# --- inviting -------------------------------------------------------------------------------------------------


def invite(role: Role, label: str | None, link: str, expires: datetime, words: Words) -> Message:
    """A one-time link, to copy or to scan."""
    if role is Role.PATIENT:
        head = words("Invitation for {name}.", name=bold(sentence(label or "")))
        how = words("Let the patient scan this picture with the phone's camera, or send this link:")
    elif label:
        head = words("Invitation for the therapist {name}.", name=bold(sentence(label)))
        how = words("Send this link to the therapist, or let them scan the picture:")
    else:
        head = words("Invitation for a therapist.")
        how = words("Send this link to the therapist, or let them scan the picture:")
    until = words("It works once, until {day} at {time}.", day=words.day(expires.date()), time=words.time(expires))
    return Message(
        joined("\n", [head, how, sentence(link), until]),
        ((Button(words("Copy the link"), copy=link),),),
        picture=Picture("qr", {"link": link}),
    )


def invite_whom(words: Words) -> Message:
    return Message(
        words(
            "Whom would you like to invite? Send /invite with the name or code by which you know the patient, "
            "for example: /invite Ada. Or just type the name now."
        )
    )


def label_too_long(limit: int, words: Words) -> Message:
    return Message(words("That name is too long. Please use at most {limit} characters.", limit=limit))


def invite_accepted(label: str, shared: bool, words: Words) -> Message:
    """Tells the therapist that the enrolment is done."""
    if shared:
        return Message(words("{name} is enrolled and shares the diary with you.", name=bold(sentence(label))))
    return Message(words("{name} is enrolled, but does not share the diary with you.", name=bold(sentence(label))))


# --- enrolment ------------------------------------------------------------------------------------------------


def answered(step: Message, tap: buttons.Enrol, words: Words) -> Message | None:
    """A step that was answered, with what was chosen instead of its buttons; None where it was chosen elsewhere."""
    data = pack(tap)
    labels = [button.label for row in step.buttons for button in row if button.tap == data]
    if not labels:
        return None
    return Message(joined("\n\n", [step.text, bold(words("✓ {answer}", answer=labels[0]))]))


def ask_store(clinic: str, therapist: str, words: Words) -> Message:
    """Who invites, what will be asked and when; the first yes."""
    text = joined(
        "\n\n",
        [
            words(
                "Hello! {therapist} from {clinic} invites you to keep a symptom diary.",
                therapist=bold(sentence(therapist)),
                clinic=clinic,
            ),
            words(
                "Every evening I ask three short questions: how strong were burning, tingling and pain, from 0 to 10. "
                "It takes about ten seconds. Once a week you get a summary with a chart."
            ),
            words(
                "May I store your answers? They stay on the clinic's own computer. "
                "Telegram carries our messages and could read them. You can stop at any time with /stop."
            ),
        ],
    )
    return Message(text, _yes_no(Stage.STORE, words("Yes, store my answers"), words("No, thank you")))


def ask_share(therapist: str, words: Words, *, again: bool = False) -> Message:
    """The second yes: to show the diary to one therapist. `again`: there is one from before, which is shown whole."""
    text = words(
        "May {therapist} see your answers and notes? Nobody else will see them.",
        therapist=bold(sentence(therapist)),
    )
    if again:
        text = joined("\n\n", [text, words("That is your whole diary: each answer and note, old ones too.")])
    return Message(
        text,
        _yes_no(Stage.SHARE, words("Yes, show them to {therapist}", therapist=therapist), words("No, only for me")),
    )


def has_left_meanwhile(words: Words) -> Message:
    """A yes to a therapist who is no longer at the clinic: it shows nobody anything."""
    return Message(
        words("This therapist has left the clinic, so only you see your diary. You can change that with /sharing.")
    )


def declined(words: Words) -> Message:
    return Message(
        words("All right, nothing is stored. If you change your mind, send /start."),
        ((Button(words("Start"), tap=pack(buttons.Run("start"))),),),
    )


def ask_zone(zone: str, now_there: datetime, words: Words, places: Sequence[Place] = ()) -> Message:
    """Where the patient lives; the therapist's zone is proposed, or what was found for a typed city."""
    if places:
        rows: list[Row] = [
            (Button(sentence(place.name), tap=pack(buttons.Enrol(Stage.ZONE, place.zone))),) for place in places
        ]
        return Message(words("Which one do you mean?"), tuple(rows))
    time_there, city = words.time(now_there), words.city(zone)
    text = joined(
        "\n",
        [
            words("Where do you live? I ask you by your own clock."),
            words("Is it {time} where you are, as in {city}?", time=bold(time_there), city=city),
            words("If not, type the name of your city, or send me your location."),
        ],
    )
    yes = Button(
        words("Yes, it is {time}, as in {city}", time=time_there, city=city), tap=pack(buttons.Enrol(Stage.ZONE, zone))
    )
    return Message(text, ((yes,),))


def no_such_place(words: Words) -> Message:
    return Message(
        words("I do not know this place. Please type the nearest big city, for example: Lisbon. Or send your location.")
    )


def ask_hour(now_there: datetime, words: Words) -> Message:
    """The evening hour, by buttons or typed."""
    text = joined(
        "\n",
        [
            words("Good, it is {time} where you are.", time=words.time(now_there)),
            words(
                "At what time shall I ask you? Evening is best. Tap one, or type a time such as {example}.",
                example=words.time(EXAMPLE),
            ),
        ],
    )
    hours = [Button(words.time(hour), tap=pack(buttons.Enrol(Stage.HOUR, f"{hour:%H%M}"))) for hour in HOURS]
    back = Button(words("It is not that time here"), tap=pack(buttons.Enrol(Stage.HOUR, OTHER)))
    return Message(text, (tuple(hours[:3]), tuple(hours[3:]), (back,)))


def no_such_hour(words: Words) -> Message:
    return Message(words("I did not understand this time. Please type it like 21:30 or 9 pm."))


def morning_or_evening(hour: int, minute: int, words: Words) -> Message:
    """A typed time that could be either."""
    early, late = time(hour % 12, minute), time(hour % 12 + 12, minute)
    return Message(
        words("In the morning or in the evening?"),
        (tuple(Button(words.time(at), tap=pack(buttons.Enrol(Stage.HOUR, f"{at:%H%M}"))) for at in (late, early)),),
    )


def ask_start(card: Sentence, next_at: datetime, today: date, number: Sentence, words: Words) -> Message:
    """What this is not, the number, the card; then the first question now or tonight."""
    text = joined(
        "\n\n",
        [
            words(
                "Before we start: nobody watches this chat around the clock. "
                "It is a diary, not a way to call for help. In an emergency call {number}.",
                number=bold(number),
            ),
            card,
            words("You can read this again at any time with /urgent."),
        ],
    )
    later = capital(when(next_at, today, words))
    return Message(
        text,
        (
            (Button(words("Start now"), tap=pack(buttons.Enrol(Stage.START, NOW))),),
            (Button(later, tap=pack(buttons.Enrol(Stage.START, LATER))),),
        ),
    )


def when(at: datetime, today: date, words: Words) -> Sentence:
    """The next prompt's time in words, as they stand within a sentence; `at` is by the patient's own clock."""
    if at.date() == today:
        return (
            words("tonight at {time}", time=words.time(at))
            if at.hour >= 17
            else words("today at {time}", time=words.time(at))
        )
    if (at.date() - today).days == 1:
        return words("tomorrow at {time}", time=words.time(at))
    return moment(at, words)


def started(next_at: datetime, today: date, words: Words) -> Message:
    """The enrolment is done."""
    return Message(
        joined(
            "\n",
            [
                words("Your diary is open. I will ask you next: {when}.", when=bold(when(next_at, today, words))),
                words("You can also write to me at any time: a number, or a note in your own words."),
            ],
        )
    )


def welcome_back(next_at: datetime | None, today: date, words: Words, on: date | None = None) -> Message:
    """`/start` from someone who keeps a diary already. `on`: today by the calendar, which at night is a day ahead."""
    lines = [words("Good to see you. Your diary is open.")]
    if next_at is not None:
        lines.append(words("I will ask you next: {when}.", when=bold(when(next_at, on or today, words))))
    return Message(joined("\n", lines), ((Button(words("Show today"), tap=pack(buttons.Resume(today))),),))


def stopped(words: Words) -> Message:
    """The patient stopped the diary: what that means, and the way back."""
    text = joined(
        "\n",
        [
            words("Your diary is stopped. I will not ask you any more."),
            words("What you entered stays with your clinic. To have it deleted, send /forget."),
        ],
    )
    return Message(text, ((Button(words("Start again"), tap=pack(buttons.Enrol(Stage.LEFT, YES))),),))


def has_stopped(label: str, words: Words) -> Message:
    """Tells the therapist."""
    return Message(words("{name} has stopped the diary.", name=bold(sentence(label))))


def therapist_unreachable(name: str, reach: Reach, words: Words) -> Message:
    """Tells a clinic admin; nothing of any patient."""
    who = bold(sentence(name))
    if reach is Reach.GONE:
        return Message(
            words(
                "{therapist} can't be reached: the Telegram account is gone. Weekly summaries and messages about "
                "patients do not arrive there. With another account {therapist} needs a new invitation: "
                "/invite_therapist",
                therapist=who,
            )
        )
    return Message(
        words(
            "{therapist} can't be reached: the bot is blocked there. Weekly summaries and messages about patients do "
            "not arrive. To get them again, {therapist} opens the chat with the bot and unblocks it.",
            therapist=who,
        )
    )


def _yes_no(stage: Stage, yes: Sentence, no: Sentence) -> tuple[Row, ...]:
    return (
        (Button(yes, tap=pack(buttons.Enrol(stage, YES))),),
        (Button(no, tap=pack(buttons.Enrol(stage, NO))),),
    )


# --- roles ----------------------------------------------------------------------------------------------------


def admin_welcome(clinic: str, is_therapist: bool, words: Words) -> Message:
    text = joined(
        "\n",
        [
            words("You are the clinic admin of {clinic}.", clinic=bold(sentence(clinic))),
            words("/invite_therapist NAME makes a link for a therapist."),
            words("You see no diary unless a patient shares one with you as a therapist."),
        ],
    )
    become = Button(words("I treat patients too"), tap=pack(buttons.BecomeTherapist()))
    return Message(text, () if is_therapist else ((become,),))


def therapist_welcome(name: str, words: Words) -> Message:
    text = joined(
        "\n",
        [
            words(
                "You are enrolled as a therapist. Patients will read your name as {name}.", name=bold(sentence(name))
            ),
            words("/invite NAME enrols a patient in the treatment room."),
            words("/patients shows who shares a diary with you, /digest sums up the week, /session logs a treatment."),
            words("Nobody watches this bot around the clock. Please tell your patients so."),
        ],
    )
    rename = Button(words("Another name"), tap=pack(buttons.RenameTherapist()))
    return Message(text, ((rename,),))


def ask_name(words: Words) -> Message:
    return Message(words("Which name shall patients read? Please type it, for example: Dr Ito"))


def therapist_name_taken(name: str, words: Words) -> Message:
    return Message(
        words(
            "Another therapist here is or was called {name}. Please type a name by which patients can tell you apart.",
            name=bold(sentence(name)),
        )
    )


def named(name: str, words: Words) -> Message:
    return Message(words("Done. Patients read your name as {name}.", name=bold(sentence(name))))


def not_for_you(role: Role, words: Words) -> Message:
    """A command of another role."""
    match role:
        case Role.ADMIN:
            return Message(words("Only the clinic admin can do this."))
        case Role.THERAPIST:
            return Message(words("Only a therapist can do this. Ask your clinic for an invitation."))
        case Role.PATIENT:
            return Message(words("This is for people who keep a diary here. Your physical therapist can invite you."))


def whose_week(words: Words) -> Message:
    """A command that two roles share."""
    return Message(
        words("Your own diary, or your patients'?"),
        (
            (
                Button(words("My own diary"), tap=pack(buttons.Week(buttons.Whose.OWN))),
                Button(words("My patients"), tap=pack(buttons.Week(buttons.Whose.PANEL))),
            ),
        ),
    )


# --- language, trouble ----------------------------------------------------------------------------------------


def choose_language(words: Words) -> Message:
    return Message(
        words("Which language shall I speak?"),
        tuple((Button(sentence(name), tap=pack(buttons.Language(code))),) for code, name in LANGUAGES.items()),
    )


def language_set(words: Words) -> Message:
    return Message(words("Good, I speak English now."))


def old_button(words: Words) -> Sentence:
    """A short toast for a button that no longer does anything."""
    return words("This button is no longer in use.")


def not_saved(words: Words) -> Message:
    """Something of ours went wrong while this person's message or tap was handled."""
    return Message(
        words("Sorry, something went wrong on my side and your last message or tap was not saved. Please try again.")
    )
