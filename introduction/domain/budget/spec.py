"""What a budget-impact model says: the shape of its TOML file. docs/budget_model.md tells it on a page.

Two worlds are compared, month by month: *without* the new treatment and *with* it. A model has groups of patients, and
treatments with what they cost. Every figure is an input with its evidence, or a bare number.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from introduction.domain.budget.inputs import Input

#: More than this is no analysis that a person can stand for, but a mistake or an attack.
MOST_GROUPS, MOST_TREATMENTS, MOST_COSTS = 60, 20, 40
_FIRST_YEAR = 1900
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Model(BaseModel):
    """The ground of all parts: nothing unknown, and never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _month(value: object) -> object:
    """``2027-01`` as the number of months since year 0; a whole date stands for its month."""
    if isinstance(value, date):
        return value.year * 12 + value.month - 1
    if isinstance(value, str):
        found = _MONTH.fullmatch(value)
        if found is None:
            raise ValueError("write a month as 2027-01")
        return int(found[1]) * 12 + int(found[2]) - 1
    if isinstance(value, int) and value < _FIRST_YEAR * 12:
        raise ValueError("write a month as 2027-01")  # a year, and not a number of months
    return value


Month = Annotated[int, BeforeValidator(_month)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
Area = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=48)]


def _tuple(value: object) -> object:
    """A single figure as a list of one."""
    return value if isinstance(value, (list, tuple)) else (value,)


#: A figure, or a list with one for each year of the model, of which the last holds on.
ByYear = Annotated[
    Annotated[Input, Tag("<figure>")] | Annotated[tuple[Input, ...], Field(min_length=1), Tag("<years>")],
    Discriminator(lambda value: "<years>" if isinstance(value, (list, tuple)) else "<figure>"),
]


def figures(given: ByYear) -> tuple[Input, ...]:
    """The figures of each year; one where it is the same in all."""
    return (given,) if isinstance(given, Input) else given


#: Who pays. The purses are kept apart and never netted against each other.
Purse = Literal["introduction_fund", "clinic", "prescription_benefit", "region"]
Category = Literal["drug", "administration", "monitoring", "diagnostics", "side_effects", "condition", "other"]


class Step(Model):
    """A step of the funnel: the share of those before that goes on."""

    name: str
    share: ByYear


class Uptake(Model):
    """How large a share of a group the new treatment reaches, as time goes.

    ``table`` gives a share for each year, held through the year, or joined by lines with ``between = "line"``, as in a
    pool, unless it is said, since its patients start through the year;
    ``step`` reaches ``to`` at once; ``linear`` in ``months``; ``logistic`` has half of ``to`` at ``midpoint`` months
    and climbs by ``slope``, a rate per month; ``exponential`` comes nearer to ``to`` by ``rate`` each month.
    """

    curve: Literal["table", "step", "linear", "logistic", "exponential"] = "step"
    to: Input | None = None
    months: Input | None = None
    midpoint: Input | None = None
    slope: Input | None = None
    rate: Input | None = None
    shares: tuple[Input, ...] = ()
    between: Literal["hold", "line"] | None = None
    start: Month | None = None  #: when it begins; without it, with the model
    delay: Input = Input(value=0)  #: months that the start is put off, for instance by price talks

    @model_validator(mode="after")
    def _has_what_its_curve_needs(self) -> Uptake:
        needs = {
            "table": ("shares",),
            "step": ("to",),
            "linear": ("to", "months"),
            "logistic": ("to", "midpoint", "slope"),
            "exponential": ("to", "rate"),
        }[self.curve]
        missing = [name for name in needs if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.curve} uptake needs {' and '.join(missing)}")
        return self


