"""Between what a figure must lie to mean anything, whatever the rest of the model says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, ByYear, Dosing, Group, Treatment, figures
from introduction.domain.messages import Message, say

#: More patients than there are people, kronor for one thing than a region's whole budget, or mg than a person weighs.
MOST_PEOPLE, MOST_MONEY, MOST_MG = 1e10, 1e12, 1e7
_LEAST_GROWTH, _MOST_GROWTH = -0.9, 1.0
_SIZES_FROM_MEAN = 6.0  #: so many standard deviations from the mean the largest patient is looked for


@dataclass(frozen=True)
class Fault:
    """Something that cannot be used: where in the model (``group.all.funnel.1.share``), and what to do about it."""

    path: str
    what: Message


def shares(given: ByYear | None, path: str) -> Iterator[Fault]:
    """Shares, also at the ends of their ranges."""
    if not _within(given, 0, 1):
        yield Fault(path, say("En andel är ett tal från 0 till 1"))


def _within(given: ByYear | None, least: float, most: float) -> bool:
    if given is None:
        return True
    ends = [end for one in figures(given) for end in (one.value, one.low, one.high) if end is not None]
    return least <= min(ends) and max(ends) <= most


def of_model(model: BudgetModel) -> Iterator[Fault]:
    """The figures that concern all groups."""
    yield from _above_nought(model.members, "members")
    yield from _growth(model.discount, "discount")


def of_group(group: Group, path: str) -> Iterator[Fault]:
    """A group's figures, but for the shares of its mixes."""
    if not all(0 <= number.value <= MOST_PEOPLE for number in figures(group.population)):
        yield Fault(f"{path}.population", say("Skriv ett antal personer, högst tio miljarder"))
    for number, step in enumerate(group.funnel):
        yield from shares(step.share, f"{path}.funnel.{number}.share")
    yield from _growth(group.growth, f"{path}.growth")
    yield from shares(group.mortality, f"{path}.mortality")
    for number, room in enumerate(group.capacity):
        yield from _not_below_nought(room, f"{path}.capacity.{number}")


def of_treatment(treatment: Treatment, path: str) -> Iterator[Fault]:
    """How long a treatment is taken and how it is given, and what its costs are."""
    kept = treatment.persistence
    yield from shares(kept.yearly, f"{path}.persistence.yearly")
    for number, share in enumerate(kept.shares):
        yield from shares(share, f"{path}.persistence.shares.{number}")
    yield from _above_nought(kept.scale, f"{path}.persistence.scale")
    yield from _above_nought(kept.shape, f"{path}.persistence.shape")
    if treatment.dosing is not None:
        yield from _dosing(treatment.dosing, f"{path}.dosing")
    for number, cost in enumerate(treatment.cost):
        if any(abs(amount.value) > MOST_MONEY for amount in figures(cost.amount)):
            yield Fault(f"{path}.cost.{number}.amount", say("Beloppet är orimligt stort"))
        yield from shares(cost.rebate, f"{path}.cost.{number}.rebate")


def _dosing(given: Dosing, path: str) -> Iterator[Fault]:
    for key in ("every_days", "every_months", "per_year"):
        yield from _above_nought(getattr(given, key), f"{path}.{key}")
    dose = given.dose
    if dose is None:
        return
    yield from _not_below_nought(dose.per_size, f"{path}.dose.per_size")
    yield from _above_nought(dose.size, f"{path}.dose.size")
    yield from _not_below_nought(dose.size_sd, f"{path}.dose.size_sd")
    if dose.per_size.value * (dose.size.value + _SIZES_FROM_MEAN * dose.size_sd.value) > MOST_MG:
        yield Fault(f"{path}.dose.per_size", say("Dosen är orimligt stor"))


def _above_nought(given: ByYear | None, path: str) -> Iterator[Fault]:
    if given is not None and not all(one.value > 0 for one in figures(given)):
        yield Fault(path, say("Skriv ett tal som är större än 0"))


def _not_below_nought(given: ByYear | None, path: str) -> Iterator[Fault]:
    if given is not None and not all(one.value >= 0 for one in figures(given)):
        yield Fault(path, say("Skriv 0 eller ett tal som är större"))


def _growth(given: Input, path: str) -> Iterator[Fault]:
    if not _within(given, _LEAST_GROWTH, _MOST_GROWTH):
        yield Fault(path, say("Skriv förändringen per år som en andel: 0,02 är två procent"))
