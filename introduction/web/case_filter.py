"""The filter of lists of cases, as it stands in the address."""

from __future__ import annotations

from typing import Any

from flask import request

from introduction.domain.process.definition import Phase
from introduction.domain.roles import Visible
from introduction.services.desk import Desk
from introduction.store import listing
from introduction.store import region as regions
from introduction.store import unit as units
from introduction.store.listing import CaseFilter


def wanted_from_address(desk: Desk) -> CaseFilter:
    """The filter that the address asks for; what cannot be read is left out."""
    args = request.args
    owner, unit = args.get("owner", ""), args.get("unit", "")
    return CaseFilter(
        text=args.get("q", "")[:100],
        phase=args.get("phase", "") if args.get("phase", "") in set(Phase) else "",
        stage=args.get("stage", "")[:160],
        region=args.get("region", "")[:48],
        owner=typed_id(owner),
        atc=args.get("atc", "")[:7].strip(),
        unit_ids=units.below(desk.session, [typed_id(unit) or 0]) if unit else frozenset(),
        late=args.get("late") == "1",
        kind=args.get("kind", "") if args.get("kind") in ("example", "real") else "",
        closed=args.get("closed", "") if args.get("closed") in ("open", "closed") else "",
    )


def typed_id(text: str) -> int | None:
    """A typed id; None for what is no number."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def filter_choices(desk: Desk, seen: Visible) -> dict[str, Any]:
    """What the filter's lists offer: stages by process, regions, owners and administrations."""
    rows = [
        region
        for region in regions.all_regions(desk.session)
        if desk.by is not None and region.id in desk.by.region_ids
    ]
    slugs = {region.slug for region in rows}
    return {
        "regions": [(region.slug, region.name) for region in rows],
        "owners": listing.owners(desk.session, seen),
        "units": [
            (unit.id, unit.name)
            for region in rows
            for unit in units.units_of(desk.session, region.id, desk.today, "administration")
        ],
        "stages": [
            (definition, [(f"{definition.id}/{stage.id}", stage.title) for stage in definition.stage])
            for definition in desk.catalogue.newest()
            if definition.subject == "case" and definition.region in slugs
        ],
    }
