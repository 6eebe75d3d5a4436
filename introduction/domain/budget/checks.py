"""What must hold of a model beyond its shape, field by field. A model that is being written may lack all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from introduction.domain.budget import bounds, curves
from introduction.domain.budget.bounds import Fault
from introduction.domain.budget.flows import WORLDS
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, ByYear, Cost, Group, Treatment, figures
from introduction.domain.messages import say

_A_HAIR = 1e-6
_ALL = Input(value=1)
_SHARES = ("mix", "mix_to", "mix_with", "takes_from")


def faults(model: BudgetModel) -> list[Fault]:
    """Everything that keeps a model from being computed, in the order of the file."""
    found = [*_names(model), *bounds.of_model(model), *_split(model), *_financed(model)]
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
        for key in _SHARES:
            for name in getattr(group, key):
                if name not in known:
                    yield Fault(f"group.{group.id}.{key}.{name}", say("Behandlingen finns inte i modellen"))
        if group.new is not None and group.new not in known:
            yield Fault(f"group.{group.id}.new", say("Behandlingen finns inte i modellen"))
        if (group.new is None) != (group.uptake is None) and not group.mix_with:
            yield Fault(f"group.{group.id}.uptake", say("Ange både den nya behandlingen och hur snabbt den tas upp"))


def _split(model: BudgetModel) -> Iterator[Fault]:
    for area, share in model.split.items():
        yield from bounds.shares(share, f"split.{area}")
    total = sum(share.value for share in model.split.values())
    if model.split and abs(total - 1) > _A_HAIR:
        yield Fault("split", say("Andelarna blir {total} tillsammans. De ska bli 1", total=f"{total:g}"))


def _financed(model: BudgetModel) -> Iterator[Fault]:
    if model.financed is not None and model.financed.last < model.financed.first:
        yield Fault("financed.last", say("Sista månaden ligger före den första"))


def _group(model: BudgetModel, group: Group) -> Iterator[Fault]:
    path = f"group.{group.id}"
    yield from bounds.of_group(group, path)
    for key in _SHARES:
        yield from _whole(getattr(group, key), f"{path}.{key}")
    yield from _one_way(group, path)
    if group.uptake is not None and group.new is not None:
        yield from _uptake(model, group, f"{path}.uptake")


def _whole(named: Mapping[str, ByYear], path: str) -> Iterator[Fault]:
    """Shares of one whole: each one possible, and in no year above 1 together."""
    for name, share in named.items():
        yield from bounds.shares(share, f"{path}.{name}")
    years = max((len(figures(share)) for share in named.values()), default=0)
    totals = [
        sum(figures(share)[min(year, len(figures(share)) - 1)].value for share in named.values())
        for year in range(years)
    ]
    if totals and max(totals) > 1 + _A_HAIR:
        yield Fault(path, say("Andelarna blir {total} tillsammans. De får vara högst 1", total=f"{max(totals):g}"))


def _one_way(group: Group, path: str) -> Iterator[Fault]:
    """What the new treatment changes is told in one way, which its kind of group has."""
    if group.mix_with and (group.uptake is not None or group.capacity or group.takes_from or group.kind == "pool"):
        yield Fault(f"{path}.mix_with", say("Ange antingen andelarna med den nya behandlingen eller dess upptag"))
    for name in group.takes_from:
        if name not in group.mix and name not in group.mix_to and name != group.new:
            yield Fault(f"{path}.takes_from.{name}", say("Ange hur stor andel som har {name} i dag", name=name))
    if group.kind == "pool" and group.new in group.mix:
        yield Fault(f"{path}.mix.{group.new}", say("De som redan har behandlingen hör inte till dem som väntar på den"))


def _uptake(model: BudgetModel, group: Group, path: str) -> Iterator[Fault]:
    assert group.uptake is not None, "asked for a group with an uptake"
    begins = (group.uptake.start or model.start) - model.start + group.uptake.delay.value
    if begins >= model.months:
        yield Fault(f"{path}.start", say("Behandlingen börjar efter att modellens tid är slut"))
        return
    wrong = [*bounds.shares(group.uptake.to, f"{path}.to"), *bounds.shares(group.uptake.rate, f"{path}.rate")]
    if wrong:
        yield from wrong
        return
    reached = curves.uptake(model, group.uptake, _plain)
    if not (reached.min() >= -_A_HAIR and reached.max() <= 1 + _A_HAIR):
        yield Fault(f"{path}.to", say("Upptaget är en andel från 0 till 1"))
        return
    if group.kind != "pool" and not group.mix_to:
        for name, share in group.takes_from.items():
            taken = curves.by_year(model, share, _plain) * reached
            left = curves.by_year(model, group.mix.get(name, _ALL), _plain)
            if name != group.new and float(np.max(taken - left)) > _A_HAIR:
                yield Fault(
                    f"group.{group.id}.takes_from.{name}",
                    say(
                        "Den nya behandlingen tar fler patienter än {name} har. Sänk andelen eller upptaget", name=name
                    ),
                )


def _plain(one: Input) -> float:
    return one.value


def _treatment(model: BudgetModel, treatment: Treatment) -> Iterator[Fault]:
    path = f"treatment.{treatment.id}"
    yield from bounds.of_treatment(treatment, path)
    for cost in treatment.cost:
        if cost.per in ("dose", "mg") and treatment.dosing is None:
            yield Fault(f"{path}.dosing", say("Ange hur ofta behandlingen ges"))
        if cost.per == "mg" and treatment.dosing is not None and treatment.dosing.dose is None:
            yield Fault(f"{path}.dosing.dose", say("Ange hur stor dosen är"))
    gaps = (
        _gap(model, path, [one for one in treatment.cost if one.category == "drug" and one.world in ("both", world)])
        for world in WORLDS
    )
    yield from {gap.path: gap for found in gaps for gap in found}.values()


def _gap(model: BudgetModel, path: str, costs: list[Cost]) -> Iterator[Fault]:
    """Prices of a medicine must follow on each other: a month without any would count as free."""
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
