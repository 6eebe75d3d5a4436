"""Inputs as evidence: a value with its range and distribution, its unit, and where it comes from."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Distribution = Literal["fixed", "uniform", "triangular", "pert", "normal", "lognormal", "beta", "gamma"]


class Input(BaseModel):
    """A figure. In a file a bare number is one without a range.

    ``low`` and ``high`` are the ends of a 95 % interval, or (uniform, triangular, PERT) the least and the greatest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(allow_inf_nan=False)
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)
    distribution: Distribution = "fixed"
    unit: str | None = None
    name: str | None = None  #: inputs of one name are one and the same figure: drawn and changed together
    source: str | None = None
    dated: date | None = None
    by: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_number(cls, given: Any) -> Any:
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return {"value": given}
        if not isinstance(given, (dict, Input)):
            raise ValueError("write a number, or a value with its evidence")
        return given

    @model_validator(mode="after")
    def _range_holds_value(self) -> Input:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"the range {self.low:g} to {self.high:g} does not hold the value {self.value:g}")
        if self.distribution != "fixed" and self.low is None:
            raise ValueError(f"a {self.distribution} distribution needs low and high")
        self._demand_possible()
        return self

    def _demand_possible(self) -> None:
        if self.distribution in ("lognormal", "gamma") and self.low is not None and self.low <= 0:
            raise ValueError(f"a {self.distribution} distribution is above zero: give a low above 0")
        if self.distribution == "beta":
            sd = self.spread
            if not 0 < self.value < 1 or sd**2 >= self.value * (1 - self.value):
                raise ValueError("a beta distribution is a share between 0 and 1, with a range narrow enough for one")

    @property
    def spread(self) -> float:
        """The standard deviation that a 95 % interval from low to high stands for."""
        if self.low is None or self.high is None:
            return 0.0
        return (self.high - self.low) / (2 * 1.959963984540054)

    @property
    def varies(self) -> bool:
        """True when the input has a range."""
        return self.low is not None and self.high is not None and self.high > self.low

    @property
    def logarithmic(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm, so that the mean is the value and the interval as wide."""
        variance = math.log1p((self.spread / self.value) ** 2)
        return math.log(self.value) - variance / 2, math.sqrt(variance)
