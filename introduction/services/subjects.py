"""Reads an instance with all that the rules want to know of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import bindparam, select

from introduction.domain import partial
from introduction.domain.process.definition import Definition, Phase, ProcessTask, Task
from introduction.domain.process.region import Region
from introduction.domain.process.situation import Grant, Situation, TaskState
from introduction.domain.roles import Scope
from introduction.domain.subjects import SUBJECTS, fields_of
from introduction.services import application_ground, claim_ground
from introduction.services.desk import Desk
from introduction.store import claim as claims
from introduction.store import unit as units
from introduction.store.analysis import approved_id
from introduction.store.case import Case, TreatingUnit
from introduction.store.decision import Decision, decisions_of
from introduction.store.follow_up import confirmations_of, proposals_of, reports_of
from introduction.store.grant import grants_of
from introduction.store.instance import Instance
from introduction.store.nouns import ROWS, Row
from introduction.store.recommendation import Recommendation, RecommendationVersion, last_version
from introduction.store.task import DueDate, TaskRow, due_dates_of, due_dates_of_each, tasks_of, tasks_of_each
from introduction.store.unit import Unit

_COST_GUARD = "budget_impact_if_demanded"
#: The outcomes of a decision by which the region pays for an introduction, or goes on paying.
PAYING_OUTCOMES = ("approved", "approved_with_conditions", "extended")


@dataclass(frozen=True)
class Ground:
    """How a subject's own rules get what they want to know: what is gathered, and what is locked before a change."""

    situate: Callable[[Desk, Row, Situation], Situation]
    hold: Callable[[Desk, Row], None] | None = None


_GROUNDS: Mapping[str, Ground] = {
    "funding_application": Ground(application_ground.situate),
    "claim": Ground(claim_ground.situate, claim_ground.hold),
}


