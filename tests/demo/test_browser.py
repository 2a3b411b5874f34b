"""The page in a real browser: what a person sees and does, wide and narrow, by mouse and by key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from playwright.async_api import Page as Tab

from bot.demo import ada as autopilot
from bot.demo.page import Page
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.demo.conftest import IN_A_BROWSER
from tests.demo.small import SmallDiary, png

pytestmark = IN_A_BROWSER

LAPTOP = {"width": 1280, "height": 800}
SMALL = {"width": 360, "height": 640}


async def opened_at(browser: Browser, address: str, size: Any = LAPTOP, **options: Any) -> Tab:
    """A tab at that address, that fails the test on any error of a script."""
    context = await browser.new_context(viewport=size, **options)
    tab = await context.new_page()
    tab.on("pageerror", lambda error: pytest.fail(str(error)))
    await tab.goto(address)
    return tab


async def opened(browser: Browser, page: Page, size: Any = LAPTOP, **options: Any) -> Tab:
    """A tab with the page and the small diary on Monday morning."""
    tab = await opened_at(browser, page.address, size, **options)
    await expect(tab.locator("#clock")).to_have_text("Mon 2 March, 09:00 in Lisbon")
    return tab


async def test_an_invitation_travels_from_one_phone_to_the_other(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page)
    ada, ito = tab.locator("#phone-ada"), tab.locator("#phone-ito")
    await ito.get_by_label("Message from Dr Ito").fill("/invite Ada")
    await tab.keyboard.press("Enter")
    await ito.get_by_role("link", name="t.me/").click()
    await tab.get_by_role("button", name="Open on Ada's phone").click()
    await ada.get_by_role("button", name="Yes", exact=True).click()
    await expect(ada.get_by_role("log")).to_contain_text("Welcome. I ask at 20:00.")
    await tab.get_by_role("button", name="To the evening prompt").click()
    await expect(tab.locator("#clock")).to_have_text("Mon 2 March, 20:00 in Lisbon")
    await ada.get_by_role("button", name="7", exact=True).click()
    await expect(ada.get_by_role("status")).to_have_text("Burning 7 saved")
    await expect(ada.get_by_role("log")).to_contain_text("How was the tingling today?")


async def test_a_copied_invitation_offers_the_other_phone(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page)
    ito = tab.locator("#phone-ito")
    await ito.get_by_label("Message from Dr Ito").fill("/invite Ada")
    await ito.get_by_role("button", name="Send").click()
    await ito.get_by_role("button", name="Copy the link").click()
    dialog = tab.get_by_role("dialog", name="Open this link on which phone?")
    await dialog.get_by_role("button", name="Copy the link").click()
    await expect(dialog).to_be_hidden()
    await expect(ito.get_by_role("status")).to_contain_text("cop", ignore_case=True)


async def test_an_edited_bubble_keeps_the_place_of_the_keyboard(
    browser: Browser, page: Page, telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person
) -> None:
    await autopilot.enrol(diary.hooks(), telegram, ada, ito)
    tab = await opened(browser, page)
    await diary.ask(1)
    four = tab.locator("#phone-ada").get_by_role("button", name="4", exact=True)
    await four.focus()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#phone-ada").get_by_role("log")).to_contain_text("burning: 4")
    await expect(tab.locator("#phone-ada").get_by_role("button", name="4", exact=True)).to_be_focused()


async def test_markup_in_a_persons_text_stays_text(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page)
    nasty = "<img src=x onerror=alert(1)><b>bold</b>"
    await tab.get_by_label("Message from Ada").fill(nasty)
    await tab.keyboard.press("Enter")
    words = tab.locator("#phone-ada .words")
    await expect(words.first).to_have_text(nasty)
    await expect(words.last).to_have_text(f"You wrote: {nasty}")
    assert await tab.locator("#phone-ada .words img, #phone-ada .words b").count() == 0


async def test_formatting_commands_and_spoilers_are_shown(
    browser: Browser, page: Page, diary: SmallDiary, ada: Person
) -> None:
    tab = await opened(browser, page)
    await diary.app.bot.send_message(
        1001, "😀 <b>bold <i>both</i></b> <tg-spoiler>hidden</tg-spoiler> /help <code>copy me</code>", "HTML"
    )
    words = tab.locator("#phone-ada .words")
    await expect(words.locator("b")).to_have_text("bold both")
    await expect(words.locator("b i")).to_have_text("both")
    await words.get_by_role("button", name="hidden").click()
    await expect(words.locator(".spoiler")).to_have_class("inline spoiler shown")
    await words.get_by_role("button", name="/help").click()
    await expect(tab.locator("#phone-ada .mine .words")).to_have_text("/help")


async def test_a_picture_opens_large_and_escape_closes_it(browser: Browser, page: Page, diary: SmallDiary) -> None:
    tab = await opened(browser, page)
    await diary.app.bot.send_photo(1001, png(600, 400), caption="The week")
    await tab.get_by_role("button", name="Open large. Picture: The week").click()
    picture = tab.get_by_role("dialog", name="Picture")
    await expect(picture.get_by_role("img")).to_be_visible()
    await tab.keyboard.press("Escape")
    await expect(picture).to_be_hidden()


async def test_an_alert_is_a_dialog(browser: Browser, page: Page, diary: SmallDiary, ada: Person) -> None:
    tab = await opened(browser, page)
    query_id = page.telegram.new_query(ada)
    await diary.app.bot.answer_callback_query(query_id, "Only tonight", show_alert=True)
    await expect(tab.get_by_role("dialog")).to_contain_text("Only tonight")
    await tab.get_by_role("button", name="OK").click()
    await expect(tab.get_by_role("dialog")).to_be_hidden()


async def test_menus_open_by_key_and_close_by_escape(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page)
    ada = tab.locator("#phone-ada")
    await ada.get_by_role("button", name="Commands").focus()
    await tab.keyboard.press("Enter")
    await expect(ada.get_by_role("button", name="/help What I can do")).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(ada.get_by_role("button", name="Commands")).to_be_focused()
    await ada.get_by_role("button", name="Attach").click()
    await ada.get_by_role("button", name="Location: Kathmandu").click()
    await expect(ada.get_by_role("log")).to_contain_text("27.72, 85.32")
    await ada.get_by_role("button", name="Attach").click()
    await ada.get_by_role("button", name="Block the bot", exact=True).click()
    await ada.get_by_role("button", name="Unblock the bot").click()
    await expect(ada.get_by_label("Message from Ada")).to_be_visible()


async def test_replies_and_edits_of_ones_own(browser: Browser, page: Page, ada: Person) -> None:
    tab = await opened(browser, page)
    phone = tab.locator("#phone-ada")
    field = phone.get_by_label("Message from Ada")
    await field.fill("frist")
    await field.press("Enter")
    await phone.get_by_role("button", name="Edit: frist").click()
    await field.fill("first")
    await field.press("Enter")
    await expect(phone.locator(".mine .words")).to_have_text("first")
    await phone.get_by_role("button", name="Reply to: You wrote: frist").click()
    await field.fill("second")
    await field.press("Enter")
    await expect(phone.locator(".mine .quote")).to_contain_text("You wrote: frist")
    assert ada.messages[2]["reply_to_message"]["text"] == "You wrote: frist"


async def test_read_aloud_a_message_comes_before_its_buttons_and_these_before_the_next(
    browser: Browser, page: Page, diary: SmallDiary, ada: Person
) -> None:
    tab = await opened(browser, page)
    log = tab.locator("#phone-ada").get_by_role("log")
    ada.send("good morning")
    await expect(log.get_by_text("You wrote: good morning")).to_be_visible()
    keys = {"inline_keyboard": [[{"text": n, "callback_data": n} for n in "012"]]}
    await diary.app.bot.send_message(1001, "How strong was it?", reply_markup=keys)  # type: ignore[arg-type]
    await diary.app.bot.send_photo(1001, png(60, 40), caption="Burning: 4.2 from 6 days")
    await expect(log.get_by_text("Burning: 4.2")).to_be_visible()
    await expect(log).to_match_aria_snapshot("""
        - log "Messages on Ada's phone":
          - article:
            - text: "Ada: good morning"
          - article:
            - text: "The bot: You wrote: good morning"
          - article:
            - text: "The bot: How strong was it?"
            - group "Buttons of this message":
              - button "0"
              - button "1"
              - button "2"
            - 'button "Reply to: How strong was it?"'
          - article:
            - 'button "Open large. Picture: Burning: 4.2 from 6 days"':
              - 'img "Picture: Burning: 4.2 from 6 days"'
            - text: "Burning: 4.2 from 6 days"
        """)
    assert await log.get_attribute("aria-live") == "polite"
    await log.get_by_role("button", name="0").focus()
    for label in ("1", "2", "Reply to: How strong was it?"):
        await tab.keyboard.press("Tab")
        await expect(log.get_by_role("button", name=label, exact=True)).to_be_focused()


async def test_one_telephone_can_be_seen_alone(browser: Browser, page: Page) -> None:
    tab = await opened_at(browser, f"{page.address}/?phone=ito", SMALL)
    await expect(tab.locator("#phone-ito").get_by_role("log")).to_be_visible()
    await expect(tab.locator("#phone-ada")).to_be_hidden()
    await expect(tab.get_by_role("toolbar", name="Move the clock")).to_be_hidden()
    await tab.locator("#phone-ito").get_by_label("Message from Dr Ito").fill("hello")
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#phone-ito").get_by_role("log")).to_contain_text("You wrote: hello")


async def test_weeks_show_progress_and_can_be_stopped(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page)
    stopped, tick = asyncio.Event(), page.hooks.tick

    async def tick_once_stopped() -> object:
        # The small diary is done with four weeks before a hand could reach the button.
        await stopped.wait()
        return await tick()

    page.hooks = replace(page.hooks, tick=tick_once_stopped)
    await tab.get_by_role("button", name="Ada answers four weeks by herself").click()
    await expect(tab.get_by_role("progressbar")).to_be_visible()
    await tab.get_by_role("button", name="Stop").click()
    stopped.set()
    await expect(tab.get_by_role("button", name="Ada answers four weeks by herself")).to_be_visible()
    assert page.weeks.done_days < 28


async def test_narrow_screens_have_tabs_with_unread_marks(browser: Browser, page: Page, diary: SmallDiary) -> None:
    tab = await opened(browser, page, SMALL)
    await expect(tab.locator("#phone-ito")).to_be_hidden()
    await diary.app.bot.send_message(2001, "A digest")
    await expect(tab.get_by_role("tab", name="Dr Ito").locator(".unread")).to_have_text("1")
    await tab.get_by_role("tab", name="Ada").focus()
    await tab.keyboard.press("ArrowRight")
    await expect(tab.get_by_role("tab", name="Dr Ito")).to_be_focused()
    await expect(tab.locator("#phone-ito").get_by_text("A digest")).to_be_visible()
    await expect(tab.locator("#phone-ada")).to_be_hidden()
    assert await tab.evaluate("() => document.documentElement.scrollWidth") == 360


async def test_dark_and_light_follow_the_system_and_the_button(browser: Browser, page: Page) -> None:
    tab = await opened(browser, page, color_scheme="dark")
    shade = "() => getComputedStyle(document.body).backgroundColor"
    dark = await tab.evaluate(shade)
    await tab.get_by_role("button", name="Light").click()
    assert await tab.evaluate(shade) != dark
    await tab.reload()
    await expect(tab.get_by_role("button", name="Dark")).to_be_visible()


async def test_the_log_stays_at_the_newest_unless_the_reader_went_up(
    browser: Browser, page: Page, diary: SmallDiary
) -> None:
    tab = await opened(browser, page)
    phone = tab.locator("#phone-ada")
    for n in range(30):
        await diary.app.bot.send_message(1001, f"line {n}")
    await expect(phone.get_by_text("line 29", exact=True)).to_be_in_viewport()
    await phone.get_by_text("line 3", exact=True).scroll_into_view_if_needed()
    await expect(phone.get_by_role("button", name="Newest")).to_be_visible()
    await diary.app.bot.send_message(1001, "line 30")
    await expect(phone.get_by_text("line 30", exact=True)).not_to_be_in_viewport()
    await phone.get_by_role("button", name="Newest").click()
    await expect(phone.get_by_text("line 30", exact=True)).to_be_in_viewport()
