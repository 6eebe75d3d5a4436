"""Keeps an installation in order: its database, regions, processes and chains of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from introduction.cli.place import Place, as_json, write_json


@click.group()
def db() -> None:
    """The database's revision."""


@db.command()
@click.pass_obj
def upgrade(place: Place) -> None:
    """Bring the database to this release's revision."""
    from introduction.store import migrate

    migrate.upgrade(place.engine)
    click.echo(migrate.current(place.engine))


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="This can remove data. Go on?")
@click.pass_obj
def downgrade(place: Place, revision: str) -> None:
    """Take the database back to REVISION; `base` empties it."""
    from alembic.util import CommandError

    from introduction.store import migrate

    try:
        migrate.downgrade(place.engine, revision)
    except CommandError as error:
        raise click.ClickException(str(error)) from error
    click.echo(migrate.current(place.engine) or "base")


@db.command()
@click.pass_obj
def current(place: Place) -> None:
    """Say which revision the database has, and whether it is this release's."""
    from introduction.store import migrate

    found = migrate.current(place.engine)
    wanted = migrate.newest()
    click.echo(f"{found or 'empty'}{'' if found == wanted else f' (this release has {wanted})'}")


@click.group()
def region() -> None:
    """Regions and their bodies."""


@region.command("load")
@click.pass_obj
def region_load(place: Place) -> None:
    """Bring regions and bodies in step with the region files. `serve` does so at each start."""
    from introduction.services import regions

    with place.writing() as desk:
        changed = regions.load(desk)
    click.echo("\n".join(changed) or "nothing has changed")


@click.group()
def process() -> None:
    """The processes: what a region can change without programming."""


@process.command("check")
@as_json
@click.pass_obj
def process_check(place: Place, as_json: bool) -> None:
    """Check every file, and list every problem. The status is 1 when there is any."""
    from introduction.domain.errors import BadDefinition

    problems: Sequence[Any] = ()
    names: list[str] = []
    try:
        names = [f"{name}@{version}" for name, version in sorted(place.catalogue.definitions)]
    except BadDefinition as error:
        problems = error.problems
    if as_json:
        told = [{"file": problem.file, "path": problem.path, "what": problem.what} for problem in problems]
        write_json({"processes": names, "problems": told})
    else:
        for line in names:
            click.echo(line)
        for problem in problems:
            click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)


@process.command("publish")
@click.option("--again", is_flag=True, help="Also replace a version 1 that has changed (until release 1.0).")
@click.pass_obj
def process_publish(place: Place, again: bool) -> None:
    """Freeze every version that is not yet published, by its checksum."""
    from introduction.domain.process import loading

    written = loading.publish(place.settings.workflows, again=again)
    click.echo("\n".join(written) or "everything is published already")


@click.group()
def audit() -> None:
    """The chains of events, and the seals over them."""


@audit.command("verify")
@as_json
@click.pass_obj
def audit_verify(place: Place, as_json: bool) -> None:
    """Walk all events, and name every change to what was sealed. The status is 1 when there is any."""
    from introduction.services import audit as service

    with place.reading() as desk:
        report = service.verify(desk.session, place.settings.seals, place.settings.seal_key)
    if as_json:
        write_json(report.as_data())
    else:
        click.echo(f"{report.events} events, {report.seals} seals, the last of {report.last_sealed_at or 'no day'}")
        click.echo(f"{report.unsealed} events are unsealed")
        for problem in report.problems:
            click.echo(str(problem), err=True)
    if report.problems:
        raise SystemExit(1)


@audit.command("seal")
@click.pass_obj
def audit_seal(place: Place) -> None:
    """Seal all chains now. The service does so each night."""
    from introduction.services import audit as service

    with place.writing() as desk:
        number = service.seal(desk.session, place.settings.seals, place.settings.seal_key, desk.now)
    click.echo(f"seal {number} in {place.settings.seals}")
