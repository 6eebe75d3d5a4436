"""What must hold of a definition beyond its shape. Every problem is listed; none is raised one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from introduction.domain.errors import Problem
from introduction.domain.fields import RECORD_OUTCOMES, RECORDS
from introduction.domain.process import timing_checks
from introduction.domain.process.definition import (
    ANYWHERE,
    RETURN,
    Action,
    Definition,
    FollowOn,
    Phase,
    ProcessTask,
    Stage,
    Start,
    Task,
)
from introduction.domain.process.effects import EFFECTS
from introduction.domain.process.guards import GUARDS
from introduction.domain.process.region import SETTINGS, Region
from introduction.domain.process.situation import ANCHORS
from introduction.domain.process.timing import When
from introduction.domain.subjects import SUBJECTS, fields_of

#: Names that the machine puts on its model itself.
_RESERVED = {"state", "stage", "trigger", "now", "return_stage"}
_RESERVED_PREFIXES = ("is_", "may_", "to_", "on_")


def check_region(region: Region, file: str) -> list[Problem]:
    """The settings are known, complete (but for the national level) and each body stands once."""
    problems: list[Problem] = []
    given = {setting.key for setting in region.setting}
    for index, setting in enumerate(region.setting):
        if setting.key not in SETTINGS:
            problems.append(Problem(file, f"setting.{index}.key", f"unknown setting {setting.key}"))
    if region.county_code is not None:
        missing = sorted(set(SETTINGS) - given)
        problems += [Problem(file, "setting", f"missing setting {key}: {SETTINGS[key]}") for key in missing]
    problems += _repeated([code for area in region.area for code in area.municipalities], file, "area")
    problems += _repeated([body.id for body in region.body], file, "body")
    problems += _repeated([reminder.id for reminder in region.reminder], file, "reminder")
    problems += timing_checks.of_region(region, file)
    return problems


def check_definition(definition: Definition, region: Region | None, file: str) -> list[Problem]:
    """Every fault of one definition: names, reachability, ends, people, reminders and phases."""
    if region is None:
        return [Problem(file, "id", f"there is no {definition.region}/region.toml")]
    problems = [*_names(definition, region, file), *timing_checks.of_definition(definition, region, file)]
    if not problems:  # the drawing can only be walked when every name in it stands for something
        problems += _drawing(definition, file)
        problems += _phases(definition, file)
    return problems


def _repeated(ids: Sequence[str], file: str, where: str) -> Iterator[Problem]:
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Problem(file, where, f"{name} stands more than once")


# ------------------------------------------------------------------------------------- names


def _names(definition: Definition, region: Region, file: str) -> Iterator[Problem]:
    stages = {stage.id for stage in definition.stage}
    yield from _repeated([stage.id for stage in definition.stage], file, "stage")
    yield from _repeated([action.id for action in definition.action], file, "action")
    tasks = [task.id for stage in definition.stage for task in stage.task] + [task.id for task in definition.task]
    yield from _repeated(tasks, file, "task")
    yield from _repeated([reminder.id for reminder in definition.reminder], file, "reminder")
    for index, start in enumerate(definition.start):
        yield from _start(definition, start, stages, file, f"start.{index}")
    for index, stage in enumerate(definition.stage):
        yield from _stage(definition, stage, file, f"stage.{index}")
    for index, action in enumerate(definition.action):
        yield from _action(definition, action, stages, region, file, f"action.{index}")
    for index, task in enumerate(definition.task):
        path = f"task.{index}"
        yield from _task(definition, task, file, path)
        yield from _anchor(task.opens, file, f"{path}.opens")
        yield from (
            Problem(file, f"{path}.until", f"unknown stage {name}") for name in task.until if name not in stages
        )
    for index, follow_on in enumerate(definition.follow_on):
        yield from _follow_on(definition, follow_on, stages, file, f"follow_on.{index}")
    for index, milestone in enumerate(definition.milestone):
        yield from _anchor(milestone.at, file, f"milestone.{index}.at")


def _start(definition: Definition, start: Start, stages: set[str], file: str, path: str) -> Iterator[Problem]:
    if start.stage not in stages:
        yield Problem(file, f"{path}.stage", f"unknown stage {start.stage}")
    if not start.by:
        yield Problem(file, f"{path}.by", "nobody may start here")
    yield from _asks(definition, start.asks + start.may, file, path)


def _stage(definition: Definition, stage: Stage, file: str, path: str) -> Iterator[Problem]:
    has_phases = SUBJECTS[definition.subject].has_phases
    if has_phases and stage.phase is None and stage.kind == "work":
        yield Problem(file, f"{path}.phase", "a stage where work is done belongs to one of the five phases")
    if not has_phases and stage.phase is not None:
        yield Problem(file, f"{path}.phase", f"a {definition.subject} has no phases")
    if stage.kind == "work" and stage.owner is None:
        yield Problem(file, f"{path}.owner", "say which role owns the stage")
    if stage.kind == "end" and (stage.task or stage.due):
        yield Problem(file, path, "an end has neither tasks nor a due date")
    yield from _due(definition, stage, file, path)
    for index, task in enumerate(stage.task):
        yield from _task(definition, task, file, f"{path}.task.{index}")


def _task(definition: Definition, task: Task | ProcessTask, file: str, path: str) -> Iterator[Problem]:
    yield from _asks(definition, task.asks + task.may, file, path)
    yield from _due(definition, task, file, path)
    if task.record is not None and task.record not in RECORDS:
        yield Problem(file, f"{path}.record", f"unknown record {task.record}")
    if task.per is not None and not SUBJECTS[definition.subject].has_treating_units:
        yield Problem(file, f"{path}.per", f"a {definition.subject} has no treating units")


def _action(
    definition: Definition, action: Action, stages: set[str], region: Region, file: str, path: str
) -> Iterator[Problem]:
    if action.id in _RESERVED or action.id.startswith(_RESERVED_PREFIXES):
        yield Problem(file, f"{path}.id", f"{action.id} clashes with the machine's own names")
    yield from _ends(action, stages, file, path)
    if not action.by and action.clock is None:
        yield Problem(file, f"{path}.by", "an action that nobody may take")
    yield from (Problem(file, f"{path}.needs", f"unknown guard {n}") for n in action.needs if n not in GUARDS)
    yield from _asks(definition, action.asks + action.may + action.clears, file, path)
    if action.record is not None and action.record not in RECORDS:
        yield Problem(file, f"{path}.record", f"unknown record {action.record}")
    settles = RECORD_OUTCOMES.get(action.record or "")
    if settles is not None and action.outcome is not None and action.outcome not in settles:
        yield Problem(file, f"{path}.outcome", f"unknown outcome {action.outcome}")
    if (settles is None) != (action.outcome is None):
        yield Problem(file, path, "a decision has an outcome, and only a decision has one")
    yield from (Problem(file, f"{path}.does", f"unknown effect {n}") for n in action.does if n not in EFFECTS)
    if action.body is not None and action.body not in {body.id for body in region.body}:
        yield Problem(file, f"{path}.body", f"unknown body {action.body}")


def _ends(action: Action, stages: set[str], file: str, path: str) -> Iterator[Problem]:
    for name in action.from_:
        if name != ANYWHERE and name not in stages:
            yield Problem(file, f"{path}.from", f"unknown stage {name}")
    if action.except_ and ANYWHERE not in action.from_:
        yield Problem(file, f"{path}.except", 'only from = "*" takes exceptions')
    yield from (Problem(file, f"{path}.except", f"unknown stage {n}") for n in action.except_ if n not in stages)
    if action.to != RETURN and action.to not in stages:
        yield Problem(file, f"{path}.to", f"unknown stage {action.to}")


def _follow_on(
    definition: Definition, follow_on: FollowOn, stages: set[str], file: str, path: str
) -> Iterator[Problem]:
    named = [name for name in follow_on.from_ if name != ANYWHERE] + list(follow_on.except_) + [follow_on.start]
    yield from (Problem(file, path, f"unknown stage {name}") for name in named if name not in stages)
    if not follow_on.by:
        yield Problem(file, f"{path}.by", "nobody may do this")
    if follow_on.link not in SUBJECTS[definition.subject].links:
        yield Problem(file, f"{path}.link", f"unknown link {follow_on.link}")


def _asks(definition: Definition, keys: Iterable[str], file: str, path: str) -> Iterator[Problem]:
    known = fields_of(definition.subject)
    yield from (Problem(file, f"{path}.asks", f"unknown fact {key}") for key in keys if key not in known)


def _anchor(when: When | None, file: str, path: str) -> Iterator[Problem]:
    if when is not None and when.after not in ANCHORS:
        yield Problem(file, f"{path}.after", f"unknown anchor {when.after}")


def _due(definition: Definition, thing: Stage | Task, file: str, path: str) -> Iterator[Problem]:
    yield from _anchor(thing.due, file, f"{path}.due")
    if thing.due is not None and not thing.remind and not definition.remind:
        yield Problem(file, f"{path}.due", "a due date that nobody is reminded of")
    if thing.due is None and thing.remind:
        yield Problem(file, f"{path}.remind", "reminders of a due date that is not there")


# ------------------------------------------------------------------------------------- the drawing


def _ways(definition: Definition) -> dict[str, set[str]]:
    """Where each stage leads, ``@return`` left out."""
    leads: dict[str, set[str]] = {stage.id: set() for stage in definition.stage}
    for action in definition.action:
        for source in definition.sources(action):
            if action.to != RETURN:
                leads[source].add(action.to)
    return leads


def edges(definition: Definition) -> dict[str, set[str]]:
    """Where each stage leads. ``@return`` leads to every stage from which the hold can be entered."""
    ways = _ways(definition)
    leads = {stage: set(goals) for stage, goals in ways.items()}
    for action in definition.action:
        if action.to == RETURN:
            for hold in definition.sources(action):
                leads[hold] |= {stage for stage, goals in ways.items() if hold in goals and stage != hold}
    return leads


def reachable(definition: Definition) -> set[str]:
    """The stages that some start leads to. Returning from a hold reaches nothing new."""
    leads = _ways(definition)
    seen: set[str] = set()
    left = [start.stage for start in definition.start] + [follow.start for follow in definition.follow_on]
    while left:
        stage = left.pop()
        if stage not in seen:
            seen.add(stage)
            left += leads[stage]
    return seen


def ending(definition: Definition) -> set[str]:
    """The stages from which an end can be reached.

    Pausing and returning is no way on: a hold that only returns can end when a stage it returns to can.
    """
    leads = _ways(definition)
    seen = {stage.id for stage in definition.stage if stage.kind == "end"}
    grew = True
    while grew:
        more = {stage for stage, goals in leads.items() if goals & seen} - seen
        seen |= more
        grew = bool(more)
    return seen | {hold for hold, goals in edges(definition).items() if goals & seen}


def _drawing(definition: Definition, file: str) -> Iterator[Problem]:
    reached, can_end = reachable(definition), ending(definition)
    for index, stage in enumerate(definition.stage):
        path = f"stage.{index}"
        if stage.id not in reached:
            yield Problem(file, path, f"no way leads to {stage.id}")
        if stage.id not in can_end:
            yield Problem(file, path, f"{stage.id} has no way to an end")
        if stage.kind == "end" and any(stage.id in definition.sources(action) for action in definition.action):
            yield Problem(file, path, f"{stage.id} is an end, yet an action leaves it")
        if stage.kind == "work" and not any(action.main for action in definition.actions_from(stage.id)):
            yield Problem(file, path, f"{stage.id} has no main action: the page could not say what is next")
    for index, action in enumerate(definition.action):
        yield from _sources(definition, action, file, f"action.{index}.from")


def _sources(definition: Definition, action: Action, file: str, path: str) -> Iterator[Problem]:
    sources = definition.sources(action)
    if not sources:
        yield Problem(file, path, "the action can be taken from no stage")
    if action.to == RETURN:
        for name in sources:
            if definition.stage_named(name).kind != "hold":
                yield Problem(file, path, f"{name} is no hold, so there is nothing to return to")


def _phases(definition: Definition, file: str) -> Iterator[Problem]:
    phases = {stage.id: stage.phase for stage in definition.stage}
    for index, action in enumerate(definition.action):
        goal: Phase | None = phases.get(action.to)
        if goal is None or action.backwards:
            continue
        for source in definition.sources(action):
            origin = phases[source]
            if origin is not None and goal.number < origin.number:
                yield Problem(
                    file,
                    f"action.{index}",
                    f"leads from {origin} back to {goal}; say backwards = true if that is meant",
                )
