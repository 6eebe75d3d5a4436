"""Secret rebates. All reading of them goes through here; services/net_figures.py computes what they leave.

Nothing secret is handed out but against a Reading, which is noted as an event in the region's chain first. That a
rebate was recorded or ended is an event there too: what, when and by whom, never its size nor anything made from it.
The case's own history says nothing, so that whoever sees the case cannot tell whether there is an agreement.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain import partial, secrecy
from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.messages import Message, say
from introduction.domain.secrecy import demand_no_rebate
from introduction.domain.swedish import clean
from introduction.services import log, net_readers, results
from introduction.services.desk import Desk
from introduction.store import analysis as analyses
from introduction.store import case as cases
from introduction.store import net_price as store
from introduction.store import person as persons
from introduction.store.analysis import Analysis
from introduction.store.case import Case
from introduction.store.instance import lock as lock_instance
from introduction.store.net_price import NetPrice

__all__ = ["demand_no_rebate"]  # where an analysis is saved, its service asks here
LONGEST_REASON = net_readers.LONGEST_REASON
LONGEST_SOURCE, LONGEST_PROVISION = 200, 80


@dataclass(frozen=True)
class Reading:
    """That a person reads what is secret in a case, noted in the region's chain. Only ``note_reading`` makes one."""

    case_id: int
    by: int
    analysis_id: int | None = None  #: none: the rebates themselves


@dataclass(frozen=True)
class RebateLine:
    """A rebate as the page shows it to whoever may read it."""

    row: NetPrice
    title: str  #: the treatment's
    recorded_by: str | None


# ------------------------------------------------------------------------------------- who may


def may_read(desk: Desk, number: str) -> bool:
    """True when the acting person may ask to read what is secret in a case. Raises NotFound."""
    return net_readers.why_not(desk, cases.by_number(desk.session, number).region_id) is None


def open_case(desk: Desk, number: str) -> Case:
    """A case, for somebody who may read what is secret in it. Raises NotFound, NotAllowed."""
    row = cases.by_number(desk.session, number)
    net_readers.demand_reader(desk, row.region_id)
    return row


def open_analysis(desk: Desk, number: str, analysis: int) -> tuple[Case, Analysis]:
    """A case's analysis of a number, for the same. Raises NotFound, NotAllowed, Refused (a draft has no figures)."""
    row = open_case(desk, number)
    found = analyses.numbered(desk.session, row.id, analysis)
    if found.state == "draft":
        raise Refused(say("Beräkningen är inte inlämnad än och har därför inga belopp"))
    return row, found


def note_reading(desk: Desk, number: str, analysis: int | None = None, *, reason: str = "") -> Reading:
    """Note that the acting person reads a case's rebates, or the net figures of one of its analyses.

    The caller commits before anything is shown. Raises NotFound, NotAllowed, Refused, InvalidInput.
    """
    row = open_case(desk, number) if analysis is None else open_analysis(desk, number, analysis)[0]
    found = None if analysis is None else analyses.numbered(desk.session, row.id, analysis)
    text = clean(reason)
    if len(text) > LONGEST_REASON:
        raise InvalidInput(("reason", say("Skriv högst {most} tecken", most=LONGEST_REASON)))
    log.record_in_region(
        desk,
        row.region_id,
        store.READ,
        what="rebates" if found is None else "net",
        case=row.public_number,
        analysis=found.number if found else None,
        reason=text or None,
    )
    assert desk.user_id is not None, "only a person is named"
    return Reading(row.id, desk.user_id, found.id if found else None)


def demand_reading(desk: Desk, given: Reading) -> Case:
    """The case of a reading. Raises NotAllowed unless it is the acting person's own and the person may still read."""
    row = desk.session.get_one(Case, given.case_id)
    if given.by != desk.user_id:
        raise NotAllowed(say("Läsningen är antecknad på någon annan"))
    net_readers.demand_reader(desk, row.region_id)
    return row


# ------------------------------------------------------------------------------------- rebates


def treatments_of(desk: Desk, case_id: int) -> dict[str, str]:
    """The treatments of a case's analyses with their titles, by id; the newest analysis says what they are called."""
    found: dict[str, str] = {}
    for row in analyses.of_case(desk.session, case_id):
        for treatment in results.model_of(row)["treatment"] if row.model is not None else ():
            found.setdefault(treatment["id"], treatment.get("title") or treatment["id"])
    return found


