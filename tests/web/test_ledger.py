"""The pages of the ledger: a file is made once, taken home the same each time, and answered by a receipt."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from introduction.domain.roles import Role
from introduction.store import ledger as store
from tests.claiming import YEAR, Clinic, receipt
from tests.journeys.site import Site
from tests.journeys.visitor import Form, Page, Visitor
from tests.world import VGR


@pytest.fixture
def clinic(site: Site) -> Clinic:
    """A clinic with two approved claims."""
    with site.changing() as world:
        clinic = Clinic.build(world, site.app.extensions["settings"].files)
        for number, kronor in enumerate((10_000, 20_000), start=1):
            clinic.approved(kronor, (date(YEAR, 2, number), date(YEAR, 2, number)))
        return clinic


def economist(site: Site) -> Visitor:
    return site.visitor(Role.ECONOMIST)


def export(site: Site) -> Page:
    page = economist(site).open("/ledger")
    return economist(site).send(page.form(f"/ledger/files?region={VGR}"))


def answer_of(site: Site, clinic: Clinic, number: int = 1, **more: Any) -> bytes:
    with site.changing() as world:
        return receipt(world, store.get(world.session, world.regions[VGR], number), **more)


def receive(site: Site, content: bytes | None, name: str = "kvittens.csv") -> Page:
    form = economist(site).open("/ledger").form(f"/ledger/receipts?region={VGR}")
    return send(site, form, content, name)


def send(site: Site, form: Form, content: bytes | None, name: str = "kvittens.csv") -> Page:
    fields: dict[str, Any] = dict(form.fields)
    fields["file"] = FileStorage(io.BytesIO(content), name) if content is not None else FileStorage()
    boundary, body = encode_multipart(fields)
    sent = io.BytesIO(body)
    kind = f'multipart/form-data; boundary="{boundary}"'
    client = economist(site).client
    return Page(client.post(form.action, input_stream=sent, content_type=kind, follow_redirects=True))


def test_a_file_is_made_once(site: Site, clinic: Clinic) -> None:
    assert "2 godkända rekvisitioner väntar på att skickas, 30 000 kr" in economist(site).open("/ledger").text
    page = export(site)
    assert "Fil 1 är gjord: 2 rekvisitioner, 30 000 kr" in page.flashed and page.heading == "Fil 1"
    assert "Ingen godkänd rekvisition väntar" in economist(site).open("/ledger").text
    token = {"csrf_token": economist(site).token()}
    page = economist(site).post(f"/ledger/files?region={VGR}", token)
    assert page.status == 422 and "inga godkända rekvisitioner" in page.text


def test_the_file_is_the_same_each_time_it_is_taken(site: Site, clinic: Clinic) -> None:
    export(site)
    answer = economist(site).client.get("/ledger/1.csv")
    assert (
        answer.mimetype == "text/csv"
        and 'filename="VGR-rekvisitioner-0001.csv"' in answer.headers["Content-Disposition"]
    )
    first = answer.data
    site.clock.forward(days=30)
    economist(site).open("/ledger")
    assert economist(site).client.get("/ledger/1.csv").data == first
    assert first.decode().splitlines()[-1] == "SUMMA;2;30000,00"
    for address in ("/ledger.xlsx", "/ledger/1.xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(economist(site).client.get(address).data)).active
        assert (
            30_000 in {value for row in sheet.iter_rows(values_only=True) for value in row}
            or address == "/ledger/1.xlsx"
        )


def test_a_receipt_closes_the_file(site: Site, clinic: Clinic) -> None:
    export(site)
    page = receive(site, answer_of(site, clinic))
    assert "Fil 1 är kvitterad. 2 rekvisitioner är utbetalda, 30 000 kr" in page.flashed
    assert "Bokförd" in page.part("files")
    assert "2 rekvisitioner, 30 000 kr" in economist(site).open("/claims?state=paid").text
    number = "VGR-2026-0002"
    head = site.visitor(Role.HEAD_OF_UNIT).open(f"/claims/{number}")
    assert "10 000 kr är utbetalt" in head.text and "verifikation V0001, fil 1" in head.part("history")
    assert "Verifikation V0001 bokförd 23 november 2026, fil 1" in head.part("next")
    sheet = openpyxl.load_workbook(io.BytesIO(economist(site).client.get("/claims.xlsx?state=paid").data)).active
    heading = next(row for row in sheet.iter_rows(values_only=True) if "Verifikation" in row)
    at = heading.index("Verifikation")
    assert {row[at] for row in sheet.iter_rows(values_only=True)} >= {"V0001", "V0002"}


def test_invented_claims_are_sent_apart(site: Site, clinic: Clinic) -> None:
    with site.changing() as world:
        world.fund(YEAR, example=True)
        invented = Clinic.build(world, site.app.extensions["settings"].files, example=True)
        invented.approved(5_000, (date(YEAR, 5, 1), date(YEAR, 5, 1)))
    page = economist(site).open("/ledger")
    assert "2 godkända rekvisitioner väntar på att skickas, 30 000 kr" in page.text
    assert "En påhittad rekvisition väntar på att skickas, 5 000 kr" in page.text
    played = next(form for form in page.soup.select("form") if "påhittade" in form.get_text())
    keys = {field["name"]: field["value"] for field in played.select("input[type=hidden]")}
    page = economist(site).post(f"/ledger/files?region={VGR}", keys)
    assert "Fil 1 är gjord: en rekvisition, 5 000 kr" in page.flashed and "Påhittat exempel" in page.text
    taken = economist(site).client.get("/ledger/1.csv")
    assert "VGR-rekvisitioner-0001-exempel.csv" in taken.headers["Content-Disposition"]
    assert "Fil 2 är gjord: 2 rekvisitioner" in export(site).flashed
    page = economist(site).open("/ledger")
    assert "På tur står fil 2." in page.text and "På tur bland de påhittade står fil 1." in page.text
    assert "Fil 2 är kvitterad" in receive(site, answer_of(site, clinic, 2)).flashed


def test_faults_are_listed_and_nothing_is_done(site: Site, clinic: Clinic) -> None:
    export(site)
    changed = {1: {"belopp": "1,00"}, 2: {"bokford": "2026-01-01"}}
    page = receive(site, answer_of(site, clinic, changed=changed, total="20001,00"))
    assert page.status == 422 and "Kvittensen har 2 fel. Inget är gjort" in page.text
    assert "VGR-2026-0002 är 10 000 kr i fil 1, men kvittensen anger 1 kr" in page.text
    assert "väntar på kvittens" in page.text
    with site.changing():
        assert clinic.amounts() == (970_000, 0, 30_000, 0)


def test_no_file_chosen_is_told_at_the_field(site: Site, clinic: Clinic) -> None:
    export(site)
    page = receive(site, None)
    assert page.status == 422 and page.fault_at("file") == "Fel: Välj en fil"


def test_the_same_receipt_twice(site: Site, clinic: Clinic) -> None:
    export(site)
    content = answer_of(site, clinic)
    form = economist(site).open("/ledger").form(f"/ledger/receipts?region={VGR}")
    assert receive(site, content).status == 200
    page = send(site, form, content)
    assert page.status == 422 and "Kvittensen lästes in" in page.text


def test_a_large_receipt_has_room(site: Site, clinic: Clinic) -> None:
    export(site)
    page = receive(
        site, b"fil;rekvisition;belopp;verifikation;bokford\r\n" + b"1;VGR-2026-0002;x;V;2026-11-23\r\n" * 100_000
    )
    assert page.status == 422 and "Filen kan vara avkortad" in page.text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.AUDITOR, Role.READER])
def test_only_the_economist_keeps_the_books(site: Site, clinic: Clinic, role: Role) -> None:
    export(site)
    visitor = site.signed_in(role)
    for address in ("/ledger", "/ledger.xlsx", "/ledger/1", "/ledger/1.csv", "/ledger/1.xlsx"):
        assert visitor.get(address).status == 403, address


def test_another_regions_files_are_not_seen(site: Site, clinic: Clinic) -> None:
    export(site)
    visitor = site.signed_in(Role.ECONOMIST, "norrbotten")
    assert visitor.get("/ledger/1").status == 404
    assert visitor.get(f"/ledger/1.csv?region={VGR}").status == 403
