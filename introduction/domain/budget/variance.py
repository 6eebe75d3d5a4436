"""Plan against outcome: month by month, what lies outside the band, and price, volume and mix apart.

Amounts are whole öre and months are numbered from year 0, as in the model. The plan is the frozen analysis's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from introduction.domain.budget.result import Monthly, Result
from introduction.domain.outcome import Actual

Side = Literal["above", "below"]
#: So many months running outside the band are told of.
RUNNING = 2


@dataclass(frozen=True)
class Planned:
    """What the forecast has for a month: cost, with its interval, also since the start; patients and quantity."""

    cost: int
    low: int
    high: int
    so_far: int
    so_far_low: int
    so_far_high: int
    patients: float
    quantity: float


@dataclass(frozen=True)
class Interval:
    """A forecast for a period, with the ends of its interval."""

    cost: int
    low: int
    high: int


@dataclass(frozen=True)
class Plan:
    """The monthly plan of a frozen analysis."""

    first: int
    monthly: Monthly

    @classmethod
    def of(cls, figures: Result) -> Plan:
        """The plan that outcomes of the analysis's case are held against."""
        return cls(figures.first_month, figures.monthly)

    @property
    def months(self) -> range:
        """Every month of the plan."""
        return range(self.first, self.first + len(self.monthly.cost))

    def at(self, month: int) -> Planned | None:
        """The plan of a month; None outside it."""
        if month not in self.months:
            return None
        at, monthly = month - self.first, self.monthly
        return Planned(
            cost=monthly.cost[at],
            low=monthly.cost_range.low[at],
            high=monthly.cost_range.high[at],
            so_far=sum(monthly.cost[: at + 1]),
            so_far_low=monthly.so_far_range.low[at],
            so_far_high=monthly.so_far_range.high[at],
            patients=monthly.patients[at],
            quantity=monthly.quantity[at],
        )

    def year(self, year: int) -> Interval | None:
        """The plan of a budget year; None unless it has all twelve months.

        The ends of the interval are the sums of the months' ends. Within a year the months of a draw lie high or low
        together, since it is the inputs that vary: the sum is then hardly wider than the year's own interval.
        """
        wanted = range(year * 12, year * 12 + 12)
        if wanted[0] not in self.months or wanted[-1] not in self.months:
            return None
        part = slice(wanted[0] - self.first, wanted[0] - self.first + 12)
        spread = self.monthly.cost_range
        return Interval(sum(self.monthly.cost[part]), sum(spread.low[part]), sum(spread.high[part]))


@dataclass(frozen=True)
class Line:
    """A month: what was planned, and what it came to. Either may be missing."""

    month: int
    planned: Planned | None
    actual: Actual | None

    @property
    def compared(self) -> bool:
        """True when the month counts in sums: planned, and reported by every unit that reports."""
        return self.planned is not None and self.actual is not None and self.actual.complete

    @property
    def deviation(self) -> int | None:
        """Outcome minus plan; None where the month is not compared."""
        if self.planned is None or self.actual is None or not self.actual.complete:
            return None
        return self.actual.cost - self.planned.cost

    @property
    def side(self) -> Side | None:
        """On which side of the band the outcome lies; None inside it, and where that cannot be said.

        What some units have reported may already be too much. It is never too little before all have.
        """
        if self.planned is None or self.actual is None:
            return None
        if self.actual.cost > self.planned.high:
            return "above"
        return "below" if self.actual.complete and self.actual.cost < self.planned.low else None


@dataclass(frozen=True)
class Run:
    """Months in a row on one side of the band; both ends belong to it."""

    side: Side
    first: int
    last: int

    @property
    def months(self) -> range:
        """The months of the run."""
        return range(self.first, self.last + 1)


def compare(plan: Plan, actual: Mapping[int, Actual]) -> list[Line]:
    """Every month that is planned or has an outcome, in order."""
    return [Line(month, plan.at(month), actual.get(month)) for month in sorted({*plan.months, *actual})]


