"""Puts outcomes beside forecasts in words: the answer first, then each line of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import gettext, ngettext

from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.variance import Line, Parts
from introduction.domain.calendar import local_date
from introduction.domain.messages import Message, say
from introduction.domain.outcome import first_day, month_number
from introduction.services.outcomes import CaseOutcome, Mark
from introduction.services.results import Kept
from introduction.web.amounts import Unit, number, percent, unit_for
from introduction.web.words import capital, language, month_name, plain_day, tell

PARTS: dict[str, Message] = {"volume": say("Volym"), "price": say("Pris"), "mix": say("Mix")}
#: What the quantity of an analysis counts, in the plural.
COUNTED: dict[str, Message] = {"dose": say("doser"), "mg": say("mg"), "month": say("månader på behandling")}
#: One of them, after a price.
EACH: dict[str, Message] = {"dose": say("dos"), "mg": say("mg"), "month": say("månad på behandling")}


def months_span(first: date, last: date) -> str:
    """``september 2026``, ``september och oktober 2026`` or ``juli–oktober 2026``."""
    if first == last:
        return month_name(last)
    begins = format_date(first, "MMMM", locale=language()) if first.year == last.year else month_name(first)
    if month_number(last) - month_number(first) == 1:
        return gettext("%(first)s och %(last)s", first=begins, last=month_name(last))
    return f"{begins}–{month_name(last)}"


def mark_text(mark: Mark) -> str:
    """That the outcome lies outside the band, in a sentence."""
    span = months_span(mark.first, mark.last)
    if mark.side == "above":
        return gettext(
            "Utfallet har legat över prognosens spann %(num)s månader i rad, %(span)s.", num=mark.months, span=span
        )
    return gettext(
        "Utfallet har legat under prognosens spann %(num)s månader i rad, %(span)s.", num=mark.months, span=span
    )


def forecast_title(kept: Kept) -> str:
    """``Beräkning 2, godkänd 12 mars 2026``."""
    assert kept.row.approved_at is not None, "a forecast was approved"
    day = plain_day(local_date(kept.row.approved_at))
    return gettext("Beräkning %(number)s, godkänd %(day)s", number=kept.row.number, day=day)


# ------------------------------------------------------------------------------------- the page


@dataclass(frozen=True)
class MonthRow:
    """A month of the table, as text; an empty text where there is nothing to say."""

    month: str
    plan: str
    span: str
    outcome: str
    deviation: str
    percent: str
    patients_plan: str
    patients: str
    state: str  #: late (part of a run outside), text otherwise
    place: str  #: where the outcome lies
    missing: str  #: the units that have not reported


@dataclass(frozen=True)
class PartRow:
    """A part of what explains the difference."""

    title: str
    amount: str
    why: str
    largest: bool


def unit_of(found: CaseOutcome) -> Unit:
    """The page's unit of money: by its months, so that they can be told apart."""
    amounts = [line.actual.cost for line in found.lines if line.actual]
    amounts += [line.planned.high for line in shown_lines(found) if line.planned]
    return unit_for(amounts)


def shown_lines(found: CaseOutcome) -> list[Line]:
    """The months that are drawn: to half a year after the last outcome, at least a year of the plan."""
    known = [at for at, line in enumerate(found.lines) if line.actual is not None]
    begins = _begins(found)
    until = max(known[-1] + 7 if known else 0, begins + 12)
    return list(found.lines[begins:until])


def table_lines(found: CaseOutcome) -> list[Line]:
    """The months of the table: those that have ended, and whatever has an outcome."""
    closed, known = found.last_closed, {line.month for line in found.lines if line.actual is not None} | found.masked
    return [line for line in found.lines[_begins(found) :] if line.month in known or first_day(line.month) <= closed]


def _begins(found: CaseOutcome) -> int:
    """The place of the first month in which anything is planned or has come: plans begin with a whole year."""

    def nothing(line: Line) -> bool:
        empty = line.planned is None or line.planned.high <= 0
        return empty and line.actual is None and line.month not in found.masked

    return next((at for at, line in enumerate(found.lines) if not nothing(line)), 0)


