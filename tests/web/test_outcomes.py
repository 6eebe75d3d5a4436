"""The pages of outcomes: the answer first, charts with their tables, a form that keeps what was typed, a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from introduction.domain.calendar import add_months
from introduction.domain.outcome import Given
from introduction.domain.roles import Role
from introduction.services import cases, outcome_entry, outcomes
from introduction.store import case as case_store
from introduction.store.outcome import OutcomeImport, OutcomeMonth
from tests.analyses import add_approved, plain_model
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.world import NORRBOTTEN, VGR

OCTOBER = date(2026, 10, 1)
HEADING = "arende;enhet;manad;patienter;mangd;kostnad_kr;kalla"
TYPED = {
    "month": "2026-09",
    "unit": "Lungmedicin",
    "patients": "12",
    "quantity": "12,5",
    "cost": "120 000",
    "source": "X",
}


@pytest.fixture
def treated(site: Site, case: str) -> str:
    """The case, treated at both clinics, with a forecast from January 2025 on that was approved before that."""
    with site.changing() as world:
        row = case_store.by_number(world.session, case)
        treating = tuple(world.units[VGR][key].id for key in ("lung", "neuro"))
        cases.change_facts(world.desk(Role.COORDINATOR), row.id, {"treating_units": treating}, note="Utsedda")
        add_approved(world.session, row.id, world.clock.now - timedelta(days=800), plain_model(start="2025-01"))
    return case


def report(site: Site, number: str, first: date, *times: float, key: str = "lung", patients: int = 30) -> None:
    """Outcomes month by month, so many times what the forecast has."""
    with site.changing() as world:
        desk = world.desk(Role.ECONOMIST)
        found = outcomes.view(desk, number)
        for at, factor in enumerate(times):
            month = add_months(first, at)
            planned = next(line.planned for line in found.lines if line.month == month.year * 12 + month.month - 1)
            assert planned is not None
            one = Given(month, patients, patients * 1000, round(planned.cost * factor), "Statistik")
            outcome_entry.record(desk, found.case.id, world.units[VGR][key].id, one, confirmed=True)


def count(site: Site, table: type[Any] = OutcomeMonth) -> int:
    with site.looking() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# ------------------------------------------------------------------------------------- the page


def test_an_empty_page_says_what_will_come_there(site: Site, case: str) -> None:
    page = site.signed_in(Role.ECONOMIST).open(f"/cases/{case}/outcome")
    assert page.heading == "Utfall mot prognos"
    assert "Inget utfall är inlagt än." in page.text
    assert "Här kommer utfallet månad för månad" in page.part("months")
    assert not page.soup.select("figure.app-chart")


def test_outcome_without_a_forecast_is_told_without_comparison(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    visitor.send(visitor.open(f"/cases/{case}/outcome/new").own_form(), **TYPED)
    page = visitor.open(f"/cases/{case}/outcome")
    assert "Utfallet hittills är 120 tkr. Det finns ingen godkänd beräkning att jämföra med." in page.text
    assert not page.soup.select("figure.app-chart")


def test_plan_and_outcome_stand_beside_each_other(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 8, 1), 1.1, 1.1, 1.1)
    page = site.signed_in(Role.ECONOMIST).open(f"/cases/{treated}/outcome")
    assert "På 3 jämförda månader" in page.text
    assert "(+10 %)" in page.text
    assert "Prognos: Beräkning 1, godkänd" in page.text
    assert "September 2026" in page.part("months")
    assert "3 jämförda månader" in page.part("months")
    assert "inom spannet" in page.part("months")
    charts = page.soup.select("figure.app-chart")
    assert len(charts) == 3
    assert all("style" not in str(chart) for chart in charts), "the pages' policy lets none through"
    assert all(chart.svg is not None and chart.svg["aria-label"] for chart in charts)


def test_the_parts_of_the_difference_add_up_on_the_page(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 8, 1), 1.1, 1.1, 1.1)
    page = site.signed_in(Role.ECONOMIST).open(f"/cases/{treated}/outcome")
    rows = page.soup.select("section[aria-labelledby='parts'] tr")
    amounts = {row.th.get_text(): row.td.get_text() for row in rows if row.th and row.td}
    assert list(amounts) == ["Prognos", "Volym", "Pris", "Mix", "Utfall"]
    plan, *parts, outcome = (int(text.replace("\u2212", "-").replace("\u00a0", "")) for text in amounts.values())
    assert abs(plan + sum(parts) - outcome) <= 2, "each is rounded to whole tkr"
    assert "förklarar mest" in page.part("parts") or "betyder mest" in page.part("parts")


def test_two_months_outside_are_marked_in_words(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 7, 1), 1, 1, 5, 5)
    page = site.signed_in(Role.ECONOMIST).open(f"/cases/{treated}/outcome")
    assert "Utfallet har legat över prognosens spann 2 månader i rad, september och oktober 2026." in page.text
    assert page.part("months").count("över spannet") == 2
    assert "Utanför två månader i rad" in str(page.soup.select_one("figure.app-chart"))


def test_units_that_have_not_reported_are_named(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 9, 1), 1, 1)
    report(site, treated, date(2026, 9, 1), 0.5, key="neuro")
    page = site.signed_in(Role.ECONOMIST).open(f"/cases/{treated}/outcome")
    assert "Oktober 2026 är inte rapporterad av: Neurologi." in page.part("units")
    assert "Saknar Neurologi" in page.part("months")
    assert "På en jämförd månad" in page.text


def test_where_nothing_can_be_compared_the_page_says_why(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/cases/{treated}/outcome/new").own_form()
    visitor.send(form, **{**TYPED, "month": "2024-03"})
    page = visitor.open(f"/cases/{treated}/outcome")
    assert "Utfallet ligger utanför den tid som prognosen gäller." in page.text
    assert "utanför prognosens tid" in page.part("months")
    report(site, treated, date(2026, 9, 1), 1)
    report(site, treated, date(2026, 10, 1), 1, key="neuro")
    few = site.signed_in(Role.READER).open(f"/cases/{treated}/outcome")
    assert "jämförd månad" in few.text


def test_another_forecast_is_chosen_in_the_address(site: Site, treated: str) -> None:
    with site.changing() as world:
        row = case_store.by_number(world.session, treated)
        add_approved(world.session, row.id, world.clock.now, plain_model(start="2025-01", monthly_kr=20_000))
    report(site, treated, OCTOBER, 1)
    visitor = site.signed_in(Role.ECONOMIST)
    page = visitor.open(f"/cases/{treated}/outcome")
    assert "(0 %)" in page.text
    assert page.leads_to(f"/cases/{treated}/outcome?analysis=1")
    older = visitor.open(f"/cases/{treated}/outcome?analysis=1")
    assert "(+100 %)" in older.text
    assert "Den är ersatt." in older.text
    assert visitor.get(f"/cases/{treated}/outcome?analysis=7").status == 404
    assert visitor.get(f"/cases/{treated}/outcome?analysis=x").status == 404


def test_the_page_takes_as_many_statements_for_many_months_as_for_one(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 9, 1), 1)
    visitor = site.signed_in(Role.ECONOMIST)
    with site.counting() as few:
        visitor.open(f"/cases/{treated}/outcome")
    report(site, treated, date(2025, 1, 1), *[1] * 20)
    with site.counting() as many:
        visitor.open(f"/cases/{treated}/outcome")
    assert len(many) == len(few)


def test_who_may_not_see_the_case_sees_no_outcome(site: Site, treated: str) -> None:
    for path in ("outcome", "outcome.xlsx", "outcome.csv", "outcome/new"):
        assert site.signed_in(Role.ECONOMIST, NORRBOTTEN).get(f"/cases/{treated}/{path}").status == 403, path


# ------------------------------------------------------------------------------------- taken home


def sheet(visitor: Visitor, path: str) -> dict[str, list[tuple[Any, ...]]]:
    response = visitor.client.get(path)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(response.data))
    return {name: [tuple(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}


def test_the_tables_are_taken_home(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 9, 1), 1, 1)
    found = sheet(site.signed_in(Role.ECONOMIST), f"/cases/{treated}/outcome.xlsx")
    assert list(found) == ["Per månad", "Per enhet"]
    last = found["Per månad"][-1]
    assert (last[0], last[7], last[8]) == ("Oktober 2026", 30, "inom spannet")
    assert last[4] == pytest.approx(last[1])
    assert [row[0] for row in found["Per enhet"][-2:]] == ["Lungmedicin"] * 2
    assert found["Per enhet"][-1][4] == pytest.approx(last[4])


def test_a_reader_takes_home_no_count_of_one_to_four(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 9, 1), 1, 1, patients=3)
    report(site, treated, OCTOBER, 1, key="neuro", patients=40)
    reader, staff = site.signed_in(Role.READER), site.signed_in(Role.ECONOMIST)
    found, whole = (sheet(who, f"/cases/{treated}/outcome.xlsx") for who in (reader, staff))
    assert [row[2:5] for row in found["Per enhet"][-3:]] == [("dolt", "dolt", "dolt")] * 3
    assert [row[2] for row in whole["Per enhet"][-3:]] == [3, 3, 40]
    months = {row[0]: row for row in found["Per månad"]}
    assert (months["September 2026"][4], months["September 2026"][7]) == ("dolt", "dolt"), "one unit alone"
    assert months["Oktober 2026"][7] == 43
    csv = reader.client.get(f"/cases/{treated}/outcome.csv").get_data(as_text=True)
    assert csv.count(";;;Statistik") == 3
    page = reader.open(f"/cases/{treated}/outcome")
    assert "Antal 1–4 är dolda" in page.text
    assert not page.leads_to(f"/cases/{treated}/outcome/new")


def test_what_is_taken_home_as_csv_says_nothing_new_when_it_comes_back(site: Site, treated: str) -> None:
    report(site, treated, date(2026, 9, 1), 1, 1)
    visitor = site.signed_in(Role.ECONOMIST)
    data = visitor.client.get(f"/cases/{treated}/outcome.csv").data
    page = send(visitor, data)
    assert "0 nya rader, 0 som ersätter äldre, 2 oförändrade" in page.text
    assert "Allt i filen står redan." in page.text


# ------------------------------------------------------------------------------------- typed in


def test_a_units_month_is_typed_in(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    page = visitor.send(visitor.open(f"/cases/{treated}/outcome/new").own_form(), **TYPED)
    assert (page.path, page.flashed) == (f"/cases/{treated}/outcome", "Utfallet för september 2026 är sparat.")
    with site.looking() as session:
        [row] = session.scalars(select(OutcomeMonth))
        assert (row.month, row.patients, row.quantity_milli, row.cost_ore) == (date(2026, 9, 1), 12, 12_500, 12_000_000)
    history = visitor.open(f"/cases/{treated}").part("history")
    assert "Utfall lades in: Lungmedicin, september 2026" in history


def test_pressing_twice_saves_once(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/cases/{treated}/outcome/new").own_form()
    visitor.send(form, **TYPED)
    assert visitor.send(form, **TYPED).path == f"/cases/{treated}/outcome"
    assert count(site) == 1


def test_every_fault_stands_at_its_field_and_what_was_typed_is_kept(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/cases/{treated}/outcome/new").own_form()
    bad = {**TYPED, "month": "höst", "patients": "-2", "quantity": "mycket", "cost": "dyrt", "source": ""}
    page = visitor.send(form, **bad)
    assert page.status == 422
    for name in ("month", "patients", "quantity", "cost", "source"):
        assert page.fault_at(name), name
    again = page.own_form()
    assert {name: again.fields[name] for name in ("month", "patients", "quantity", "cost")} == {
        name: bad[name] for name in ("month", "patients", "quantity", "cost")
    }
    assert "2026-09" in page.fault_at("month"), "an example"
    future = visitor.send(again, **{**TYPED, "month": "2026-11"})
    assert "inte slut än" in future.fault_at("month")
    empty = visitor.send(future.own_form(), **{**TYPED, "patients": "", "unit": ""})
    assert empty.fault_at("patients")
    assert empty.fault_at("unit")
    assert count(site) == 0


def test_what_is_odd_is_confirmed_with_a_tick(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open(f"/cases/{treated}/outcome/new").own_form()
    assert not form.has("confirm")
    page = visitor.send(form, **{**TYPED, "cost": "9 000 000 000"})
    assert "hundra gånger" in page.fault_at("cost")
    assert page.own_form().fields["cost"] == "9 000 000 000"
    done = visitor.send(page.own_form(), confirm="y")
    assert done.flashed.startswith("Utfallet för september")


def test_a_unit_types_for_itself_alone(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.HEAD_OF_UNIT)
    page = visitor.open(f"/cases/{treated}/outcome/new")
    assert [option.get_text() for option in page.soup.select("select[name='unit'] option")] == ["Välj", "Lungmedicin"]
    form = page.own_form()
    assert visitor.send(form, **TYPED).flashed
    form.fields["unit"] = str(site.world.units[VGR]["neuro"].id)
    form.fields["request_key"] = "another-key-than-before"
    assert visitor.post(form.action, form.fields).status == 403
    assert count(site) == 1
    assert visitor.get("/outcomes/import").status == 403


def test_a_drafting_group_and_a_reader_type_nothing(site: Site, treated: str) -> None:
    for role in (Role.DRAFTING_GROUP, Role.READER, Role.AUDITOR):
        visitor = site.signed_in(role)
        assert visitor.get(f"/cases/{treated}/outcome/new").status == 403
        assert not visitor.open(f"/cases/{treated}/outcome").leads_to(f"/cases/{treated}/outcome/new")


# ------------------------------------------------------------------------------------- a file


def send(visitor: Visitor, data: bytes, name: str = "utfall.csv") -> Page:
    """Send a file to be looked at."""
    form = visitor.open("/outcomes/import").own_form()
    fields: dict[str, Any] = {**form.fields, "file": (io.BytesIO(data), name)}
    response = visitor.client.post(form.action, data=fields, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()  # what the test's own browser sent
    return Page(response)


@pytest.fixture
def file_of(treated: str) -> Callable[..., bytes]:
    """Makes a file: rows without the case's number."""

    def make(*rows: str) -> bytes:
        return "\r\n".join([HEADING, *(f"{treated};{row}" for row in rows)]).encode("cp1252")

    return make


