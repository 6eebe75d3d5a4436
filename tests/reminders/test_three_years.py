"""Three years of both regions' cases: what was sent is what the definitions say, no more, no less, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from introduction.domain.calendar import STOCKHOLM, is_working_day
from introduction.store.unit import Unit
from tests.reminders.driving import Opening, Years
from tests.reminders.expected import Expectation
from tests.reminders.reading import what_the_clock_did, what_was_sent
from tests.world import NORRBOTTEN, VGR, World

#: Both nights of each year in which the clocks change lie here, and the leap day of 2028.
FIRST, A_YEAR, TWO_YEARS, LAST = date(2026, 11, 24), date(2027, 11, 23), date(2028, 11, 23), date(2029, 11, 23)
VGRS, NB = f"{VGR}.new_medicine", f"{NORRBOTTEN}.new_medicine"
PROCESSES = (VGRS, NB, "national.hospital_medicine", VGRS, VGRS, NB, "national.benefit_medicine", VGRS)
LIVELY = (0.2, 0.12, 0.15, 0.2, 0.2, 0.2, 0.05, 0.2)
CLOCKS_CHANGE = {
    date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29), date(2029, 3, 25), date(2029, 10, 28)
}  # fmt: skip
SEED, DROWSY_SEED = 9, 4
#: What must have come up for the run to prove anything, each told by the expectation alone.
CAME_UP = {
    "acknowledged, so not escalated", "put off", "put off, and done meanwhile", "cut_off_near", "mandate_ends_soon",
    "mandate_ends_to_coordinator",
}  # fmt: skip


def openings() -> list[Opening]:
    """Cases at different times, some lively and some left lying."""
    return [Opening(FIRST + timedelta(days=19 * n), process, LIVELY[n], n != 3) for n, process in enumerate(PROCESSES)]


def differing(found: Iterable[object], wanted: Iterable[object]) -> str:
    """What is missing and what is too much, for a failing test to show."""
    have, want = Counter(found), Counter(wanted)
    lines = [f"missing: {one}" for one in list((want - have).elements())[:8]]
    lines += [f"too much: {one}" for one in list((have - want).elements())[:8]]
    return "\n".join(lines)


def compare(engine: Engine, years: Years) -> Expectation:
    """What was sent and done is what should have been: nothing is missing, nothing too much, nothing twice."""
    with engine.connect() as connection:
        parents = {key: parent for key, parent in connection.execute(select(Unit.id, Unit.parent_id))}
        acted = what_the_clock_did(connection)
    wanted = Expectation(years.diary, years.catalogue, years.regions, parents).work_out()
    found = what_was_sent(engine, years.post)
    assert not differing(acted, wanted.acted), differing(acted, wanted.acted)
    assert not differing(found, wanted.sent), differing(found, wanted.sent)
    collecting = Counter((one.person, one.mailed.astimezone(STOCKHOLM).date()) for one in wanted.sent if one.collected)
    mails = {(one.person, one.mailed) for one in wanted.sent if one.collected}
    assert len(mails) == len(collecting), "at most one collecting mail for each person and day"
    assert years.errors.told == [], "nothing went wrong on the way"
    return wanted


def live(engine: Engine, world: World, seed: int, *, drowsy: bool = False, last: date = LAST) -> Years:
    """Three years of everything, or fewer."""
    years = Years(engine, world, seed, drowsy=drowsy)
    try:
        years.run(openings(), FIRST, last)
    finally:
        years.close()
    return years


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the year below compares the databases
def test_what_was_sent_in_three_years_is_what_the_definitions_say(engine: Engine, world: World) -> None:
    years = live(engine, world, SEED)
    wanted = compare(engine, years)
    local = {tick.astimezone(STOCKHOLM) for tick in years.diary.ticks}
    mornings = {tick.date() for tick in local if tick.hour == 7}
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert mornings >= {day for day in days if is_working_day(day)} and date(2028, 2, 29) in mornings
    nights = Counter(tick.date() for tick in local if tick.hour in (1, 2, 3))
    assert {day for day, times in nights.items() if times > 3} == CLOCKS_CHANGE
    came_up = {what for what, times in wanted.seen.items() if times}
    assert not CAME_UP - came_up, f"the run proves nothing of {CAME_UP - came_up}"
    assert wanted.acted, "the clock has acted"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_year_is_told_by_the_other_database_as_well(engine: Engine, world: World) -> None:
    assert compare(engine, live(engine, world, SEED, last=A_YEAR)).sent


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_drowsy_worker_tells_the_same_only_later_and_only_what_still_holds(engine: Engine, world: World) -> None:
    """It wakes on one day in seven, at any hour of day or night."""
    wanted = compare(engine, live(engine, world, DROWSY_SEED, drowsy=True, last=TWO_YEARS))
    assert wanted.seen["done or moved before the mail went"]
    assert all(one.mailed.astimezone(STOCKHOLM).hour >= 7 for one in wanted.sent if one.collected)
