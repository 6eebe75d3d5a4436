"""What came of an introduction: the units side by side, goals against outcome, equality, cost against forecast.

It is told as it stands, or as it stood when a conclusion was drawn. Counts that a reader may not see are gone from what
is read here, so that no page can let them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from introduction.domain.errors import NotFound, Refused
from introduction.domain.followup.small import hidden_rows
from introduction.domain.messages import say
from introduction.domain.outcome import SMALL, gives_away
from introduction.domain.roles import LOCAL_ROLES, Right, can, demand
from introduction.services import conclusions, follow_up_goals, follow_up_ground, follow_up_groups, steps, subjects
from introduction.services.conclusions import Conclusion
from introduction.services.desk import Desk
from introduction.services.follow_up_expected import Expected
from introduction.services.follow_up_goals import GoalLine
from introduction.services.follow_up_ground import Ground, UnitGround, Waiting
from introduction.services.follow_up_groups import Areas, Division
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import case as cases
from introduction.store import instance as instances
from introduction.store.case import Case
from introduction.store.follow_up import FollowUpReport
from introduction.store.indicator import Indicator

_SOME = ("registry", "start_met", "stop_met")


@dataclass(frozen=True)
class Counts:
    """A unit's counts of patients from the start of the introduction on; None for what was not reported."""

    started: int
    continuing: int
    stopped: int
    registry: int | None
    start_met: int | None
    stop_met: int | None

    @classmethod
    def of(cls, row: FollowUpReport) -> Counts:
        """What a report says."""
        return cls(
            row.patients_started,
            row.patients_continuing,
            row.patients_stopped,
            row.registry_covered,
            row.start_criteria_met,
            row.stop_criteria_met,
        )

    @property
    def coverage(self) -> float | None:
        """The share of those who have begun who stand in the register."""
        return self.registry / self.started if self.registry is not None and self.started else None

    def cells(self) -> list[int]:
        """The counts that a table tells of, and what follows from them: those of whom it is not said how it went."""
        return [self.started, self.continuing, self.stopped, self.started - self.continuing - self.stopped]

    def without_small(self) -> Counts:
        """The same without the counts of some who have begun that tell of few, or leave few."""

        def kept(count: int | None) -> int | None:
            return None if count is not None and _tells(count, self.started) else count

        return replace(self, registry=kept(self.registry), start_met=kept(self.start_met), stop_met=kept(self.stop_met))


def _tells(count: int, started: int) -> bool:
    return 0 < count < SMALL or 0 < started - count < SMALL


@dataclass(frozen=True)
class UnitLine:
    """A unit's last report as the reader may see it. ``counts`` is None where none has come, or where it is hidden."""

    unit_id: int
    name: str
    own: bool
    until: date | None = None  #: the last day that the report tells of; None: it has not reported
    counts: Counts | None = None
    hidden: bool = False
    cost_ore: int | None = None
    expected: Expected | None = None
    late_days: int = 0  #: so late the report came
    obstacles: str | None = None
    result: str | None = None
    waiting: Sequence[Waiting] = ()

    @property
    def overdue(self) -> Waiting | None:
        """The report that has been late longest."""
        return next((one for one in self.waiting if one.late), None)


