"""From a population to those who can be treated: how many are left after each step, in the model's first year."""

from __future__ import annotations

from dataclasses import dataclass

from introduction.domain.budget.spec import BudgetModel, Group, figures


@dataclass(frozen=True)
class Passed:
    """A step of a funnel: the share that goes on, and how many are then left."""

    name: str
    share: float
    left: float


@dataclass(frozen=True)
class Funnel:
    """A group's way from its population through the steps."""

    group: Group
    population: float
    steps: tuple[Passed, ...]

    @property
    def left(self) -> float:
        """How many are left after all steps: a year, or at any time, as the group's kind says."""
        return self.steps[-1].left if self.steps else self.population


def funnels(model: BudgetModel) -> tuple[Funnel, ...]:
    """Each group's funnel, before growth and mortality move it."""
    return tuple(_funnel(group) for group in model.group)


def _funnel(group: Group) -> Funnel:
    left = population = figures(group.population)[0].value
    steps = []
    for step in group.funnel:
        share = figures(step.share)[0].value
        left *= share
        steps.append(Passed(step.name, share, left))
    return Funnel(group, population, tuple(steps))
