"""Every setting: its name, its default, its limits. Read once at start from the environment or `.env`; frozen."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

OFFICIAL_SERVER: Final = "https://api.telegram.org"
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOST: Final = r"^[A-Za-z0-9.:_-]{1,255}$"
"""A name or a number of this machine."""

EXAMPLES: Final = {
    "BOT_TOKEN": "BOT_TOKEN=123456789:the-letters-and-digits-from-BotFather",
    "TELEGRAM_API_URL": f"TELEGRAM_API_URL={OFFICIAL_SERVER}",
    "DATABASE_URL": "DATABASE_URL=sqlite+aiosqlite:///data/diary.db",
    "ADMIN_IDS": "ADMIN_IDS=123456789,987654321",
    "CLINIC_NAME": "CLINIC_NAME=Riverside Physical Therapy",
    "EMERGENCY_NUMBER": "EMERGENCY_NUMBER=112",
    "DEFAULT_TIMEZONE": "DEFAULT_TIMEZONE=Europe/Lisbon",
    "DEFAULT_PROMPT_TIME": "DEFAULT_PROMPT_TIME=20:00",
    "LATE_PROMPT_HOURS": "LATE_PROMPT_HOURS=3",
    "DIGEST_DAY": "DIGEST_DAY=monday",
    "DIGEST_TIME": "DIGEST_TIME=07:30",
    "MESSAGES_PER_SECOND": "MESSAGES_PER_SECOND=30",
    "MESSAGES_PER_SECOND_PER_CHAT": "MESSAGES_PER_SECOND_PER_CHAT=1",
    "CARDS_DIR": "CARDS_DIR=data/cards",
    "BACKUPS_KEPT": "BACKUPS_KEPT=14",
    "BACKUP_DAYS": "BACKUP_DAYS=14",
    "BACKUP_DIR": "BACKUP_DIR=/mnt/backups/diary",
    "LOG_LEVEL": "LOG_LEVEL=INFO",
    "LOG_FORMAT": "LOG_FORMAT=plain",
    "WEBHOOK_URL": "WEBHOOK_URL=https://diary.example.org/telegram",
    "WEBHOOK_SECRET": "WEBHOOK_SECRET=some-long-word-of-letters-and-digits",
    "WEBHOOK_HOST": "WEBHOOK_HOST=127.0.0.1",
    "WEBHOOK_PORT": "WEBHOOK_PORT=8443",
    "WEBHOOK_CONNECTIONS": "WEBHOOK_CONNECTIONS=40",
    "STATUS_PORT": "STATUS_PORT=8081",
    "STATUS_HOST": "STATUS_HOST=127.0.0.1",
    "HEARTBEAT_URL": "HEARTBEAT_URL=https://status.example.org/ping/the-word-they-gave-you",
}
"""A right line for each setting, shown when a value is wrong."""


IN_OUR_WORDS: Final = {
    "missing": "it is missing",
    "string_pattern_mismatch": "this must be a name or an address of this machine",
    "int_parsing": "this must be a whole number",
}
"""For what pydantic finds and says less well, by its kind of error. Only hosts have a pattern."""


class WrongSettings(Exception):
    """One or more settings are wrong; the text says which, what is wrong, and gives an example. No secrets in it."""


class Settings(BaseSettings):
    """The settings of one clinic's bot."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
    )

    bot_token: SecretStr
    telegram_api_url: str = OFFICIAL_SERVER
    database_url: str = "sqlite+aiosqlite:///data/diary.db"
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    clinic_name: str = Field(default="our clinic", min_length=1, max_length=60)
    emergency_number: str = Field(default="112", min_length=2, max_length=20)
    default_timezone: str = "UTC"
    default_prompt_time: time = time(20)
    late_prompt_hours: float = Field(default=3, gt=0, le=12)
    digest_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    digest_time: time = time(7, 30)
    messages_per_second: float = Field(default=30, gt=0, le=100_000)
    messages_per_second_per_chat: float = Field(default=1, gt=0, le=100_000)
    cards_dir: Path | None = None
    backups_kept: int = Field(default=14, ge=0, le=1_000)
    backup_days: int = Field(default=14, ge=1, le=3_650)
    backup_dir: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["plain", "json"] = "plain"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    webhook_host: str = Field(default="127.0.0.1", pattern=HOST)
    webhook_port: int = Field(default=8443, ge=1, le=65_535)
    webhook_connections: int = Field(default=40, ge=1, le=100)
    status_port: int = Field(default=0, ge=0, le=65_535)
    status_host: str = Field(default="127.0.0.1", pattern=HOST)
    heartbeat_url: SecretStr | None = None

    @field_validator("bot_token")
    @classmethod
    def _token_has_its_form(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{5,100}", value.get_secret_value().strip()):
            raise ValueError("this is not a bot token; @BotFather gives you one, digits, a colon, then letters")
        return SecretStr(value.get_secret_value().strip())

    @field_validator("telegram_api_url")
    @classmethod
    def _address_is_http(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s/]+(/[^\s?#]*)?", value):
            raise ValueError("this must be the address of a Bot API server, beginning with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_is_sqlite(cls, value: str) -> str:
        if not re.fullmatch(r"sqlite(\+aiosqlite)?:///.+", value) or ":memory:" in value:
            raise ValueError("this version keeps the diary in an SQLite file; give sqlite+aiosqlite:/// and a path")
        return value

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _ids_by_commas(cls, value: Any) -> Any:
        if isinstance(value, int):
            return {value}
        if not isinstance(value, str):
            return value
        parts = [part for part in re.split(r"[,\s]+", value.strip().strip("[]")) if part]
        if not all(re.fullmatch(r"\d{1,20}", part) for part in parts):
            raise ValueError("these must be Telegram user ids, whole numbers with commas between them")
        return {int(part) for part in parts}

    @field_validator("default_timezone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("there is no such time zone; it is written as Area/City")
        return value

    @field_validator("default_prompt_time", "digest_time", mode="before")
    @classmethod
    def _wall_time(cls, value: Any) -> Any:
        if isinstance(value, str):
            match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value.strip())
            if match is None:
                raise ValueError("this must be a time from 00:00 to 23:59")
            return time(int(match[1]), int(match[2]))
        return value

    @field_validator("digest_day", mode="before")
    @classmethod
    def _weekday(cls, value: Any) -> Any:
        """A day's English name, in full or its first three letters."""
        said = value.strip().lower() if isinstance(value, str) else value
        return next((day for day in WEEKDAYS if said in (day, day[:3])), said)

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.strip().upper() if isinstance(value, str) else value

    @field_validator("webhook_url")
    @classmethod
    def _telegram_can_call(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[A-Za-z0-9._~/-]*)?", value):
            raise ValueError("this must be an https address, its path of letters, digits and . _ ~ - / alone")
        if not value.startswith("https://") and info.data.get("telegram_api_url") == OFFICIAL_SERVER:
            raise ValueError("Telegram calls https addresses only; plain http is for a Bot API server of your own")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_fits_a_header(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None:
            if info.data.get("webhook_url") is not None:
                raise ValueError("it is needed with WEBHOOK_URL, so that nobody but Telegram is believed")
            return None
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("this must be 1 to 256 letters (A to Z, a to z), digits, _ or -")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _heart_has_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value.get_secret_value()):
            raise ValueError("this must be an address beginning with http:// or https://")
        return value

    @property
    def late_prompts_for(self) -> timedelta:
        """How long after its hour a prompt still goes out."""
        return timedelta(hours=self.late_prompt_hours)

    @property
    def digest_weekday(self) -> int:
        """Monday is 0."""
        return WEEKDAYS.index(self.digest_day)

    @property
    def secrets(self) -> list[str]:
        """What no log may show, the token first."""
        given = (self.bot_token, self.webhook_secret, self.heartbeat_url)
        return [secret.get_secret_value() for secret in given if secret is not None]

    @property
    def database_path(self) -> Path:
        """The SQLite file. A link to it is followed: the lock and the log of changes lie beside the file itself."""
        path = Path(self.database_url.split(":///", 1)[1].split("?", 1)[0])
        return path.resolve() if path.is_symlink() else path


def load(**overrides: Any) -> Settings:
    """Read the settings. Raises WrongSettings with one paragraph for each that is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise WrongSettings("\n".join(_explained(dict(problem)) for problem in error.errors())) from None
    except UnicodeDecodeError:
        raise WrongSettings("The file .env is no UTF-8 text. Save it again in that encoding.") from None
    except OSError as error:
        raise WrongSettings(f"The file .env can't be read ({error.strerror}).") from None


def load_for_files() -> Settings:
    """The settings for work on the diary's file alone, which needs no bot and so no BOT_TOKEN. Raises WrongSettings."""
    nobody = "0:none-is-needed-for-files"
    return load(bot_token=nobody, webhook_url=None)


def _explained(problem: dict[str, Any]) -> str:
    name = str(problem["loc"][0]).upper() if problem["loc"] else "SETTINGS"
    what = IN_OUR_WORDS.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
    example = EXAMPLES.get(name)
    return f"{name} is wrong: {what}." + (f"\n  For example: {example}" if example else "")
