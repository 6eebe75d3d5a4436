"""Ekonomisystemet: files of approved claims, made, taken home and answered by receipts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import FileField

from introduction.documents import ledger_file
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.ledger import MOST_BYTES
from introduction.domain.messages import say
from introduction.domain.outcome import BadFile
from introduction.domain.roles import Right
from introduction.services import ledger
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import ledger as store
from introduction.store import person as persons
from introduction.store.ledger import LedgerFile
from introduction.web import claim_sheets, claim_words, once
from introduction.web.database import db, reading
from introduction.web.forms.builder import Form
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region
from introduction.web.portfolio_sheets import answer
from introduction.web.words import kronor

blueprint = Blueprint("ledger", __name__)
Page = str | Response | tuple[str, int]
_NUMBER = "int(max=999999999)"
#: So many faults of a receipt are shown; all are counted.
_MOST_FAULTS = 200


# ------------------------------------------------------------------------------------- reading


@blueprint.get("/ledger", endpoint="listing")
@needs(Right.KEEP_BOOKS)
def listing_page() -> Page:
    """What waits to be sent, the files that were, and which of them are answered."""
    return _page(reading())


def _page(desk: Desk, refusal: Refused | None = None, form: Form | None = None) -> Page:
    region, regions = chosen_region(desk, Right.KEEP_BOOKS)
    files, waiting = ledger.files(desk, region.id), ledger.waiting(desk, region.id)
    unanswered = [file for file in files if file.received_at is None]
    faults = refusal.faults if isinstance(refusal, BadFile) else ()
    form = form or _receipt_form()
    reasons = form.take_problems(refusal) if refusal is not None and not faults else []
    page = render_template(
        "ledger/listing.html",
        region=region,
        regions=regions,
        waiting=waiting,
        words=claim_words,
        files=files,
        unanswered=unanswered,
        turns=_turns(unanswered),
        people=persons.names(desk.session),
        form=form,
        reasons=reasons,
        faults=faults[:_MOST_FAULTS],
        more=max(0, len(faults) - _MOST_FAULTS),
        all_faults=len(faults),
        export_keys=[once.new_key() for _each in waiting],
        receipt_key=once.new_key(),
        today=desk.today,
        example_band=bool(files) and all(file.example for file in files),
    )
    return (page, 422) if refusal is not None else page


def _turns(unanswered: Sequence[LedgerFile]) -> list[LedgerFile]:
    """The file that is next to be answered among the real ones, and among the invented ones; newest first in."""
    last = {file.example: file for file in unanswered}
    return [last[example] for example in (False, True) if example in last]


def _receipt_form() -> Form:
    fields = {
        "file": FileField(
            gettext("Kvittens från ekonomisystemet"),
            description=gettext("En CSV-fil. Den läses in hel eller inte alls."),
            render_kw={"accept": ".csv,.txt"},
        )
    }
    form: Form = type("ReceiptForm", (Form,), fields)(formdata=None)
    form["file"].flags.required = True
    return form


@blueprint.get("/ledger.xlsx", endpoint="sheet")
@needs(Right.KEEP_BOOKS)
def listing_sheet() -> Response:
    """The files as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.KEEP_BOOKS)
    return answer([claim_sheets.of_files(ledger.files(desk, region.id), desk.today)], "filer.xlsx")


@blueprint.get(f"/ledger/<{_NUMBER}:file>")
@needs(Right.KEEP_BOOKS)
def show(file: int) -> str:
    """A file with its lines."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.KEEP_BOOKS)
    found = ledger.file(desk, region.id, file)
    pages = Pages.of(found.lines, request.args)
    return render_template(
        "ledger/show.html",
        region=region,
        file=found,
        rows=store.some_lines(desk.session, found.id, limit=PAGE, offset=pages.offset),
        page=pages,
        people=persons.names(desk.session),
        example_band=found.example,
    )


@blueprint.get(f"/ledger/<{_NUMBER}:file>.xlsx", endpoint="lines_sheet")
@needs(Right.KEEP_BOOKS)
def lines_sheet(file: int) -> Response:
    """A file's lines as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.KEEP_BOOKS)
    found = ledger.file(desk, region.id, file)
    return answer([claim_sheets.of_lines(found, store.lines_of(desk.session, found.id))], f"fil-{file}.xlsx")


@blueprint.get(f"/ledger/<{_NUMBER}:file>.csv")
@needs(Right.KEEP_BOOKS)
def take(file: int) -> Response:
    """The file for the ledger, row by row: it is never whole in memory."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.KEEP_BOOKS)
    found = ledger.file(desk, region.id, file)
    name = f"{region.prefix}-rekvisitioner-{found.number:04d}{'-exempel' if found.example else ''}.csv"
    response = Response(_stream(db.engine, region.id, found.number), mimetype=ledger_file.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _stream(engine: Engine, region_id: int, number: int) -> Iterator[bytes]:
    """A file's bytes, from a transaction of their own: the request's has ended when they are asked for."""
    with Session(engine) as session:
        database.begin_reading(session)
        found = store.get(session, region_id, number)
        yield from ledger_file.stream(found, store.lines_of(session, found.id))


# ------------------------------------------------------------------------------------- changing


@blueprint.post("/ledger/files")
@needs(Right.KEEP_BOOKS)
def export() -> Page:
    """Make a file of what waits to be sent."""
    region, _regions = chosen_region(reading(), Right.KEEP_BOOKS)

    def change(desk: Desk) -> str:
        made = ledger.export(desk, region.id, example=request.form.get("example") == "1")
        flash(
            ngettext(
                "Fil %(number)s är gjord: en rekvisition, %(total)s.",
                "Fil %(number)s är gjord: %(num)d rekvisitioner, %(total)s.",
                made.lines,
                number=made.number,
                total=kronor(made.sum_ore),
            )
        )
        return url_for("ledger.show", file=made.number, region=region.slug)

    return once.act_or_tell(change, lambda refusal: _page(reading(), refusal))


@blueprint.post("/ledger/receipts")
@needs(Right.KEEP_BOOKS)
def receive() -> Page:
    """Take in a receipt; what does not match is told, and nothing is done."""
    region, _regions = chosen_region(reading(), Right.KEEP_BOOKS)
    sent = request.files.get("file")
    content = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""

    def change(desk: Desk) -> str:
        if sent is None or not sent.filename:
            raise InvalidInput(("file", say("Välj en fil")))
        done = ledger.receive(desk, region.id, content)
        flash(
            ngettext(
                "Fil %(number)s är kvitterad. En rekvisition är utbetald, %(total)s.",
                "Fil %(number)s är kvitterad. %(num)d rekvisitioner är utbetalda, %(total)s.",
                done.lines,
                number=done.number,
                total=kronor(done.sum_ore),
            )
        )
        return url_for("ledger.listing", region=region.slug)

    return once.act_or_tell(change, lambda refusal: _page(reading(), refusal))
