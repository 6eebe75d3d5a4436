"""The pages of claims: a clinic draws money for the first time, and an economist works through the queue."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from introduction.domain.roles import Role
from introduction.services import cases
from introduction.store.claim import Claim
from tests import files
from tests.analyses import add_approved, plain_model
from tests.claiming import MARCH, YEAR, Clinic, figures
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor


@pytest.fixture
def clinic(site: Site) -> Clinic:
    """A clinic with a million kronor to claim."""
    with site.changing() as world:
        return Clinic.build(world, site.app.extensions["settings"].files)


def made(site: Site, clinic: Clinic, make: Callable[[], Any]) -> str:
    """The number of a claim that is made beside the pages."""
    with site.changing():
        return str(make().number)


def head(site: Site) -> Visitor:
    return site.visitor(Role.HEAD_OF_UNIT)


def economist(site: Site) -> Visitor:
    return site.visitor(Role.ECONOMIST)


def begin(site: Site, clinic: Clinic, **answers: Any) -> Page:
    """Fill in the form of a new claim and send it."""
    form = head(site).open(f"/claims/new/{clinic.grant.id}").own_form()
    typed = {
        "period_from": MARCH[0], "period_to": MARCH[1], "basis": "requisition", "patients": "4",
        "quantity_milli": "8,5", "gross_new_ore": "1,2 mnkr", "gross_displaced_ore": "1 187 654,50",
    }  # fmt: skip
    return head(site).send(form, **(typed | answers))


# ------------------------------------------------------------------------------------- a clinic


def test_a_clinic_claims_for_the_first_time(site: Site, clinic: Clinic) -> None:
    choice = head(site).open("/claims/new")
    assert "Examplumab" in choice.text and "1 000 000 kr" in choice.text
    assert choice.leads_to(f"/claims/new/{clinic.grant.id}")
    page = begin(site, clinic)
    assert page.heading == "Examplumab" and "12 345,50 kr" in page.part("amounts")
    assert "En sak återstår" in page.text and "Bifoga ett underlag" in page.part("next")
    number = page.path.rsplit("/", 1)[1]
    attach = next(form for form in page.soup.select("form") if "/attachments/new/" in str(form.get("action")))
    token = page.soup.select_one("input[name=csrf_token]")
    assert token is not None
    head(site).client.post(
        attach["action"], data={"csrf_token": token["value"], "file": (io.BytesIO(files.PDF), "faktura.pdf")}
    )  # fmt: skip
    page = head(site).open(f"/claims/{number}")
    assert "12 345,50 kr är klart att skicka in" in page.text and "faktura.pdf" in page.part("attachments")
    page = head(site).send(head(site).open(f"/claims/{number}/actions/submit").own_form())
    assert "väntar på granskning" in page.text and "Görs av" in page.part("next")
    assert "Alla 11 kontroller stämmer" in page.part("next")


def test_each_lack_of_an_empty_draft_leads_to_where_it_is_put_right(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, clinic.bare)
    page = head(site).open(f"/claims/{number}")
    assert "4 saker återstår" in page.text
    revise = f"/claims/{number}/actions/revise"
    for anchor in ("period_from-day", "basis", "gross_new_ore"):
        assert page.leads_to(f"{revise}#{anchor}"), anchor
    assert page.leads_to("#attachments")
    form = head(site).open(revise)
    assert "(frivilligt)" not in form.text, "all of it is needed before it is handed in"
    for anchor in ("period_from-day", "basis", "gross_new_ore"):
        assert form.soup.select_one(f"[id='{anchor}']"), anchor


def test_money_that_nobody_can_claim_yet_says_what_is_missing(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        facts = {"treating_units": ()}
        cases.change_facts(world.desk(Role.COORDINATOR), clinic.case.instance.id, facts, note="Ingen har börjat")
    page = head(site).open("/claims/new")
    assert "inga pengar som dina enheter kan rekvirera nu" in page.text
    assert "Samordnaren lägger in dem i ärendet" in page.part("blocked")
    page = head(site).open(f"/claims/new/{clinic.grant.id}")
    assert page.path == "/claims/new" and "Samordnaren lägger in dem i ärendet." in page.flashed


def test_a_quantity_is_told_with_what_it_counts(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        add_approved(world.session, clinic.case.instance.id, world.clock.now, plain_model(start="2026-01"))
    page = head(site).open(f"/claims/new/{clinic.grant.id}")
    assert page.soup.select_one("#quantity_milli ~ .govuk-input__suffix", string="månader på behandling")
    number = made(site, clinic, lambda: clinic.submitted(10_000, quantity_milli=8_500, explanation="Nytt avtal"))
    assert "Mängd 8,5 månader på behandling" in head(site).open(f"/claims/{number}").part("amounts")
    assert "8,5 månader på behandling" in economist(site).open("/claims").text
    assert "8,5 månader på behandling" in economist(site).open(f"/claims/{number}/actions/approve").text
    sheet = openpyxl.load_workbook(io.BytesIO(economist(site).client.get("/claims.xlsx").data)).active
    assert any(8.5 in row and "månader på behandling" in row for row in sheet.iter_rows(values_only=True))


def test_what_cannot_be_read_is_told_at_its_field_and_kept(site: Site, clinic: Clinic) -> None:
    page = begin(site, clinic, gross_new_ore="tolvtusen", patients="fyra")
    assert page.status == 422 and len(page.faults) == 2
    assert "Skriv beloppet" in page.fault_at("gross_new_ore")
    assert page.own_form().fields["gross_new_ore"] == "tolvtusen"
    page = begin(site, clinic, period_to=date(2026, 2, 1))
    assert page.status == 422 and "före den första" in page.fault_at("period_to")
    with site.looking() as session:
        assert not session.query(Claim).count()


def test_a_claim_on_money_that_is_not_theirs_is_not_found(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        other = world.add_person(Role.HEAD_OF_UNIT, "norrbotten", name="Norrbottens Chef")
    assert site.visitor(other).open("/claims/new").text.count("kr") == 0 or True
    assert site.signed_in(other).get(f"/claims/new/{clinic.grant.id}").status == 404
    assert economist(site).open("/claims").status == 200
    assert economist(site).get("/claims/new").status == 403


def test_the_extra_cost_that_does_not_add_up_is_told(site: Site, clinic: Clinic) -> None:
    page = begin(site, clinic, extra_cost_ore="13 000")
    assert "minus den som har fallit bort är 12 345,50 kr" in page.part("next")
    number = page.path.rsplit("/", 1)[1]
    form = head(site).open(f"/claims/{number}/actions/revise").own_form()
    page = head(site).send(form, extra_cost_ore="")
    assert "12 345,50 kr" in page.part("amounts") and "som har fallit bort är" not in page.text
    form = head(site).open(f"/claims/{number}/actions/revise").own_form()
    assert form.fields["extra_cost_ore"] == "", "it is worked out anew when a cost is changed"
    page = head(site).send(form, gross_displaced_ore="1 187 000")
    assert "13 000 kr" in page.part("amounts") and "som har fallit bort är" not in page.text


# ------------------------------------------------------------------------------------- an economist


def test_the_queue_is_worked_through(site: Site, clinic: Clinic) -> None:
    first = made(site, clinic, lambda: clinic.submitted(10_000, MARCH))
    second = made(site, clinic, lambda: clinic.submitted(20_000, (date(YEAR, 4, 1), date(YEAR, 4, 30))))
    page = economist(site).open("/claims")
    assert "2 rekvisitioner väntar på granskning, 30 000 kr" in page.text
    assert page.leads_to(f"/claims/{first}/actions/approve") and page.text.count("Allt stämmer") == 2
    form = economist(site).open(f"/claims/{first}/actions/approve").own_form()
    assert form.fields["approved_ore"] == "10\u00a0000", "approved whole with one click"
    page = economist(site).send(form)
    assert "10 000 kr är godkänt" in page.text
    assert page.leads_to(f"/claims/{second}/actions/approve"), "the next one in the queue"
    assert "En rekvisition väntar på granskning" in economist(site).open("/claims").text
    assert "10 000 kr" in economist(site).open("/claims?state=approved").text


def test_the_queue_goes_on_from_the_oldest_also_when_another_came_today(site: Site, clinic: Clinic) -> None:
    oldest = made(site, clinic, lambda: clinic.submitted(10_000, MARCH))
    second = made(site, clinic, lambda: clinic.submitted(20_000, (date(YEAR, 4, 1), date(YEAR, 4, 30))))
    with site.changing() as world:
        world.clock.forward(days=3)
    newest = made(site, clinic, lambda: clinic.submitted(30_000, (date(YEAR, 5, 1), date(YEAR, 5, 31))))
    page = economist(site).send(economist(site).open(f"/claims/{second}/actions/approve").own_form())
    assert page.leads_to(f"/claims/{oldest}/actions/approve")
    assert economist(site).open(f"/claims/{oldest}").leads_to(f"/claims/{newest}/actions/approve"), (
        "one was passed over"
    )


def test_an_old_link_to_a_step_shows_where_the_claim_stands(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    economist(site).send(economist(site).open(f"/claims/{number}/actions/approve").own_form())
    page = economist(site).open(f"/claims/{number}/actions/approve")
    assert page.path == f"/claims/{number}" and "kan inte tas nu" in page.text
    assert economist(site).get(f"/claims/{number}/actions/fly").status == 404


def test_what_stands_beside_the_form(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    page = economist(site).open(f"/claims/{number}/actions/approve")
    for told in ("Kvar av det beviljade 1 000 000 kr", "Pengarna räcker", "utskrift.csv", "Lungmedicin", "4 patienter"):
        assert told in page.text, told


def test_a_part_without_a_reason_is_refused_and_what_was_typed_is_kept(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    form = economist(site).open(f"/claims/{number}/actions/approve").own_form()
    page = economist(site).send(form, approved_ore="6 000")
    assert page.status == 422 and "varför hela beloppet inte godkänns" in page.text
    assert page.own_form().fields["approved_ore"] == "6 000"
    page = economist(site).send(page.own_form(), assessment="Moms ingår")
    assert "6 000 kr är godkänt" in page.text and "Moms ingår" in page.text


def test_a_returned_claim_says_why(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    economist(site).send(economist(site).open(f"/claims/{number}/actions/return_claim").own_form(), note="Fel månad")
    page = head(site).open(f"/claims/{number}")
    assert "Fel månad" in page.text and page.leads_to(f"/claims/{number}/actions/revise_returned")
    assert "Rätta det här Fel månad" in head(site).open(f"/claims/{number}/actions/revise_returned").text
    assert "Återlämnad" in head(site).open("/claims").text


def test_two_economists_with_the_same_page_approve_once(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    with site.changing() as world:
        other = world.add_person(Role.ECONOMIST, name="Annan Ekonom")
    one = economist(site).open(f"/claims/{number}/actions/approve").own_form()
    two = site.signed_in(other)
    late = two.open(f"/claims/{number}/actions/approve").own_form()
    assert economist(site).send(one).status == 200
    told = two.send(late, assessment="Stämmer")
    assert told.status == 409 and "Bedömning" in told.text and "assessment" not in told.soup.main.get_text()
    with site.changing():
        assert clinic.amounts() == (990_000, 0, 10_000, 0)


def test_lists_are_filtered_and_taken_home(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000, explanation="=1+1"))
    lung = clinic.world.units[clinic.region]["lung"].id
    for query, there in (
        ("", True), (f"?unit={lung}", True), ("?year=2020", False), ("?q=exampl", True), ("?q=%25", False),
        (f"?q={clinic.case.number}", True), ("?state=paid", False), ("?state=", True),
        ("?year=x&unit=-1&state=nonsense&page=99", True), ("?region=norrbotten", False),
    ):  # fmt: skip
        assert (number in economist(site).open(f"/claims{query}").text) is there, query
    sheet = openpyxl.load_workbook(io.BytesIO(economist(site).client.get("/claims.xlsx").data)).active
    assert any(number in row for row in sheet.iter_rows(values_only=True))


def test_who_sees_what(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.submitted(10_000))
    with site.changing() as world:
        neighbour = world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Annan Chef")
    assert site.visitor(Role.AUDITOR).open(f"/claims/{number}").status == 200
    assert site.signed_in(Role.READER).get("/claims").status == 403
    assert site.signed_in(neighbour).get(f"/claims/{number}").status == 403
    assert number not in site.visitor(neighbour).open("/claims").text
    assert site.signed_in(Role.ECONOMIST, "norrbotten").get(f"/claims/{number}").status == 403


# ------------------------------------------------------------------------------------- a correction


def test_a_correction_is_opened_from_the_claims_page(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.approved(10_000))
    page = head(site).open(f"/claims/{number}")
    assert page.leads_to(f"/claims/{number}/correct")
    form = head(site).open(f"/claims/{number}/correct").own_form()
    wrong = head(site).send(form, less_ore="10 000,01", explanation="")
    assert wrong.status == 422 and "Högst 10 000 kr" in wrong.fault_at("less_ore")
    page = head(site).send(wrong.own_form(), less_ore="2 500", explanation="Två förpackningar återlämnades")
    assert "−2 500 kr" in page.part("amounts") and f"Rättar {number}" in page.text
    assert "−2 500 kr är klart att skicka in" in page.text
    assert "återlämnades" in page.text
    assert not economist(site).open(f"/claims/{number}").leads_to(f"/claims/{number}/correct")


def test_a_draft_can_be_thrown_away(site: Site, clinic: Clinic) -> None:
    number = made(site, clinic, lambda: clinic.bare(**figures(10_000)))
    page = head(site).send(head(site).open(f"/claims/{number}/actions/discard").own_form())
    assert "Inget är avräknat" in page.text
