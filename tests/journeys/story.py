"""Cases and recommendations as people move them: each step over HTTP, by somebody with the right role.

What lies before the part that a journey is about can be prepared through the services, as the same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.fields import RECORD_NEEDS
from introduction.domain.followup.plan import DIMENSIONS
from introduction.domain.process.definition import RETURN, Action, Definition, Task
from introduction.domain.roles import REGION_WIDE, Role
from introduction.services import steps
from introduction.services.subjects import task_named
from introduction.store import case as case_store
from introduction.store import fund as fund_store
from introduction.store import recommendation as recommendation_store
from introduction.store.event import Event, events_of
from introduction.store.instance import Instance
from introduction.store.person import PersonRow
from introduction.store.task import TaskRow, due_dates_of, tasks_of
from introduction.web.asking import RECORD
from tests import planning
from tests.journeys import answers
from tests.journeys.site import Site
from tests.journeys.visitor import Form, Page, Visitor, words_of
from tests.world import UNITS, VGR

Who = Role | str | PersonRow
PLAN = "plan_follow_up"  #: among the ways of a journey: the goals of the follow-up are set
MEDICINE, INDICATION = "Påhittumab", "svår astma"


@dataclass
class Story:
    """A running service, and what people do with it as time goes."""

    site: Site
    _heads: dict[tuple[str, str], PersonRow] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The date in Sweden."""
        return self.site.clock.today

    def wait(self, *, days: int = 0, months: int = 0) -> None:
        """Let time pass."""
        self.site.clock.forward(days=days, months=months)

    def wait_until(self, day: date) -> None:
        """Let time pass to the morning of a day that has not been."""
        assert day >= self.today, f"{day} has been"
        self.site.clock.now = datetime.combine(day, time(9), STOCKHOLM)

    def opens(self, process: str, origin: str = "horizon_scan", *, by: Who = Role.COORDINATOR, **typed: Any) -> Thread:
        """Open a case by one of the ways in, on the page for it."""
        region, _, _name = process.partition(".")
        visitor = self.site.visitor(by, region)
        address = f"/cases/new/{process}/{origin}"
        assert visitor.open("/cases/new").leads_to(address), f"{visitor.name} is not offered {address}"
        form = visitor.open(address).form(address)
        self.fill(form, region, {"medicine": MEDICINE, "indication": INDICATION, **typed})
        page = visitor.send(form)
        assert page.status == 200 and page.flashed, f"the case was not opened: {page}"
        return Thread(self, page.path.rpartition("/")[2], self._definition(process), region)

    def opens_recommendation(self, route: str, *, by: Who = Role.COORDINATOR, **typed: Any) -> Thread:
        """Open the national process for a medicine, on the page for it."""
        visitor, address = self.site.visitor(by), f"/recommendations/new/{route}"
        assert visitor.open("/recommendations").leads_to(address)
        form = visitor.open(address).form(address)
        self.fill(form, VGR, {"medicine": MEDICINE, "indication": INDICATION, **typed})
        page = visitor.send(form)
        assert page.status == 200 and page.flashed, f"the recommendation was not opened: {page}"
        return Thread(self, page.path.rpartition("/")[2], self._definition(f"national.{route}"), VGR)

    def opens_fund(self, year: int, region: str = VGR, **typed: Any) -> Page:
        """Set money aside for a budget year, on the page for it; done once for each year."""
        visitor = self.site.visitor(Role.ECONOMIST, region)
        page = visitor.open("/funds")
        if f"Fonden {year}" in page.text:
            return page
        address = f"/funds/new?region={region}"
        assert page.leads_to(address), f"{visitor.name} is not offered to open a fund"
        told = {
            "budget_year": year, "amount": "90 mnkr", "source": f"Regionens budget för {year}",
            "decided_on": self.today, "body": "Regionfullmäktige", "section": "§ 61", "reasons": "Budgeten är beslutad",
        }  # fmt: skip
        page = visitor.send(visitor.open(address).own_form().fill({**told, **typed}))
        assert page.status == 200 and page.flashed, f"the fund was not opened: {page}"
        return page

    def head_of(self, unit: str, region: str) -> PersonRow:
        """The head of a unit; the one of the second unit is appointed when first asked for."""
        if unit == "lung":
            return self.site.world.people[region][Role.HEAD_OF_UNIT]
        if (region, unit) not in self._heads:
            with self.site.changing() as world:
                name = f"Chef {unit} {region}"
                self._heads[region, unit] = world.add_person(Role.HEAD_OF_UNIT, region, unit_key=unit, name=name)
        return self._heads[region, unit]

    def local(self, region: str) -> dict[str, Any]:
        """Answers that name units and people of a region, by their ids."""
        world = self.site.world
        units, people = world.units[region], world.people[region]
        return {
            "nominating_unit_id": units["lung"].id,
            "treating_units": (units["lung"].id, units["neuro"].id),
            "contact_person_id": people[Role.COORDINATOR].id,
            "unit_id": units["hospital"].id,
        }

    def fill(self, form: Form, region: str, typed: dict[str, Any]) -> Form:
        """Fill in what a journey types, and the usual answer in what else must be filled in."""
        local = self.local(region)
        usual = answers.as_typed(self.today) | local | {RECORD + key: value for key, value in local.items()}
        left = [name for name in form.wanted() if form.empty(name) and name not in typed and name in usual]
        return form.fill({name: usual[name] for name in left}).fill(typed)

    def _definition(self, process: str) -> Definition:
        return self.site.world.catalogue.latest(process)


