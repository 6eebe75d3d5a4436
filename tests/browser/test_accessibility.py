"""Every page in a real browser, for every role that sees it: axe finds nothing, and nothing sticks out at 320 px."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from introduction.examples.people import PEOPLE
from tests.browser.conftest import WIDTHS, sign_in

pytestmark = pytest.mark.browser

HEIGHT = 800
PUBLIC = ("/", "/sign-in", "/help", "/accessibility", "/privacy", "/no-such-page")
#: Where a role's walk begins; from there it also opens one page of each kind that it finds a link to.
BEGINNINGS = ("/work", "/board", "/board?view=table", "/cases", "/cases?q=finns+inte", "/cases/new", "/recommendations",
              "/processes", "/messages", "/messages?show=all", "/operations", "/jobs", "/net-readers",
              "/forecasts", "/outcomes/import", "/profile",
              "/profile/password", "/portfolio", "/portfolio?phase=regional_decision&atc=L", "/portfolio/savings",
              "/portfolio/ceilings", "/portfolio/submissions", "/portfolio/submissions/next",
              "/landing")  # fmt: skip
KINDS = (
    r"/cases/[A-Z]+-\d+-\d+",
    r"/cases/[A-Z]+-\d+-\d+/actions/\w+",
    r"/cases/[A-Z]+-\d+-\d+/facts\?only=severity",
    r"/cases/[A-Z]+-\d+-\d+/follow-on/\w+",
    r"/cases/[A-Z]+-\d+-\d+/sent",
    r"/cases/[A-Z]+-\d+-\d+/budget",
    r"/cases/[A-Z]+-\d+-\d+/budget/\d+",
    r"/cases/[A-Z]+-\d+-\d+/budget/\d+/edit/\w+",
    r"/cases/[A-Z]+-\d+-\d+/budget/\d+/what-if",
    r"/cases/[A-Z]+-\d+-\d+/budget/\d+/compare/\d+",
    r"/cases/[A-Z]+-\d+-\d+/outcome",
    r"/cases/[A-Z]+-\d+-\d+/outcome/new",
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
    r"/portfolio/submissions/\d+(\?region=\w+)?",
)
#: One person for each combination of region and roles.
ONE_OF_EACH = {(person.region, person.roles): person.email for person in reversed(PEOPLE)}
#: What is read from a page at once: how it is put together, without its words and its number of rows (two pages alike
#: in this are drawn alike), how many scripts it has, and where it leads.
READ = """() => {
  const name = e => e ? e.tagName + '.' + (e.getAttribute('class') || '') : '';
  const marks = ['role', 'aria-label', 'aria-current', 'type', 'colspan'];
  const told = e => [name(e.parentElement), name(e), ...marks.map(mark => e.getAttribute(mark) || '')].join(' ');
  return {
    shape: [...new Set([...document.querySelectorAll('*')].map(told))].sort().join('\\n'),
    scripts: document.querySelectorAll('script').length,
    links: [...document.querySelectorAll('main a[href]')].map(link => link.getAttribute('href')),
  };
}"""


#: Style sheets are loaded again only for a rule that is not among those.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}


@dataclass(frozen=True)
class LookedAt:
    """The shapes that axe has looked at, in the whole run: its workers tell each other through a folder."""

    folder: Path

    def first_time(self, shape: str, width: int) -> bool:
        """True once for each shape and width: other roles' pages of the same shape differ in words."""
        mark = self.folder / hashlib.sha256(f"{width} {shape}".encode()).hexdigest()
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@pytest.fixture(scope="session")
def looked_at(shared: Path) -> LookedAt:
    """What has been looked at."""
    folder = shared / "looked_at"
    folder.mkdir(exist_ok=True)
    return LookedAt(folder)


@dataclass
class Walker:
    """Somebody who walks through the pages in a window that is made wide and narrow: no page knows how wide it is."""

    page: Page
    address: str
    looked_at: LookedAt
    widths: tuple[int, ...] = WIDTHS
    found: dict[str, str] = field(default_factory=dict)

    def walk(self, beginnings: tuple[str, ...]) -> None:
        """Examine the beginnings, then one page of each kind that they lead to, as far as it goes."""
        seen: set[str] = set()
        waiting = list(beginnings)
        while waiting:
            path = waiting.pop(0)
            seen.add(path)
            self.examine(path)
            waiting += [link for link in self.found.values() if link not in seen and link not in waiting]

    def examine(self, path: str) -> None:
        """Open a page, look at it at each width, and note one link of each kind that has not been met."""
        response = self.page.goto(self.address + path)
        assert response is not None and response.status < 500, f"{path}: {response and response.status}"
        read = self.page.evaluate(READ)
        if response.status in (200, 404):
            assert read["scripts"] == 0, f"{path}: a page needs no script"
            as_it_came = self.page.viewport_size["width"]
            for width in sorted(self.widths, key=lambda width: width != as_it_came):
                if self.page.viewport_size["width"] != width:
                    self.page.set_viewport_size({"width": width, "height": HEIGHT})
                self.look(path, width, read["shape"])
        for link in read["links"]:
            for kind in KINDS:
                if kind not in self.found and re.fullmatch(kind, link):
                    self.found[kind] = link

    def look(self, path: str, width: int, shape: str) -> None:
        """Nothing sticks out, and axe finds nothing."""
        drawn = self.page.evaluate("document.documentElement.scrollWidth")
        assert drawn <= width, f"{path}: the page is {drawn} pixels wide in a window of {width}"
        if self.looked_at.first_time(shape, width):
            violations = [f"{path} at {width}: {told}" for told in violations_on(self.page)]
            assert not violations, "\n".join(violations)


def violations_on(page: Page) -> list[str]:
    """What axe finds on a page, by all the rules that it has without asking."""
    if not page.evaluate("'axe' in window"):  # the same page may have been looked at in a wider window
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", AXE_OPTIONS)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def window(chromium: Browser, width: int = WIDTHS[0]) -> BrowserContext:
    """A browser of its own, in which axe may run its script."""
    return chromium.new_context(viewport={"width": width, "height": HEIGHT}, bypass_csp=True)


def test_pages_for_everybody(chromium: Browser, address: str, looked_at: LookedAt) -> None:
    context = window(chromium)
    Walker(context.new_page(), address, looked_at).walk(PUBLIC)
    context.close()


@pytest.mark.parametrize("email", sorted(ONE_OF_EACH.values()))
def test_pages_of_each_role(chromium: Browser, address: str, email: str, looked_at: LookedAt) -> None:
    context = window(chromium)
    Walker(sign_in(context, address, email), address, looked_at).walk(BEGINNINGS)
    context.close()


def test_the_english_pages_too(chromium: Browser, address: str, looked_at: LookedAt) -> None:
    context = window(chromium, 320)
    page = sign_in(context, address, PEOPLE[0].email)
    page.click("summary:has-text('Meny')")
    page.click("nav button:has-text('English')")
    Walker(page, address, looked_at, widths=(320,)).walk(BEGINNINGS)
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("summary:has-text('Menu')")
    page.click("nav button:has-text('Svenska')")
    context.close()
