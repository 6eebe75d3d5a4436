"""Gathers what the rules want to know of claims: their grants, and what else was found. Many at once, as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from introduction.domain.calendar import add_months
from introduction.domain.claims import ClaimGround
from introduction.domain.followup.plan import lacking
from introduction.domain.process.region import Region
from introduction.domain.process.situation import Situation
from introduction.services import results
from introduction.services.desk import Desk
from introduction.services.results import Kept
from introduction.store import attachment as attachments
from introduction.store import claim as store
from introduction.store import grant as grants
from introduction.store import indicator as indicators
from introduction.store import ledger
from introduction.store import payer_change as payers
from introduction.store import unit as units
from introduction.store.case import Case, some
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.nouns import Row


def hold(desk: Desk, row: Row) -> None:
    """Lock what two claims could both lay hands on, so that they take turns: the unit's days, the grant's room."""
    assert isinstance(row, Claim), "the ground of claims"
    hold_all(desk, [row])


def hold_all(desk: Desk, rows: Iterable[Claim]) -> None:
    """Lock the units and then the grants of some claims, each kind in the order of its ids."""
    claims = list(rows)
    units.lock(desk.session, {row.unit_id for row in claims})
    grants.lock(desk.session, {row.grant_id for row in claims})


def situate(desk: Desk, row: Row, situation: Situation) -> Situation:
    """The situation with the ground of a claim."""
    return situate_all(desk, [(row, situation)])[0]


def situate_all(desk: Desk, pairs: Sequence[tuple[Row, Situation]]) -> list[Situation]:
    """The situations of some claims, each with its ground."""
    claims, regions = list[Claim](), dict[int, Region]()
    for row, situation in pairs:
        assert isinstance(row, Claim), "the ground of claims"
        claims.append(row)
        regions[row.region_id] = situation.region
    found = grounds(desk, claims, regions)
    return [replace(situation, ground=found[row.id]) for row, situation in pairs]


def grounds(desk: Desk, rows: Sequence[Claim], regions: Mapping[int, Region]) -> dict[int, ClaimGround]:
    """The grounds of some claims by id, in a constant number of statements; ``regions`` are those they belong to."""
    if not rows:
        return {}
    found = _Found.of(desk, rows)
    return {row.id: _ground(desk, row, found, regions[row.region_id]) for row in rows}


def days_of(grant: GrantRow, case: Case | None) -> tuple[date, date]:
    """The first and last day whose costs a grant pays: of its year, its own days and the financed period."""
    firsts = [date(grant.budget_year, 1, 1), grant.valid_from, case.fact("introduction_start") if case else None]
    lasts = [date(grant.budget_year, 12, 31), grant.valid_until, case.fact("financed_until") if case else None]
    return max(day for day in firsts if day is not None), min(day for day in lasts if day is not None)


def claims_until(grant: GrantRow, region: Region) -> date:
    """The last day on which a grant's money can be claimed."""
    return claimed_until(grant.budget_year, region)


def claimed_until(budget_year: int, region: Region) -> date:
    """The last day on which money of a budget year can be claimed."""
    year_end = date(budget_year, 12, 31)
    return add_months(year_end, region.value("claim_months_after_year", year_end))


def is_planned(desk: Desk, case_id: int) -> bool:
    """True when the case's follow-up plan has a measurable goal of each kind."""
    return not lacking(indicators.dimensions(desk.session, [case_id]).get(case_id, ()))


# ------------------------------------------------------------------------------------- the parts


