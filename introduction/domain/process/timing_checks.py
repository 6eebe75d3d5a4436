"""What must hold of reminders and of what the clock does. Part of checks.py: every problem is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from introduction.domain.errors import Problem
from introduction.domain.fields import Kind
from introduction.domain.notices import TEMPLATES
from introduction.domain.process.definition import Action, Definition
from introduction.domain.process.guards import GUARDS
from introduction.domain.process.region import SETTINGS, Region
from introduction.domain.process.situation import ANCHORS, OCCASIONS, SERIES
from introduction.domain.process.timing import ProcessReminder, RegionReminder, Remind
from introduction.domain.roles import Role
from introduction.domain.subjects import SUBJECTS, fields_of

#: Recipients that only some subjects name.
_NAMED = frozenset().union(*(kind.names for kind in SUBJECTS.values()))
#: No hour of a reminder: it is missing or doubled when the clocks change.
_NIGHT = range(200, 300)


def of_region(region: Region, file: str) -> list[Problem]:
    """The region's own reminders, its office hours, the day its budget work opens, and who comes after whom."""
    problems: list[Problem] = []
    for index, setting in enumerate(region.setting):
        if setting.key in ("office_opens", "office_closes") and not _is_time(setting.value):
            problems.append(Problem(file, f"setting.{index}.value", "write hour and minute, such as 700, not at night"))
        if setting.key == "budget_calendar_opens" and not _is_yearly(setting.value):
            problems.append(Problem(file, f"setting.{index}.value", "write month and day, such as 201, of every year"))
    for index, reminder in enumerate(region.reminder):
        path = f"reminder.{index}"
        if reminder.about not in OCCASIONS:
            problems.append(Problem(file, f"{path}.about", f"unknown occasion {reminder.about}"))
        if reminder.to is None or reminder.to in _NAMED:
            problems.append(Problem(file, f"{path}.to", "name a role, or next_in_line"))
        problems += _reminder(reminder, region, file, path)
    for role in region.next_in_line:
        if _comes_round(region, role):
            problems.append(Problem(file, f"next_in_line.{role}", "nobody stands at the end of the line"))
    return problems


def of_definition(definition: Definition, region: Region, file: str) -> Iterator[Problem]:
    """Every reminder of a definition, and every action that the clock takes."""
    for path, rules in _rules(definition):
        for index, rule in enumerate(rules):
            yield from _reminder(rule, region, file, f"{path}.{index}")
            yield from _recipient(definition, rule, file, f"{path}.{index}.to")
    stages = {stage.id for stage in definition.stage}
    for index, reminder in enumerate(definition.reminder):
        path = f"reminder.{index}"
        if reminder.after not in ANCHORS and reminder.after not in SERIES:
            yield Problem(file, f"{path}.after", f"unknown anchor {reminder.after}")
        yield from (Problem(file, f"{path}.stages", f"unknown stage {n}") for n in reminder.stages if n not in stages)
        yield from (Problem(file, f"{path}.unless", f"unknown guard {n}") for n in reminder.unless if n not in GUARDS)
        if reminder.to is None:
            yield Problem(file, f"{path}.to", "say who is reminded")
    for index, action in enumerate(definition.action):
        yield from _told(definition, action, file, f"action.{index}.tells")
        yield from _by_clock(definition, action, file, f"action.{index}.clock")


def _rules(definition: Definition) -> Iterable[tuple[str, tuple[Remind | ProcessReminder, ...]]]:
    yield "remind", definition.remind
    for number, stage in enumerate(definition.stage):
        yield f"stage.{number}.remind", stage.remind
        for place, task in enumerate(stage.task):
            yield f"stage.{number}.task.{place}.remind", task.remind
    for number, task in enumerate(definition.task):
        yield f"task.{number}.remind", task.remind
    yield "reminder", definition.reminder


def _reminder(rule: Remind | RegionReminder, region: Region, file: str, path: str) -> Iterator[Problem]:
    if rule.template is not None and rule.template not in TEMPLATES:
        yield Problem(file, f"{path}.template", f"unknown template {rule.template}")
    if rule.at is not None:
        opens, closes = (_office(region, key) for key in ("office_opens", "office_closes"))
        if not opens <= rule.at <= closes or rule.at in _NIGHT:
            yield Problem(file, f"{path}.at", f"not in office hours, {opens:04} to {closes:04}")


def _recipient(definition: Definition, rule: Remind, file: str, path: str) -> Iterator[Problem]:
    if rule.to in _NAMED - SUBJECTS[definition.subject].names:
        yield Problem(file, path, f"a {definition.subject} has no {rule.to}")


def _told(definition: Definition, action: Action, file: str, path: str) -> Iterator[Problem]:
    lacking = _NAMED - SUBJECTS[definition.subject].names
    yield from (Problem(file, path, f"a {definition.subject} has no {n}") for n in action.tells if n in lacking)


def _by_clock(definition: Definition, action: Action, file: str, path: str) -> Iterator[Problem]:
    clock = action.clock
    if clock is None:
        return
    if clock.at.after not in ANCHORS:
        yield Problem(file, f"{path}.at.after", f"unknown anchor {clock.at.after}")
    if action.record is not None:
        yield Problem(file, path, "the clock takes no action that leaves a record")
    if action.note == "required":
        yield Problem(file, path, "the clock has no reasons to give")
    known = fields_of(definition.subject)
    for key, setting in clock.gives.items():
        if key not in action.asks + action.may or known[key].kind is not Kind.DATE:
            yield Problem(file, f"{path}.gives", f"{key} is no date that the action asks for")
        if setting not in SETTINGS:
            yield Problem(file, f"{path}.gives", f"unknown setting {setting}")
    yield from (Problem(file, f"{path}.gives", f"the clock must give {k}") for k in action.asks if k not in clock.gives)


def _is_time(hhmm: int) -> bool:
    return 0 <= hhmm // 100 <= 23 and 0 <= hhmm % 100 <= 59 and hhmm not in _NIGHT


def _is_yearly(mmdd: int) -> bool:
    """Whether it is a day of every year, so not 29 February."""
    try:
        date(2023, *divmod(mmdd, 100))
    except ValueError:
        return False
    return True


def _office(region: Region, key: str) -> int:
    """The hour and minute that a region's office has, whichever date it is from."""
    values = {setting.valid_from: setting.value for setting in region.setting if setting.key == key}
    return values[max(values)] if values else 0


def _comes_round(region: Region, role: Role) -> bool:
    seen: list[Role] = []
    while role not in seen:
        seen.append(role)
        role = region.comes_after(role)
    return role != seen[-1]
