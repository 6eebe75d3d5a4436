"""The pages of funds and grants as an economist meets them: the answer first, forms that keep what was typed."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from introduction.documents import spreadsheet
from introduction.domain.roles import Role
from introduction.services import grants, regions
from introduction.services.books import Minutes
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.posting import Posting
from tests.claiming import YEAR, Clinic, grant
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor
from tests.money import decide, put_case
from tests.world import NORRBOTTEN, VGR

DECIDED = {
    "decided_on": date(2026, 11, 2), "body": "Regionstyrelsen", "section": "§ 112", "reasons": "Enligt budgeten",
}  # fmt: skip


@pytest.fixture
def clinic(site: Site, tmp_path: Path) -> Clinic:
    """A million kronor granted to the hospital; ten thousand approved, and nothing for next year."""
    with site.changing() as world:
        made = Clinic.build(world, tmp_path / "files")
        made.approved(10_000)
        decide(world, made.case.instance.id, "approved")
    return made


def fund_id(site: Site) -> int:
    with site.looking() as session:
        return session.query(Fund).one().id


def sheets(visitor: Visitor, path: str) -> dict[str, list[list[Any]]]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200 and answer.mimetype == spreadsheet.MIME
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}


def test_an_empty_region_says_what_will_come(site: Site) -> None:
    page = site.visitor(Role.ECONOMIST).open("/funds")
    assert page.heading == "Fonden" and "Här kommer de pengar" in page.text
    assert page.leads_to(f"/funds/new?region={VGR}")


def test_a_fund_is_opened_from_the_page(site: Site) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/funds/new?region={VGR}").own_form()
    typed = {"budget_year": "2027", "amount": "90 mnkr", "source": "Regionfullmäktiges budget", "budget_line": "4711"}
    wrong = visitor.send(form, **typed, decided_on=DECIDED["decided_on"])
    assert wrong.status == 422 and "Skriv skälen för beslutet" in wrong.fault_at("reasons")
    assert wrong.own_form().fields["amount"] == "90 mnkr"
    page = visitor.send(wrong.own_form(), **DECIDED)
    assert page.flashed == "Fonden 2027 är upplagd." and page.heading == "Fonden 2027"
    assert "90 000 tkr av 90 000 tkr är varken beviljat eller reserverat" in page.text
    assert "Regionstyrelsen, § 112" in page.part("decisions") and "4711" in page.part("decisions")
    again = visitor.send(visitor.open(f"{page.path}/appropriation").own_form(), amount="80,5 mnkr", **DECIDED)
    assert again.flashed == "Anslaget är ändrat." and "80 500" in again.part("position")
    listed = visitor.open("/funds")
    assert "80 500" in listed.part("years") and "80 500 tkr" in listed.text


def test_what_was_typed_is_kept_when_it_is_refused(site: Site, clinic: Clinic) -> None:
    visitor, number = site.signed_in(Role.ECONOMIST), fund_id(site)
    form = visitor.open(f"/funds/{number}/appropriation").own_form()
    page = visitor.send(form, amount="900 000", **DECIDED)
    assert page.status == 422
    assert "1 000 000 kr är redan reserverat eller beviljat. Anslaget kan inte vara mindre" in page.fault_at("amount")
    assert page.own_form().fields["amount"] == "900 000" and page.own_form().fields["reasons"] == "Enligt budgeten"


def test_a_funds_page_shows_where_the_money_is(site: Site, clinic: Clinic) -> None:
    page = site.visitor(Role.AUDITOR).open(f"/funds/{fund_id(site)}")
    assert page.heading == f"Fonden {YEAR}"
    position = page.part("position")
    for told in (
        "Godkänt, inte utbetalt 10",
        "Beviljat, inte rekvirerat 990",
        "Oreserverat 99 000",
        "Anslaget 100 000",
    ):
        assert told in position
    assert page.soup.select("#position ~ *, figure.app-chart svg")
    assert "Examplumab" in page.part("grants") and "Summa av 1 1 000 0 10 0 990" in page.part("grants")
    assert "Ändra anslaget" not in page.text, "an auditor reads"


def test_the_filter_and_the_pages_stand_in_the_address(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        for number in range(60):
            grant(world, put_case(world, f"Nyttumab{number:02d}"), 1_000)
    visitor, path = site.signed_in(Role.ECONOMIST), f"/funds/{fund_id(site)}"
    page = visitor.open(path)
    assert page.leads_to(f"{path}?page=2") and "Summa av 61" in page.part("grants")
    assert "Nyttumab59" in visitor.open(f"{path}?page=2").part("grants")
    assert "Summa av 1 1 0 0 0 1" in visitor.open(f"{path}?q=nyttumab59").part("grants")
    assert "visa allt som är beviljat" in visitor.open(f"{path}?q=finns+inte&left=settled").text
    book = sheets(visitor, f"{path}.xlsx")
    assert len([row for row in book["Beviljat"] if str(row[0]).startswith("VGR-")]) == 61
    assert book["Beviljat"][-1][3] == 1_060_000


def test_the_number_of_statements_does_not_grow(site: Site, clinic: Clinic) -> None:
    visitor, path = site.signed_in(Role.ECONOMIST), f"/funds/{fund_id(site)}"
    visitor.open(path)
    with site.counting() as few:
        visitor.open(path)
    with site.changing() as world:
        for number in range(40):
            case = put_case(world, f"Nyttumab{number}", outcome="approved", introduction_start=date(2026, 1, 1),
                            financed_until=date(2027, 12, 31))  # fmt: skip
            if number:
                grant(world, case, 1_000)
    with site.counting() as many:
        page = visitor.open(path)
    assert "Nyttumab0" in page.part("lacking")
    assert len(many) == len(few)


def test_money_is_reserved_and_let_go(site: Site, clinic: Clinic) -> None:
    visitor, number = site.signed_in(Role.ECONOMIST), fund_id(site)
    form = visitor.open(f"/funds/{number}/reserve").own_form()
    wrong = visitor.send(form, case="VGR-1999-1", amount="5 tkr", reason="Väntar på styrelsen")
    assert wrong.status == 422 and "Inget ärende i regionen" in wrong.fault_at("case")
    page = visitor.send(wrong.own_form(), case=clinic.case.number)
    assert page.flashed == "Pengarna är reserverade." and "Väntar på styrelsen" in page.part("reservations")
    assert "5 000 kr reserverades i fonden 2026" in visitor.open(f"/cases/{clinic.case.number}?history=all").text
    release = next(f["action"] for f in page.soup.select("form[method=post]") if "release" in f["action"])
    gone = visitor.send(page.form(release))
    assert gone.flashed == "Reservationen är hävd." and "Inget är reserverat" in gone.part("reservations")
    twice = visitor.send(page.form(release))
    assert twice.status == 422 and "Ingenting är längre reserverat" in twice.text


def test_a_grant_is_changed_moved_and_settled(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration")
    visitor, path = site.signed_in(Role.ECONOMIST), f"/grants/{clinic.grant.id}"
    page = visitor.open(path)
    assert "990 000 kr av 1 000 000 kr är kvar att rekvirera" in page.text
    assert "Från rekvirerat, inte godkänt till godkänt, inte utbetalt" in page.part("postings")
    low = visitor.send(visitor.open(f"{path}/change").own_form(), ceiling_ore="9 999", **DECIDED)
    assert low.status == 422 and "10 000 kr är redan rekvirerat" in low.fault_at("ceiling_ore")
    page = visitor.send(low.own_form(), ceiling_ore="1,2 mnkr")
    assert page.flashed == "Beloppet är ändrat." and "1 200 000 kr" in page.part("amounts")
    moving = visitor.open(f"{path}/move").own_form()
    page = visitor.send(moving, unit_id="Norra sjukhuset", amount_ore="200 000", **DECIDED)
    assert page.flashed == "Pengarna är omfördelade." and "200 000 kr av 200 000 kr" in page.text
    assert "Omfördelning" in page.part("decisions") and "Slutavräkna" not in page.text
    early = visitor.send(visitor.open(f"{page.path}/settle").own_form(), **DECIDED)
    assert early.status == 422 and "när 2026 är slut" in early.text
    site.clock.forward(months=3)
    page = visitor.open(page.path)
    assert page.leads_to(f"{page.path}/settle")
    done = visitor.send(visitor.open(f"{page.path}/settle").own_form(), **DECIDED)
    assert done.flashed == "Beloppet är slutavräknat." and "Slutavräknat. 0 kr betalades ut." in done.text
    book = sheets(visitor, f"{path}.xlsx")
    assert set(book) == {"Var pengarna är", "Rekvisitioner", "Så har pengarna rört sig", "Beslut"}


def test_an_amount_that_was_changed_meanwhile_is_told_and_saved_the_second_time(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        north = regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration").id
    visitor, path = site.signed_in(Role.ECONOMIST), f"/grants/{clinic.grant.id}"
    page = visitor.open(f"{path}/change")
    assert "Beloppet är 1 000 000 kr nu" in page.text
    with site.changing() as world:
        told = Minutes(world.clock.today, "Fler patienter")
        grants.reallocate(world.desk(Role.ECONOMIST), clinic.grant.id, north, 30_000_000, told)
    typed = {"ceiling_ore": "1,2 mnkr", **DECIDED}
    unread = visitor.send(page.own_form(), **{**typed, "ceiling_ore": "mycket"})
    assert unread.status == 422 and unread.own_form().fields["seen_ore"] == "100000000", "nothing was told yet"
    late = visitor.send(unread.own_form(), **typed)
    assert late.status == 422 and "Beloppet ändrades till 700 000 kr efter att du" in late.fault_at("ceiling_ore")
    assert late.own_form().fields["ceiling_ore"] == "1,2 mnkr" and "Beloppet är 700 000 kr nu" in late.text
    saved = visitor.send(late.own_form())
    assert saved.flashed == "Beloppet är ändrat." and "1 200 000 kr" in saved.part("amounts")


def test_an_appropriation_that_was_changed_meanwhile_is_told(site: Site, clinic: Clinic) -> None:
    visitor, number = site.signed_in(Role.ECONOMIST), fund_id(site)
    page = visitor.open(f"/funds/{number}/appropriation")
    assert "Beloppet är 100 000 000 kr nu" in page.text
    with site.changing() as world:
        world.fund(YEAR, 120_000_000)
    late = visitor.send(page.own_form(), amount="90 mnkr", **DECIDED)
    assert late.status == 422 and "Beloppet ändrades till 120 000 000 kr" in late.fault_at("amount")
    saved = visitor.send(late.own_form())
    assert saved.flashed == "Anslaget är ändrat." and "90 000" in saved.part("position")


def test_a_fund_that_is_there_is_not_opened_again(site: Site, clinic: Clinic) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/funds/new?region={VGR}").own_form()
    page = visitor.send(form, budget_year=str(YEAR), amount="1 mnkr", source="Budgeten", **DECIDED)
    assert page.status == 422 and "Fonden för 2026 finns redan" in page.fault_at("budget_year")


def test_a_year_that_is_over_leads_to_the_settlement_of_each_amount(site: Site, clinic: Clinic) -> None:
    visitor, path = site.signed_in(Role.ECONOMIST), f"/funds/{fund_id(site)}"
    settle = f"/grants/{clinic.grant.id}/settle"
    assert not visitor.open(path).leads_to(settle)
    site.clock.forward(months=3)
    visitor = site.signed_in(Role.ECONOMIST)
    assert visitor.open(path).leads_to(settle)
    assert not site.signed_in(Role.AUDITOR).open(path).leads_to(settle)


def test_who_settles_is_told_which_claims_can_then_no_longer_come(site: Site, clinic: Clinic) -> None:
    visitor, path = site.signed_in(Role.ECONOMIST), f"/grants/{clinic.grant.id}/settle"
    assert "Hos verksamheten" not in visitor.open(path).text
    with site.changing():
        number = clinic.draft().number
    assert f"Hos verksamheten: {number}. Den kan inte lämnas in" in visitor.open(path).text


def test_a_form_sent_twice_acts_once(site: Site, clinic: Clinic) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/grants/{clinic.grant.id}/change").own_form().fill({"ceiling_ore": "2 000 000", **DECIDED})
    assert visitor.send(form).status == visitor.send(form).status == 200
    with site.looking() as session:
        assert session.query(GrantRow).one().ceiling_ore == 200_000_000
        assert session.query(Posting).filter_by(grant_id=clinic.grant.id, target="unclaimed").count() == 2


@pytest.mark.parametrize("who", [Role.READER, Role.HEAD_OF_UNIT, Role.NOMINATOR])
def test_who_does_not_read_the_regions_money_is_refused(site: Site, clinic: Clinic, who: Role) -> None:
    visitor, number = site.signed_in(who), fund_id(site)
    for path in ("/funds", "/funds.xlsx", f"/funds/{number}", f"/funds/{number}.xlsx", "/funds/new"):
        assert visitor.get(path).status == 403


def test_who_only_reads_decides_nothing(site: Site, clinic: Clinic) -> None:
    visitor, number = site.signed_in(Role.AUDITOR), fund_id(site)
    for path in (f"/funds/{number}/appropriation", f"/funds/{number}/reserve", f"/grants/{clinic.grant.id}/change"):
        assert visitor.get(path).status == 403
        assert visitor.post(path, {"csrf_token": visitor.token()}).status == 403
    other = site.signed_in(Role.ECONOMIST, NORRBOTTEN)
    for path in (f"/funds/{number}", f"/funds/{number}/reserve", f"/grants/{clinic.grant.id}",
                 f"/grants/{clinic.grant.id}/move"):  # fmt: skip
        assert other.get(path).status == 403
    assert visitor.get("/funds/999").status == 404 and visitor.get("/grants/999").status == 404


def test_a_clinic_sees_what_is_left_of_its_administrations_grant(site: Site, clinic: Clinic) -> None:
    page = site.signed_in(Role.HEAD_OF_UNIT).open(f"/grants/{clinic.grant.id}")
    assert "990 000 kr av 1 000 000 kr är kvar att rekvirera" in page.text and "Så har pengarna" not in page.text
    assert page.leads_to("/my-unit")


def test_without_money_for_the_year_is_marked_everywhere(site: Site, clinic: Clinic) -> None:
    text = "Inga pengar beviljade för 2027"
    with site.changing() as world:
        world.fund(2027)
    with site.looking() as session:
        next_fund = session.query(Fund).filter_by(budget_year=2027).one().id
    visitor = site.signed_in(Role.ECONOMIST)
    places = ("/work", "/board", "/board?view=table", "/cases", f"/cases/{clinic.case.number}", "/portfolio",
              f"/funds/{next_fund}")  # fmt: skip
    for path in places:
        page = visitor.open(path)
        marks = [mark for mark in page.soup.select(".app-state--late") if text in mark.get_text()]
        assert marks and marks[0].select("svg"), path
    assert text in site.signed_in(Role.COORDINATOR).open("/work").text
    assert text not in site.signed_in(Role.HEAD_OF_UNIT).open("/work").text
    with site.changing() as world:
        grant(world, clinic.case, 10_000, 2027)
    for path in places:
        assert text not in visitor.open(path).text
