"""What goes with a copy of everything: the words under it, the page that explains it, and the data dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.entries import Symptom
from bot.diary.exports import LOINC, SNOMED

MOST_BUTTONS: Final = 40
"""Patients with a button of their own."""


def caption(words: Words, *, without_charts: bool = False) -> Message:
    """Under the file."""
    lines = [
        bold(words("A copy of everything that I keep about you.")),
        words(
            "It is a ZIP file with tables, charts, and a page that explains them. It is health data: keep it safe. "
            "Telegram carries it and could read it."
        ),
    ]
    if without_charts:
        lines.append(words("The charts could not be put in this time."))
    return Message(joined("\n", lines))


def too_large(words: Words) -> Message:
    return Message(
        words("Your copy is too large for Telegram. Please ask your therapist to get it to you in another way.")
    )


def title(words: Words) -> Sentence:
    """Over each chart."""
    return words("My symptom diary")


def readme(words: Words) -> list[Sentence]:
    """The page that explains the files, a paragraph each."""
    return [
        words("This is a copy of everything that the symptom diary keeps about you."),
        words("diary.csv: one line for each day and each symptom. values.csv: every number that you ever gave."),
        words(
            "notes.csv, flares.csv, pauses.csv, sessions.csv, checkins.csv: your notes, flares, pauses, treatments and "
            "how you were after them."
        ),
        words("dictionary.csv: what each column means. everything.json: all of it once more, for programs."),
        words("charts: pictures of twelve weeks each."),
        words(
            "The tables are text in UTF-8 with commas between the columns. A text that begins like a formula has a "
            "straight quote ' put before it, so that no spreadsheet runs it; everything.json has it as it was written."
        ),
        words("Times that end in Z are in UTC, the world's common time. Days are your own."),
        words("It is health data. Keep it safe."),
    ]


@cache
def meanings(words: Words) -> Mapping[str, Mapping[str, Sentence]]:
    """What each column of each table means."""
    day = words("The diary day: your own date. The night until 4 in the morning belongs to the day before.")
    item = words("Number of what was asked. The same number is the same in all tables.")
    symptom = words("What was asked.")
    site, side = words("Where in the body, if it was said."), words("Which side, if it was said.")
    zone = words("Time zone that the day was planned in.")
    taken_back = words("When it was taken back. Empty: it stands.")
    of_item = {"item": item, "symptom": symptom, "site": site, "side": side}
    late = words("Whether it was entered on a later diary day than the one that it is about.")
    return {
        "diary.csv": {
            "day": day,
            "zone": zone,
            "state": words("What became of the day."),
            "not_asked_because": words(
                "Why the day was not asked, or its answer may be lost. None of it is your fault."
            ),
            **of_item,
            "answer": words("What became of this symptom on this day."),
            "score": words("The number that counts: the newest that was not taken back."),
            "entered_at": words("When that number was entered."),
            "late": late,
            "received_late": words("Whether the answer had to wait for the bot. This is not your fault."),
            "values_entered": words("How many numbers were entered, with those that do not count."),
            "imported": words("Whether the day is from an earlier diary, which was brought in."),
        },
        "values.csv": {
            "day": day,
            "zone": zone,
            **of_item,
            "score": words("The number as it was entered. Empty: skipped."),
            "entered_at": words("When it was entered, at the latest."),
            "entered_local": words("The same by the clock of that day's zone."),
            "counts": words("Whether it is the one that counts."),
            "late": late,
            "waited_since": words("Only of an answer that waited for the bot: it was entered after this."),
            "taken_back_at": taken_back,
        },
        "notes.csv": {
            "day": day,
            "written_at": words("When it was written."),
            "taken_back_at": words("When it was taken back; its text is gone. Empty: it stands."),
            "text": words("Your own words."),
        },
        "flares.csv": {
            "day": day,
            **of_item,
            "score": words("How strong it was. It never enters a mean."),
            "began_at": words("When it began."),
            "noted_at": words("When it was noted."),
            "taken_back_at": taken_back,
        },
        "pauses.csv": {
            "first_day": words("The first day that was not asked."),
            "until_day": words("The first day that is asked again. Empty: until you come back."),
            "reason": words("Why, if you said it."),
            "begun_at": words("When you said it."),
            "ended_at": words("When the pause ended. Empty: not yet."),
        },
        "sessions.csv": {
            "session": words("A number of its own for each form of a treatment."),
            "day": words("Your date of the treatment."),
            "kind": words("What was done."),
            "label": words("What another kind of treatment is called."),
            "places": words("Where it was done."),
            "note": words("A therapist's note about it."),
            "reported": words("Whether you were the first to tell of it."),
            "therapist": words("Who wrote it down. Empty: you."),
            "logged_at": words("When it was written down."),
            "confirmed_at": words("When a therapist said that what you had told is right."),
            "corrects": words("The form of the treatment that this one replaces."),
            "taken_back_at": taken_back,
        },
        "checkins.csv": {
            "session": words("The treatment that it was asked after."),
            "after_hours": words("How many hours after it."),
            "asked_at": words("When it was asked. Empty: not, or not yet."),
            "said": words("What you said. Empty: you said nothing."),
            "answered_at": words("When you said it."),
        },
    }


@cache
def values(words: Words) -> Mapping[str, Sentence]:
    """What the cells of a column hold: form, unit, range, or each code with its meaning. By the column's name."""
    date, instant = words("date: year-month-day"), words("date and time in UTC")
    yes_no = words("yes, no")
    return {
        **dict.fromkeys(("day", "first_day", "until_day"), date),
        **dict.fromkeys(
            (
                "entered_at",
                "waited_since",
                "taken_back_at",
                "written_at",
                "began_at",
                "noted_at",
                "begun_at",
                "ended_at",
            ),
            instant,
        ),
        **dict.fromkeys(("logged_at", "confirmed_at", "asked_at", "answered_at"), instant),
        "entered_local": words("date and time"),
        "zone": words("name of a zone: Area/City"),
        "state": words(
            "complete: all answered; partial: some scored; skipped: you did not want to; paused: you had a pause; "
            "missed: asked and not answered; not_asked: no question came; open: not over yet"
        ),
        "not_asked_because": words("bot: our fault; blocked: the bot was blocked; gone: the chat was gone"),
        "item": words("whole number"),
        "symptom": words("burning, tingling, pain, numbness, sleep: how much it disturbed sleep"),
        "site": words("foot, heel, leg, knee, hip, hand, arm, shoulder, back, neck, other, or your own word"),
        "side": words("left, right, both"),
        "answer": words("scored: a number; skipped: you left it out; none: nothing came"),
        "score": words("whole number from 0 to 10: 0 none, 10 worst possible, over the past 24 hours"),
        "values_entered": words("whole number from 0"),
        **dict.fromkeys(("late", "received_late", "counts", "imported"), yes_no),
        "text": words("text"),
        "reason": words("holiday, ill, hospital"),
        "kind": words("needling: dry needling; needling_stimulation: the same with electricity; other"),
        "therapist": words("name"),
        **dict.fromkeys(("session", "corrects", "after_hours"), words("whole number")),
        **dict.fromkeys(("label", "note"), words("text")),
        "places": words("a site with its side, where it has one; several with commas"),
        "reported": yes_no,
        "said": words(
            "nothing: nothing unusual; sore: sore, as expected; a warning sign: chest_pain, breathless, cough, "
            "redness, fever, weakness"
        ),
    }


