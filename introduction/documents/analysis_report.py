"""The report of a budget-impact analysis as a PDF: the figures of its page, and all that one must know to judge them.

What it tells follows the good practice for budget-impact analyses (Sullivan et al., Value in Health 2014;17:5-14):
perspective, population, mix of treatments, horizon, costs, results by year, sensitivity, scenarios, inputs with their
sources, method and limits. documents/analysis_model.py and analysis_grounds.py tell what the figures rest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from introduction.documents import analysis_view, layout
from introduction.documents.account import COUNT, MONEY, Row, Table
from introduction.documents.amounts import exact, percent
from introduction.documents.analysis_grounds import Grounds
from introduction.documents.analysis_model import ModelInWords
from introduction.documents.analysis_view import View, shown
from introduction.documents.layout import Block, Column, Grid, Head, Line, Part, Picture, Points, Text
from introduction.documents.wording import plain_day, tell
from introduction.domain.budget import titles
from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.result import Result
from introduction.domain.calendar import local_date
from introduction.domain.messages import Message, say
from introduction.services.analysis_file import AnalysisFile
from introduction.store.analysis import Analysis

#: A probability below this would be told as 0 %.
_SOME = 0.005
#: What each page says of an analysis that is not, or no longer, the one that holds.
_MARKS: dict[str, Message] = {
    "draft": say("Utkast"),
    "submitted": say("Ännu inte godkänd"),
    "reviewed": say("Ännu inte godkänd"),
    "superseded": say("Ersatt av en nyare beräkning"),
}


def report(
    file: AnalysisFile, figures: Result, language: str, *, hits: Summary | None = None, today: date | None = None
) -> bytes:
    """The report in a language. ``hits`` is how the region's forecasts had come true by ``today``.

    The same analysis (and the same hits) gives the same bytes.
    """
    view = analysis_view.view(file, figures, language)
    parts = _parts(file, view, language, hits, today)
    return layout.pdf(_head(file, view, language), parts, language, last_changed(file.row))


def last_changed(row: Analysis) -> datetime:
    """When an analysis came to be as it is."""
    times = (row.changed_at, row.submitted_at, row.reviewed_at, row.approved_at, row.superseded_at)
    return max(time for time in times if time is not None)


def marks(file: AnalysisFile, language: str) -> list[str]:
    """What is said on every page and sheet: that it is a draft, or an invented example."""
    found = [_MARKS[file.row.state]] if file.row.state in _MARKS else []
    if getattr(file.subject.row, "example", False):
        found.append(say("Påhittat exempel"))
    return [tell(one, language) for one in found]


def facts(file: AnalysisFile, language: str) -> list[tuple[str, str]]:
    """What the analysis is of, and how far it has come."""
    row, about = file.row, file.about
    state = tell(titles.STATES[row.state], language)
    told = [
        (say("Läkemedel"), " – ".join(filter(None, (about.medicine, about.substance, about.atc)))),
        (say("Indikation"), about.indication),
        (say("Beräkning"), tell(say("Nummer {number}: {title}", number=row.number, title=row.title), language)),
        (say("Läge"), f"{state[:1].upper()}{state[1:]}, {plain_day(local_date(last_changed(row)), language)}"),
    ]
    return [(tell(label, language), value) for label, value in told]


def _head(file: AnalysisFile, view: View, language: str) -> Head:
    return Head(
        region=tell(file.subject.region.name, language),
        number=tell(say("{case}, beräkning {number}", case=file.subject.number, number=file.row.number), language),
        over=tell(say("Budgetpåverkan, {case}", case=file.subject.number), language),
        title=tell(say("Vad kostar {medicine}?", medicine=file.about.medicine), language),
        lead=view.lead,
        marks=marks(file, language),
        facts=facts(file, language),
    )


def _parts(file: AnalysisFile, view: View, language: str, hits: Summary | None, today: date | None) -> list[Part]:
    model, grounds = ModelInWords(file, view, language), Grounds(file, view, language)
    found = [
        _summary(view, language),
        _cost(file, view, language),
        _payers(file, view, language),
        _patients(view, language),
        _levers(view, language),
        _scenarios(view, language),
        grounds.perspective(),
        model.population(),
        model.treatments(),
        model.costs(),
        grounds.method(),
        grounds.assumptions(),
        grounds.limits(hits, today),
        grounds.history(),
        _exact(view, language),
    ]
    return [part for part in found if part is not None]


# ------------------------------------------------------------------------------------- the answer


def _summary(view: View, language: str) -> Part:
    figures, unit = view.figures, view.unit
    whole, patients = figures.ranges["cumulative"], figures.ranges["patients"]
    level = percent(figures.level, language=language)
    on = [values[-1] for name, values in figures.patients.items() if name in figures.new]
    told = [
        say(
            "Alla {years} år tillsammans: {cost}. Med {level} sannolikhet mellan {low} och {high}.",
            years=len(figures.years), cost=unit.with_unit(sum(figures.impact())), level=level,
            low=unit.with_unit(whole.low[0]), high=unit.with_unit(whole.high[0]),
        ),
        say(
            "{year} har {count} patienter den nya behandlingen, i medeltal under året ({span}).",
            year=figures.years[-1], count=_count(sum(on), view),
            span=_span((patients.low[-1], patients.high[-1]), view),
        ),
    ]  # fmt: skip
    by_purse = figures.by("purse")
    for purse, title in titles.PURSES.items():
        if any(by_purse.get(purse, ())):
            cost = unit.with_unit(sum(by_purse[purse]))
            told.append(say("{purse}: {cost} alla år tillsammans.", purse=title, cost=cost))
    for chances in figures.above.values():
        most = max(chances)
        year, share = figures.years[chances.index(most)], percent(most, language=language)
        said = say("Sannolikheten att ett år passerar gränsen är störst {year}: {share}.", year=year, share=share)
        told.append(said if most >= _SOME else say("Inget år väntas passera gränsen."))
    if view.levers:
        most_of_all = view.levers[0]
        told.append(
            say(
                "Mest betyder antagandet ”{title}”. Från dess lägsta till dess högsta värde går merkostnaden {year} "
                "från {low} till {high}.",
                title=most_of_all.title, year=view.year,
                low=unit.with_unit(most_of_all.at_low), high=unit.with_unit(most_of_all.at_high),
            )
        )  # fmt: skip
    return Part(tell(say("Sammanfattning"), language), [Points([tell(one, language) for one in told])])


def _count(value: float, view: View) -> str:
    return shown(Row("", [value], COUNT), view.unit)[0]


def _span(value: tuple[float, float], view: View) -> str:
    return shown(Row("", [value], COUNT), view.unit)[0]


def _cost(file: AnalysisFile, view: View, language: str) -> Part:
    level = percent(view.figures.level, language=language)
    said = say(
        "Merkostnad i {unit}, listpris utan moms. Bandet rymmer utfallet med {share} sannolikhet.",
        unit=view.unit.name, share=level,
    )  # fmt: skip
    blocks: list[Block] = [
        Text(f"{tell(said, language)} {analysis_view.basis(file, language)}"),
        Picture("cost", view.cost),
        grid(view.account.cost, view),
    ]
    if view.account.chances.rows:
        blocks.append(grid(view.account.chances, view))
    return Part(tell(say("Kostnad per år"), language), blocks)


def _payers(file: AnalysisFile, view: View, language: str) -> Part:
    ends = analysis_view.financed_until(file)
    if ends is None:
        said = say("Ingen introduktionsfinansiering är inräknad. Varje betalare bär sin del från början.")
    else:
        said = say(
            "Introduktionsmedlen bär merkostnaden för det som de omfattar till och med {day}. Därefter bär den som "
            "annars hade betalat.",
            day=plain_day(ends, language),
        )
    blocks: list[Block] = [Text(tell(said, language))]
    blocks += [grid(table, view) for table in (view.account.areas, view.account.categories) if table.rows]
    return Part(tell(say("Var landar det?"), language), [*blocks, grid(view.account.worlds, view)])


def _patients(view: View, language: str) -> Part:
    said = say("Antalet som har varje behandling, utan och med den nya. Medeltal av årets månader.")
    blocks: list[Block] = [Text(tell(said, language)), grid(view.account.patients, view), _mix(view, language)]
    return Part(tell(say("Patienter"), language), blocks)


def _mix(view: View, language: str) -> Grid:
    """How the patients on any treatment are divided between the treatments, in both worlds."""
    figures = view.figures
    lines = []
    labels = iter(row.label for row in view.account.patients.rows)
    for on in (figures.patients_before, figures.patients):
        totals = [sum(values[at] for values in on.values()) for at in range(len(figures.years))]
        for values in on.values():
            shares = [value / total if total else 0.0 for value, total in zip(values, totals, strict=True)]
            lines.append(Line([next(labels), *(percent(share, language=language) for share in shares)]))
    columns = _columns(view.account.patients)
    return Grid(tell(say("Andel av de behandlade patienterna"), language), columns, lines)


def _levers(view: View, language: str) -> Part | None:
    if view.tornado is None:
        return None
    said = say(
        "Ett antagande i taget ändras till sitt lägsta och högsta rimliga värde. Merkostnad {year}, {unit}. I "
        "beräkningen är den {base}.",
        year=view.year, unit=view.unit.name, base=view.unit.show(view.base),
    )  # fmt: skip
    heads = (say("Antagande"), say("Prövat span"), say("Vid lägsta"), say("Vid högsta"), say("Skillnad"))
    widths = (3.0, 2.0, 1.0, 1.0, 1.0)
    columns = [
        Column(tell(one, language), width, at > 1) for at, (one, width) in enumerate(zip(heads, widths, strict=True))
    ]
    show = view.unit.show
    lines = [
        Line([one.title, f"{one.low} – {one.high}", show(one.at_low), show(one.at_high), show(one.most - one.least)])
        for one in view.levers
    ]
    caption = say("Känslighet, merkostnad {year} i {unit}", year=view.year, unit=view.unit.name)
    blocks: list[Block] = [Text(tell(said, language)), Picture("tornado", view.tornado)]
    return Part(
        tell(say("Vad avgör?"), language),
        [*blocks, Grid(tell(caption, language), columns, lines)],
    )


def _scenarios(view: View, language: str) -> Part:
    title = tell(say("Scenarier"), language)
    if view.scenarios is None:
        return Part(title, [Text(tell(say("Inget scenario är beskrivet."), language))])
    reasons = [
        tell(say("{name}: {reason}", name=one.name, reason=one.reason or say("inget skäl är angivet")), language)
        for one in view.figures.scenarios
    ]
    return Part(title, [Points(reasons), Picture("scenarios", view.scenarios), grid(view.account.scenarios, view)])


# ------------------------------------------------------------------------------------- tables


def grid(table: Table, view: View) -> Grid:
    """A table of the account as the page shows it: amounts in the view's unit."""
    money = any(row.measure == MONEY for row in table.rows)
    lines = [_line(row, shown(row, view.unit)) for row in table.rows]
    caption = f"{table.title}, {view.unit.name}" if money else table.title
    return Grid(caption, _columns(table), lines)


