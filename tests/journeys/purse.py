"""The money of an introduction over HTTP: the economist's books and decisions, and the claims of a clinic on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bs4 import Tag

from introduction.domain.funding import ACCOUNT_TITLES, IN_FUND
from introduction.domain.roles import Role
from introduction.store import ledger as ledger_store
from tests.claiming import receipt
from tests.journeys.story import Story, Who
from tests.journeys.visitor import Form, Page, Visitor, words_of
from tests.world import VGR

Days = tuple[date, date]
_ACCOUNTS = {title.text.capitalize(): account.value for account, title in ACCOUNT_TITLES.items()}


@dataclass
class Purse:
    """A region's funds and the grants of one case, as the economist meets them. Amounts are in thousands of kronor."""

    story: Story
    medicine: str
    region: str = VGR
    _funds: dict[int, str] = field(default_factory=dict)  #: the addresses of their pages, by year

    @property
    def economist(self) -> Visitor:
        """Who keeps the books."""
        return self.story.site.visitor(Role.ECONOMIST, self.region)

    # --------------------------------------------------------------------------------- funds

    def opens(self, year: int, tkr: int) -> Page:
        """Set money aside for a budget year, by its decision."""
        page = self.story.opens_fund(year, self.region, amount=f"{tkr} tkr")
        self._funds[year] = page.path
        assert page.heading == f"Fonden {year}" and "Anslag" in page.part("decisions")
        return page

    def fund(self, year: int) -> Page:
        """The page of a fund that was opened here; it says of the six amounts what the list of funds says."""
        page = self.economist.open(self._funds[year])
        rows = page.piece('aria-labelledby="position">', "</section>").select("table tr:has(td)")
        shown = {_ACCOUNTS.get(words_of(row.th), "total"): _tkr(row.td) for row in rows if row.th and row.td}
        assert shown == self.amounts(year), f"the fund of {year} and the list of funds do not agree"
        return page

    def amounts(self, year: int) -> dict[str, int]:
        """The six amounts of a fund as the list shows them, and as ``total`` what was appropriated."""
        table = self.economist.open("/funds").piece("<table", "</table>")
        (row,) = [row for row in table.select("tbody tr") if row.th and words_of(row.th) == f"Fonden {year}"]
        titles = [words_of(head) for head in table.select("thead th")[1:]]
        return {_ACCOUNTS.get(title, "total"): _tkr(td) for title, td in zip(titles, row.select("td"), strict=True)}

    def holds(self, year: int, **tkr: int) -> None:
        """The fund has these of the six amounts and nothing in the others; they add up to what was appropriated."""
        shown = self.amounts(year)
        total = shown.pop("total")
        assert shown == {account.value: tkr.get(account.value, 0) for account in IN_FUND}, f"the fund of {year}"
        assert sum(shown.values()) == total, f"the fund of {year} does not add up"

    def reserves(self, year: int, number: str, tkr: int) -> Page:
        """Hold money of the fund for a case."""
        address = f"{self._funds[year]}/reserve"
        form = self.economist.open(address).form(address)
        page = self.economist.send(form, case=number, amount=f"{tkr} tkr", reason="Väntar på att medlen fördelas")
        assert page.flashed == "Pengarna är reserverade."
        return page

    def lets_go(self, year: int) -> Page:
        """Let go of what the fund still holds for the case."""
        page = self.fund(year)
        (release,) = [str(form["action"]) for form in page.soup.select("form") if "release" in str(form["action"])]
        page = self.economist.send(page.form(release))
        assert page.flashed == "Reservationen är hävd."
        return page

    # --------------------------------------------------------------------------------- grants

    def grant(self, year: int, administration: str) -> Page:
        """The page of an administration's grant, by its link from the fund's page."""
        grants = self.fund(year).piece('aria-labelledby="grants">', "</section>")
        lines = [row for row in grants.select("tbody tr") if self.medicine in words_of(row)]
        (link,) = [a for row in lines for a in row.select("a") if words_of(a) == administration]
        return self.economist.open(str(link["href"]))

    def changes(self, grant: Page, tkr: int) -> Page:
        """Raise or lower what is granted."""
        return self.decides(grant, "change", ceiling_ore=f"{tkr} tkr")

    def moves(self, grant: Page, to: str, tkr: int) -> Page:
        """Move room to another administration."""
        page = self.decides(grant, "move", unit_id=to, amount_ore=f"{tkr} tkr")
        assert page.flashed == "Pengarna är omfördelade.", f"nothing was moved: {page}"
        return page

    def settles(self, grant: Page, carried_over: int = 0) -> Page:
        """Settle a grant after its year; the rest goes back."""
        over = {"carry_over_ore": f"{carried_over} tkr"} if carried_over else {}
        page = self.decides(grant, "settle", **over)
        assert page.flashed == "Beloppet är slutavräknat.", f"it was not settled: {page}"
        return page

    def decides(self, grant: Page, what: str, **typed: Any) -> Page:
        """Fill in a form that the grant's page leads to (change, move, settle), with the minutes of a decision."""
        address = f"{grant.path}/{what}"
        assert grant.leads_to(address), f"the grant does not offer to {what}: {grant}"
        minutes = {
            "decided_on": self.story.today, "body": "Regionstyrelsen", "section": "§ 112", "reasons": "Enligt beslutet",
        }  # fmt: skip
        return self.economist.send(self.economist.open(address).form(address), **{**minutes, **typed})

    # --------------------------------------------------------------------------------- the queue and the ledger

    def approves(self, claim: Drawn, tkr: int | None = None, why: str = "") -> Page:
        """Approve a claim from the queue, whole, or a part of it with the reason."""
        address = f"{claim.address}/actions/approve"
        assert self.economist.open("/claims").leads_to(address), f"{claim.number} does not wait in the queue"
        part = {"approved_ore": f"{tkr} tkr", "assessment": why} if tkr is not None else {}
        page = claim.keep(self.economist.send(self.economist.open(address).form(address), **part))
        assert page.status == 200 and "är godkänt" in page.text, f"it was not approved: {page}"
        return page

    def returns(self, claim: Drawn, why: str) -> Page:
        """Give a claim back from its page, with what is to be put right."""
        address = f"{claim.address}/actions/return_claim"
        assert self.economist.open(claim.address).leads_to(address), "the economist is not offered to return it"
        page = claim.keep(self.economist.send(self.economist.open(address).form(address), note=why))
        assert page.status == 200 and why in page.text, f"it was not returned: {page}"
        return page

    def makes_file(self) -> int:
        """Make a file of all that is approved; returns its number. It is taken home."""
        page = self.economist.send(self.economist.open("/ledger").form(f"/ledger/files?region={self.region}"))
        assert "är gjord" in page.flashed, f"no file was made: {page}"
        number = int(page.path.rpartition("/")[2])
        assert self.economist.get(f"/ledger/{number}.csv").html.splitlines()[-1].startswith("SUMMA;")
        return number

    def answer_of(self, number: int) -> bytes:
        """What the ledger answers to a file: all of it is booked."""
        with self.story.site.changing() as world:
            return receipt(world, ledger_store.get(world.session, world.regions[self.region], number))

    def receives(self, content: bytes, form: Form | None = None) -> Page:
        """Take in a receipt, on a form that may have been opened before."""
        return self.economist.send_file(form or self.receipt_form(), content, "kvittens.csv")

    def receipt_form(self) -> Form:
        """The form for a receipt; there is one while a file waits."""
        return self.economist.open("/ledger").form(f"/ledger/receipts?region={self.region}")

    def pays(self) -> Page:
        """All that is approved goes to the ledger, which books it."""
        page = self.receives(self.answer_of(self.makes_file()))
        assert "är kvitterad" in page.flashed, f"the receipt was not taken in: {page}"
        return page