def test_a_file_is_looked_at_and_then_taken_in(site: Site, treated: str, file_of: Callable[..., bytes]) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    data = file_of("Lungmedicin;2026-09;12;12;120 000;Källa å", "Neurologi;2026-09;6;6;60 000,50;Källa å")
    page = send(visitor, data)
    assert (page.status, page.heading) == (200, "Granska filen")
    assert "2 nya rader, 0 som ersätter äldre, 0 oförändrade. Ingenting är sparat än." in page.text
    assert treated in page.part("cases")
    assert count(site) == 0
    done = visitor.send(page.own_form())
    assert done.flashed == "Filen är inläst. 2 nya rader. 0 ersatte äldre."
    assert "utfall.csv" in done.part("files")
    assert count(site) == 2
    again = visitor.send(page.own_form())
    assert again.path == "/outcomes/import"
    assert count(site) == 2, "pressing twice takes it in once"
    refused = send(visitor, data)
    assert refused.status == 422
    assert any("redan inläst måndag 23 november, med 2 rader" in fault for fault in refused.faults)
    assert "Utfall lästes in från utfall.csv: 2 nya rader, 0 ersatta" in visitor.open(f"/cases/{treated}").part(
        "history"
    )


def test_rows_that_differ_replace_and_those_that_do_not_are_left(
    site: Site, treated: str, file_of: Callable[..., bytes]
) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    visitor.send(
        send(visitor, file_of("Lungmedicin;2026-09;12;12;120 000;K", "Neurologi;2026-09;6;6;60 000;K")).own_form()
    )
    page = send(visitor, file_of("Lungmedicin;2026-09;13;12;120 000;K", "Neurologi;2026-09;6;6;60 000;K"))
    assert "0 nya rader, en som ersätter en äldre, en oförändrad" in page.text
    visitor.send(page.own_form())
    with site.looking() as session:
        standing = select(OutcomeMonth.patients).where(OutcomeMonth.replaced_at.is_(None))
        assert sorted(session.scalars(standing)) == [6, 13]
    assert count(site) == 3


