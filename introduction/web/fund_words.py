"""Words and figures of the pages about funds and grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import get_month_names
from flask_babel import gettext, ngettext

from introduction.documents.amounts import adding_up
from introduction.domain.funding import ACCOUNT_TITLES, HOLDERS, IN_FUND, IN_GRANT, Account
from introduction.domain.messages import Message, say
from introduction.services.fund_view import FundFile, GrantFile
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.grant_listing import GrantLine, GrantSums
from introduction.store.instance import Instance
from introduction.store.posting import MoneyDecision, Posting
from introduction.web.amounts import TKR
from introduction.web.database import catalogue
from introduction.web.words import capital, kronor, language, tell

#: What each kind of decision is called.
DECISION_TITLES: dict[str, Message] = {
    "appropriation": say("anslag"),
    "grant": say("beviljade medel"),
    "change_of_grant": say("ändrat belopp"),
    "reallocation": say("omfördelning"),
    "reservation": say("reservation"),
    "carried_over": say("överföring till nästa år"),
    "returned": say("slutavräkning"),
    "application": say("beslut om ansökan"),
}
#: What the filter of grants can ask for.
LEFT: dict[str, Message] = {
    "left": say("med pengar kvar"),
    "used": say("utan pengar kvar"),
    "settled": say("slutavräknade"),
}
#: How amounts are told on all pages about funds.
UNIT = TKR


def unfunded_text(years: Sequence[int]) -> str:
    """``Inga pengar beviljade för 2027 och 2028``."""
    told = [str(year) for year in years]
    listed = told[-1]
    if len(told) > 1:
        listed = gettext("%(some)s och %(last)s", some=", ".join(told[:-1]), last=told[-1])
    return gettext("Inga pengar beviljade för %(years)s", years=listed)


def fund_title(fund: Fund) -> str:
    """``Fonden 2027``, or ``Rådets fond 2027``."""
    if fund.held_by == "council":
        return gettext("Rådets fond %(year)s", year=fund.budget_year)
    return gettext("Fonden %(year)s", year=fund.budget_year)


def holder_title(fund: Fund) -> str:
    """Whose fund it is."""
    return tell(HOLDERS[fund.held_by])


def account_title(account: Account) -> str:
    """``Utbetalt``."""
    return capital(tell(ACCOUNT_TITLES[account]))


def position(fund: Fund) -> list[tuple[str, int, str]]:
    """The six amounts: what each is, öre, and the figure as shown. The figures add up as they are shown."""
    amounts = [fund.amount(account) for account in IN_FUND]
    shown = adding_up(amounts, UNIT)
    return [
        (account_title(account), ore, UNIT.show(figure))
        for account, ore, figure in zip(IN_FUND, amounts, shown, strict=True)
    ]


def grant_position(grant: GrantRow) -> list[tuple[str, int, str]]:
    """The four amounts of a grant: what each is, öre, and whole kronor."""
    return [(account_title(account), grant.amount(account), kronor(grant.amount(account))) for account in IN_GRANT]


def month_rows(file: FundFile) -> list[tuple[str, int]]:
    """What was approved at the end of each month that has passed, and since then."""
    names = get_month_names("wide", locale=language())
    rows = [(capital(names[number]), ore) for number, ore in enumerate(file.year.used, start=1)]
    return [*rows, (gettext("I dag"), (rows[-1][1] if rows else 0) + file.year.since)]


def stage_title(instance: Instance) -> str:
    """Where a claim stands, in its process's words."""
    definition = catalogue().get(instance.definition_id, instance.definition_version)
    return tell(definition.stage_named(instance.stage).title)


def figures(line: GrantLine) -> list[str]:
    """What was granted, and its four amounts, in figures that add up as they are shown."""
    parts = [line.paid_ore, line.approved_ore, line.claimed_ore, line.unclaimed_ore]
    return [UNIT.show(line.ceiling_ore), *(UNIT.show(ore) for ore in adding_up(parts, UNIT))]


