"""Attached files: taken home, added and taken away. The nouns' pages show them by templates/attachments/pieces.html."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, send_file, url_for
from flask_babel import format_decimal, gettext
from werkzeug.wrappers import Response
from wtforms import FileField

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.file_types import ENDINGS
from introduction.domain.messages import say
from introduction.services import applications, attachments
from introduction.services.desk import Desk
from introduction.settings import Settings
from introduction.store.attachment import MOST_BYTES
from introduction.web import once
from introduction.web.database import reading
from introduction.web.forms.builder import Form
from introduction.web.nouns import address
from introduction.web.permission import signed_in

blueprint = Blueprint("attachments", __name__)
Page = str | Response | tuple[str, int]
_ID = "int(max=999999999)"
#: The routes that take files which are larger than a form.
_TAKE_FILES = frozenset({"attachments.add", "ledger.receive"})
#: What the form around a file may take, in bytes.
_AROUND = 1024 * 1024


# ------------------------------------------------------------------------------------- for application and pages


def let_a_file_in() -> None:
    """Let the routes that take files have room for one; called before anybody reads the form."""
    if request.endpoint in _TAKE_FILES:
        request.max_content_length = MOST_BYTES + _AROUND


@blueprint.app_template_global("attachment_form")
def new_form() -> Form:
    """The form that asks for a file."""
    fields: dict[str, Any] = {
        "file": FileField(
            gettext("Bifoga en fil"),
            description=gettext("PDF, bild, Excel, Word, LibreOffice, CSV eller text, utan makron. Högst 25 MB."),
            render_kw={"accept": ",".join(ENDINGS)},
        )
    }
    form: Form = type("AttachmentForm", (Form,), fields)(formdata=None)
    form["file"].flags.required = True
    return form


@blueprint.app_template_filter("file_size")
def size_text(size: int) -> str:
    """A number of bytes in words: kB up to a megabyte, then MB with one decimal."""
    if size < 1024 * 1024:
        return gettext("%(size)s kB", size=format_decimal(max(1, round(size / 1024)))).replace(" ", "\u00a0")
    return gettext("%(size)s MB", size=format_decimal(round(size / 1024**2, 1))).replace(" ", "\u00a0")


blueprint.add_app_template_global(once.new_key, "new_form_key")


def _files() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.files


def _home(desk: Desk, instance_id: int) -> str:
    """The address where the files are shown: the application's own page of them while it is written."""
    subject = attachments.read_subject(desk, instance_id)
    if subject.instance.subject == "funding_application" and applications.editable(subject):
        return url_for("application_writing.edit", number=subject.number, page_key="attachments")
    return address(subject.instance.subject, subject.number, "attachments")


# ------------------------------------------------------------------------------------- reading


@blueprint.get(f"/attachments/<{_ID}:attachment_id>")
@signed_in
def take(attachment_id: int) -> Response:
    """A file, to keep; no browser shows it here."""
    row, path = attachments.open_for_reading(reading(), attachment_id, files=_files())
    return send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name, etag=row.sha256)


# ------------------------------------------------------------------------------------- changing


@blueprint.route(f"/attachments/new/<{_ID}:instance_id>", methods=["GET", "POST"])
@signed_in
def add(instance_id: int) -> Page:
    """Ask for a file; posted, it is attached. What is wrong with it is told beside the box."""
    if request.method == "GET":
        return _form_page(instance_id, new_form())
    sent = request.files.get("file")

    def change(desk: Desk) -> str:
        if sent is None or not sent.filename:
            raise InvalidInput(("file", say("Välj en fil")))
        row = attachments.add(desk, instance_id, sent.filename, sent.stream, files=_files())  # type: ignore[arg-type]
        flash(gettext("Filen %(name)s är bifogad.", name=row.name))
        return _home(desk, instance_id)

    def told(refusal: Refused) -> Page:
        form = new_form()
        return _form_page(instance_id, form, form.take_problems(refusal)), 422

    return once.act_or_tell(change, told)


@blueprint.post(f"/attachments/<{_ID}:attachment_id>/remove")
@signed_in
def remove(attachment_id: int) -> Response:
    """Take a file away."""

    def change(desk: Desk) -> str:
        row = attachments.remove(desk, attachment_id)
        flash(gettext("Filen %(name)s är borttagen.", name=row.name))
        return _home(desk, row.instance_id)

    return once.act_once(change)


def _form_page(instance_id: int, form: Form, reasons: list[str] | None = None) -> str:
    desk = reading()
    subject = attachments.read_subject(desk, instance_id)
    return render_template(
        "attachments/add.html",
        subject=subject,
        home=_home(desk, instance_id),
        form=form,
        reasons=reasons or [],
        example_band=subject.row.example,
    )