def test_every_fault_of_a_file_is_listed_and_nothing_is_taken(
    site: Site, treated: str, file_of: Callable[..., bytes]
) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    data = file_of(
        "Lungmedicin;2026-09;12;12;120 000;K",
        "Okänd enhet;2026-09;12;12;120 000;K",
        "Neurologi;2026-11;12;12;120 000;K",
        "Neurologi;2026-09;-1;12;ettusen;K",
    )
    page = send(visitor, data)
    assert page.status == 422
    assert "Filen har 4 fel. Inget är inläst" in page.text
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.soup.select("main tbody tr")[:4]]
    assert [row[:2] for row in rows] == [
        ["Rad 3", "enhet"], ["Rad 4", "manad"], ["Rad 5", "patienter"], ["Rad 5", "kostnad_kr"],
    ]  # fmt: skip
    assert "Skriv enhetens namn eller kostnadsställe" in rows[0][2]
    assert "till exempel 3 100 000" in rows[3][2]
    assert count(site) == 0


def test_what_is_odd_in_a_file_is_confirmed(site: Site, treated: str, file_of: Callable[..., bytes]) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    page = send(visitor, file_of("Lungmedicin;2026-09;12;12;9 000 000 000;K"))
    assert "Rad 2" in page.part("doubts")
    refused = visitor.send(page.own_form())
    assert refused.status == 422
    assert count(site) == 0
    visitor.send(page.own_form(), confirm="1")
    assert count(site) == 1


