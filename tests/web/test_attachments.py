"""Attached files on the web: added, taken home and taken away; what is wrong with one is told beside the box."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import g, render_template_string
from sqlalchemy import select

from introduction.domain.roles import Role
from introduction.store.attachment import MOST_BYTES, Attachment
from introduction.store.case import by_number
from tests import files
from tests.journeys.site import Site
from tests.journeys.visitor import Form, Page, Visitor
from tests.world import NORRBOTTEN

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
_LISTED = (
    '{% from "attachments/pieces.html" import attachments with context %}{{ attachments(7, rows, people, change) }}'
)


@pytest.fixture
def address(site: Site, case: str) -> str:
    """Where a file is added to the case."""
    with site.looking() as session:
        return f"/attachments/new/{by_number(session, case).id}"


def send(visitor: Visitor, form: Form, content: bytes | None, name: str = "faktura.pdf") -> Page:
    """Send the form with a file, or with none."""
    more: dict[str, Any] = {} if content is None else {"file": (io.BytesIO(content), name)}
    response = visitor.client.post(form.action, data={**form.fields, **more}, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()  # what the test's own browser sent
    return Page(response)


def attach(visitor: Visitor, address: str, content: bytes | None = files.PDF, name: str = "faktura.pdf") -> Page:
    return send(visitor, visitor.open(address).own_form(), content, name)


def announce(visitor: Visitor, path: str, size: int) -> Page:
    """Begin to send a form that says that it is so many bytes."""
    said = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return Page(visitor.client.post(path, input_stream=io.BytesIO(b"--x"), environ_overrides=said))


def rows(site: Site) -> list[Attachment]:
    with site.looking() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def remove(visitor: Visitor, row: Attachment) -> Page:
    return visitor.post(f"/attachments/{row.id}/remove", {"csrf_token": visitor.token()})


def test_a_file_is_added_taken_home_and_taken_away(site: Site, case: str, address: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = attach(visitor, address, files.CSV, "Läkemedel april.csv")
    assert page.status == 303 and page.headers["Location"] == f"/cases/{case}#attachments"
    page = visitor.open(f"/cases/{case}")
    assert page.flashed == "Filen Läkemedel april.csv är bifogad."
    assert "En fil bifogades: Läkemedel april.csv" in page.part("history")
    [row] = rows(site)
    with visitor.client.get(f"/attachments/{row.id}") as answer:
        assert answer.data == files.CSV and answer.mimetype == "text/csv"
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment;") and "filename*=UTF-8''L%C3%A4kemedel%20april.csv" in said
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    page = remove(visitor, row)
    assert page.path == f"/cases/{case}" and page.flashed == "Filen Läkemedel april.csv är borttagen."
    assert "En fil togs bort: Läkemedel april.csv" in page.part("history")
    assert visitor.get(f"/attachments/{row.id}").status == 404


def test_a_form_sent_twice_adds_once(site: Site, address: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = visitor.open(address).own_form()
    first, second = send(visitor, form, files.PDF), send(visitor, form, files.PDF)
    assert first.headers["Location"] == second.headers["Location"] and len(rows(site)) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "Välj en fil"),
        (b"", "Filen är tom. Välj en annan"),
        (b"MZ\x90\x00", "Filtypen tas inte emot."),
        (b"<html>", "Filtypen tas inte emot."),
        (files.PDF + bytes(MOST_BYTES), "Filen är större än 25 MB."),
    ],
)
def test_what_is_wrong_is_told_beside_the_box(site: Site, case: str, address: str, content: bytes, told: str) -> None:
    page = attach(site.signed_in(Role.COORDINATOR), address, content)
    assert page.status == 422 and told in page.fault_at("file")
    assert page.leads_to(f"/cases/{case}#attachments") and page.own_form().action == address
    assert rows(site) == []


def test_a_file_that_is_called_a_program_is_refused_with_what_to_do(site: Site, address: str) -> None:
    page = attach(site.signed_in(Role.COORDINATOR), address, files.CSV, "bad.exe")
    assert page.status == 422 and rows(site) == []
    assert "slutar på .exe är ett program" in page.fault_at("file")
    assert "Spara underlaget som PDF, xlsx, CSV eller text" in page.fault_at("file")


@on_sqlite
def test_more_than_the_limit_is_not_even_read(site: Site, address: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = announce(visitor, address, 30 * 1024 * 1024)
    assert page.status == 413 and "Filen är större än 25 MB. Den är inte bifogad." in page.text


@on_sqlite
def test_other_forms_keep_their_limit(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = announce(visitor, f"/cases/{case}/comments", 3 * 1024 * 1024)
    assert page.status == 413 and "1 MB" in page.text


def test_another_region_and_a_stranger_are_refused(site: Site, address: str) -> None:
    attach(site.signed_in(Role.COORDINATOR), address)
    [row] = rows(site)
    other = site.signed_in(Role.COORDINATOR, NORRBOTTEN)
    assert other.get(f"/attachments/{row.id}").status == 403
    assert other.get(address).status == 403
    assert remove(other, row).status == 403
    assert site.stranger().get(f"/attachments/{row.id}").status == 303
    assert rows(site)[0].removed_at is None


@on_sqlite
def test_somebody_who_only_reads_takes_home_but_does_not_add(site: Site, address: str) -> None:
    attach(site.signed_in(Role.COORDINATOR), address)
    [row] = rows(site)
    reader = site.signed_in(Role.READER)
    with reader.client.get(f"/attachments/{row.id}") as answer:
        assert answer.status_code == 200 and answer.data == files.PDF
    fields = {"csrf_token": reader.token(), "file": (io.BytesIO(files.PNG), "bild.png")}
    assert reader.post(address, fields).status == 403
    assert remove(reader, row).status == 403 and len(rows(site)) == 1


@on_sqlite
def test_what_is_not_there_is_not_found(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    assert visitor.get("/attachments/99").status == 404
    assert visitor.get("/attachments/new/99").status == 404


@on_sqlite
def test_the_list_shows_name_size_day_and_person(site: Site) -> None:
    found = [
        Attachment(id=1, name="a<b>.pdf", size=300, uploaded_at=site.clock.now, uploaded_by=3),
        Attachment(id=2, name="stor.png", size=13_002_342, uploaded_at=site.clock.now),
    ]
    with site.app.test_request_context("/"):
        g.now = site.clock.now
        shown = render_template_string(_LISTED, rows=found, people={3: "Anna Berg"}, change=True)
        read_only = render_template_string(_LISTED, rows=found[:1], people={}, change=False)
        empty = render_template_string(_LISTED, rows=[], people={}, change=False)
    assert "a&lt;b&gt;.pdf" in shown and "1\u00a0kB" in shown and "12,4\u00a0MB" in shown and "Anna Berg" in shown
    assert shown.count('action="/attachments/new/7"') == 1 and shown.count("/remove") == 2
    assert "<form" not in read_only and "Ingen fil är bifogad." in empty
