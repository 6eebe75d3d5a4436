"""Applications as spreadsheets. Amounts are öre here and kronor in the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext

from introduction.documents.spreadsheet import COUNT, DAY, MONEY, TEXT, YEAR, Column, Sheet
from introduction.domain.process.timing import Text
from introduction.services.application_order import Line, View
from introduction.store.application_listing import ApplicationRow, Settled
from introduction.web.application_words import outcome_of
from introduction.web.words import kronor, plain_day, tell


def of_mine(
    rows: Sequence[ApplicationRow], stages: Mapping[int, Text], settled: Mapping[int, Settled], today: date
) -> Sheet:
    """The applications that somebody sees."""
    columns = [
        Column(gettext("Nummer")), Column(gettext("Läkemedel"), width=26), Column(gettext("Indikation"), width=40),
        Column(gettext("Sökande"), width=30), Column(gettext("Budgetår"), YEAR, 10),
        Column(gettext("Patienter"), COUNT),
        Column(gettext("Sökt"), MONEY), Column(gettext("Egna besparingar"), MONEY), Column(gettext("Läge"), width=32),
        Column(gettext("Inlämnad"), DAY, 12), Column(gettext("Svar väntas"), DAY, 12),
        Column(gettext("Beviljat"), MONEY),
    ]  # fmt: skip
    told = [
        [
            row.number, row.medicine, row.indication, row.unit, row.budget_year, row.patients, row.need_ore,
            row.savings_ore, outcome_of(row, settled) or tell(stages[row.id]), row.submitted_on, row.answer_by,
            settled[row.id].granted_ore if row.id in settled else None,
        ]
        for row in rows
    ]  # fmt: skip
    return Sheet(
        gettext("Ansökningar"), columns, told, [gettext("Ansökningar, %(day)s", day=plain_day(today)), _units()]
    )


def of_period(view: View, today: date) -> list[Sheet]:
    """The applications of a year in their order, with the line where the money ends; and those that are settled."""
    first = view.year
    above = [
        gettext("Ansökningar om extra pengar %(year)s, %(region)s, %(day)s", year=view.year, region=view.region.name,
                day=plain_day(today)),
        _units(),
    ]  # fmt: skip
    if view.moved is not None:
        above.append(gettext("En kopia av ordningen, inte sparad."))
    columns = [
        Column(gettext("Plats"), COUNT, 8), *_heads(), Column(gettext("Föreslaget"), MONEY),
        Column(gettext("Löpande summa"), MONEY), Column(gettext("Ryms"), TEXT, 8),
        Column(gettext("Kostnad %(year)s", year=first), MONEY),
        Column(gettext("Lågt utfall %(year)s", year=first), MONEY),
        Column(gettext("Högt utfall %(year)s", year=first), MONEY),
        *(Column(gettext("Beräknat %(year)s", year=year), MONEY) for year in view.years),
    ]  # fmt: skip
    rows = [_row(line) for line in view.lines]
    money = [
        gettext("Pengar att fördela: %(what)s", what=kronor(view.money_ore or 0)),
        gettext("Beräknat: verksamhetens del av ärendets godkända beräkning. Utfall: kostnaden efter dess span."),
    ]
    waiting = Sheet(gettext("Väntar på beslut"), columns, rows, [*above, *money])
    settled = Sheet(
        gettext("Avgjorda"),
        [*_heads(), Column(gettext("Beslut"), width=28), Column(gettext("Beviljat"), MONEY)],
        [
            [*_told(row), outcome_of(row, {row.id: how} if how else {}), how.granted_ore if how else None]
            for row, how in view.settled
        ],
        above,
    )
    return [waiting, settled]


def _heads() -> list[Column]:
    return [
        Column(gettext("Nummer")), Column(gettext("Läkemedel"), width=26), Column(gettext("Indikation"), width=40),
        Column(gettext("Ärendets rang"), COUNT, 10), Column(gettext("Sökande"), width=30),
        Column(gettext("Patienter"), COUNT, 10), Column(gettext("Egna besparingar"), MONEY),
        Column(gettext("Sökt"), MONEY),
    ]  # fmt: skip


def _told(row: ApplicationRow) -> list[object]:
    return [row.number, row.medicine, row.indication, row.rank, row.unit, row.patients, row.savings_ore, row.need_ore]


def _row(line: Line) -> list[object]:
    fits = gettext("ja") if line.fits else gettext("nej")
    computed = line.computed.cost if line.computed is not None else (None, None, None)
    span = line.span or (None, None)
    return [
        line.place, *_told(line.row), line.row.proposed_ore, line.reached_ore, fits, line.amount_ore, *span, *computed
    ]  # fmt: skip


def _units() -> str:
    return gettext("Kronor, merkostnad utan moms och återbäring. Tomt: ingen har räknat.")
