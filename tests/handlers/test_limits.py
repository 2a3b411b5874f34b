"""Alert limits of one patient: the newest choice of their therapists counts, and is in the log."""

from __future__ import annotations

from tests.handlers.desk import Desk
from tests.stage import newest

STORED = "select alert_rise, alert_high from patients order by id"


async def test_limits_are_chosen_on_the_card_and_back_to_the_usual(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/patients ada")
    await desk.taps(ito, "Alert limits")
    said = newest(ito)
    assert "both 2 points or more above the usual" in said
    assert "both are at 7 or more, and the usual lies below 7" in said
    assert "Back to the usual limits" not in ito.labels(ito.last["message_id"])
    said = await desk.taps(ito, "3 points", "9 or more")
    assert "both 3 points or more above" in said
    assert "both are at 9 or more, and the usual lies below 9" in said
    assert "This counts from the next answer on" in said
    assert "✓ 3 points" in ito.labels(ito.last["message_id"])
    assert await desk.rows(STORED) == [(3, 9)]
    await desk.taps(ito, "✓ 3 points")
    assert await desk.rows("select count(*) from accesses where what = 'limits'") == [(2,)], "the same again is no act"
    await desk.taps(ito, "Back to the usual limits")
    assert await desk.rows(STORED) == [(None, None)]
    assert await desk.rows("select count(*) from accesses where what = 'limits'") == [(3,)]
    await desk.taps(ito, "1 point")
    assert "both 1 point or more above" in newest(ito)
    assert not desk.refused()


async def test_a_second_therapist_sees_who_changed_them(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    roy = await desk.therapist(desk.roy)
    await desk.rows(
        "insert into shares (patient_id, therapist_id, label, since)"
        " select patient_id, 2, 'AL', since from shares returning patient_id"
    )
    await desk.says(ito, "/patients ada")
    await desk.taps(ito, "Alert limits", "4 points")
    await desk.says(roy, "/patients")
    await desk.sends(roy, "al:1")
    assert "Last changed by Dr Ito, Monday 2 March at 10:00." in newest(roy)
    assert "both 4 points or more above" in newest(roy)
    await desk.taps(roy, "2 points")
    await desk.sends(ito, "al:1")
    assert "Last changed by Dr Roy" in newest(ito)


async def test_nobody_else_and_no_forged_button_changes_them(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    roy = await desk.therapist(desk.roy)
    await desk.says(roy, "/patients")
    await desk.says(desk.ada, "/week")
    for person in (roy, desk.ada):
        for tap in ("al:1", "az:1:rise:3", "az:1:high:8", "az:1:usual:0"):
            await desk.sends(person, tap)
    await desk.says(ito, "/patients")
    for tap in ("az:1:rise:0", "az:1:rise:9", "az:1:high:1", "az:1:high:99", "az:77:rise:3", "al:77", "az:1:low:3"):
        await desk.sends(ito, tap)
    assert await desk.rows(STORED) == [(None, None)]
    assert await desk.rows("select count(*) from accesses where what = 'limits'") == [(0,)]
    assert "When Ada" not in newest(roy) + newest(desk.ada) + newest(ito)