def test_what_no_form_has_offered_is_refused(site: Site, treated: str, file_of: Callable[..., bytes]) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = send(visitor, file_of("Lungmedicin;2026-09;12;12;120 000;K")).own_form()
    for kept in ("", "AAAA", "inte base64", "eJw="):
        page = visitor.post("/outcomes/import", {**form.fields, "kept": kept, "request_key": ""})
        assert page.status == 422, kept
        assert page.faults == ["Filen kom inte fram hel. Välj den igen"]
    foreign = {**form.fields, "region": str(site.world.regions[NORRBOTTEN]), "request_key": ""}
    assert visitor.post("/outcomes/import", foreign).status in (400, 403, 422)
    assert count(site) == count(site, OutcomeImport) == 0


def test_no_file_a_large_file_and_another_kind_of_file(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    form = visitor.open("/outcomes/import").own_form()
    nothing = visitor.post(form.action, form.fields)
    assert nothing.status == 422
    assert "Välj en fil" in nothing.faults
    large = send(visitor, HEADING.encode() + b"\n" + b"x" * (1024 * 1024 + 10))
    assert large.status == 422
    assert "större än 1 MB" in large.text
    assert "Spara den som" in send(visitor, b"PK\x03\x04\x00", "utfall.xlsx").text


def test_a_file_of_many_rows_is_carried_whole_to_the_next_step(site: Site, treated: str) -> None:
    rows = [
        f"{treated};Lungmedicin;{year}-{month:02};{10 + month};{month},5;{year * month};Statistik nummer {month}"
        for year in range(1995, 2026)
        for month in range(1, 13)
    ]
    visitor = site.signed_in(Role.ECONOMIST)
    page = send(visitor, "\n".join([HEADING, *rows]).encode())
    assert "372 nya rader" in page.text
    assert visitor.send(page.own_form()).flashed.startswith("Filen är inläst. 372 nya rader.")
    assert count(site) == 372


# ------------------------------------------------------------------------------------- how forecasts came true


def test_forecasts_are_listed_with_what_they_came_to(site: Site, treated: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    assert "Inget prognosår har gått till ända" in visitor.open("/forecasts").text
    report(site, treated, date(2025, 1, 1), *[1.05] * 12)
    page = visitor.open("/forecasts")
    assert "Ett prognosår har fått sitt utfall. Ett låg inom spannet. Det är för få för att bedöma" in page.text
    assert "2025" in page.part(f"region-{site.world.regions[VGR]}")
    assert "105 %" in page.part(f"region-{site.world.regions[VGR]}")
    assert page.leads_to(f"/cases/{treated}/outcome?analysis=1")
    [(name, rows)] = sheet(visitor, "/forecasts.xlsx").items()
    assert name == "Västra Götalandsregionen"
    assert rows[-1][0] == treated
    assert rows[-1][10] == pytest.approx(1.05, abs=0.001)
    assert rows[-1][11] == "ja"


def test_the_forecasts_of_a_region_are_its_own(site: Site, treated: str) -> None:
    report(site, treated, date(2025, 1, 1), *[1.05] * 12)
    other = site.signed_in(Role.ECONOMIST, NORRBOTTEN).open("/forecasts")
    assert treated not in other.text
    for role in (Role.READER, Role.HEAD_OF_UNIT):
        visitor = site.signed_in(role)
        assert visitor.get("/forecasts").status == 403
        assert not visitor.open(f"/cases/{treated}/outcome").leads_to("/forecasts")
