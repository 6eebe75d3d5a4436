"""Budget submissions: frozen once a year with figures that add up to the analyses' own, and never changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.errors import NotAllowed, NotFound, Refused
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import results, submissions
from introduction.services.desk import Desk
from introduction.services.submissions import Content
from introduction.store import event
from introduction.store.submission import Submission, SubmissionRow
from tests.databases import writing
from tests.money import approve, close, put_case
from tests.web.posting import Postman
from tests.world import NORRBOTTEN, VGR, Clock, World

OPENS = datetime(2027, 2, 1, 6, tzinfo=STOCKHOLM)  #: the budget calendar of both regions opens on 1 February
YEARS = range(2028, 2033)


@pytest.fixture
def spring(clock: Clock) -> Clock:
    """The day when the budget calendar opens."""
    clock.now = OPENS
    return clock


def frozen(world: World, year: int = 2028, who: Role = Role.AUDITOR) -> Content:
    return submissions.see(world.desk(who), world.regions[VGR], year)


def freeze(world: World) -> Submission | None:
    return submissions.freeze_by_clock(Desk(world.session, world.catalogue, None, world.clock.now), world.regions[VGR])


def divided(world: World) -> dict[str, Any]:
    """A model that the hospital and an administration that the region does not know share, with two payers."""
    return {
        "split": {str(world.units[VGR]["hospital"].id): 1 / 3, "elsewhere": 2 / 3},
        "financed": {"first": "2028-01", "last": "2028-12"},
        "start": "2028-01",
        "years": 3,
    }


def test_the_rows_add_up_to_the_analysis_to_the_ore(world: World, spring: Clock) -> None:
    analysis = approve(world, put_case(world, "Ettumab"), **divided(world))
    assert freeze(world) is not None
    content, figures = frozen(world), results.result_of(analysis)
    held = {year: min(year, 2030) for year in YEARS}  # the last year of the analysis is held
    for year in YEARS:
        at = figures.years.index(held[year])
        assert sum(row.amount for row in content.rows if row.year == year) == figures.impact()[at]
        for purse, amounts in figures.by("purse").items():
            assert sum(row.amount for row in content.rows if (row.year, row.purse) == (year, purse)) == amounts[at]
        hospital = world.units[VGR]["hospital"].id
        here = sum(row.amount for row in content.rows if (row.year, row.unit_id) == (year, hospital))
        assert here == figures.by("area")[str(hospital)][at]
    assert all(row.low <= row.amount <= row.high for row in content.rows)
    assert any(row.low < row.amount < row.high for row in content.rows)
    assert {row.unit_id for row in content.rows} == {world.units[VGR]["hospital"].id, None}


def test_the_intervals_are_those_of_the_draws(world: World, spring: Clock) -> None:
    analysis = approve(world, put_case(world, "Ettumab"), start="2028-01")
    freeze(world)
    kept = results.kept_draws(analysis)
    for row in frozen(world).rows:
        draws = sorted(kept[row.year - 2028])
        inside = sum(row.low <= value * 100 <= row.high for value in draws) / len(draws)
        assert inside == pytest.approx(0.8, abs=0.03)


def test_only_approved_analyses_of_open_cases_go_in_and_the_others_are_missing(world: World, spring: Clock) -> None:
    approve(world, put_case(world, "Ettumab"))
    without = put_case(world, "Tvåumab")
    put_case(world, "Spaningumab", "national_recommendation")
    closed = put_case(world, "Treumab", closed=True)
    approve(world, closed)
    draft = approve(world, put_case(world, "Fyrumab"))
    assert freeze(world) is not None
    content = frozen(world)
    assert {content.cases[row.case_id].medicine for row in content.rows} == {"Ettumab", "Fyrumab"}
    assert [row.medicine for row in content.missing] == ["Tvåumab"]
    close(world, without, world.clock.today)
    assert [row.medicine for row in frozen(world).missing] == [], "it ended on that day"
    assert content.analyses[draft.id] == 1


def test_the_clock_waits_for_its_day_and_then_does_it_once(world: World, spring: Clock) -> None:
    approve(world, put_case(world, "Ettumab"))
    spring.now = datetime(2027, 1, 31, 23, 59, tzinfo=STOCKHOLM)
    desk = Desk(world.session, world.catalogue, None, world.clock.now)
    assert submissions.due(desk) == [] and freeze(world) is None
    spring.now = OPENS
    desk = Desk(world.session, world.catalogue, None, world.clock.now)
    assert submissions.due(desk) == [world.regions[VGR]], "a region without cases has nothing to submit"
    assert freeze(world) is not None
    assert submissions.due(desk) == [] and freeze(world) is None
    assert world.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_late_first_round_of_work_still_does_it_in_the_same_year(world: World, spring: Clock) -> None:
    put_case(world, "Ettumab")
    spring.now = datetime(2027, 12, 30, 9, tzinfo=STOCKHOLM)
    row = freeze(world)
    assert row is not None and row.budget_year == 2028 and row.frozen_by is None


def test_the_next_year_gets_one_of_its_own_and_is_held_against_the_last(world: World, spring: Clock) -> None:
    case = put_case(world, "Ettumab")
    approve(world, case, start="2028-01", monthly_kr=10_000)
    freeze(world)
    first = {row.year: row.amount for row in frozen(world).rows}
    spring.now = datetime(2028, 2, 1, 6, tzinfo=STOCKHOLM)
    approve(world, case, start="2028-01", monthly_kr=20_000)
    freeze(world)
    content = frozen(world, 2029)
    assert content.years == (2029, 2030, 2031, 2032, 2033)
    assert content.last is not None and content.last[case.instance.id, 2029] == first[2029]
    assert {row.year: row.amount for row in frozen(world).rows} == first, "a frozen submission stays as it was"
    assert frozen(world).last is None


def test_a_person_may_freeze_before_the_day_in_the_same_year(world: World, clock: Clock) -> None:
    approve(world, put_case(world, "Ettumab"))
    clock.now = datetime(2027, 1, 20, 9, tzinfo=STOCKHOLM)
    desk, region_id = world.desk(Role.ECONOMIST), world.regions[VGR]
    proposed = submissions.preview(desk, region_id)
    assert proposed.frozen is None and submissions.may_freeze(desk, region_id)
    for year in (2027, 2029):
        with pytest.raises(Refused, match="nästa budgetår"):
            submissions.freeze_now(desk, region_id, year)
    row = submissions.freeze_now(desk, region_id, 2028)
    assert row.frozen_by == desk.user_id
    assert list(frozen(world).rows) == list(proposed.rows), "the preview says what is then frozen"
    with pytest.raises(Refused, match="redan fryst"):
        submissions.freeze_now(desk, region_id, 2028)
    clock.now = OPENS
    assert freeze(world) is None, "the clock finds it done"


def test_the_region_s_chain_tells_of_it(world: World, spring: Clock) -> None:
    analysis = approve(world, put_case(world, "Ettumab"), start="2028-01")
    row = freeze(world)
    assert row is not None
    told = event.events_of(world.session, f"region:{world.regions[VGR]}")[-1].content
    assert (told["kind"], told["budget_year"], told["analyses"]) == ("budget_submission_frozen", 2028, [analysis.id])
    assert (told["actor"], told["by"]) == ("clock", None)
    assert told["amount_ore"] == results.result_of(analysis).impact()[0]


@pytest.mark.parametrize("table", ["budget_submission", "budget_submission_row"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id + 1000", "DELETE FROM {table}"])
def test_nobody_can_change_a_frozen_submission(world: World, spring: Clock, table: str, change: str) -> None:
    approve(world, put_case(world, "Ettumab"))
    freeze(world)
    with pytest.raises(DatabaseError), world.session.begin_nested():
        world.session.execute(text(change.format(table=table)))


@pytest.mark.parametrize("who", [Role.READER, Role.HEAD_OF_UNIT, Role.NOMINATOR])
def test_who_may_not_see_the_portfolio_sees_no_submission(world: World, spring: Clock, who: Role) -> None:
    put_case(world, "Ettumab")
    freeze(world)
    desk, region_id = world.desk(who), world.regions[VGR]
    for ask in (submissions.listed, submissions.preview):
        with pytest.raises(NotAllowed):
            ask(desk, region_id)
    with pytest.raises(NotAllowed):
        frozen(world, who=who)


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.COUNCIL_CHAIR, Role.ADMINISTRATOR])
def test_only_those_who_plan_the_fund_freeze(world: World, who: Role) -> None:
    with pytest.raises(NotAllowed):
        submissions.freeze_now(world.desk(who), world.regions[VGR], 2027)
    with pytest.raises(NotAllowed):
        submissions.freeze_now(world.desk(Role.ECONOMIST, NORRBOTTEN), world.regions[VGR], 2027)


def test_a_year_without_a_submission_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        frozen(world, 2031)


# --- workers


def worker(engine: Engine, world: World, now: datetime) -> Worker:
    return Worker(
        sessions=sessionmaker(engine),
        catalogue=world.catalogue,
        mailer=Postman(),
        url="https://inforande.example",
        sender="tjanst@region.example",
        host="inforande.example",
        now=lambda: now,
    )


def test_a_worker_freezes_on_the_day_and_looks_once_an_hour(engine: Engine, world: World, spring: Clock) -> None:
    approve(world, put_case(world, "Ettumab"))
    world.session.commit()
    one = worker(engine, world, OPENS)
    one.tick()
    assert one.submit() == 0
    with Session(engine) as session:
        row = session.scalars(select(Submission)).one()
        assert (row.region_id, row.budget_year, row.frozen_by) == (world.regions[VGR], 2028, None)


def test_one_region_that_fails_stands_in_no_others_way(
    engine: Engine, world: World, spring: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = sorted((VGR, NORRBOTTEN), key=lambda slug: world.regions[slug])
    for slug in (first, other):
        approve(world, put_case(world, "Ettumab", region=slug))
    world.session.commit()
    really = submissions.freeze_by_clock

    def fails(desk: Desk, region_id: int) -> Submission | None:
        if region_id == world.regions[first]:
            raise ValueError("figures that cannot be read")
        return really(desk, region_id)

    monkeypatch.setattr(submissions, "freeze_by_clock", fails)
    assert worker(engine, world, OPENS).submit() == 1
    with Session(engine) as session:
        assert session.scalars(select(Submission.region_id)).all() == [world.regions[other]]


def test_two_workers_at_once_freeze_once(engine: Engine, world: World, spring: Clock) -> None:
    for number in range(6):
        approve(world, put_case(world, f"Sex{number}umab"))
    world.session.commit()
    together = threading.Barrier(4)

    def work(_number: int) -> int:
        mine = worker(engine, world, OPENS)
        together.wait()
        return mine.submit()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 1
    with writing(engine) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        rows = session.execute(select(SubmissionRow.case_id, SubmissionRow.year, func.count()).group_by(
            SubmissionRow.case_id, SubmissionRow.year)).all()  # fmt: skip
        assert len(rows) == 30 and all(times == 1 for _case, _year, times in rows)
        told = event.events_of(session, f"region:{world.regions[VGR]}")
        assert [one.content["kind"] for one in told].count("budget_submission_frozen") == 1


def test_the_same_case_gives_the_same_rows_again(world: World, spring: Clock) -> None:
    approve(world, put_case(world, "Ettumab"), **divided(world))
    desk, region_id = world.desk(Role.ECONOMIST), world.regions[VGR]
    first, again = (submissions.preview(desk, region_id) for _time in range(2))
    assert [replace(row) for row in first.rows] == list(again.rows)