def lead(found: CaseOutcome, unit: Unit) -> str:
    """The answer in a sentence or two."""
    if not found.rows:
        return gettext("Inget utfall är inlagt än.")
    if found.chosen is None:
        known = unit.with_unit(sum(line.actual.cost for line in found.lines if line.actual))
        return gettext("Utfallet hittills är %(cost)s. Det finns ingen godkänd beräkning att jämföra med.", cost=known)
    sums = found.sums
    if not sums.months:
        return _why_not_compared(found)
    cost, plan = round(sums.actual.cost), round(sums.planned.cost)
    told = ngettext(
        "På en jämförd månad kostade läkemedlet %(cost)s, mot %(plan)s i prognosen",
        "På %(num)s jämförda månader kostade läkemedlet %(cost)s, mot %(plan)s i prognosen",
        sums.months,
        cost=unit.with_unit(cost),
        plan=unit.with_unit(plan),
    )
    share = f" ({signed_percent(cost - plan, plan)})" if plan > 0 else ""
    return f"{told}{share}."


def _why_not_compared(found: CaseOutcome) -> str:
    known = [line for line in found.lines if line.actual is not None]
    if not known:
        return gettext("Utfallet visas inte, eftersom det gäller få patienter.")
    if all(line.planned is None for line in known):
        return gettext("Utfallet ligger utanför den tid som prognosen gäller.")
    return gettext("Ingen månad kan jämföras än: varje enhet som har börjat rapportera behöver ha rapporterat den.")


def signed(unit: Unit, ore: int | None) -> str:
    """An amount with its sign: ``+120`` or ``−35``."""
    if ore is None:
        return ""
    text = unit.show(ore)
    return f"+{text}" if ore > 0 and any(sign in text for sign in "123456789") else text


def signed_percent(difference: int, base: int) -> str:
    """A difference as a share, with its sign; nothing without a base."""
    if base <= 0:
        return ""
    text = percent(difference / base)
    return f"+{text}" if difference > 0 and not text.startswith("0") else text


def month_rows(found: CaseOutcome, unit: Unit) -> list[MonthRow]:
    """The table by month."""
    running = {month for run in found.runs for month in run.months}
    return [_month_row(found, line, unit, line.month in running) for line in table_lines(found)]


def _month_row(found: CaseOutcome, line: Line, unit: Unit, running: bool) -> MonthRow:
    plan, actual = line.planned, line.actual
    hidden = gettext("dolt") if line.month in found.masked else ""
    missing = [found.unit_names[unit_id] for unit_id in actual.missing] if actual else []
    return MonthRow(
        month=capital(month_name(first_day(line.month))),
        plan=unit.show(plan.cost) if plan else "",
        span=unit.span(plan.low, plan.high) if plan else "",
        outcome=unit.show(actual.cost) if actual else hidden,
        deviation=signed(unit, line.deviation),
        percent=signed_percent(line.deviation, plan.cost) if plan and line.deviation is not None else "",
        patients_plan=number(plan.patients, 1) if plan else "",
        patients=number(actual.patients) if actual else hidden,
        state="late" if running and line.side else "",
        place=_place(found, line),
        missing=gettext("Saknar %(units)s", units=", ".join(missing)) if missing else "",
    )


def place_of(found: CaseOutcome, line: Line) -> str:
    """Where a month's outcome lies, with the units that have not reported it."""
    missing = [found.unit_names[unit_id] for unit_id in line.actual.missing] if line.actual else []
    told = _place(found, line)
    return gettext("%(place)s (saknar %(units)s)", place=told, units=", ".join(missing)) if missing else told


def _place(found: CaseOutcome, line: Line) -> str:
    if line.month in found.masked:
        return gettext("få patienter")
    if line.actual is None:
        return gettext("inget utfall")
    if line.planned is None:
        return gettext("utanför prognosens tid")
    if line.side is not None:
        return gettext("över spannet") if line.side == "above" else gettext("under spannet")
    return gettext("inom spannet") if line.compared else gettext("jämförs inte")


# ------------------------------------------------------------------------------------- price, volume and mix


