"""What is told of an analysis beside its tables: the answer in a sentence, the tornado in words, and the drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from introduction.documents.account import COUNT, MONEY, SHARE, Account, Row, account, unit_of
from introduction.documents.amounts import Unit, number, percent
from introduction.documents.assumptions import Assumption, assumptions, ends_of, title_of
from introduction.documents.charts.comparison import ScenarioWords, scenarios
from introduction.documents.charts.cost import CostWords, cost_by_year
from introduction.documents.charts.drawing import Drawing
from introduction.documents.charts.sensitivity import TornadoBar, TornadoWords, tornado
from introduction.documents.charts.strip import Payer
from introduction.documents.wording import plain_day, tell
from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.result import Result
from introduction.domain.messages import Message, say
from introduction.services.analysis_file import AnalysisFile

#: The widest bars of the tornado are drawn; the rest stand in its table.
MOST_BARS = 8


@dataclass(frozen=True)
class Lever:
    """A bar of the tornado in words, for its table: the impact of one year in öre."""

    title: str
    low: str
    high: str
    at_low: int
    at_high: int

    @property
    def least(self) -> int:
        """The lower of the two."""
        return min(self.at_low, self.at_high)

    @property
    def most(self) -> int:
        """The higher of the two."""
        return max(self.at_low, self.at_high)


@dataclass(frozen=True)
class View:
    """An analysis's figures as its page and its report show them."""

    figures: Result
    account: Account
    unit: Unit
    lead: str
    year: int  #: the year that the tornado is about
    base: int  #: that year's extra cost
    levers: Sequence[Lever]
    cost: Drawing
    tornado: Drawing | None
    scenarios: Drawing | None


def view(file: AnalysisFile, figures: Result, language: str, unit: Unit | None = None) -> View:
    """Everything that is told and drawn of an analysis's figures, in a language; in another's unit beside it."""
    unit = unit or unit_of(figures, language)
    at = min(2, len(figures.years) - 1)
    levers = _levers(file, figures, at, language)
    return View(
        figures=figures,
        account=account(file, figures, language),
        unit=unit,
        lead=lead(file, figures, unit),
        year=figures.years[at],
        base=figures.impact()[at],
        levers=levers,
        cost=_cost(file, figures, unit),
        tornado=_tornado(levers, figures, unit, at) if levers else None,
        scenarios=_scenarios(figures, unit) if figures.scenarios else None,
    )


def lead(file: AnalysisFile, figures: Result, unit: Unit) -> str:
    """What a yes costs, in a sentence or two, in the language of the unit."""
    language, impact = unit.language, figures.impact()
    parts = [
        tell(say("{cost} {year}", cost=unit.with_unit(c), year=y), language)
        for c, y in zip(impact, figures.years, strict=True)
    ][:3]
    said = say("Ett ja kostar troligen {costs}.", costs=_listed(parts, language))
    if sum(impact) < 0:
        said = say("Ett ja sparar troligen pengar. Merkostnaden är {costs}.", costs=_listed(parts, language))
    ends = financed_until(file)
    after = [c for c, year in zip(impact, figures.years, strict=True) if ends is not None and year > ends.year]
    if ends is None or not after:
        return tell(said, language)
    until = say("Till och med {day} betalar regionen läkemedlets merkostnad.", day=plain_day(ends, language))
    benefit = any(figures.by("purse").get("prescription_benefit", ())[-len(after) :])
    later = _borne_later(sum(after) / len(after), unit, benefit=benefit)
    return " ".join(tell(one, language) for one in (said, until, later))


def _borne_later(yearly: float, unit: Unit, *, benefit: bool) -> Message:
    """Who bears the cost (öre a year) after the region's money; with ``benefit`` the prescription benefit too."""
    if yearly < 0:
        return say("Därefter sparar det ungefär {cost} om året.", cost=unit.with_unit(-yearly))
    cost = unit.with_unit(yearly)
    if benefit:
        return say("Därefter bär verksamheterna och läkemedelsförmånen den, ungefär {cost} om året.", cost=cost)
    return say("Därefter bär verksamheterna den, ungefär {cost} om året.", cost=cost)