class Persistence(Model):
    """How many of those who started still have the treatment, by months since the start.

    Without it everybody goes on. ``exponential`` keeps ``yearly`` of the patients each year; ``weibull`` has ``scale``
    (months) and ``shape``; ``table`` gives the share left at each month. With ``every = 12`` people stop at whole years
    only, and a table has a share for each year. ``stop_after`` months everybody stops.
    """

    curve: Literal["none", "exponential", "weibull", "table"] = "none"
    yearly: Input | None = None
    scale: Input | None = None
    shape: Input | None = None
    shares: tuple[Input, ...] = ()
    every: Annotated[int, Field(ge=1, le=12)] = 1
    stop_after: Annotated[int, Field(ge=1, le=600)] | None = None

    @model_validator(mode="after")
    def _has_what_its_curve_needs(self) -> Persistence:
        needs = {"none": (), "exponential": ("yearly",), "weibull": ("scale", "shape"), "table": ("shares",)}[
            self.curve
        ]
        missing = [name for name in needs if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.curve} persistence needs {' and '.join(missing)}")
        return self


class Dose(Model):
    """How much is given each time: so much for each kilogram or square metre, in whole vials unless they are shared."""

    per_size: Input  #: mg for each kg or m²
    size: Input  #: mean weight or body surface
    size_sd: Input = Input(value=0)
    vials: tuple[Annotated[float, Field(gt=0)], ...]  #: the sizes of vial, in mg
    shared: bool = False  #: what is left in a vial goes to the next patient


class Dosing(Model):
    """When the treatment is given: on the days of ``loading`` (0 is the start), then at an even pace.

    The pace goes on from the last day of loading. Without loading the first is on day 0.
    """

    loading: tuple[Annotated[float, Field(ge=0)], ...] = ()
    every_days: Input | None = None
    every_months: Input | None = None
    per_year: Input | None = None
    dose: Dose | None = None

    @model_validator(mode="after")
    def _one_pace(self) -> Dosing:
        if sum(pace is not None for pace in (self.every_days, self.every_months, self.per_year)) > 1:
            raise ValueError("give one of every_days, every_months and per_year")
        if list(self.loading) != sorted(self.loading):
            raise ValueError("write the days of loading in order")
        return self


class Cost(Model):
    """What something costs, and when it arises.

    ``per``: each time it is given (``dose``), each ``mg`` of it, each ``month`` or ``year`` on treatment, at the
    ``start`` or the ``stop``, or a ``fixed_year``: so much a year for as long as anybody has the treatment, however
    many. ``amount`` is the list price or cost; ``rebate`` the share that comes back.
    ``valid_from`` and ``valid_to`` are months of the calendar, ``first_month`` and ``last_month`` months since the
    start of the treatment (0 is the first). A cost may arise in one ``world`` alone: a price that falls when the new
    treatment comes is two costs.
    """

    category: Category = "drug"
    per: Literal["dose", "mg", "month", "year", "start", "stop", "fixed_year"] = "month"
    amount: ByYear
    rebate: Input = Input(value=0)
    purse: Purse = "clinic"
    valid_from: Month | None = None
    valid_to: Month | None = None
    first_month: Annotated[int, Field(ge=0)] = 0
    last_month: Annotated[int, Field(ge=0)] | None = None
    world: Literal["both", "without", "with"] = "both"
    source: str | None = None


class Treatment(Model):
    """A treatment, with how long it is taken, when it is given and what it costs."""

    id: Name
    title: str = ""
    cost: Annotated[tuple[Cost, ...], BeforeValidator(_tuple)] = ()
    dosing: Dosing | None = None
    persistence: Persistence = Persistence()