@dataclass(frozen=True)
class _Found:
    """What was read for some claims at once, by claim or by what they share."""

    grants: Mapping[int, GrantRow]
    cases: Mapping[int, Case]
    names: Mapping[int, str]
    parents: Mapping[int, int | None]
    corrected: Mapping[int, Claim]
    corrections: Mapping[int, Sequence[Claim]]
    overlapping: Mapping[int, Sequence[str]]
    same_evidence: Mapping[int, Sequence[str]]
    evidence: Mapping[int, int]
    analyses: Mapping[int, Kept]
    planned: Mapping[int, Iterable[str]]
    payers: Mapping[tuple[int, int], date]
    files: Mapping[int, tuple[int, bool]]

    @classmethod
    def of(cls, desk: Desk, rows: Sequence[Claim]) -> _Found:
        session, ids = desk.session, [row.id for row in rows]
        held = grants.some(session, {row.grant_id for row in rows})
        case_ids = {grant.case_id for grant in held.values() if grant.case_id is not None}
        unit_ids = {row.unit_id for row in rows} | {grant.unit_id for grant in held.values() if grant.unit_id}
        parents = units.parents(session)
        bearing = {(grant.case_id, row.unit_id) for row in rows if (grant := held[row.grant_id]).case_id is not None}
        corrected_ids = {row.corrects_id for row in rows if row.corrects_id is not None}
        shared = attachments.sharing(session, ids)
        numbers = store.counting_numbers(session, {other for others in shared.values() for other in others})
        return cls(
            grants=held,
            cases=some(session, case_ids),
            names=units.names(session, unit_ids),
            parents=parents,
            corrected=store.some(session, corrected_ids),
            corrections=store.corrections_of(session, corrected_ids),
            overlapping=store.overlapping(session, ids),
            same_evidence={
                claim_id: [numbers[other] for other in sorted(others) if other in numbers]
                for claim_id, others in shared.items()
            },
            evidence=attachments.counts(session, ids),
            analyses=results.approved(desk, case_ids),
            planned=indicators.dimensions(session, case_ids),
            payers=payers.own_of(session, bearing, parents),
            files=ledger.files_of(session, ids),
        )

    def belongs(self, unit_id: int, administration_id: int | None) -> bool:
        """True when a unit is the administration, or stands somewhere under it."""
        place: int | None = unit_id
        while place is not None and place != administration_id:
            place = self.parents.get(place)
        return place is not None


def _ground(desk: Desk, row: Claim, found: _Found, region: Region) -> ClaimGround:
    grant = found.grants[row.grant_id]
    case = found.cases.get(grant.case_id) if grant.case_id is not None else None
    first, last = days_of(grant, case)
    corrected = found.corrected.get(row.corrects_id) if row.corrects_id is not None else None
    waits = row.counts and row.approved_ore is None
    file, booked = found.files.get(row.id, (None, False))
    analysis = found.analyses.get(case.id) if case is not None else None
    return ClaimGround(
        unit=found.names.get(row.unit_id, ""),
        administration=found.names.get(grant.unit_id or row.unit_id, ""),
        budget_year=grant.budget_year,
        room_ore=grant.unclaimed_ore + (max(row.extra_cost_ore or 0, 0) if waits else 0),
        first_day=first,
        last_day=last,
        claims_until=claims_until(grant, region),
        settled=grant.settled_on is not None,
        unit_belongs=grant.unit_id is not None and found.belongs(row.unit_id, grant.unit_id),
        overlapping=tuple(found.overlapping.get(row.id, ())),
        same_evidence=tuple(found.same_evidence.get(row.id, ())),
        evidence=found.evidence.get(row.id, 0),
        price_ore_per_unit=analysis.unit_price_ore if analysis is not None else None,
        counted=analysis.counted if analysis is not None else None,
        price_band_percent=region.value("claim_price_band_percent", desk.today),
        goals_planned=case is None or not lacking(found.planned.get(case.id, ())),
        paid_by_unit_from=found.payers.get((case.id, row.unit_id)) if case is not None else None,
        corrects=corrected.public_number if corrected is not None else None,
        left_to_correct_ore=_left(row, corrected, found),
        handed_in=row.counts,
        handed_in_on=row.handed_in_on,
        ledger_file=file,
        booked=booked,
    )


def _left(row: Claim, corrected: Claim | None, found: _Found) -> int:
    """What was approved of the corrected claim, less the other corrections of it that count."""
    if corrected is None or corrected.approved_ore is None or not corrected.counts:
        return 0
    others = [other for other in found.corrections.get(corrected.id, ()) if other.id != row.id]
    return corrected.approved_ore + sum(other.extra_cost_ore or 0 for other in others)
