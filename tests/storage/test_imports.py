"""Importing, reporting and exporting on the command line, on a real file."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from sqlite3 import connect

import pytest
from typer.testing import CliRunner

from bot import files, storage
from bot.cli import cli
from bot.settings import EXAMPLES
from bot.storage import checks
from tests.storage.test_backups import files_up_to

HEAD = "patient,day,symptom,score\n"
ROWS = "".join(
    f"{code},2026-03-{2 + at:02},{symptom},{score}\n"
    for code, scores in (("P1", "68.77.6434.343"), ("=P2", "5555555"))
    for symptom in ("burning", "pain left knee")
    for at, score in enumerate(scores)
    if score != "."
)


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> tuple[int, str]:
    said = CliRunner().invoke(cli, list(words))
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, said.output


def test_a_diary_goes_in_is_reported_goes_out_and_comes_back_as_it_was() -> None:
    Path("long.csv").write_text(HEAD + ROWS)
    assert run("import", "long.csv")[0] == 2, "unknown patients"
    assert run("import", "long.csv", "--create", "--dry-run")[0] == 0
    assert not Path("data").exists()
    code, said = run("import", "long.csv", "--create")
    assert (code, "36 scores on 18 new days for 2 patients" in said) == (0, True), said
    code, said = run("import", "long.csv")
    assert (code, "0 scores" in said) == (0, True)
    report = json.loads(run("report", "--patient", "P1", "--json")[1])
    burning = report["items"]["burning"]
    assert (burning["baseline"], burning["baseline_n"], burning["last7"], burning["last7_n"]) == (6.8, 5, 3.5, 6)
    assert (burning["label"], report["days"]["complete"], report["days"]["missed"]) == ("clearly better", 11, 0)
    assert report["items"]["pain: knee, left"]["weeks"][1] == {
        "start": "2026-03-09", "mean": 3.5, "n": 6, "worst": 4, "days_at_7": 0,
    }  # fmt: skip
    everyone = json.loads(run("report", "--all", "--json")[1])
    assert list(everyone) == ["P1", "=P2"]
    assert "clearly better" in run("report", "--all")[1]
    for whose in ("--patient", "--therapist"):
        assert run("export", "bytes.csv", whose, "Zo\udceb")[0] == 2, "bytes that are no text"
    for target in ("out.csv", "out.json", "out.zip"):
        assert run("export", "--all", target)[0] == 0
    assert run("export", "--all", "out.csv")[0] == 2, "it is there already"
    assert run("report", "--patient", "P1", "--pdf", "sheet.pdf")[0] == 0
    assert Path("sheet.pdf").read_bytes().startswith(b"%PDF")
    Path("data").rename("before")
    assert run("import", "out.csv", "--create")[0] == 0
    assert json.loads(run("report", "--all", "--json")[1]) == everyone
    with checks.reader(Path("data/diary.db")) as connection:
        assert checks.thorough(connection) == []
        rows = connection.execute(
            "select stage, next_prompt_at, next_digest_at, code, reach, p.chat_id < 0 from patients p"
            " join accounts using (chat_id)"
        ).fetchall()
        assert rows == [("imported", None, None, code, "gone", 1) for code in ("P1", "=P2")]
        assert connection.execute("select count(*) from diary_days where judge_at is not null").fetchone() == (0,)
    connection.close()


def test_a_file_that_another_import_has_just_made_is_no_bot_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    made = files._prepare

    async def overtaken(path: Path, now: datetime) -> None:
        await made(path, now)
        raise storage.AlreadyRunning

    monkeypatch.setattr(files, "_prepare", overtaken)
    Path("long.csv").write_text(HEAD + ROWS)
    assert run("import", "long.csv", "--create")[0] == 0
    assert run("report", "--patient", "P1")[0] == 0


def test_bad_rows_keep_all_of_a_file_out_unless_they_are_to_be_left_out() -> None:
    Path("bad.csv").write_text(HEAD + ROWS + "P1,2026-03-30,burning,11\nP1,2026-03-02,burning,9\n")
    code, said = run("import", "bad.csv", "--create")
    assert code == 1
    assert "line 38: " in said
    assert "line 39: " in said
    assert not Path("data").exists()
    assert run("import", "bad.csv", "--create", "--skip-bad")[0] == 1
    report = json.loads(run("report", "--patient", "P1", "--json")[1])
    assert report["items"]["burning"]["baseline_n"] == 4, "neither of two different scores is taken"
    Path("mixed.csv").write_text("\n \n\n" + HEAD + "Q,2026-03-30,pain,1\nP1,2026-03-30,pain,2\n")
    code, said = run("import", "mixed.csv", "--skip-bad")
    assert (code, "line 5: There is no patient Q" in said, "1 score" in said) == (1, True, True), said
    Path("other.csv").write_text("day;burning\n2026-03-03;8\n2026-03-04;9\n2026-03-05;1\n")
    code, said = run("import", "other.csv", "--patient", "P1", "--date", "DAY", "--burning", "burning")
    assert (code, "line 4: " in said, "line 3: " in said) == (1, True, False), said


def test_a_therapist_gets_imported_diaries_and_can_tell_them_apart() -> None:
    Path("long.csv").write_text(HEAD + ROWS)
    assert run("import", "long.csv", "--create")[0] == 0
    with closing(connect("data/diary.db")) as file, file:
        at = "2026-03-01 09:00:00.000000"
        of = "chat_id, language, reach, reach_since, created_at"
        file.execute(f"insert into accounts ({of}) values (7, 'en', 'ok', ?, ?)", (at, at))
        ito = (1, 7, "Dr Ito", "UTC", at)
        file.execute("insert into therapists (id, chat_id, name, zone, since) values (?, ?, ?, ?, ?)", ito)
    assert run("import", "long.csv", "--therapist", "Dr Ito")[0] == 0
    assert run("import", "long.csv", "--therapist", "Dr Ito")[0] == 0, "once more"
    assert "2 diaries" in run("export", "ito.csv", "--therapist", "Dr Ito")[1]
    Path("case.csv").write_text(HEAD + "p1,2026-03-02,pain,1\n")
    assert run("import", "case.csv", "--create", "--therapist", "Dr Ito")[0] == 2
    assert run("report", "--patient", "p1")[0] == 2, "nothing of it is kept"


def test_a_disk_that_is_full_stores_nothing_and_says_so() -> None:
    Path("long.csv").write_text(HEAD + ROWS)
    assert run("import", "long.csv", "--create")[0] == 0
    many = [f"Q{n},2025-03-{day:02},pain,5\n" for n in range(40) for day in range(1, 29)]
    Path("many.csv").write_text(HEAD + "".join(many))
    with files_up_to(60_000):  # beside the file, where what is new is written first
        code, said = run("import", "many.csv", "--create")
    assert code == 2
    assert "Make room" in said
    assert "then start again. Nothing is half stored" in " ".join(said.split())
    assert "start the bot" not in said
    assert "Q0" not in run("report", "--all", "--json")[1]


def test_wrong_use_is_said_in_a_sentence() -> None:
    Path("empty.csv").write_text("")
    Path("head.csv").write_text(HEAD)
    Path("latin.csv").write_bytes(HEAD.encode() + "P1,2026-03-02,brülure,1\n".encode("latin-1"))
    Path("book.csv").write_bytes(b"PK\x03\x04")
    Path("quotes.csv").write_text(HEAD + '"P1,2026-03-02,pain,1\n')
    Path("wide.csv").write_text("day,pain\n2026-03-02,1\n")
    for words in (
        *(
            ("import", f"{name}.csv", "--create")
            for name in ("empty", "head", "latin", "book", "quotes", "wide", "not")
        ),
        ("import", "wide.csv", "--date", "day", "--pain", "pain"),
        ("import", "wide.csv", "--patient", "P", "--date", "day", "--pain", "ache", "--create"),
        ("import", "wide.csv", "--patient", "P", "--date", "day", "--item", "itch=pain", "--create"),
        ("import", "wide.csv", "--patient", "P", "--date", "day", "--item", "pain", "--create"),
        *(
            ("import", "wide.csv", "--patient", code, "--date", "day", "--pain", "pain", "--create")
            for code in ("", " ", "x" * 80, "a\nb")
        ),
        ("import", "wide.csv", "--patient", "P", "--date", "day", "--pain", "", "--create"),
        ("report",),
        ("report", "--patient", "nobody"),
        ("export", "--all", "out.txt"),
        ("export", "out.csv"),
        ("replay-alerts", "wide.csv"),
        ("replay-alerts", "wide.csv", "--high", "11"),
    ):
        code, said = run(*words)
        assert code == 2, (words, said)
        assert said
        assert "Traceback" not in said
    assert not Path("data").exists()


def test_rates_of_alerts_are_printed_and_nothing_is_stored() -> None:
    Path("long.csv").write_text(HEAD + "".join(f"P1,2026-03-0{2 + at},pain,{it}\n" for at, it in enumerate("333355")))
    code, said = run("replay-alerts", "long.csv")
    assert (code, "messages" in said, "1.167" in said) == (0, True, True), said
    made = json.loads(run("replay-alerts", "long.csv", "--json")[1])
    assert (made["days"], made["alerts"], made["items"]["pain"]["rose"]) == (6, 1, 1)
    assert run("replay-alerts", "long.csv", "--rise", "3", "--json")[1].count('"alerts": 0,')
    Path("long.csv").write_text(HEAD + "P1,2026-03-02,pain,x\n")
    assert run("replay-alerts", "long.csv")[0] == 1
    assert not Path("data").exists()