class Group(Model):
    """Patients who are alike: how many, how they come, and what they have without the new treatment.

    ``present``: so many are treated at any time; the uptake is the share of them. ``new``: so many become eligible each
    year; the uptake is the share of those who start in a month. ``pool``: so many wait at the start; the uptake is the
    share of them that has been reached so far.
    Instead of an uptake, ``mix_with`` may give the shares of all treatments in the world with the new one.
    """

    id: Name
    title: str = ""
    kind: Literal["present", "new", "pool"] = "present"
    population: ByYear
    growth: Input = Input(value=0)  #: a year
    mortality: Input = Input(value=0)  #: a year; of a pool, of those who wait
    funnel: Annotated[tuple[Step, ...], BeforeValidator(_tuple)] = ()
    mix: dict[Name, ByYear] = Field(default_factory=dict)  #: what they have without the new treatment, as shares
    mix_to: dict[Name, Input] = Field(default_factory=dict)  #: where that mix goes without the new treatment
    mix_months: Input = Input(value=36)  #: in how long
    mix_with: dict[Name, ByYear] = Field(default_factory=dict)  #: what they have with the new treatment
    new: Name | None = None  #: the treatment whose uptake is looked at
    uptake: Uptake | None = None
    #: The shares of its patients that it displaces; without them in proportion to the mix.
    takes_from: dict[Name, ByYear] = Field(default_factory=dict)
    #: Those who stop the new treatment have what it displaced (``mix``), or nothing. Said by the kind: see ``returns``.
    after: Literal["mix", "none"] | None = None
    capacity: Annotated[tuple[Input, ...], BeforeValidator(_tuple)] = ()  #: at most so many starts of it in each year
    area: str | None = None
    sex: Literal["women", "men"] | None = None
    ages: str | None = None

    @property
    def returns(self) -> bool:
        """Whether those who stop the new treatment go back to what it displaced.

        Those of a pool do unless ``after`` says otherwise, since they have the mix until they start. Those of a ``new``
        group do not: in both worlds each is followed through one course of treatment.
        """
        return self.after == "mix" if self.after is not None else self.kind == "pool"

    @property
    def introduced(self) -> frozenset[str]:
        """The treatments that are new to the group."""
        if self.new is not None:
            return frozenset({self.new})
        return frozenset(self.mix_with) - frozenset(self.mix)


class Scenario(Model):
    """Other values for some inputs, with a name and a reason. Keys are paths: ``group.all.uptake.to``."""

    name: str
    reason: str = ""
    set: dict[str, Any]


class Financed(Model):
    """The months, both included, in which the introduction fund bears what a clinic or the benefit would have paid.

    It bears the costs of the categories in ``pays``, in both worlds: its impact is the extra cost, new minus displaced.
    """

    first: Month
    last: Month
    pays: tuple[Category, ...] = ("drug",)


class BudgetModel(Model):
    """A whole model."""

    title: str
    currency: str = "SEK"
    start: Month
    years: Annotated[int, Field(ge=1, le=5)] = 3
    #: When in the year patients start: on its first day, that of each quarter, month or week, or at any time.
    entry: Literal["yearly", "quarterly", "monthly", "weekly", "evenly"] = "monthly"
    steps: Literal["monthly", "yearly"] = "monthly"  #: whether growth, uptake and mix move each month, or each year
    #: Patients of each treatment and year are rounded: half to even (true), half up, down or up.
    whole_patients: bool | Literal["nearest", "floor", "ceil"] = False
    members: ByYear | None = None  #: people covered, for the impact per member and month
    discount: Input = Input(value=0)  #: a year; budgets are not discounted unless somebody asks
    group: Annotated[tuple[Group, ...], Field(max_length=MOST_GROUPS)]
    treatment: Annotated[tuple[Treatment, ...], Field(max_length=MOST_TREATMENTS)]
    split: dict[Area, Input] = Field(default_factory=dict)  #: each area's share of the groups that have no area
    financed: Financed | None = None
    scenario: tuple[Scenario, ...] = ()
    threshold: dict[str, Input] = Field(default_factory=dict)  #: limits by name: how likely is a year above them?

    @model_validator(mode="after")
    def _has_parts(self) -> BudgetModel:
        if not self.group or not self.treatment:
            raise ValueError("a model has at least one group and one treatment")
        return self

    @property
    def months(self) -> int:
        """How many months the model covers."""
        return self.years * 12

    @property
    def introduced(self) -> frozenset[str]:
        """The new treatments: those that are new to some group."""
        return frozenset().union(*(group.introduced for group in self.group))
