"""Every page in a real browser, for every role that sees it: axe finds nothing, and nothing sticks out at 320 px."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.examples.people import PEOPLE
from introduction.services.subjects import task_named
from introduction.store import database
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.region import RegionRow
from introduction.store.task import TaskRow
from introduction.store.unit import Unit
from tests.browser.conftest import WIDTHS, sign_in
from tests.demonstration import Demonstration
from tests.world import NINE

pytestmark = pytest.mark.browser

HEIGHT = 800
PUBLIC = ("/", "/sign-in", "/help", "/accessibility", "/privacy", "/no-such-page")
#: Where a role's walk begins; from there it also opens one page of each kind that it finds a link to.
BEGINNINGS = ("/work", "/board", "/board?view=table", "/cases", "/cases?q=finns+inte", "/cases/new", "/recommendations",
              "/processes", "/messages", "/messages?show=all", "/operations", "/jobs", "/net-readers",
              "/forecasts", "/outcomes/import", "/profile",
              "/profile/password", "/portfolio", "/portfolio?phase=regional_decision&atc=L", "/portfolio/savings",
              "/portfolio/submissions", "/portfolio/submissions/next", "/landing", "/my-unit",
              "/money", "/funds", "/funds/new", "/ledger", "/claims?state=approved", "/claims", "/claims?state=draft",
              "/claims/new", "/applications", "/applications/new", "/applications/period")  # fmt: skip
#: Where a pattern has groups, each value of them is a kind of its own.
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
    r"/portfolio/submissions/\d+(?:\?region=\w+)?",
    r"/cases/[A-Z]+-\d+-\d+/follow-up",
    r"/cases/[A-Z]+-\d+-\d+/follow-up/plan",
    r"/cases/[A-Z]+-\d+-\d+/follow-up/plan/(new|\d)\d*(?:\?.*)?",
    r"/cases/[A-Z]+-\d+-\d+/handover",
    r"/funds/\d+",
    r"/funds/\d+/(appropriation|reserve)",
    r"/grants/\d+",
    r"/grants/\d+/(change|move|settle)",
    r"/ledger/\d+(?:\?region=\w+)?",
    r"/claims/[A-Z]+-\d+-\d+",
    r"/claims/[A-Z]+-\d+-\d+/correct",
    r"/claims/[A-Z]+-\d+-\d+/actions/(\w+)",
    r"/claims/new/\d+",
    r"/applications/[A-Z]+-\d+-\d+",
    r"/applications/[A-Z]+-\d+-\d+/edit/(\w+)",
    r"/applications/[A-Z]+-\d+-\d+/savings/(new|\d)\d*",
    r"/applications/[A-Z]+-\d+-\d+/actions/(\w+)",
    r"/applications/[A-Z]+-\d+-\d+/follow-on/(\w+)",
    r"/attachments/new/\d+",
    r"/landing\?unit=\d+",
)
#: What a unit is asked for in a form of its own, by the record that the answer becomes.
ASKED_FOR = ("follow_up_report", "handover_confirmation")
#: One person for each combination of region and roles.
ONE_OF_EACH = {(person.region, person.roles): person.email for person in reversed(PEOPLE)}
#: What an element is, in its surroundings: with what it is called by, if not with its words.
TOLD = """
  const name = e => e ? e.tagName + '.' + (e.getAttribute('class') || '') : '';
  const marks = ['role', 'aria-label', 'aria-current', 'type', 'colspan', 'scope', 'lang'];
  const called = e => [(e.labels || []).length, e.textContent.trim() !== '', e.hasAttribute('alt')];
  const around = e => [e.parentElement?.parentElement, e.parentElement, e].map(name);
  const told = e => [...around(e), ...called(e), ...marks.map(mark => e.getAttribute(mark) || '')].join(' ');
