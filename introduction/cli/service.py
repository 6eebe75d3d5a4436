"""Starts the service, with the invented examples on a first start; and removes those again."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

import click

from introduction import clock
from introduction.cli.place import Place

if TYPE_CHECKING:
    from introduction.services.desk import Desk
    from introduction.store.person import PersonRow


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="The port to listen on, or PORT.")
@click.pass_obj
def serve(place: Place, host: str, port: int) -> None:
    """Start the service. A first start makes the database and loads the invented examples.

    INTRODUCTION_EXAMPLES=0 leaves the examples out.
    """
    import waitress

    from introduction import create_app
    from introduction.jobs import ticker

    _make_ready(place)
    app = create_app(place.settings, place.catalogue)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=8)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    worker = place.worker(inside=True) if place.settings.worker_inside else None
    scheduler = ticker.start(worker, place.settings.seals, place.settings.seal_key) if worker else None
    signal.signal(signal.SIGTERM, _interrupt)
    _tell_address(place, host, getattr(server, "effective_port", port))
    try:
        server.run()  # returns on KeyboardInterrupt
    finally:
        if worker and scheduler:
            scheduler.shutdown(wait=True)
            worker.stop()
        server.close()


@click.command()
@click.pass_obj
def worker(place: Place) -> None:
    """Do what falls due: reminders, mail, the clock's actions, long work, the nightly seal. Ctrl-C stops it.

    Any number of workers, on any number of machines, may run against one PostgreSQL database. On SQLite `serve`
    runs one inside; INTRODUCTION_WORKER=0 lets it not.
    """
    from introduction.jobs import ticker

    place.demand_current()
    worker = place.worker(inside=False)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    scheduler = ticker.start(worker, place.settings.seals, place.settings.seal_key)
    click.echo(f"worker {worker.id} works; mail: {place.settings.mail}")
    sys.stdout.flush()
    stopped.wait()
    scheduler.shutdown(wait=True)
    worker.stop()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _make_ready(place: Place) -> None:
    from introduction.services import regions
    from introduction.store import migrate

    first = migrate.current(place.engine) is None
    migrate.upgrade(place.engine)
    with place.writing() as desk:
        regions.load(desk)
    if first and os.environ.get("INTRODUCTION_EXAMPLES", "1") != "0":
        _load_examples(place)


def _load_examples(place: Place, *, invented: bool = True) -> None:
    from introduction.examples import loading

    loading.load(place.sessions, place.catalogue, clock.now(), invented=invented, files=place.settings.files)


def _tell_address(place: Place, host: str, port: int) -> None:
    click.echo(f"Ordnat införande: http://{host}:{port}/   (Ctrl-C stops it)")
    with place.reading() as desk:
        logins = _example_logins(desk)
    if logins:
        from introduction.examples.loading import PASSWORD

        click.echo(f"\nInvented people to sign in as, all with the password {PASSWORD}:")
        for email, roles in logins:
            click.echo(f"  {email:<44} {roles}")
    sys.stdout.flush()


def _example_logins(desk: Desk) -> list[tuple[str, str]]:
    from introduction.store import person as persons

    return [
        (row.email, _roles_told(desk, row)) for row in persons.everybody(desk.session) if row.example and row.active
    ]


def _roles_told(desk: Desk, row: PersonRow) -> str:
    from introduction.domain.roles import ROLE_TITLES, Role
    from introduction.store import person as persons
    from introduction.store.region import RegionRow

    held = persons.assignments_on(desk.session, row.id, desk.today)
    told = [f"{ROLE_TITLES[Role(h.role)]} ({desk.session.get_one(RegionRow, h.region_id).name})" for h in held]
    return ", ".join(dict.fromkeys(told))


@click.group()
def demo() -> None:
    """The invented examples."""


@demo.command("load")
@click.option("--real-only", is_flag=True, help="Only what is known of real medicines, with its sources.")
@click.pass_obj
def demo_load(place: Place, real_only: bool) -> None:
    """Load real hospitals, recommendations and past cases, and the invented people and cases."""
    _make_ready(place)
    _load_examples(place, invented=not real_only)


@demo.command("remove")
@click.option("--reason", default="Exemplen behövs inte längre", show_default=True)
@click.pass_obj
def demo_remove(place: Place, reason: str) -> None:
    """Dispose of the invented cases and medicines, end invented savings, and let the invented people sign in no more.

    A tombstone of each case stays in its region's chain of events.
    """
    from introduction.examples import savings
    from introduction.services import disposal, people
    from introduction.store import person as persons

    with place.writing() as desk:
        numbers = disposal.dispose_of_examples(desk, reason)
        savings.end_savings(desk)
        invented = [row for row in persons.everybody(desk.session) if row.example and row.active]
        for row in invented:
            people.deactivate(desk, row.id)
    click.echo(f"{len(numbers)} cases and recommendations removed, {len(invented)} people ended")
