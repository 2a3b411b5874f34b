"""Ada has her left knee asked about, shows and copies her diary, stops and comes back, and then leaves for good.

What is promised: nothing that was is changed by what is added; what is hers is hers alone to show, to copy and to take
away; and once she is forgotten no row, no byte and no old backup knows her, while Ben beside her loses nothing.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import struct
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot import storage, upkeep
from bot.demo.person import Person
from tests.reports.pdf_text import read
from tests.stage import BEN, Stage, link_in, newest, stage, text_of

ADA: Final = 707_070_707_070
LABEL: Final = "Ada of the harbour"
NOTE: Final = "it burns like the sun of Alentejo"
TRACES: Final = {
    "her note": NOTE.encode(),
    "what Dr Ito calls her": LABEL.encode(),
    "her chat's number, as a number": struct.pack(">q", ADA)[2:],
    "her chat's number, in words": str(ADA).encode(),
    "her knee": b"knee",
}
OLD_BUTTON: Final = "This button is no longer in use"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026; the 32nd is the first of April."""
    return datetime(2026, 3 + day // 32, day % 32 + day // 32, hour, minute, tzinfo=UTC)


@dataclass
class House:
    """The program with its folder, and the three whom this is about."""

    played: Stage
    folder: Path
    ada: Person
    ben: Person

    @property
    def ito(self) -> Person:
        return self.played.ito

    @property
    def database(self) -> Path:
        return self.folder / "diary.db"

    def traces(self) -> list[str]:
        """What of Ada is in the database's file, its log and its index."""
        return traces_in(*(self.database.with_name(f"diary.db{end}") for end in ("", "-wal", "-shm")))

    async def tables_with(self, patient_id: int) -> set[str]:
        """Every table with a row about Ada: by her number here, or by that of her chat."""
        columns = await self.played.rows(
            "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c"
            " where t.type = 'table' and c.name in ('patient_id', 'chat_id', 'used_by')"
        )
        assert len(columns) > 20
        return {
            table
            for table, column in columns
            if await self.played.rows(
                f"select 1 from {table} where {column} = :hers",
                hers=patient_id if column == "patient_id" else ADA,
            )
        }

    async def bens(self) -> list[tuple[Any, ...]]:
        """All that Ben has entered, and who may see it."""
        mine = "where patient_id = (select id from patients where chat_id = :ben)"
        return [
            row
            for what in ("items", "scores", "notes", "shares", "consents", "pauses")
            for row in await self.played.rows(f"select * from {what} {mine}", ben=BEN)
        ]

    async def document(self) -> bytes:
        """The file that Ada was sent last."""
        sent = [message["document"] for message in self.ada.heard if "document" in message][-1]
        content: bytes = self.played.telegram.files[sent["file_id"]].content
        return content

    async def answers(self, said: str, *days: int) -> None:
        for day in days:
            await self.played.until(at(day, 20, 10))
            assert "Stored for" in await self.played.says(self.ada, said)

    async def hears_nothing_until(self, instant: datetime) -> None:
        heard = len(self.ada.heard)
        await self.played.until(instant)
        assert len(self.ada.heard) == heard


def traces_in(*files: Path) -> list[str]:
    content = b"".join(path.read_bytes() for path in files if path.exists())
    return [what for what, trace in TRACES.items() if trace in content]


async def test_ada_stays_and_leaves(tmp_path: Path) -> None:
    async with stage(tmp_path, at(2, 10)) as played:
        await played.enrol_therapist(played.ito)
        house = House(played, tmp_path, played.person(ADA, "Ada"), played.person(BEN, "Ben"))
        await played.enrol(house.ada, house.ito, LABEL)
        await a_quiet_ben(house)
        await her_knee_is_asked_and_nothing_before_it_changes(house)
        await a_page_and_a_copy(house)
        await shown_to_nobody_and_shown_again(house)
        await stopped_and_started_again(house)
        before = await house.bens()
        await wants_to_be_forgotten_and_takes_it_back(house)
        await forgotten(house)
        assert await house.bens() == before
        await a_new_patient(house)
        await ben_goes_on(house)
        assert not played.refused()
        await no_old_copy_brings_her_back(house)


async def a_quiet_ben(house: House) -> None:
    played, ben = house.played, house.ben
    await played.enrol(ben, house.ito, "Ben L", now=True)
    await played.says(ben, "2 2 2")
    await played.says(ben, "a quiet day by the lake")
    await played.says(ben, "/pause")
    await played.taps(ben, "Until I come back")


async def her_knee_is_asked_and_nothing_before_it_changes(house: House) -> None:
    played, ada = house.played, house.ada
    await house.answers("4 3 5", *range(2, 9))
    first_week = await played.rows("select * from scores order by day, item_id")
    await played.until(at(9, 9))
    means = newest(ada).partition("Answered")[0].partition("\n")[2]
    assert "Pain: average 5.0 from 7 days." in means

    await played.says(ada, "/symptoms")
    await played.taps(ada, "Add a symptom", "Pain", "Knee", "Left")
    assert "I will ask about Pain (left knee) from today on, Monday 9 March." in newest(ada)
    await played.until(at(9, 20, 5))
    assert "1 of 4" in newest(ada)
    await house.answers("4 3 5 8", *range(9, 16))
    await house.answers("4 3 5 4", *range(16, 23))

    assert (await played.rows("select * from scores order by day, item_id"))[: len(first_week)] == first_week
    await played.until(at(23, 9))
    week = await played.says(ada, "/week")
    assert "Compared with the first week (5.0 from 7 days): about the same." in week
    assert "Pain (left knee): average 4.0 from 7 days. Lower than last week (8.0 from 7 days)." in week
    assert "Compared with the first week (8.0 from 7 days): much better, 4.0 points lower (50%)." in week
    chart = await played.says(ada, "/chart")
    assert "Pain (left knee)\nWeek from 9 Mar: average 8.0 from 7 days" in chart
    assert "Answered 13 of 13 days asked." in chart, "a question that was added makes no earlier day half answered"


async def a_page_and_a_copy(house: House) -> None:
    played, ada = house.played, house.ada
    assert "Kept as a note" in await played.says(ada, NOTE)
    await played.says(ada, "/report")
    await played.taps(ada, "With my notes")
    page = read(await house.document())
    assert page.pages == 1
    assert {"Pain (left knee)", "9–15 Mar, first week", f"23 Mar: {NOTE}"} <= set(page.texts)
    assert LABEL not in page.text

    await played.says(ada, "/export")
    with zipfile.ZipFile(io.BytesIO(await house.document())) as copy:
        content = {name: copy.read(name) for name in copy.namelist()}
    values = list(csv.DictReader(io.StringIO(content["values.csv"].decode("utf-8-sig"))))
    hers = "select count(*) from scores s join patients p on p.id = s.patient_id where p.chat_id = :ada"
    assert await played.rows(hers, ada=ADA) == [(len(values),)] == [(7 * (3 + 4 + 4),)]
    knee = [(row["day"], row["score"]) for row in values if (row["site"], row["side"]) == ("knee", "left")]
    assert knee == [(f"2026-03-{day:02}", "8" if day < 16 else "4") for day in range(9, 23)]
    assert NOTE.encode() in content["notes.csv"]
    assert any(name.startswith("charts/") for name in content)
    assert b"a quiet day by the lake" not in b"".join(content.values()), "Ben's diary is not in hers"


async def shown_to_nobody_and_shown_again(house: House) -> None:
    played, ada, ito = house.played, house.ada, house.ito
    await played.says(ada, "/sharing")
    await played.taps(ada, "Stop sharing with Dr Ito")
    assert "From now on Dr Ito does not see your diary." in newest(ada)
    assert newest(ito) == f"{LABEL} no longer shares the diary with you."
    assert LABEL not in await played.says(ito, "/patients")
    await dr_ito_taps_her_name_in_vain(house)

    await played.taps(ada, "Share with Dr Ito", "Yes, share it all")
    assert "Dr Ito sees your whole diary from now on." in newest(ada)
    assert f"{LABEL}: steady" in await played.says(ito, "/patients")


async def dr_ito_taps_her_name_in_vain(house: House) -> None:
    """On an earlier digest, which stays in the chat with all its buttons."""
    heard = len(house.ito.heard)
    await house.played.taps(house.ito, LABEL)
    assert OLD_BUTTON in house.ito.toasts[-1].text
    assert len(house.ito.heard) == heard


async def stopped_and_started_again(house: House) -> None:
    played, ada = house.played, house.ada
    await house.answers("4 3 5 4", 23)
    assert "Your diary is stopped. I will not ask you any more." in await played.says(ada, "/stop")
    await house.hears_nothing_until(at(25, 12))
    await played.taps(ada, "Start again")
    assert "I will ask you next: tonight at 20:00." in newest(ada)
    await played.until(at(25, 20, 5))
    assert "Burning · Wednesday 25 March · 1 of 4" in newest(ada), "her knee is still asked about"


async def wants_to_be_forgotten_and_takes_it_back(house: House) -> None:
    played, ada, ito = house.played, house.ada, house.ito
    await says_forget(house, copy=True)
    assert "Your diary will be deleted on Wednesday 1 April at 21:05." in newest(ada)
    assert newest(ito) == f"{LABEL} has ended the diary. It can't be seen any more."
    await house.hears_nothing_until(at(27, 21))
    for command in ("/patients", "/digest"):
        assert LABEL not in await played.says(ito, command)
    await dr_ito_taps_her_name_in_vain(house)

    await played.taps(ada, "Keep my diary after all")
    assert "I will ask you next: tomorrow at 20:00." in newest(ada)
    assert newest(ito) == f"{LABEL} keeps the diary after all. You can see it again."
    await house.answers("4 3 5 4", 28)


async def says_forget(house: House, *, copy: bool) -> None:
    """Only the typed word leads on, and the copy comes before it."""
    played, ada = house.played, house.ada
    assert "Shall I delete your whole diary?" in await played.says(ada, "/forget")
    if copy:
        assert "Nothing was deleted." in await played.says(ada, "yes")
        await played.says(ada, "/forget")
        await played.taps(ada, "Send me a copy first")
        assert zipfile.is_zipfile(io.BytesIO(await house.document()))
    assert "When shall I delete it?" in await played.says(ada, "Forget")
    await played.taps(ada, "In seven days")


async def forgotten(house: House) -> None:
    """Seven days of silence; then there is nothing of her but a random number beside the database."""
    played, ada = house.played, house.ada
    assert upkeep.backup(played.program.settings, house.folder / "older.db", force=False) == 0
    ((patient_id, tag),) = await played.rows("select id, tag from patients where chat_id = :ada", ada=ADA)
    await says_forget(house, copy=False)
    await house.hears_nothing_until(at(35, 20))
    assert {"accounts", "patients", "scores", "notes", "consents", "outbox"} <= await house.tables_with(patient_id)
    assert house.traces() == list(TRACES)

    await played.until(at(35, 20, 11))
    assert newest(ada).startswith("It is done. All that I kept about you is deleted.")
    assert await house.tables_with(patient_id) == set()
    assert house.traces() == []
    assert storage.ledger.beside(house.database).read_text() == f"{tag}\n"
    await house.hears_nothing_until(at(37, 21))
    assert "Ben L" in newest(house.ito)
    assert LABEL not in newest(house.ito)
    await dr_ito_taps_her_name_in_vain(house)


async def a_new_patient(house: House) -> None:
    """Her old link opens nothing; with a new one she begins as anybody does."""
    played, ada, ito = house.played, house.ada, house.ito
    old = next(link_in(message) for message in ito.heard if f"Invitation for {LABEL}" in text_of(message))
    ada.open_link(old)
    await played.settle()
    assert "diary is open" not in newest(ada)
    assert await played.rows("select 1 from accounts where chat_id = :ada", ada=ADA) == []

    known = storage.ledger.tags(storage.ledger.beside(house.database))
    await played.enrol(ada, ito, "Ada again", now=True)
    assert "1 of 3" in newest(ada)
    ((patient_id, tag, day),) = await played.rows(
        "select id, tag, enrolled_day from patients where chat_id = :ada", ada=ADA
    )
    assert tag not in known
    assert patient_id > 2
    assert day == "2026-04-06"
    await played.says(ada, "1 1 1")
    assert await played.rows("select value from scores where patient_id = :hers", hers=patient_id) == [(1,)] * 3


async def ben_goes_on(house: House) -> None:
    played, ben = house.played, house.ben
    await played.says(ben, "/pause")
    await played.taps(ben, "I'm back")
    await played.until(at(38, 20, 10))
    assert "Stored for" in await played.says(ben, "2 2 2")


async def no_old_copy_brings_her_back(house: House) -> None:
    """The backup of the day before she left is put in the database's place: all are as they were then, without her."""
    older = house.folder / "older.db"
    assert {"her note", "what Dr Ito calls her", "her knee"} <= set(traces_in(older))
    await house.played.stop()
    assert upkeep.restore(house.played.program.settings, older) == 0
    assert house.traces() == []
    with closing(sqlite3.connect(house.database)) as restored:
        assert restored.execute("select chat_id from patients").fetchall() == [(BEN,)]
        assert restored.execute("select count(*) from scores").fetchall() == [(3,)]
        assert restored.execute("select text from notes").fetchall() == [("a quiet day by the lake",)]