"""
#: What is read from a page at once: the elements and the steps between headings that it is made of, names that are
#: given twice, how many scripts it has, and where it leads.
READ = f"""() => {{ {TOLD}
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(e => e.tagName);
  const elements = [...document.querySelectorAll('*')].map(told);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return {{
    made_of: [...new Set([...elements, ...levels.map((level, n) => levels[n - 1] + ' ' + level)])],
    twice: ids.filter((id, n) => ids.indexOf(id) < n),
    scripts: document.querySelectorAll('script').length,
    links: [...document.querySelectorAll('main a[href]')].map(link => link.getAttribute('href')),
  }};
}}"""
#: Lets axe look at a page: at contrasts, which takes most of the time, only in what is fresh.
LOOK = f"""async ([fresh, options]) => {{ {TOLD}
  const is_text = node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '';
  const texts = [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(is_text));
  texts.forEach(e => e.toggleAttribute('data-fresh', fresh.includes(told(e))));
  const all = await axe.run({{...options, rules: {{'color-contrast': {{enabled: false}}}}}});
  if (!document.querySelector('[data-fresh]')) return all.violations;
  const contrasts = await axe.run('[data-fresh]', {{...options, runOnly: ['color-contrast']}});
  return [...all.violations, ...contrasts.violations];
}}"""


#: Style sheets are loaded again only for a rule that is not among those.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}


@dataclass(frozen=True)
class LookedAt:
    """What axe has looked at, in the whole run: its workers tell each other through a folder."""

    folder: Path

    def fresh(self, made_of: list[str], width: int) -> list[str]:
        """What of a page no page before it held at that width. From now on it is known."""
        return [part for part in made_of if self._first_time(f"{width} {part}")]

    def _first_time(self, part: str) -> bool:
        mark = self.folder / hashlib.sha256(part.encode()).hexdigest()
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
    found: dict[tuple[str | None, ...], str] = field(default_factory=dict)

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
            assert not read["twice"], f"{path}: two elements are called {read['twice'][0]}"
            as_it_came = self.page.viewport_size["width"]
            for width in sorted(self.widths, key=lambda width: width != as_it_came):
                if self.page.viewport_size["width"] != width:
                    self.page.set_viewport_size({"width": width, "height": HEIGHT})
                self.look(path, width, read["made_of"])
        for link in read["links"]:
            for kind in KINDS:
                if met := re.fullmatch(kind, link):
                    self.found.setdefault((kind, *met.groups()), link)

    def look(self, path: str, width: int, made_of: list[str]) -> None:
        """Nothing sticks out, and axe finds nothing."""
        drawn = self.page.evaluate("document.documentElement.scrollWidth")
        assert drawn <= width, f"{path}: the page is {drawn} pixels wide in a window of {width}"
        if fresh := self.looked_at.fresh(made_of, width):
            violations = [f"{path} at {width}: {told}" for told in violations_on(self.page, fresh)]
            assert not violations, "\n".join(violations)


def violations_on(page: Page, fresh: list[str]) -> list[str]:
    """What axe finds on a page that holds something fresh, by all the rules that it has without asking."""
    if not page.evaluate("'axe' in window"):  # the same page may have been looked at in a wider window
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(LOOK, [fresh, AXE_OPTIONS])
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def window(chromium: Browser, width: int = WIDTHS[0]) -> BrowserContext:
    """A browser of its own, in which axe may run its script."""
    return chromium.new_context(viewport={"width": width, "height": HEIGHT}, bypass_csp=True)


def test_what_is_wrong_is_found(chromium: Browser, tmp_path: Path) -> None:
    """A contrast that is too low and a button without a name; and the second time nothing is fresh."""
    looked_at, context = LookedAt(tmp_path), window(chromium)
    page = context.new_page()
    page.set_content('<html lang="sv"><title>T</title><main><h1 style="color: #ccc">Blek</h1><button></button></main>')
    made_of = page.evaluate(READ)["made_of"]
    found = {told.split(":")[0] for told in violations_on(page, looked_at.fresh(made_of, 320))}
    assert {"color-contrast", "button-name"} <= found
    assert looked_at.fresh(made_of, 1280)
    assert not looked_at.fresh(made_of, 320)
    context.close()


def test_pages_for_everybody(chromium: Browser, address: str, looked_at: LookedAt) -> None:
    context = window(chromium)
    Walker(context.new_page(), address, looked_at).walk(PUBLIC)
    context.close()


@pytest.mark.parametrize("email", sorted(ONE_OF_EACH.values()))
def test_pages_of_each_role(chromium: Browser, address: str, email: str, looked_at: LookedAt) -> None:
    context = window(chromium)
    Walker(sign_in(context, address, email), address, looked_at).walk(BEGINNINGS)
    context.close()


@pytest.mark.parametrize("record", ASKED_FOR)
def test_the_forms_that_a_unit_is_asked_for(
    chromium: Browser,
    address: str,
    looked_at: LookedAt,
    demonstration: Demonstration,
    catalogue: Catalogue,
    record: str,
) -> None:
    task_id, email = _asked_for(demonstration, catalogue, record)
    context = window(chromium)
    walker = Walker(sign_in(context, address, email), address, looked_at)
    walker.examine(f"/tasks/{task_id}")
    assert walker.page.locator("main form.app-plain-form button", has_text="Klar").is_visible()
    context.close()


def _asked_for(demonstration: Demonstration, catalogue: Catalogue, record: str) -> tuple[int, str]:
    """An open task of the demonstration that becomes such a record, and somebody who may do it."""
    open_now = select(TaskRow, Instance).join(Instance, Instance.id == TaskRow.instance_id)
    with _looking(demonstration) as session:
        for task, instance in session.execute(
            open_now.where(TaskRow.state == "open", TaskRow.opens_on <= NINE.date())
        ).all():
            definition = catalogue.get(instance.definition_id, instance.definition_version)
            holder = _holder(session, Role(task.role), instance.region_id, task.unit_id)
            if task_named(definition, task.name).record == record and holder is not None:
                return task.id, holder
    raise AssertionError(f"the demonstration asks nobody for {record}")


def test_the_pages_that_no_link_leads_to(
    chromium: Browser, address: str, looked_at: LookedAt, demonstration: Demonstration
) -> None:
    """Where a file that is refused is told, and where a grant is settled, which the demonstration has done."""
    with _looking(demonstration) as session:
        draft = session.scalars(select(Instance).where(Instance.subject == "claim", Instance.stage == "draft")).first()
        assert draft is not None
        claim = session.get_one(Claim, draft.id)
        grant = session.get_one(GrantRow, claim.grant_id)
        head = _holder(session, Role.HEAD_OF_UNIT, draft.region_id, claim.unit_id)
        economist = _holder(session, Role.ECONOMIST, draft.region_id)
    for email, path in ((head, f"/attachments/new/{draft.id}"), (economist, f"/grants/{grant.id}/settle")):
        assert email is not None
        context = window(chromium)
        walker = Walker(sign_in(context, address, email), address, looked_at)
        walker.examine(path)
        assert walker.page.locator("main form button").first.is_visible(), path
        context.close()


def _looking(demonstration: Demonstration) -> Session:
    return Session(database.open_engine(f"sqlite:///{demonstration.file}"), expire_on_commit=False)


def _holder(session: Session, role: Role, region_id: int | None, unit_id: int | None = None) -> str | None:
    """The address of somebody of the demonstration with a role in a region, and for a unit where it is local."""
    region = session.get_one(RegionRow, region_id).slug if region_id is not None else None
    unit = session.get_one(Unit, unit_id).name if unit_id is not None else None
    able = [person for person in PEOPLE if person.region == region and role in person.roles]
    return next((person.email for person in able if not person.units or unit in person.units), None)


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
