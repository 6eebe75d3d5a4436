"""The portfolio's pages as people meet them: the answer first, the filter in the address, forms and spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl
import pytest

from introduction.documents import spreadsheet
from introduction.domain.roles import Role
from introduction.services import savings
from introduction.store.saving import Saving, SavingYear
from introduction.store.submission import Submission
from tests.journeys.site import Site
from tests.journeys.visitor import Form, Visitor
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, VGR

NBSP = "\u00a0"


@pytest.fixture
def filled(site: Site) -> Site:
    """A region with a decided case, one in a round and one without an analysis; and a fund."""
    with site.changing() as world:
        hospital = str(world.units[VGR]["hospital"].id)
        first = put_case(world, "Ettumab", "follow_up", outcome="approved", treating=("lung",))
        approve(world, first, split={hospital: 1.0}, financed={"first": "2027-01", "last": "2027-12"})
        approve(world, put_case(world, "Tvåumab", round_cut_off=date(2027, 3, 15)))
        put_case(world, "Treumab", round_cut_off=date(2027, 3, 15), extra_cost_year1_ore=500_000_000)
        put_case(world, "Utanumab", "national_recommendation")
        world.fund(2027, 90_000_000)
    return site


def sheets(visitor: Visitor, path: str) -> dict[str, list[list[Any]]]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200 and answer.mimetype == spreadsheet.MIME
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}


def filled_in(form: Form, values: Mapping[str, str]) -> Form:
    """The form with some values put in."""
    for name, value in values.items():
        form.fields[name] = value
    return form


def test_an_empty_region_says_what_will_come(site: Site) -> None:
    page = site.visitor(Role.ECONOMIST).open("/portfolio")
    assert page.heading == "Portföljen"
    assert "Här kommer vad regionens nya läkemedel kostar" in page.text
    assert page.leads_to("/portfolio/savings") or "Besparingar" in page.text


def test_the_page_says_the_answer_first(filled: Site) -> None:
    page = filled.visitor(Role.ECONOMIST).open("/portfolio")
    assert "Läkemedlen i portföljen kostar troligen" in page.text
    assert "ramen är 90,0" in page.text
    assert page.soup.select(".app-chart svg[role=img]")
    cases = page.part("cases")
    assert "Beräkning 1" in cases and "Nomineringen, utan godkänd beräkning" in cases
    assert "Ett ärende räknas med nomineringens belopp" in cases
    assert "Utan belopp (1)" in cases
    assert "Färre än fem avgjorda ärenden" in page.part("weights")
    assert "15 mars 2027 har 2 ärenden" in page.part("round")
    assert "9 000" not in page.part("therapy")


def test_the_menu_leads_there_and_marks_where_one_is(filled: Site) -> None:
    page = filled.visitor(Role.COORDINATOR).open("/portfolio/savings")
    current = page.soup.select("nav.app-nav a[aria-current=page]")
    assert [link.get_text() for link in current] == ["Portföljen"]
    assert "Portföljen" not in filled.visitor(Role.READER).open("/cases").soup.select_one("nav.app-nav").get_text()


def test_the_filter_stands_in_the_address(filled: Site) -> None:
    visitor = filled.signed_in(Role.AUDITOR)
    page = visitor.open("/portfolio?phase=follow_up")
    assert "De valda läkemedlen kostar troligen" in page.text
    assert "Tvåumab" not in page.part("cases") and "Ettumab" in page.part("cases")
    assert page.soup.select_one("#f-phase option[selected]")["value"] == "follow_up"
    link = next(one["href"] for one in page.soup.select("a") if one.get_text() == "Hämta som kalkylblad")
    assert link == "/portfolio.xlsx?phase=follow_up"
    assert "Inga ärenden ingår." in visitor.open("/portfolio?atc=Q").text
    unit = filled.world.units[VGR]["hospital"].id
    assert "2 ärenden är inte delade på förvaltningar" in visitor.open(f"/portfolio?unit={unit}").text


@pytest.mark.parametrize(
    "address",
    ["phase=x", "atc=%25", "unit=99999", "unit=x", "round=2027-13-01", "round=x", "purse=x", "kind=x", "first=1900",
     "adds=x", "adds=1999-01-01"],
)  # fmt: skip
def test_what_cannot_be_read_in_the_address_is_left_out(filled: Site, address: str) -> None:
    assert filled.signed_in(Role.ECONOMIST).get(f"/portfolio?{address}").status == 200


def test_the_spreadsheet_holds_the_same_figures(filled: Site) -> None:
    book = sheets(filled.signed_in(Role.ECONOMIST), "/portfolio.xlsx")
    assert list(book) == ["År för år", "Terapiområden", "Förvaltningar", "Betalare", "Ärenden", "Hur ärendena vägs",
                          "Besparingar", "Etappens förslag"]  # fmt: skip
    years = {row[0]: row[1:] for row in book["År för år"] if isinstance(row[1], (int, float))}
    for name in ("Terapiområden", "Förvaltningar", "Betalare"):
        rows = [row[1:6] for row in book[name] if isinstance(row[1], (int, float))]
        for year in range(5):
            assert sum(row[year] for row in rows[:-1]) == pytest.approx(rows[-1][year], abs=0.001)
            assert rows[-1][year] == years["Alla ärenden"][year]
    assert [row[1] for row in book["Ärenden"] if str(row[0]).startswith("VGR-")] == [
        "Ettumab", "Treumab", "Tvåumab", "Utanumab",
    ]  # fmt: skip


@pytest.mark.parametrize("who", [Role.READER, Role.HEAD_OF_UNIT, Role.NOMINATOR])
def test_who_has_no_right_is_refused(filled: Site, who: Role) -> None:
    visitor = filled.signed_in(who)
    for path in ("/portfolio", "/portfolio.xlsx", "/portfolio/savings",
                 "/portfolio/submissions", "/portfolio/submissions/next"):  # fmt: skip
        assert visitor.get(path).status == 403


def test_another_region_cannot_be_chosen(filled: Site) -> None:
    visitor = filled.signed_in(Role.ECONOMIST, NORRBOTTEN)
    assert visitor.get(f"/portfolio?region={VGR}").status == 403
    assert "Ettumab" not in visitor.open("/portfolio").text


# --- savings


def test_a_saving_is_entered_and_ended(filled: Site) -> None:
    visitor = filled.signed_in(Role.ECONOMIST)
    form = visitor.open("/portfolio/savings").form("/portfolio/savings")
    form = filled_in(form, {
        "kind": "biosimilar", "title": "Biosimilarer till Ettumab", "atc": "L04", "source": "Avtal",
        "amount-2028": "2 000 000", "low-2028": "1 000 000", "high-2028": "4 000 000", "amount-2029": "3000000",
    })  # fmt: skip
    page = visitor.post("/portfolio/savings", form.fields)
    assert page.flashed == "Besparingen är inlagd."
    assert "Biosimilarer till Ettumab" in page.part("held")
    with filled.looking() as session:
        years = {row.budget_year: (row.low_ore, row.amount_ore, row.high_ore) for row in session.query(SavingYear)}
    assert years == {2028: (100_000_000, 200_000_000, 400_000_000), 2029: (300_000_000,) * 3}
    assert "Biosimilarer till Ettumab" in visitor.open("/portfolio").part("savings")
    again = visitor.post("/portfolio/savings", form.fields)
    assert again.status == 200
    with filled.looking() as session:
        assert session.query(Saving).count() == 1, "the same form sent twice acts once"
        saving_id = session.query(Saving).one().id
    ending = page.form(f"/portfolio/savings/{saving_id}/end")
    ended = visitor.post(f"/portfolio/savings/{saving_id}/end", ending.fields)
    assert "är avslutad och räknas inte längre" in ended.flashed
    assert "Biosimilarer till Ettumab" in ended.part("ended")
    refused = visitor.post(f"/portfolio/savings/{saving_id}/end", filled_in(ending, {"request_key": ""}).fields)
    assert refused.status == 422 and "redan avslutad" in refused.text


def test_a_saving_with_faults_keeps_what_was_typed(filled: Site) -> None:
    visitor = filled.signed_in(Role.ECONOMIST)
    form = visitor.open("/portfolio/savings").form("/portfolio/savings")
    form = filled_in(form, {"title": "Något", "atc": "hej", "amount-2028": "mycket", "source": ""})
    page = visitor.post("/portfolio/savings", form.fields)
    assert page.status == 422
    assert "Skriv beloppet i kronor" in page.text
    assert page.soup.select_one("#amount-2028")["value"] == "mycket"
    assert page.soup.select_one("#title")["value"] == "Något"
    form = filled_in(form, {"amount-2028": "1", "low-2028": "5", "kind": "other", "source": "x", "atc": "L"})
    wrong = visitor.post("/portfolio/savings", filled_in(form, {"request_key": ""}).fields)
    assert wrong.status == 422 and "Det minsta får inte vara större" in wrong.text
    with filled.looking() as session:
        assert session.query(Saving).count() == 0


def test_who_only_reads_gets_no_form(filled: Site) -> None:
    visitor = filled.signed_in(Role.AUDITOR)
    assert not visitor.open("/portfolio/savings").soup.select("main form.app-plain-form")
    assert visitor.post("/portfolio/savings", {"csrf_token": visitor.token()}).status == 403


# --- submissions


def test_a_submission_is_previewed_and_frozen_by_hand(filled: Site) -> None:
    visitor = filled.signed_in(Role.ECONOMIST)
    listing = visitor.open("/portfolio/submissions")
    assert "Underlaget för 2027 är inte fryst än." in listing.text
    preview = visitor.open("/portfolio/submissions/next")
    assert preview.heading == "Budgetunderlag 2027, förhandsvisning"
    assert "Ettumab" in preview.text and "Treumab" in preview.part("missing")
    done = visitor.send(preview.form("/portfolio/submissions/freeze"))
    assert done.heading == "Budgetunderlag 2027" and "är fryst" in done.flashed
    assert "Frys nu" not in done.text
    assert visitor.open("/portfolio/submissions").leads_to("/portfolio/submissions/2027")
    late = filled_in(preview.form("/portfolio/submissions/freeze"), {"request_key": ""})
    again = visitor.post("/portfolio/submissions/freeze", late.fields)
    assert again.status == 422 and "redan fryst" in again.text
    with filled.looking() as session:
        assert session.query(Submission).count() == 1


def test_a_frozen_submission_can_be_taken_home(filled: Site) -> None:
    visitor = filled.signed_in(Role.ECONOMIST)
    visitor.send(visitor.open("/portfolio/submissions/next").form("/portfolio/submissions/freeze"))
    book = sheets(filled.signed_in(Role.AUDITOR), "/portfolio/submissions/2027.xlsx")
    rows = [row for row in book["Underlag"] if str(row[1]).startswith("VGR-")]
    assert {row[2] for row in rows} == {"Ettumab", "Tvåumab"} and {row[6] for row in rows} >= {"2027", "2031"}
    assert [row[1] for row in book["Saknar godkänd beräkning"] if str(row[0]).startswith("VGR-")] == ["Treumab"]


def test_others_see_the_preview_without_the_button(filled: Site) -> None:
    visitor = filled.signed_in(Role.AUDITOR)
    assert "Frys nu" not in visitor.open("/portfolio/submissions/next").text
    fields = {"csrf_token": visitor.token(), "budget_year": "2027"}
    assert visitor.post("/portfolio/submissions/freeze", fields).status == 403
    assert visitor.get("/portfolio/submissions/2044").status == 404


def test_no_figure_is_net_of_anything_secret(filled: Site) -> None:
    page = filled.visitor(Role.ECONOMIST).open("/portfolio")
    assert "listpris utan moms och återbäring" in page.text


def test_the_english_page_is_whole(filled: Site) -> None:
    """The words of savings are known; the page is drawn whatever the language."""
    visitor = filled.signed_in(Role.ECONOMIST)
    with filled.changing() as world:
        new = savings.NewSaving("switch", "Byte", "x", {2028: savings.Amount(100, 100, 100)})
        savings.record(world.desk(Role.ECONOMIST), world.regions[VGR], new)
    visitor.post("/language", {"csrf_token": visitor.token(), "language": "en", "next": "/portfolio"})
    assert visitor.get("/portfolio").status == 200
