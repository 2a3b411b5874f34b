"""Takes the pictures of the README anew: `.venv/bin/python docs/pictures/take.py` (needs Chromium).

It starts the demo, lets Ada answer four weeks, answers the last Sunday for her, and goes to Monday.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
COMMAND = [Path(sys.executable).with_name("symptom-diary"), "demo", "--no-open", "--port", "8791"]
FRAME = """(log, text) => {
    const rows = [...log.querySelectorAll(".row")].filter((row) => row.innerText.includes(text));
    const row = rows[rows.length - 1];
    log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
}"""
"""Scrolls a phone so that the newest message with this text begins at its top."""

WHOLE = """(log) => {
    const [outer, last] = [log.getBoundingClientRect(), [...log.querySelectorAll(".row")].at(-1)];
    const parts = [last.querySelector(".bubble"), ...last.querySelectorAll(".tap")];
    const rects = parts.map((it) => it.getBoundingClientRect());
    return rects.every((it) => it.top >= outer.top && it.bottom <= outer.bottom);
}"""
"""Whether the newest message is in sight with all its buttons."""


def main() -> None:
    """Start the demo, play, take the pictures, end the demo."""
    demo = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert demo.stdout is not None
        address = demo.stdout.readline().split()[4]
        four_weeks(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 360, "height": 640}, color_scheme="light")
            question(tab, address)
            tab = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
            digests(tab, address)
            tab = browser.new_page(viewport={"width": 360, "height": 850}, color_scheme="light")
            alert(tab, address)
            browser.close()
    finally:
        demo.terminate()
        demo.wait(10)


def four_weeks(address: str) -> None:
    call(address, "/api/weeks", {"weeks": 4})
    while (progress := call(address, "/api/weeks"))["running"]:
        time.sleep(0.2)
    if progress["error"]:
        sys.exit(progress["error"])
    call(address, "/api/clock", {"to": "prompt"})


def question(tab: Page, address: str) -> None:
    """One telephone, 360 by 640 points, with an evening's first question as it came; then the evening is answered."""
    tab.goto(f"{address}/?phone=ada")
    expect(tab.locator("#phone-ada").get_by_role("button", name="10", exact=True).last).to_be_visible()
    tab.wait_for_timeout(500)
    if not tab.locator("#phone-ada .log").evaluate(WHOLE):
        sys.exit("The question and its buttons need scrolling on a small telephone.")
    tab.screenshot(path=HERE / "question.png")
    call(address, "/api/phones/ada/send", {"text": "/settings"})
    call(address, "/api/phones/ada/tap", {"button": "Larger buttons"})
    call(address, "/api/phones/ada/send", {"text": "/today"})
    tab.wait_for_timeout(500)
    if not tab.locator("#phone-ada .log").evaluate(WHOLE):
        sys.exit("With larger buttons the question needs scrolling on a small telephone.")
    tab.screenshot(path=HERE / "question-large.png")
    call(address, "/api/phones/ada/send", {"text": "/settings"})
    call(address, "/api/phones/ada/tap", {"button": "Usual buttons"})
    for score in "443":
        call(address, "/api/phones/ada/tap", {"button": score})


def digests(tab: Page, address: str) -> None:
    """Monday morning: the chart by itself, and the page with a digest on both telephones."""
    state = call(address, "/api/clock", {"to": "monday"})
    digest = next(message for message in state["phones"]["ada"]["messages"] if "photo" in message)
    photo = digest["photo"][-1]["file_id"]
    with urllib.request.urlopen(f"{address}/api/phones/ada/photos/{photo}") as answer:  # noqa: S310
        (HERE / "chart.png").write_bytes(answer.read())
    call(address, "/api/phones/ito/tap", {"button": "Ada"})
    tab.goto(address)
    ada, ito = tab.locator("#phone-ada .log"), tab.locator("#phone-ito .log")
    for log in (ada, ito):
        expect(log.locator("img").last).to_be_visible()
    tab.wait_for_timeout(1_000)
    ada.evaluate(FRAME, "Your week:")
    ito.evaluate(FRAME, "Your patients:")
    tab.wait_for_timeout(500)
    for covering in tab.locator(".newest").all():
        covering.evaluate("(button) => { button.style.visibility = 'hidden'; }")
    tab.screenshot(path=HERE / "demo.png")


def alert(tab: Page, address: str) -> None:
    """Two evenings on which burning is high, and what the therapist gets of them, on a narrow screen."""
    for scores in ("7 3 3", "8 3 4"):
        call(address, "/api/clock", {"to": "prompt"})
        call(address, "/api/phones/ada/send", {"text": scores})
    call(address, "/api/clock", {"hours": 1})
    tab.goto(f"{address}/?phone=ito")
    expect(tab.locator("#phone-ito .log").locator("img").last).to_be_visible()
    shot(tab, "Alert: ", "alert.png")


def panel() -> None:
    """A full panel on a narrow screen: the list, the summary with its picture, a card, before and after."""
    demo = subprocess.Popen([*COMMAND[:-1], "8792", "--patients", "60"], stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert demo.stdout is not None
        address = demo.stdout.readline().split()[4]
        call(address, "/api/clock", {"hours": 1})
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 360, "height": 780}, color_scheme="light")
            tab.goto(f"{address}/?phone=ito")
            log = tab.locator("#phone-ito .log")
            expect(log.locator("img").last).to_be_visible()
            shot(tab, "Eight weeks of", "digest-picture.png")
            shot(tab, "Your patients:", "digest.png")
            call(address, "/api/phones/ito/send", {"text": "/patients"})
            shot(tab, "You have 60 patients.", "panel.png")
            call(address, "/api/phones/ito/send", {"text": "/patients lara"})
            expect(log.locator("img").nth(1)).to_be_visible()
            shot(tab, "Last answer:", "card.png")
            call(address, "/api/phones/ito/tap", {"button": "Before and after"})
            expect(log.locator("img").nth(2)).to_be_visible()
            tab.wait_for_timeout(1_500)
            shot(tab, "before and after treatment", "before-after.png")
            browser.close()
    finally:
        demo.terminate()
        demo.wait(10)


def shot(tab: Page, begins: str, name: str) -> None:
    """The telephone with the newest message that has these words at its top."""
    tab.wait_for_timeout(1_500)
    tab.locator("#phone-ito .log").evaluate(FRAME, begins)
    tab.wait_for_timeout(500)
    for covering in tab.locator(".newest").all():
        covering.evaluate("(button) => { button.style.visibility = 'hidden'; }")
    tab.screenshot(path=HERE / name)


def call(address: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """One request to the demo's own interface, described in docs/demo-api.md."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        result: dict[str, Any] = json.load(answer)
        return result


if __name__ == "__main__":
    main()
    panel()
