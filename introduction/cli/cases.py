"""Lists, shows and moves cases, as a named person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from introduction.cli.place import Place, as_json, as_person, unit_named, write_json
from introduction.domain.errors import NotFound

if TYPE_CHECKING:
    from introduction.domain.roles import Person
    from introduction.services.subjects import Subject
    from introduction.store.listing import CaseRow


@click.group()
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
        write_json([_row_told(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.number:<14} {row.stage:<28} {row.next_due_on or '':<12} {row.medicine}: {row.indication}")


def _row_told(row: CaseRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in ("id", "region_id")}


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
        write_json(told)
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
        unit_id = unit_named(desk, by_slug(desk.session, definition.region).id, unit) if unit else None
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
    for read in (json.loads, date.fromisoformat):
        with suppress(ValueError):
            return read(text)
    return text
