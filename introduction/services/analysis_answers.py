"""The answers of an analysis as they stand: what is known without asking, and what can be built of them."""

from __future__ import annotations

import json
import re
from datetime import date

from introduction.domain import secrecy
from introduction.domain.budget import answers as answering
from introduction.domain.budget import building, questions
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.building import Built
from introduction.domain.budget.questions import OWN, Page
from introduction.domain.errors import InvalidInput
from introduction.domain.messages import say
from introduction.services import population
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import unit as units
from introduction.store.analysis import Analysis


def answers_of(row: Analysis) -> dict[str, Answer]:
    """The answers as they were typed."""
    return answering.of_data(json.loads(row.answers))


def pages_of(desk: Desk, subject: Subject, kind: str, on: date | None = None) -> tuple[Page, ...]:
    """The pages of questions for a case: those of the kind, with the region's administrations of a day, or today."""
    if kind == OWN or subject.instance.region_id is None:
        return ()
    found = units.units_of(desk.session, subject.instance.region_id, on or desk.today, "administration")
    return questions.pages_of(kind, [(unit.id, unit.name) for unit in found])


def built(desk: Desk, subject: Subject, row: Analysis) -> Built:
    """The model of the answers as they stand, or what is missing."""
    made = building.build(row.kind, row.title, answers_of(row), pages_of(desk, subject, row.kind))
    if made.model is not None:
        try:
            secrecy.demand_no_rebate(made.model)
        except InvalidInput as refusal:
            told = tuple(f"{path}: {what}" for path, what in refusal.problems)
            return Built(None, {"toml.value": say("{problems}", problems=told)})
    return made


def refuse_rebates(text: str) -> None:
    """A model's text that tells a rebate is not even kept as a draft: whoever sees the case would read it.

    Raises InvalidInput.
    """
    if re.search(r"\brebate\b", text):
        raise InvalidInput(
            ("toml", say("Återbäring skrivs aldrig i beräkningen. Ta bort rebate; texten är inte sparad"))
        )


def known(desk: Desk, subject: Subject, kind: str, sex: str, ages: tuple[int, int | None]) -> dict[str, Answer]:
    """What is known without asking: the region's people, its financing and its threshold."""
    if kind == OWN:
        return {}
    region, today = subject.region, desk.today
    people = population.of_county(region.county_code, sex=sex, age_from=ages[0], age_to=ages[1])
    levels = subject.situation["care_levels"] or ()
    limit = region.value("threshold_several_levels_kr" if len(levels) > 1 else "threshold_one_level_kr", today)
    known = {"financed": Answer(str(region.value("financed_months", today)), on=today.isoformat())}
    if people is not None:
        source = str(people.source)
        known["population"] = Answer(f"{people.people:,}".replace(",", " "), source=source, on=people.dated)
    if limit:
        known["threshold"] = Answer(f"{limit:,}".replace(",", " "), on=today.isoformat())
    basis = subject.situation["basis"]
    if basis:
        known["purse"] = Answer("prescription_benefit" if basis == "prescription" else "clinic", on=today.isoformat())
    return known
