"""The pages of a handover: unit by unit, beside the form where a head answers, as a document and as a spreadsheet."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from introduction.domain.money import parse_kronor
from introduction.domain.roles import Role
from introduction.services import cases, regions
from introduction.store.case import TreatingUnit
from tests.documents.analysis_files import Pdf
from tests.handing_over import WHY, Handing
from tests.journeys.site import Site
from tests.journeys.visitor import Page
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, VGR


@pytest.fixture
def handing(site: Site) -> Handing:
    """Lung has room proposed and confirms; neurology has been asked and is silent."""
    with site.changing() as world:
        made = Handing.build(world)
        made.agree("lung")
    return made


def address(handing: Handing) -> str:
    return f"/cases/{handing.case.number}/handover"


def page(site: Site, handing: Handing, who: Role = Role.COORDINATOR) -> Page:
    return site.visitor(who).open(address(handing))


def test_it_says_first_what_is_missing_and_then_unit_by_unit(site: Site, handing: Handing) -> None:
    shown = page(site, handing)
    assert shown.heading == "Överlämning av Nordivumab"
    assert "1 av 2 enheter har bekräftat, 1 har inte svarat. Kostnaden går över 1 januari 2028." in shown.text
    missing = shown.part("missing")
    assert "Utrymme är inte föreslaget för: Neurologi" in missing and "Bekräftelse saknas från: Neurologi" in missing
    units = shown.part("units")
    assert "Prognos 2028" in units and "Bekräftat" in units and "Inget svar än, väntat senast" in units
    assert "2 000" in units and "Inte registrerat än" in units
    assert "Ingenting stannar centralt" in shown.part("central")


def test_a_part_of_a_year_is_told_beside_the_whole_one(site: Site) -> None:
    with site.changing() as world:
        made = Handing.build(world, financed_until=date(2027, 3, 31))
    units = page(site, made).part("units")
    assert "Prognos 2027, 9 månader" in units and "gäller de 9 månader som enheten betalar själv" in units


def test_an_objection_stands_with_the_council_s_word(site: Site, handing: Handing) -> None:
    with site.changing():
        handing.answer("neuro", "objection", WHY)
    shown = page(site, handing)
    assert WHY in shown.part("objections") and "Rådet har inte beslutat än" in shown.part("objections")
    with site.changing():
        handing.take("refer_objection", note="Neurologi invänder")
    chair = site.visitor(Role.COUNCIL_CHAIR)
    form = chair.open(f"/cases/{handing.case.number}/actions/ask_units_again").own_form()
    assert not {"record-conditions", "record-valid_until-day"} & set(form.fields), "an objection has no conditions"
    refused = chair.send(form, **{"record-section": "§ 14"})
    assert refused.status == 422 and refused.fault_at("record-reasons")
    assert refused.own_form().fields["record-section"] == "§ 14", "what was typed is kept"
    typed = {"record-decided_on-day": "23", "record-decided_on-month": "11", "record-decided_on-year": "2026"}
    done = chair.send(refused.own_form(), **typed, **{"record-reasons": "Räkna om utrymmet"})
    for part in (done.part("decisions"), page(site, handing).part("objections")):
        for told in ("Måndag 23 november", "Enheterna tillfrågas på nytt", "(PPR), § 14", "Räkna om utrymmet"):
            assert told in part, told
    assert "Rådet har inte beslutat än" not in page(site, handing).part("objections")


def test_a_unit_whose_cost_stays_with_the_region_stands_apart(site: Site, handing: Handing) -> None:
    with site.changing() as world:
        neuro = world.units[VGR]["neuro"].id
        regions.set_terms(world.operator, neuro, "choice_of_care", bears_cost=False, valid_from=date(2020, 1, 1))
    shown = page(site, handing)
    assert "Neurologi" in shown.part("central") and "Neurologi" not in shown.part("units")


def test_before_it_begins_the_page_says_when(site: Site) -> None:
    with site.changing() as world:
        case = put_case(
            world, "Kommerumab", "follow_up", outcome="approved", treating=("lung",), financed_until=date(2028, 3, 31)
        )
    shown = site.visitor(Role.HEAD_OF_UNIT).open(f"/cases/{case.number}/handover")
    assert "bär kostnaden från och med 1 april 2028" in shown.text and "senast 1 februari 2027" in shown.text


def test_the_case_leads_there_and_a_process_without_a_handover_does_not(site: Site, handing: Handing) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    assert visitor.open(f"/cases/{handing.case.number}").leads_to(address(handing))
    with site.changing() as world:
        other = world.start_case(region=NORRBOTTEN)
    north = site.visitor(Role.COORDINATOR, NORRBOTTEN)
    assert not north.open(f"/cases/{other.number}").leads_to(f"/cases/{other.number}/handover")
    assert north.get(f"/cases/{other.number}/handover").status == 404
    assert north.get(address(handing)).status == 403


# --- the answer


def test_the_head_sees_what_is_handed_over_beside_the_form(site: Site, handing: Handing) -> None:
    with site.changing():
        handing.propose("neuro", kronor=900_000)
    task = f"/tasks/{handing.task('confirm_responsibility', 'neuro').id}"
    visitor = site.visitor(handing.neuro_head)
    shown = visitor.open(task)
    for told in (
        "Utbetalt av fonden hittills", "Prognos 2028", "Enhetens del av beräkning 1", "Enligt planen", "900",
        "Invänder ni skriver ni skälen, och rådet beslutar.",
    ):  # fmt: skip
        assert told in shown.text, told
    form = shown.form(task)
    assert form.fields["record-forecast_ore"] == "2\u00a0000\u00a0000", "the form begins with what was proposed"
    refused = visitor.send(form.fill({"record-answer": "objection", "record-forecast_ore": "1,2 mnkr"}))
    assert refused.status == 422 and "Skriv skälet" in refused.fault_at("record-comment")
    form = refused.form(task)
    assert form.fields["record-forecast_ore"] == "1,2 mnkr", "what was typed is kept"
    done = visitor.send(form.fill({"record-comment": WHY}))
    assert done.status == 200 and WHY in done.part("handover")


def test_a_head_who_says_yes_too_early_is_told_to_wait(site: Site, handing: Handing) -> None:
    task = f"/tasks/{handing.task('confirm_responsibility', 'neuro').id}"
    visitor = site.visitor(handing.neuro_head)
    shown = visitor.open(task)
    assert "Inget utrymme är föreslaget än" in shown.text and "Förslaget väntas senast" in shown.text
    refused = visitor.send(shown.form(task).fill({"record-answer": "confirmed"}))
    assert refused.status == 422 and "är föreslaget än" in refused.fault_at("record-answer")


def test_the_economist_s_form_begins_with_the_forecast(site: Site, handing: Handing) -> None:
    task = f"/tasks/{handing.task('propose_room', 'neuro').id}"
    shown = site.visitor(Role.ECONOMIST).open(task)
    assert parse_kronor(shown.form(task).fields["record-forecast_ore"]) > 0
    assert "Det som lämnas över" in shown.text


# --- to take along


def test_the_document(site: Site, handing: Handing) -> None:
    with site.changing():
        handing.answer("neuro", "objection", WHY)
    answer = site.signed_in(Role.COORDINATOR).client.get(f"{address(handing)}.pdf")
    assert answer.mimetype == "application/pdf"
    told = Pdf.of(answer.data)
    assert "2 enheter tar över kostnaden den 1 januari 2028. 1 har bekräftat. 1 har en invändning." in told.text
    assert "Kostnadsansvaret är inte överlämnat än." in told.text and "Läget den 23 november 2026" in told.text
    assert WHY in told.text and "Rådet har inte beslutat om dem än." in told.text
    with site.changing():
        handing.take("refer_objection", note="Neurologi invänder")
        handing.conclude()
        decided = {"decided_on": date(2027, 12, 14), "section": "§ 14", "reasons": "Utrymmet höjs"}
        handing.take("overrule_objection", Role.COUNCIL_CHAIR, record=decided)
    kept = site.signed_in(Role.COORDINATOR).client.get(f"{address(handing)}.pdf").data
    told = Pdf.of(kept)
    assert "Överlämnat 3 januari 2028" in told.text and "inte överlämnat än" not in told.text
    assert (
        "Beslut Kostnadsansvaret lämnas över trots invändningen Beslutat av Program- och prioriteringsrådet (PPR) "
        "Beslutsdag 14 december 2027 Paragraf § 14 Diarienummer RS 2026-01234 Utrymmet höjs" in told.text
    )
    with site.changing() as world:
        world.clock.forward(days=40)
        approve(world, handing.case, patients=3, financed={"first": "2026-01", "last": "2027-12"})
    assert site.signed_in(Role.COORDINATOR).client.get(f"{address(handing)}.pdf").data == kept
    assert "Kostnadsansvaret lämnades över 3 januari 2028" in page(site, handing).text


def test_the_document_waits_for_the_end_of_the_money(site: Site) -> None:
    with site.changing() as world:
        made = Handing.build(world, analysed=False, financed_until=None)
    shown = page(site, made)
    assert "Det är inte bestämt när regionens pengar tar slut" in shown.text
    assert not shown.leads_to(f"{address(made)}.pdf")
    assert site.visitor(Role.COORDINATOR).get(f"{address(made)}.pdf").status in (400, 409, 422)


def test_the_spreadsheet_has_the_units_and_their_sum(site: Site, handing: Handing) -> None:
    answer = site.signed_in(Role.HEAD_OF_UNIT).client.get(f"{address(handing)}.xlsx")
    [sheet] = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["Lungmedicin"][5] == 2_000_000 and rows["Lungmedicin"][6] == "Bekräftat"
    assert rows["Neurologi"][5] is None and rows["Neurologi"][6] == "Inget svar än"
    assert rows["Summa"][2] == pytest.approx(rows["Lungmedicin"][2] + rows["Neurologi"][2])


# --- many


def test_twenty_units_ask_no_more_of_the_database_than_two(site: Site, handing: Handing) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    visitor.get(address(handing))
    with site.counting() as few:
        visitor.get(address(handing))
    with site.changing() as world:
        hospital = world.units[VGR]["hospital"].id
        for number in range(18):
            unit = regions.add_unit(
                world.operator, world.regions[VGR], f"Mottagning {number}", "operation", parent_id=hospital
            )
            world.session.add(TreatingUnit(case_id=handing.case.instance.id, unit_id=unit.id))
        world.session.flush()
        cases.change_facts(world.desk(Role.COORDINATOR), handing.case.instance.id, {"goals": "Två mål"}, note="Fler")
    with site.counting() as many:
        assert "Mottagning 17" in visitor.get(address(handing)).text
    assert len(many) == len(few)
