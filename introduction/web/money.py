"""Pengar: what waits for an economist, and where the region's money for new medicines is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext, ngettext

from introduction.domain.process.timing import Text
from introduction.domain.roles import Right
from introduction.services import money_desk
from introduction.services.desk import Desk
from introduction.services.money_desk import MoneyDesk
from introduction.store.application_listing import ApplicationRow
from introduction.web import claim_words, fund_words
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region

blueprint = Blueprint("money", __name__)


@blueprint.get("/money")
@needs(Right.VIEW_PORTFOLIO)
def show() -> str:
    """A region's claims and applications that wait, its funds, and what goes to the ledger."""
    desk = reading()
    region, regions = chosen_region(desk)
    found = money_desk.see(desk, region.id)
    rows: list[Any] = [*found.funds, *found.applications, *(line.row.claim for line in found.claims)]
    return render_template(
        "money/show.html",
        region=region,
        regions=regions,
        desk=found,
        lead=_lead(found, desk.today.year),
        stages={row.id: _stage(desk, row) for row in found.applications},
        words=claim_words,
        fund_words=fund_words,
        today=desk.today,
        example_band=bool(rows) and all(row.example for row in rows),
    )


def _stage(desk: Desk, row: ApplicationRow) -> Text:
    return desk.catalogue.get(row.definition_id, row.definition_version).stage_named(row.stage).title


def _lead(found: MoneyDesk, this_year: int) -> str:
    """``12 rekvisitioner och 3 ansökningar väntar. För 2026 är 14 200 tkr av 90 000 tkr varken …``"""
    claims = ngettext("En rekvisition", "%(num)d rekvisitioner", found.waiting) if found.waiting else ""
    asked = len(found.applications)
    applications = ngettext("en ansökan", "%(num)d ansökningar", asked) if asked else ""
    waits = gettext(" och ").join(part for part in (claims, applications) if part)
    waits = waits[:1].upper() + waits[1:]
    told = [gettext("%(what)s väntar.", what=waits) if waits else gettext("Ingenting väntar på granskning eller svar.")]
    if found.funds:
        told.append(fund_words.lead_of_region(found.funds, this_year))
    return " ".join(told)
