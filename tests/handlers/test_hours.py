"""A therapist's own hours: chosen, typed, and said back in words."""

from __future__ import annotations

from tests.handlers.desk import Desk
from tests.stage import newest

STORED = "select hours_from, hours_to, workdays from therapists order by id"


async def test_hours_are_chosen_by_a_tap_and_said_back(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    said = await desk.says(ito, "/hours")
    assert "at any time" in said
    assert "A red flag never waits." in said
    said = await desk.taps(ito, "Weekdays 08:00 to 18:00")
    assert said.startswith("Saved. Your hours for alerts: Monday to Friday, 08:00 to 18:00.")
    assert "by the clock of Lisbon" in said
    assert "Outside them an alert waits until they begin" in said
    assert await desk.rows(STORED) == [("08:00:00.000000", "18:00:00.000000", "01234")]
    assert "Your hours for alerts: Monday to Friday" in await desk.says(ito, "/hours")
    said = await desk.taps(ito, "At any time")
    assert said.startswith("Saved. Your hours for alerts: at any time.")
    assert await desk.rows(STORED) == [(None, None, None)]
    await desk.sends(ito, "aw:any")
    assert await desk.rows(STORED) == [(None, None, None)], "a second tap changes nothing"
    assert not desk.refused()


async def test_hours_are_typed_with_the_command_or_after_it(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    said = await desk.says(ito, "/hours 22-06 mon, wed, fri-sun")
    assert "Monday, Wednesday and Friday to Sunday, 22:00 to 06:00 on the next day." in said
    await desk.says(ito, "/hours")
    await desk.taps(ito, "Other hours or days")
    assert "nothing is changed" in await desk.says(ito, "8-6")
    assert await desk.rows(STORED) == [("22:00:00.000000", "06:00:00.000000", "02456")]
    assert "every day, 08:00 to 18:00." in await desk.says(ito, "08:00-18:00"), "the question stands"
    assert "Tuesday and Thursday, all day long." in await desk.says(ito, "/hours tuesdays and thursdays")
    assert "did not understand" in await desk.says(ito, "/hours whenever")
    await desk.says(ito, "/language")
    await desk.taps(ito, "Español")
    assert "del lunes al viernes, de 08:00 a 18:00" in await desk.says(ito, "/hours lunes a viernes de 8 a 18")


async def test_only_a_therapist_has_hours(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "Only a therapist" in await desk.says(ada, "/hours 8-18")
    await desk.says(ada, "/today")
    await desk.sends(ada, "aw:usual")
    assert await desk.rows(STORED) == [(None, None, None)]
    await desk.says(desk.max, "/hours")
    assert "by invitation" in newest(desk.max)