def part_rows(found: CaseOutcome, unit: Unit) -> list[PartRow]:
    """What explains the difference, in the order of the drawing."""
    parts = found.sums.parts
    if parts is None or found.chosen is None:
        return []
    why = _reasons(found, found.chosen.figures.monthly.unit)
    return [
        PartRow(tell(title), signed(unit, getattr(parts, key)), why[key], key == parts.largest)
        for key, title in PARTS.items()
    ]


def _reasons(found: CaseOutcome, counted: str) -> dict[str, str]:
    planned, actual = found.sums.planned, found.sums.actual
    each, some = tell(EACH[counted]), tell(COUNTED[counted])
    return {
        "volume": gettext(
            "%(actual)s patientmånader i stället för %(planned)s",
            actual=number(actual.base),
            planned=number(planned.base, 1),
        ),
        "price": gettext(
            "%(actual)s kr för varje %(each)s i stället för %(planned)s kr",
            actual=_ratio(actual.cost / 100, actual.quantity, 0),
            planned=_ratio(planned.cost / 100, planned.quantity, 0),
            each=each,
        ),
        "mix": gettext(
            "%(actual)s %(some)s på varje patientmånad i stället för %(planned)s",
            actual=_ratio(actual.quantity, actual.base, 2),
            planned=_ratio(planned.quantity, planned.base, 2),
            some=some,
        ),
    }


def _ratio(value: float, base: float, decimals: int) -> str:
    return number(value / base, decimals) if base > 0 else "–"


def explained(parts: Parts | None, unit: Unit) -> str:
    """What explains most of the difference, in a sentence."""
    if parts is None:
        return gettext("Prognosen har inga patienter i de jämförda månaderna. Skillnaden kan inte delas upp.")
    if not any((parts.price, parts.volume, parts.mix)):
        return gettext("Utfallet är detsamma som prognosen.")
    value = getattr(parts, parts.largest)
    title, amount, whole = tell(PARTS[parts.largest]), signed(unit, value), signed(unit, parts.total)
    told = {"part": title, "amount": amount, "whole": whole, "unit": unit.name}
    if value * parts.total <= 0:
        return gettext(
            "%(part)s betyder mest, %(amount)s %(unit)s, men vägs upp av det andra. Skillnaden är %(whole)s %(unit)s.",
            **told,
        )
    if abs(value) > abs(parts.total):
        return gettext(
            "%(part)s betyder mest, %(amount)s %(unit)s, men vägs delvis upp av det andra. "
            "Skillnaden är %(whole)s %(unit)s.",
            **told,
        )
    return gettext("%(part)s förklarar mest: %(amount)s %(unit)s av skillnaden %(whole)s %(unit)s.", **told)


# ------------------------------------------------------------------------------------- units, hit rate


def unreported(found: CaseOutcome) -> str:
    """Who has not reported the last month that has ended, in a sentence; nothing when all have."""
    late = [unit.name for unit in found.units if unit.late]
    if not late:
        return ""
    return gettext(
        "%(month)s är inte rapporterad av: %(units)s.",
        month=capital(month_name(found.last_closed)),
        units="; ".join(late),
    )


def hit_text(found: Summary | None) -> str:
    """How forecasts have come true, in a sentence or two."""
    if found is None:
        return gettext("Inget prognosår har gått till ända med utfall för alla tolv månader än.")
    told = ngettext(
        "Ett prognosår har fått sitt utfall.",
        "%(num)s prognosår har fått sitt utfall.",
        found.count,
    )
    inside = ngettext("Ett låg inom spannet.", "%(num)s låg inom spannet.", found.inside)
    if not found.inside:
        inside = gettext("Inget låg inom spannet.")
    elif found.inside == found.count > 1:
        inside = gettext("Alla låg inom spannet.")
    last = ""
    if found.few:
        last = gettext("Det är för få för att bedöma hur bra prognoserna är.")
    elif found.median_ratio is not None:
        last = gettext("I mitten blev utfallet %(ratio)s av prognosen.", ratio=percent(found.median_ratio))
    return " ".join(part for part in (told, inside, last) if part)


def distance_title(since: int) -> str:
    """How long after the approval a forecast year lies."""
    if since == 0:
        return gettext("Samma år som godkännandet")
    return ngettext("Året efter", "%(num)s år efter", since)
