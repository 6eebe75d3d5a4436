"""Brings in the organisation: administrations, operations and units."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from introduction.cli.place import Place, as_json, unit_named, write_json
from introduction.domain.errors import IntroductionError

if TYPE_CHECKING:
    from introduction.services.desk import Desk

_COLUMNS = ("name", "kind", "parent", "cost_centre")


@click.group()
def unit() -> None:
    """The organisation: administrations, operations and units."""


@unit.command("list")
@click.argument("region")
@as_json
@click.pass_obj
def unit_list(place: Place, region: str, as_json: bool) -> None:
    """List the units of a region (its folder's name) that exist today."""
    from introduction.store import unit as units
    from introduction.store.region import by_slug

    with place.reading() as desk:
        rows = units.units_of(desk.session, by_slug(desk.session, region).id, desk.today)
        names = {row.id: row.name for row in rows}
        told = [(row.name, row.kind, names.get(row.parent_id or 0, ""), row.cost_centre or "") for row in rows]
    if as_json:
        write_json([dict(zip(_COLUMNS, line, strict=True)) for line in told])
        return
    for name, kind, parent, _cost_centre in told:
        click.echo(f"{kind:<16} {name}{f' ({parent})' if parent else ''}")


@unit.command("add")
@click.argument("region")
@click.argument("name")
@click.option("--kind", type=click.Choice(["administration", "operation", "unit"]), required=True)
@click.option("--parent", help="The name of the unit that it belongs to.")
@click.option("--cost-centre")
@click.pass_obj
def unit_add(place: Place, region: str, name: str, kind: str, parent: str | None, cost_centre: str | None) -> None:
    """Add a unit to a region."""
    with place.writing() as desk:
        _add(desk, region, {"name": name, "kind": kind, "parent": parent or "", "cost_centre": cost_centre or ""})


@unit.command("load")
@click.argument("region")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def unit_load(place: Place, region: str, file: Path) -> None:
    """Add the units of a CSV file in UTF-8 with the columns name, kind, parent and cost_centre; parents first.

    All lines are taken or none. A unit that stands there already is left as it is.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines, place.writing() as desk:
        reader = csv.DictReader(lines)
        missing = [column for column in _COLUMNS[:2] if column not in (reader.fieldnames or ())]
        if missing:
            raise click.ClickException(f"{file}: line 1: missing column {', '.join(missing)}")
        added = 0
        for row in reader:
            try:
                added += _add(desk, region, {key: (row.get(key) or "").strip() for key in _COLUMNS})
            except (IntroductionError, click.ClickException) as error:
                reason = error.message if isinstance(error, click.ClickException) else error
                raise click.ClickException(f"{file}: line {reader.line_num}: {reason}") from error
    click.echo(f"{added} units added")


def _add(desk: Desk, region: str, row: dict[str, str]) -> bool:
    """Add a unit unless one of its name and parent is there. Returns whether it was added."""
    from introduction.services import regions
    from introduction.store import unit as units
    from introduction.store.region import by_slug

    region_id = by_slug(desk.session, region).id
    known = units.units_of(desk.session, region_id, desk.today)
    parent_id = unit_named(desk, region_id, row["parent"]) if row["parent"] else None
    if any(found.name == row["name"] and found.parent_id == parent_id for found in known):
        return False
    regions.add_unit(
        desk, region_id, row["name"], row["kind"], parent_id=parent_id, cost_centre=row["cost_centre"] or None
    )
    return True
