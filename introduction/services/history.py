"""Records what happened in a region before the product: facts with their source, past the guards.

Unknown stays unknown. Nothing recorded afterwards opens a task: what was due then is past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from introduction.domain import facts, partial
from introduction.domain.fields import CASE_FIELDS, OUTCOMES
from introduction.domain.process.definition import Phase, Stage
from introduction.domain.roles import Right, Scope
from introduction.services import log, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.opening import open_instance
from introduction.services.subjects import Subject
from introduction.store.case import Case, CaseLink
from introduction.store.decision import Decision
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.region import by_slug


@dataclass(frozen=True)
class PastDecision:
    """A decision as far as its source tells: outcome, day (any precision or None) and body."""

    outcome: str
    decided_on: str | None = None
    body: str | None = None
    reasons: str | None = None


@dataclass(frozen=True)
class Past:
    """A case from before the product, at the stage where its sources leave it."""

    definition_id: str
    stage: str
    about: About
    source: str
    happened_on: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    decision: PastDecision | None = None
    grants_ore: Mapping[int, int | None] = field(default_factory=dict)  #: budget year → ceiling; None: not known
    grows_from: Subject | None = None
    link: str = "renominated_from"


def record_history(desk: Desk, past: Past) -> Subject:
    """Record a case from before the product. Raises NotAllowed, NotFound, InvalidInput, Refused (a date)."""
    definition = desk.catalogue.latest(past.definition_id)
    region = by_slug(desk.session, definition.region)
    desk.demand_administration(Right.RECORD_HISTORY, Scope(region.id))
    stage = definition.stage_named(past.stage)
    if past.happened_on is not None:
        partial.parse(past.happened_on)
    values = facts.accept(past.facts, CASE_FIELDS, (), {})
    known = partial.first_day(past.happened_on) if past.happened_on else desk.today
    instance, number = open_instance(desk, definition, stage.id, known, region.id)
    _add_case(desk, past, instance, number, stage, values)
    _add_rows(desk, past, instance.id)
    if past.grows_from is not None:
        desk.session.add(
            CaseLink(
                case_id=instance.id,
                other_id=past.grows_from.instance.id,
                kind=past.link,
                made_by=desk.user_id,
                made_at=desk.now,
            )
        )
    log.record(
        desk,
        instance,
        "history_recorded",
        past.happened_on,
        number=number,
        definition=f"{definition.id}@{definition.version}",
        goal=stage.id,
        medicine=past.about.medicine,
        indication=past.about.indication,
        source=past.source,
        changes=log.changes({}, values) or None,
        record=_told(past),
        link={"kind": past.link, "other": past.grows_from.number} if past.grows_from else None,
    )
    desk.session.flush()
    return subjects.read(desk, instance)


def _add_case(desk: Desk, past: Past, instance: Instance, number: str, stage: Stage, values: Mapping[str, Any]) -> None:
    """Add the case's own row."""
    medicine, indication = past.about.rows(desk.session)
    desk.session.add(
        Case(
            id=instance.id,
            public_number=number,
            region_id=instance.region_id,
            phase=stage.phase or Phase.REGIONAL_DECISION,
            medicine_id=medicine.id,
            indication_id=indication.id,
            origin="recorded",
            recorded_afterwards=True,
            history_source=past.source,
            sort_key=medicine.sort_key,
            search_text=past.about.search_text(number),
            **{key: value for key, value in values.items() if key != "treating_units"},
        )
    )
    desk.session.flush()


def _add_rows(desk: Desk, past: Past, case_id: int) -> None:
    if past.decision is not None:
        assert past.decision.outcome in OUTCOMES, past.decision.outcome
        desk.session.add(
            Decision(
                case_id=case_id,
                outcome=past.decision.outcome,
                decided_on=past.decision.decided_on,
                body=past.decision.body,
                reasons=past.decision.reasons,
                source=past.source,
                recorded_by=desk.user_id,
                recorded_at=desk.now,
            )
        )
    for year, ceiling in past.grants_ore.items():
        if ceiling is not None:
            desk.session.add(
                GrantRow(
                    case_id=case_id,
                    budget_year=year,
                    ceiling_ore=ceiling,
                    recorded_by=desk.user_id,
                    recorded_at=desk.now,
                )
            )


def _told(past: Past) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    if past.decision is not None:
        told["decision"] = {"outcome": past.decision.outcome, "decided_on": past.decision.decided_on}
    if past.grants_ore:
        told["grants"] = {str(year): ceiling for year, ceiling in past.grants_ore.items()}
    return told or None
