"""The pages of a follow-up: the plan, the report's form, the units side by side, and what they keep to themselves."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select

from introduction.domain.roles import Role
from introduction.services import cases
from introduction.services.subjects import Subject
from introduction.store.follow_up import FollowUpReport
from introduction.store.indicator import Indicator
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.money import approve
from tests.reporting import introduced, report, task_of
from tests.world import NORRBOTTEN, VGR

GOAL = {
    "dimension": "Klinisk nytta",
    "title": "Andel utan skov",
    "measure": "procent",
    "direction": "Minst",
    "goal_milli": "72,5",
    "source": "Registret",
    "reported_by": "Varje enhet",
    "reported_when": "Efter 6 månader",
}
#: A report as it is typed, without what is voluntary.
TYPED = {"record-patients_started": "40", "record-patients_continuing": "30", "record-patients_stopped": "10"}
#: Counts that occur nowhere else on a page.
SECRET: dict[str, Any] = {
    "patients_started": 4, "patients_continuing": 3, "patients_stopped": 1, "cost_ore": 731_337_00,
    "by_sex": {"women": 3, "men": 1}, "obstacles": "Lång väg till provtagningen",
}  # fmt: skip


@pytest.fixture
def case(site: Site) -> Subject:
    """An introduction that is followed up, with a plan."""
    with site.changing() as world:
        return introduced(world)


@pytest.fixture
def bare(site: Site) -> Subject:
    """An introduction without a plan."""
    with site.changing() as world:
        return introduced(world, planned=False)


def told(site: Site, case: Subject, unit: str = "lung", **values: Any) -> None:
    with site.changing() as world:
        report(world, case, unit, **values)


def count(site: Site, table: type[Any]) -> int:
    with site.looking() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def address(case: Subject, rest: str = "") -> str:
    return f"/cases/{case.number}/follow-up{rest}"


# ------------------------------------------------------------------------------------- the plan


def test_an_empty_plan_says_what_is_lacking_and_where_to_begin(site: Site, bare: Subject) -> None:
    page = site.signed_in(Role.DRAFTING_GROUP).open(address(bare, "/plan"))
    assert page.heading == "Uppföljningsplan"
    assert "Planen är tom. Pengar släpps först" in page.text
    for dimension in ("equal_introduction", "clinical_benefit", "cost_effectiveness"):
        assert "Mål saknas." in page.part(dimension)
        assert page.leads_to(address(bare, f"/plan/new?dimension={dimension}"))


def test_a_goal_is_added_and_ended_on_the_pages(site: Site, bare: Subject) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    form = visitor.open(address(bare, "/plan/new")).own_form()
    page = visitor.send(form, **GOAL)
    assert (page.path, page.flashed) == (address(bare, "/plan"), "Målet är tillagt: Andel utan skov.")
    assert "minst 72,5 procent" in page.part("clinical_benefit")
    assert "Planen saknar mål för jämlikt införande och kostnadseffektivitet." in page.text
    assert "Mål lades till i uppföljningsplanen: Andel utan skov, minst 72,5 procent" in visitor.open(
        f"/cases/{bare.number}"
    ).part("history")
    with site.looking() as session:
        row_id = session.scalar(select(Indicator.id))
    visitor.send(form, **GOAL)
    assert count(site, Indicator) == 1, "pressing twice adds once"
    ending = visitor.open(address(bare, f"/plan/{row_id}")).own_form()
    refused = visitor.send(ending, note=" ")
    assert refused.fault_at("note")
    ended = visitor.send(refused.own_form(), note="Mäts inte längre")
    assert "Andel utan skov" in ended.part("ended")
    assert "Mål avslutades" in visitor.open(f"/cases/{bare.number}").part("history")


def test_every_fault_of_a_goal_stands_at_its_field_and_what_was_typed_is_kept(site: Site, bare: Subject) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    form = visitor.open(address(bare, "/plan/new")).own_form()
    page = visitor.send(form, **{**GOAL, "goal_milli": "många", "source": ""})
    assert page.status == 422
    assert "till exempel 12,5" in page.fault_at("goal_milli")
    assert page.fault_at("source")
    again = page.own_form()
    assert (again.fields["goal_milli"], again.fields["title"]) == ("många", "Andel utan skov")
    assert count(site, Indicator) == 0


def test_who_may_not_plan_is_offered_nothing(site: Site, case: Subject) -> None:
    for role in (Role.READER, Role.ECONOMIST, Role.HEAD_OF_UNIT):
        visitor = site.signed_in(role)
        page = visitor.open(address(case, "/plan"))
        assert "Lägg till ett mål" not in page.text, role
        assert visitor.get(address(case, "/plan/new")).status == 403
    assert site.signed_in(Role.COORDINATOR).get(address(case, "/plan/999")).status == 404


# ------------------------------------------------------------------------------------- the report


def task(site: Site, case: Subject, unit: str = "lung") -> str:
    with site.changing() as world:
        return f"/tasks/{task_of(world, case, unit).id}"


def test_the_form_is_guided_and_a_head_of_unit_reports(site: Site, case: Subject) -> None:
    visitor = site.signed_in(Role.HEAD_OF_UNIT)
    page = visitor.open(task(site, case))
    headings = [heading.get_text() for heading in page.soup.select("form h2")]
    assert headings == [
        "Perioden", "Patienterna", "Kriterier och register", "Nyttan mot målen", "Kostnaden", "Jämlikheten", "Hindren",
    ]  # fmt: skip
    assert "Rapporten är sen. Den skulle ha kommit 1 oktober" in page.text
    assert "Det är enhetens första rapport." in page.text
    form = page.own_form()
    assert [form.fields[f"record-period_end-{part}"] for part in ("day", "month", "year")] == ["31", "8", "2026"]
    measured = next(name for name in form.fields if name.startswith("record-indicators-"))
    done = visitor.send(form, **TYPED, **{measured: "72,5", "record-by_area-goteborg": "40"})
    assert done.flashed.startswith("Uppgiften är klar")
    summary = visitor.open(address(case))
    assert "72,5 procent" in summary.part("goals")
    assert "Göteborg" in summary.part("areas")


def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(site: Site, case: Subject) -> None:
    visitor = site.signed_in(Role.HEAD_OF_UNIT)
    form = visitor.open(task(site, case)).own_form()
    page = visitor.send(
        form,
        **{**TYPED, "record-patients_continuing": "41", "record-by_sex-women": "50", "record-registry_covered": "45"},
        **{"record-obstacles": "Brist på tider"},
    )
    assert page.status == 422
    assert "41 fortsätter men bara 40 har börjat" in page.fault_at("record-patients_continuing")
    assert "45 är införda i registret" in page.fault_at("record-registry_covered")
    assert any("Antalen efter kön är tillsammans 50" in fault for fault in page.faults)
    again = page.own_form()
    kept = ("record-patients_continuing", "record-by_sex-women", "record-registry_covered", "record-obstacles")
    assert [again.fields[name] for name in kept] == ["41", "50", "45", "Brist på tider"]
    assert count(site, FollowUpReport) == 0
    unreadable = visitor.send(again, **{"record-by_sex-women": "några"})
    assert any("Kvinnor: Skriv antalet" in fault for fault in unreadable.faults)


def test_without_goals_the_form_asks_for_none(site: Site, bare: Subject) -> None:
    with site.changing() as world:
        facts = {"goals": "Ett mål i ord"}
        cases.change_facts(world.desk(Role.COORDINATOR), bare.instance.id, facts, note="Så att datumen räknas fram")
    page = site.signed_in(Role.HEAD_OF_UNIT).open(task(site, bare))
    assert "Vad är utfallet för varje mål?" not in page.text


# ------------------------------------------------------------------------------------- the summary


def test_an_empty_page_says_what_will_come(site: Site, case: Subject) -> None:
    page = site.signed_in(Role.COUNCIL_MEMBER).open(address(case))
    assert page.heading == "Uppföljning"
    assert "Ingen enhet har rapporterat än." in page.text
    assert "Här kommer rådets slutsats" in page.part("conclusion")
    assert "Lungmedicin" in page.part("late")
    assert not page.soup.select("figure.app-chart")


def test_the_units_stand_side_by_side_with_who_is_late(site: Site, case: Subject) -> None:
    with site.changing() as world:
        approve(world, case, start="2026-03", patients=240)
    told(site, case, cost_ore=100_000_000, registry_covered=36, by_area={"goteborg": 30, "northern": 10})
    page = site.signed_in(Role.COUNCIL_MEMBER).open(address(case))
    assert "1 av 2 enheter har rapporterat. 40 patienter har börjat och 30 fortsätter." in page.text
    assert "En enhet är sen med sin rapport." in page.text, "what is told of later is waited for no more"
    assert "Har inte rapporterat" in page.part("units")
    assert "90 %" in page.part("units").replace("\N{NO-BREAK SPACE}", " ")
    assert "Kom 53 dagar sent" in page.part("units")
    assert "över gränsen" in page.part("areas").lower()
    assert page.soup.select("section[aria-labelledby=units] figure.app-chart")
    assert page.soup.select("section[aria-labelledby=areas] figure.app-chart")
    assert "Inte åldersstandardiserat" in page.part("areas")
    assert "1 000" in page.part("cost").replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_takes_as_many_statements_for_many_reports_as_for_one(site: Site, case: Subject) -> None:
    told(site, case)
    visitor = site.signed_in(Role.COORDINATOR)
    visitor.open(address(case))
    with site.counting() as few:
        visitor.open(address(case))
    told(site, case, "neuro")
    told(site, case, "neuro", name="report_month_3", note="Kom efteråt")
    with site.counting() as many:
        visitor.open(address(case))
    assert len(many) == len(few)


def test_who_may_not_see_the_case_sees_no_follow_up(site: Site, case: Subject) -> None:
    visitor = site.signed_in(Role.COORDINATOR, NORRBOTTEN)
    for rest in ("", ".xlsx", "/plan", "/plan.xlsx", "/plan/new", "/conclusion.pdf"):
        assert visitor.get(address(case, rest)).status == 403, rest


# ------------------------------------------------------------------------------------- small counts


def everything(visitor: Visitor, case: Subject, tasks: list[str]) -> list[str]:
    """All that somebody can read of a case's reports: pages, the spreadsheet's cells and the PDF's text."""
    pages = [
        f"/cases/{case.number}",
        address(case),
        address(case, "/plan"),
        f"/cases/{case.number}?history=all",
        *tasks,
    ]
    found = [visitor.open(path).text for path in pages]
    book = load_workbook(io.BytesIO(visitor.client.get(address(case, ".xlsx")).data))
    found += ["|".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row) for sheet in book]
    pdf = PdfReader(io.BytesIO(visitor.client.get(address(case, "/conclusion.pdf")).data))
    return [*found, "\n".join(page.extract_text() for page in pdf.pages)]