def runs(lines: Iterable[Line]) -> list[Run]:
    """Where the outcome lay outside the band, on one side, at least ``RUNNING`` months running."""
    found: list[Run] = []
    for line in lines:
        side = line.side
        last = found[-1] if found else None
        if side is None:
            continue
        if last is not None and last.side == side and last.last == line.month - 1:
            found[-1] = Run(side, last.first, line.month)
        else:
            found.append(Run(side, line.month, line.month))
    return [run for run in found if len(run.months) >= RUNNING]


def standing_run(lines: Sequence[Line]) -> Run | None:
    """The run that goes on: it holds the last month of which anything can be said. None when there is none."""
    judged = [line.month for line in lines if line.compared or line.side is not None]
    return next((run for run in runs(lines) if judged and run.last == judged[-1]), None)


# ------------------------------------------------------------------------------------- what explains the difference


@dataclass(frozen=True)
class Flow:
    """A product in a period: what it is measured by (patient-months), how much of it, and its cost."""

    base: float
    quantity: float
    cost: float


def effects(planned: Flow, actual: Flow) -> tuple[float, float, float]:
    """Price, volume and mix: their sum is the actual cost minus the planned.

    price = (p1 - p0) q1, volume = (Q1 - Q0) s0 p0, mix = (q1 - Q1 s0) p0, where Q is the base, q the quantity,
    s0 = q0 / Q0 the planned quantity for each unit of base, and p the cost of one quantity. The planned base and
    quantity are above nought. (Price, volume and mix variance, with the worked example at freemathhelp.com.)
    """
    price0, share0 = planned.cost / planned.quantity, planned.quantity / planned.base
    return (
        actual.cost - price0 * actual.quantity,
        (actual.base - planned.base) * share0 * price0,
        (actual.quantity - actual.base * share0) * price0,
    )


@dataclass(frozen=True)
class Parts:
    """Why the outcome differs from the plan, in whole öre: the parts add up to the whole difference."""

    price: int  #: each dose, mg or month cost another amount than planned
    volume: int  #: there were more or fewer months on treatment
    mix: int  #: more or less was given for each month on treatment

    @property
    def total(self) -> int:
        """Outcome minus plan."""
        return self.price + self.volume + self.mix

    @property
    def largest(self) -> str:
        """The part that explains most: ``price``, ``volume`` or ``mix``."""
        return max(("volume", "price", "mix"), key=lambda name: abs(getattr(self, name)))


@dataclass(frozen=True)
class Sums:
    """All compared months together."""

    months: int
    planned: Flow
    actual: Flow

    @property
    def deviation(self) -> int:
        """Outcome minus plan."""
        return round(self.actual.cost) - round(self.planned.cost)

    @property
    def parts(self) -> Parts | None:
        """The difference in parts; None where the plan has no patients or no quantity to measure by."""
        if self.planned.base <= 0 or self.planned.quantity <= 0:
            return None
        price, volume, _mix = effects(self.planned, self.actual)
        return Parts(round(price), round(volume), self.deviation - round(price) - round(volume))


def summed(lines: Iterable[Line]) -> Sums:
    """Plan and outcome of the months that are compared."""
    months, planned, actual = 0, [0.0, 0.0, 0], [0.0, 0.0, 0]
    for line in lines:
        if not line.compared or line.planned is None or line.actual is None:
            continue
        months += 1
        for total, one in ((planned, line.planned), (actual, line.actual)):
            total[0] += one.patients
            total[1] += one.quantity
            total[2] += one.cost
    return Sums(months, Flow(*planned), Flow(*actual))


def so_far(lines: Sequence[Line]) -> list[int | None]:
    """The outcome since the plan's first month, for each line; None from the first month that is not complete.

    Months before the first outcome count as nought. What came outside the plan is not counted.
    """
    known = [line.month for line in lines if line.actual is not None and line.planned is not None]
    total, found, broken = 0, list[int | None](), not known
    for line in lines:
        if line.planned is None:
            found.append(None)
            continue
        late = bool(known) and line.month >= known[0] and (line.actual is None or not line.actual.complete)
        broken = broken or late
        total += line.actual.cost if line.actual is not None else 0
        found.append(None if broken else total)
    return found
