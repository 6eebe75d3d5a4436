"""Outcomes and forecasts as spreadsheets: the tables of the pages, with whole amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import COUNT, DAY, MONEY, SHARE, Column, Sheet, workbook
from introduction.domain.outcome import first_day, month_number
from introduction.services.hit_rate import HitRate
from introduction.services.outcomes import CaseOutcome
from introduction.web import outcome_words
from introduction.web.case_sheets import above, book, or_hidden
from introduction.web.words import capital, month_name


def of_case(found: CaseOutcome) -> bytes:
    """A case's outcome: by month beside the forecast, and by unit and month."""
    lines = above(
        found.about,
        found.case.public_number,
        gettext("Kostnad i kronor, listpris utan moms. Återbäring ingår inte."),
        *([outcome_words.forecast_title(found.chosen)] if found.chosen is not None else []),
        example=found.case.example,
        shows_small=found.shows_small,
    )
    return book(lines, [_by_month(found), _by_unit(found)])


def rows_of(found: CaseOutcome) -> Iterator[tuple[Any, ...]]:
    """Every unit and month as a file of outcomes has it; what is hidden is None."""
    counts = {month: found.counts(month) for month in {month_number(row.month) for row in found.rows}}
    for row in found.rows:
        shown = counts[month_number(row.month)][row.unit_id]
        # With a price at hand, quantity and cost would tell how many they were.
        rest = (row.quantity_milli, row.cost_ore) if shown is not None else (None, None)
        name = found.unit_names[row.unit_id]
        yield found.case.public_number, name, row.month, shown, *rest, row.source


def _by_month(found: CaseOutcome) -> Sheet:
    columns = (
        Column(gettext("Månad"), width=18),
        Column(gettext("Prognos"), MONEY),
        Column(gettext("Spannets nedre gräns"), MONEY),
        Column(gettext("Spannets övre gräns"), MONEY),
        Column(gettext("Utfall"), MONEY),
        Column(gettext("Avvikelse"), MONEY),
        Column(gettext("Patienter i prognosen"), COUNT),
        Column(gettext("Patienter"), COUNT),
        Column(gettext("Läge"), width=40),
    )
    rows = []
    for line in outcome_words.table_lines(found):
        plan, actual = line.planned, line.actual
        hidden = or_hidden(None) if line.month in found.masked else None
        rows.append(
            (
                capital(month_name(first_day(line.month))),
                plan.cost if plan else None,
                plan.low if plan else None,
                plan.high if plan else None,
                actual.cost if actual else hidden,
                line.deviation,
                plan.patients if plan else None,
                actual.patients if actual else hidden,
                outcome_words.place_of(found, line),
            )
        )
    return Sheet(gettext("Per månad"), columns, rows)


def _by_unit(found: CaseOutcome) -> Sheet:
    columns = (
        Column(gettext("Enhet"), width=34),
        Column(gettext("Månad"), DAY),
        Column(gettext("Patienter"), COUNT),
        Column(gettext("Mängd"), COUNT),
        Column(gettext("Kostnad"), MONEY),
        Column(gettext("Källa"), width=40),
    )
    rows = [
        (name, month, *map(or_hidden, (patients, None if quantity is None else quantity / 1000, cost)), source)
        for _number, name, month, patients, quantity, cost, source in rows_of(found)
    ]
    return Sheet(gettext("Per enhet"), columns, rows)


def of_forecasts(regions: Sequence[HitRate]) -> bytes:
    """Every forecast year that has come to an end, a sheet for each region."""
    columns = (
        Column(gettext("Ärende"), width=18),
        Column(gettext("Läkemedel"), width=26),
        Column(gettext("Indikation"), width=40),
        Column(gettext("Beräkning"), COUNT, 10),
        Column(gettext("Budgetår"), width=10),
        Column(gettext("År efter godkännandet"), COUNT, 12),
        Column(gettext("Prognos"), MONEY),
        Column(gettext("Spannets nedre gräns"), MONEY),
        Column(gettext("Spannets övre gräns"), MONEY),
        Column(gettext("Utfall"), MONEY),
        Column(gettext("Utfall av prognos"), SHARE),
        Column(gettext("Inom spannet"), width=12),
    )
    title = gettext("Så har prognoserna träffat")
    sheets = [
        Sheet(one.region, columns, _forecast_rows(one), (title, one.region, outcome_words.hit_text(one.summary)))
        for one in regions
    ]
    return workbook(sheets, title=title)


def _forecast_rows(region: HitRate) -> list[tuple[Any, ...]]:
    return [
        (
            one.case.number,
            one.case.medicine,
            one.case.indication,
            one.analysis,
            str(one.hit.year),
            one.hit.since,
            one.hit.forecast,
            one.hit.low,
            one.hit.high,
            one.hit.outcome,
            one.hit.ratio,
            gettext("ja") if one.hit.inside else gettext("nej"),
        )
        for one in region.years
    ]
