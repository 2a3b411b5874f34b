"""What we remember. The only place with SQLAlchemy: plain verbs that take the transaction first."""

from bot.storage import (
    backups,
    checks,
    diaries,
    digests,
    entries,
    exports,
    inbox,
    ledger,
    notices,
    outbox,
    overview,
    panels,
    pauses,
    people,
    privacy,
    prompts,
    sessions,
    sharing,
    zones,
)
from bot.storage.backups import BackupFailed
from bot.storage.database import AlreadyRunning, Database
from bot.storage.prepared import Savepoint
from bot.storage.troubles import CannotOpen, CannotWrite, Damaged, Replaced, Unusable, is_trouble

__all__ = [
    "AlreadyRunning",
    "BackupFailed",
    "CannotOpen",
    "CannotWrite",
    "Damaged",
    "Database",
    "Replaced",
    "Savepoint",
    "Unusable",
    "backups",
    "checks",
    "diaries",
    "digests",
    "entries",
    "exports",
    "inbox",
    "is_trouble",
    "ledger",
    "notices",
    "outbox",
    "overview",
    "panels",
    "pauses",
    "people",
    "privacy",
    "prompts",
    "sessions",
    "sharing",
    "zones",
]
