"""Extra money in Norrbotten, over HTTP: from draft to money, once given back for lack of own savings, then renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from introduction.domain.roles import Role
from introduction.store import application as store
from introduction.store import fund as funds
from introduction.store import grant as grants
from tests.applying import KR, YEAR, fund
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.world import NORRBOTTEN

HEAD, LSG, ECONOMIST, CHAIR = Role.HEAD_OF_UNIT, Role.DRAFTING_GROUP, Role.ECONOMIST, Role.COUNCIL_CHAIR
SAVING = {
    "title": "Byte till biosimilar av adalimumab",
    "amount_ore": "350 tkr",
    "owner": "Verksamhetschefen",
    "goal": "80 procent av patienterna",
    "by_day": date(YEAR, 9, 30),
    "state": "Påbörjad",
}


@dataclass
class Money:
    """An application as the people of the region meet it."""

    site: Site
    number: str = ""

    def who(self, role: Role) -> Visitor:
        return self.site.visitor(role, NORRBOTTEN)

    @property
    def address(self) -> str:
        return f"/applications/{self.number}"

    def page(self, role: Role = HEAD) -> Page:
        return self.who(role).open(self.address)

    def starts(self, **typed: Any) -> Page:
        """Begin on the page for it, from the list."""
        head = self.who(HEAD)
        assert head.open("/applications").leads_to("/applications/new")
        page = head.send(head.open("/applications/new").form("/applications/new"), **typed)
        self.number = page.path.split("/")[2] if page.status == 200 else ""
        return page

    def writes(self, key: str, **typed: Any) -> Page:
        """Fill in a page and go on."""
        head, address = self.who(HEAD), f"{self.address}/edit/{key}"
        return head.send(head.open(address).form(address), **typed)

    def acts(self, action: str, role: Role, **typed: Any) -> Page:
        """Take an action from the page."""
        visitor, address = self.who(role), f"{self.address}/actions/{action}"
        assert visitor.open(self.address).leads_to(address), f"{role} is not offered {action}"
        return visitor.send(visitor.open(address).form(address), **typed)

    def hands_in(self, action: str = "submit", **typed: Any) -> Page:
        """Hand in from the page that shows all that is said."""
        head = self.who(HEAD)
        form = head.open(f"{self.address}/edit/check").form(f"{self.address}/actions/{action}")
        return head.send(form, **typed)


@pytest.fixture
def money(site: Site) -> Money:
    with site.changing() as world:
        fund(world, 5_000_000)
    return Money(site)


def months(text: str) -> dict[str, str]:
    return {f"need_by_month-{YEAR}-{month:02d}": text for month in range(1, 13)}


def drafted(money: Money) -> None:
    """All pages but the savings are written."""
    money.starts(medicine="Examplumab", indication="svår eosinofil astma", no_case_reason="Kom efter nomineringen.")
    money.writes(
        "need", budget_year=str(YEAR), patients="12", period_from=date(YEAR, 1, 1), period_to=date(YEAR, 12, 31)
    )
    money.writes("months", **months("100 000"))
    money.writes("reasons", budget_reason="Läkemedlet fanns inte när budgeten lades.", without_it="Patienterna väntar.")


def test_from_draft_to_money_given_back_once_and_granted_less(money: Money) -> None:
    drafted(money)
    page = money.who(HEAD).open(f"{money.address}/edit/check")
    assert "Lägg in verksamhetens egna besparingar" in page.text and "Lämna in ansökan" not in page.text
    assert "Ansökan är inte inlämnad" in money.page().text
    money.writes("savings", no_savings_reason="Vi har inga.")
    page = money.hands_in()
    assert page.path == money.address and "Nu gäller steget Egna besparingar prövas" in page.flashed
    assert "Svar väntas senast onsdag 23 december" in page.text

    money.acts("return_for_savings", LSG, note="Bytet till biosimilar av adalimumab är inte gjort.")
    page = money.page()
    assert "Återlämnad för rättelse sedan måndag 23 november. Rätta det som är påpekat" in page.text
    assert "Bytet till biosimilar av adalimumab är inte gjort." in page.part("next")
    assert "Lungmedicin" in page.part("next"), "the unit has it now"
    head, address = money.who(HEAD), f"{money.address}/savings/new"
    assert "350 000 kr" in head.send(head.open(address).form(address), **SAVING).text
    money.site.clock.forward(days=3)
    assert "Hos Drafting Group Norrbotten" in money.hands_in("resubmit", note="Bytet är inlagt.").part("next")

    page = money.acts("finish_savings", LSG)
    assert page.status == 422 and any("Pröva besparingarna först" in fault for fault in page.faults)
    lsg = money.who(LSG)
    (saving,) = _savings(money)
    lsg.send(lsg.open(money.address).form(f"{money.address}/savings/{saving}/confirm"))
    money.acts("finish_savings", LSG)
    assert "Granskas av ekonomen sedan torsdag 26 november" in money.page().text

    form = money.who(ECONOMIST).open(f"{money.address}/actions/propose")
    assert "1 200 000 kr" in form.text and "Kvar i fonden 2027" in form.text, "what is judged stands beside the form"
    page = money.acts("propose", ECONOMIST, review="Behovet är 900 tkr.", proposed_ore="0,9 mnkr")
    assert "900 000 kr" in page.part("review") and _position(money) == (4_100_000, 900_000, 0)
    assert "Beslutas av rådet" in money.page().part("way")

    page = money.acts("grant_in_part", CHAIR, **_decision(money, "850 000"))
    assert "Beviljad till en del torsdag 26 november: upp till 850 000 kr av sökta 1 200 000 kr." in page.text
    assert _position(money) == (4_150_000, 0, 850_000)
    with money.site.looking() as session:
        given = grants.of_application(session, store.by_number(session, money.number).id)
        assert given is not None and given.ceiling_ore == 850_000 * KR
    page = money.page()
    assert page.leads_to(f"{money.address}/letter.pdf")
    answer = money.who(HEAD).client.get(f"{money.address}/letter.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")

    head, address = money.who(HEAD), f"{money.address}/follow-on/renew"
    assert page.leads_to(address)
    page = head.send(head.open(address).form(address))
    assert f"kopplat till {money.number}" in page.flashed
    assert f"Ny ansökan efter {money.number}" in page.part("links")
    assert "Sökt igen i" in money.page().part("links")
    assert "Byte till biosimilar av adalimumab" in page.part("savings")


def test_the_way_is_told_at_every_step(money: Money) -> None:
    drafted(money)
    money.writes("savings", no_savings_reason="Alla råd följs.")
    steps = ("Utkast", "Egna besparingar prövas", "Granskas av ekonomen", "Beslutas av rådet", "Svar till verksamheten")
    doing = (
        lambda: money.hands_in(),
        lambda: money.acts("finish_savings", LSG),
        lambda: money.acts("propose", ECONOMIST, review="Behovet stämmer.", proposed_ore="1200000"),
        lambda: money.acts("grant", CHAIR, **_decision(money, "1 200 000")),
    )
    for number, do in enumerate(doing):
        way = money.page().soup.select(".app-way > li")
        assert [step.select_one(".app-way__what").get_text().split(",")[0] for step in way] == list(steps)
        assert [step["class"][0] for step in way] == ["is-done"] * number + ["is-now"] + ["is-ahead"] * (4 - number)
        do()
    assert "Beviljad" in money.page().part("way")


def test_what_was_typed_is_kept_when_it_cannot_be_read(money: Money) -> None:
    page = money.starts(medicine="", indication="astma")
    assert page.status == 422 and page.form("/applications/new").fields["indication"] == "astma"
    money.starts(medicine="Examplumab", indication="astma")
    page = money.writes("need", patients="tolv", budget_year=str(YEAR))
    assert page.status == 422 and "heltal" in page.fault_at("patients")
    assert page.own_form().fields["patients"] == "tolv" and page.own_form().fields["budget_year"] == str(YEAR)
    page = money.writes("need", period_from=date(YEAR, 3, 1), period_to=date(YEAR, 2, 1))
    assert page.status == 422 and "ligger före den första" in page.text
    assert page.own_form().fields["period_from-month"] == "3"
    whole = {"budget_year": str(YEAR), "period_from": date(YEAR, 1, 1), "period_to": date(YEAR, 3, 31)}
    money.writes("need", patients="12", **whole)
    typed = {f"need_by_month-{YEAR}-01": "1 234 567,50", f"need_by_month-{YEAR}-02": "hundra tusen"}
    page = money.writes("months", **typed)
    assert page.status == 422 and page.fault_at(f"need_by_month-{YEAR}-02")
    assert {name: page.own_form().fields[name] for name in typed} == typed
    money.writes("months", **{**typed, f"need_by_month-{YEAR}-02": "1,2 mnkr", f"need_by_month-{YEAR}-03": "120 tkr"})
    assert "2 554 567,50 kr" in money.page().part("need")


def test_an_answer_that_is_late_says_why(money: Money) -> None:
    drafted(money)
    money.writes("savings", no_savings_reason="Alla råd följs.")
    money.hands_in()
    money.site.clock.forward(days=31)
    assert "Ingen har skrivit varför det dröjer" in money.page().text
    money.acts("explain_delay_savings", LSG, delay_reason="Mötet är flyttat.", answer_by=date(YEAR, 1, 20))
    page = money.page()
    assert "Mötet är flyttat." in page.part("next") and "20 januari" in page.text


def _decision(money: Money, granted: str) -> dict[str, Any]:
    return {
        "record-decided_on": money.site.clock.today,
        "record-registry_number": "RN 2026/0815",
        "record-granted_ore": granted,
        "record-reasons": "Behovet är visat.",
    }


def _savings(money: Money) -> list[int]:
    with money.site.looking() as session:
        return [saving.id for saving in store.savings_of(session, store.by_number(session, money.number).id)]


def _position(money: Money) -> tuple[int, int, int]:
    """What the fund has unreserved, reserved and granted, in kronor."""
    with money.site.looking() as session:
        found = funds.of_year(session, money.site.world.regions[NORRBOTTEN], YEAR)
        assert found is not None
        return found.unreserved_ore // KR, found.reserved_ore // KR, found.unclaimed_ore // KR