@pytest.fixture
def concluded(site: Site, case: Subject) -> Subject:
    """A case with a unit of few and one of many, and a conclusion."""
    told(site, case, **SECRET)
    told(site, case, "neuro", registry_covered=36)
    with site.changing() as world:
        given = {"follow_up_outcome": "adjust", "follow_up_conclusion": "Väntetiden ska kortas."}
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, given, note="Rådets slutsats")
    return case


@pytest.mark.parametrize("who", [Role.READER, "neuro"])
def test_small_counts_stand_nowhere_for_those_who_may_not_see_them(site: Site, concluded: Subject, who: Any) -> None:
    if who == "neuro":
        with site.changing() as world:
            who = world.add_person(Role.HEAD_OF_UNIT, VGR, unit_key="neuro", name="Chef Neuro")
    tasks = [task(site, concluded, "lung"), task(site, concluded, "neuro")]
    for text in everything(site.signed_in(who), concluded, tasks):
        said = text.replace("\N{NO-BREAK SPACE}", " ")
        assert "731 337" not in said and "731337" not in said
    page = site.signed_in(who).open(address(concluded))
    [row] = [row for row in page.soup.select("section[aria-labelledby=units] tbody tr") if "Lung" in row.get_text()]
    assert [cell.get_text(strip=True) for cell in row.select("td")][:2] == ["dolt", "dolt"]
    assert "Antal 1–4 är dolda" in page.text
    assert "Visas i uppföljningen" in site.signed_in(who).open(f"/cases/{concluded.number}").part("follow-up")


