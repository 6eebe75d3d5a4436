"""On which grants somebody's own units may claim, and what stands in the way of claiming on the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.errors import NotFound, Refused
from introduction.domain.followup.plan import lacking
from introduction.domain.messages import Message, say
from introduction.domain.roles import RIGHTS, Right
from introduction.services import claim_desk, claim_ground, claims
from introduction.services.desk import Desk
from introduction.store import claim_listing as store
from introduction.store import indicator as indicators
from introduction.store import payer_change as payers
from introduction.store import unit as units
from introduction.store.claim_listing import OpenGrant
from introduction.store.grant import GrantRow
from introduction.store.region import all_regions


@dataclass(frozen=True)
class Claimable:
    """A grant, the own units that may claim on it, the days whose costs it pays, and until when it is claimed.

    ``lacks`` is what any claim would be refused for today, each with who puts it right; without any it may be claimed.
    """

    open: OpenGrant
    units: Sequence[tuple[int, str]]
    first_day: date
    last_day: date
    until: date
    lacks: Sequence[Message]


def own_units(desk: Desk) -> frozenset[int]:
    """The units in whose name somebody may claim."""
    held = desk.by.mandates if desk.by is not None else ()
    return frozenset().union(*(mandate.unit_ids for mandate in held if mandate.role in RIGHTS[Right.CLAIM]))


def found(desk: Desk) -> list[Claimable]:
    """The grants that concern the own units, the newest year first. A constant number of statements.

    Such units treat in the case or applied for the money. What concerns no unit yet concerns the administration's all.
    """
    own = own_units(desk)
    if not own:
        return []
    known = _Known.of(desk, own)
    return [_claimable(desk, grant, known) for grant in known.grants if known.concerned(grant)]


def listed(desk: Desk) -> list[Claimable]:
    """The grants on which the own units may claim today."""
    return [one for one in found(desk) if not one.lacks]


def of_grant(desk: Desk, grant_id: int) -> Claimable | None:
    """A grant as the own units may claim on it; None when it is settled or does not concern them."""
    return next((one for one in found(desk) if one.open.grant.id == grant_id), None)


def one(desk: Desk, grant_id: int) -> Claimable:
    """A grant to claim on. Raises NotFound when it does not concern the own units, Refused with what is lacking."""
    made = of_grant(desk, grant_id)
    if made is None:
        raise NotFound(f"grant {grant_id} to claim on")
    if made.lacks:
        raise Refused(*made.lacks)
    return made


# ------------------------------------------------------------------------------------- the parts


@dataclass(frozen=True)
class _Known:
    """What was read for all the grants at once."""

    own: frozenset[int]
    above: Mapping[int, set[int]]
    names: Mapping[int, str]
    grants: Sequence[OpenGrant]
    planned: Mapping[int, Iterable[str]]
    payers: Mapping[tuple[int, int], date]
    slugs: Mapping[int, str]

    @classmethod
    def of(cls, desk: Desk, own: frozenset[int]) -> _Known:
        session = desk.session
        parents = units.parents(session)
        above = {unit_id: _above(unit_id, parents) for unit_id in own}
        grants = store.open_grants(session, {place for chain in above.values() for place in chain})
        cases = {grant.case.id for grant in grants if grant.case is not None}
        return cls(
            own=own,
            above=above,
            names=units.names(session, own),
            grants=grants,
            planned=indicators.dimensions(session, cases),
            payers=payers.own_of(session, {(case_id, unit_id) for case_id in cases for unit_id in own}, parents),
            slugs={row.id: row.slug for row in all_regions(session)},
        )

    def concerned(self, grant: OpenGrant) -> bool:
        """True when the own units are those that the money is for, and there is any."""
        return grant.grant.ceiling_ore > 0 and bool(not grant.concerns or self.within(grant) & grant.concerns)

    def within(self, grant: OpenGrant) -> set[int]:
        """The own units that belong to the administration that has the money."""
        return {unit_id for unit_id in self.own if grant.grant.unit_id in self.above[unit_id]}


def _claimable(desk: Desk, grant: OpenGrant, known: _Known) -> Claimable:
    region = desk.catalogue.regions[known.slugs[grant.region_id]]
    first, last = claim_ground.days_of(grant.grant, grant.case)
    until = claim_ground.claims_until(grant.grant, region)
    treating = known.within(grant) & grant.treating
    ends = {unit_id: known.payers.get((grant.case.id, unit_id)) for unit_id in treating} if grant.case else {}
    paid_for = [unit_id for unit_id in treating if (end := ends.get(unit_id)) is None or end > first]
    lacks = [*_of_units(grant, treating, paid_for, ends), *_of_money(desk, grant.grant, (first, last), until)]
    lacks += _of_case(desk, grant, known)
    offered = sorted(((unit_id, known.names[unit_id]) for unit_id in paid_for), key=lambda one: one[1])
    return Claimable(grant, offered, first, last, until, lacks)


def _of_units(
    grant: OpenGrant, treating: Collection[int], paid_for: Collection[int], ends: Mapping[int, date | None]
) -> Iterator[Message]:
    """Why none of the own units may claim."""
    if not grant.treating:
        yield say("Ärendet har inga behandlande enheter. Samordnaren lägger in dem i ärendet")
    elif not treating:
        yield say("Er enhet är inte en av ärendets behandlande enheter. Samordnaren lägger till den i ärendet")
    elif not paid_for:
        day = max(end for end in ends.values() if end is not None)
        yield say("Från och med {day} bär enheten kostnaden själv. Fonden betalar till dess", day=day)


def _of_money(desk: Desk, grant: GrantRow, days: tuple[date, date], until: date) -> Iterator[Message]:
    """What its days and its room do not allow."""
    first, last = days
    if first > last:
        yield say(
            "Pengarna för {year} har ingen period att gälla för. Tala med den som granskar rekvisitioner",
            year=grant.budget_year,
        )
    elif desk.today < first:
        yield say("Kan rekvireras från och med {day}", day=first)
    if desk.today > until:
        yield say("Pengar för {year} kunde rekvireras till och med {day}", year=grant.budget_year, day=until)
    elif not grant.unclaimed_ore:
        yield say("Allt är rekvirerat. Behövs mer kan ni söka extra pengar")


def _of_case(desk: Desk, grant: OpenGrant, known: _Known) -> Iterator[Message]:
    """What the region asks of the case before money is drawn; and a region without claims."""
    try:
        checks = claim_desk.checks_of(claims.process_of(desk, grant.region_id))
    except Refused as refusal:
        yield from refusal.reasons
        return
    if grant.case is not None and "follow_up_planned" in checks and lacking(known.planned.get(grant.case.id, ())):
        yield say("Uppföljningsplanen saknar mätbara mål. Samordnaren lägger in dem i ärendet")


def _above(unit_id: int, parents: Mapping[int, int | None]) -> set[int]:
    """A unit and those above it."""
    chain, place = {unit_id}, parents.get(unit_id)
    while place is not None:
        chain.add(place)
        place = parents.get(place)
    return chain
