"""Draws the pages of an application: its own, and those on which it is written, with what was typed when refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from introduction.domain.errors import Conflict, NotAllowed, NotFound, Refused
from introduction.domain.fields import APPLICATION_FIELDS
from introduction.domain.roles import Right, Scope, can, visible
from introduction.services import claimable
from introduction.services.application_files import ApplicationFile, application_file
from introduction.services.application_timeline import timeline
from introduction.services.claimable import Claimable
from introduction.services.desk import Desk
from introduction.store import listing
from introduction.web import application_pages, application_words, asking, once
from introduction.web.actions import Page
from introduction.web.application_forms import concern_form
from introduction.web.application_pages import FormPage
from introduction.web.application_words import months_between
from introduction.web.database import reading
from introduction.web.forms.builder import Asked, Choices, Form, Question, ask

_MOST_CASES = 400
#: The pages that are more than the fields of the catalogue.
_OWN_TEMPLATES = frozenset({"concerns", "savings", "attachments", "check"})


def application_page(desk: Desk, number: str, **more: Any) -> str:
    """The page as it stands, perhaps with reasons on top."""
    file = application_file(desk, number)
    line = timeline(desk, file)
    return render_template(
        "applications/show.html",
        file=file,
        row=file.application,
        line=line,
        stage=file.subject.definition.stage_named(file.subject.instance.stage),
        lead=application_words.lead(file, line),
        words=application_words,
        main=[offer for offer in file.offers if offer.action.main],
        other=[offer for offer in file.offers if not offer.action.main and not offer.why_not],
        decided=[decision for decision in file.decisions if decision.outcome],
        claiming=_claiming(desk, file),
        side_by_side=can(desk.by, Right.VIEW_APPLICATION, Scope(file.subject.scope.region_id)) is None,
        request_key=once.new_key(),
        full_history=request.args.get("history") == "all",
        today=desk.today,
        example_band=file.application.example,
        **more,
    )


def _claiming(desk: Desk, file: ApplicationFile) -> Claimable | None:
    """What was granted, as the reader may claim it; None for others, and once it is settled."""
    if file.granted is None or can(desk.by, Right.CLAIM, file.subject.scope) is not None:
        return None
    return claimable.of_grant(desk, file.granted.grant.id)


def edit_page(
    file: ApplicationFile,
    page: FormPage,
    form: Form,
    reasons: list[str] | None = None,
    *,
    template: str = "",
    **more: Any,
) -> str:
    """A page as it stands, with what is known or was typed."""
    known = pages_of(file)
    return render_template(
        f"applications/{template or (page.key if page.key in _OWN_TEMPLATES else 'fields')}.html",
        file=file,
        page=page,
        pages=known,
        answered={one.key for one in known if application_pages.answered(file, one)},
        form=form,
        reasons=reasons or [],
        request_key=once.new_key(),
        offer=next((offer for offer in file.offers if offer.action.main and not offer.why_not), None),
        note=asking.for_note({}).form["note"] if page.key == "check" else None,
        example_band=file.application.example,
        **more,
    )


def keep_or_tell(file: ApplicationFile, page: FormPage, form: Form, change: Callable[[Desk], str], **more: Any) -> Page:
    """Run a change once; what stands against it is told on the page, with what was typed."""
    try:
        return once.act_once(change)
    except Conflict:
        fresh = application_file(reading(), file.subject.number)
        said = gettext("Någon annan har ändrat ansökan medan du skrev. Det du skrev står kvar. Jämför och spara igen.")
        return edit_page(fresh, page, form, [said], **more), 409
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        reasons = form.take_problems(refusal)
        return edit_page(application_file(reading(), file.subject.number), page, form, reasons, **more), 422


def page_of(file: ApplicationFile, page_key: str) -> FormPage:
    """The page of a key. Raises NotFound."""
    found = next((page for page in pages_of(file) if page.key == page_key), None)
    if found is None:
        raise NotFound(f"page {page_key}")
    return found


def pages_of(file: ApplicationFile) -> list[FormPage]:
    """The pages of an application."""
    return application_pages.pages(savings=file.ground.demands_savings)


def asked_on(desk: Desk, file: ApplicationFile, page: FormPage) -> Asked:
    """What a page asks, with what is known or was typed."""
    if page.key == "concerns":
        return Asked(concern_form(file, cases_to_name(desk)))
    now = file.subject.situation
    questions = [
        Question(APPLICATION_FIELDS[key], required=key != "no_savings_reason", value=now[key]) for key in page.fields
    ]
    if page.key == "need" and now["budget_year"] is None:
        questions[0] = Question(APPLICATION_FIELDS["budget_year"], required=True, value=desk.today.year)
    return ask(questions, Choices(months=months_between(now["period_from"], now["period_to"])))


def cases_to_name(desk: Desk) -> list[tuple[str, str]]:
    """The open cases that the person sees, by number."""
    assert desk.by is not None, "a page asks"
    wanted = listing.CaseFilter(closed="open")
    rows = listing.cases(desk.session, visible(desk.by), wanted, desk.today, order="name", limit=_MOST_CASES, offset=0)
    return [(row.number, f"{row.medicine}, {row.indication[:80]} ({row.number})") for row in rows]
