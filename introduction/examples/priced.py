"""What the invented medicines cost: an analysis for each, as a clinic fills it in, on its region's real population."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from introduction.domain.budget.answers import Answer
from introduction.domain.budget.questions import INFUSION, ONE_OFF, TABLETS
from introduction.examples.invented_medicines import Medicine

#: How many wait and how many fall ill each year, for each patient on treatment when it is introduced.
_WAITING, _FALL_ILL = 1.6, 0.6
_WAITING_ONCE, _FALL_ILL_ONCE = 1.5, 1.8
_SOURCE_PATIENTS = "Påhittat kvalitetsregister, uttag förra året"
_SOURCE_GROUP = "Terapigruppens bedömning"
_SOURCE_PRICE = "Påhittat listpris, AIP utan moms"
_SOURCE_STUDY = "Påhittad studie"


def kind_of(medicine: Medicine) -> str:
    """The template that fits a medicine."""
    if medicine.category == "atmp":
        return ONE_OFF
    return INFUSION if medicine.basis == "requisition" else TABLETS


def answers(medicine: Medicine, first_patient: date, factor: float = 1.0) -> dict[str, Answer]:
    """The answers of a first analysis. ``cost_kr`` of an invented medicine is its extra cost a year and patient.

    ``factor`` makes it dearer: a calendar year that holds few months of it must still be worth an ordered introduction.
    """
    kind = kind_of(medicine)
    waiting, fall_ill = (_WAITING_ONCE, _FALL_ILL_ONCE) if kind == ONE_OFF else (_WAITING, _FALL_ILL)
    told = {
        "incidence": _ranged(medicine.per_100k * fall_ill, 0.75, 1.4, _SOURCE_PATIENTS),
        "prevalence": _ranged(medicine.per_100k * waiting, 0.7, 1.3, _SOURCE_PATIENTS),
        "growth": Answer("0,5", "0,2", "0,8", "SCB, befolkningens ökning de senaste åren"),
        "diagnosed": Answer("95", "90", "98", _SOURCE_GROUP),
        "eligible": Answer("80", "70", "90", _SOURCE_GROUP),
        "first_patient": Answer(f"{first_patient.year}-{first_patient.month:02}"),
        "delay": Answer("1", "0", "4", "Prisförhandlingen är inte klar"),
        "uptake": Answer("60", "45", "75", _SOURCE_GROUP),
        "uptake_months": Answer("24", "18", "36", _SOURCE_GROUP),
        "waiting_uptake": Answer("50", "35", "65", _SOURCE_GROUP),
        "start_cost": Answer("4 000", "3 000", "6 000", medicine.diagnostics),
        "monitoring": Answer("3 500", "2 500", "5 000", "Tre besök om året enligt regionens prislista"),
        "old1_name": Answer(medicine.comparator[:120]),
        "old1_share": Answer("70", "60", "80", _SOURCE_GROUP),
        "scenario1_name": Answer("Långsammare start"),
        "scenario1_reason": Answer("Få mottagningar kan ge behandlingen i början"),
        "scenario1_uptake": Answer("40"),
        "scenario2_name": Answer("Lägre pris"),
        "scenario2_reason": Answer("En konkurrent väntas inom två år"),
        "scenario2_price": Answer("-25"),
    }
    return told | _price(medicine, kind, factor * medicine.cost_kr)


def dearer_by(wanted_ore: int, impact: Sequence[int]) -> float:
    """How many times dearer a medicine must be for the dearest of its first three years to cost so much; at least 1."""
    return max(1.0, 1.05 * wanted_ore / max(*impact[:3], 1))


def _price(medicine: Medicine, kind: str, cost_kr: float) -> dict[str, Answer]:
    """A price at which the extra cost is about what the medicine is said to cost, with what it displaces."""
    old = cost_kr * 0.15
    if kind == ONE_OFF:
        return {
            "price_once": _ranged(cost_kr, 0.9, 1.1, _SOURCE_PRICE),
            "given_once": _ranged(85_000, 0.8, 1.4, "Vårdtid och operation enligt KPP"),
            "old1_month": _ranged(old / 60, 0.8, 1.2, _SOURCE_PRICE),
        }
    told = {
        "kept": Answer("80", "68", "88", _SOURCE_STUDY),
        "old1_month": _ranged(old / 12, 0.9, 1.1, _SOURCE_PRICE),
        "old1_kept": Answer("75"),
    }
    if kind == TABLETS:
        return told | {"price_month": _ranged((cost_kr + old) / 12, 0.9, 1.1, _SOURCE_PRICE)}
    doses = 365.25 / 28
    return told | {
        "interval": Answer("4"),
        "loading": Answer("0, 14"),
        "price_dose": _ranged((cost_kr + old) / doses, 0.9, 1.1, _SOURCE_PRICE),
        "given_cost": Answer("1 900", "1 500", "2 600", "Dagvård enligt regionens prislista"),
    }


def _ranged(value: float, low: float, high: float, source: str) -> Answer:
    return Answer(_told(value), _told(value * low), _told(value * high), source)


def _told(value: float) -> str:
    """A figure as somebody would write it: three digits that count."""
    if value >= 1000:
        digits = len(str(int(value)))
        return f"{round(value, 3 - digits):,.0f}".replace(",", " ")
    return f"{value:.3g}".replace(".", ",")


#: Where the patients are treated, with the weight of each administration.
_EVERYWHERE = (
    ("Sahlgrenska Universitetssjukhuset", 5),
    ("NU-sjukvården", 2),
    ("Skaraborgs Sjukhus", 2),
    ("Södra Älvsborgs Sjukhus", 2),
)


def places(medicine: Medicine, region: str) -> tuple[tuple[str, int], ...]:
    """The administrations that a medicine's cost is divided by; none where the region is one."""
    if region != "vastra_gotaland":
        return ()
    return _EVERYWHERE[:1] if kind_of(medicine) == ONE_OFF else _EVERYWHERE


def shares(weights: dict[int, int]) -> dict[str, Answer]:
    """The patients divided by administration, by the weights of its money; the parts are whole per cent."""
    if not weights:
        return {}
    whole = sum(weights.values())
    parts = {unit: weight * 100 // whole for unit, weight in weights.items()}
    first = next(iter(parts))
    parts[first] += 100 - sum(parts.values())
    return {f"area_{unit}": Answer(str(part)) for unit, part in parts.items()}