@pytest.mark.parametrize("who", [Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.COUNCIL_MEMBER])
def test_the_reporting_unit_and_those_who_handle_the_case_see_them(site: Site, concluded: Subject, who: Role) -> None:
    page = site.signed_in(who).open(address(concluded))
    [row] = [row for row in page.soup.select("section[aria-labelledby=units] tbody tr") if "Lung" in row.get_text()]
    assert [cell.get_text(strip=True) for cell in row.select("td")][:2] == ["4", "3"]
    assert "731" in page.part("cost")


def test_the_history_tells_that_a_report_came_and_no_counts(site: Site, concluded: Subject) -> None:
    history = site.signed_in(Role.READER).open(f"/cases/{concluded.number}").part("history")
    assert "Uppföljningsrapport efter 6 månader, Lungmedicin" in history
    assert "har börjat: 4" not in history


# ------------------------------------------------------------------------------------- the conclusion


def test_the_conclusion_is_written_in_its_task_and_printed(site: Site, case: Subject) -> None:
    told(site, case, registry_covered=36)
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    assert visitor.get(address(case, "/conclusion.pdf")).status == 400, "there is none yet"
    with site.changing() as world:
        written = {"follow_up_outcome": "stop", "follow_up_conclusion": "Nyttan uteblev."}
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, written, note="Rådet")
    page: Page = visitor.open(address(case))
    assert "Avsluta i förtid" in page.part("conclusion")
    assert "PDF:en har siffrorna från den dagen." in page.part("conclusion")
    assert "inte beslutat än" in page.part("conclusion")
    assert page.leads_to(f"/cases/{case.number}/actions/end_early")
    data = visitor.client.get(address(case, "/conclusion.pdf")).data
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages)
    for said in ("Nyttan uteblev.", "Införandet avslutas i förtid.", "Lungmedicin", "En enhet har inte rapporterat"):
        assert said in " ".join(text.split()), said


