"""Every page in a real browser, for every role that sees it: axe finds nothing, and nothing sticks out at 320 px."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from introduction.examples.people import PEOPLE
from tests.browser.conftest import WIDTHS, sign_in

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/sign-in", "/help", "/accessibility", "/privacy", "/no-such-page")
#: Where a role's walk begins; from there it also opens one page of each kind that it finds a link to.
BEGINNINGS = ("/work", "/board", "/board?view=table", "/cases", "/cases?q=finns+inte", "/cases/new", "/recommendations",
              "/processes", "/messages", "/messages?show=all", "/operations", "/jobs", "/profile",
              "/profile/password")  # fmt: skip
KINDS = (
    r"/cases/[A-Z]+-\d+-\d+",
    r"/cases/[A-Z]+-\d+-\d+/actions/\w+",
    r"/cases/[A-Z]+-\d+-\d+/facts\?only=severity",
    r"/cases/[A-Z]+-\d+-\d+/follow-on/\w+",
    r"/cases/[A-Z]+-\d+-\d+/sent",
    r"/tasks/\d+",
    r"/messages/\d+",
    r"/people/\d+/sent",
    r"/people/\d+/absence",
    r"/mails/\d+",
    r"/cases/new/[\w.]+/\w+",
    r"/recommendations/[A-Z]+-\d+-\d+",
    r"/recommendations/[A-Z]+-\d+-\d+/actions/\w+",
    r"/recommendations/[A-Z]+-\d+-\d+/sent",
    r"/recommendations/new/\w+",
    r"/processes/[\w.]+/\d+",
    r"/processes/[\w.]+/\d+/who-decides",
)
#: One person for each combination of region and roles.
ONE_OF_EACH = {(person.region, person.roles): person.email for person in reversed(PEOPLE)}
#: How a page is put together, without its words and its number of rows: two pages alike in this are drawn alike.
SHAPE = """() => [...new Set([...document.querySelectorAll('*')].map(element => {
  const name = e => e ? e.tagName + '.' + (e.getAttribute('class') || '') : '';
  const marks = ['role', 'aria-label', 'aria-current', 'type', 'colspan'].map(mark => element.getAttribute(mark) || '');
  return [name(element.parentElement), name(element), ...marks].join(' ');
}))].sort().join('\\n')"""
_looked_at: set[tuple[int, str]] = set()


def look(page: Page, path: str) -> None:
    """Let axe look at the page, once for each shape and width: other roles' pages of the same shape differ in words."""
    shape = (page.viewport_size["width"], page.evaluate(SHAPE))
    if shape in _looked_at:
        return
    _looked_at.add(shape)
    violations = [
        f"{path}: {rule['id']}: {node['html'][:160]}"
        for rule in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        for node in rule["nodes"]
    ]
    assert not violations, "\n".join(violations)


def examine(page: Page, address: str, path: str, found: dict[str, str]) -> None:
    """Open a page, let axe look at it, and note one link of each kind that has not been met."""
    response = page.goto(address + path)
    assert response is not None and response.status < 500, f"{path}: {response and response.status}"
    if response.status in (200, 404):
        look(page, path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{path}: the page is {width} pixels wide"
        assert page.locator("script").count() == 0, f"{path}: a page needs no script"
    for link in page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))"):
        for kind in KINDS:
            if kind not in found and re.fullmatch(kind, link):
                found[kind] = link


def walk(page: Page, address: str, beginnings: tuple[str, ...]) -> None:
    """Examine the beginnings, then one page of each kind that they lead to, as far as it goes."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = list(beginnings)
    while waiting:
        path = waiting.pop(0)
        seen.add(path)
        examine(page, address, path, found)
        waiting += [link for link in found.values() if link not in seen and link not in waiting]


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_for_everybody(chromium: Browser, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    walk(context.new_page(), address, PUBLIC)
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("email", sorted(ONE_OF_EACH.values()))
def test_pages_of_each_role(chromium: Browser, address: str, email: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    walk(sign_in(context, address, email), address, BEGINNINGS)
    context.close()


def test_the_english_pages_too(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True)
    page = sign_in(context, address, PEOPLE[0].email)
    page.click("summary:has-text('Meny')")
    page.click("nav button:has-text('English')")
    walk(page, address, BEGINNINGS)
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("summary:has-text('Menu')")
    page.click("nav button:has-text('Svenska')")
    context.close()
