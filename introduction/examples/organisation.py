"""The two regions' organisation: hospitals from a list with sources, and a few invented operations under them."""

from __future__ import annotations

from introduction.examples import files
from introduction.services import regions
from introduction.services.desk import Desk
from introduction.store.region import by_slug
from introduction.store.unit import Unit, units_of

#: The list's names of regions, and the region files'.
SLUGS = {"VGR": "vastra_gotaland", "Norrbotten": "norrbotten"}
#: The source names no division of Norrbotten's but one. The hospitals stand under this name until the region gives it.
UNNAMED_DIVISIONS = "Hälso- och sjukvårdsdivisionerna"
NAMED_DIVISION = "Division Funktion"
EXAMPLE = "Påhittat exempel"

_SU, _NU, _SKAS = "Sahlgrenska Universitetssjukhuset", "NU-sjukvården", "Skaraborgs Sjukhus"
_SAS = "Södra Älvsborgs Sjukhus"
#: Invented operations: region, administration, name.
OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("vastra_gotaland", _SU, "Lungmedicin, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Neurologi, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Hematologi, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Onkologi, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Njurmedicin, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Hudsjukvård, Sahlgrenska"),
    ("vastra_gotaland", _SU, "Ögonsjukvård, Mölndal"),
    ("vastra_gotaland", _SU, "Mag- och tarmsjukvård, Östra"),
    ("vastra_gotaland", _SU, "Barnmedicin, Drottning Silvia"),
    ("vastra_gotaland", _NU, "Medicin, NÄL"),
    ("vastra_gotaland", _NU, "Onkologi, NÄL"),
    ("vastra_gotaland", _SKAS, "Medicin, Kärnsjukhuset"),
    ("vastra_gotaland", _SKAS, "Neurologi, Kärnsjukhuset"),
    ("vastra_gotaland", _SAS, "Medicin, Borås"),
    ("vastra_gotaland", _SAS, "Onkologi, Borås"),
    ("norrbotten", UNNAMED_DIVISIONS, "Medicin, Sunderbyn"),
    ("norrbotten", UNNAMED_DIVISIONS, "Neurologi, Sunderbyn"),
    ("norrbotten", UNNAMED_DIVISIONS, "Onkologi, Sunderbyn"),
    ("norrbotten", UNNAMED_DIVISIONS, "Medicin, Gällivare"),
)


def add_hospitals(desk: Desk) -> int:
    """Add administrations and hospitals to regions that have no units at all. Returns how many were added."""
    empty = [slug for slug in SLUGS.values() if not units_of(desk.session, by_slug(desk.session, slug).id, desk.today)]
    known: dict[tuple[str, str], Unit] = {}
    hospitals = 0
    for row in files.table("hospitals.csv"):
        slug = SLUGS[row["region"]]
        if slug not in empty:
            continue
        region_id = by_slug(desk.session, slug).id
        for name in _administrations(row):
            if (slug, name) not in known:
                known[slug, name] = regions.add_unit(desk, region_id, name, "administration", source=row["source"])
        if not row["unit"].startswith("("):
            parent = known[slug, _administrations(row)[0]]
            regions.add_unit(desk, region_id, row["unit"], "unit", parent_id=parent.id, source=row["source"])
            hospitals += 1
    return len(known) + hospitals


def _administrations(row: dict[str, str]) -> tuple[str, ...]:
    """The administrations that a row of the list tells of; its own first."""
    if row["region"] != "Norrbotten":
        return (row["forvaltning"],)
    return (UNNAMED_DIVISIONS, NAMED_DIVISION) if row["forvaltning"] else (UNNAMED_DIVISIONS,)


def add_operations(desk: Desk) -> int:
    """Add the invented operations that are missing, marked so by their source. Returns how many were added."""
    added = 0
    for slug, administration, name in OPERATIONS:
        region_id = by_slug(desk.session, slug).id
        units = {unit.name: unit for unit in units_of(desk.session, region_id, desk.today)}
        if name in units:
            continue
        parent = units.get(administration) or regions.add_unit(desk, region_id, administration, "administration")
        regions.add_unit(desk, region_id, name, "operation", parent_id=parent.id, source=EXAMPLE)
        added += 1
    return added
