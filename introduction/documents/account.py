"""An analysis in words and tables, in a language: what its page, its report and its spreadsheet all show.

Amounts in the tables are whole öre. Whoever shows them chooses one unit for the view, so that the three never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from introduction.documents.amounts import Unit, unit_for
from introduction.documents.wording import tell
from introduction.domain.budget import titles
from introduction.domain.budget.result import WHOLE, Range, Result
from introduction.domain.messages import Message, say
from introduction.services.analysis_file import AnalysisFile

MONEY, COUNT, SHARE = "money", "count", "share"
#: A figure: one value, or the ends of an interval.
Value = float | tuple[float, float] | None


@dataclass(frozen=True)
class Row:
    """A row: a label, a value for each column, what the values are, and whether they are estimates or sums."""

    label: str
    values: Sequence[Value]
    measure: str = MONEY
    total: bool = False
    estimate: bool = False
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its title, the headings of its columns after the first, and its rows."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Row]
    first: str = ""  #: the heading of the first column


@dataclass(frozen=True)
class Account:
    """The tables of an analysis. A table without rows is left out where it is shown."""

    cost: Table
    worlds: Table
    areas: Table
    categories: Table
    patients: Table
    scenarios: Table
    chances: Table


def account(file: AnalysisFile, figures: Result, language: str) -> Account:
    """The tables of an analysis's figures."""

    def t(message: object) -> str:
        return tell(message, language)

    def table(title: Message, first: Message, rows: list[Row], *, summed: bool = True) -> Table:
        return Table(t(title), [*years, t(say("Summa"))] if summed else years, rows, t(first))

    years = [str(year) for year in figures.years]
    worlds = _world_rows(file, figures, t)
    categories = _category_rows(figures, t)
    patients = _patient_rows(file, figures, t)
    chances = _chance_rows(file, figures, language)
    return Account(
        cost=table(say("Merkostnad per år"), say("Post"), _cost_rows(figures, t)),
        worlds=table(say("Hela kostnaden med och utan den nya behandlingen"), say("Post"), worlds),
        areas=table(say("Merkostnad per förvaltning"), say("Förvaltning"), _area_rows(file, figures, t)),
        categories=table(say("Merkostnad per kostnadsslag"), say("Kostnadsslag"), categories),
        patients=table(say("Patienter i medeltal under året"), say("Behandling"), patients, summed=False),
        scenarios=table(say("Merkostnad per år i varje scenario"), say("Scenario"), _scenario_rows(figures, t)),
        chances=table(say("Sannolikhet att ett år kostar mer"), say("Gräns"), chances, summed=False),
    )


Tell = Callable[[object], str]


def summed(values: Sequence[int]) -> list[Value]:
    """The values of the years, and their sum."""
    return [*values, sum(values)]


def _spans(one: Range, whole: Range) -> list[Value]:
    return [*zip(one.low, one.high, strict=True), (whole.low[0], whole.high[0])]


def _span_row(figures: Result, part: str, t: Tell) -> Row:
    """The interval of a part of the cost, by year and for all years; blank where a result kept long ago has none."""
    one, whole = figures.ranges.get(part), figures.ranges.get(f"cumulative.{part}")
    spans = _spans(one, whole) if one and whole else [None] * (len(figures.years) + 1)
    return Row(_span(figures, t), spans, note="span")


def _cost_rows(figures: Result, t: Tell) -> list[Row]:
    patients = [
        sum(on[at] for name, on in figures.patients.items() if name in figures.new) for at in range(len(figures.years))
    ]
    ranges = figures.ranges
    span = _span(figures, t)
    rows = [
        Row(t(say("Kan behandlas: nya under året, och de som väntar")), [*figures.eligible, None], COUNT),
        Row(t(say("Patienter på den nya behandlingen")), [*patients, None], COUNT),
        Row(span, [*zip(ranges["patients"].low, ranges["patients"].high, strict=True), None], COUNT, note="span"),
        Row(t(say("Ny behandling")), summed(figures.gross_new)),
        _span_row(figures, "new", t),
        Row(t(say("Ersatt behandling")), summed(figures.displaced)),
        _span_row(figures, "displaced", t),
        Row(t(say("Merkostnad")), summed(figures.impact()), total=True, estimate=True),
        Row(span, _spans(ranges["impact"], ranges["cumulative"]), note="span"),
    ]
    by_purse = figures.by("purse")
    for purse, title in titles.PURSES.items():
        if any(by_purse.get(purse, ())):
            rows.append(Row(t(say("Varav {purse}", purse=_lower(t(title)))), summed(by_purse[purse])))
            rows.append(_span_row(figures, f"purse.{purse}", t))
    return rows


