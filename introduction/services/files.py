"""Reads everything that the page of a case or a recommendation shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.messages import Message
from introduction.domain.process.definition import Action, FollowOn
from introduction.domain.process.guards import Need, answers
from introduction.domain.process.timing import Text
from introduction.domain.roles import Right, Role, can, demand, visible, why_not
from introduction.services import follow_up, outcomes, steps, subjects, unfunded
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.outcomes import Mark
from introduction.services.overview import Holder
from introduction.services.past import Entry, PhaseLine, history_of, phases_of
from introduction.services.subjects import Subject
from introduction.store import analysis as analysis_store
from introduction.store import case as case_store
from introduction.store import comment as comment_store
from introduction.store import listing
from introduction.store import person as persons
from introduction.store import recommendation as recommendation_store
from introduction.store import unit as units
from introduction.store.analysis import Analysis
from introduction.store.case import Case
from introduction.store.comment import Comment
from introduction.store.decision import Decision, decisions_of
from introduction.store.follow_up import FollowUpReport, HandoverConfirmation, confirmations_of, reports_of
from introduction.store.grant import GrantRow, grants_of
from introduction.store.instance import get
from introduction.store.recommendation import Recommendation, RecommendationVersion
from introduction.store.task import TaskRow


@dataclass(frozen=True)
class Offer:
    """An action drawn from the stage: what it still needs, and why the reader may not take it (None: may)."""

    action: Action
    needs: Sequence[Need]
    why_not: Message | None

    @property
    def ready(self) -> bool:
        """True when every guard holds."""
        return all(need.reason is None for need in self.needs)


@dataclass(frozen=True)
class TaskLine:
    """A task as the page shows it."""

    row: TaskRow
    title: Text
    holder: Holder
    unit: str | None
    due_on: date | None
    may_do: bool
    planned: bool  #: it opens later


@dataclass(frozen=True)
class DateLine:
    """A day on the page: what, when, and where the day comes from."""

    title: Text
    due_on: date
    anchor: str
    kind: str


@dataclass(frozen=True)
class LinkLine:
    """A link to another case."""

    kind: str
    number: str
    medicine: str
    indication: str
    outgoing: bool


@dataclass(frozen=True)
class InstanceFile:
    """What a case's and a recommendation's page have in common."""

    subject: Subject
    about: About
    offers: Sequence[Offer]
    tasks: Sequence[TaskLine]
    dates: Sequence[DateLine]
    history: Sequence[Entry]
    people: Mapping[int, str]
    unit_names: Mapping[int, str]  #: of the whole region, since the history may name units that no longer take part
    editable: bool


@dataclass(frozen=True)
class CaseFile(InstanceFile):
    """The page of a case."""

    phases: Sequence[PhaseLine]
    growths: Sequence[FollowOn]
    recommendation: Recommendation | None
    versions: Sequence[RecommendationVersion]
    decisions: Sequence[Decision]
    grants: Sequence[GrantRow]
    reports: Sequence[FollowUpReport]
    counts_seen: frozenset[int]  #: the reports whose counts the reader may see, small as they may be
    confirmations: Sequence[HandoverConfirmation]
    links: Sequence[LinkLine]
    comments: Sequence[Comment]
    reads_internal: bool
    analyses: Sequence[Analysis]  #: what it costs, the newest first
    rested_on: Mapping[int, int]  #: the number of the analysis that each decision rested on, by decision
    mark: Mark | None  #: the outcome lies outside the forecast
    unfunded: Sequence[int]  #: budget years that it was approved for and has no money


@dataclass(frozen=True)
class RecommendationFile(InstanceFile):
    """The page of a recommendation."""

    versions: Sequence[RecommendationVersion]
    cases: Sequence[listing.CaseRow]  #: those that rest on it and that the reader may see


def case_file(desk: Desk, number: str) -> CaseFile:
    """The file of a case. Raises NotFound, and NotAllowed when the reader may not see it."""
    row = case_store.by_number(desk.session, number)
    subject = subjects.read(desk, get(desk.session, row.id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    shared = common(desk, subject)
    session = desk.session
    recommendation = session.get(Recommendation, row.recommendation_id) if row.recommendation_id else None
    reads_internal = can(desk.by, Right.READ_INTERNAL, subject.scope) is None
    reports = reports_of(session, row.id)
    own = follow_up.own_units(desk, subject)
    return CaseFile(
        **shared,
        phases=phases_of(subject, shared["history"]),
        growths=[
            growth
            for growth in subject.definition.follow_on
            if growth.grows_from(subject.instance.stage) and why_not(desk.by, growth.by, subject.scope) is None
        ],
        recommendation=recommendation,
        versions=recommendation_store.versions_of(session, recommendation.id) if recommendation else [],
        decisions=decisions_of(session, row.id),
        grants=grants_of(session, row.id),
        reports=reports,
        counts_seen=frozenset(report.id for report in reports if reads_internal or report.unit_id in own),
        confirmations=confirmations_of(session, row.id),
        links=_links(desk, row),
        comments=comment_store.comments_of(session, row.id, internal=reads_internal),
        reads_internal=reads_internal,
        analyses=analysis_store.of_case(session, row.id),
        rested_on=analysis_store.of_decisions(session, row.id),
        mark=outcomes.mark_of(desk, row.id),
        unfunded=unfunded.years_of(desk, [row.id]).get(row.id, ()) if row.fact("financed_until") else (),
    )


def recommendation_file(desk: Desk, number: str) -> RecommendationFile:
    """The file of a recommendation. Raises NotFound or NotAllowed."""
    row = recommendation_store.by_number(desk.session, number)
    subject = subjects.read(desk, get(desk.session, row.id))
    demand(desk.by, Right.VIEW_RECOMMENDATION, subject.scope)
    return RecommendationFile(
        **common(desk, subject),
        versions=recommendation_store.versions_of(desk.session, row.id),
        cases=listing.resting_on(desk.session, visible(desk.by), row.id) if desk.by else [],
    )


def may_assign(desk: Desk, subject: Subject) -> bool:
    """True when the reader may give tasks to people."""
    return can(desk.by, Right.ASSIGN, subject.scope) is None


def offers(desk: Desk, subject: Subject) -> list[Offer]:
    """Every action drawn from the stage where the instance stands, with what it needs and who may take it."""
    return [
        Offer(
            action,
            answers(action.needs, subject.situation),
            why_not(desk.by, action.by, subject.scope),
        )
        for action in subject.definition.actions_from(subject.instance.stage)
    ]


def common(desk: Desk, subject: Subject) -> dict[str, Any]:
    """The parts of InstanceFile, by name, for the file of any noun."""
    people = persons.names(desk.session)
    history = history_of(desk, subject, people)
    return {
        "subject": subject,
        "about": About.of(desk.session, subject.row),
        "offers": offers(desk, subject),
        "tasks": _tasks(desk, subject, people),
        "dates": _dates(subject),
        "history": history,
        "people": people,
        "unit_names": units.names_in(desk.session, subject.instance.region_id),
        "editable": subject.instance.closed_on is None and can(desk.by, Right.EDIT_FACTS, subject.scope) is None,
    }


def _tasks(desk: Desk, subject: Subject, people: Mapping[int, str]) -> list[TaskLine]:
    due = {row.task_id: row.due_on for row in subject.due_dates if row.task_id is not None}
    lines = []
    for row in subject.tasks:
        if row.state == "cancelled":
            continue
        unit = subject.unit_names.get(row.unit_id) if row.unit_id else None
        assignee = people.get(row.assignee_id) if row.assignee_id else None
        lines.append(
            TaskLine(
                row=row,
                title=subject.task_named(row.name).title,
                holder=Holder(assignee or unit, Role(row.role), subject.definition.region),
                unit=unit,
                due_on=due.get(row.id),
                may_do=steps.may_do(desk.by, subject, row),
                planned=row.state == "open" and row.opens_on > desk.today,
            )
        )
    return lines


def _dates(subject: Subject) -> list[DateLine]:
    milestones = {milestone.id: milestone.title for milestone in subject.definition.milestone}
    lines = []
    for row in subject.due_dates:
        if row.kind == "task" or (row.kind == "stage" and row.state == "done"):
            continue
        title = milestones[row.name] if row.kind == "milestone" else subject.definition.stage_named(row.name).title
        lines.append(DateLine(title, row.due_on, row.anchor, row.kind))
    return sorted(lines, key=lambda line: line.due_on)


def _links(desk: Desk, row: Case) -> list[LinkLine]:
    lines = []
    for link in case_store.links_of(desk.session, row.id):
        outgoing = link.case_id == row.id
        other = desk.session.get_one(Case, link.other_id if outgoing else link.case_id)
        treating = case_store.treating_unit_ids(desk.session, other.id)
        if can(desk.by, Right.VIEW_CASE, subjects.scope_of(get(desk.session, other.id), other, treating)) is not None:
            continue
        about = About.of(desk.session, other)
        lines.append(LinkLine(link.kind, other.public_number, about.medicine, about.indication, outgoing))
    return lines