def rebates(desk: Desk, given: Reading) -> list[RebateLine]:
    """A case's rebates, those that were ended too. Raises NotAllowed."""
    row = demand_reading(desk, given)
    titles, names = treatments_of(desk, row.id), persons.names(desk.session)
    return [
        RebateLine(price, titles.get(price.treatment, price.treatment), names.get(price.recorded_by or 0))
        for price in store.of_case(desk.session, row.id)
    ]


def record(
    desk: Desk,
    number: str,
    *,
    treatment: str,
    share: str,
    first: str,
    last: str = "",
    source: str,
    provision: str = secrecy.PROVISION,
) -> NetPrice:
    """Record a rebate: a share in per cent, from the month ``first`` (2027-01) to ``last``, all as they are typed.

    Without ``last`` it goes on.Raises NotFound, NotAllowed, InvalidInput. No reason repeats the share.
    """
    row = open_case(desk, number)
    lock_instance(desk.session, row.id)
    source, provision = clean(source), clean(provision) or secrecy.PROVISION
    ppm, problems = _share(share)
    begins = _month("first", first, problems)
    ends = _last_day(_month("last", last, problems)) if last.strip() else None
    problems += _problems(desk, row, treatment, source, provision)
    problems += _time_problem(desk, row, treatment, begins, ends)
    if problems or begins is None:
        raise InvalidInput(*problems)
    price = NetPrice(
        case_id=row.id,
        treatment=treatment,
        rebate_ppm=ppm,
        valid_from=begins,
        valid_to=ends,
        source=source,
        provision=provision,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(price)
    desk.session.flush()
    _tell(desk, row, "net_rebate_recorded", price)
    return price


def end(desk: Desk, number: str, price_id: int) -> NetPrice:
    """Take a rebate back: it counts no more, and stays to be seen. Raises NotFound, NotAllowed, Refused."""
    row = open_case(desk, number)
    price = store.lock(desk.session, row.id, price_id)
    if price.ended_at is not None:
        raise Refused(say("Återbäringen är redan avslutad"))
    price.ended_at, price.ended_by = desk.now, desk.user_id
    desk.session.flush()
    _tell(desk, row, "net_rebate_ended", price)
    return price


def _tell(desk: Desk, row: Case, kind: str, price: NetPrice) -> None:
    told: dict[str, Any] = {"treatment": price.treatment, "valid_from": price.valid_from, "valid_to": price.valid_to}
    log.record_in_region(desk, row.region_id, kind, case=row.public_number, rebate=price.id, **told)


def _share(text: str) -> tuple[int, list[tuple[str, Message]]]:
    try:
        return secrecy.share_of_text(text), []
    except Refused as refusal:
        return 0, [("rebate", refusal.reasons[0])]


def _month(field: str, text: str, problems: list[tuple[str, Message]]) -> date | None:
    """The first day of a typed month; None, with the problem told, when it is none."""
    try:
        found = partial.parse(text.strip())
    except Refused:
        found = ""
    if found and partial.precision(found) == "month" and 2000 <= partial.first_day(found).year <= 2100:
        return partial.first_day(found)
    problems.append((field, say("Skriv år och månad, till exempel 2027-01")))
    return None


def _last_day(month: date | None) -> date | None:
    return month.replace(day=gregorian.monthrange(month.year, month.month)[1]) if month is not None else None


def _problems(desk: Desk, row: Case, treatment: str, source: str, provision: str) -> list[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    known = treatments_of(desk, row.id)
    if not known:
        found.append(("treatment", say("Ärendet har ingen beräkning än. Återbäring gäller en behandling i en")))
    elif treatment not in known:
        found.append(("treatment", say("Välj en av behandlingarna i ärendets beräkningar")))
    if not source:
        found.append(("source", say("Skriv avtalets diarienummer")))
    elif len(source) > LONGEST_SOURCE:
        found.append(("source", say("Skriv högst {most} tecken", most=LONGEST_SOURCE)))
    if len(provision) > LONGEST_PROVISION:
        found.append(("provision", say("Skriv bestämmelsen kortare, till exempel {text}", text=secrecy.PROVISION)))
    return found


def _time_problem(
    desk: Desk, row: Case, treatment: str, first: date | None, last: date | None
) -> list[tuple[str, Message]]:
    if first is None:
        return []
    if last is not None and last < first:
        return [("last", say("Sista månaden ligger före den första"))]
    for held in store.of_case(desk.session, row.id):
        starts_before_end = last is None or held.valid_from <= last
        over = starts_before_end and (held.valid_to is None or held.valid_to >= first)
        if held.ended_at is None and held.treatment == treatment and over:
            return [("first", say("Behandlingen har redan en återbäring då. Avsluta den först"))]
    return []
