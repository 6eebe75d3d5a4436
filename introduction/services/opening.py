"""Opens an instance of a process: its row, its number, its first tasks and dates."""

from __future__ import annotations

from datetime import date

from introduction.domain.errors import NotFound
from introduction.domain.process.definition import Definition, Start
from introduction.services import plan, subjects
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import series
from introduction.store.instance import Instance
from introduction.store.region import all_regions


def way_in(definition: Definition, origin: str) -> Start:
    """The way in of a name. Raises NotFound."""
    for way in definition.start:
        if way.origin == origin:
            return way
    raise NotFound(f"{definition.id} has no start by {origin}")


def ways_in(desk: Desk) -> list[tuple[Definition, Start]]:
    """The ways into a case that the acting person may use, by process."""
    if desk.by is None:
        return []
    slugs = {region.slug: region.id for region in all_regions(desk.session)}
    return [
        (definition, way)
        for definition in desk.catalogue.newest()
        if definition.subject == "case" and definition.region in slugs
        for way in definition.start
        if set(way.by) & desk.by.roles_in(slugs[definition.region])
    ]


def open_instance(
    desk: Desk, definition: Definition, stage_id: str, opened_on: date, region_id: int | None = None
) -> tuple[Instance, str]:
    """An instance in a stage since a day, and the public number that its noun's row takes.

    It is closed already when the stage is an end, which only what is recorded afterwards can begin in.
    """
    ended = definition.stage_named(stage_id).kind == "end"
    instance = Instance(
        subject=definition.subject,
        region_id=region_id,
        definition_id=definition.id,
        definition_version=definition.version,
        stage=stage_id,
        stage_entered_on=opened_on,
        opened_on=opened_on,
        closed_on=opened_on if ended else None,
        revision=1,
    )
    desk.session.add(instance)
    desk.session.flush()
    return instance, series.draw(desk.session, desk.catalogue.region_of(definition).prefix, opened_on.year)


def begin(desk: Desk, subject: Subject) -> Subject:
    """Open the first stage's tasks and derive its dates, once all facts stand; the revision stays one."""
    desk.session.flush()
    subject = subjects.read(desk, subject.instance)
    plan.enter(desk, subject, subject.definition.stage_named(subject.instance.stage))
    plan.derive(desk, subject)
    desk.session.flush()
    return subject