def codes(words: Words) -> Sentence:
    """Of the column of scores: which codes say what was rated."""
    return words(
        "pain: LOINC {pain}; burning: SNOMED CT {burning}; tingling: SNOMED CT {tingling}; numbness: SNOMED CT "
        "{numbness}. There is no LOINC code for a rating of burning, tingling or numbness from 0 to 10: the SNOMED "
        "finding says what is rated. Sleep has no code.",
        pain=LOINC[Symptom.PAIN],
        **{symptom.value: code for symptom, code in SNOMED.items()},
    )


def heads(words: Words) -> list[Sentence]:
    """The columns of the dictionary itself."""
    return [words("table"), words("column"), words("meaning"), words("values"), words("codes")]


# --- for a therapist ----------------------------------------------------------------------------------------------


def whose(words: Words) -> Message:
    """Of someone who keeps a diary and reads others'."""
    return Message(
        words("Your own diary, or your patients'?"),
        (
            (
                Button(words("My own diary"), tap=pack(buttons.OwnCopy())),
                Button(words("My patients"), tap=pack(buttons.ChooseExport())),
            ),
        ),
    )


def choose(patients: Sequence[tuple[int, str]], words: Words, *, found: bool = False) -> Message:
    """Everybody at once, or one of those who have a button; `found`: only those whom a name has found."""
    shown = patients[:MOST_BUTTONS]
    lines = [
        bold(words("Whose diary shall I put into a file?")),
        words("It is a ZIP file: a table that spreadsheets open, what its columns mean, and the same for programs."),
    ]
    if len(shown) < len(patients):
        lines.append(words("Anybody else: /export with a part of the name."))
    rows: list[Row] = []
    if len(patients) > 1 and not found:
        everyone = words("All {n} patients in one file", n=len(patients))
        rows.append((Button(everyone, tap=pack(buttons.ExportAll())),))
    one = [Button(sentence(label), tap=pack(buttons.ExportOne(patient))) for patient, label in shown]
    rows += [tuple(one[at : at + 2]) for at in range(0, len(one), 2)]
    return Message(joined("\n", lines), tuple(rows))