def financed_until(file: AnalysisFile) -> date | None:
    """The last day on which the introduction fund bears the cost; None when it never does."""
    financed = file.model.financed if file.model is not None else None
    if financed is None:
        return None
    after = financed.last + 1
    return date.fromordinal(date(after // 12, after % 12 + 1, 1).toordinal() - 1)


def _listed(parts: Sequence[str], language: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return tell(say("{some} och {last}", some=", ".join(parts[:-1]), last=parts[-1]), language)


def hits_text(hits: Summary, language: str) -> str:
    """How the region's forecasts have come true, in a sentence or two."""
    said = [say("{inside} av {count} prognosår låg inom spannet.", inside=hits.inside, count=hits.count)]
    if hits.count == 1:
        said = [say("{inside} av 1 prognosår låg inom spannet.", inside=hits.inside)]
    if hits.median_ratio is not None:
        share = percent(hits.median_ratio, language=language)
        said.append(say("Utfallet var i median {share} av prognosen.", share=share))
    if hits.few:
        said.append(say("Det är för få år för att bedöma."))
    return " ".join(tell(one, language) for one in said)


def basis(file: AnalysisFile, language: str) -> str:
    """What the amounts are, and are not."""
    rate = file.model.discount.value if file.model is not None else 0
    said = say("Priserna är de angivna, utan uppräkning och utan diskontering. Återbäring ingår inte.")
    if rate:
        told = percent(rate, 1, language=language)
        said = say("Priserna är de angivna, diskonterade med {rate} per år. Återbäring ingår inte.", rate=told)
    return tell(said, language)


# ------------------------------------------------------------------------------------- drawings


def _cost(file: AnalysisFile, figures: Result, unit: Unit) -> Drawing:
    language = unit.language
    values, ranges = figures.impact(), figures.ranges["impact"]
    share = percent(figures.level, language=language)
    words = CostWords(
        likely=tell(say("mest troligt"), language),
        high=tell(say("högt utfall"), language),
        low=tell(say("lågt utfall"), language),
        limit=tell(say("gräns"), language),
        band=tell(say("Bandet: {share} span", share=share), language),
    )
    told = [say("{cost} år {year}", cost=unit.show(c), year=y) for c, y in zip(values, figures.years, strict=True)]
    label = say(
        "Merkostnad per år i {unit}: {told}. Spannet {year} är {span}. Alla tal finns i tabellen nedanför.",
        unit=unit.name,
        told=tuple(told),
        year=figures.years[-1],
        span=unit.span(ranges.low[-1], ranges.high[-1]),
    )
    return cost_by_year(
        figures.years,
        [unit.value(c) for c in values],
        [unit.value(c) for c in ranges.low],
        [unit.value(c) for c in ranges.high],
        unit=unit.name,
        label=tell(label, language),
        words=words,
        payers=_payers(file, figures, language),
        language=language,
    )


def _payers(file: AnalysisFile, figures: Result, language: str) -> list[Payer]:
    """Who pays the medicine's extra cost, as parts of the years shown."""
    financed = file.model.financed if file.model is not None else None
    ends = financed_until(file)
    if financed is None or ends is None:
        return []
    benefit = any(figures.by("purse").get("prescription_benefit", ()))
    after = say("Ordinarie betalare bär kostnaden") if benefit else say("Verksamheterna bär kostnaden")
    fund = tell(say("Introduktionsmedel till och med {day}", day=plain_day(ends, language)), language)
    until = (financed.last + 1 - figures.first_month) / (len(figures.years) * 12)
    if until >= 1:
        return [Payer(fund, 1.0, True)]
    return [Payer(fund, until, True), Payer(tell(after, language), 1.0, False)]


def _levers(file: AnalysisFile, figures: Result, at: int, language: str) -> list[Lever]:
    found = []
    for lever in figures.levers:
        low, high = ends_of(file, lever.path, lever.low, lever.high, language)
        title = title_of(file, lever.path, language)
        found.append(Lever(title, low, high, lever.at_low[at], lever.at_high[at]))
    return sorted(found, key=lambda one: one.least - one.most)


def _tornado(levers: Sequence[Lever], figures: Result, unit: Unit, at: int) -> Drawing:
    language = unit.language
    shown = [lever for lever in levers if lever.most > lever.least][:MOST_BARS] or levers[:1]
    words = TornadoWords(
        lower=tell(say("blir lägre"), language), higher=tell(say("blir högre"), language), at=tell(say("vid"), language)
    )
    most = shown[0]
    label = say(
        "Vad som påverkar merkostnaden {year} mest: {title}, {span} {unit}. Talen finns i tabellen nedanför.",
        year=figures.years[at],
        title=most.title,
        span=unit.span(most.least, most.most),
        unit=unit.name,
    )
    bars = [_bar(lever, unit) for lever in shown]
    base = unit.value(figures.impact()[at])
    return tornado(bars, base=base, unit=unit.name, label=tell(label, language), words=words, language=language)


def _bar(lever: Lever, unit: Unit) -> TornadoBar:
    """A bar from the lower to the higher cost, with the assumption that gives each."""
    low, high = (lever.low, lever.high) if lever.at_low <= lever.at_high else (lever.high, lever.low)
    return TornadoBar(lever.title, unit.value(lever.least), unit.value(lever.most), low, high)


def _scenarios(figures: Result, unit: Unit) -> Drawing:
    language, base, whole = unit.language, figures.impact(), figures.ranges["cumulative"]
    own = tell(say("Beräkningen"), language)
    rows: list[tuple[str, float, float | None, float | None]] = [
        (own, unit.value(sum(base)), unit.value(whole.low[0]), unit.value(whole.high[0]))
    ]
    rows += [
        (one.name, unit.value(sum(one.impact)), unit.value(one.whole.low[0]), unit.value(one.whole.high[0]))
        for one in figures.scenarios
    ]
    told = [f"{name} {number(value, unit.decimals, language=language)}" for name, value, _low, _high in rows]
    label = tell(say("Merkostnad för alla år i {unit}: {rows}.", unit=unit.name, rows=", ".join(told)), language)
    return scenarios(rows, unit=unit.name, label=label, words=ScenarioWords(), language=language)


# ------------------------------------------------------------------------------------- tables


def shown(row: Row, unit: Unit) -> list[str]:
    """A row's values as the page and the report write them."""
    return [_shown(value, row.measure, unit) for value in row.values]


def _shown(value: object, measure: str, unit: Unit) -> str:
    language = unit.spoken()
    if value is None:
        return ""
    if isinstance(value, tuple):
        low, high = value
        return unit.span(low, high) if measure == MONEY else "–".join(_count(end, language, 0) for end in (low, high))
    figure = float(value)  # type: ignore[arg-type]
    if measure == SHARE:
        return percent(figure, language=language)
    if measure == COUNT:
        return _count(figure, language, 0 if abs(figure) >= 10 else 1)
    return unit.show(figure)


def _count(value: float, language: str, decimals: int) -> str:
    return number(value, decimals, language=language)


def assumed(file: AnalysisFile, language: str) -> list[tuple[str, list[Assumption]]]:
    """The assumptions by page of questions."""
    listed = assumptions(file, language)
    return [(page, [one for one in listed if one.page == page]) for page in dict.fromkeys(one.page for one in listed)]
