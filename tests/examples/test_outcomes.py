"""The invented outcomes: near the plan, one case late and one above its band, and nothing the second time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from introduction.domain.calendar import add_months
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.examples import organisation, people
from introduction.examples import outcomes as examples
from introduction.examples.people import VGR, Cast
from introduction.services import cases, outcomes, regions
from introduction.services.cases import Roots
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.store.case import Case, TreatingUnit
from introduction.store.outcome import OutcomeImport, OutcomeMonth
from introduction.store.region import by_slug
from introduction.store.unit import units_of
from tests.analyses import add_approved, plain_model
from tests.world import Clock

UNITS = ("Medicin, NÄL", "Medicin, Borås")


@pytest.fixture
def operator(session: Session, catalogue: Catalogue, clock: Clock) -> Desk:
    """The desk of whoever loads the demonstration, with its organisation and people there."""
    desk = Desk(session, catalogue, None, clock.now, operator=True)
    regions.load(desk)
    organisation.add_hospitals(desk)
    organisation.add_operations(desk)
    people.add_people(desk)
    return desk


def introduced(desk: Desk, medicine: str, months: int, *, example: bool = True, approved: bool = True) -> Case:
    """A case whose introduction began so many months ago, with two units and a forecast from that month on."""
    acting = Desk(desk.session, desk.catalogue, Cast(desk).playing(Role.COORDINATOR, VGR), desk.now)
    about, roots = About.typed(medicine, "svår migrän"), Roots(example=example)
    subject = cases.start(acting, f"{VGR}.new_medicine", "horizon_scan", about, roots=roots)
    row, began = subject.row, add_months(desk.today.replace(day=1), -months)
    assert isinstance(row, Case)
    found = {unit.name: unit.id for unit in units_of(desk.session, by_slug(desk.session, VGR).id, desk.today)}
    desk.session.add_all(TreatingUnit(case_id=row.id, unit_id=found[name]) for name in UNITS)
    row.phase, row.introduction_start = "follow_up", began  # type: ignore[attr-defined]
    desk.session.flush()
    if approved:
        add_approved(desk.session, row.id, desk.now, plain_model(start=f"{began:%Y-%m}"))
    return row


def test_each_case_that_is_followed_up_gets_its_months(operator: Desk) -> None:
    late, above, near = (
        introduced(operator, name, at) for name, at in (("Adumab", 14), ("Bedumab", 12), ("Cedumab", 7))
    )
    left = [introduced(operator, "Dedumab", 9, approved=False), introduced(operator, "Edumab", 9, example=False)]
    assert examples.add_outcomes(operator) == 2 * (14 + 12 + 7)
    marks = outcomes.marks(operator, [case.id for case in (late, above, near, *left)])
    assert {case_id: mark.side for case_id, mark in marks.items()} == {late.id: "below", above.id: "above"}
    assert (marks[above.id].months, marks[above.id].last) == (2, date(2026, 10, 1))
    reader = Desk(operator.session, operator.catalogue, Cast(operator).playing(Role.ECONOMIST, VGR), operator.now)
    found = outcomes.view(reader, near.public_number)
    assert found.sums.months == 7
    assert found.sums.actual.cost == pytest.approx(found.sums.planned.cost, rel=0.1)
    assert not outcomes.view(reader, left[0].public_number).rows


def test_again_adds_nothing(operator: Desk) -> None:
    introduced(operator, "Adumab", 6)
    assert examples.add_outcomes(operator) == 12
    assert examples.add_outcomes(operator) == 0
    counts = [operator.session.scalar(select(func.count()).select_from(one)) for one in (OutcomeMonth, OutcomeImport)]
    assert counts == [12, 1]


def test_where_nothing_is_followed_up_there_is_nothing_to_add(operator: Desk) -> None:
    assert examples.add_outcomes(operator) == 0