@dataclass
class Thread:
    """One case or recommendation on its way."""

    story: Story
    number: str
    definition: Definition
    region: str
    _before: tuple[Visitor, datetime, Page] | None = None  #: who did something last, when, and the page that came

    # --------------------------------------------------------------------------------- where it stands

    @property
    def address(self) -> str:
        """The address of its page."""
        noun = "cases" if self.definition.subject == "case" else "recommendations"
        return f"/{noun}/{self.number}"

    def page(self, by: Who = Role.COORDINATOR) -> Page:
        """Its page as somebody sees it."""
        return self._visitor(by).open(self.address)

    @property
    def row(self) -> Any:
        """The case's or the recommendation's row, with all facts."""
        store = case_store if self.definition.subject == "case" else recommendation_store
        with self.story.site.looking() as session:
            return store.by_number(session, self.number)

    @property
    def instance(self) -> Instance:
        """Where it stands."""
        with self.story.site.looking() as session:
            return session.get_one(Instance, self.row.id)

    @property
    def stage(self) -> str:
        """The stage's id."""
        return self.instance.stage

    @property
    def tasks(self) -> list[TaskRow]:
        """Every task that it has had."""
        with self.story.site.looking() as session:
            return tasks_of(session, self.row.id)

    def open_tasks(self) -> list[str]:
        """The tasks that can be done today, one for each unit, in the order of their names."""
        return sorted(t.name for t in self.tasks if t.state == "open" and t.opens_on <= self.story.today)

    def day(self, name: str) -> date:
        """The day of a milestone, or by which a stage or a task should be done."""
        with self.story.site.looking() as session:
            found = [row.due_on for row in due_dates_of(session, self.row.id) if row.name == name]
        assert found, f"{self.number} has no day for {name}"
        return found[-1]

    def opens_on(self, task: str) -> date:
        """The day when a task of the process opens."""
        return next(row.opens_on for row in self.tasks if row.name == task and row.state != "cancelled")

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What the events of a kind say, oldest first."""
        with self.story.site.looking() as session:
            said = [event.content for event in events_of(session, f"instance:{self.row.id}")]
        return [content for content in said if content["kind"] == kind]

    # --------------------------------------------------------------------------------- what people do

    def take(self, action: str, by: Who | None = None, **typed: Any) -> Page:
        """Take an action from the page, and come back to the page in the stage that it leads to."""
        origin, back_to = self.stage, self.instance.return_stage
        page = self._sent(action, by, typed)
        assert page.status == 200 and page.path == self.address, f"{action} was not taken: {page}"
        drawn = self.definition.action_named(action)
        goal = back_to if drawn.to == RETURN else drawn.to
        assert self.stage == goal, f"{action} from {origin} led to {self.stage}"
        assert page.flashed, f"the page does not say that {action} was taken"
        return page

    def refused(self, action: str, by: Who | None = None, **typed: Any) -> Page:
        """Try an action that the rules refuse: the page says why, and nothing has changed."""
        before = self.instance.revision
        page = self._sent(action, by, typed)
        assert page.status == 422 and page.faults, f"{action} was not refused: {page}"
        assert self.instance.revision == before, f"{action} was refused and yet changed something"
        return page

    def do(self, task: str, by: Who | None = None, *, unit: str | None = None, **typed: Any) -> Page:
        """Do a task from the page; without a unit, every open one of the name."""
        drawn = task_named(self.definition, task)
        units = [unit] if unit or not drawn.per else list(UNITS)[1:]
        for each in units:
            page = self._done(drawn, by, each, typed)
        return page

    def do_refused(self, task: str, by: Who | None = None, *, unit: str | None = None, **typed: Any) -> Page:
        """Try to do a task in a way that the rules refuse: the page says why, and nothing has changed."""
        before, drawn = self.instance.revision, task_named(self.definition, task)
        visitor = self._visitor(by or self._doer(drawn, unit))
        address = self._link_to(self._page_before(visitor), drawn, self._name_of(unit))
        page = visitor.send(self.story.fill(visitor.open(address).form(address), self.region, typed))
        assert page.status == 422 and page.faults, f"{task} was not refused: {page}"
        assert self.instance.revision == before, f"{task} was refused and yet changed something"
        return page

    def plan_follow_up(self, by: Who = Role.DRAFTING_GROUP) -> Page:
        """Give the case a measurable goal of each kind, from the page of its plan."""
        visitor, address = self._visitor(by), f"{self.address}/follow-up/plan"
        page = visitor.open(address)
        for dimension in DIMENSIONS:
            link = f"{address}/new?dimension={dimension}"
            assert page.leads_to(link), f"the plan does not say that {dimension} is lacking: {page}"
            typed = {key: _typed(value) for key, value in planning.goal(dimension).items() if key != "dimension"}
            page = visitor.send(visitor.open(link).form(link), **typed)
            assert page.status == 200 and page.flashed, f"the goal was not added: {page}"
        return page

    def go(self, *ways: str) -> Thread:
        """Do tasks and take actions, by their names, in order, with the usual answers."""
        for way in ways:
            if way == PLAN:
                self.plan_follow_up()
            elif self._is_action(way):
                self.take(way)
            else:
                self.do(way)
        return self

    def grows(self, follow_on: str, by: Who = Role.COORDINATOR, **typed: Any) -> Thread:
        """Open a new case out of this one, from its page."""
        visitor, address = self._visitor(by), f"{self.address}/follow-on/{follow_on}"
        assert visitor.open(self.address).leads_to(address), f"{visitor.name} is not offered {address}"
        page = visitor.send(visitor.open(address).form(address).fill(typed))
        assert page.status == 200 and page.flashed, f"no case grew: {page}"
        return Thread(self.story, page.path.rpartition("/")[2], self.definition, self.region)

    # --------------------------------------------------------------------------------- preparing

    def prepare(self, ways: Sequence[str], until: str) -> Thread:
        """Go the ways through the services, without pages, until a stage is reached."""
        with self.story.site.changing() as world:
            for way in ways:
                instance = world.session.get_one(Instance, self.row.id)
                if instance.stage == until:
                    break
                if way == PLAN:
                    planning.plan(world.desk(Role.DRAFTING_GROUP, self.region), instance.id)
                elif self._is_action(way):
                    self._take_quickly(world, instance.id, self.definition.action_named(way))
                else:
                    self._do_quickly(world, instance.id, task_named(self.definition, way))
        assert self.stage == until, f"the way ended in {self.stage}"
        return self

    def _take_quickly(self, world: Any, instance_id: int, action: Action) -> None:
        year, region_id = self.story.today.year, world.regions[self.region]
        if action.record == "grant" and fund_store.of_year(world.session, region_id, year) is None:
            world.fund(year, region=self.region)
        steps.take(
            world.desk(action.by[0] if action.by[0] in REGION_WIDE else Role.COORDINATOR, self.region),
            instance_id,
            action.id,
            given=self._given(action.asks),
            record=self._record(action),
            note="Så blev det" if action.note == "required" else "",
        )

    def _do_quickly(self, world: Any, instance_id: int, task: Task) -> None:
        rows = [r for r in tasks_of(world.session, instance_id) if r.name == task.id and r.state == "open"]
        assert rows, f"{self.number} has no open task {task.id}"
        for row in rows:
            record = {key: answers.record_on(self.story.today)[key] for key in RECORD_NEEDS.get(task.record or "", ())}
            steps.do_task(
                world.desk(Role.COORDINATOR, self.region), row.id, given=self._given(task.asks), record=record
            )

    def _given(self, keys: Sequence[str]) -> dict[str, Any]:
        told = answers.facts_on(self.story.today) | self.story.local(self.region)
        return {key: told[key] for key in keys}

    def _record(self, action: Action) -> dict[str, Any]:
        told = answers.record_on(self.story.today) | self.story.local(self.region)
        needed = set(RECORD_NEEDS.get(action.record or "", ()))
        if action.outcome == "approved_with_conditions":
            needed.add("conditions")
        return {key: told[key] for key in needed}

    # --------------------------------------------------------------------------------- the parts

    def _is_action(self, name: str) -> bool:
        return any(action.id == name for action in self.definition.action)

    def _visitor(self, by: Who) -> Visitor:
        return self.story.site.visitor(by, self.region)

    def _page_before(self, visitor: Visitor) -> Page:
        """The page as it is before somebody; opened anew unless it has just come back to the same person."""
        if self._before is not None and self._before[:2] == (visitor, self.story.site.clock.now):
            return self._before[2]
        return visitor.open(self.address)

    def _keep(self, visitor: Visitor, page: Page) -> Page:
        here = page.status == 200 and page.path == self.address
        self._before = (visitor, self.story.site.clock.now, page) if here else None
        return page

    def _sent(self, action: str, by: Who | None, typed: dict[str, Any]) -> Page:
        drawn = self.definition.action_named(action)
        visitor = self._visitor(by or next((r for r in drawn.by if r in REGION_WIDE), drawn.by[0]))
        address = f"{self.address}/actions/{action}"
        assert self._page_before(visitor).leads_to(address), f"{visitor.name} is not offered {action} on the page"
        form = visitor.open(address).form(address)
        if drawn.note == "required":
            typed = {"note": f"Skälet till {action}", **typed}
        return self._keep(visitor, visitor.send(self.story.fill(form, self.region, typed)))

    def _done(self, task: Task, by: Who | None, unit: str | None, typed: dict[str, Any]) -> Page:
        visitor = self._visitor(by or self._doer(task, unit))
        address = self._link_to(self._page_before(visitor), task, self._name_of(unit))
        form = visitor.open(address).form(address)
        page = self._keep(visitor, visitor.send(self.story.fill(form, self.region, typed)))
        assert page.status == 200 and page.path == self.address, f"{task.id} was not done: {page}"
        return page

    def _doer(self, task: Task, unit: str | None) -> Who:
        """Who does a task: the head of its unit, somebody with its role, or the coordinator where nobody else is."""
        if unit and task.by is Role.HEAD_OF_UNIT:
            return self.story.head_of(unit, self.region)
        if task.by not in REGION_WIDE:
            concerned = self.row.nominating_unit_id
            return task.by if concerned and task.by is Role.NOMINATOR else Role.COORDINATOR
        return task.by

    def _name_of(self, unit: str | None) -> str | None:
        return self.story.site.world.units[self.region][unit].name if unit else None

    def _link_to(self, page: Page, task: Task, unit: str | None) -> str:
        """The address of a task that can be done today, from the list of tasks on the page."""
        tasks = page.piece('<section class="app-part" aria-labelledby="tasks">', "</section>")
        for line in tasks.select("tbody tr"):
            link, said = line.select_one("a[href]"), words_of(line)
            fits = link is not None and words_of(link) == task.title.sv and (unit is None or unit in said)
            if fits and "Klar" not in said.split()[-1:] and "Öppnas" not in said:
                return str(link["href"])
        raise AssertionError(f"the page has no open task {task.title.sv!r} {unit or ''}: {page.part('tasks')}")


def _typed(value: Any) -> Any:
    """A goal's value as it is typed: quantities are kept in thousandths."""
    return str(value // 1000) if isinstance(value, int) else value


def taken(site: Site) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Which actions have been taken and which stages been in, by process, as the chains of events tell it."""
    actions: dict[str, set[str]] = {}
    stages: dict[str, set[str]] = {}
    with site.looking() as session:
        processes = {f"instance:{i.id}": i.definition_id for i in session.scalars(select(Instance))}
        for event in session.scalars(select(Event)):
            what, process = event.content, processes.get(event.stream)
            if process and what.get("goal"):
                stages.setdefault(process, set()).add(what["goal"])
            if process and what["kind"] == "action_taken":
                actions.setdefault(process, set()).add(what["action"])
    return actions, stages


def untaken(site: Site, process: str) -> tuple[set[str], set[str]]:
    """The actions and stages of a process that nobody has taken or been in."""
    definition = site.world.catalogue.latest(process)
    actions, stages = taken(site)
    return (
        {action.id for action in definition.action} - actions.get(process, set()),
        {stage.id for stage in definition.stage} - stages.get(process, set()),
    )


def yesterday(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)
