"""Who is who: invites keep only a hash, shares decide who reads, consents are never overwritten."""

from __future__ import annotations

import inspect
import re
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot import storage
from bot.diary.entries import Side
from bot.diary.people import ChatId, Reach, Role, Stage
from bot.diary.sessions import Kind, Place
from bot.diary.sharing import Share, may_see
from bot.storage import Database, accesses, digests, offers, panels, people, red_flags, sessions, sharing
from tests.storage.conftest import ADA, BEN, ITO, MAX, NOW, ROY, Cast

LATER = NOW + timedelta(days=1)
CODE = "a-code-that-only-its-link-holds"


# --- invites --------------------------------------------------------------------------------------------------


async def test_the_file_alone_lets_nobody_in(database: Database, cast: Cast) -> None:
    def invited(tx: Connection) -> None:
        people.add_invite(tx, CODE, Role.ADMIN, therapist_id=None, label="Dr New", expires_at=LATER, now=NOW)

    await database.write(invited)
    await database.close()
    files = [file for file in database.path.parent.iterdir() if file.is_file()]
    held = b"".join(file.read_bytes() for file in files)
    assert b"Dr New" in held, "the row is in the file"
    assert CODE.encode() not in held


async def test_an_invite_is_found_by_its_code_alone(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        number = people.add_invite(
            tx, CODE, Role.PATIENT, therapist_id=cast.ito.id, label="Cleo", expires_at=LATER, now=NOW
        )
        found = people.find_invite(tx, CODE)
        assert found == people.invite_by_id(tx, number)
        assert found is not None
        assert (found.role, found.therapist_id, found.label) == (Role.PATIENT, cast.ito.id, "Cleo")
        assert (found.expires_at, found.used_at, found.used_by) == (LATER, None, None)
        for wrong in (CODE.upper(), CODE[:-1], "", " " + CODE):
            assert people.find_invite(tx, wrong) is None

        people.use_invite(tx, number, MAX, NOW)
        used = people.find_invite(tx, CODE)
        assert used is not None
        assert (used.used_at, used.used_by) == (NOW, MAX)

    await database.write(work)


# --- accounts and roles ---------------------------------------------------------------------------------------


async def test_an_account_is_made_once_and_keeps_its_language(database: Database) -> None:
    def work(tx: Connection) -> list[str]:
        people.account(tx, MAX, "es", NOW)
        languages = [people.account(tx, MAX, "en", LATER).language]
        people.put_language(tx, MAX, "en")
        return [*languages, people.account(tx, MAX, "es", LATER).language]

    assert await database.write(work) == ["es", "en"]


async def test_reach_is_news_only_when_it_changes(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[bool]:
        reaches = (Reach.OK, Reach.BLOCKED, Reach.BLOCKED, Reach.GONE, Reach.OK)
        return [people.put_reach(tx, ADA, reach, NOW) for reach in reaches]

    assert await database.write(work) == [False, True, False, True, True]


async def test_what_is_expected_of_a_chat_is_forgotten_by_none(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[str | None]:
        seen = []
        for what in ("name", None):
            people.expect(tx, ITO, what)
            account = people.find_account(tx, ITO)
            assert account is not None
            seen.append(account.expecting)
        return seen

    assert await database.write(work) == ["name", None]


async def test_each_role_is_its_own(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        people.add_admin(tx, ITO, NOW)
        people.add_admin(tx, ITO, LATER)
        assert [people.is_admin(tx, chat) for chat in (ITO, ROY, ADA, MAX)] == [True, False, False, False]
        assert [people.therapist(tx, chat) is not None for chat in (ITO, ROY, ADA, MAX)] == [True, True, False, False]
        assert [people.patient(tx, chat) is not None for chat in (ITO, ADA, BEN, MAX)] == [False, True, True, False]
        people.put_therapist_name(tx, cast.ito.id, "Kenji Ito")
        assert people.therapist_by_id(tx, cast.ito.id).name == "Kenji Ito"
        assert people.therapist_by_id(tx, cast.roy.id).name == "Dr Roy"

    await database.write(work)


async def test_only_enrolled_patients_are_counted(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> dict[str, int]:
        people.change_patient(tx, cast.ada.id, stage=Stage.ACTIVE)
        return people.counts(tx)

    assert await database.write(work) == {"patients": 1, "therapists": 2}


async def test_a_yes_and_a_later_no_are_both_kept(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[tuple[object, ...]]:
        for given, therapist in ((True, None), (True, cast.ito.id), (False, cast.ito.id)):
            people.add_consent(tx, cast.ada.id, therapist, given=given, wording="2026-11", language="en", now=NOW)
        assert people.consents_of(tx, cast.ben.id) == []
        return [(row.therapist_id, row.given, row.wording) for row in people.consents_of(tx, cast.ada.id)]

    assert await database.write(work) == [
        (None, True, "2026-11"),
        (cast.ito.id, True, "2026-11"),
        (cast.ito.id, False, "2026-11"),
    ]


# --- sharing --------------------------------------------------------------------------------------------------


def readers(tx: Connection, cast: Cast) -> set[ChatId]:
    """Whoever of the whole cast may read Ada's diary."""
    return {chat for chat in (ADA, BEN, ITO, ROY, MAX) if sharing.may_read(tx, chat, cast.ada.id, LATER)}


async def test_ada_and_her_therapist_read_her_diary_and_max_never_does(database: Database, cast: Cast) -> None:
    assert await database.write(lambda tx: readers(tx, cast)) == {ADA, ITO}


async def test_a_diary_that_is_shared_with_nobody_is_read_by_its_patient_alone(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> list[bool]:
        return [sharing.may_read(tx, chat, cast.ben.id, LATER) for chat in (BEN, ADA, ITO, ROY, MAX)]

    assert await database.write(work) == [True, False, False, False, False]


async def test_an_ended_share_stops_reading_and_a_new_yes_opens_it_again(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        sharing.put(tx, Share(cast.ada.id, cast.roy.id, "A.", LATER))
        assert readers(tx, cast) == {ADA, ITO, ROY}
        assert [share.therapist_id for share in sharing.readers_of(tx, cast.ada.id, LATER)] == [
            cast.ito.id,
            cast.roy.id,
        ]

        sharing.end(tx, cast.ada.id, cast.ito.id, LATER)
        assert readers(tx, cast) == {ADA, ROY}
        assert sharing.all_of(tx, cast.ito.id, LATER) == []
        assert [share.label for share in sharing.all_of(tx, cast.roy.id, LATER)] == ["A."]
        ended = sharing.find(tx, cast.ada.id, cast.ito.id)
        assert ended is not None
        assert ended.ended_at == LATER

        sharing.put(tx, Share(cast.ada.id, cast.ito.id, "Ada", LATER))
        assert readers(tx, cast) == {ADA, ITO, ROY}
        assert [(share.label, share.ended_at) for share in sharing.all_of(tx, cast.ito.id, LATER)] == [("Ada", None)]

    await database.write(work)


async def test_a_panel_holds_only_enrolled_patients_with_a_standing_share(database: Database, cast: Cast) -> None:
    def members(tx: Connection) -> list[str]:
        return [member.label for member in storage.panels.panel_of(tx, cast.ito.id, LATER).members]

    def work(tx: Connection) -> list[list[str]]:
        seen = [members(tx)]
        people.change_patient(tx, cast.ada.id, stage=Stage.ACTIVE, enrolled_day=NOW.date())
        seen.append(members(tx))
        sharing.end(tx, cast.ada.id, cast.ito.id, LATER)
        return [*seen, members(tx)]

    assert await database.write(work) == [[], ["Ada L"], []]


LEFT_CALF = Place("calf", Side.LEFT)

# --- treatment sessions ---------------------------------------------------------------------------------------


async def test_a_session_is_taken_back_once_and_its_forms_are_kept(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        days = (date(2026, 3, 2), date(2026, 2, 20))
        late, early = (
            sessions.add(
                tx, cast.ada.id, cast.ito.id, day=day, kind=Kind.NEEDLING, places=[LEFT_CALF, Place("back")], now=NOW
            )
            for day in days
        )
        assert [session.id for session in sessions.all_of(tx, cast.ada.id)] == [early.id, late.id]
        assert sessions.all_of(tx, cast.ben.id) == ()
        assert not sessions.undo(tx, cast.ben.id, late.id, cast.ito.id, NOW), "it is not Ben's"
        assert sessions.undo(tx, cast.ada.id, late.id, cast.roy.id, NOW)
        assert not sessions.undo(tx, cast.ada.id, late.id, cast.ito.id, NOW)
        assert sessions.all_of(tx, cast.ada.id) == (early,)
        gone, kept = sessions.versions_of(tx, cast.ada.id)
        assert (gone.session, gone.by, gone.undone_by, gone.undone_at) == (late, "Dr Ito", "Dr Roy", NOW)
        assert (kept.session.places, kept.undone_at) == ((LEFT_CALF, Place("back")), None)
        assert not sessions.confirm(tx, cast.ada.id, early.id, cast.ito.id, NOW), "nobody reported it"

    await database.write(work)


async def test_a_stand_in_reads_from_the_first_instant_to_the_last_and_nothing_has_to_happen(
    database: Database, cast: Cast
) -> None:
    minute = timedelta(minutes=1)
    until = LATER + timedelta(days=7)

    def work(tx: Connection) -> None:
        people.change_patient(tx, cast.ada.id, stage=Stage.ACTIVE, enrolled_day=NOW.date())
        sharing.put(tx, Share(cast.ada.id, cast.roy.id, "A.", LATER, until, LATER.date()))
        for now, sees in (
            (LATER - minute, False),
            (LATER, True),
            (until - minute, True),
            (until, False),
        ):
            found = [
                sharing.may_read(tx, ROY, cast.ada.id, now),
                panels.anyone(tx, cast.roy.id, now),
                bool(sharing.all_of(tx, cast.roy.id, now)),
                bool(panels.names(tx, cast.roy.id, now)),
                len(sharing.readers_of(tx, cast.ada.id, now)) == 2,
                len(red_flags.listeners(tx, cast.ada.id, now)) == 2,
                len(panels.panel_of(tx, cast.roy.id, now).members) == 1,
                offers.patients_of_each(tx, now).get(cast.roy.id, 0) == 1,
                may_see(sharing.find(tx, cast.ada.id, cast.roy.id), now),
            ]
            assert found == [sees] * len(found), now
        assert len(sharing.standing_of(tx, cast.roy.id, NOW)) == 1, "it is to come"
        assert sharing.standing_of(tx, cast.roy.id, until) == []

    await database.write(work)


async def test_whoever_has_left_has_no_role_and_keeps_the_name(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        people.add_invite(tx, CODE, Role.PATIENT, therapist_id=cast.ito.id, label="New", expires_at=LATER, now=NOW)
        offers.leave(tx, cast.ito.id, NOW)
        assert people.therapist(tx, ITO) is None
        assert people.therapist_by_id(tx, cast.ito.id).name == cast.ito.name
        assert not sharing.may_read(tx, ITO, cast.ada.id, NOW)
        assert red_flags.listeners(tx, cast.ada.id, NOW) == []
        assert digests.due_therapists(tx, NOW + timedelta(days=30), 9) != [], "Dr Roy's"
        assert {it.person.id for it in digests.due_therapists(tx, NOW + timedelta(days=30), 9)} == {cast.roy.id}
        invite = people.find_invite(tx, CODE)
        assert invite is not None
        assert invite.expires_at == NOW
        assert [it.id for it in offers.colleagues(tx)] == [cast.roy.id]
        again = people.add_therapist(tx, ITO, "Dr Ito", "Europe/Lisbon", LATER, LATER)
        assert (again.id, people.therapist(tx, ITO)) == (cast.ito.id, again)
        assert sharing.all_of(tx, cast.ito.id, LATER) == []

    await database.write(work)


async def test_the_log_of_who_saw_what_has_no_verb_that_changes_or_deletes() -> None:
    source = inspect.getsource(accesses)
    assert not re.search(r"\b(update|delete)\(", source)
    changed = [
        path.name
        for path in Path(storage.__file__).parent.rglob("*.py")
        if re.search(r"(update|delete)\(tables\.accesses|accesses\.(update|delete)\(", path.read_text(encoding="utf-8"))
    ]
    assert changed == []
