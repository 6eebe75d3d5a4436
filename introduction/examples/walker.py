"""Walks the invented examples through the ordinary services, all of them in the order of time.

Each step is taken by a person with the right role at a desk whose clock stands so many days back. Nothing is
written past the rules: what a person could not have done, an example cannot have done either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from introduction.domain.budget.model import by_year, run
from introduction.domain.calendar import STOCKHOLM, add_months, is_working_day
from introduction.domain.fields import RECORDS
from introduction.domain.process.definition import Definition
from introduction.domain.roles import Person, Role
from introduction.examples import handing_over, priced, reported
from introduction.examples.invented_medicines import (
    Medicine,
    case_facts,
    costs_ore,
    medicines,
    recommendation_facts,
    version_record,
)
from introduction.examples.people import NORRBOTTEN, VGR, Cast
from introduction.examples.script import Example, Step
from introduction.services import advice, analyses, cases, recommendations, results, steps
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.store import analysis as analysis_store
from introduction.store.case import treating_unit_ids
from introduction.store.instance import Instance
from introduction.store.recommendation import Recommendation
from introduction.store.region import by_slug
from introduction.store.task import TaskRow, tasks_of
from introduction.store.unit import Unit, units_of

_FIRST_MINUTE = 8 * 60 + 5
#: What the clinic has done when it says what the medicine costs, and the steps before which that is judged.
_PRICED_AFTER = "estimate_extra_cost"
_PLANNED_AFTER = ("set_goals", "set_goals_unfinanced")
_REVIEWED_BEFORE = ("rank", "submit_to_committee")
_APPROVED_BEFORE = ("finish_analysis", "propose_without_analysis", "submit_to_council")
#: From the price to the first patient: a region that leaves the introduction to its line begins sooner.
_MONTHS_TO_START = {VGR: 9, NORRBOTTEN: 3}
_REASONS = {
    "approved": "Svårighetsgraden och den visade nyttan motiverar merkostnaden, som ryms i planeringen.",
    "approved_with_conditions": "Nyttan är visad för en avgränsad grupp. Villkoren håller användningen till den.",
    "without_financing": "Merkostnaden är måttlig och bärs av verksamheterna. Införandet ska följas upp som de andra.",
    "not_prioritised": "Nyttan är osäker i förhållande till kostnaden. Andra ärenden i etappen går före.",
    "postponed": "Underlaget om kostnaden per levnadsår är inte klart. Ärendet tas upp när det finns.",
    "extended": "Färre patienter än väntat har börjat. Förlängningen ryms inom de beviljade medlen.",
    "ended_early": "Nya säkerhetsuppgifter gör att nyttan inte längre överväger riskerna.",
}
_REPORTS = (
    ("Målen nås i stort sett. Fler patienter än väntat har kommit på remiss.", "Väntetid till provtagning."),
    ("Registreringen släpar efter, i övrigt enligt plan.", "Brist på sjuksköterskor på dagvården."),
    ("Enligt plan.", "Inga kända hinder."),
)


class Walker:
    """Takes every step of every script. The desk is the loader's: its session, its processes and its now."""

    def __init__(self, desk: Desk, cast: Cast) -> None:
        self._desk, self._cast = desk, cast
        self._ids: dict[str, int] = {}
        self._index: dict[str, int] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._steps_on: Counter[date] = Counter()
        self._units: dict[str, dict[str, Unit]] = {}
        self._verbs: Mapping[str, Callable[[Example, Step, datetime], None]] = {
            "start": self._start,
            "grow": self._grow,
            "take": self._take,
            "do": self._do,
            "grant": self._grant,
            "report": self._report,
            "confirm": self._confirm,
            "rest": self._rest,
            "own": self._own,
            "assign": self._assign,
            "link": self._link,
            "facts": self._change,
            "comment": self._comment,
            "internal": self._comment,
        }

    def walk(self, examples: Sequence[Example]) -> None:
        """Take all steps, oldest first; those of one day in the order of the examples."""
        for number, example in enumerate(examples):
            self._index[example.key] = number
        timeline = [(step, example) for example in examples for step in example.steps]
        for step, example in sorted(timeline, key=lambda pair: -pair[0].ago):
            try:
                self._verbs[step.verb](example, step, self._moment(step.ago))
            except Exception as error:
                error.add_note(f"in the example {example.key}, {step.ago} days back: {step.verb} {step.what}")
                raise

    # --------------------------------------------------------------------------------- verbs

    def _start(self, example: Example, step: Step, moment: datetime) -> None:
        medicine, definition = self._medicine(example), self._definition(example)
        about = About(medicine.name, example.indication or medicine.indication, None, medicine.atc)
        way = next(way for way in definition.start if way.origin == step.what)
        given = self._given(example, step, (*way.asks, *({"category", "basis"} & {*way.may})), moment)
        if definition.subject == "recommendation":
            route = example.definition_id.split(".")[1]
            desk = self._at(moment, self._actor(example, step, (Role.COORDINATOR,)))
            subject = recommendations.start(desk, route, about, given=given, example=True, origin=step.what)
        else:
            desk = self._at(moment, self._actor(example, step, way.by))
            unit = self._unit(example.region, example.unit) if example.unit else None
            resting = self._desk.session.get_one(Recommendation, self._ids[example.advice]) if example.advice else None
            roots = cases.Roots(unit.id if unit else None, resting, example=True)
            subject = cases.start(desk, example.definition_id, step.what, about, given=given, roots=roots)
        self._ids[example.key] = subject.instance.id

    def _grow(self, example: Example, step: Step, moment: datetime) -> None:
        """A case out of another: ``what`` is the follow-on, ``note`` the older example's key."""
        older = self._ids[step.note]
        definition = self._definition(example)
        growth = next(growth for growth in definition.follow_on if growth.id == step.what)
        desk = self._at(moment, self._actor(example, step, growth.by))
        indication = example.indication if growth.new_indication else None
        self._ids[example.key] = cases.follow_on(desk, older, step.what, indication=indication).instance.id

    def _take(self, example: Example, step: Step, moment: datetime) -> None:
        action = self._definition(example).action_named(step.what)
        if action.id in _REVIEWED_BEFORE or action.id in _APPROVED_BEFORE:
            self._judge(example, moment, approve=action.id in _APPROVED_BEFORE)
            moment = self._moment(step.ago)
        if "follow_up_planned" in action.needs:
            self._plan(example, moment)
        record = self._record(example, step, action.record, action.outcome, moment)
        steps.take(
            self._at(moment, self._actor(example, step, action.by)),
            self._ids[example.key],
            action.id,
            given=self._given(example, step, (*action.asks, *action.may), moment),
            record=record,
            note=step.note,
        )

    def _do(self, example: Example, step: Step, moment: datetime) -> None:
        for row in self._open(example, step.what, step.unit):
            task = next(t for t in _every_task(self._definition(example)) if t.id == row.name)
            given = self._given(example, step, (*task.asks, *task.may), moment)
            steps.do_task(self._at(moment, self._doer(example, step, row)), row.id, given=given, note=step.note)
        if step.what == _PRICED_AFTER:
            self._price(example, self._moment(step.ago))
        if step.what in _PLANNED_AFTER:
            self._plan(example, self._moment(step.ago))

    def _plan(self, example: Example, moment: datetime) -> None:
        """The drafting group says how the introduction will be followed up."""
        desk = self._at(moment, self._playing(example, Role.DRAFTING_GROUP, example.unit))
        reported.plan(desk, self._ids[example.key])

    def _price(self, example: Example, moment: datetime) -> None:
        """The clinic says what the medicine costs, and the case tells the extra cost from then on."""
        medicine, case_id = self._medicine(example), self._ids[example.key]
        desk = self._at(moment, self._playing(example, Role.NOMINATOR, example.unit))
        begins = example.facts.get("introduction_start") or _months_on(example, moment)
        row = analyses.start(desk, case_id, priced.kind_of(medicine))
        weights = {
            self._unit(example.region, name).id: weight for name, weight in priced.places(medicine, example.region)
        }
        _row, made = analyses.answer(desk, row.id, priced.answers(medicine, begins) | priced.shares(weights))
        assert made.model is not None, "an invented analysis is complete"
        impact = [round(year * 100) for year in by_year(run(made.model).impact())[:, 0]]
        factor = priced.dearer_by(max(costs_ore(medicine, example.region)), impact)
        analyses.answer(desk, row.id, priced.answers(medicine, begins, factor))
        analyses.submit(desk, row.id)
        first, second, third = results.result_of(row).impact()[:3]
        told = case_facts(medicine, example.region, example.unit or "Verksamheten", (first, second, third))
        self._facts[example.key] = told | dict(example.facts)

    def _judge(self, example: Example, moment: datetime, *, approve: bool) -> None:
        """An economist goes through what was handed in; on the way to the decision the drafting group approves it."""
        for row in analysis_store.of_case(self._desk.session, self._ids[example.key]):
            if row.state == "submitted":
                economist = self._cast.playing(Role.ECONOMIST, example.region)
                marks = dict.fromkeys(("incidence", "price_once", "price_dose", "price_month", "kept"), "ok")
                analyses.review(self._at(moment, economist), row.id, marks | {"uptake": "confirm"})
            if row.state == "reviewed" and approve:
                group = self._cast.playing(Role.DRAFTING_GROUP, example.region)
                analyses.approve(self._at(moment, group), row.id)

    def _grant(self, example: Example, step: Step, moment: datetime) -> None:
        action = self._definition(example).action_named(step.what)
        unit = self._unit(example.region, step.unit)
        desk = self._at(moment, self._actor(example, step, action.by))
        steps.take(desk, self._ids[example.key], action.id, record={**step.values, "unit_id": unit.id}, note=step.note)

    def _report(self, example: Example, step: Step, moment: datetime) -> None:
        """A unit reports: ``what`` is the task, ``values`` the counts and the last day of the period."""
        for row in self._open(example, step.what, step.unit):
            turn = self._index[example.key] + (row.unit_id or 0)
            result, obstacles = _REPORTS[turn % len(_REPORTS)]
            unit = (row.unit_id or 0, self._administration(example.region, row.unit_id))
            told = reported.told(self._desk, self._ids[example.key], unit, step.values, self._medicine(example), turn)
            record = {"goals_result": result, "obstacles": obstacles, **told}
            record = {key: value for key, value in record.items() if value is not None}
            steps.do_task(self._at(moment, self._doer(example, step, row)), row.id, record=record, note=step.note)

    def _confirm(self, example: Example, step: Step, moment: datetime) -> None:
        for row in self._open(example, step.what, step.unit):
            record = handing_over.told(self._desk, row, step.values)
            steps.do_task(self._at(moment, self._doer(example, step, row)), row.id, record=record)

    def _rest(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._actor(example, step, (Role.COORDINATOR,)))
        advice.rest_on(desk, self._ids[example.key], desk.session.get_one(Recommendation, self._ids[step.what]))

    def _own(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._actor(example, replace(step, by=""), (Role.COORDINATOR,)))
        cases.set_owner(desk, self._ids[example.key], self._cast.named(step.by).user_id)

    def _assign(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._actor(example, replace(step, by=""), (Role.COORDINATOR,)))
        for row in self._open(example, step.what, step.unit):
            steps.assign_task(desk, row.id, self._cast.named(step.by).user_id)

    def _link(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._actor(example, step, (Role.COORDINATOR,)))
        cases.link(desk, self._ids[example.key], self._ids[step.what], note=step.note)

    def _change(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._actor(example, step, (Role.COORDINATOR,)))
        cases.change_facts(desk, self._ids[example.key], step.values, note=step.note)

    def _comment(self, example: Example, step: Step, moment: datetime) -> None:
        desk = self._at(moment, self._cast.named(step.by))
        cases.comment(desk, self._ids[example.key], step.note, internal=step.verb == "internal")

    # --------------------------------------------------------------------------------- who and when

    def _moment(self, ago: int) -> datetime:
        """A minute of the working day that lies so many days back, or of the last one before it; ever later."""
        day = _working_day(self._desk.today - timedelta(days=ago))
        self._steps_on[day] += 1
        minute = _FIRST_MINUTE + min(self._steps_on[day] * 7, 8 * 60)
        return datetime.combine(day, time(minute // 60, minute % 60, self._steps_on[day] % 60), STOCKHOLM)

    def _at(self, moment: datetime, by: Person) -> Desk:
        return Desk(self._desk.session, self._desk.catalogue, by, moment)

    def _actor(self, example: Example, step: Step, roles: Sequence[Role]) -> Person:
        """The named person, or who plays the first of the roles."""
        if step.by:
            return self._cast.named(step.by)
        if example.region == "national":
            return self._cast.playing(Role.COORDINATOR, VGR)
        return self._playing(example, roles[0], example.unit)

    def _doer(self, example: Example, step: Step, row: TaskRow) -> Person:
        if step.by:
            return self._cast.named(step.by)
        if row.assignee_id is not None:
            return self._cast.of(row.assignee_id)
        role = Role(row.role)
        if example.region == "national":
            known = role in (Role.COORDINATOR, Role.DRAFTING_GROUP)
            return self._cast.playing(role if known else Role.COORDINATOR, VGR, turn=self._index[example.key])
        unit = self._desk.session.get_one(Unit, row.unit_id).name if row.unit_id else example.unit
        return self._playing(example, role, unit)

    def _playing(self, example: Example, role: Role, unit: str) -> Person:
        if role is Role.HEAD_OF_UNIT and example.key in self._ids:
            treating = treating_unit_ids(self._desk.session, self._ids[example.key])
            known = [name for name, found in self._all_units(example.region).items() if found.id in treating]
            unit = unit if unit in known or not known else known[0]
        local = role in (Role.NOMINATOR, Role.HEAD_OF_UNIT)
        return self._cast.playing(role, example.region, unit if local else None, self._index[example.key])

    # --------------------------------------------------------------------------------- what

    def _medicine(self, example: Example) -> Medicine:
        return medicines()[example.medicine]

    def _definition(self, example: Example) -> Definition:
        return self._desk.catalogue.latest(example.definition_id)

    def _all_units(self, region: str) -> dict[str, Unit]:
        if region not in self._units:
            region_id = by_slug(self._desk.session, region).id
            self._units[region] = {u.name: u for u in units_of(self._desk.session, region_id, self._desk.today)}
        return self._units[region]

    def _unit(self, region: str, name: str) -> Unit:
        return self._all_units(region)[name]

    def _administration(self, region: str, unit_id: int | None) -> str:
        """The name of the administration that a unit belongs to."""
        every = {unit.id: unit for unit in self._all_units(region).values()}
        found = every.get(unit_id or 0)
        while found is not None and found.parent_id in every:
            found = every[found.parent_id]
        return found.name if found is not None else ""

    def _open(self, example: Example, task: str, unit: str) -> list[TaskRow]:
        rows = tasks_of(self._desk.session, self._ids[example.key])
        wanted = self._unit(example.region, unit).id if unit else None
        found = [r for r in rows if r.name == task and r.state == "open" and (not unit or r.unit_id == wanted)]
        assert found, f"{example.key} has no open task {task} {unit}"
        return found

    def _known(self, example: Example) -> dict[str, Any]:
        if example.key not in self._facts:
            medicine = self._medicine(example)
            if example.region == "national":
                facts = recommendation_facts(medicine)
            else:
                facts = case_facts(medicine, example.region, example.unit or "Verksamheten")
            self._facts[example.key] = facts | dict(example.facts)
        return self._facts[example.key]

    def _given(self, example: Example, step: Step, keys: Iterable[str], moment: datetime) -> dict[str, Any]:
        """What is said of the facts asked for: the step's own values, else the example's, else the day's."""
        day = moment.date()
        of_the_day = {
            "registry_number": f"RS {day.year}-{1040 + 23 * self._index[example.key]:05d}",
            "tlv_reference": f"{1100 + 37 * self._index[example.key]}/{day.year}",
            "application_received": day - timedelta(days=4),
            "reassess_by": add_months(day, 24),
            "watch_until": add_months(day, 12),
        }
        told = of_the_day | self._known(example) | dict(step.values)
        return {key: self._resolved(example, key, told[key]) for key in keys if key in told}

    def _resolved(self, example: Example, key: str, value: Any) -> Any:
        if key == "treating_units":
            return tuple(self._unit(example.region, name).id for name in value)
        if key == "contact_person_id":
            return self._cast.named(value).user_id
        return value

    def _record(
        self, example: Example, step: Step, record: str | None, outcome: str | None, moment: datetime
    ) -> dict[str, Any]:
        if record is None:
            return {}
        told = dict(example.facts) | dict(step.values)
        own = {key: told[key] for key in RECORDS[record] if key in told}
        day = moment.date()
        if record == "decision" and outcome is not None:
            decided = max(_working_day(day - timedelta(days=3)), self._opened(example))
            section = f"§ {41 + self._index[example.key] * 7 % 160}"
            return {"decided_on": decided, "section": section, "reasons": _REASONS[outcome], **own}
        if record == "recommendation_version":
            level = step.values.get("level", "should")
            return {**version_record(self._medicine(example), level), "issued_on": day, **own}
        return own

    def _opened(self, example: Example) -> date:
        return self._desk.session.get_one(Instance, self._ids[example.key]).opened_on


def _working_day(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _months_on(example: Example, moment: datetime) -> date:
    """The first day of the month in which the first patient is expected."""
    return add_months(moment.date().replace(day=1), _MONTHS_TO_START[example.region])


def _every_task(definition: Definition) -> list[Any]:
    return [*definition.task, *(task for stage in definition.stage for task in stage.task)]
