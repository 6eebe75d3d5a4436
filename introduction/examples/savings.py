"""Invented savings of Västra Götaland, for the demonstration; marked as examples on the pages."""

from __future__ import annotations

from introduction.examples.organisation import EXAMPLE
from introduction.services import savings
from introduction.services.desk import Desk
from introduction.services.savings import Amount, NewSaving
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


def add_savings(desk: Desk) -> int:
    """Add the invented savings where the region has none. Returns how many were added."""
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
    return added


def end_savings(desk: Desk) -> int:
    """End the invented savings. Returns how many."""
    region_id = by_slug(desk.session, REGION).id
    invented = [row for row in store.savings_of(desk.session, region_id) if row.example]
    for row in invented:
        savings.end(desk, row.id)
    return len(invented)
