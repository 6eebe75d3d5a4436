"""Invented savings and ceilings of Västra Götaland, for the demonstration; marked as examples on the pages."""

from __future__ import annotations

from introduction.examples.organisation import EXAMPLE
from introduction.services import fund_ceilings, savings
from introduction.services.desk import Desk
from introduction.services.savings import Amount, NewSaving
from introduction.store import fund_ceiling as ceilings
from introduction.store import saving as store
from introduction.store.region import by_slug
from introduction.store.unit import units_of

REGION = "vastra_gotaland"
#: Kind, title, ATC, administration (none: all), and for each year from the next one least, likely and most in tkr.
_Told = tuple[str, str, str, str | None, tuple[tuple[int, int, int], ...]]
SAVINGS: tuple[_Told, ...] = (
    (
        "patent_expiry", "Patentet på Oldexamin löper ut", "L01", None,
        ((0, 0, 0), (1_500, 4_000, 6_000), (6_000, 9_500, 12_000), (8_000, 11_000, 13_000), (8_000, 11_000, 13_000)),
    ),
    (
        "biosimilar", "Biosimilarer till Vanolimab", "L04", "Sahlgrenska Universitetssjukhuset",
        ((1_000, 2_500, 3_500), (3_000, 4_500, 6_000), (3_500, 5_000, 6_500), (3_500, 5_000, 6_500),
         (3_500, 5_000, 6_500)),
    ),
    (
        "switch", "Byte till Standardin som förstahandsval", "N02", None,
        ((300, 800, 1_200), (500, 1_000, 1_500), (500, 1_000, 1_500), (500, 1_000, 1_500), (500, 1_000, 1_500)),
    ),
)  # fmt: skip
#: The fund's ceiling in tkr, by year from the next one.
CEILINGS = (110_000, 115_000, 120_000)


def add_savings(desk: Desk) -> int:
    """Add the invented savings and ceilings where the region has none. Returns how many were added."""
    region_id = by_slug(desk.session, REGION).id
    first = desk.today.year + 1
    added = 0
    if not store.savings_of(desk.session, region_id) and not store.savings_of(desk.session, region_id, ended=True):
        known = {unit.name: unit.id for unit in units_of(desk.session, region_id, desk.today, "administration")}
        for kind, title, atc, administration, years in SAVINGS:
            amounts = {
                first + number: Amount(likely * 100_000, least * 100_000, most * 100_000)
                for number, (least, likely, most) in enumerate(years)
                if most
            }
            new = NewSaving(
                kind, title, EXAMPLE, amounts, atc, known.get(administration or ""), example=True
            )  # fmt: skip
            savings.record(desk, region_id, new)
            added += 1
    if not ceilings.ceilings_of(desk.session, region_id):
        for number, thousands in enumerate(CEILINGS):
            fund_ceilings.put(desk, region_id, first + number, thousands * 100_000, f"{EXAMPLE}: beslut om budget")
            added += 1
    return added


def end_savings(desk: Desk) -> int:
    """End the invented savings, and withdraw the invented ceilings. Returns how many."""
    region_id = by_slug(desk.session, REGION).id
    invented = [row for row in store.savings_of(desk.session, region_id) if row.example]
    for row in invented:
        savings.end(desk, row.id)
    withdrawn = [
        row for row in ceilings.ceilings_of(desk.session, region_id).values() if row.source.startswith(EXAMPLE)
    ]
    for ceiling in withdrawn:
        ceiling.replaced_at = desk.now
    desk.session.flush()
    return len(invented) + len(withdrawn)
