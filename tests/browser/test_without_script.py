"""The main way through the product in a browser where JavaScript is off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


def test_a_case_is_opened_commented_and_moved_on(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = sign_in(context, address, "karin.ek@vgr.example")
    page.click("nav.app-nav >> text=Nytt ärende")
    page.click("main >> text=horisontspaning")
    page.fill("input[name=medicine]", "Prövumab")
    page.fill("textarea[name=indication]", "Svår klåda")
    page.click("main form button")
    assert page.locator("h1").inner_text() == "Prövumab"
    page.fill("textarea[name=text]", "Sedd i horisontspaningen.")
    page.click("text=Spara kommentaren")
    assert page.locator("#comments").count() == 1
    assert "Sedd i horisontspaningen." in page.locator("main").inner_text()
    page.click(".app-choices a >> nth=0")
    page.click("main form button")
    assert page.locator(".app-flash").inner_text().startswith("Klart")
    context.close()


def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False)
    page = sign_in(context, address, "johan.sand@vgr.example")
    page.goto(f"{address}/cases/new")
    page.click("main ul a >> nth=0")
    page.fill("input[name=atc]", "fel kod")
    page.fill("textarea[name=indication]", "Svår klåda")
    page.click("main form button")
    assert page.locator(".govuk-error-summary").is_visible()
    assert page.locator("input[name=atc]").input_value() == "fel kod"
    assert page.locator("textarea[name=indication]").input_value() == "Svår klåda"
    context.close()


def test_a_claim_is_begun_and_says_what_it_lacks(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False)
    page = sign_in(context, address, "olof.dahl@vgr.example")
    page.goto(f"{address}/my-unit")
    page.click("main >> text=Ny rekvisition")
    page.click("main table th a >> nth=0")
    page.fill("input[name=gross_new_ore]", "48 000")
    page.fill("input[name=gross_displaced_ore]", "12 000,50")
    page.click("main form button")
    assert "35 999,50 kr" in page.locator("main").inner_text().replace("\u00a0", " ")
    assert page.locator("main .app-needs .is-missing").count() > 0
    context.close()
