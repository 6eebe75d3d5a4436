"""What the new treatment does to the patients of another, or to its own. Arrays are ``(months, draws)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from introduction.domain.budget.curves import Array

WORLDS = ("without", "with")


@dataclass(frozen=True)
class Flow:
    """What happens to one treatment of a group: how it is without the new treatment, and what that changes.

    The figures are patients who start (``cohort``), or patients who have it: ``present`` ones may have come with the
    uptake and have a first month; ``waiting`` ones have had it long.
    """

    treatment: str
    figures: Literal["cohort", "present", "waiting"]
    base: Callable[[], Array] | None  #: without the new treatment; None: nobody has it
    change: Array | None  #: with the new treatment, less without it
    settle: Callable[[Array], Array] | None = None  #: puts a world's figures in whole patients, at times of entry
    returning: Array | None = None  #: with the new treatment, besides: those who come back from it

    @cached_property
    def without(self) -> Array | None:
        """The figures without the new treatment; None where nobody has it."""
        return None if self.base is None else self._settled(self._before)

    @cached_property
    def with_new(self) -> Array:
        """The figures with the new treatment."""
        if self.base is None or self.change is None:
            found = self._settled(self._before if self.change is None else self.change)
        else:
            found = self._settled(self._before + self.change)
        return found if self.returning is None else found + self.returning

    def difference(self) -> Array | None:
        """The figures with the new treatment less those without it; None where they are the same."""
        if self.settle is None:
            return self.change if self.returning is None or self.change is None else self.change + self.returning
        return self.with_new if self.without is None else self.with_new - self.without

    def newcomers(self) -> tuple[Array | None, Array]:
        """Those present who come to have it in each month, beyond those at first: without and with the new one."""
        if self.without is None:
            return None, rises(self.with_new, 0.0)
        return rises(self.without, self.without[0]), rises(self.with_new, self.without[0])

    @cached_property
    def _before(self) -> Array:
        assert self.base is not None, "asked where somebody has the treatment"
        return self.base()

    def _settled(self, figures: Array) -> Array:
        return figures if self.settle is None else self.settle(figures)


def rises(figures: Array, before: float | Array) -> Array:
    """How much more there is in each month than in the one before it; nought where there is less."""
    found = np.empty_like(figures)
    np.subtract(figures[0], before, out=found[0])
    np.subtract(figures[1:], figures[:-1], out=found[1:])
    return np.maximum(found, np.zeros(found.shape[1]), out=found)  # numpy is twice as quick with a row as with a number
