"""The `introduction` command: starts the service, and does on the machine what an operator does there.

Only what a command needs is imported, inside it, so that the service is ready quickly.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import click

from introduction import clock, settings
from introduction.domain.errors import Conflict, IntroductionError, NotFound, Refused
from introduction.settings import BadSetting, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from introduction.domain.process.loading import Catalogue
    from introduction.domain.roles import Person
    from introduction.services.desk import Desk
    from introduction.services.subjects import Subject
    from introduction.store.person import PersonRow


@dataclass(frozen=True)
class Place:
    """This installation: its settings, and the database and processes once somebody asks for them."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """The database's engine."""
        from introduction.store import database

        return database.open_engine(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Makes sessions."""
        from sqlalchemy.orm import sessionmaker

        return sessionmaker(self.engine)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The processes. Raises BadDefinition."""
        from introduction.domain.process import loading

        return loading.load(self.settings.workflows)

    def demand_current(self) -> None:
        """Refuse to work on a database that has not been brought to this release's revision."""
        from introduction.store import migrate

        if not migrate.is_current(self.engine):
            raise click.ClickException("the database is not of this release: run introduction db upgrade")

    @contextmanager
    def writing(self, email: str | None = None) -> Iterator[Desk]:
        """The operator's desk, or that of a named person, in a writing transaction that is committed at the end."""
        from introduction.store import database

        self.demand_current()
        with self.sessions() as session:
            database.begin_writing(session)
            yield self._desk(session, email)
            session.commit()

    @contextmanager
    def reading(self, email: str | None = None) -> Iterator[Desk]:
        """The same, only to read, and in one snapshot."""
        from introduction.store import database

        self.demand_current()
        with self.sessions() as session:
            database.begin_snapshot(session)
            yield self._desk(session, email)

    def _desk(self, session: Session, email: str | None) -> Desk:
        from introduction.services.desk import Desk

        now = clock.now()
        by = _acting(session, email, now) if email is not None else None
        return Desk(session, self.catalogue, by, now, operator=email is None)


class _Told(click.Group):
    """A group of commands that tells errors in words: status 1, no traceback. Status 2 is a wrong command line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        from sqlalchemy.exc import OperationalError

        try:
            return super().invoke(ctx)
        except (IntroductionError, BadSetting) as error:
            raise click.ClickException(_told(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"the database does not answer: {error.orig}") from error


def _told(error: Exception) -> str:
    match error:
        case Refused():
            return "\n".join(str(reason) for reason in error.reasons)
        case Conflict():
            return f"somebody else changed it meanwhile (revision {error.revision}, not {error.drawn_from})"
        case NotFound():
            return f"there is no {error}"
    return str(error)


@click.group(cls=_Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Ordnat införande: the ordered introduction of new medicines in Swedish regions."""
    ctx.obj = Place(settings.read())


as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for a script.")
as_person = click.option("--as", "email", required=True, help="Who acts: the e-mail address of an account.")
a_day = click.DateTime(["%Y-%m-%d"])


# --- serve


@main.command()
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
    scheduler = ticker.start(place.sessions, place.settings.seals, place.settings.seal_key)
    signal.signal(signal.SIGTERM, _interrupt)
    _tell_address(place, host, port)
    try:
        server.run()  # returns on KeyboardInterrupt
    finally:
        scheduler.shutdown(wait=False)
        server.close()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _make_ready(place: Place) -> None:
    from introduction.services import regions
    from introduction.store import migrate

    first = migrate.current(place.engine) is None
    migrate.upgrade(place.engine)
    with place.writing() as desk:
        regions.load(desk)
    if first and os.environ.get("INTRODUCTION_EXAMPLES", "1") != "0" and _examples_exist():
        _load_examples(place)


def _examples_exist() -> bool:
    from importlib.util import find_spec

    return find_spec("introduction.examples.loading") is not None


def _load_examples(place: Place) -> None:
    from introduction.examples import loading

    loading.load(place.sessions, place.catalogue, clock.now())


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
    return ", ".join(told)


# --- db


@main.group()
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


# --- user and role


@main.group()
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
        people.set_password(desk, _person_row(desk.session, email).id, password)


@user.command("end")
@click.argument("email")
@click.pass_obj
def user_end(place: Place, email: str) -> None:
    """Let somebody sign in no more."""
    from introduction.services import people

    with place.writing() as desk:
        people.deactivate(desk, _person_row(desk.session, email).id)


@user.command("list")
@as_json
@click.pass_obj
def user_list(place: Place, as_json: bool) -> None:
    """List everybody, with the roles of today."""
    from introduction.store import person as persons

    with place.reading() as desk:
        rows = [
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
        _write_json(rows)
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


@main.group()
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
            _person_row(desk.session, email).id,
            _role_named(role),
            region_id,
            unit_id=_unit_named(desk, region_id, unit) if unit else None,
            valid_from=_day(valid_from),
            valid_to=_day(valid_to),
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

    wanted = _role_named(role)
    with place.writing() as desk:
        region_id = by_slug(desk.session, region).id
        held = persons.assignments_on(desk.session, _person_row(desk.session, email).id, desk.today)
        found = [h for h in held if h.role == wanted and h.region_id == region_id]
        if not found:
            raise click.ClickException(f"{email} is not {role} in {region} today")
        for assignment in found:
            people.end_role(desk, assignment.id, last_day=_day(last_day))


# --- region, process


@main.group()
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


@main.group()
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
        _write_json({"processes": names, "problems": told})
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


# --- case


@main.group()
def case() -> None:
    """Cases, as a named person sees and moves them."""


@case.command("list")
@as_person
@click.option("--region", default="", help="Only this region, by its folder's name.")
@click.option("--text", default="", help="Only cases that hold these words.")
@click.option("--closed", type=click.Choice(["open", "closed"]), default=None, help="Only open or closed cases.")
@click.option("--limit", default=50, show_default=True)
@as_json
@click.pass_obj
def case_list(place: Place, email: str, region: str, text: str, closed: str | None, limit: int, as_json: bool) -> None:
    """List the cases that somebody may see."""
    from introduction.domain.roles import visible
    from introduction.store import listing

    with place.reading(email) as desk:
        assert desk.by is not None
        wanted = listing.CaseFilter(text=text, region=region, closed=closed or "")
        rows = listing.cases(desk.session, visible(desk.by), wanted, desk.today, limit=limit)
    if as_json:
        _write_json([_row_told(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.number:<14} {row.stage:<28} {row.next_due_on or '':<12} {row.medicine}: {row.indication}")


def _row_told(row: Any) -> dict[str, Any]:
    names = "number medicine indication atc region stage phase owner next_due_on closed_on example".split()
    return {name: getattr(row, name) for name in names}


@case.command("show")
@click.argument("number")
@as_person
@as_json
@click.pass_obj
def case_show(place: Place, number: str, email: str, as_json: bool) -> None:
    """Show what is known of a case, what is to be done, and which actions can be taken."""
    from introduction.domain.roles import Right, can
    from introduction.services import subjects
    from introduction.store import case as cases
    from introduction.store import instance as instances

    with place.reading(email) as desk:
        found = instances.get(desk.session, cases.by_number(desk.session, number).id)
        subject = subjects.read(desk, found)
        if can(desk.by, Right.VIEW_CASE, subject.scope) is not None:
            raise NotFound(f"case {number}")
        told = _case_told(desk.by, subject)
    if as_json:
        _write_json(told)
        return
    for name, value in told.items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            click.echo("\n".join(f"  {key}: {part}" for key, part in value.items()))
        else:
            click.echo(f"{name}: {value if not isinstance(value, list) else ', '.join(map(str, value))}")


def _case_told(by: Person | None, subject: Subject) -> dict[str, Any]:
    from introduction.domain.roles import why_not

    drawn = subject.definition.actions_from(subject.instance.stage)
    return {
        "number": subject.number,
        "process": f"{subject.definition.id}@{subject.definition.version}",
        "stage": subject.instance.stage,
        "phase": subject.phase,
        "revision": subject.instance.revision,
        "closed_on": subject.instance.closed_on,
        "actions": [action.id for action in drawn if why_not(by, action.by, subject.scope) is None],
        "tasks": [task.name for task in subject.tasks if task.state == "open"],
        "due": {date_.name: date_.due_on for date_ in subject.due_dates if date_.state == "pending"},
        "facts": {key: value for key, value in subject.situation.facts.items() if value not in (None, ())},
    }


@case.command("start")
@click.argument("process_id")
@click.argument("origin", type=click.Choice(["horizon_scan", "recommendation", "nomination"]))
@click.argument("medicine")
@click.argument("indication")
@as_person
@click.option("--substance")
@click.option("--atc")
@click.option("--unit", help="The nominating unit's name.")
@click.option("--set", "given", multiple=True, metavar="FACT=VALUE", help="A fact; VALUE is JSON, or else text.")
@click.pass_obj
def case_start(
    place: Place,
    process_id: str,
    origin: str,
    medicine: str,
    indication: str,
    email: str,
    substance: str | None,
    atc: str | None,
    unit: str | None,
    given: tuple[str, ...],
) -> None:
    """Open a case, as in: case start vastra_gotaland.new_medicine horizon_scan Examplumab Migrän --as …"""
    from introduction.services import cases
    from introduction.services.medicines import About
    from introduction.store.region import by_slug

    with place.writing(email) as desk:
        definition = desk.catalogue.latest(process_id)
        unit_id = _unit_named(desk, by_slug(desk.session, definition.region).id, unit) if unit else None
        about = About.typed(medicine, indication, substance, atc)
        roots = cases.Roots(nominating_unit_id=unit_id)
        subject = cases.start(desk, process_id, origin, about, given=_facts(given), roots=roots)
        click.echo(subject.number)


@case.command("take")
@click.argument("number")
@click.argument("action")
@as_person
@click.option("--note", default="", help="What the person wants to say with it.")
@click.option("--set", "given", multiple=True, metavar="FACT=VALUE", help="A fact; VALUE is JSON, or else text.")
@click.option("--record", multiple=True, metavar="FIELD=VALUE", help="A field of the record that the action leaves.")
@click.option("--revision", type=int, help="Refuse when the case has changed since this revision.")
@click.pass_obj
def case_take(
    place: Place,
    number: str,
    action: str,
    email: str,
    note: str,
    given: tuple[str, ...],
    record: tuple[str, ...],
    revision: int | None,
) -> None:
    """Take an action in a case, as somebody who may."""
    from introduction.services import steps
    from introduction.store import case as cases

    with place.writing(email) as desk:
        case_id = cases.by_number(desk.session, number).id
        subject = steps.take(
            desk, case_id, action, revision=revision, given=_facts(given), record=_facts(record), note=note
        )
        click.echo(subject.instance.stage)


# --- audit


@main.group()
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
        _write_json(report.as_data())
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


# --- demo


@main.group()
def demo() -> None:
    """The invented examples."""


@demo.command("load")
@click.pass_obj
def demo_load(place: Place) -> None:
    """Load the invented people and cases."""
    if not _examples_exist():
        raise click.ClickException("this installation has no examples")
    _make_ready(place)
    _load_examples(place)


@demo.command("remove")
@click.option("--reason", default="Exemplen behövs inte längre", show_default=True)
@click.pass_obj
def demo_remove(place: Place, reason: str) -> None:
    """Dispose of the invented cases and medicines, and let the invented people sign in no more.

    A tombstone of each case stays in its region's chain of events.
    """
    from introduction.services import disposal, people
    from introduction.store import person as persons

    with place.writing() as desk:
        numbers = disposal.dispose_of_examples(desk, reason)
        invented = [row for row in persons.everybody(desk.session) if row.example and row.active]
        for row in invented:
            people.deactivate(desk, row.id)
    click.echo(f"{len(numbers)} cases and recommendations removed, {len(invented)} people ended")


# --- the parts


def _acting(session: Session, email: str, now: datetime) -> Person:
    from introduction.domain.calendar import local_date
    from introduction.store import person as persons

    row = _person_row(session, email)
    if not row.active:
        raise click.ClickException(f"{email} can no longer act")
    return persons.as_person(session, row, local_date(now))


def _person_row(session: Session, email: str) -> PersonRow:
    from introduction.store import person as persons

    row = persons.by_email(session, email)
    if row is None:
        raise NotFound(f"person {email}")
    return row


def _role_named(name: str) -> Any:
    from introduction.domain.roles import Role

    try:
        return Role(name)
    except ValueError:
        raise click.ClickException(f"there is no role {name}: choose {', '.join(Role)}") from None


def _unit_named(desk: Desk, region_id: int, name: str) -> int:
    from introduction.domain.swedish import fold
    from introduction.store.unit import units_of

    found = [unit.id for unit in units_of(desk.session, region_id, desk.today) if fold(unit.name) == fold(name)]
    if len(found) != 1:
        raise click.ClickException(f"there {'is no unit' if not found else 'are several units'} named {name}")
    return found[0]


def _facts(given: Sequence[str]) -> dict[str, Any]:
    """Facts from the command line: JSON where it is JSON, a date where it is one, else text."""
    facts: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"write FACT=VALUE, not {pair!r}")
        facts[key] = _value(value)
    return facts


def _value(text: str) -> Any:
    try:
        return date.fromisoformat(text) if len(text) == 10 else json.loads(text)
    except ValueError:
        return text


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _write_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    main()
