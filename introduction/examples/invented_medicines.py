"""The invented medicines and what is told of them: plausible, coherent, and true of nothing."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from introduction.domain.fields import SEVERITY
from introduction.examples import files

#: How large a part of the patients has begun in years one, two and three.
UPTAKE_PERCENT = (40, 75, 100)
COUNTY_OF = {"vastra_gotaland": "14", "norrbotten": "25"}
#: Extra costs are told in whole tens of thousands of kronor: estimates look like estimates.
ROUND_TO_ORE = 10_000 * 100


@dataclass(frozen=True)
class Medicine:
    """One invented medicine for one indication, as data/invented_medicines.toml tells it."""

    name: str
    atc: str
    indication: str
    category: str
    basis: str
    population: str
    comparator: str
    benefit: str
    risks: str
    diagnostics: str
    severity: str
    effect: str
    risk: str
    evidence: str
    value: str
    rank: int
    rare: bool
    per_100k: float
    cost_kr: int
    levels: tuple[str, ...]
    uncertain: str
    goal: str

    def patients(self, region: str) -> int:
        """Patients a year in a region, from its population; at least one."""
        return max(1, round(self.per_100k * files.population(COUNTY_OF[region]) / 100_000))


@functools.cache
def medicines() -> Mapping[str, Medicine]:
    """Every invented medicine by its name."""
    told = files.records("invented_medicines.toml", "medicine")
    return {one["name"]: Medicine(**{**one, "levels": tuple(one["levels"])}) for one in told}


def costs_ore(medicine: Medicine, region: str) -> tuple[int, int, int]:
    """The extra cost of years one to three, in öre."""
    full = medicine.patients(region) * medicine.cost_kr * 100
    first, second, third = (max(1, round(full * part / 100 / ROUND_TO_ORE)) * ROUND_TO_ORE for part in UPTAKE_PERCENT)
    return first, second, third


#: Indications that begin with a name keep their capital in the middle of a sentence.
_NAMES = ("Crohns", "Leber")


def _in_sentence(indication: str) -> str:
    return indication if indication.startswith(_NAMES) else indication[0].lower() + indication[1:]


def _tkr(ore: int) -> str:
    return f"{ore // 100_000:,}".replace(",", "\u00a0")


def case_facts(medicine: Medicine, region: str, unit: str, costs: tuple[int, int, int] | None = None) -> dict[str, Any]:
    """All that anyone will say of the medicine on a case's way through a region. ``costs``: of years 1-3, in öre."""
    patients = medicine.patients(region)
    first, second, third = costs or costs_ore(medicine, region)
    severity = SEVERITY[medicine.severity]
    lower = _in_sentence(medicine.indication)
    return {
        "category": medicine.category,
        "basis": medicine.basis,
        "target_population": medicine.population,
        "patients_per_year": patients,
        "comparator": medicine.comparator,
        "benefit": medicine.benefit,
        "risks": medicine.risks,
        "diagnostics": medicine.diagnostics,
        "care_levels": medicine.levels,
        "extra_cost_year1_ore": first,
        "extra_cost_year2_ore": second,
        "extra_cost_year3_ore": third,
        "reorganisation": False,
        "complex_ethics": medicine.category == "atmp",
        "anchored_with": f"{unit}, ledningsgruppen. Läkemedelskommitténs terapigrupp har lämnat synpunkter.",
        "conflicts_of_interest": "Inget jäv",
        "authorised": True,
        "routine_use": "not_routine",
        "evidence_exists": True,
        "severity": medicine.severity,
        "effect": medicine.effect,
        "risk": medicine.risk,
        "evidence_grade": medicine.evidence,
        "cost_effectiveness": medicine.value,
        "rare_and_severe": medicine.rare and medicine.severity == "very_high",
        "rank": medicine.rank,
        "rank_reason": f"Svårighetsgraden är {severity}. {medicine.benefit} Osäkerheten gäller {medicine.uncertain}.",
        "in_depth_analysis": (
            f"{medicine.population} Omkring {patients} patienter om året. {medicine.benefit} {medicine.risks} "
            f"Ersätter: {medicine.comparator}. Osäkerheten gäller {medicine.uncertain}. "
            f"Merkostnaden beräknas till {_tkr(third)} tkr år 3."
        ),
        "proposal": f"Rådet föreslår att {medicine.name} införs vid {lower} för de patienter som analysen beskriver.",
        "goals": f"{medicine.goal}\nBehandlingen är i gång på alla utsedda enheter inom tre månader",
        "follow_up_outcome": "continue",
        "follow_up_conclusion": (
            f"Införandet har nått ungefär så många patienter som väntat. {medicine.benefit} Målet ”{medicine.goal}” är "
            "i huvudsak nått. Användningen skiljer sig något mellan enheterna."
        ),
        "consequence": (
            f"Omkring {patients} patienter om året. Merkostnaden är {_tkr(first)} tkr första året och "
            f"{_tkr(third)} tkr år 3. Diagnostik: {medicine.diagnostics}"
        ),
        "regional_preparation": False,
        "regional_statement": (
            f"Sjukvårdsregionens samverkansgrupp föreslår gemensamma start- och stoppkriterier för {medicine.name}."
        ),
        "adherence": "followed",
        "adherence_comment": "Användningen följer beslutet i de verksamheter som har rapporterat.",
    }


