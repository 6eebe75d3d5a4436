"""What lands in a unit's own budget: its share of each case, from the day when the region's money ends."""

from __future__ import annotations

from datetime import date
from statistics import mean
from typing import Any

import pytest

from introduction.domain.errors import NotAllowed, NotFound
from introduction.domain.roles import Role
from introduction.services import landing, portfolio, regions, results
from introduction.services.landing import View
from introduction.store.case import TreatingUnit
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, VGR, World

MILLION = 100_000_000
BOTH = ("lung", "neuro")


def see(world: World, unit: str = "lung", who: Role = Role.ECONOMIST) -> View:
    return landing.see(world.desk(who), world.units[VGR][unit].id)


def means(analysis: Any) -> list[float]:
    return [mean(year) * 100 for year in results.kept_draws(analysis)]


def near(amounts: Any) -> Any:
    return pytest.approx(list(amounts), abs=2)


def test_a_unit_in_no_case_has_nothing(world: World) -> None:
    view = see(world)
    assert not view.decided and not view.may_come and view.total.expected == (0,) * 5 and view.largest is None


def test_the_cost_is_divided_evenly_between_the_treating_units(world: World) -> None:
    case = put_case(world, "Ettumab", "handover", outcome="approved", treating=BOTH)
    analysis = approve(world, case)
    lung, whole = see(world), see(world, "hospital")
    assert lung.total.expected == near(value / 2 for value in means(analysis))
    assert whole.total.expected == near(means(analysis))
    [line] = lung.decided
    assert (line.own, line.among, line.by_area, line.analysis) == (1, 2, False, 1)
    for low, value, high in zip(line.cost.low, line.cost.expected, line.cost.high, strict=True):
        assert low < value < high


def test_an_administration_s_share_of_the_analysis_is_divided_within_it(world: World) -> None:
    hospital = world.units[VGR]["hospital"]
    other = regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration")
    clinic = regions.add_unit(world.operator, world.regions[VGR], "Medicin", "operation", parent_id=other.id)
    case = put_case(world, "Ettumab", "handover", outcome="approved", treating=BOTH)
    world.session.add(TreatingUnit(case_id=case.instance.id, unit_id=clinic.id))
    analysis = approve(world, case, split={str(hospital.id): 0.4, str(other.id): 0.6})
    lung = see(world)
    assert lung.decided[0].by_area
    assert lung.total.expected == near(0.4 / 2 * value for value in means(analysis))
    there = landing.see(world.desk(Role.ECONOMIST), other.id)
    assert there.total.expected == near(0.6 * value for value in means(analysis))


def test_an_analysis_that_lays_it_on_others_says_so(world: World) -> None:
    other = regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration")
    approve(world, put_case(world, "Ettumab", "handover", treating=("lung",)), split={str(other.id): 1.0})
    [line] = see(world).decided
    assert line.elsewhere and line.cost.expected == (0,) * 5


def test_only_the_units_own_purses_count(world: World) -> None:
    case = put_case(
        world, "Ettumab", "follow_up", outcome="approved", treating=("lung",), financed_until=date(2028, 3, 31)
    )
    analysis = approve(world, case, financed={"first": "2027-01", "last": "2028-03"})
    clinic = results.result_of(analysis).by("purse")["clinic"]
    view = see(world)
    assert view.total.expected[0] == 0 and clinic[0] == 0
    assert view.total.expected[1] == pytest.approx(clinic[1], rel=0.15) and view.total.expected[1] > 0
    [line] = view.decided
    assert line.lands_from == date(2028, 4, 1) and not line.borne_now and not line.ends_otherwise
    assert (view.lead_year, view.largest) == (2028, line)


def test_where_the_analysis_parts_no_payers_the_settled_day_does(world: World) -> None:
    case = put_case(
        world, "Ettumab", "follow_up", outcome="approved", treating=("lung",), financed_until=date(2028, 3, 31)
    )
    analysis = approve(world, case)
    parts = [0, 9 / 12, 1, 1, 1]
    assert see(world).total.expected == near(a * b for a, b in zip(parts, means(analysis), strict=True))
    whole = portfolio.see(world.desk(Role.ECONOMIST), world.regions[VGR])
    assert whole.fund_is_told
    assert whole.fund.expected == near((1 - a) * b for a, b in zip(parts, means(analysis), strict=True)), (
        "what the units do not bear yet, the fund does"
    )


def test_after_the_analysis_has_ended_the_units_bear_what_the_fund_bore(world: World) -> None:
    case = put_case(
        world, "Ettumab", "follow_up", outcome="approved", treating=("lung",), financed_until=date(2029, 3, 31)
    )
    analysis = approve(world, case, years=2, financed={"first": "2027-01", "last": "2028-12"})
    last = means(analysis)[-1]
    view, whole = see(world), portfolio.see(world.desk(Role.ECONOMIST), world.regions[VGR])
    assert view.total.expected == near([0, 0, 9 / 12 * last, last, last])
    assert whole.fund.expected[1:] == near([last, 3 / 12 * last, 0, 0])
    assert whole.total.expected == near([*means(analysis), last, last, last])


