"""Names those who may read secret figures, and lists what they have read. No command shows a secret figure."""

from __future__ import annotations

from datetime import datetime

import click

from introduction.cli.place import Place, a_day, as_json, day, person_row, write_json

_region = click.option("--region", required=True, help="The region's folder name, such as vastra_gotaland.")
_acting = click.option("--as", "acting", help="Who acts: the e-mail address of an administrator; else the operator.")


@click.group()
def secret() -> None:
    """Who may read secret figures, and who has."""


@secret.command("name")
@click.argument("email")
@_region
@click.option("--reason", required=True, help="Why the person needs to read them.")
@click.option("--from", "valid_from", type=a_day, help="First day; else today.")
@click.option("--until", type=a_day, help="Last day; else for good.")
@_acting
@click.pass_obj
def secret_name(
    place: Place,
    email: str,
    region: str,
    reason: str,
    valid_from: datetime | None,
    until: datetime | None,
    acting: str | None,
) -> None:
    """Name somebody to read a region's secret figures. The person also needs a role that may."""
    from introduction.services import net_readers
    from introduction.store.region import by_slug

    with place.writing(acting) as desk:
        net_readers.name(
            desk,
            by_slug(desk.session, region).id,
            person_row(desk.session, email).id,
            reason=reason,
            valid_from=day(valid_from),
            valid_to=day(until),
        )


@secret.command("end")
@click.argument("email")
@_region
@_acting
@click.pass_obj
def secret_end(place: Place, email: str, region: str, acting: str | None) -> None:
    """Take back, at once, that somebody may read a region's secret figures."""
    from introduction.services import net_readers
    from introduction.store.region import by_slug

    with place.writing(acting) as desk:
        region_id, person_id = by_slug(desk.session, region).id, person_row(desk.session, email).id
        named = [line for line in net_readers.readers(desk, region_id) if line.row.person_id == person_id]
        found = [line for line in named if not line.over]
        if not found:
            raise click.ClickException(f"{email} is not named in {region}")
        for line in found:
            net_readers.end(desk, line.row.id)


@secret.command("readers")
@_region
@as_json
@click.pass_obj
def secret_readers(place: Place, region: str, as_json: bool) -> None:
    """List everybody who is or was named in a region."""
    from introduction.services import net_readers
    from introduction.store.region import by_slug

    with place.reading() as desk:
        told = [
            {
                "name": line.name,
                "reads_today": line.holds and line.has_role,
                "reason": line.row.reason,
                "valid_from": line.row.valid_from,
                "valid_to": line.row.valid_to,
                "ended_at": line.row.ended_at,
                "named_by": line.named_by,
            }
            for line in net_readers.readers(desk, by_slug(desk.session, region).id)
        ]
    if as_json:
        write_json(told)
        return
    for one in told:
        until = f"ended {one['ended_at']:%Y-%m-%d}" if one["ended_at"] else one["valid_to"] or "for good"
        reads = "reads" if one["reads_today"] else "does not read"
        by = one["named_by"] or "the operator"
        click.echo(f"{one['name']:<28} {reads:<14} {one['valid_from']} to {until}, named by {by}: {one['reason']}")


@secret.command("readings")
@_region
@click.option("--most", default=100, show_default=True, type=click.IntRange(1, 100_000), help="At most so many.")
@as_json
@click.pass_obj
def secret_readings(place: Place, region: str, most: int, as_json: bool) -> None:
    """List the latest readings of secret figures in a region: who, when and of what. Never a figure."""
    from introduction.services import net_readers
    from introduction.store.region import by_slug

    with place.reading() as desk:
        lines = net_readers.readings(desk, by_slug(desk.session, region).id, most)
    if as_json:
        write_json([vars(line) for line in lines])
        return
    for line in lines:
        of = f"{line.number}, {'rebates' if line.analysis is None else f'analysis {line.analysis}'}"
        click.echo(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.name:<28} {of}{f': {line.reason}' if line.reason else ''}")
