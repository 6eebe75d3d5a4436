"""The drawings of a fund's page: where the money is, and how it is used over the year."""

from __future__ import annotations

from babel.dates import get_month_names
from flask_babel import gettext

from introduction.documents.charts import (
    Drawing,
    FundAmounts,
    FundWords,
    FundYearWords,
    YearEnd,
    fund_over_year,
    fund_position,
)
from introduction.domain.funding import IN_FUND
from introduction.services.fund_view import FundFile
from introduction.services.funds import FundYear
from introduction.web import fund_words
from introduction.web.fund_words import UNIT, account_title
from introduction.web.words import language

MONTHS = 12


def position(file: FundFile, lead: str) -> Drawing:
    """The six amounts end to end, with the forecast of the year below."""
    fund, ends = file.fund, file.ends
    paid, approved, claimed, granted, reserved, unreserved = (account_title(account) for account in IN_FUND)
    forecast = None
    if file.year.begun and file.year.passed < MONTHS and ends.high_ore:
        forecast = YearEnd(*(UNIT.value(ore) for ore in (ends.expected_ore, ends.low_ore, ends.high_ore)))
    return fund_position(
        FundAmounts(*(UNIT.value(fund.amount(account)) for account in IN_FUND)),
        forecast=forecast,
        unit=UNIT.name,
        label=f"{fund_words.fund_title(fund)}. {lead}",
        words=FundWords(
            paid, approved, claimed, granted, reserved, unreserved,
            appropriated=gettext("Anslaget"),
            forecast=gettext("Godkänt vid årets slut, prognos:"),
        ),
        language=language(),
    )  # fmt: skip


def over_year(file: FundFile, lead: str) -> Drawing | None:
    """What was approved up to each month, and the forecast to the year's end; None before there is anything to tell."""
    year, fund = file.year, file.fund
    if not year.begun or not (year.ends.high_ore or any(year.used)):
        return None
    names = get_month_names("abbreviated", locale=language())
    months = [names[number].replace(".", "") for number in range(1, MONTHS + 1)]
    used: list[float | None] = [UNIT.value(ore) for ore in year.used]
    if year.passed == MONTHS and year.since:  # what was approved for the year when it was over
        months.append(gettext("efteråt"))
        used.append(UNIT.value(year.ends.expected_ore))
    so_far, ahead = year.used[-1] if year.used else 0, MONTHS - year.passed

    def line(end: int) -> list[float | None]:
        coming = [UNIT.value(so_far + (end - so_far) * number / ahead) for number in range(1, ahead + 1)]
        return [*[None] * (len(months) - ahead), *coming]

    return fund_over_year(
        months,
        [*used, *[None] * ahead],
        expected=line(year.ends.expected_ore),
        low=line(year.ends.low_ore),
        high=line(year.ends.high_ore),
        appropriated=UNIT.value(fund.appropriated_ore),
        unit=UNIT.name,
        label=gettext("Godkänt till och med varje månad %(year)s. %(lead)s", year=fund.budget_year, lead=lead),
        words=FundYearWords(
            used=_used(year),
            expected=gettext("prognos"),
            high=gettext("snabbaste månaden"),
            low=gettext("lugnaste månaden"),
            appropriated=gettext("Anslaget"),
            band=gettext("Bandet: från den lugnaste till den snabbaste av de senaste sex månaderna"),
        ),
        language=language(),
    )


def _used(year: FundYear) -> str:
    """What the last amount of the line is: ``godkänt till och med oktober``."""
    if not 0 < year.passed < MONTHS:
        return gettext("godkänt")
    return gettext("godkänt till och med %(month)s", month=get_month_names("wide", locale=language())[year.passed])
