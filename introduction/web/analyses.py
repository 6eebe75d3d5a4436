"""Vad kostar det?: a case's budget-impact analyses, begun, answered, handed in, reviewed, approved and compared."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.budget.answers import Answer
from introduction.domain.budget.questions import KINDS, OWN, Page
from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, can
from introduction.services import analyses, analysis_file, hit_rate, net_prices
from introduction.services.analysis_file import AnalysisFile
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.store import analysis as store
from introduction.store.analysis import Analysis
from introduction.web import analysis_forms, analysis_view, once
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.words import reasons_of

blueprint = Blueprint("analyses", __name__)
Shown = str | Response | tuple[str, int]
_ADDRESS = "/cases/<number>/budget/<int(max=9999):analysis>"


# ------------------------------------------------------------------------------------- the case's analyses


@blueprint.get("/cases/<number>/budget", endpoint="listing")
@needs(Right.VIEW_CASE)
def listing_page(number: str) -> str:
    """The analyses of a case, and the way to begin another."""
    return _listing(number)


@blueprint.post("/cases/<number>/budget")
@needs(Right.WRITE_ANALYSIS)
def start(number: str) -> Shown:
    """Begin an analysis from a template."""

    def change(acting: Desk) -> str:
        subject = analysis_file.case_of(acting, number)
        row = analyses.start(
            acting,
            subject.instance.id,
            request.form.get("kind", ""),
            title=request.form.get("title", ""),
            sex=request.form.get("sex", "all"),
            ages=(_age("age_from") or 0, _age("age_to")),
        )
        page = "model" if row.kind == OWN else "patients"
        return url_for("analyses.edit", number=number, analysis=row.number, page_key=page)

    return _change(change, lambda reasons: (_listing(number, reasons), 422))


def _age(name: str) -> int | None:
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 3 or int(typed) > 120:
        raise InvalidInput((name, say("Skriv åldern i hela år, från 0 till 120")))
    return int(typed)


def _listing(number: str, reasons: list[str] | None = None) -> str:
    desk = reading()
    subject = analysis_file.case_of(desk, number)
    region_id = subject.instance.region_id
    return render_template(
        "analyses/listing.html",
        subject=subject,
        about=About.of(desk.session, subject.row),
        rows=store.of_case(desk.session, subject.instance.id),
        kinds=KINDS,
        likely="tablets" if subject.situation["basis"] == "prescription" else "",
        may_write=can(desk.by, Right.WRITE_ANALYSIS, subject.scope) is None and subject.instance.closed_on is None,
        hits=hit_rate.summary(desk, region_id) if region_id is not None else None,
        request_key=once.new_key(),
        reasons=reasons or [],
        typed=request.form,
        example_band=_example(subject.row),
    )


# ------------------------------------------------------------------------------------- one analysis


@blueprint.get(_ADDRESS)
@needs(Right.VIEW_CASE)
def show(number: str, analysis: int) -> str:
    """What a yes costs: figures, charts, scenarios and assumptions; of a draft also what is missing."""
    return _show(number, analysis)


def _show(number: str, analysis: int, reasons: list[str] | None = None) -> str:
    desk = reading()
    file = analysis_file.analysis_file(desk, number, analysis)
    return render_template(
        "analyses/show.html",
        file=file,
        view=analysis_view.view(file, file.figures) if file.figures is not None else None,
        reads_net=file.frozen and net_prices.may_read(desk, number),
        assumed=analysis_view.assumed(file),
        missing=analysis_forms.missing(file),
        missing_elsewhere=analysis_forms.faults_elsewhere(file),
        request_key=once.new_key(),
        reasons=reasons or [],
        typed=request.form,
        example_band=_example(file.subject.row),
    )


def _example(row: object) -> bool:
    return bool(getattr(row, "example", False))


@blueprint.route(f"{_ADDRESS}/edit/<page_key>", methods=["GET", "POST"])
@needs(Right.WRITE_ANALYSIS)
def edit(number: str, analysis: int, page_key: str) -> Shown:
    """A page of questions. What is typed is kept, whether it can be used yet or not."""
    file = analysis_file.analysis_file(reading(), number, analysis)
    page = _page(file, page_key)
    if request.method == "GET":
        if not file.may["edit"]:
            return redirect(url_for("analyses.show", number=number, analysis=analysis), 303)
        return _edit_page(file, page)
    if page is None:
        typed = {"toml": Answer(value=request.form.get("toml.value", ""))}
    else:
        typed = analysis_forms.posted(page, request.form)

    def change(acting: Desk) -> str:
        _row, made = analyses.answer(acting, file.row.id, typed, revision=once.posted_revision())
        faulty = any(place.split(".")[0] in typed for place in made.problems)
        return _next(file, page, faulty=faulty)

    try:
        return once.act_once(change)
    except Conflict:
        fresh = analysis_file.analysis_file(reading(), number, analysis)
        said = gettext(
            "Någon annan har ändrat beräkningen medan du skrev. Det du skrev står kvar. Jämför och spara igen."
        )
        return _edit_page(fresh, page, [said]), 409
    except NotAllowed:
        raise
    except Refused as refusal:
        return _edit_page(file, page, reasons_of(refusal)), 422


def _page(file: AnalysisFile, page_key: str) -> Page | None:
    """The page of a key; None stands for a model of one's own, which has one page."""
    if file.row.kind == OWN and page_key == "model":
        return None
    found = next((page for page in file.pages if page.key == page_key), None)
    if found is None:
        raise NotFound(f"page {page_key}")
    return found


