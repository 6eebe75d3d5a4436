"""Manages the people who sign in, and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from introduction.cli.place import Place, a_day, as_json, day, person_row, role_named, unit_named, write_json

if TYPE_CHECKING:
    from introduction.services.desk import Desk
    from introduction.store.person import PersonRow


@click.group()
def user() -> None:
    """The people who sign in."""


@user.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--language", type=click.Choice(["sv", "en"]), default="sv", show_default=True)
@click.password_option(help="Asked for when it is not given.")
@click.pass_obj
def user_add(place: Place, email: str, name: str, language: str, password: str) -> None:
    """Add somebody with a password. Roles are granted with `role grant`."""
    from introduction.services import people

    with place.writing() as desk:
        row = people.add_person(desk, email, name, language=language)
        people.set_password(desk, row.id, password)
        click.echo(row.email)


@user.command("password")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
@click.pass_obj
def user_password(place: Place, email: str, password: str) -> None:
    """Give somebody a new password, and end the sessions."""
    from introduction.services import people

    with place.writing() as desk:
        people.set_password(desk, person_row(desk.session, email).id, password)


@user.command("end")
@click.argument("email")
@click.pass_obj
def user_end(place: Place, email: str) -> None:
    """Let somebody sign in no more."""
    from introduction.services import people

    with place.writing() as desk:
        people.deactivate(desk, person_row(desk.session, email).id)


@user.command("list")
@as_json
@click.pass_obj
def user_list(place: Place, as_json: bool) -> None:
    """List everybody, with the roles of today."""
    from introduction.store import person as persons

    with place.reading() as desk:
        rows: list[dict[str, Any]] = [
            {
                "email": row.email,
                "name": row.name,
                "active": row.active,
                "example": row.example,
                "roles": _roles_held(desk, row),
            }
            for row in persons.everybody(desk.session)
        ]
    if as_json:
        write_json(rows)
        return
    for row in rows:
        held = ", ".join(f"{role['role']} ({role['region']})" for role in row["roles"])
        click.echo(f"{row['email']:<40} {row['name']:<28} {held if row['active'] else 'ended'}")


def _roles_held(desk: Desk, row: PersonRow) -> list[dict[str, Any]]:
    from introduction.store import person as persons
    from introduction.store.region import RegionRow
    from introduction.store.unit import Unit

    def told(held: persons.RoleAssignment) -> dict[str, Any]:
        unit = desk.session.get(Unit, held.unit_id) if held.unit_id else None
        return {
            "role": held.role,
            "region": desk.session.get_one(RegionRow, held.region_id).slug,
            "unit": unit.name if unit else None,
            "valid_from": held.valid_from,
            "valid_to": held.valid_to,
        }

    return [told(held) for held in persons.assignments_on(desk.session, row.id, desk.today)]


@click.group()
def role() -> None:
    """The roles that people hold in regions."""


@role.command("grant")
@click.argument("email")
@click.argument("role")
@click.argument("region")
@click.option("--unit", help="The unit's name, for a local role.")
@click.option("--from", "valid_from", type=a_day, help="First day; else today.")
@click.option("--to", "valid_to", type=a_day, help="Last day; else for good.")
@click.pass_obj
def role_grant(
    place: Place,
    email: str,
    role: str,
    region: str,
    unit: str | None,
    valid_from: datetime | None,
    valid_to: datetime | None,
) -> None:
    """Grant somebody a role in a region, as in: role grant anna@region.example coordinator vastra_gotaland."""
    from introduction.services import people
    from introduction.store.region import by_slug

    with place.writing() as desk:
        region_id = by_slug(desk.session, region).id
        people.grant_role(
            desk,
            person_row(desk.session, email).id,
            role_named(role),
            region_id,
            unit_id=unit_named(desk, region_id, unit) if unit else None,
            valid_from=day(valid_from),
            valid_to=day(valid_to),
        )


@role.command("end")
@click.argument("email")
@click.argument("role")
@click.argument("region")
@click.option("--last-day", type=a_day, help="The last day; else the role ends at once.")
@click.pass_obj
def role_end(place: Place, email: str, role: str, region: str, last_day: datetime | None) -> None:
    """End a role that somebody holds in a region, and end the sessions."""
    from introduction.services import people
    from introduction.store import person as persons
    from introduction.store.region import by_slug

    wanted = role_named(role)
    with place.writing() as desk:
        region_id = by_slug(desk.session, region).id
        held = persons.assignments_on(desk.session, person_row(desk.session, email).id, desk.today)
        found = [h for h in held if h.role == wanted and h.region_id == region_id]
        if not found:
            raise click.ClickException(f"{email} is not {role} in {region} today")
        for assignment in found:
            people.end_role(desk, assignment.id, last_day=day(last_day))
