"""A clinic's page of its money: what to do first, what is left, where its claims and applications are, its reports."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from introduction.domain.roles import Role
from introduction.services import cases, claim_money
from introduction.store.application import FundingApplication
from introduction.store.claim import Claim
from tests.applying import WAY, begin, fund, taken, written
from tests.claiming import Clinic
from tests.handing_over import Handing
from tests.journeys.site import Site
from tests.journeys.visitor import Page, words_of
from tests.world import NORRBOTTEN


@pytest.fixture
def clinic(site: Site, tmp_path: Path) -> Clinic:
    """A grant of a million: 100 000 kr paid, 50 000 approved, 20 000 handed in, and a draft."""
    with site.changing() as world:
        made = Clinic.build(world, tmp_path)
        paid = made.approved(100_000, (date(2026, 1, 1), date(2026, 1, 31)))
        claim_money.pay(world.desk(Role.ECONOMIST), [world.session.get_one(Claim, paid.instance.id)])
        made.approved(50_000, (date(2026, 2, 1), date(2026, 2, 28)))
        made.submitted(20_000)
        made.draft(10_000, (date(2026, 4, 1), date(2026, 4, 30)))
    return made


def shown(site: Site, who: Role = Role.HEAD_OF_UNIT) -> Page:
    return site.visitor(who).open("/my-unit")


def test_one_sentence_says_what_waits_and_what_is_left(site: Site, clinic: Clinic) -> None:
    page = shown(site)
    assert page.heading == "Verksamhetens pengar"
    assert "830 tkr är kvar att rekvirera." in page.text
    assert "väntar på er" in page.text or "försenad" in page.text


def test_what_is_late_stands_first(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        cases.change_facts(
            world.desk(Role.COORDINATOR), clinic.case.instance.id, {"goals": "Ett mål"}, note="Rapporterna planeras"
        )
    todo = shown(site).part("todo")
    assert "Uppföljningsrapport efter 3 månader" in todo and "Gör klart rekvisitionen" in todo
    assert todo.index("efter 3 månader") < todo.index("Gör klart rekvisitionen")


def test_a_grant_is_a_bar_of_four_amounts(site: Site, clinic: Clinic) -> None:
    page = shown(site)
    grants = page.part("grants")
    for told in ("1 000", "100", "50", "20", "830", "Rekvirera senast 28 februari 2027"):
        assert told in grants, told
    bars = page.soup.select("td.bar rect")
    assert [bar["width"] for bar in bars] == ["10.00%", "5.00%", "2.00%", "83.00%"]
    assert [bar["x"] for bar in bars] == ["0.00%", "10.00%", "15.00%", "17.00%"]
    assert page.leads_to(f"/claims/new/{clinic.grant.id}")


def test_claims_by_state_with_what_is_under_way(site: Site, clinic: Clinic) -> None:
    claims = shown(site).part("claims")
    for told in ("Utkast", "Hos er sedan", "Hos controller sedan"):
        assert told in claims, told


def test_an_application_says_what_was_asked_for_and_by_when_the_answer_comes(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        draft, waiting = begin(world).number, taken(world, written(world), ["submit"])
        granted = taken(world, written(world), WAY, granted=1_200_000).number
        answer_by = world.session.get_one(FundingApplication, waiting.instance.id).answer_by
    page = site.visitor(Role.HEAD_OF_UNIT, NORRBOTTEN).open("/my-unit")
    rows = {row.th.a.get_text(): row for row in page.soup.select("tbody tr") if row.th and row.th.a}
    told = {number: words_of(row) for number, row in rows.items()}
    assert "1 200" in told[waiting.number] and "svar till er" in told[waiting.number]
    assert rows[waiting.number].select(f"time[datetime='{answer_by}']"), "the day of the answer, not of the stage"
    assert "beviljat 1 200" in told[granted] and "svar till er" not in told[granted]
    assert "Hos er sedan" in told[draft] and "svar till er" not in told[draft]


def test_money_that_cannot_be_claimed_yet_says_why(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        facts = {"treating_units": ()}
        cases.change_facts(world.desk(Role.COORDINATOR), clinic.case.instance.id, facts, note="Ingen har börjat")
    page = shown(site)
    assert "830 tkr kan inte rekvireras nu." in page.text
    assert "inga behandlande enheter. Samordnaren" in page.part("grants")
    assert not page.leads_to(f"/claims/new/{clinic.grant.id}")


def test_a_handover_that_wants_an_answer_is_something_to_do(site: Site) -> None:
    with site.changing() as world:
        handing = Handing.build(world)
        handing.propose("lung")
    page = shown(site)
    assert "Bekräfta kostnadsansvaret" in page.part("todo") and "Bekräfta kostnadsansvaret" in page.part("reports")
    task = handing.task("confirm_responsibility", "lung").id
    assert page.leads_to(f"/tasks/{task}")
    assert "Bekräfta kostnadsansvaret" not in site.visitor(Role.NOMINATOR, "norrbotten").open("/my-unit").text


def test_an_empty_clinic_is_told_what_will_come(site: Site) -> None:
    page = shown(site)
    assert "Ingenting väntar på er. Inga pengar är beviljade" in page.text
    for part in ("todo", "grants", "claims", "applications", "reports"):
        assert page.part(part)


def test_only_those_who_stand_for_a_clinic_come_in(site: Site) -> None:
    for who in (Role.ECONOMIST, Role.COORDINATOR, Role.READER, Role.AUDITOR):
        for path in ("/my-unit", "/my-unit.xlsx"):
            assert site.signed_in(who).get(path).status == 403


def test_another_clinic_s_claims_are_not_shown(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        other = world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Chef Neuro")
    page = site.visitor(other).open("/my-unit")
    assert "Ingen rekvisition pågår" in page.part("claims")
    assert "830" in page.part("grants"), "the administration's money is shared"


def test_the_spreadsheet_has_a_sheet_for_each_table(site: Site, clinic: Clinic) -> None:
    answer = site.signed_in(Role.HEAD_OF_UNIT).client.get("/my-unit.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Att göra", "Beviljade pengar", "Rekvisitioner", "Ansökningar", "Rapporter och svar"]
    total = next(row for row in book["Beviljade pengar"].iter_rows(values_only=True) if row[1] == "Summa")
    assert total[4:9] == (1_000_000, 100_000, 50_000, 20_000, 830_000)


def test_many_claims_ask_no_more_of_the_database_than_few(site: Site, clinic: Clinic) -> None:
    visitor = site.signed_in(Role.HEAD_OF_UNIT)
    visitor.get("/my-unit")
    with site.counting() as few:
        visitor.get("/my-unit")
    with site.changing():
        for month in range(5, 12):
            clinic.draft(1_000, (date(2026, month, 1), date(2026, month, 20)))
    with site.counting() as many:
        visitor.get("/my-unit")
    assert len(many) == len(few)