def test_an_analysis_that_lets_the_money_end_another_year_says_so(world: World) -> None:
    case = put_case(world, "Ettumab", "follow_up", treating=("lung",), financed_until=date(2028, 12, 31))
    approve(world, case, financed={"first": "2027-01", "last": "2027-12"})
    assert see(world).decided[0].ends_otherwise


def test_what_the_units_pay_already_is_borne_now(world: World) -> None:
    put_case(world, "Utan", "follow_up", outcome="without_financing", treating=("lung",))
    put_case(world, "Slut", "handover", treating=("lung",), financed_until=date(2026, 6, 30))
    put_case(world, "Kvar", "handover", treating=("lung",), financed_until=date(2027, 6, 30))
    borne = {line.row.medicine: line.borne_now for line in see(world).decided}
    assert borne == {"Utan": True, "Slut": True, "Kvar": False}


def test_without_financing_the_nominations_cost_lands_from_the_first_year(world: World) -> None:
    put_case(
        world, "Utan", "follow_up", outcome="without_financing", treating=("lung",),
        introduction_start=date(2027, 1, 1), extra_cost_year1_ore=MILLION,
        extra_cost_year2_ore=2 * MILLION, extra_cost_year3_ore=3 * MILLION,
    )  # fmt: skip
    view = see(world)
    assert view.decided[0].borne_now
    assert [amount / MILLION for amount in view.total.expected] == [1, 2, 3, 3, 3]


def test_what_is_not_decided_stands_apart_with_its_whole_cost(world: World) -> None:
    put_case(
        world, "Ettumab", extra_cost_year1_ore=MILLION, extra_cost_year2_ore=MILLION, extra_cost_year3_ore=3 * MILLION,
        nominating_unit_id=world.units[VGR]["lung"].id, round_cut_off=date(2026, 8, 15),
    )  # fmt: skip
    view = see(world)
    assert not view.decided and view.total.expected == (0,) * 5
    [line] = view.may_come
    assert [amount / MILLION for amount in line.cost.expected] == [0, 0, 3, 3, 3], "the region pays two years"
    assert (line.source, line.among) == ("nomination", 0)


def test_a_nominating_unit_that_does_not_treat_gets_nothing(world: World) -> None:
    put_case(
        world, "Ettumab", "follow_up", treating=("neuro",), nominating_unit_id=world.units[VGR]["lung"].id
    )  # fmt: skip
    assert not see(world).decided and len(see(world, "neuro").decided) == 1


def test_a_unit_that_bears_no_cost_leaves_it_with_the_region(world: World) -> None:
    lung = world.units[VGR]["lung"]
    regions.set_terms(world.operator, lung.id, "choice_of_care", bears_cost=False, valid_from=date(2020, 1, 1))
    analysis = approve(world, put_case(world, "Ettumab", "handover", treating=BOTH))
    [line] = see(world).decided
    assert line.unpaid == line.own == 1 and line.cost.expected == (0,) * 5
    assert see(world, "hospital").total.expected == near(value / 2 for value in means(analysis))


def test_the_sum_of_cases_has_an_interval_of_its_own(world: World) -> None:
    for number in range(6):
        approve(world, put_case(world, f"Sex{number}umab", "handover", treating=("lung",)))
    view = see(world)
    widths = [line.cost.high[2] - line.cost.low[2] for line in view.decided]
    assert view.total.high[2] - view.total.low[2] < 0.7 * sum(widths), "not all cases go badly at once"
    assert view.total.expected[2] == sum(line.cost.expected[2] for line in view.decided)


# --- who


def test_a_head_sees_own_units_and_no_other(world: World) -> None:
    desk = world.desk(Role.HEAD_OF_UNIT)
    assert [choice.name for choice in landing.choices(desk)] == ["Lungmedicin"]
    assert see(world, "lung", Role.HEAD_OF_UNIT).unit.name == "Lungmedicin"
    for unit in ("neuro", "hospital"):
        with pytest.raises(NotAllowed):
            see(world, unit, Role.HEAD_OF_UNIT)


@pytest.mark.parametrize("who", [Role.ECONOMIST, Role.AUDITOR, Role.COORDINATOR])
def test_staff_choose_any_unit_of_their_region(world: World, who: Role) -> None:
    names = [choice.name for choice in landing.choices(world.desk(who))]
    assert names == ["Sjukhuset", "Lungmedicin", "Neurologi"], "the administration before what lies under it"
    with pytest.raises(NotAllowed):
        landing.see(world.desk(who), world.units[NORRBOTTEN]["lung"].id)
    with pytest.raises(NotFound):
        landing.see(world.desk(who), 99_999)


def test_a_reader_does_not(world: World) -> None:
    with pytest.raises(NotAllowed):
        see(world, "lung", Role.READER)
