"""The portfolio as a chart: stacked by phase, with savings below zero and the fund's ceiling drawn in."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from introduction.documents.charts.drawing import Drawing
from introduction.documents.charts.portfolio import Series, StackWords, stacked_years
from introduction.domain.budget.portfolio import Figure
from introduction.domain.process.definition import Phase
from introduction.services.portfolio import View
from introduction.web.amounts import Unit
from introduction.web.portfolio_words import lead
from introduction.web.words import language, phase_title

#: A chart takes so many parts.
_MOST = 5


def by_phase(view: View, unit: Unit) -> Drawing | None:
    """What all cases cost, less savings; None when nothing costs anything.

    The ceiling is drawn where the whole is what it is a ceiling of.
    """
    alone = view.meets_ceiling and not view.fund_apart
    return _drawn(view, unit, _parts(view), view.net, view.ceilings if alone else (None,) * len(view.years))


def of_fund(view: View, unit: Unit) -> Drawing | None:
    """What the introduction fund bears, against its ceiling; None where the first chart shows that already."""
    if not view.fund_apart:
        return None
    nothing = (0,) * len(view.years)
    parts = [(phase_title(phase), view.fund_by_phase.get(phase, nothing)) for phase in _phases(view)]
    return _drawn(view, unit, parts, view.fund, view.ceilings)


def _drawn(
    view: View,
    unit: Unit,
    parts: Sequence[tuple[str, Sequence[int]]],
    total: Figure,
    ceilings: Sequence[int | None],
) -> Drawing | None:
    if not any(any(amounts) for _title, amounts in parts):
        return None
    return stacked_years(
        view.years,
        [Series(title, [unit.value(amount) for amount in amounts]) for title, amounts in parts],
        low=[unit.value(amount) for amount in total.low],
        high=[unit.value(amount) for amount in total.high],
        ceiling=[None if amount is None else unit.value(amount) for amount in ceilings],
        unit=unit.name,
        label=lead(view, unit),
        words=StackWords(total=gettext("Summa, 80-procentigt intervall"), ceiling=gettext("Ram")),
        language=language(),
    )


def _phases(view: View) -> list[Phase]:
    """The phases that cost anything, the surest first: it stands at the bottom and is the darkest."""
    found = view.parts["phase"]
    return [phase for phase in reversed(Phase) if any(found.get(phase, ()))]


def _parts(view: View) -> list[tuple[str, Sequence[int]]]:
    """The phases with cases, and the savings; the last two phases together where there would be too many."""
    found = view.parts["phase"]
    parts = [(phase_title(phase), found[phase]) for phase in _phases(view)]
    if any(view.saved.expected):
        if len(parts) == _MOST:
            (first, one), (last, other) = parts[-2:]
            together = [before + after for before, after in zip(one, other, strict=True)]
            title = gettext("%(first)s och %(last)s", first=first, last=last.lower())
            parts[-2:] = [(title, tuple(together))]
        parts.append((gettext("Väntade besparingar"), tuple(-amount for amount in view.saved.expected)))
    return list(parts)
