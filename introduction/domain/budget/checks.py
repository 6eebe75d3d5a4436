"""What must hold of a model beyond its shape, field by field. A model that is being written may lack all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from introduction.domain.budget import curves, patients
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, Cost, Group, Treatment
from introduction.domain.messages import Message, say

_A_HAIR = 1e-6
#: More patients than people in Sweden, or more kronor for one thing than a region's whole budget, is a slip.
MOST_PEOPLE, MOST_MONEY = 1e10, 1e12


@dataclass(frozen=True)
class Fault:
    """Something that cannot be used: where in the model (``group.all.funnel.1.share``), and what to do about it."""

    path: str
    what: Message


def faults(model: BudgetModel) -> list[Fault]:
    """Everything that keeps a model from being computed, in the order of the file."""
    found = [*_names(model)]
    for group in model.group:
        found += _group(model, group)
    for treatment in model.treatment:
        found += _treatment(model, treatment)
    return found


def _names(model: BudgetModel) -> Iterator[Fault]:
    groups, treatments = [g.id for g in model.group], [t.id for t in model.treatment]
    for kind, names in (("group", groups), ("treatment", treatments)):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Fault(f"{kind}.{name}", say("Namnet står mer än en gång. Ge varje rad ett eget namn"))
    known = set(treatments)
    for group in model.group:
        for key, named in (("mix", group.mix), ("mix_to", group.mix_to), ("takes_from", group.takes_from)):
            for name in named:
                if name not in known:
                    yield Fault(f"group.{group.id}.{key}.{name}", say("Behandlingen finns inte i modellen"))
        if group.new is not None and group.new not in known:
            yield Fault(f"group.{group.id}.new", say("Behandlingen finns inte i modellen"))
        if (group.new is None) != (group.uptake is None):
            yield Fault(f"group.{group.id}.uptake", say("Ange både den nya behandlingen och hur snabbt den tas upp"))


def _group(model: BudgetModel, group: Group) -> Iterator[Fault]:
    path = f"group.{group.id}"
    if not 0 <= group.population.value <= MOST_PEOPLE:
        yield Fault(f"{path}.population", say("Skriv ett antal personer, högst tio miljarder"))
    for number, step in enumerate(group.funnel):
        yield from _share(step.share, f"{path}.funnel.{number}.share")
    for key, named in (("mix", group.mix), ("mix_to", group.mix_to), ("takes_from", group.takes_from)):
        for name, share in named.items():
            yield from _share(share, f"{path}.{key}.{name}")
        total = sum(share.value for share in named.values())
        if total > 1 + _A_HAIR:
            yield Fault(
                f"{path}.{key}", say("Andelarna blir {total} tillsammans. De får vara högst 1", total=f"{total:g}")
            )
    if group.uptake is not None and group.new is not None:
        yield from _uptake(model, group, f"{path}.uptake")


def _share(share: Input, path: str) -> Iterator[Fault]:
    ends = [share.value, *([share.low, share.high] if share.low is not None and share.high is not None else [])]
    if min(ends) < 0 or max(ends) > 1:
        yield Fault(path, say("En andel är ett tal från 0 till 1"))


def _uptake(model: BudgetModel, group: Group, path: str) -> Iterator[Fault]:
    assert group.uptake is not None, "asked for a group with an uptake"
    begins = (group.uptake.start or model.start) - model.start + group.uptake.delay.value
    if begins >= model.months:
        yield Fault(f"{path}.start", say("Behandlingen börjar efter att modellens tid är slut"))
        return
    reached = curves.uptake(model, group.uptake, lambda one: one.value)
    if reached.min() < -_A_HAIR or reached.max() > 1 + _A_HAIR:
        yield Fault(f"{path}.to", say("Upptaget är en andel från 0 till 1"))
        return
    if group.kind == "pool":
        return
    taken = patients.taken_from(group, {name: np.array([[share.value]]) for name, share in group.mix.items()}, _plain)
    for name, part in taken.items():
        left = group.mix[name].value if name in group.mix else 0.0
        if group.takes_from and float(np.max(part)) * reached.max() > left + _A_HAIR and not group.mix_to:
            yield Fault(
                f"group.{group.id}.takes_from.{name}",
                say("Den nya behandlingen tar fler patienter än {name} har. Sänk andelen eller upptaget", name=name),
            )


def _plain(one: Input) -> float:
    return one.value


def _treatment(model: BudgetModel, treatment: Treatment) -> Iterator[Fault]:
    path = f"treatment.{treatment.id}"
    for number, cost in enumerate(treatment.cost):
        amounts = [cost.amount] if isinstance(cost.amount, Input) else cost.amount
        if any(abs(amount.value) > MOST_MONEY for amount in amounts):
            yield Fault(f"{path}.cost.{number}.amount", say("Beloppet är orimligt stort"))
        yield from _share(cost.rebate, f"{path}.cost.{number}.rebate")
        if cost.per in ("dose", "mg") and treatment.dosing is None:
            yield Fault(f"{path}.dosing", say("Ange hur ofta behandlingen ges"))
        if cost.per == "mg" and treatment.dosing is not None and treatment.dosing.dose is None:
            yield Fault(f"{path}.dosing.dose", say("Ange hur stor dosen är"))
    for category in dict.fromkeys(cost.category for cost in treatment.cost):
        yield from _gap(model, path, [cost for cost in treatment.cost if cost.category == category])


def _gap(model: BudgetModel, path: str, costs: list[Cost]) -> Iterator[Fault]:
    """Prices by period must follow on each other: a month without any would count as free."""
    if all(cost.valid_from is None and cost.valid_to is None for cost in costs):
        return
    covered = set()
    for cost in costs:
        first = cost.valid_from if cost.valid_from is not None else model.start
        last = cost.valid_to if cost.valid_to is not None else model.start + model.months - 1
        covered |= set(range(first, last + 1))
    missing = [month for month in range(model.start, model.start + model.months) if month not in covered]
    if missing:
        month = f"{missing[0] // 12}-{missing[0] % 12 + 1:02}"
        yield Fault(f"{path}.cost", say("Priset saknas för {month}. Låt perioderna följa på varandra", month=month))