def _line(row: Row, values: Sequence[str]) -> Line:
    look = "span" if row.note == "span" else "total" if row.total else ""
    # A line may be broken beside the word "till", which holds long intervals together on a page.
    return Line([row.label, *(_loose(value) for value in values)], look, row.estimate)


def _loose(value: str) -> str:
    parts = value.replace("\u00a0till\u00a0", "\u00a0till ").replace("\u00a0to\u00a0", "\u00a0to ")
    return parts.replace("–", "–\u200b") if len(value) > 10 else parts


def _columns(table: Table) -> list[Column]:
    return [Column(table.first, 2.4), *(Column(heading, figures=True) for heading in table.headings)]


def _exact(view: View, language: str) -> Part:
    table = view.account.cost
    rows = [row for row in table.rows if row.measure == MONEY and row.note != "span"]
    lines = [
        Line([row.label, *(exact(value, language) for value in row.values)], "total" if row.total else "")  # type: ignore[arg-type]
        for row in rows
    ]
    columns = [Column(table.first, 1.7), *(Column(heading, figures=True) for heading in table.headings)]
    title = tell(say("Beloppen i kronor och öre"), language)
    said = say("Samma belopp som i tabellen över kostnad per år, utan avrundning. Delarna summerar till helheten.")
    return Part(title, [Text(tell(said, language)), Grid("", columns, lines, small=True)])
