"""What is taken home of an analysis: page, PDF and spreadsheet tell the same, and whoever may not gets none."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from introduction.domain.budget.answers import Answer
from introduction.domain.roles import Role
from introduction.services import analyses
from introduction.store import case as case_store
from tests.analyses import add_approved, plain_model
from tests.documents.analysis_files import Pdf, cells
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor, words_of
from tests.world import NORRBOTTEN

EXACT = "Beloppen i kronor och öre"


@pytest.fixture
def address(site: Site, case: str) -> str:
    """The address of an approved analysis, without what it is taken home as."""
    with site.changing() as world:
        row = case_store.by_number(world.session, case)
        add_approved(world.session, row.id, world.clock.now, plain_model(monthly_kr=12_345.67))
    return f"/cases/{case}/budget/1"


def started(site: Site, number: str, **typed: str) -> str:
    """The address of a draft in which something is typed."""
    with site.changing() as world:
        desk = world.desk(Role.NOMINATOR)
        row = analyses.start(desk, case_store.by_number(world.session, number).id, "tablets")
        analyses.answer(desk, row.id, {key: Answer(value) for key, value in typed.items()})
        return f"/cases/{number}/budget/{row.number}"


def taken(visitor: Visitor, address: str) -> bytes:
    """The bytes of a file."""
    answer = visitor.client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    return answer.data


def ore(text: str) -> int:
    """An amount as it is written, in Swedish or English, as whole öre."""
    digits = re.sub(r"[^\d]", "", text)
    return -int(digits) if text.startswith("\u2212") else int(digits)


def on_page(soup: BeautifulSoup) -> dict[str, list[int]]:
    """The page's exact table, in öre by label."""
    table = next(one for one in soup.select("table") if one.caption is not None and words_of(one.caption) == EXACT)
    return {words_of(row.th): [ore(words_of(cell)) for cell in row.select("td")] for row in table.select("tbody tr")}


def in_pdf(content: bytes) -> list[list[int]]:
    """The rows of the PDF's exact table, in öre."""
    return [[ore(amount) for amount in row] for row in Pdf.of(content).amounts()]


def in_sheet(content: bytes) -> dict[str, list[int]]:
    """The amounts of the spreadsheet's first table of cost, in öre by label."""
    rows = cells(content)["Kostnad per år"]
    return {row[0]: [round(value * 100) for value in row[1:]] for row in reversed(rows) if _numbers(row)}


def _numbers(row: list[object]) -> bool:
    return len(row) > 1 and all(isinstance(value, int | float) for value in row[1:])


def test_page_report_and_spreadsheet_tell_the_same_to_the_ore(site: Site, address: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    page = on_page(visitor.open(address).soup)
    assert {"Ny behandling", "Ersatt behandling", "Merkostnad"} <= set(page)
    assert any(amount % 100 for row in page.values() for amount in row), "öre are told"
    assert in_pdf(taken(visitor, f"{address}.pdf")) == list(page.values())
    sheet = in_sheet(taken(visitor, f"{address}.xlsx"))
    assert {label: sheet[label] for label in page} == page


def test_the_page_leads_to_both(site: Site, address: str) -> None:
    page = site.signed_in(Role.ECONOMIST).open(address)
    assert page.leads_to(f"{address}.pdf")
    assert page.leads_to(f"{address}.xlsx")


@pytest.mark.parametrize(
    ("kind", "mime", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-1.7"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_a_file_has_a_name_and_a_kind(site: Site, address: str, case: str, kind: str, mime: str, begins: bytes) -> None:
    answer = site.signed_in(Role.READER).client.get(f"{address}.{kind}")
    assert answer.mimetype == mime
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{case}-berakning-1.{kind}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(begins)


def test_they_come_in_the_readers_language(site: Site, address: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    swedish = Pdf.of(taken(visitor, f"{address}.pdf"))
    token = visitor.token()
    visitor.client.post("/language", data={"language": "en", "csrf_token": token, "next": "/"})
    english = Pdf.of(taken(visitor, f"{address}.pdf"))
    assert (swedish.root["/Lang"], english.root["/Lang"]) == ("sv", "en")
    assert [[ore(one) for one in row] for row in english.amounts()] == [
        [ore(one) for one in row] for row in swedish.amounts()
    ]
    assert english.amounts() != swedish.amounts(), "figures are written as English has them"


def test_who_may_not_see_the_case_gets_no_file(site: Site, address: str) -> None:
    stranger, elsewhere = site.stranger(), site.signed_in(Role.ECONOMIST, NORRBOTTEN)
    for kind in ("pdf", "xlsx"):
        assert elsewhere.client.get(f"{address}.{kind}").status_code == 403
        answer = stranger.client.get(f"{address}.{kind}")
        assert answer.status_code in (302, 303)
        assert "/sign-in" in answer.headers["Location"]


def test_there_is_no_file_of_an_analysis_that_is_not_there(site: Site, address: str, case: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    for kind in ("pdf", "xlsx"):
        assert visitor.client.get(f"/cases/{case}/budget/7.{kind}").status_code == 404


def test_a_draft_that_lacks_something_says_what(site: Site, case: str) -> None:
    address = started(site, case, uptake="sextiofem")
    visitor = site.signed_in(Role.NOMINATOR)
    for kind in ("pdf", "xlsx"):
        page = visitor.get(f"{address}.{kind}")
        assert page.status == 400
        said = page.part("why")
        assert "Får behandlingen när den är införd: Skriv ett tal, till exempel 65 %" in said
        assert "Kostnad per patient och månad" in said


def test_a_draft_that_can_be_computed_is_taken_home_as_a_draft(site: Site, case: str) -> None:
    address = started(
        site, case, incidence="10", first_patient="januari 2027", uptake="50", price_month="4 000", curve="step"
    )
    visitor = site.signed_in(Role.NOMINATOR)
    page = on_page(visitor.open(address).soup)
    report = taken(visitor, f"{address}.pdf")
    assert all("Utkast" in text for text in Pdf.of(report).pages)
    assert in_pdf(report) == list(page.values())
    assert all(rows[3][0] == "Utkast" for rows in cells(taken(visitor, f"{address}.xlsx")).values())
