"""Charts that the tests look at: one of each kind, and those that are hard to draw. Names and amounts are invented."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from introduction.documents.charts import (
    AreaUse,
    AreaWords,
    ContributionWords,
    CostWords,
    Drawing,
    FundAmounts,
    FundWords,
    FundYearWords,
    OutcomeWords,
    Payer,
    PriorityWords,
    ScenarioWords,
    Series,
    SmallCount,
    StackWords,
    TornadoBar,
    TornadoWords,
    UnitUse,
    UnitWords,
    YearEnd,
    contributions,
    cost_by_year,
    fund_over_year,
    fund_position,
    plan_and_outcome,
    priority_line,
    scenarios,
    stacked_years,
    tornado,
    units_beside,
    use_per_area,
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
FUND = FundWords(
    "Betalt",
    "Godkänt, inte betalt",
    "Begärt, inte godkänt",
    "Beviljat, inte begärt",
    "Reserverat",
    "Inte reserverat",
    "Anslaget",
    "Betalt vid årets slut, prognos med 80 procents span:",
)
FUND_YEAR = FundYearWords(
    "betalt och godkänt", "prognos", "högt utfall", "lågt utfall", "Anslaget", "Bandet: 80 procents span"
)
PRIORITY = PriorityWords("Ram", "ryms", "ryms inte")
UNITS = UnitWords("behandlade", "väntat", "av", "Ingen rapport")
AREAS = AreaWords("Regionen", "över gränsen", "under gränsen", "personer", "Bandet: vad slumpen ensam kan ge (3 sigma)")


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


def fund(*amounts: float, forecast: YearEnd | None = None, unit: str = "mnkr") -> Drawing:
    return fund_position(FundAmounts(*amounts), forecast=forecast, unit=unit, label="Fonden", words=FUND)


def fund_year(used: Sequence[float], ahead: Sequence[tuple[float, float, float]], appropriated: float = 42) -> Drawing:
    """What was used month by month, and the likely, low and high amounts of the months that follow up to December."""
    names = ["jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"]
    past: list[None] = [None] * (len(names) - len(ahead))
    likely, low, high = ([one[which] for one in ahead] for which in range(3))
    return fund_over_year(
        names,
        [*used, *[None] * (len(names) - len(used))],
        expected=[*past, *likely],
        low=[*past, *low],
        high=[*past, *high],
        appropriated=appropriated,
        unit="mnkr",
        label="Årets förbrukning",
        words=FUND_YEAR,
    )


def ahead_of(reached: float, count: int, step: float) -> list[tuple[float, float, float]]:
    """A forecast that goes on by so much a month, with an interval that widens."""
    ends = [(reached + step * month, 0.35 * step * month) for month in range(1, count + 1)]
    return [(likely, likely - spread, likely + spread) for likely, spread in ends]


def order(*applications: tuple[str, float], money: float) -> Drawing:
    return priority_line(applications, money=money, unit="tkr", label="Pengarna räcker", words=PRIORITY)


def units(*rows: UnitUse, decimals: int = 0, unit: str = "patienter") -> Drawing:
    return units_beside(rows, unit=unit, label="Enheterna", words=UNITS, decimals=decimals)


def areas(*rows: AreaUse, mean: float) -> Drawing:
    unit = "Patienter per 100\xa0000 invånare"
    return use_per_area(rows, mean=mean, unit=unit, label="Områdena", words=AREAS)


LONG = f"Andel patienter som fortsätter med {MEDICINE} även efter den andra utvärderingen av Läkemedelsbehandlingen"
APPLICATIONS = [
    ("Lumarisept vid ärftlig transtyretinamyloidos med polyneuropati, stadium 1 och 2", 9800.0),
    ("Bretozanib vid njurcancer, andra linjen", 6400.0),
    ("Nordivumab vid svår eosinofil astma", 3100.0),
    ("Kelvaritid vid hypofosfatasi", 7250.0),
    ("Sorvelimab vid Crohns sjukdom", 4900.0),
    ("Ardelinib vid mantelcellslymfom", 5600.0),
    ("Osmerafen vid malignt melanom", 3310.0),
    ("Granelimod vid ulcerös kolit", 4700.0),
    ("Tivorastat vid kronisk njursvikt", 2900.0),
    ("Pelforaxin vid akut myeloisk leukemi", 8150.0),
    ("Elurizumab vid atopiskt eksem, barn", 1450.0),
]


def area_of(number: int) -> AreaUse:
    """One of many areas, each smaller than the one before, with limits that are nearly right."""
    inhabitants = 90_000 - 1_700 * number
    likely, around = 24.1 * inhabitants / 100_000, 3 * math.sqrt(24.1 * inhabitants / 100_000)
    treated = SmallCount() if number % 6 == 5 else round(likely * (0.3 + number % 7 * 0.28))
    return AreaUse(f"{LONG} {number}", inhabitants, treated, max(0, math.ceil(likely - around)), int(likely + around))


UNIT_ROWS = [
    UnitUse("Universitetssjukhuset, neurologi", 41, 46),
    UnitUse("Södra sjukhuset, medicin", 22, 9),
    UnitUse("Norra sjukhuset", 12, SmallCount()),
    UnitUse("Västra sjukhusen", 18, None),
    UnitUse("Lilla sjukhuset", 4, None),
    UnitUse(MEDICINE, None, 7),
    UnitUse("Östra sjukhuset", 6, 0),
]
AREA_ROWS = [
    AreaUse("Lillviken", 2_700, SmallCount(), 0, 4),
    AreaUse("Storköping", 182_000, 31, 26, 65),
    AreaUse("Norrhamn", 74_000, 34, 6, 33),
    AreaUse("Åkerby", 61_000, 5, 6, 31),
    AreaUse("Söderfors", 33_000, 6, 1, 18),
    AreaUse("Österlund", 24_000, SmallCount(), 0, 14),
    AreaUse("Västervik och kringliggande öar", 9_000, 0, 0, 8),
]
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
    "fund": lambda: fund(12.4, 3.1, 2.2, 9.6, 8.2, 6.5, forecast=YearEnd(33.8, 29.6, 38.1)),
    "fund that may not suffice": lambda: fund(21.4, 3.1, 2.2, 9.6, 5.2, 0.5, forecast=YearEnd(40.9, 37.6, 45.3)),
    "fund without forecast": lambda: fund(12400, 0, 180, 9600, 0, 6500, unit="tkr"),
    "fund with a correction": lambda: fund(12.4, -0.4, 0, 9.6, 8.2, 6.5),
    "fund that is overdrawn": lambda: fund(12.4, 3.1, 2.2, 9.6, 8.2, -3),
    "fund of nothing": lambda: fund(0, 0, 0, 0, 0, 0),
    "fund far too small": lambda: fund(0.5, 0, 0, 0, 0, 0.5, forecast=YearEnd(12, 9, 16)),
    "fund over the year": lambda: fund_year([1.1, 3.4, 6.2, 9, 11.9, 14, 15.2, 18.4], ahead_of(18.4, 4, 3.9)),
    "fund year that passes": lambda: fund_year([2.1, 6.4, 11.2, 17], ahead_of(17, 8, 3.4)),
    "fund year to come": lambda: fund_year([], ahead_of(0, 12, 2.9)),
    "fund year in January": lambda: fund_year([1.1], ahead_of(1.1, 11, 2.9)),
    "fund year that is over": lambda: fund_year([3.3 * month for month in range(1, 13)], []),
    "fund year in its last month": lambda: fund_year([3.1 * month for month in range(1, 12)], [(36.8, 35.9, 37.7)]),
    "order": lambda: order(*APPLICATIONS, money=42000),
    "order of forty": lambda: order(*((f"{n}. {LONG}", 900 + 137 * (n % 7)) for n in range(1, 41)), money=30000),
    "order of twenty": lambda: order(*((f"{n}. {LONG}", 900 + 137 * (n % 7)) for n in range(1, 21)), money=22000),
    "order that fits": lambda: order(*APPLICATIONS[:4], money=42000),
    "order without money": lambda: order(*APPLICATIONS[:3], ("Ingenting", 0), money=0),
    "units": lambda: units(*UNIT_ROWS),
    "units of thirty": lambda: units(
        *(
            UnitUse(f"Enhet {n} vid {LONG}", 40 + n, n * 2.5 if n % 3 == 0 else SmallCount() if n % 3 == 1 else None)
            for n in range(30)
        )
    ),
    "units per inhabitants": lambda: units(
        UnitUse("Norra", 12.5, SmallCount(0.9, 3.6)),
        UnitUse(MEDICINE, None, 14.1),
        decimals=1,
        unit="patienter per 100\xa0000 invånare",
    ),
    "units in silence": lambda: units(UnitUse("Norra", None, None)),
    "areas": lambda: areas(*AREA_ROWS, mean=24.1),
    "areas of fifty": lambda: areas(*map(area_of, range(50)), mean=24.1),
    "area alone": lambda: areas(AreaUse("Ensam", 1000, 0, 0, 0), mean=0),
}
WIDTHS = {"wide": 976, "middle": 672, "narrow": 288}
