"""National recommendations: starting one, and the versions that came before this product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from introduction.domain import facts, partial
from introduction.domain.fields import RECOMMENDATION_FIELDS, RECORDS
from introduction.domain.process.definition import Definition
from introduction.domain.roles import Right, Scope, demand
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.opening import begin, open_instance, way_in
from introduction.services.subjects import Subject
from introduction.store.instance import Instance
from introduction.store.recommendation import Recommendation, RecommendationVersion, last_version


def start(
    desk: Desk,
    route: str,
    about: About,
    *,
    given: Mapping[str, Any] | None = None,
    note: str = "",
    example: bool = False,
    origin: str = "horizon_scan",
) -> Subject:
    """Open the national process for a medicine and indication, by ``hospital_medicine`` or ``benefit_medicine``.

    ``origin`` names the way in. Raises NotFound (no such way in), NotAllowed, InvalidInput.
    """
    demand(desk.by, Right.EDIT_RECOMMENDATION, Scope(None))
    definition = desk.catalogue.latest(f"national.{route}")
    way = way_in(definition, origin)
    fields = {key: RECOMMENDATION_FIELDS[key] for key in way.asks + way.may}
    values = facts.accept(given or {}, fields, way.asks, {})
    subject = _open(desk, definition, way.stage, about, opened=desk.today, example=example)
    changes.write_facts(desk, subject, values)
    log.record(
        desk,
        subject.instance,
        "recommendation_started",
        number=subject.number,
        definition=f"{definition.id}@{definition.version}",
        goal=way.stage,
        medicine=about.medicine,
        indication=about.indication,
        note=changes.accept_note(note) or None,
        changes=log.changes({}, values) or None,
    )
    return begin(desk, subject)


def record_version(
    desk: Desk, route: str, stage: str, about: About, values: Mapping[str, Any], *, source: str, note: str = ""
) -> Subject:
    """Record a recommendation from before the product, past the guards, with its date as well as it is known.

    ``values`` are fields of a recommendation version; ``issued_on`` may be a date of any precision or None.
    Later versions of the same medicine and indication join the chain. What is unknown stays unknown, and
    nothing recorded afterwards opens a task or falls due: what was due then is past.
    """
    desk.demand_administration(Right.RECORD_HISTORY, Scope(None))
    definition = desk.catalogue.latest(f"national.{route}")
    issued: str | None = values.get("issued_on")
    known = partial.first_day(partial.parse(issued)) if issued is not None else None
    subject = _existing(desk, about) or _open(
        desk, definition, stage, about, opened=known or desk.today, afterwards=True
    )
    _stand(subject.instance, stage, known)
    fields = RECORDS["recommendation_version"]
    rest = {key: value for key, value in values.items() if key != "issued_on"}
    accepted = facts.accept(rest, fields, ("level", "wording"), {})
    previous = last_version(desk.session, subject.instance.id)
    version = RecommendationVersion(
        recommendation_id=subject.instance.id,
        version=previous.version + 1 if previous else 1,
        issued_on=issued,
        source=source[:500],
        recorded_by=desk.user_id,
        recorded_at=desk.now,
        **{key: value for key, value in accepted.items() if not facts.is_empty(value) and key != "source"},
    )
    desk.session.add(version)
    log.record(
        desk,
        subject.instance,
        "history_recorded",
        issued,
        goal=stage,
        source=source,
        note=changes.accept_note(note) or None,
        record={"recommendation_version": {**accepted, "issued_on": issued, "version": version.version}},
    )
    subject.instance.revision += 1
    return changes.reread(desk, subject)


def _stand(instance: Instance, stage: str, known: date | None) -> None:
    """Put a recorded recommendation where its newest version leaves it."""
    instance.stage = stage
    if known is not None:
        instance.opened_on, instance.stage_entered_on = min(instance.opened_on, known), known


def _existing(desk: Desk, about: About) -> Subject | None:
    medicine, indication = about.rows(desk.session)
    found = desk.session.query(Recommendation).filter_by(medicine_id=medicine.id, indication_id=indication.id).first()
    return None if found is None else changes.load(desk, found.id, None)


def _open(
    desk: Desk,
    definition: Definition,
    stage: str,
    about: About,
    *,
    opened: date,
    example: bool = False,
    afterwards: bool = False,
) -> Subject:
    medicine, indication = about.rows(desk.session, example=example)
    instance, number = open_instance(desk, definition, stage, opened)
    desk.session.add(
        Recommendation(
            id=instance.id,
            public_number=number,
            medicine_id=medicine.id,
            indication_id=indication.id,
            route=definition.id.split(".")[1],
            example=example,
            recorded_afterwards=afterwards,
            sort_key=medicine.sort_key,
            search_text=about.search_text(number),
        )
    )
    desk.session.flush()
    return subjects.read(desk, instance)
