"""The portfolio, submissions and a unit's budget as spreadsheets. Amounts are öre here and kronor in the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response
from flask_babel import gettext

from introduction.documents import spreadsheet
from introduction.documents.spreadsheet import COUNT, DAY, MONEY, SHARE, TEXT, Column, Sheet
from introduction.domain.budget.portfolio import Figure
from introduction.domain.process.definition import Phase
from introduction.services.landing import Line
from introduction.services.landing import View as Landing
from introduction.services.phase_history import BEFORE
from introduction.services.portfolio import View
from introduction.services.submissions import Content
from introduction.web.portfolio_words import area_title, chance, part_rows, purse_title, source_title
from introduction.web.words import phase_title, plain_day

_Rows = list[Sequence[Any]]


def answer(sheets: Sequence[Sheet], name: str) -> Response:
    """The sheets as a file to keep."""
    content = spreadsheet.workbook(sheets, title=sheets[0].above[0] if sheets[0].above else sheets[0].name)
    response = Response(content, mimetype=spreadsheet.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ------------------------------------------------------------------------------------- the portfolio


def of_portfolio(view: View, today: date) -> list[Sheet]:
    """All of a portfolio's page: sums, parts, cases, what weighs them, savings and what a round adds."""
    above = _above(view, today)
    sheets = [_sums(view, above)]
    titles = {
        "atc": gettext("Terapiområden"), "area": gettext("Förvaltningar"), "purse": gettext("Betalare"),
    }  # fmt: skip
    for by, title in titles.items():
        rows = [[name, *amounts] for name, amounts in part_rows(view, by)]
        sheets.append(
            _by_year(title, gettext("Del"), view.years, [*rows, [gettext("Summa"), *view.total.expected]], above)
        )
    return [*sheets, _cases(view, above), _history(view, above), _savings(view, above), *_round(view, above)]


def _above(view: View, today: date) -> list[str]:
    lines = [
        gettext("Portföljen, %(region)s, %(day)s", region=view.region.name, day=plain_day(today)),
        gettext("Kronor, listpris utan moms och återbäring. Troligt värde; gränserna rymmer 80 procent av utfallen."),
    ]
    if any(line.row.example for line in view.lines):
        lines.append(gettext("Påhittade exempel ingår."))
    if told := _filter_text(view):
        lines.append(gettext("Urval: %(what)s", what=told))
    return lines


def _filter_text(view: View) -> str:
    wanted = view.wanted
    parts = [
        phase_title(wanted.phase) if wanted.phase else "",
        gettext("ATC-kod %(code)s", code=wanted.atc) if wanted.atc else "",
        view.units.get(wanted.area, "") if wanted.area else "",
        gettext("etapp med stoppdatum %(day)s", day=plain_day(wanted.round)) if wanted.round else "",
        purse_title(wanted.purse) if wanted.purse else "",
        {"example": gettext("påhittade exempel"), "real": gettext("verkliga")}.get(wanted.kind, ""),
    ]
    return ", ".join(part for part in parts if part)


def _by_year(title: str, heading: str, years: Sequence[int], rows: _Rows, above: Sequence[str]) -> Sheet:
    columns = [Column(heading, TEXT, 44), *(Column(str(year), MONEY) for year in years)]
    return Sheet(title, columns, rows, above, bold=frozenset({len(rows) - 1}) if rows else frozenset())


def _spread(title: str, figure: Figure) -> _Rows:
    return [
        [title, *figure.expected],
        [gettext("%(what)s, lägst", what=title), *figure.low],
        [gettext("%(what)s, högst", what=title), *figure.high],
    ]


def _sums(view: View, above: Sequence[str]) -> Sheet:
    rows: _Rows = [[name, *amounts] for name, amounts in part_rows(view, "phase")]
    rows += _spread(gettext("Alla ärenden"), view.total)
    rows += _spread(gettext("Väntade besparingar"), view.saved)
    rows += _spread(gettext("Efter besparingar"), view.net)
    rows += _spread(gettext("Därav introduktionsmedel"), view.fund)
    rows.append([gettext("Ram för introduktionsmedel"), *view.ceilings])
    if view.meets_ceiling:
        rows.append([gettext("Chans att ramen passeras"), *(chance(value) for value in view.held.above)])
    sheet = _by_year(gettext("År för år"), gettext("Del"), view.years, rows, above)
    return Sheet(sheet.name, sheet.columns, rows, above)


def _cases(view: View, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Ärende")), Column(gettext("Läkemedel"), width=26), Column(gettext("Indikation"), width=40),
        Column(gettext("ATC-kod"), width=10), Column(gettext("Fas"), width=26), Column(gettext("Stoppdatum"), DAY, 12),
        Column(gettext("Underlag"), width=36), Column(gettext("Första år"), COUNT, 10),
        *(Column(gettext("%(year)s, om det införs", year=year), MONEY) for year in view.years),
    ]  # fmt: skip
    rows = [
        [
            line.row.number, line.row.medicine, line.row.indication, line.row.atc, phase_title(line.row.phase),
            line.row.round_cut_off, source_title(line.source, line.analysis), _plain(line.first_year),
            *(line.cost if line.entry is not None else [None] * len(view.years)),
        ]
        for line in view.lines
    ]  # fmt: skip
    return Sheet(gettext("Ärenden"), columns, rows, above)


def _plain(year: int | None) -> str | None:
    """A year as text: a number would get a space in it."""
    return None if year is None else str(year)