def on_its_way(words: Words) -> Sentence:
    """A toast."""
    return words("The file is on its way.")


def panel_caption(labels: Sequence[str], words: Words) -> Message:
    """Under the file with the diaries of these patients."""
    if len(labels) == 1:
        head = words("The diary of {name}", name=sentence(labels[0]))
    else:
        head = words("{n} diaries", n=len(labels))
    safe = words(
        "It is health data: keep it safe. Telegram carries it and could read it. Each patient can see with "
        "/who that you took it."
    )
    return Message(joined("\n", [bold(head), words("README.txt in the ZIP file explains it."), safe]))


def panel_too_large(words: Words) -> Message:
    return Message(
        words(
            "These diaries are too large for Telegram. Whoever runs the bot can write them out on its machine, with "
            "symptom-diary export."
        )
    )


# --- diaries of several, in long form -----------------------------------------------------------------------------


@cache
def long_form(words: Words) -> Mapping[str, tuple[Sentence, Sentence]]:
    """What each column of the long form means, and what its cells hold, in their order."""
    told = values(words)
    of_day, of_values = meanings(words)["diary.csv"], meanings(words)["values.csv"]
    date, yes_no = told["day"], told["late"]
    return {
        "patient": (words("Whose diary: the code, or the name, by which you know them."), words("text")),
        "day": (words("The diary day: the patient's own date, which ends at 4 in the morning."), date),
        "symptom": (of_day["symptom"], told["symptom"]),
        "score": (words("The number that counts. Empty: there is none; the column answer says why."), told["score"]),
        "site": (of_day["site"], told["site"]),
        "side": (of_day["side"], told["side"]),
        "answer": (of_day["answer"], words("scored: a number; skipped: left out by the patient; none: nothing came")),
        "state": (
            of_day["state"],
            words(
                "complete: all answered; partial: some scored; skipped: the patient did not want to; paused: there was "
                "a pause; missed: asked and not answered; not_asked: no question came; open: not over yet"
            ),
        ),
        "not_asked_because": (
            words("Why the day was not asked, or its answer may be lost. It is never held against the patient."),
            told["not_asked_because"],
        ),
        "imported": (words("Whether the day was kept elsewhere and brought in; nobody was asked on it."), yes_no),
        "late": (of_day["late"], yes_no),
        "received_late": (
            words("Whether the answer had to wait for the bot. It is no delay of the patient's."),
            yes_no,
        ),
        "entered_at": (
            words("When the number was entered; of an imported day, when it was brought in."),
            told["entered_at"],
        ),
        "values_entered": (of_day["values_entered"], told["values_entered"]),
        "zone": (of_values["zone"], told["zone"]),
        "code_system": (words("Which system the code is from."), words("LOINC, SNOMED CT")),
        "code": (
            words(
                "LOINC: the rating itself. SNOMED CT: the finding that is rated, since there is no code for its rating."
            ),
            words("text"),
        ),
    }


def panel_readme(words: Words) -> list[Sentence]:
    """The page that explains the files of several diaries, a paragraph each."""
    return [
        words("These are symptom diaries in long form: one line for each patient, day and symptom."),
        words("diaries.csv: the lines. diaries.json: the same for programs. dictionary.csv: what each column means."),
        words("A gap is an empty cell: nothing is filled in. A score of 0 is an answer."),
        words(
            "The tables are text in UTF-8 with commas between the columns. A text that begins like a formula has a "
            "straight quote ' put before it, so that no spreadsheet runs it; diaries.json has it as it was written."
        ),
        words("Times that end in Z are in UTC, the world's common time. Days are the patient's own."),
        words("One person's diary describes; it does not prove an effect."),
        words("It is health data. Keep it safe."),
    ]
