"""Which region, and which part of its portfolio, an address asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request

from introduction.domain.errors import NotAllowed
from introduction.domain.messages import say
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Right
from introduction.services import portfolio
from introduction.services.desk import Desk
from introduction.services.portfolio import View
from introduction.services.portfolio_cases import Wanted
from introduction.store.region import RegionRow
from introduction.web.case_filter import typed_id
from introduction.web.portfolio_words import PURSES
from introduction.web.words import plain_day


def chosen_region(desk: Desk, right: Right = Right.VIEW_PORTFOLIO) -> tuple[RegionRow, list[RegionRow]]:
    """The region that the address or form names, else the person's first, and all that can be chosen.

    Raises NotAllowed for a region where the person lacks the right.
    """
    regions = portfolio.regions_of(desk, right)
    asked = request.values.get("region", "")
    found = [row for row in regions if row.slug == asked] if asked else regions
    if not found:
        raise NotAllowed(say("Din roll gäller en annan region eller enhet"))
    return found[0], regions


def wanted_from_address(desk: Desk) -> Wanted:
    """The filter that the address asks for; what cannot be read is left out."""
    args = request.args
    first = typed_id(args.get("first", ""))
    return Wanted(
        phase=args.get("phase", "") if args.get("phase", "") in set(Phase) else "",
        atc="".join(args.get("atc", "").split())[:7].upper(),
        area=typed_id(args.get("unit", "")),
        round=typed_day(args.get("round", "")),
        purse=args.get("purse", "") if args.get("purse", "") in PURSES else "",
        kind=args.get("kind", "") if args.get("kind") in ("example", "real") else "",
        first=first if first == desk.today.year else None,
    )


def typed_day(text: str) -> date | None:
    """A day as addresses write it; None for what is no day."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def address_of(view: View, regions: list[RegionRow], **changes: Any) -> dict[str, Any]:
    """The filter as parameters of an address, some of them changed; the empty ones are left out."""
    wanted = view.wanted
    told: dict[str, Any] = {
        "region": view.region.slug if len(regions) > 1 else "",
        "phase": wanted.phase,
        "atc": wanted.atc,
        "unit": wanted.area or "",
        "round": wanted.round.isoformat() if wanted.round else "",
        "purse": wanted.purse,
        "kind": wanted.kind,
        "first": wanted.first or "",
    }
    return {key: value for key, value in (told | changes).items() if value != ""}


def choices_of(view: View, today: date) -> dict[str, Any]:
    """What the filter's lists offer."""
    kinds = {line.row.example for line in view.lines}
    return {
        "units": view.administrations,
        "rounds": [(day.isoformat(), plain_day(day)) for day in view.rounds],
        "purses": list(PURSES.items()),
        "kinds": len(kinds) > 1 or bool(view.wanted.kind),
        "firsts": [(today.year, str(today.year)), ("", str(today.year + 1))],
    }
