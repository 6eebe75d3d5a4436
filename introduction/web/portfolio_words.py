"""What pages about many cases' money call things: payers, therapy areas, where a figure comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from introduction.domain.budget.portfolio import Share
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Phase
from introduction.services.phase_history import BEFORE, pool_of
from introduction.services.portfolio import View
from introduction.web.amounts import Unit, percent, unit_for
from introduction.web.words import NBSP, capital, phase_title, tell

PURSES: dict[str, Message] = {
    "introduction_fund": say("introduktionsmedel"),
    "clinic": say("verksamhetens läkemedelsbudget"),
    "prescription_benefit": say("läkemedelsförmånen"),
    "region": say("regionen centralt"),
}
#: The first level of the ATC classification, by its letter (WHO; Swedish names as the authorities write them).
THERAPY_AREAS: dict[str, Message] = {
    "A": say("matsmältningsorgan och ämnesomsättning"),
    "B": say("blod och blodbildande organ"),
    "C": say("hjärta och kretslopp"),
    "D": say("hud"),
    "G": say("urin- och könsorgan samt könshormoner"),
    "H": say("hormoner, utom könshormoner och insulin"),
    "J": say("infektionssjukdomar"),
    "L": say("tumörer och rubbningar i immunsystemet"),
    "M": say("rörelseapparaten"),
    "N": say("nervsystemet"),
    "P": say("parasiter och insekter"),
    "R": say("andningsorganen"),
    "S": say("ögon och öron"),
    "V": say("varia"),
}


def purse_title(purse: str) -> str:
    """A payer in words."""
    return capital(tell(PURSES[purse])) if purse in PURSES else purse


def therapy_title(code: str) -> str:
    """``L: Tumörer och rubbningar i immunsystemet``; a longer code as it is; words for no code."""
    if not code:
        return gettext("Utan ATC-kod")
    return f"{code}: {capital(tell(THERAPY_AREAS[code]))}" if code in THERAPY_AREAS else code


def area_title(area: str, units: Mapping[int, str]) -> str:
    """An administration's name, from what an analysis calls it."""
    if not area:
        return gettext("Inte delat på förvaltning")
    return units.get(int(area), area) if area.isdecimal() else area


def source_title(source: str, analysis: int | None) -> str:
    """Where a case's figure comes from."""
    if source == "analysis":
        return gettext("Beräkning %(number)s", number=analysis)
    return gettext("Nomineringen, utan godkänd beräkning") if source == "nomination" else gettext("Inget belopp")


def part_rows(view: View, by: str) -> list[tuple[str, Sequence[int]]]:
    """The parts of the expected cost under their names: phases in their order, the rest with the largest first."""
    title = {
        "phase": phase_title,
        "atc": therapy_title,
        "purse": purse_title,
        "area": lambda area: area_title(area, view.units),
    }[by]
    parts = view.parts[by].items()
    if by == "phase":
        return [(title(phase), view.parts[by][phase]) for phase in Phase if any(view.parts[by].get(phase, ()))]
    kept = [(name, amounts) for name, amounts in parts if any(amounts)]
    return [(title(name), amounts) for name, amounts in sorted(kept, key=lambda part: (-sum(part[1]), part[0]))]


def unit_of(view: View) -> Unit:
    """The unit of the page's amounts."""
    ceilings = [amount for amount in view.ceilings if amount is not None]
    return unit_for([*view.total.expected, *view.total.high, *view.net.low, *ceilings])


def lead(view: View, unit: Unit) -> str:
    """The page's answer in a sentence or two: what the first year costs, against the ceiling."""
    if not any(line.entry is not None for line in view.lines):
        if not view.lines:
            return (
                gettext("Inga ärenden ingår.")
                if narrowed(view)
                else gettext(
                    "Här kommer vad regionens nya läkemedel kostar de närmaste budgetåren, när ett ärende är öppnat."
                )
            )
        return gettext(
            "Här kommer vad läkemedlen kostar när något ärende har en godkänd beräkning eller en nominerad merkostnad."
        )
    year, cost = view.years[0], unit.with_unit(view.total.expected[0])
    first = (
        gettext("De valda läkemedlen kostar troligen %(cost)s %(year)s", cost=cost, year=year)
        if narrowed(view)
        else gettext("Läkemedlen i portföljen kostar troligen %(cost)s %(year)s", cost=cost, year=year)
    )
    ceiling = view.ceilings[0] if view.meets_ceiling else None
    if ceiling is None:
        return first + "."
    limit = unit.show(ceiling)
    if not view.fund_apart:
        return gettext("%(first)s; ramen är %(limit)s.", first=first, limit=limit)
    borne = unit.show(view.held.figure.expected[0])
    return gettext(
        "%(first)s. Introduktionsmedlen bär %(borne)s av dem; ramen är %(limit)s.",
        first=first, borne=borne, limit=limit,
    )  # fmt: skip


def narrowed(view: View) -> bool:
    """True when a filter leaves something out."""
    wanted = view.wanted
    return bool(wanted.phase or wanted.atc or wanted.area or wanted.round or wanted.purse or wanted.kind)


@dataclass(frozen=True)
class Weight:
    """A phase before the decision, with how its cases are weighed."""

    phase: Phase
    example: bool
    share: Share


def weight_rows(view: View) -> list[Weight]:
    """How cases are weighed: both phases, and those of invented examples where there are any."""
    used = {line.entry.pool for line in view.lines if line.entry is not None}
    return [
        Weight(phase, example, view.history.of(phase, example=example))
        for phase in BEFORE
        for example in (False, True)
        if not example or pool_of(phase, example=True) in used
    ]


def chance(value: float | None) -> str:
    """A chance in words: ``under 1 %``, ``34 %``, ``över 99 %``; an en dash where there is no limit."""
    if value is None:
        return "–"
    if value < 0.005:
        return gettext("under 1%(space)s%%", space=NBSP)
    return gettext("över 99%(space)s%%", space=NBSP) if value > 0.995 else percent(value)


def of_cases(count: int) -> str:
    """``ett ärende``, ``7 ärenden``."""
    return ngettext("ett ärende", "%(num)d ärenden", count)
