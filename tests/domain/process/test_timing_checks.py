"""Faults in what the files say of reminders and of the clock: each is found, with the file and the place in it."""

from __future__ import annotations

from typing import Any

import pytest

from introduction.domain.errors import BadDefinition, Problem
from introduction.domain.process.loading import load

REMINDER = """
[[reminder]]
id = "soon"
title = { sv = "Snart", en = "Soon" }
after = "watch_end"
days = -30
to = "coordinator"
"""
OFFICE = """
[[setting]]
key = "office_opens"
value = 800
valid_from = 2026-01-01

[[setting]]
key = "office_closes"
value = 1600
valid_from = 2026-01-01
"""
REGION_REMINDER = """
[[reminder]]
id = "mandate_soon"
title = { sv = "Uppdrag", en = "Mandate" }
about = "mandate_ends"
days = -30
to = "administrator"
"""
CLOCK = 'clock = { at = { days = 0, after = "watch_end" } }'


def problems(folder: Any) -> list[Problem]:
    with pytest.raises(BadDefinition) as found:
        load(folder.path, demand_published=False)
    return list(found.value.problems)


def places(folder: Any) -> dict[str, str]:
    """Where faults were found in the small region's files, and what was said there."""
    return {f"{problem.file}: {problem.path}": problem.what for problem in problems(folder)}


def demand_fault(folder: Any, file: str, place: str, words: str) -> None:
    found = places(folder)
    told = [what for where, what in found.items() if where.startswith(f"{file}: {place}")]
    assert any(words in what for what in told), found


@pytest.fixture(autouse=True)
def office(folder: Any) -> None:
    """The small region has office hours, from eight to four."""
    append(folder, folder.region_file, OFFICE)


def append(folder: Any, file: str, text: str) -> None:
    folder.write(file, (folder.path / file).read_text(encoding="utf-8") + text)


def test_reminders_and_actions_of_the_clock_as_the_page_tells_them_are_sound(folder: Any) -> None:
    append(folder, folder.process_file, REMINDER + 'at = 1300\nstages = ["followed"]\nunless = ["registered"]\n')
    append(folder, folder.region_file, REGION_REMINDER)
    folder.edit(
        folder.process_file, 'from = "followed"\nto = "closed"\n', f'from = "followed"\nto = "closed"\n{CLOCK}\n'
    )
    [definition] = load(folder.path, demand_published=False).newest()
    assert definition.reminder[0].id == "soon" and definition.action_named("close").clock is not None


# what it is, what stands in the reminder, what is written instead, the place, words
REMINDERS = [
    ("an unknown role", 'to = "coordinator"', 'to = "kung"', "reminder.0.to", "coordinator"),
    ("nobody", 'to = "coordinator"\n', "", "reminder.0.to", "say who is reminded"),
    ("an unknown anchor", 'after = "watch_end"', 'after = "full_moon"', "reminder.0.after", "unknown anchor full_moon"),
    (
        "an unknown template",
        "days = -30",
        'days = -30\ntemplate = "poem"',
        "reminder.0.template",
        "unknown template poem",
    ),
    ("a template of the program", "days = -30", 'days = -30\ntemplate = "moved"', "reminder.0.template", "unknown"),
    ("an unknown guard", "days = -30", 'days = -30\nunless = ["rich"]', "reminder.0.unless", "unknown guard rich"),
    ("an unknown stage", "days = -30", 'days = -30\nstages = ["heaven"]', "reminder.0.stages", "unknown stage heaven"),
    ("an unknown kind", "days = -30", 'days = -30\nkind = "shout"', "reminder.0.kind", "escalation"),
    ("an hour before the office opens", "days = -30", "days = -30\nat = 759", "reminder.0.at", "0800 to 1600"),
    ("an hour after it closes", "days = -30", "days = -30\nat = 1601", "reminder.0.at", "0800 to 1600"),
    ("an hour in the night", "days = -30", "days = -30\nat = 230", "reminder.0.at", "not in office hours"),
    ("what is no hour", "days = -30", "days = -30\nat = 1260", "reminder.0", "minute"),
    ("again at once", "days = -30", "days = -30\nagain = { days = 0 }", "reminder.0.again", "at least 1"),
    ("again backwards", "days = -30", "days = -30\nagain = { months = -1 }", "reminder.0.again", "at least 1"),
    ("two distances", "days = -30", "days = -30\nmonths = 1", "reminder.0", "exactly one"),
]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"), [row[1:] for row in REMINDERS], ids=[r[0] for r in REMINDERS]
)
def test_a_fault_in_a_reminder_is_found(folder: Any, old: str, new: str, place: str, words: str) -> None:
    assert REMINDER.count(old) == 1
    append(folder, folder.process_file, REMINDER.replace(old, new))
    demand_fault(folder, folder.process_file, place, words)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[[remind]]\ndays = 0", '[[remind]]\ndays = 0\ntemplate = "poem"', "remind.0.template"),
        (
            "due = { working_days = 10 }",
            'due = { working_days = 10 }\nremind = [{ days = 0, template = "poem" }]',
            "stage.0.remind.0.template",
        ),
        (
            'due = { days = 5, after = "opened" }',
            'due = { days = 5, after = "opened" }\nremind = [{ days = 0 }, { days = 1, template = "poem" }]',
            "stage.0.task.0.remind.1.template",
        ),
        (
            'until = ["closed"]',
            'until = ["closed"]\nremind = [{ days = 0, template = "poem" }]',
            "task.0.remind.0.template",
        ),
    ],
)
def test_it_is_found_wherever_a_reminder_may_stand(folder: Any, old: str, new: str, place: str) -> None:
    folder.edit(folder.process_file, old, new)
    demand_fault(folder, folder.process_file, place, "unknown template poem")


