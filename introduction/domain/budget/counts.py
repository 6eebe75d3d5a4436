"""The patients of each treatment, of all groups together, before they are followed through it."""

from __future__ import annotations

from dataclasses import dataclass, field

from introduction.domain.budget import costs, patients
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.flows import Flow
from introduction.domain.budget.spec import BudgetModel, Treatment


@dataclass
class Tally:
    """So many patients, by month: shape ``(months, draws)``. None: nobody."""

    cohort: Array | None = None  #: who start
    there: Array | None = None  #: who are there without having started within the model, or by an uptake
    newcomers: Array | None = None  #: who come to be there
    _own: set[str] = field(default_factory=set)  #: what nobody else holds, and can be added to where it lies

    def add(self, what: str, figures: Array | None) -> None:
        """Count some more."""
        there: Array | None = getattr(self, what)
        if figures is None:
            return
        if there is None:
            setattr(self, what, figures)
        elif what in self._own and there.shape[1] >= figures.shape[1]:
            there += figures
        else:
            setattr(self, what, there + figures)
            self._own.add(what)


@dataclass
class Count:
    """The patients of a treatment: what the new one changes, and, where that is needed, how it was before."""

    change: Tally = field(default_factory=Tally)
    before: Tally = field(default_factory=Tally)

    def world(self, name: str) -> Tally:
        """The patients of a world."""
        if name == "without":
            return self.before
        found = Tally(self.before.cohort, self.before.there, self.before.newcomers)
        for what in ("cohort", "there", "newcomers"):
            found.add(what, getattr(self.change, what))
        return found


def count(model: BudgetModel, draw: Draw) -> dict[str, Count]:
    """The patients of each treatment; of the new ones, and of those with costs in one world, also how it was before."""
    treatments = {treatment.id: treatment for treatment in model.treatment}
    counted = {name: Count() for name in treatments}
    introduced = model.introduced
    compared = {name for name, one in treatments.items() if name in introduced or _differs_by_world(one)}
    looked_at = {name for name, one in treatments.items() if _first_months_matter(one)}
    for group in model.group:
        for flow in patients.flows(model, group, treatments, draw):
            its = counted[flow.treatment]
            what = "cohort" if flow.figures == "cohort" else "there"
            its.change.add(what, flow.difference())
            if flow.treatment in compared:
                its.before.add(what, flow.without)
            if flow.figures == "present" and flow.treatment in looked_at:
                _add_newcomers(its, flow, flow.treatment in compared)
    return counted


def _add_newcomers(its: Count, flow: Flow, compared: bool) -> None:
    if flow.change is None and not compared:
        return
    before, after = flow.newcomers()
    its.change.add("newcomers", after if before is None else after - before)
    if compared:
        its.before.add("newcomers", before)


def _differs_by_world(treatment: Treatment) -> bool:
    return any(cost.per == "fixed_year" or cost.world != "both" for cost in treatment.cost)


def _first_months_matter(treatment: Treatment) -> bool:
    loading = treatment.dosing is not None and bool(treatment.dosing.loading)
    return loading or any(cost.per == "start" or costs.windowed(cost) for cost in treatment.cost)