def _world_rows(file: AnalysisFile, figures: Result, t: Tell) -> list[Row]:
    rows = []
    for world, title in (("without", say("Utan")), ("with", say("Med"))):
        for treatment in dict.fromkeys(cell.treatment for cell in figures.cells):
            values = figures.world(world, lambda cell, one=treatment: cell.treatment == one)  # type: ignore[misc]
            if any(values):
                rows.append(Row(f"{t(title)}: {file.treatment(treatment)}", summed(values)))
        whole = say("Summa utan") if world == "without" else say("Summa med")
        rows.append(Row(t(whole), summed(figures.world(world)), total=True))
    return rows


def _area_rows(file: AnalysisFile, figures: Result, t: Tell) -> list[Row]:
    """Each administration's part, with the interval in the same proportion."""
    by_area, whole = figures.by("area"), figures.impact()
    if not [area for area in by_area if area != WHOLE]:
        return []
    rows, ends, years = [], figures.ranges["impact"], figures.ranges["cumulative"]
    lows, highs = (*ends.low, *years.low), (*ends.high, *years.high)
    for area, values in by_area.items():
        name = file.areas.get(area, area) if area else t(titles.EVERYWHERE)
        parts = zip((*values, sum(values)), (*whole, sum(whole)), strict=True)
        shares = [part / all_ if all_ else 0.0 for part, all_ in parts]
        spans = [(low * share, high * share) for low, high, share in zip(lows, highs, shares, strict=True)]
        rows += [Row(name, summed(values)), Row(_span(figures, t), spans, note="span")]
    return [*rows, Row(t(say("Summa")), summed(whole), total=True, estimate=True)]


def _span(figures: Result, t: Tell) -> str:
    return t(say("Span, {share} procent", share=round(figures.level * 100)))


def _category_rows(figures: Result, t: Tell) -> list[Row]:
    found: list[Row] = []
    for category, values in figures.by("category").items():
        if any(values):
            found.append(Row(t(titles.CATEGORIES[category]), summed(values)))
            found.append(_span_row(figures, f"category.{category}", t))
    return [*found, Row(t(say("Summa")), summed(figures.impact()), total=True, estimate=True)] if found else []


def _patient_rows(file: AnalysisFile, figures: Result, t: Tell) -> list[Row]:
    rows = []
    for title, on in ((say("Utan"), figures.patients_before), (say("Med"), figures.patients)):
        rows += [Row(f"{t(title)}: {file.treatment(treatment)}", values, COUNT) for treatment, values in on.items()]
    return rows


def _scenario_rows(figures: Result, t: Tell) -> list[Row]:
    if not figures.scenarios:
        return []
    span = _span(figures, t)
    rows = [Row(t(say("Beräkningen")), summed(figures.impact()), total=True, estimate=True)]
    for one in figures.scenarios:
        rows.append(Row(one.name, summed(one.impact), note=one.reason, estimate=True))
        rows.append(Row(span, _spans(one.range, one.whole), note="span"))
    return rows


def _chance_rows(file: AnalysisFile, figures: Result, language: str) -> list[Row]:
    limits, unit = file.model.threshold if file.model is not None else {}, unit_of(figures, language)
    rows = []
    for name, chances in figures.above.items():
        amount = unit.with_unit(limits[name].value * 100) if name in limits else ""
        own = say("{name}, {amount}", name=name, amount=amount)
        told = tell(say("Angiven gräns, {amount}", amount=amount) if name == "limit" else own, language)
        rows.append(Row(told, chances, SHARE))
    return rows


def unit_of(figures: Result, language: str) -> Unit:
    """The unit that an analysis's amounts are shown in."""
    return unit_for([*figures.impact(), *figures.ranges["impact"].high, *figures.gross_new], language)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
