"""A handover as a spreadsheet. Amounts are öre here and kronor in the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import DAY, MONEY, Column, Sheet
from introduction.domain.calendar import local_date
from introduction.services.handover_file import HandoverFile
from introduction.services.handover_view import UnitLine
from introduction.web import handover_words
from introduction.web.words import plain_day


def of_handover(file: HandoverFile, today: date) -> list[Sheet]:
    """The units that take over with their sum, and below them those whose cost stays with the region."""
    found, about = file.handover, file.case.about
    first = found.years[0] if found.years else gettext("första året")
    above = [
        gettext("Överlämning av %(medicine)s, %(number)s, %(day)s", medicine=about.medicine,
                number=file.case.subject.number, day=plain_day(today)),
        gettext("Kronor, listpris utan moms och återbäring. Gränserna rymmer 80 procent av utfallen."),
        handover_words.source_title(found),
        *([gettext("Påhittat exempel.")] if file.case.subject.row.example else []),
    ]  # fmt: skip
    columns = [
        Column(gettext("Enhet"), width=34), Column(gettext("Utbetalt hittills"), MONEY),
        Column(gettext("Prognos %(year)s", year=first), MONEY), Column(gettext("Prognosen, lägst"), MONEY),
        Column(gettext("Prognosen, högst"), MONEY), Column(gettext("Föreslaget utrymme"), MONEY),
        Column(gettext("Svar"), width=16), Column(gettext("Svarade"), DAY, 14),
        Column(gettext("Enhetens prognos"), MONEY), Column(gettext("Kommentar eller skäl"), width=50),
        Column(gettext("Betalar från och med"), DAY, 18), Column(gettext("Betalare"), width=26),
    ]  # fmt: skip
    taking = [_row(file, line) for line in found.lines]
    known = [line.proposal.room_ore for line in found.lines if line.proposal is not None]
    forecasts = [line.forecast_ore for line in found.lines if line.forecast_ore is not None]
    total = [gettext("Summa"), sum(line.paid_ore for line in found.lines), sum(forecasts), None, None, sum(known)]
    rows = [*taking, [*total, "", None, None, "", None, ""], *(_row(file, line) for line in found.central)]
    return [Sheet(gettext("Överlämning"), columns, rows, above, bold=frozenset({len(taking)}))]


def _row(file: HandoverFile, line: UnitLine) -> Sequence[Any]:
    figure, answer, change = line.forecast, line.answer, line.change
    return [
        line.unit, line.paid_ore,
        *((figure.expected[0], figure.low[0], figure.high[0]) if figure is not None else (None, None, None)),
        line.proposal.room_ore if line.proposal is not None else None,
        handover_words.state_title(line),
        local_date(answer.recorded_at) if answer is not None else None,
        answer.forecast_ore if answer is not None else None,
        (answer.comment or "") if answer is not None else "",
        change.takes_effect_on if change is not None else file.handover.first_day,
        handover_words.payer_title(line),
    ]  # fmt: skip