def _next(file: AnalysisFile, page: Page | None, *, faulty: bool) -> str:
    """Where to go after saving: on to the next page, back to this one when something is to be put right, or home."""
    number, analysis = file.subject.number, file.row.number
    home = url_for("analyses.show", number=number, analysis=analysis)
    if request.form.get("go") == "later" or (page is None and not faulty):
        flash(gettext("Utkastet är sparat."))
        return home
    keys = [one.key for one in file.pages]
    here = page.key if page is not None else "model"
    if faulty:
        return url_for("analyses.edit", number=number, analysis=analysis, page_key=here, check=1)
    after = keys[keys.index(here) + 1 :]
    return url_for("analyses.edit", number=number, analysis=analysis, page_key=after[0]) if after else home


def _edit_page(file: AnalysisFile, page: Page | None, reasons: list[str] | None = None) -> str:
    check = request.method == "POST" or request.args.get("check") == "1"
    boxes = analysis_forms.boxes(file, page, faults=check) if page is not None else []
    return render_template(
        "analyses/edit.html" if page is not None else "analyses/model.html",
        file=file,
        page=page,
        boxes=boxes,
        sections=analysis_forms.sections(boxes),
        begun={one.key for one in file.pages if analysis_forms.begun(file, one)},
        check=check,
        reasons=reasons or [],
        request_key=once.new_key(),
        typed=request.form,
        example_band=_example(file.subject.row),
    )


# ------------------------------------------------------------------------------------- its life


def _step(
    number: str, analysis: int, step: Callable[[Desk, int], Analysis | None], said: str, still_draft: str | None = None
) -> Shown:
    """Take a step in an analysis's life; a refusal shows its page with the reasons on top.

    ``still_draft`` is said instead where the step is left to long work.
    """

    def change(acting: Desk) -> str:
        subject = analysis_file.case_of(acting, number)
        row = store.numbered(acting.session, subject.instance.id, analysis)
        gone_on_to = step(acting, row.id)
        waits = gone_on_to is not None and gone_on_to.state == "draft"
        flash(still_draft if still_draft is not None and waits else said)
        if gone_on_to is None:
            return url_for("analyses.listing", number=number)
        return url_for("analyses.show", number=number, analysis=gone_on_to.number)

    return _change(change, lambda reasons: (_show(number, analysis, reasons), 422))


@blueprint.post(f"{_ADDRESS}/submit")
@needs(Right.WRITE_ANALYSIS)
def submit(number: str, analysis: int) -> Shown:
    """Hand in a draft for review."""

    def step(acting: Desk, analysis_id: int) -> Analysis:
        return analyses.submit(acting, analysis_id, revision=once.posted_revision())

    waits = gettext("Beräkningen är stor. Den räknas nu och lämnas för granskning när den är klar.")
    return _step(number, analysis, step, gettext("Beräkningen är lämnad för granskning."), still_draft=waits)


@blueprint.post(f"{_ADDRESS}/return")
@needs(Right.VIEW_CASE)
def give_back(number: str, analysis: int) -> Shown:
    """Return what was handed in, with what is to be put right."""

    def step(acting: Desk, analysis_id: int) -> Analysis:
        note = request.form.get("note", "")
        return analyses.give_back(acting, analysis_id, note, revision=once.posted_revision())

    return _step(number, analysis, step, gettext("Beräkningen är återlämnad och är ett utkast igen."))


@blueprint.post(f"{_ADDRESS}/review")
@needs(Right.REVIEW_ANALYSIS)
def review(number: str, analysis: int) -> Shown:
    """Say that the assumptions have been gone through."""
    marks = {key[5:]: value for key, value in request.form.items() if key.startswith("mark.")}

    def step(acting: Desk, analysis_id: int) -> Analysis:
        note = request.form.get("note", "")
        return analyses.review(acting, analysis_id, marks, note, revision=once.posted_revision())

    return _step(number, analysis, step, gettext("Beräkningen är granskad."))


@blueprint.post(f"{_ADDRESS}/approve")
@needs(Right.APPROVE_ANALYSIS)
def approve(number: str, analysis: int) -> Shown:
    """Approve a reviewed analysis: from now on it is frozen."""

    def step(acting: Desk, analysis_id: int) -> Analysis:
        return analyses.approve(acting, analysis_id, revision=once.posted_revision())

    return _step(number, analysis, step, gettext("Beräkningen är godkänd och fryst."))


@blueprint.post(f"{_ADDRESS}/copy")
@needs(Right.WRITE_ANALYSIS)
def copy(number: str, analysis: int) -> Shown:
    """Begin a new analysis with the same answers."""
    return _step(number, analysis, analyses.copy, gettext("En ny beräkning med samma antaganden är öppnad."))


@blueprint.post(f"{_ADDRESS}/discard")
@needs(Right.WRITE_ANALYSIS)
def discard(number: str, analysis: int) -> Shown:
    """Throw away a draft."""

    def step(acting: Desk, analysis_id: int) -> None:
        analyses.discard(acting, analysis_id, revision=once.posted_revision())

    return _step(number, analysis, step, gettext("Utkastet är kastat."))


def _change(change: Callable[[Desk], str], refused: Callable[[list[str]], Shown]) -> Shown:
    try:
        return once.act_once(change)
    except Conflict:
        return refused([gettext("Någon annan har ändrat beräkningen. Läs om sidan innan du fortsätter.")])
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return refused(reasons_of(refusal))
