"""Charts drawn on the server: plain data in, SVG out. They know no language: words come translated from the caller.

Each function takes amounts as floats in the unit chosen for the view (``unit`` is ``"tkr"`` or ``"mnkr"``), the
finding in words (``label``), a small dataclass of words, and ``language``, which decides how figures are written. It
returns a ``Drawing`` with three SVG elements of which a page shows one::

    cost_by_year(years, values, low, high, unit=, label=, words=CostWords(...), payers=[Payer(...)], limit=)
    tornado([TornadoBar(title, low_value, high_value, at_low, at_high)], base=, unit=, label=, words=TornadoWords(...))
    scenarios([(title, value, low, high)], unit=, label=, words=ScenarioWords(...))
    stacked_years(years, [Series(title, values)], low=, high=, ceiling=, unit=, label=, words=StackWords(...))
    plan_and_outcome(months, plan, low, high, outcome, marks=, unit=, label=, words=OutcomeWords(...))
    contributions([(title, amount)], start=, end=, unit=, label=, words=ContributionWords(...))
    fund_position(FundAmounts(...), forecast=YearEnd(expected, low, high), unit=, label=, words=FundWords(...))
    fund_over_year(months, used, expected=, low=, high=, appropriated=, unit=, label=, words=FundYearWords(...))
    priority_line([(title, amount)], money=, unit=, label=, words=PriorityWords(...))
    units_beside([UnitUse(title, expected, observed)], unit=, label=, words=UnitWords(...))
    use_per_area([AreaUse(title, inhabitants, treated, low, high)], mean=, unit=, label=, words=AreaWords(...))

The last two measure persons: ``unit`` is then in words (``patienter``), and a count of 1 to 4 is handed over as
``SmallCount()``, never as a number.

In a template stands ``<figure class="app-chart">{{ drawing }}</figure>``, and the numbers in a table directly below it;
``decimals_for`` and ``figure`` write a number there as the chart does. For a report each is a whole SVG file whose
letters ask for Source Sans 3 first. On an upright A4 those of ``drawing.middle`` have 10 points, of ``drawing.wide`` 7.

A long title is broken, and cut where three lines are too few: the table has all of it. To keep a day or an amount in
one line, write it with no-break spaces. The narrow drawing leaves out what it has no room for.

How it is made: each module lays out its chart three times on a ``Canvas``, which becomes a Vega-Lite specification;
``draw`` has vl-convert render it in the look of static/chart_theme.json and keeps nothing but shapes and letters.
"""

from introduction.documents.charts.areas import AreaUse, AreaWords, use_per_area
from introduction.documents.charts.comparison import ScenarioRow, ScenarioWords, scenarios
from introduction.documents.charts.cost import CostWords, cost_by_year
from introduction.documents.charts.drawing import Drawing, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.fund import FundAmounts, FundWords, YearEnd, fund_position
from introduction.documents.charts.fund_year import FundYearWords, fund_over_year
from introduction.documents.charts.outcome import OutcomeWords, plan_and_outcome
from introduction.documents.charts.portfolio import stacked_years
from introduction.documents.charts.priority import Application, PriorityWords, priority_line
from introduction.documents.charts.sensitivity import TornadoBar, TornadoWords, tornado
from introduction.documents.charts.small_counts import SmallCount
from introduction.documents.charts.stack import Series, StackWords
from introduction.documents.charts.strip import Payer
from introduction.documents.charts.units import UnitUse, UnitWords, units_beside
from introduction.documents.charts.variance import ContributionWords, Part, contributions

__all__ = [
    "Application",
    "AreaUse",
    "AreaWords",
    "ContributionWords",
    "CostWords",
    "Drawing",
    "FundAmounts",
    "FundWords",
    "FundYearWords",
    "OutcomeWords",
    "Part",
    "Payer",
    "PriorityWords",
    "ScenarioRow",
    "ScenarioWords",
    "Series",
    "SmallCount",
    "StackWords",
    "TornadoBar",
    "TornadoWords",
    "UnitUse",
    "UnitWords",
    "YearEnd",
    "contributions",
    "cost_by_year",
    "decimals_for",
    "draw",
    "figure",
    "fund_over_year",
    "fund_position",
    "plan_and_outcome",
    "priority_line",
    "scenarios",
    "stacked_years",
    "tornado",
    "units_beside",
    "use_per_area",
]
