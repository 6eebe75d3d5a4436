"""Charts that the tests look at: one of each kind, and those that are hard to draw. Names and amounts are invented."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from introduction.documents.charts import (
    ContributionWords,
    CostWords,
    Drawing,
    OutcomeWords,
    Payer,
    ScenarioWords,
    Series,
    StackWords,
    TornadoBar,
    TornadoWords,
    contributions,
    cost_by_year,
    plan_and_outcome,
    scenarios,
    stacked_years,
    tornado,
)

MEDICINE = "A & B <i>"
COST = CostWords("mest troligt", "högt utfall", "lågt utfall", "Bandet: 80 procents span", "Ram")
YEARS = [2027, 2028, 2029, 2030, 2031]
LIKELY, LOW, HIGH = [3.1, 7.8, 10.4, 11.6, 12.1], [2.2, 5.6, 7.2, 7.7, 7.8], [4.3, 10.6, 14.5, 16.8, 18.1]
PAYERS = [
    Payer("Introduktionsmedel till och med lördag 31 mars 2029", 0.45, True),
    Payer("Verksamheterna bär kostnaden", 1.0, False),
]
TORNADO = TornadoWords("vid", "blir lägre", "blir högre")
BARS = [
    TornadoBar("Pris per patient och år", 9.1, 11.7, "175 tkr", "213 tkr"),
    TornadoBar("Andel som får behandling", 8.0, 12.8, "50 %", "80 %"),
    TornadoBar(MEDICINE, 9.9, 10.6, "juli 2027", "mars 2027"),
]
SCENARIO = ScenarioWords("Strecket: 80 procents span")
STACK = StackWords("Summa, 80 procents span", "Ram")
OUTCOME = OutcomeWords("plan", "utfall", "Utanför två månader i rad", "Bandet: 80 procents span")
PARTS = ContributionWords("minskar kostnaden", "ökar kostnaden")


def costs(count: int = 5, **more: object) -> Drawing:
    given: dict[str, object] = {"unit": "mnkr", "label": "Det kostar", "words": COST, **more}
    return cost_by_year(YEARS[:count], LIKELY[:count], LOW[:count], HIGH[:count], **given)  # type: ignore[arg-type]


def stacked(
    *amounts: Sequence[float],
    low: Sequence[float | None] | None = None,
    high: Sequence[float | None] | None = None,
    ceiling: Sequence[float | None] | None = None,
    unit: str = "mnkr",
) -> Drawing:
    years = list(range(2026, 2026 + len(amounts[0])))
    series = [Series(f"Fas {number} av {MEDICINE}", one) for number, one in enumerate(amounts, 1)]
    nothing = [None] * len(years)
    return stacked_years(
        years,
        series,
        low=low or nothing,
        high=high or nothing,
        ceiling=ceiling or nothing,
        unit=unit,
        label="Portföljen",
        words=STACK,
    )


def months(count: int, outcome: Sequence[float | None], marks: Sequence[int] = ()) -> Drawing:
    names = ["jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"]
    plan = [10 * (1 - math.exp(-(index + 1) / 8)) for index in range(count)]
    return plan_and_outcome(
        [f"{names[index % 12]} {2027 + index // 12}" for index in range(count)],
        plan,
        [0.75 * value for value in plan],
        [1.25 * value for value in plan],
        [*outcome, *[None] * (count - len(outcome))],
        marks=marks,
        unit="mnkr",
        label="Utfallet",
        words=OUTCOME,
    )


def waterfall(start: float, *parts: float, unit: str = "mnkr") -> Drawing:
    named = [(f"Del {number} av {MEDICINE}", amount) for number, amount in enumerate(parts, 1)]
    end = ("Utfall", start + sum(parts))
    return contributions(named, start=("Plan", start), end=end, unit=unit, label="Skillnaden", words=PARTS)


def compared(*rows: tuple[str, float, float | None, float | None], unit: str = "mnkr") -> Drawing:
    return scenarios(rows, unit=unit, label="Scenarier", words=SCENARIO)


def bars(given: Sequence[TornadoBar], base: float) -> Drawing:
    return tornado(given, base=base, unit="mnkr", label="Vad avgör", words=TORNADO)


LONG = f"Andel patienter som fortsätter med {MEDICINE} även efter den andra utvärderingen av Läkemedelsbehandlingen"
DRAWINGS: dict[str, Callable[[], Drawing]] = {
    "cost": lambda: costs(payers=PAYERS, limit=10.0),
    "cost of one year": lambda: costs(1, payers=PAYERS),
    "cost of two years, many payers": lambda: costs(
        2, payers=[Payer(LONG, 0.03, True), Payer("Landet", 0.2, True), *PAYERS]
    ),
    "cost that is a saving": lambda: cost_by_year(
        YEARS,
        [2, 0.5, -3.1, -5, -6.2],
        [1, -1, -6, -9, -11],
        [3, 2, -1, -1, -2],
        unit="mnkr",
        label="Diagram",
        words=COST,
    ),
    "no cost": lambda: cost_by_year(YEARS, [0] * 5, [0] * 5, [0] * 5, unit="tkr", label="Diagram", words=COST),
    "very small cost": lambda: cost_by_year(
        YEARS, [0.001] * 5, [0.0005] * 5, [0.002] * 5, unit="mnkr", label="Diagram", words=COST
    ),
    "very large cost": lambda: cost_by_year(
        YEARS,
        [v * 1e6 for v in LIKELY],
        [v * 1e6 for v in LOW],
        [v * 1e6 for v in HIGH],
        unit="tkr",
        label="Diagram",
        words=COST,
    ),
    "tornado": lambda: bars(BARS, 10.4),
    "tornado of twelve": lambda: bars([TornadoBar(LONG, -8 + n, 12 - n / 2, LONG, "80 %") for n in range(12)], 5),
    "tornado of nothing": lambda: bars([TornadoBar("Ett", 0, 0, "", "")], 0),
    "tornado to one side": lambda: bars(
        [TornadoBar("Över", 11, 13, "1", "2"), TornadoBar("Under", 8, 9, "1", "2")], 10
    ),
    "portfolio": lambda: stacked(
        [8, 9, 9.5],
        [9, 12, 14],
        [6, 9, 12],
        [0, 6, 12],
        [0, 0, 5],
        low=[20, 30, 41],
        high=[26, 43, 66],
        ceiling=[42, 42, 45],
    ),
    "portfolio with savings": lambda: stacked(
        [8, 9], [9, 12], [-6, -9], low=[8, 10], high=[14, 16], ceiling=[15, None]
    ),
    "portfolio of nothing": lambda: stacked([0], [0]),
    "portfolio of savings": lambda: stacked([-3, -4], low=[-5, -6], high=[-2, -3]),
    "outcome": lambda: months(24, [1.2, 2.4, 3.4, 4, 4.3, 4.8, 5.7, 6.8, 7.4, 7.4, 10.1, 10.9], [10, 11]),
    "outcome of sixty months": lambda: months(60, [6.0] * 60, [40, 41]),
    "outcome with holes": lambda: months(12, [1, None, 3, 4, None, None, 6.5]),
    "outcome of one month": lambda: months(1, [1.3]),
    "no outcome": lambda: months(18, []),
    "parts": lambda: waterfall(7.8, 0.8, 3.1, -0.6, 0.0),
    "parts below zero": lambda: waterfall(2.8, -1.8, -3.1, 0.9),
    "no parts": lambda: waterfall(0, 0),
    "small parts of much": lambda: waterfall(10400, -8, 31, unit="tkr"),
    "scenarios": lambda: compared(("Grundfall", 45, 32.1, 61.4), (MEDICINE, 52.3, 37, 70.2), (LONG, 41, None, None)),
    "one scenario": lambda: compared(("Grundfall", 45, None, None)),
    "scenarios around zero": lambda: compared(("Grundfall", -5, -9.1, 1.4), ("Noll", 0, 0, 0)),
}
WIDTHS = {"wide": 976, "middle": 672, "narrow": 288}
