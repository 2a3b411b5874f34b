"""Settings: a wrong one stops the start with its name, what is wrong and an example; the token is never shown."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.settings import EXAMPLES, Settings, WrongSettings, load

TOKEN = "123456789:AAexample_of-a_token"
ROOT = Path(__file__).parent.parent
LINE = re.compile(r"([A-Z_]+)=(.*)")


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)


def refusal() -> str:
    with pytest.raises(WrongSettings) as caught:
        load()
    assert caught.value.__cause__ is None
    return str(caught.value)


def example_lines() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return {match[1]: match[2] for line in text.splitlines() if (match := LINE.fullmatch(line))}


# --- wrong values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("BOT_TOKEN", "hello", "this is not a bot token"),
        ("BOT_TOKEN", "123456789:", "this is not a bot token"),
        ("BOT_TOKEN", "123456789:with spaces in it", "this is not a bot token"),
        ("TELEGRAM_API_URL", "api.telegram.org", "beginning with http:// or https://"),
        ("TELEGRAM_API_URL", "ftp://api.telegram.org", "beginning with http:// or https://"),
        ("TELEGRAM_API_URL", "https://a b", "beginning with http:// or https://"),
        ("DATABASE_URL", "postgresql://localhost/diary", "an SQLite file"),
        ("DATABASE_URL", "data/diary.db", "an SQLite file"),
        ("DATABASE_URL", "sqlite:///:memory:", "an SQLite file"),
        ("DATABASE_URL", "sqlite:///", "an SQLite file"),
        ("ADMIN_IDS", "me", "whole numbers with commas"),
        ("ADMIN_IDS", "1,two,3", "whole numbers with commas"),
        ("ADMIN_IDS", "-5", "whole numbers with commas"),
        ("ADMIN_IDS", "1.5", "whole numbers with commas"),
        ("CLINIC_NAME", "   ", "at least 1 character"),
        ("CLINIC_NAME", "x" * 61, "at most 60 characters"),
        ("EMERGENCY_NUMBER", "1", "at least 2 characters"),
        ("EMERGENCY_NUMBER", "1" * 21, "at most 20 characters"),
        ("DEFAULT_TIMEZONE", "Lisbon", "no such time zone"),
        ("DEFAULT_TIMEZONE", "Europe/Atlantis", "no such time zone"),
        ("DEFAULT_TIMEZONE", "../../etc/passwd", "no such time zone"),
        ("DEFAULT_PROMPT_TIME", "24:00", "a time from 00:00 to 23:59"),
        ("DEFAULT_PROMPT_TIME", "8 pm", "a time from 00:00 to 23:59"),
        ("LATE_PROMPT_HOURS", "0", "greater than 0"),
        ("LATE_PROMPT_HOURS", "-1", "greater than 0"),
        ("LATE_PROMPT_HOURS", "12.5", "less than or equal to 12"),
        ("LATE_PROMPT_HOURS", "nan", "12"),
        ("LATE_PROMPT_HOURS", "three", "a valid number"),
        ("DIGEST_TIME", "7.30", "a time from 00:00 to 23:59"),
        ("DIGEST_TIME", "07:60", "a time from 00:00 to 23:59"),
        ("DIGEST_DAY", "moonday", "'monday'"),
        ("MESSAGES_PER_SECOND", "many", "a valid number"),
        ("MESSAGES_PER_SECOND", "0", "greater than 0"),
        ("MESSAGES_PER_SECOND", "nan", "less than or equal to 100000"),
        ("MESSAGES_PER_SECOND", "inf", "less than or equal to 100000"),
        ("MESSAGES_PER_SECOND_PER_CHAT", "-1", "greater than 0"),
        ("MESSAGES_PER_SECOND_PER_CHAT", "1e9", "less than or equal to 100000"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("LOG_FORMAT", "xml", "'plain' or 'json'"),
        ("STATUS_PORT", "http", "this must be a whole number"),
        ("STATUS_PORT", "65536", "less than or equal to 65535"),
        ("STATUS_HOST", "http://here", "a name or an address of this machine"),
        ("WEBHOOK_HOST", "not here", "a name or an address of this machine"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wrong_and_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, what: str
) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    said = refusal()
    assert said.startswith(f"{name} is wrong: ")
    assert what in said
    assert f"For example: {EXAMPLES[name]}" in said
    assert len(said.splitlines()) == 2, "one setting is wrong, one is named"
    assert TOKEN not in said


def test_a_missing_token_is_named_with_an_example() -> None:
    assert refusal() == f"BOT_TOKEN is wrong: it is missing.\n  For example: {EXAMPLES['BOT_TOKEN']}"


def test_an_empty_token_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "")
    assert "BOT_TOKEN is wrong: it is missing." in refusal()


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGEST_DAY", "LOG_LEVEL", "ADMIN_IDS"):
        monkeypatch.setenv(name, "nonsense")
    said = refusal()
    for name in ("BOT_TOKEN", "DIGEST_DAY", "LOG_LEVEL", "ADMIN_IDS"):
        assert f"{name} is wrong" in said


def test_every_example_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(EXAMPLES) == {name.upper() for name in Settings.model_fields}
    for name, line in EXAMPLES.items():
        assert line.startswith(f"{name}=")
        monkeypatch.setenv(name, line.partition("=")[2])
    load()


# --- the token ------------------------------------------------------------------------------------------------


def test_the_token_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    settings = load()
    for shown in (repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()):
        assert TOKEN not in shown
        assert TOKEN.partition(":")[2] not in shown
    assert settings.bot_token.get_secret_value() == TOKEN


@pytest.mark.parametrize("wrong", ["x" + TOKEN, TOKEN + "!", TOKEN.replace(":", ";")])
def test_a_token_with_a_slip_in_it_is_not_repeated(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", wrong)
    said = refusal()
    assert wrong not in said
    assert "AAexample" not in said


# --- right values ---------------------------------------------------------------------------------------------


def test_values_are_understood_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BOT_TOKEN": f"  {TOKEN} ",
        "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
        "DATABASE_URL": "sqlite:////var/lib/diary/diary.db",
        "ADMIN_IDS": " 201, 202 203",
        "CLINIC_NAME": " Clínica Ñandú ",
        "DEFAULT_PROMPT_TIME": "9:05",
        "LATE_PROMPT_HOURS": "0.5",
        "DIGEST_DAY": "Sun",
        "LOG_LEVEL": "warning",
        "LOG_FORMAT": "JSON",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.database_path == Path("/var/lib/diary/diary.db")
    assert settings.admin_ids == {201, 202, 203}
    assert settings.clinic_name == "Clínica Ñandú"
    assert settings.default_prompt_time == time(9, 5)
    assert settings.late_prompts_for == timedelta(minutes=30)
    assert (settings.digest_day, settings.digest_weekday) == ("sunday", 6)
    assert (settings.log_level, settings.log_format) == ("WARNING", "json")


def test_one_admin_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ADMIN_IDS", "201")
    assert load().admin_ids == {201}


def test_settings_are_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    with pytest.raises(ValueError, match="frozen"):
        load().digest_day = "sunday"


# --- the file -------------------------------------------------------------------------------------------------


def test_the_file_is_read_and_the_environment_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        f"# ours\nBOT_TOKEN={TOKEN}\nCLINIC_NAME=From the file\nDIGEST_DAY=friday\nSOMETHING=else\n"
    )
    monkeypatch.setenv("DIGEST_DAY", "sunday")
    settings = load()
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.clinic_name == "From the file"
    assert settings.digest_day == "sunday"


def test_a_file_that_is_no_text_is_named() -> None:
    Path(".env").write_bytes(f"BOT_TOKEN={TOKEN}\nCLINIC_NAME=Clínica\n".encode("latin-1"))
    said = refusal()
    assert ".env is no UTF-8 text" in said
    assert TOKEN not in said


def test_the_example_file_lists_every_setting_and_no_other() -> None:
    assert list(example_lines()) == [name.upper() for name in Settings.model_fields]


def test_each_setting_in_the_example_file_has_one_line_of_comment_of_its_own() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if LINE.fullmatch(line):
            assert re.fullmatch(r"# .{20,}\.", lines[number - 1]), f"{line} has no comment"
            assert lines[number - 2] == "", f"{line} has more than one line of comment"


def test_the_example_file_with_a_token_says_what_holds_without_it() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    Path(".env").write_text(text.replace("BOT_TOKEN=\n", f"BOT_TOKEN={TOKEN}\n"))
    assert load() == load(_env_file=None, bot_token=TOKEN)


def test_the_example_file_as_it_is_asks_for_the_token() -> None:
    Path(".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert refusal().startswith("BOT_TOKEN is wrong: it is missing.")


def test_a_link_to_the_database_leads_to_the_same_file_and_so_to_the_same_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    (tmp_path / "alias.db").symlink_to(tmp_path / "real" / "diary.db")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'alias.db'}")
    assert load().database_path == tmp_path.resolve() / "real" / "diary.db"
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///data/diary.db")
    assert load().database_path == Path("data/diary.db"), "else the path stays as it was written"