@dataclass(frozen=True)
class Summary:
    """Everything that the page of a case's follow-up shows, or what a conclusion rests on."""

    subject: Subject
    case: Case
    about: About
    started: date | None  #: when the introduction began
    plan: Sequence[Indicator]
    lines: Sequence[UnitLine]
    together: Counts | None  #: all units together; None where nobody has reported, or where it would tell too much
    divisions: Sequence[Division]  #: those who have begun
    stopped: Division | None  #: those who have stopped, by reason
    areas: Areas
    goals: Sequence[GoalLine]
    conclusion: Conclusion | None
    earlier: Sequence[Conclusion]  #: the conclusions that stand no more, newest first
    shows_small: bool
    reports: Sequence[FollowUpReport]  #: those whose counts the reader may see, newest first
    forecast: int | None  #: the number of the analysis that use and cost are held against
    conclude: int | None  #: the open task in which the conclusion is written
    today: date

    @property
    def reported(self) -> list[UnitLine]:
        """The units that have reported."""
        return [line for line in self.lines if line.until is not None]

    @property
    def overdue(self) -> list[UnitLine]:
        """The units with a report that is late."""
        return [line for line in self.lines if line.overdue is not None]

    @property
    def until(self) -> date | None:
        """The last day that any report tells of."""
        return max((line.until for line in self.lines if line.until), default=None)

    def stops(self) -> bool:
        """True when the conclusion is to end the introduction early and that is not decided yet."""
        concluded = self.conclusion is not None and self.conclusion.outcome == "stop"
        return concluded and self.subject.instance.closed_on is None