def sum_figures(sums: GrantSums) -> list[str]:
    """The same of many grants together."""
    parts = [sums.in_grant.get(account, 0) for account in IN_GRANT]
    return [UNIT.show(sums.ceiling_ore), *(UNIT.show(ore) for ore in adding_up(parts, UNIT))]


def lead_of_region(held: Sequence[Fund], this_year: int) -> str:
    """What is left of this year's and next year's money."""
    told = []
    for year in (this_year, this_year + 1):
        funds = [fund for fund in held if fund.budget_year == year]
        if funds:
            appropriated = sum(fund.appropriated_ore for fund in funds)
            free = sum(fund.unreserved_ore for fund in funds)
            told.append(
                gettext(
                    "För %(year)s är %(free)s av %(all)s varken beviljat eller reserverat.",
                    year=year, free=UNIT.with_unit(free), all=UNIT.with_unit(appropriated),
                )
            )  # fmt: skip
    if told:
        return " ".join(told)
    if held:
        return gettext("Ingen fond är upplagd för %(year)s.", year=this_year)
    return gettext("Här kommer de pengar som regionen sätter av till nya läkemedel, år för år.")


def lead_of_fund(file: FundFile, today_year: int) -> str:
    """What is free, and what the year may end at."""
    fund, ends = file.fund, file.ends
    free = gettext(
        "%(free)s av %(all)s är varken beviljat eller reserverat.",
        free=UNIT.with_unit(fund.unreserved_ore), all=UNIT.with_unit(fund.appropriated_ore),
    )  # fmt: skip
    if fund.budget_year < today_year:
        spent = gettext("Året slutade på %(spent)s.", spent=UNIT.with_unit(ends.expected_ore))
        return f"{spent} {free}"
    if fund.budget_year > today_year or not (ends.expected_ore or ends.high_ore):
        return free
    expected = gettext(
        "Vid årets slut väntas %(expected)s vara godkänt (%(span)s).",
        expected=UNIT.with_unit(ends.expected_ore), span=UNIT.span(ends.low_ore, ends.high_ore),
    )  # fmt: skip
    return f"{free} {expected}"


def lead_of_grant(file: GrantFile) -> str:
    """What is left to claim."""
    grant = file.grant
    if grant.fund_id is None:
        return gettext(
            "Beviljat innan pengarna bokfördes här: upp till %(ceiling)s.", ceiling=kronor(grant.ceiling_ore)
        )
    if grant.settled_on is not None:
        return gettext("Slutavräknat. %(paid)s betalades ut.", paid=kronor(grant.paid_ore))
    return gettext(
        "%(left)s av %(ceiling)s är kvar att rekvirera.",
        left=kronor(grant.unclaimed_ore), ceiling=kronor(grant.ceiling_ore),
    )  # fmt: skip


def lacking_text(count: int, year: int) -> str:
    """How many cases have no money for a year."""
    return ngettext(
        "Ett infört läkemedel saknar pengar för %(year)s.", "%(num)d införda läkemedel saknar pengar för %(year)s.",
        count, year=year,
    )  # fmt: skip


def decision_title(row: MoneyDecision) -> str:
    """``Anslag``."""
    return capital(tell(DECISION_TITLES[row.kind]))


def decision_place(row: MoneyDecision) -> str:
    """``Regionfullmäktige, § 61, dnr RS 2027-1``; nothing where nothing is told."""
    registry = gettext("dnr %(number)s", number=row.registry_number) if row.registry_number else None
    return ", ".join(part for part in (row.body, row.section, registry) if part)


def move_text(row: Posting) -> str:
    """``Från oreserverat till beviljat, inte rekvirerat``."""
    outside = say("utanför fonden")
    origin, goal = (tell(ACCOUNT_TITLES.get(Account(one), outside)) for one in (row.source, row.target))
    return gettext("Från %(origin)s till %(goal)s", origin=origin, goal=goal)


def filters() -> Mapping[str, Any]:
    """What the templates of all pages may call."""
    return {
        "unfunded_text": unfunded_text,
        "fund_title": fund_title,
        "fund_position": position,
        "account_title": account_title,
    }
