"""What a clinician types in a first analysis, and the way from a draft to an approved one, for tests."""

from __future__ import annotations

from collections.abc import Mapping

from introduction.domain.budget.answers import Answer
from introduction.domain.roles import Role
from introduction.services import analyses
from introduction.services.subjects import Subject
from introduction.store.analysis import Analysis
from tests.world import VGR, World

#: An infusion as a clinician would tell of it: a value, perhaps its least, greatest and source.
INFUSION: Mapping[str, tuple[str, ...]] = {
    "prevalence": ("5", "4", "7", "Luftvägsregistret, uttag 2025"),
    "incidence": ("2", "1,5", "3", "Luftvägsregistret, uttag 2025"),
    "diagnosed": ("90",),
    "eligible": ("80 %", "70 %", "90 %", "Terapigrupp lungmedicin"),
    "first_patient": ("april 2027",),
    "delay": ("2", "0", "6"),
    "uptake": ("65 %", "50 %", "80 %", "Terapigrupp lungmedicin"),
    "waiting_uptake": ("50",),
    "loading": ("0, 14",),
    "interval": ("4",),
    "price_dose": ("12 400", "11 000", "14 000", "Listpris, AIP utan moms"),
    "kept": ("80", "68", "88", "Studie med 412 patienter"),
    "given_cost": ("1 900",),
    "old1_name": ("Äldre behandling",),
    "old1_share": ("60",),
    "old1_month": ("3 000", "2 800", "3 300"),
    "financed": ("24",),
    "scenario1_name": ("Långsammare start",),
    "scenario1_reason": ("Få mottagningar kan ge läkemedlet i början",),
    "scenario1_uptake": ("40",),
}


def typed(told: Mapping[str, tuple[str, ...]] = INFUSION, **changed: str) -> dict[str, Answer]:
    """The answers, with some values changed."""
    answers = {key: Answer(*parts) for key, parts in told.items()}
    return answers | {key: Answer(value) for key, value in changed.items()}


def drafted(world: World, case: Subject, by: Role = Role.NOMINATOR, region: str = VGR, **changed: str) -> Analysis:
    """A draft with every question answered."""
    desk = world.desk(by, region)
    row = analyses.start(desk, case.instance.id, "infusion")
    analyses.answer(desk, row.id, typed(**changed))
    return row


def reviewed(world: World, case: Subject, region: str = VGR, **changed: str) -> Analysis:
    """Handed in by the nominator, reviewed by the economist."""
    row = drafted(world, case, region=region, **changed)
    analyses.submit(world.desk(Role.NOMINATOR, region), row.id)
    return analyses.review(world.desk(Role.ECONOMIST, region), row.id, {"uptake": "confirm", "price_dose": "ok"})


def approved(world: World, case: Subject, region: str = VGR, **changed: str) -> Analysis:
    """Approved by the drafting group."""
    row = reviewed(world, case, region, **changed)
    return analyses.approve(world.desk(Role.DRAFTING_GROUP, region), row.id)
