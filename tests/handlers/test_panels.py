"""A therapist looks for patients, names them, and has the summary at another hour."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.handlers.desk import Desk
from tests.stage import link_in, newest, text_of


async def test_search_opens_the_card_of_the_only_hit_and_says_so_where_there_is_none(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.ben, ito, "Béni")
    assert "Ada L" in await desk.says(ito, "/patients ada")
    assert "photo" in ito.last
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Search")
    assert "Béni" in await desk.says(ito, "BEN")
    assert 'No patient of yours has "zed"' in await desk.says(ito, "/patients zed")
    assert await desk.rows("select count(*) from accesses where what = 'card'") == [(2,)]
    assert "Ada L, " in await desk.says(ito, "ada"), "typed just so"
    assert "I did not understand that" in await desk.says(ito, "zed")
    assert "by invitation" in await desk.says(desk.max, "ada"), "nobody's therapist"


async def test_a_name_is_the_therapists_own_and_no_two_are_the_same(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.ben, ito, "Ben")
    assert "Ada L is called Ada K from now on." in await desk.says(ito, "/rename ada l = Ada K")
    assert "/rename Ada = Ada L" in await desk.says(ito, "/rename Nobody")
    assert "new name or code for Ada K" in await desk.says(ito, "/rename ada k")
    assert "Ada K is the name already." in await desk.says(ito, "Ada K")
    await desk.says(ito, "/rename")
    await desk.taps(ito, "Ben")
    assert "new name or code for Ben" in await desk.says(ito, "\n"), "a name that nobody could see"
    assert "another patient ADA K already" in await desk.says(ito, "ADA K")
    assert "Ben is called Benjamin" in await desk.says(ito, "Benjamin")
    assert await desk.rows("select label from shares order by label") == [("Ada K",), ("Benjamin",)]
    assert await desk.rows("select count(*) from accesses where what = 'renamed'") == [(2,)]
    assert "already" in await desk.says(ito, "/invite benjamin")
    await desk.says(ito, "/invite Cleo")
    again = link_in(ito.last)
    await desk.enrol(desk.cleo, ito, "Cleo", place="Kathmandu")
    desk.noor.open_link(again)
    await desk.settle()
    await desk.taps(desk.noor, "Yes, store my answers", "Yes, show them")
    assert await desk.rows("select label from shares where label like 'Cleo%' order by label") == [
        ("Cleo",),
        ("Cleo 2",),
    ], "two links by one name were out"


async def test_the_summary_comes_at_the_therapists_own_hour_and_no_week_twice(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.until(datetime(2026, 3, 9, 8, tzinfo=UTC))
    summaries = [text for it in ito.heard if (text := text_of(it)).startswith("Your patients:")]
    assert len(summaries) == 1
    said = await desk.says(ito, "/digest wednesday 18:00")
    assert "Wednesday 18 March at 18:00" in said, "this week's has come already"
    assert said.endswith("\nThe last whole week has had its summary already.")
    assert "On a Sunday that is the week before" in await desk.says(ito, "/digest sunday 18:00")
    await desk.sends(ito, "jd:2")
    await desk.taps(ito, "12:00")
    assert "Wednesday 18 March at 12:00" in newest(ito)
    await desk.until(datetime(2026, 3, 18, 11, 59, tzinfo=UTC))
    assert len([it for it in ito.heard if text_of(it).startswith("Your patients:")]) == 1
    await desk.until(datetime(2026, 3, 18, 12, 1, tzinfo=UTC))
    assert len([it for it in ito.heard if text_of(it).startswith("Your patients:")]) == 2
    assert not desk.refused()
