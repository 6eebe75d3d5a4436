"""On which grants somebody's own units may claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.errors import NotFound
from introduction.domain.process.region import Region
from introduction.domain.roles import RIGHTS, Right
from introduction.services import claim_ground
from introduction.services.desk import Desk
from introduction.store import claim_listing as store
from introduction.store import unit as units
from introduction.store.claim_listing import OpenGrant
from introduction.store.region import all_regions


@dataclass(frozen=True)
class Claimable:
    """A grant, the own units that may claim on it, the days whose costs it pays, and until when it is claimed."""

    open: OpenGrant
    units: Sequence[tuple[int, str]]
    first_day: date
    last_day: date
    until: date


def own_units(desk: Desk) -> frozenset[int]:
    """The units in whose name somebody may claim."""
    held = desk.by.mandates if desk.by is not None else ()
    return frozenset().union(*(mandate.unit_ids for mandate in held if mandate.role in RIGHTS[Right.CLAIM]))


def listed(desk: Desk) -> list[Claimable]:
    """The grants on which the own units may claim today, the newest year first. A constant number of statements."""
    own = own_units(desk)
    if not own:
        return []
    parents = units.parents(desk.session)
    above = {unit_id: _above(unit_id, parents) for unit_id in own}
    names = units.names(desk.session, own)
    regions = {row.id: desk.catalogue.regions[row.slug] for row in all_regions(desk.session)}
    found = []
    for grant in store.open_grants(desk.session, {place for chain in above.values() for place in chain}):
        within = [unit_id for unit_id in own if grant.grant.unit_id in above[unit_id]]
        treating = [unit_id for unit_id in within if unit_id in grant.treating or not grant.treating]
        made = _claimable(desk, grant, [(unit_id, names[unit_id]) for unit_id in treating], regions)
        if treating and made.first_day <= desk.today <= made.until:
            found.append(made)
    return found


def one(desk: Desk, grant_id: int) -> Claimable:
    """One of them. Raises NotFound when the own units may not claim on it."""
    for made in listed(desk):
        if made.open.grant.id == grant_id:
            return made
    raise NotFound(f"grant {grant_id} to claim on")


def _claimable(
    desk: Desk, grant: OpenGrant, offered: list[tuple[int, str]], regions: Mapping[int, Region]
) -> Claimable:
    of = grant.case or grant.application
    assert of is not None, "a grant is of something"
    first, last = claim_ground.days_of(grant.grant, grant.case)
    until = claim_ground.claims_until(grant.grant, regions[of.region_id])
    return Claimable(grant, sorted(offered, key=lambda one: one[1]), first, last, until)


def _above(unit_id: int, parents: Mapping[int, int | None]) -> set[int]:
    """A unit and those above it."""
    chain, place = {unit_id}, parents.get(unit_id)
    while place is not None:
        chain.add(place)
        place = parents.get(place)
    return chain