def test_the_printed_conclusion_stays_the_same_whatever_is_reported_later(site: Site, concluded: Subject) -> None:
    def taken(where: str) -> bytes:
        return site.signed_in(Role.COUNCIL_MEMBER).client.get(where).data

    kept = taken(address(concluded, "/conclusion.pdf"))
    with site.changing() as world:
        world.clock.forward(days=60)
        report(world, concluded, "neuro", name="report_month_3", note="Rättat", patients_started=77)
        approve(world, concluded, start="2026-03", patients=240)
    assert taken(address(concluded, "/conclusion.pdf")) == kept
    with site.changing() as world:
        given = {"follow_up_outcome": "continue"}
        cases.change_facts(world.desk(Role.COORDINATOR), concluded.instance.id, given, note="Rådet ändrar sig")
    page = site.signed_in(Role.COUNCIL_MEMBER).open(address(concluded))
    assert "Fortsätt som hittills" in page.part("conclusion") and "Tidigare slutsatser" in page.part("conclusion")
    assert taken(address(concluded, "/conclusion.pdf")) != kept
    [earlier] = page.soup.select("section[aria-labelledby=conclusion] ol a")
    assert taken(str(earlier["href"])) == kept
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(str(earlier["href"])).status == 403


def test_why_they_stopped_is_no_matter_of_equality(site: Site, case: Subject) -> None:
    told(site, case, stopped_why={"no_benefit": 5, "other": 5}, by_sex={"women": 20, "men": 20})
    page = site.signed_in(Role.COORDINATOR).open(address(case))
    assert "Varför de slutade" not in page.part("equality") and "Kön" in page.part("equality")
    assert "Annat skäl" in page.part("stopped") and "50 %" in page.part("stopped").replace("\N{NO-BREAK SPACE}", " ")
    book = load_workbook(io.BytesIO(site.signed_in(Role.COORDINATOR).client.get(address(case, ".xlsx")).data))
    assert {row[0] for row in book["Varför de slutade"].iter_rows(min_col=2, max_col=2, values_only=True)} >= {
        "Otillräcklig nytta", "Annat skäl",
    }  # fmt: skip


def test_where_nobody_has_stopped_no_reason_is_told(site: Site, case: Subject) -> None:
    none = {"patients_continuing": 40, "patients_stopped": 0, "stopped_why": {"no_benefit": 0, "other": 0}}
    told(site, case, **none)
    assert not site.signed_in(Role.COORDINATOR).open(address(case)).soup.select("section[aria-labelledby=stopped]")


def test_the_tables_are_taken_home(site: Site, concluded: Subject) -> None:
    data = site.signed_in(Role.COORDINATOR).client.get(address(concluded, ".xlsx")).data
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Enheter", "Mål", "Vilka patienterna är", "Väntas", "Rapporter"]
    rows = [row for row in book["Enheter"].iter_rows(values_only=True) if row[0] == "Lungmedicin"]
    assert rows[0][2:5] == (4, 3, 1)
    plan = load_workbook(io.BytesIO(site.signed_in(Role.READER).client.get(address(concluded, "/plan.xlsx")).data))
    assert plan.sheetnames == ["Uppföljningsplan"]
