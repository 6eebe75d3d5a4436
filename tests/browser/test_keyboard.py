"""The main things done without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from introduction.examples.people import DEMO_PASSWORD
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """What has the focus: its name, or its text."""
    return str(page.evaluate("document.activeElement.name || document.activeElement.innerText.trim()"))


def tab_to(page: Page, wanted: str, *, most: int = 120) -> None:
    """Press Tab until something has the focus; the focus can be seen all the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"the focus cannot be seen on {focused(page)!r}"
        if focused(page).startswith(wanted):
            return
    pytest.fail(f"Tab never came to {wanted!r}")


def test_the_first_stop_on_a_page_leads_to_its_content(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(f"{address}/help")
    page.keyboard.press("Tab")
    assert focused(page) == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_sign_in_find_a_case_and_write_a_comment(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/sign-in")
    tab_to(page, "email")
    page.keyboard.type("karin.ek@vgr.example")
    tab_to(page, "password")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/work")
    page.goto(f"{address}/cases?closed=open")
    tab_to(page, page.locator("table tbody th a").first.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/VGR-*")
    tab_to(page, "text")
    page.keyboard.type("Skrivet utan mus.")
    tab_to(page, "Spara kommentaren")
    page.keyboard.press("Enter")
    page.wait_for_url("**#comments")
    assert "Skrivet utan mus." in page.locator("main").inner_text()
    page.close()


def test_a_claim_is_approved_from_the_page_of_what_waits(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = sign_in(context, address, "petra.ahl@vgr.example")
    page.goto(f"{address}/money")
    tab_to(page, "Granska")
    page.keyboard.press("Enter")
    page.wait_for_url("**/actions/approve")
    tab_to(page, "Godkänn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/VGR-*")
    assert page.locator(".app-flash").inner_text().startswith("Klart")
    context.close()