@dataclass
class Subject:
    """An instance, its noun's row, its definition, and the rows that hang on it."""

    instance: Instance
    row: Row
    definition: Definition
    region: Region
    tasks: list[TaskRow]
    due_dates: list[DueDate]
    treating_units: list[tuple[int, str]]
    situation: Situation
    scope: Scope
    unit_names: Mapping[int, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The public number."""
        return self.row.public_number

    @property
    def phase(self) -> Phase | None:
        """The phase of a case."""
        return Phase(self.row.phase) if isinstance(self.row, Case) else None

    @property
    def rests_in_the_past(self) -> bool:
        """True for what was recorded afterwards and has not been moved since: what was due then is past."""
        return self.row.recorded_afterwards and self.instance.stage_entered_on == self.instance.opened_on

    def task_named(self, name: str) -> Task | ProcessTask:
        """The task's words and rules in the definition. KeyError when there is none of the name."""
        return task_named(self.definition, name)


def task_named(definition: Definition, name: str) -> Task | ProcessTask:
    """A stage's or the process's task of a name. KeyError when there is none."""
    return _tasks(definition)[name]


@functools.lru_cache(maxsize=64)
def _tasks(definition: Definition) -> Mapping[str, Task | ProcessTask]:
    of_stages = {task.id: task for stage in definition.stage for task in stage.task}
    return {**of_stages, **{task.id: task for task in definition.task}}


def read(desk: Desk, instance: Instance) -> Subject:
    """Gather an instance and everything that hangs on it."""
    tasks, due_dates = tasks_of(desk.session, instance.id), due_dates_of(desk.session, instance.id)
    found = _gathered(desk, instance, row_of(desk, instance), tasks, due_dates)
    found.situation = with_records(desk, found.row, found.situation)
    return found


def read_claims(desk: Desk, held: Mapping[int, Instance]) -> list[Subject]:
    """Gather some claims that are locked, in a constant number of statements, in the order of ``held``."""
    session, ids = desk.session, list(held)
    rows, tasks, due_dates = claims.some(session, ids), tasks_of_each(session, ids), due_dates_of_each(session, ids)
    found = [_gathered(desk, one, rows[one.id], tasks[one.id], due_dates[one.id]) for one in held.values()]
    situated = claim_ground.situate_all(desk, [(subject.row, subject.situation) for subject in found])
    for subject, situation in zip(found, situated, strict=True):
        subject.situation = situation
    return found


def _gathered(desk: Desk, instance: Instance, row: Row, tasks: list[TaskRow], due_dates: list[DueDate]) -> Subject:
    """The subject of an instance whose rows were read; its situation lacks what ``with_records`` adds."""
    session = desk.session
    definition = desk.catalogue.get(instance.definition_id, instance.definition_version)
    region = desk.catalogue.region_of(definition)
    treating = _treating(desk, row)
    unit_names = dict(treating)
    missing = {task.unit_id for task in tasks if task.unit_id is not None} - set(unit_names)
    unit_names |= units.names(session, missing)
    situation = Situation(
        definition=definition,
        region=region,
        stage=instance.stage,
        today=desk.today,
        stage_entered=instance.stage_entered_on,
        opened=instance.opened_on,
        facts=facts_of(instance.subject, row, treating),
        tasks=tuple(_task_state(task, definition, unit_names) for task in tasks),
        treating_units=tuple(treating),
        round_cut_off=row.round_cut_off if isinstance(row, Case) else None,
    )
    return Subject(
        instance=instance,
        row=row,
        definition=definition,
        region=region,
        tasks=tasks,
        due_dates=due_dates,
        treating_units=treating,
        situation=situation,
        scope=scope_of(instance, row, [unit for unit, _name in treating]),
        unit_names=unit_names,
    )


def facts_of(subject: str, row: Row, treating: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """All facts of an instance's row, unknown ones as None."""
    facts = {key: row.fact(key) for key in fields_of(subject) if key != "treating_units"}
    if SUBJECTS[subject].has_treating_units:
        facts["treating_units"] = tuple(unit for unit, _name in treating)
    return facts


def scope_of(instance: Instance, row: Row, treating: Sequence[int]) -> Scope:
    """What rights over the instance depend on: its region and the units concerned."""
    concerned = {*treating, *([row.own_unit_id] if row.own_unit_id else [])}
    return Scope(instance.region_id, frozenset(concerned))


def row_of(desk: Desk, instance: Instance) -> Row:
    """The row of the instance's noun, read afresh."""
    return cast("Row", desk.session.get_one(ROWS[instance.subject], instance.id, populate_existing=True))


def hold(desk: Desk, instance: Instance) -> None:
    """Lock what the rules of the subject look at beside the instance, which is locked already."""
    ground = _GROUNDS.get(instance.subject)
    if ground is not None and ground.hold is not None:
        ground.hold(desk, row_of(desk, instance))


_TREATING = (
    select(Unit.id, Unit.name)
    .join(TreatingUnit, TreatingUnit.unit_id == Unit.id)
    .where(TreatingUnit.case_id == bindparam("case_id"))
    .order_by(Unit.sort_key)
)


def _treating(desk: Desk, row: Row) -> list[tuple[int, str]]:
    if not isinstance(row, Case):
        return []
    return [(unit_id, name) for unit_id, name in desk.session.execute(_TREATING, {"case_id": row.id})]


def _task_state(task: TaskRow, definition: Definition, unit_names: Mapping[int, str]) -> TaskState:
    return TaskState(
        id=task.id,
        task=task.name,
        title=task_named(definition, task.name).title,
        open=task.state == "open",
        optional=task.optional,
        of_stage=task.stage is not None,
        unit_id=task.unit_id,
        unit=unit_names.get(task.unit_id) if task.unit_id else None,
    )


def with_advice(desk: Desk, row: Row, situation: Situation) -> Situation:
    """The situation with the national advice that a case rests on; of a recommendation, its own last."""
    version: RecommendationVersion | None
    if isinstance(row, Recommendation):
        version = last_version(desk.session, row.id)
    elif isinstance(row, Case) and row.recommendation_id is not None:
        version = desk.session.scalar(
            select(RecommendationVersion).where(
                RecommendationVersion.recommendation_id == row.recommendation_id,
                RecommendationVersion.version == row.recommendation_version,
            )
        )
    else:
        version = None
    if version is None:
        return situation
    issued = partial.first_day(version.issued_on) if version.issued_on else None
    return replace(situation, advice_level=version.level, advice_on=issued)


def _with_analysis(desk: Desk, row: Case, situation: Situation) -> Situation:
    """Whether what a yes costs is approved; asked only where an action of the stage wants to know."""
    if not situation.region.value("demands_budget_impact", situation.today):
        return situation
    if not any(_COST_GUARD in action.needs for action in situation.definition.actions_from(situation.stage)):
        return situation
    return replace(situation, analysis_approved=approved_id(desk.session, row.id) is not None)


def handover_since(decisions: Iterable[Decision]) -> datetime | None:
    """After when proposals and answers at a handover count: the last decision to go on paying, or to pay again."""
    paying = [decision.recorded_at for decision in decisions if decision.outcome in PAYING_OUTCOMES]
    return max(paying) if len(paying) > 1 else None


def with_records(desk: Desk, row: Row, situation: Situation) -> Situation:
    """The situation with the advice, decisions, grants, reports and answers that have come, or its subject's ground."""
    ground = _GROUNDS.get(situation.definition.subject)
    if ground is not None:
        return ground.situate(desk, row, situation)
    situation = with_advice(desk, row, situation)
    if not isinstance(row, Case) or row.phase == Phase.NATIONAL_RECOMMENDATION:
        return situation
    decisions = decisions_of(desk.session, row.id)
    decided = [decision.decided_on for decision in decisions if decision.decided_on]
    last: date | None = partial.first_day(max(decided)) if decided else None
    situation = replace(situation, last_decision_on=last)
    if row.phase == Phase.REGIONAL_DECISION:
        return _with_analysis(desk, row, situation)
    since = handover_since(decisions)
    answers = [a for a in confirmations_of(desk.session, row.id) if since is None or a.recorded_at > since]
    proposals = [p for p in proposals_of(desk.session, row.id) if since is None or p.recorded_at > since]
    return replace(
        situation,
        grants=tuple(
            Grant(grant.unit_id or 0, grant.budget_year, grant.ceiling_ore) for grant in grants_of(desk.session, row.id)
        ),
        confirmations={answer.unit_id: answer.answer for answer in answers},
        proposed=frozenset(proposal.unit_id for proposal in proposals),
        reports=len(reports_of(desk.session, row.id)),
        goals_planned=claim_ground.is_planned(desk, row.id),
    )