def view(desk: Desk, number: str) -> Summary:
    """The follow-up of a case. Raises NotFound and NotAllowed."""
    row = cases.by_number(desk.session, number)
    subject = subjects.read(desk, instances.get(desk.session, row.id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    return of_subject(desk, subject)


def of_subject(desk: Desk, subject: Subject) -> Summary:
    """The follow-up of a case that has been read. The caller has asked whether the reader may see it."""
    every = conclusions.drawn(desk, subject)
    standing = conclusions.standing(subject, every)
    summary = _summary(desk, subject, follow_up_ground.now(desk, subject), standing)
    earlier = [one for one in reversed(every) if one is not standing]
    return replace(summary, earlier=earlier, conclude=_conclude(desk, subject))


def concluded(desk: Desk, number: str, event: int | None = None) -> Summary:
    """What a conclusion of a case rests on: that of an event of its chain, else the one that stands.

    Raises NotFound, NotAllowed, and Refused where none stands, or where it is not whole.
    """
    row = cases.by_number(desk.session, number)
    subject = subjects.read(desk, instances.get(desk.session, row.id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    every = conclusions.drawn(desk, subject)
    if event is None:
        chosen = conclusions.standing(subject, every)
    else:
        chosen = next((one for one in every if one.event == event), None)
        if chosen is None:
            raise NotFound(f"conclusion {event} of {number}")
    if chosen is None or chosen.ground is None or not chosen.printed:
        raise Refused(say("Det finns ingen slutsats än. Skriv vad det blir av införandet, och varför"))
    return _summary(desk, subject, follow_up_ground.kept(desk, subject, chosen.ground), chosen)


def _summary(desk: Desk, subject: Subject, ground: Ground, conclusion: Conclusion | None) -> Summary:
    row = subject.row
    assert isinstance(row, Case), "cases are followed up"
    newest = ground.newest
    sight = _sight(desk, subject, list(newest.values()))
    groups = follow_up_groups.Seen(sight.known, sight.others, sums=sight.sums)
    names = [(unit.unit_id, unit.name) for unit in ground.units]
    return Summary(
        subject=subject,
        case=row,
        about=About.of(desk.session, row),
        started=ground.started,
        plan=ground.plan,
        lines=[_line(unit, newest.get(unit.unit_id), sight) for unit in ground.units],
        together=_together(sight) if sight.sums and newest else None,
        divisions=follow_up_groups.divisions(groups, subject.region),
        stopped=follow_up_groups.stopped(groups),
        areas=follow_up_groups.areas(groups, subject.region),
        goals=follow_up_goals.goals(desk, ground.plan, ground.reports, sight.hidden, names),
        conclusion=conclusion,
        earlier=(),
        shows_small=sight.all,
        reports=[report for report in reversed(ground.reports) if sight.knows(report.unit_id)],
        forecast=ground.analysis,
        conclude=None,
        today=desk.today,
    )


def own_units(desk: Desk, subject: Subject) -> frozenset[int]:
    """The units of the reader's local roles in the case's region: their own reports they see as they are."""
    if desk.by is None:
        return frozenset()
    held = [m for m in desk.by.mandates if m.role in LOCAL_ROLES and m.region_id == subject.instance.region_id]
    return frozenset().union(*(mandate.unit_ids for mandate in held))


def sees_counts(desk: Desk, subject: Subject, unit_id: int | None) -> bool:
    """True when the reader may see every count that a unit reports."""
    return can(desk.by, Right.READ_INTERNAL, subject.scope) is None or unit_id in own_units(desk, subject)


# ------------------------------------------------------------------------------------- what the reader may see


@dataclass(frozen=True)
class _Sight:
    """Which of the units' last reports the reader knows, and what is hidden of the others."""

    all: bool
    own: frozenset[int]
    known: Sequence[FollowUpReport]
    others: Sequence[FollowUpReport]
    hidden: frozenset[int | None]  #: units
    sums: bool  #: of all units may be told

    def knows(self, unit_id: int | None) -> bool:
        return self.all or unit_id in self.own

    def counts(self, report: FollowUpReport) -> Counts | None:
        """A report's counts as the reader may see them."""
        if report.unit_id in self.hidden:
            return None
        counts = Counts.of(report)
        return counts if self.knows(report.unit_id) else counts.without_small()


def _sight(desk: Desk, subject: Subject, newest: Sequence[FollowUpReport]) -> _Sight:
    sees_all = can(desk.by, Right.READ_INTERNAL, subject.scope) is None
    own = own_units(desk, subject)
    known = [report for report in newest if sees_all or report.unit_id in own]
    others = [report for report in newest if report not in known]
    kept = hidden_rows([Counts.of(report).cells() for report in others])
    hidden = frozenset(report.unit_id for at, report in enumerate(others) if at in kept.hidden)
    return _Sight(sees_all, own, known, others, hidden, kept.sums)


def _together(sight: _Sight) -> Counts:
    """All units together, without what would tell of the counts that are hidden from the reader."""
    every = [Counts.of(report) for report in (*sight.known, *sight.others)]
    begun = [one.started for one in every]

    def sum_of(key: str) -> int | None:
        found = [getattr(one, key) for one in every]
        if any(one is None for one in found):
            return None
        kept = [(Counts.of(one), sight.counts(one)) for one in sight.others]
        gone = [raw for raw, shown in kept if shown is None or getattr(shown, key) is None]
        told = [getattr(one, key) for one in gone]
        left = [one.started - getattr(one, key) for one in gone]
        tells = any(sum(counts) > 0 and gives_away(counts) for counts in (told, left))
        return None if tells else sum(found)

    going, stopped = (sum(getattr(one, key) for one in every) for key in ("continuing", "stopped"))
    return Counts(sum(begun), going, stopped, *(sum_of(key) for key in _SOME))


# ------------------------------------------------------------------------------------- the parts


def _conclude(desk: Desk, subject: Subject) -> int | None:
    """The open task that asks for the conclusion, where the reader may do it."""
    for task in subject.tasks:
        asks = subject.task_named(task.name).asks
        if task.state == "open" and conclusions.REASONS in asks and steps.may_do(desk.by, subject, task):
            return task.id
    return None


def _line(unit: UnitGround, report: FollowUpReport | None, sight: _Sight) -> UnitLine:
    line = UnitLine(unit.unit_id, unit.name, unit.unit_id in sight.own, waiting=unit.waiting)
    if report is None:
        return line
    hidden, expected = unit.unit_id in sight.hidden, unit.expected
    return replace(
        line,
        until=report.period_end,
        counts=sight.counts(report),
        hidden=hidden,
        cost_ore=None if hidden else report.cost_ore,
        expected=expected.without_verdict() if expected is not None and hidden else expected,
        late_days=unit.late_days,
        obstacles=report.obstacles,
        result=report.goals_result,
    )
