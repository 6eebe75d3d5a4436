"""The drawings of the page of an outcome: by month, since the start, and what explains the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date
from flask_babel import gettext

from introduction.documents.charts.drawing import Drawing
from introduction.documents.charts.outcome import OutcomeWords, plan_and_outcome
from introduction.documents.charts.variance import ContributionWords, contributions
from introduction.domain.budget.variance import Line, Planned
from introduction.domain.outcome import first_day
from introduction.services.outcomes import CaseOutcome
from introduction.web import outcome_words
from introduction.web.amounts import Unit
from introduction.web.words import language, month_name, tell


@dataclass(frozen=True)
class Drawings:
    """What is drawn; None where there is nothing to draw."""

    monthly: Drawing | None = None
    so_far: Drawing | None = None
    parts: Drawing | None = None


def of_case(found: CaseOutcome, unit: Unit) -> Drawings:
    """The drawings of a case's page: none without a forecast and an outcome to hold against it."""
    if found.chosen is None or not any(line.actual for line in found.lines):
        return Drawings()
    return Drawings(_monthly(found, unit), _so_far(found, unit), _parts(found, unit))


def _planned(found: CaseOutcome) -> list[tuple[int, Line, Planned]]:
    """The months that are drawn and that the forecast has, with their places among all lines."""
    place = {line.month: at for at, line in enumerate(found.lines)}
    shown = outcome_words.shown_lines(found)
    return [(place[line.month], line, line.planned) for line in shown if line.planned is not None]


def _monthly(found: CaseOutcome, unit: Unit) -> Drawing | None:
    drawn = _planned(found)
    if not drawn:
        return None
    # What only some units have reported is drawn when it is outside already; else it would look like a fall.
    outcome = [line.actual.cost if line.actual and (line.compared or line.side) else None for _at, line, _plan in drawn]
    running = {month for run in found.runs for month in run.months}
    marks = [number for number, (_at, line, _plan) in enumerate(drawn) if line.month in running]
    return plan_and_outcome(
        [_short(line.month) for _at, line, _plan in drawn],
        [unit.value(plan.cost) for _at, _line, plan in drawn],
        [unit.value(plan.low) for _at, _line, plan in drawn],
        [unit.value(plan.high) for _at, _line, plan in drawn],
        _values(unit, outcome),
        marks=marks,
        unit=unit.name,
        label=_monthly_label(found, unit),
        words=_words(),
        language=language(),
    )


def _so_far(found: CaseOutcome, unit: Unit) -> Drawing | None:
    drawn = _planned(found)
    known = [at for at, line, _plan in drawn if line.actual is not None]
    if not known:
        return None
    outcome = [found.so_far[at] if at <= known[-1] else None for at, _line, _plan in drawn]
    if not any(value is not None for value in outcome):
        return None
    at, last = next((n, value) for n, value in reversed(list(enumerate(outcome))) if value is not None)
    label = gettext(
        "Sammanlagt till och med %(month)s: utfall %(outcome)s, prognos %(plan)s",
        month=month_name(first_day(drawn[at][1].month)),
        outcome=unit.with_unit(last),
        plan=unit.with_unit(drawn[at][2].so_far),
    )
    return plan_and_outcome(
        [_short(line.month) for _at, line, _plan in drawn],
        [unit.value(plan.so_far) for _at, _line, plan in drawn],
        [unit.value(plan.so_far_low) for _at, _line, plan in drawn],
        [unit.value(plan.so_far_high) for _at, _line, plan in drawn],
        _values(unit, outcome),
        unit=unit.name,
        label=label,
        words=_words(),
        language=language(),
    )


def _parts(found: CaseOutcome, unit: Unit) -> Drawing | None:
    parts, sums = found.sums.parts, found.sums
    if parts is None or not parts.total:
        return None
    return contributions(
        [(tell(title), unit.value(getattr(parts, key))) for key, title in outcome_words.PARTS.items()],
        start=(gettext("Prognos"), unit.value(sums.planned.cost)),
        end=(gettext("Utfall"), unit.value(sums.actual.cost)),
        unit=unit.name,
        label=outcome_words.explained(parts, unit),
        words=ContributionWords(less=gettext("minskar kostnaden"), more=gettext("ökar kostnaden")),
        language=language(),
    )


def _words() -> OutcomeWords:
    return OutcomeWords(
        plan=gettext("prognos"),
        outcome=gettext("utfall"),
        mark=gettext("Utanför två månader i rad"),
        band=gettext("Bandet: 80 procents span"),
    )


def _monthly_label(found: CaseOutcome, unit: Unit) -> str:
    text = outcome_words.lead(found, unit)
    return f"{text} {outcome_words.mark_text(found.mark)}" if found.mark else text


def _values(unit: Unit, amounts: Sequence[int | None]) -> list[float | None]:
    return [None if amount is None else unit.value(amount) for amount in amounts]


def _short(month: int) -> str:
    """``sep 2026``."""
    return format_date(first_day(month), "MMM y", locale=language()).replace(".", "")
