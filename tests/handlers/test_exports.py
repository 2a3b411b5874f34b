"""A copy of everything, for whoever keeps or kept a diary, and of nobody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

from bot.demo.person import Person
from tests.handlers.desk import Desk
from tests.stage import text_of

EVENING: Final = datetime(2026, 3, 2, 20, tzinfo=UTC)


def taken(desk: Desk, person: Person) -> dict[str, bytes]:
    """The files of the newest copy."""
    document = next(m["document"] for m in reversed(person.heard) if "document" in m)
    assert document["mime_type"] == "application/zip"
    content = desk.telegram.files[document["file_id"]].content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))


async def copied(desk: Desk, person: Person) -> dict[str, bytes]:
    await desk.says(person, "/export")
    return taken(desk, person)


async def test_it_comes_as_a_file_with_every_value_ever_entered(clinic: Desk) -> None:
    ada = clinic.ada
    await clinic.until(EVENING)
    await clinic.says(ada, "4 3 5")
    await clinic.says(ada, "burning 6")
    await clinic.says(ada, "=HYPERLINK(1) walked to the river")
    files = await copied(clinic, ada)
    assert ada.last["document"]["file_name"] == "symptom-diary-2026-03-02.zip"
    assert "keep it safe" in text_of(ada.last)
    days = table(files, "diary.csv")
    assert [(row["day"], row["symptom"], row["state"], row["score"]) for row in days] == [
        ("2026-03-02", "burning", "complete", "6"),
        ("2026-03-02", "tingling", "complete", "3"),
        ("2026-03-02", "pain", "complete", "5"),
    ]
    assert [(row["score"], row["counts"]) for row in table(files, "values.csv")] == [
        ("4", "no"),
        ("6", "yes"),
        ("3", "yes"),
        ("5", "yes"),
    ]
    assert [row["text"] for row in table(files, "notes.csv")] == ["'=HYPERLINK(1) walked to the river"]
    everything = json.loads(files["everything.json"])
    assert everything["notes"][0]["text"] == "=HYPERLINK(1) walked to the river"
    assert everything["shares"][0]["therapist"] == "Dr Ito"
    assert everything["account"][0]["telegram_number"] == ada.id
    assert {"patient", "consents", "invites", "zones", "pauses", "flares", "sessions", "outbox"} <= everything.keys()


async def test_nobody_else_is_in_it(clinic: Desk) -> None:
    ada, ben = clinic.ada, await clinic.enrol(clinic.ben, clinic.ito, "Ben of the harbour", now=True)
    await clinic.says(ben, "the secret of Ben")
    await clinic.taps(ben, "7")
    await clinic.until(EVENING)
    await clinic.says(ada, "4 3 5")
    everything = b"".join((await copied(clinic, ada)).values())
    for of_others in (b"Ben", b"secret", b"102", b"201", b"Dr Roy"):
        assert of_others not in everything
    of_ben = b"".join((await copied(clinic, ben)).values())
    assert b"the secret of Ben" in of_ben
    assert b"Ada" not in of_ben


async def test_who_has_stopped_and_who_is_still_enrolling_get_theirs_too(clinic: Desk) -> None:
    await clinic.until(EVENING)
    await clinic.says(clinic.ada, "4 3 5")
    await clinic.says(clinic.ada, "/stop")
    assert len(table(await copied(clinic, clinic.ada), "diary.csv")) == 3
    lea = clinic.person(151, "Lea")
    await clinic.says(clinic.ito, "/invite Lea")
    await clinic.opens(lea, clinic.ito)
    files = await copied(clinic, lea)
    assert table(files, "diary.csv") == []
    assert json.loads(files["everything.json"])["invites"][0]["label"] == "Lea"


async def test_the_dictionary_explains_each_column_in_the_language_of_the_reader(clinic: Desk) -> None:
    files = await copied(clinic, clinic.ada)
    explained = {(row["table"], row["column"]): row for row in table(files, "dictionary.csv")}
    tables = [name for name in files if name.endswith(".csv") and name != "dictionary.csv"]
    assert len(tables) == 7
    for name in tables:
        heads = files[name].decode("utf-8-sig").splitlines()[0].split(",")
        assert [column for table_, column in explained if table_ == name] == heads
    assert all(row["meaning"] and row["values"] for row in explained.values())
    assert "LOINC 72514-3" in explained["diary.csv", "score"]["codes"]
    await clinic.says(clinic.ada, "/language es")
    spanish = table(await copied(clinic, clinic.ada), "dictionary.csv")
    assert "El día del diario" in spanish[0]["significado"]
    assert spanish[0]["columna"] == "day"


async def test_every_row_that_names_the_patient_is_in_it(clinic: Desk) -> None:
    await clinic.until(EVENING)
    await clinic.says(clinic.ada, "4 3 5")
    found: dict[str, Any] = json.loads((await copied(clinic, clinic.ada))["everything.json"])
    for name in ("consents", "shares", "items", "diary_days", "scores", "bubbles", "zones"):
        ((count,),) = await clinic.rows(f"select count(*) from {name} where patient_id = 1")
        assert len(found[name]) == count, name


async def test_a_therapist_takes_one_diary_or_all_and_it_is_noted(clinic: Desk) -> None:
    ito = clinic.ito
    await clinic.enrol(clinic.ben, ito, "Ben", now=True)
    await clinic.until(EVENING)
    await clinic.says(clinic.ada, "4 3 5")
    await clinic.says(ito, "/export")
    await clinic.taps(ito, "All 2 patients in one file")
    files = taken(clinic, ito)
    rows = table(files, "diaries.csv")
    assert {row["patient"] for row in rows} == {"Ada L", "Ben"}
    assert [(row["symptom"], row["score"], row["state"]) for row in rows if row["patient"] == "Ada L"] == [
        ("burning", "4", "complete"),
        ("tingling", "3", "complete"),
        ("pain", "5", "complete"),
    ]
    assert [row["column"] for row in table(files, "dictionary.csv")] == [*rows[0]]
    await clinic.says(ito, "/patients")
    await clinic.taps(ito, "Ada L", "As a file")
    assert {row["patient"] for row in table(taken(clinic, ito), "diaries.csv")} == {"Ada L"}
    await clinic.says(ito, "/export bé")
    assert {row["patient"] for row in table(taken(clinic, ito), "diaries.csv")} == {"Ben"}
    assert "diaries.json has it as it was written" in " ".join(taken(clinic, ito)["README.txt"].decode().split())
    assert "No patient of yours has “Zoe” in the name." in await clinic.says(ito, "/export Zoe")
    await clinic.says(ito, "/patients")
    await clinic.taps(ito, "Ada L", "Visit sheet (PDF)", "With notes")
    assert ito.last["document"]["mime_type"] == "application/pdf"
    seen = await clinic.rows(
        "select what from accesses where patient_id = 1 and what not in ('panel', 'card') order by id"
    )
    assert [row[0] for row in seen] == ["export", "export", "sheet", "notes"]
    assert await clinic.rows("select count(*) from accesses where patient_id = 2 and what = 'export'") == [(2,)]
    assert not clinic.refused()


async def test_nobody_takes_a_diary_that_is_not_shared_with_them(clinic: Desk) -> None:
    roy = await clinic.therapist(clinic.roy)
    assert "Nobody shares a diary with you yet" in await clinic.says(roy, "/export")
    for person in (roy, clinic.max, clinic.ada):
        await clinic.says(person, "/help")
        for forged in ("xp:1", "xp:99", "xa", "xs:1:8:notes", "xs:1:7:notes", "xc"):
            await clinic.sends(person, forged)
        assert not any("document" in message for message in person.heard)
    await clinic.sends(clinic.max, "xo")
    assert await clinic.rows("select count(*) from accesses") == [(0,)]


async def test_who_keeps_a_diary_and_reads_others_is_asked_which(clinic: Desk) -> None:
    await clinic.therapist(clinic.roy)
    await clinic.enrol(clinic.roy, clinic.ito, "Roy", now=True)
    await clinic.says(clinic.roy, "/export")
    await clinic.taps(clinic.roy, "My own diary")
    assert "README.txt" in taken(clinic, clinic.roy)