def test_without_rules_of_its_own_the_night_between_two_and_three_is_never_in_office_hours(folder: Any) -> None:
    """An office that is open day and night still sends nothing when the clocks change."""
    folder.edit(folder.region_file, "value = 800", "value = 0")
    folder.edit(folder.region_file, "value = 1600", "value = 2359")
    append(folder, folder.process_file, REMINDER + "at = 245\n")
    demand_fault(folder, folder.process_file, "reminder.0.at", "not in office hours")


# --- the region


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('about = "mandate_ends"', 'about = "birthday"', "reminder.0.about", "unknown occasion birthday"),
        ('to = "administrator"', 'to = "owner"', "reminder.0.to", "name a role"),
        ('to = "administrator"', 'to = "unit_head"', "reminder.0.to", "name a role"),
        ('to = "administrator"\n', "", "reminder.0.to", "name a role"),
        ("days = -30", 'days = -30\ntemplate = "poem"', "reminder.0.template", "unknown template"),
        ("days = -30", "days = -30\nat = 600", "reminder.0.at", "0800 to 1600"),
    ],
)
def test_a_fault_in_a_regions_reminder_is_found(folder: Any, old: str, new: str, place: str, words: str) -> None:
    append(folder, folder.region_file, REGION_REMINDER.replace(old, new))
    demand_fault(folder, folder.region_file, place, words)


@pytest.mark.parametrize("hhmm", [2400, 760, -1, 230])
def test_an_office_that_opens_at_no_hour_is_found(folder: Any, hhmm: int) -> None:
    folder.edit(folder.region_file, "value = 800", f"value = {hhmm}")
    assert any("setting.0.value" in place for place in places(folder))


def test_a_line_that_goes_round_is_found(folder: Any) -> None:
    line = '\n[next_in_line]\neconomist = "secretary"\nsecretary = "economist"\n'
    append(folder, folder.region_file, line)
    demand_fault(folder, folder.region_file, "next_in_line.economist", "nobody stands at the end")
    demand_fault(folder, folder.region_file, "next_in_line.secretary", "nobody stands at the end")


def test_a_line_that_ends_with_the_administrator_is_sound(folder: Any) -> None:
    append(folder, folder.region_file, '\n[next_in_line]\nnominator = "coordinator"\n')
    load(folder.path, demand_published=False)


# --- what the clock does


def by_clock(folder: Any, clock: str, more: str = "") -> None:
    """Let the clock close the case."""
    old = 'from = "followed"\nto = "closed"\n'
    folder.edit(folder.process_file, old, f"{old}{clock}\n{more}\n")


CLOSE = "action.2.clock"


@pytest.mark.parametrize(
    ("clock", "more", "place", "words"),
    [
        ('clock = { at = { days = 0, after = "doomsday" } }', "", f"{CLOSE}.at.after", "unknown anchor doomsday"),
        (CLOCK, 'record = "decision"\noutcome = "approved"', CLOSE, "leaves a record"),
        (CLOCK, 'note = "required"', CLOSE, "no reasons to give"),
        (CLOCK, 'asks = ["watch_until"]', f"{CLOSE}.gives", "the clock must give watch_until"),
        (
            'clock = { at = { days = 0 }, gives = { watch_until = "luck" } }',
            'asks = ["watch_until"]',
            f"{CLOSE}.gives",
            "unknown setting luck",
        ),
        (
            'clock = { at = { days = 0 }, gives = { watch_until = "watch_months" } }',
            "",
            f"{CLOSE}.gives",
            "no date that the action asks for",
        ),
        (
            'clock = { at = { days = 0 }, gives = { benefit = "watch_months" } }',
            'asks = ["benefit"]',
            f"{CLOSE}.gives",
            "no date that the action asks for",
        ),
    ],
)
def test_what_the_clock_cannot_do_is_found(folder: Any, clock: str, more: str, place: str, words: str) -> None:
    by_clock(folder, clock, more)
    demand_fault(folder, folder.process_file, place, words)


def test_a_recommendation_has_nobody_that_only_cases_have(folder: Any) -> None:
    folder.edit(folder.process_file, "[[remind]]\ndays = 0", '[[remind]]\ndays = 0\nto = "owner"')
    folder.edit(folder.process_file, 'subject = "case"', 'subject = "recommendation"')
    demand_fault(folder, folder.process_file, "remind.0.to", "a recommendation has no owner")


@pytest.mark.parametrize("mmdd", [229, 1301, 0, 431])
def test_a_budget_calendar_that_opens_on_no_day_of_every_year_is_found(folder: Any, mmdd: int) -> None:
    append(
        folder,
        folder.region_file,
        f'\n[[setting]]\nkey = "budget_calendar_opens"\nvalue = {mmdd}\nvalid_from = 2026-01-01\n',
    )
    demand_fault(folder, folder.region_file, "setting.", "write month and day, such as 201, of every year")
