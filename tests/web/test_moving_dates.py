"""A corrected fact that moves dates: what moves is shown first, with nothing saved, and then just that happens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from introduction.domain.roles import Role
from introduction.services import cases
from introduction.store import Base
from introduction.store import case as case_store
from introduction.store import timer as timer_store
from introduction.store.task import due_dates_of
from introduction.web.words import plain_day
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor, words_of
from tests.world import VGR

#: When the introduction was to start, and when it is to start after the correction.
START, LATER = date(2027, 3, 1), date(2027, 5, 3)


@pytest.fixture
def planned(site: Site, case: str) -> str:
    """The case with a day on which the introduction starts, and so with dates that follow it."""
    with site.changing() as world:
        row = case_store.by_number(world.session, case)
        treating = (world.units[VGR]["lung"].id,)
        given = {"introduction_start": START, "financed_until": date(2029, 3, 1), "treating_units": treating}
        cases.change_facts(world.desk(Role.COORDINATOR), row.id, given, note="Bestämt")
    return case


def correct(visitor: Visitor, number: str, day: date | None = LATER, **more: Any) -> Page:
    """Correct the start of the introduction, with a reason."""
    form = visitor.open(f"/cases/{number}/facts?only=introduction_start").own_form()
    answers = {"introduction_start": day, "note": "Flyttat\nen gång till", **more}
    return visitor.send(form, **answers)


def standing(site: Site) -> dict[str, Any]:
    """All that the database holds, table by table, but for the visitor's own session."""
    skipped = {"sign_in_session", "sign_in_attempt"}
    with site.looking() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in skipped]
        return {t.name: sorted(map(str, session.execute(t.select()).all())) for t in tables}


def days(site: Site, number: str) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """The pending due dates and timers of a case, with their days."""
    with site.looking() as session:
        row = case_store.by_number(session, number)
        dates = {(d.kind, d.name, d.task_id, d.due_on) for d in due_dates_of(session, row.id) if d.state == "pending"}
        return dates, {(t.rule, t.due_date_id, t.day) for t in timer_store.pending_of(session, row.id)}


def rows_of(page: Page, part: str) -> list[list[str]]:
    """The rows of a part's table, cell by cell."""
    found = page.soup.select(f"section[aria-labelledby='{part}'] tbody tr")
    return [[words_of(cell) for cell in row.select("th, td")] for row in found]


def test_what_would_move_is_shown_and_nothing_is_saved(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    before = standing(site)
    page = correct(visitor, planned)
    assert page.status == 200
    assert page.heading == "Ändringen flyttar datum"
    assert rows_of(page, "moves")
    assert standing(site) == before, "a preview leaves nothing behind"


def test_what_the_preview_says_is_what_then_happens(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    dates, timers = days(site, planned)
    page = correct(visitor, planned)
    said = sorted((row[1], row[2]) for row in rows_of(page, "moves"))
    reminded = {row[2] for row in rows_of(page, "reminders") if row[2] != "utgår"}
    done = press(visitor, page, "save")
    assert done.flashed == "Uppgifterna är ändrade."
    new_dates, new_timers = days(site, planned)
    with site.app.test_request_context():
        old = {key[:3]: key[3] for key in dates - new_dates}
        new = {key[:3]: key[3] for key in new_dates - dates}
        moved = sorted((plain(old.get(key)) or "fanns inte", plain(new.get(key)) or "utgår") for key in {*old, *new})
        assert said == moved
        assert len(said) > 1
        assert reminded
        assert reminded == {plain(timer[2]) for timer in new_timers - timers}


def plain(day: date | None) -> str:
    return plain_day(day) if day else ""


def press(visitor: Visitor, page: Page, button: str) -> Page:
    """Press a button of the preview."""
    form = page.own_form()
    assert form.tag.select_one(f"button[name='moving'][value='{button}']") is not None
    form.fields["moving"] = button
    return visitor.post(form.action, form.fields)


def test_saving_keeps_every_word_and_happens_once(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = correct(visitor, planned)
    press(visitor, page, "save")
    again = press(visitor, page, "save")
    assert again.path == f"/cases/{planned}", "a second press only gets the answer of the first"
    with site.looking() as session:
        row = case_store.by_number(session, planned)
        assert row.introduction_start == LATER
        query = text("SELECT body FROM event WHERE stream = :stream ORDER BY seq")
        bodies = [body for (body,) in session.execute(query, {"stream": f"instance:{row.id}"})]
    corrected = [body for body in bodies if '"kind":"facts_changed"' in body]
    assert len(corrected) == 2, "the fixture's correction and this one"
    assert "Flyttat\\nen gång till" in corrected[-1]


def test_going_back_keeps_what_was_typed(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = press(visitor, correct(visitor, planned), "edit")
    assert page.status == 200
    form = page.own_form()
    assert form.fields["introduction_start-month"] == str(LATER.month)
    assert form.fields["note"].replace("\r\n", "\n") == "Flyttat\nen gång till"
    assert visitor.send(form).heading == "Ändringen flyttar datum"


def test_what_moves_no_date_is_saved_at_once(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = visitor.open(f"/cases/{planned}/facts?only=patients_per_year").own_form()
    page = visitor.send(form, patients_per_year="7", note="Rättat")
    assert page.flashed == "Uppgifterna är ändrade."


def test_a_refused_change_shows_its_reasons_not_a_preview(site: Site, planned: str) -> None:
    page = correct(site.signed_in(Role.COORDINATOR), planned, date(2030, 1, 1))
    assert page.status == 422
    assert any("ligger före starten" in fault for fault in page.faults)


def test_a_change_by_somebody_else_is_told_also_after_the_preview(site: Site, planned: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = correct(visitor, planned)
    with site.changing() as world:
        row = case_store.by_number(world.session, planned)
        cases.change_facts(world.desk(Role.REGISTRAR), row.id, {"patients_per_year": 7}, note="Räknat om")
    conflict = press(visitor, page, "save")
    assert conflict.status == 409
    assert "moving" not in conflict.kept()
    assert "Flyttat en gång till" in conflict.kept().values()