def _history(view: View, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Fas"), width=32), Column(gettext("Slag"), width=22), Column(gettext("Avgjorda ärenden"), COUNT),
        Column(gettext("Därav införda"), COUNT), Column(gettext("Vägs med"), SHARE),
    ]  # fmt: skip
    rows = []
    for phase in BEFORE:
        for example, kind in ((False, gettext("verkliga ärenden")), (True, gettext("påhittade exempel"))):
            share = view.history.of(phase, example=example)
            rows.append([phase_title(phase), kind, share.decided, share.introduced, share.expected])
    return Sheet(gettext("Hur ärendena vägs"), columns, rows, above)


def _savings(view: View, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Besparing"), width=40), Column(gettext("ATC-kod"), width=10),
        Column(gettext("Förvaltning"), width=30), Column(gettext("Källa"), width=40),
        *(Column(str(year), MONEY) for year in view.years),
    ]  # fmt: skip
    rows = [
        [
            line.row.title, line.row.atc, view.units.get(line.row.unit_id or 0, gettext("Hela regionen")),
            line.row.source, *(line.years[year].expected if year in line.years else 0 for year in view.years),
        ]
        for line in view.savings
    ]  # fmt: skip
    return Sheet(gettext("Besparingar"), columns, rows, above)


def _round(view: View, above: Sequence[str]) -> list[Sheet]:
    effect = view.effect
    if effect is None:
        return []
    told = gettext("Etapp med stoppdatum %(day)s, som om alla ärenden i den beslutas", day=plain_day(effect.cut_off))
    rows = [
        *_spread(gettext("Utan etappens ärenden"), effect.without.figure),
        *_spread(gettext("Med etappens ärenden"), effect.with_it.figure),
        *_spread(gettext("Skillnad"), effect.adds),
        [gettext("Ram"), *view.ceilings],
        [gettext("Chans att ramen passeras, utan"), *(chance(value) for value in effect.without.above)],
        [gettext("Chans att ramen passeras, med"), *(chance(value) for value in effect.with_it.above)],
    ]
    sheet = _by_year(gettext("Etappens förslag"), gettext("Vad"), view.years, rows, [*above, told])
    return [Sheet(sheet.name, sheet.columns, rows, sheet.above)]


# ------------------------------------------------------------------------------------- submissions and units


def of_submission(content: Content) -> list[Sheet]:
    """A submission row by row, and its cases with last year's figures."""
    state = gettext("förhandsvisning, inte fryst")
    if content.frozen is not None:
        state = gettext("fryst %(day)s", day=plain_day(content.frozen.frozen_at.date()))
    title = gettext("Budgetunderlag %(year)s", year=content.budget_year)
    above = [
        f"{title}, {content.region.name}, {state}",
        gettext("Kronor, listpris utan moms och återbäring. Gränserna rymmer 80 procent av utfallen."),
    ]  # fmt: skip
    columns = [
        Column(gettext("Förvaltning"), width=32), Column(gettext("Ärende")), Column(gettext("Läkemedel"), width=26),
        Column(gettext("Fas"), width=26), Column(gettext("Beräkning"), COUNT, 10),
        Column(gettext("Betalare"), width=30), Column(gettext("År"), width=8),
        Column(gettext("Troligt"), MONEY), Column(gettext("Lägst"), MONEY), Column(gettext("Högst"), MONEY),
    ]  # fmt: skip
    rows = []
    for row in content.rows:
        case = content.cases[row.case_id]
        rows.append([
            area_title(str(row.unit_id or ""), content.units), case.number, case.medicine, phase_title(case.phase),
            content.analyses[row.analysis_id], purse_title(row.purse), str(row.year), row.amount, row.low, row.high,
        ])  # fmt: skip
    missing = [[row.number, row.medicine, row.indication, phase_title(row.phase)] for row in content.missing]
    heads = [Column(gettext("Ärende")), Column(gettext("Läkemedel"), width=26), Column(gettext("Indikation"), width=40),
             Column(gettext("Fas"), width=26)]  # fmt: skip
    return [
        Sheet(gettext("Underlag"), columns, rows, above),
        Sheet(gettext("Saknar godkänd beräkning"), heads, missing, above),
    ]


def of_landing(view: Landing, today: date) -> list[Sheet]:
    """What lands with a unit: the decided cases with their sum, and those that may come."""
    above = [
        gettext("Det som landar i %(unit)s budget, %(day)s", unit=view.unit.name, day=plain_day(today)),
        gettext("Kronor, listpris utan moms och återbäring. Gränserna rymmer 80 procent av utfallen."),
        gettext("Delat lika mellan behandlande enheter tills utfall finns."),
    ]
    columns = [
        Column(gettext("Ärende")), Column(gettext("Läkemedel"), width=26), Column(gettext("Indikation"), width=40),
        Column(gettext("Fas"), width=26), Column(gettext("Regionen betalar till och med"), DAY, 16),
        Column(gettext("Underlag"), width=36),
        *(Column(heading, MONEY) for year in view.years for heading in (
            str(year), gettext("%(what)s, lägst", what=year), gettext("%(what)s, högst", what=year))),
    ]  # fmt: skip
    total = ["", gettext("Summa"), "", "", None, "", *_each(view.total)]
    decided = [*(_landing_row(line) for line in view.decided), total]
    may_come = [_landing_row(line) for line in view.may_come]
    return [
        Sheet(gettext("Beslutat"), columns, decided, above, bold=frozenset({len(decided) - 1})),
        Sheet(gettext("Kan komma"), columns, may_come, [*above, gettext("Inte beslutat: kostnaden om det införs.")]),
    ]


def _landing_row(line: Line) -> Sequence[Any]:
    row = line.row
    return [
        row.number, row.medicine, row.indication, phase_title(Phase(row.phase)), row.financed_until,
        source_title(line.source, line.analysis), *_each(line.cost),
    ]  # fmt: skip


def _each(figure: Figure) -> list[int]:
    return [value for year in zip(figure.expected, figure.low, figure.high, strict=True) for value in year]