def recommendation_facts(medicine: Medicine) -> dict[str, Any]:
    """All that the national process will say of the medicine."""
    lower = _in_sentence(medicine.indication)
    return {
        "scan_summary": f"{medicine.population} {medicine.benefit} Kostnaden väntas bli hög per patient.",
        "nomination_reason": (
            f"Svårighetsgraden är {SEVERITY[medicine.severity]} vid {lower}. Jämlik användning är angelägen."
        ),
        "health_economics": (
            f"Jämfört med: {medicine.comparator}. Resultatet beror mest på {medicine.uncertain}. "
            "Utan avtal bedöms kostnaden vara hög i förhållande till nyttan."
        ),
        "agreement_exists": medicine.value == "reasonable",
        "talks_result": "Parterna enades om en sidoöverenskommelse med riskdelning.",
        "regions_group": "Två regionföreträdare och en klinisk expert",
    }


def version_record(medicine: Medicine, level: str) -> dict[str, Any]:
    """A recommendation as the council would put it, graded on the newer scale."""
    lower = _in_sentence(medicine.indication)
    said = {
        "should": f"{medicine.name} bör användas vid {lower}.",
        "may": f"{medicine.name} kan användas vid {lower}.",
        "should_not": f"{medicine.name} ska inte användas vid {lower}.",
        "wait": f"Regionerna bör avvakta med {medicine.name} vid {lower}.",
        "conditional": f"{medicine.name} kan användas vid {lower}, på de villkor som anges.",
        "not_covered": f"{medicine.name} omfattas inte av nationell samverkan.",
        "reimbursed": f"{medicine.name} ingår i läkemedelsförmånerna.",
        "reimbursed_limited": f"{medicine.name} ingår i läkemedelsförmånerna med begränsning.",
        "not_reimbursed": f"{medicine.name} ingår inte i läkemedelsförmånerna.",
    }[level]
    graded = level in ("should", "may", "should_not", "conditional")
    uncertainty = {"4": "low", "3": "moderate", "2": "high", "1": "very_high"}[medicine.evidence]
    record = {"level": level, "wording": said, "comparator": medicine.comparator, "source": "Påhittat exempel"}
    if graded:
        record |= {
            "severity": medicine.severity,
            "grade_scale": "uncertainty",
            "clinical_grade": uncertainty,
            "economic_grade": "moderate" if medicine.value == "reasonable" else "high",
        }
    if level in ("conditional", "reimbursed_limited"):
        record["conditions"] = medicine.population
    return record