@dataclass
class Clinic:
    """A unit that draws on the grants of its administration."""

    story: Story
    head: Who
    region: str = VGR

    @property
    def visitor(self) -> Visitor:
        """The unit's head."""
        return self.story.site.visitor(self.head, self.region)

    def begins(self, year: int, days: Days, tkr: int, **typed: Any) -> Drawn:
        """Begin a claim on the year's grant, from the page of what is granted and left; evidence is attached."""
        lines = self.visitor.open("/claims/new").piece("<tbody>", "</tbody>").select("tr")
        told = {words_of(line.td): str(line.a["href"]) for line in lines if line.td and line.a}
        form = self.visitor.open(told[str(year)]).form(told[str(year)])
        page = self.visitor.send(form, **{**figures(days, tkr), **typed})
        assert page.flashed == "Utkastet är sparat. Bifoga underlag och skicka in.", f"no claim was begun: {page}"
        claim = Drawn(self, page.path.rpartition("/")[2])
        claim.attaches(page)
        return claim

    def hands_in(self, year: int, days: Days, tkr: int) -> Drawn:
        """Begin a claim and hand it in."""
        claim = self.begins(year, days, tkr)
        claim.hands_in()
        return claim


@dataclass
class Drawn:
    """A claim of a clinic, on its way."""

    clinic: Clinic
    number: str
    _before: Page | None = None  #: the page that is before the clinic

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"/claims/{self.number}"

    def page(self) -> Page:
        """Its page as the clinic sees it; opened anew unless it has just come back."""
        return self._before or self.clinic.visitor.open(self.address)

    def keep(self, page: Page) -> Page:
        """What somebody else came back to: the clinic opens the page anew."""
        self._before = None
        return page

    def attaches(self, page: Page) -> None:
        """Attach a file that shows the cost."""
        at = page.html.index("/attachments/new/")
        form = page.form(page.html[at : page.html.index('"', at)])
        page = self._sent(self.clinic.visitor.send_file(form, f"Utskrift;{self.number}\n".encode(), "utskrift.csv"))
        assert "är bifogad" in page.flashed and page.path == self.address, f"nothing was attached: {page}"

    def acts(self, action: str, **typed: Any) -> Page:
        """Take an action that the page offers."""
        address = f"{self.address}/actions/{action}"
        assert self.page().leads_to(address), f"the clinic is not offered to {action}: {self.page()}"
        return self._sent(self.clinic.visitor.send(self.clinic.visitor.open(address).form(address), **typed))

    def hands_in(self) -> Page:
        """Hand it in."""
        page = self.acts("submit")
        assert "väntar på granskning" in page.text, f"it was not handed in: {page}"
        return page

    def refused(self) -> Page:
        """Try to hand it in all the same, though the page says what does not hold."""
        address, page = f"{self.address}/actions/submit", self.page()
        assert not page.leads_to(address) and "is-missing" in page.html, f"nothing is wrong: {page}"
        page = self._sent(self.clinic.visitor.send(self.clinic.visitor.open(address).form(address)))
        assert page.status == 422 and page.faults, f"it was handed in: {page}"
        return page

    def corrected(self, tkr: int, why: str) -> Drawn:
        """Take back a part by a claim of its own, and hand that in."""
        address = f"{self.address}/correct"
        assert self.page().leads_to(address)
        form = self.clinic.visitor.open(address).form(address)
        page = self.clinic.visitor.send(form, less_ore=f"{tkr} tkr", explanation=why)
        assert f"Rättar {self.number}" in page.text, f"nothing was corrected: {page}"
        made = Drawn(self.clinic, page.path.rpartition("/")[2], page)
        made.hands_in()
        return made

    def _sent(self, page: Page) -> Page:
        self._before = page if page.status == 200 and page.path == self.address else None
        return page


def _tkr(cell: Tag) -> int:
    return int(words_of(cell).replace(" ", ""))


def figures(days: Days, tkr: int) -> Mapping[str, Any]:
    """What a claim says of a period's costs: half as much again for the new medicine, less what fell away."""
    return {
        "period_from": days[0], "period_to": days[1], "basis": "requisition", "patients": "12", "quantity_milli": "36",
        "gross_new_ore": f"{tkr * 3 // 2} tkr", "gross_displaced_ore": f"{tkr * 3 // 2 - tkr} tkr",
    }  # fmt: skip
