"""Which claims an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from introduction.domain.claims import STATES
from introduction.domain.roles import Visible
from introduction.services.desk import Desk
from introduction.store import claim_listing as store
from introduction.store import unit as units
from introduction.store.claim_listing import ORDERS, ClaimFilter
from introduction.store.region import all_regions
from introduction.web.case_filter import typed_id
from introduction.web.claim_words import state_title


@dataclass(frozen=True)
class Asked:
    """The filter that the address asks for, its parts as they stand there, and the order."""

    filter: ClaimFilter
    order: str
    region: str
    unit: int | None


def from_address(desk: Desk, *, first_state: str) -> Asked:
    """The filter; what cannot be read is left out. ``first_state`` holds when the address says nothing of states."""
    args = request.args
    regions = {row.slug: row.id for row in all_regions(desk.session)}
    region, unit = args.get("region", ""), typed_id(args.get("unit", ""))
    state = args.get("state", first_state)
    wanted = ClaimFilter(
        region_id=regions.get(region),
        state=state if state in STATES else "",
        year=typed_id(args.get("year", "")),
        unit_ids=units.below(desk.session, [unit]) if unit is not None else None,
        number=" ".join(args.get("q", "").split())[:120],
    )
    order = args.get("order", "")
    standing = "waiting" if wanted.state in ("waiting", "approved") else "newest"
    return Asked(wanted, order if order in ORDERS else standing, region if region in regions else "", unit)


def choices_of(desk: Desk, seen: Visible) -> dict[str, Any]:
    """What the filter's lists offer: those of the regions and units whose claims the reader may see."""
    rows = [row for row in all_regions(desk.session) if row.id in seen.region_ids]
    offered: list[tuple[int, str]] = []
    for row in rows:
        offered += [(unit.id, unit.name) for unit in units.units_of(desk.session, row.id, desk.today)]
    if not rows:
        offered = sorted(units.names(desk.session, seen.unit_ids).items(), key=lambda one: one[1])
    return {
        "states": [(state, state_title(state)) for state in STATES],
        "years": [(year, str(year)) for year in store.years(desk.session, seen)],
        "regions": [(row.slug, row.name) for row in rows],
        "units": offered,
    }
