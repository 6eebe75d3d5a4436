"""The portfolio of a region: which cases count, with what, against which ceiling, and what a round adds."""

from __future__ import annotations

from datetime import date
from statistics import mean
from typing import Any

import pytest
from sqlalchemy import event

from introduction.domain.budget.portfolio import added
from introduction.domain.errors import NotAllowed, NotFound
from introduction.domain.roles import Role
from introduction.services import portfolio, results, savings
from introduction.services.portfolio import View
from introduction.services.portfolio_cases import Wanted
from introduction.services.savings import Amount, NewSaving
from introduction.store.medicine import Medicine
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, VGR, World

YEARS = (2027, 2028, 2029, 2030, 2031)
MILLION = 100_000_000


def see(world: World, who: Role = Role.ECONOMIST, adds: date | None = None, **wanted: Any) -> View:
    return portfolio.see(world.desk(who), world.regions[VGR], Wanted(**wanted), adds=adds)


def means(analysis: Any) -> list[float]:
    """The mean of an analysis's kept draws by year, in öre."""
    return [mean(year) * 100 for year in results.kept_draws(analysis)]


def near(amounts: Any) -> Any:
    return pytest.approx(list(amounts), abs=2)


def test_an_empty_region_has_an_empty_portfolio(world: World) -> None:
    view = see(world)
    assert view.years == YEARS
    assert not view.lines and view.total.expected == (0,) * 5 and view.effect is None


def test_a_decided_case_counts_in_full_with_the_draws_of_its_analysis(world: World) -> None:
    case = put_case(world, "Ettumab", "introduction_financing", outcome="approved")
    analysis = approve(world, case)
    view = see(world)
    assert view.total.expected == near(means(analysis))
    draws = results.kept_draws(analysis)
    for year, low, high in zip(draws, view.total.low, view.total.high, strict=True):
        inside = sum(low <= value * 100 <= high for value in year) / len(year)
        assert inside == pytest.approx(0.8, abs=0.04)
    [line] = view.lines
    assert (line.source, line.analysis, line.first_year, line.decided) == ("analysis", 1, 2027, True)


def test_a_case_under_way_is_weighed_by_its_phase_but_its_own_line_is_not(world: World) -> None:
    for number in range(3):
        put_case(world, f"Förr{number}", "regional_decision", outcome="approved", closed=True)
    put_case(world, "Nej", "regional_decision", outcome="not_prioritised", closed=True)
    analysis = approve(world, put_case(world, "Ettumab", "regional_decision"))
    view = see(world)
    assert view.total.expected == near(3.5 / 5 * value for value in means(analysis))
    assert view.lines[0].cost == near(means(analysis))


def test_years_before_the_start_are_nothing_and_after_the_end_hold(world: World) -> None:
    analysis = approve(world, put_case(world, "Ettumab", "follow_up"), start="2028-01", years=2)
    first, second = means(analysis)
    assert see(world).total.expected == near([0, first, second, second, second])


def test_without_an_analysis_the_nomination_counts_as_a_point(world: World) -> None:
    put_case(
        world, "Ettumab", "introduction_financing", outcome="approved", introduction_start=date(2028, 4, 1),
        financed_until=date(2029, 9, 30), extra_cost_year1_ore=1 * MILLION, extra_cost_year3_ore=4 * MILLION,
    )  # fmt: skip
    view = see(world)
    million = [amount / MILLION for amount in view.total.expected]
    assert million == [0, 1, 4, 4, 4], "year 2 is not known and costs as year 3; then that is held"
    assert view.total.low == view.total.high == view.total.expected
    assert [amount / MILLION for amount in view.fund.expected] == [0, 1, 3, 0, 0], "nine months of 2029"
    assert (view.lines[0].source, view.lines[0].first_year) == ("nomination", 2028)


def test_a_case_without_any_figure_is_listed_and_counts_as_nothing(world: World) -> None:
    put_case(world, "Ettumab")
    view = see(world)
    assert [(line.source, line.entry) for line in view.lines] == [("", None)]


def test_closed_cases_and_other_regions_do_not_count(world: World) -> None:
    approve(world, put_case(world, "Ettumab", "handover", closed=True))
    approve(world, put_case(world, "Tvåumab", "follow_up", region=NORRBOTTEN))
    assert not see(world).lines


def some_cases(world: World) -> dict[str, Any]:
    """Three cases: two phases, two therapy areas, one divided between administrations and partly paid by the fund."""
    hospital = str(world.units[VGR]["hospital"].id)
    first = put_case(world, "Ettumab", "follow_up", outcome="approved", round_cut_off=date(2025, 3, 15))
    second = put_case(world, "Tvåumab", "regional_decision", round_cut_off=date(2027, 3, 15))
    third = put_case(
        world, "Treumab", "regional_decision", round_cut_off=date(2027, 8, 15), extra_cost_year1_ore=5 * MILLION
    )
    for case, atc in ((first, "L01XX"), (second, "N06AB")):
        medicine = world.session.get_one(type(case.row), case.row.id).medicine_id
        world.session.get_one(Medicine, medicine).atc = atc
    approve(world, first, split={hospital: 0.75, "999999": 0.25}, financed={"first": "2027-01", "last": "2028-06"})
    approve(world, second)
    return {"first": first, "second": second, "third": third, "hospital": int(hospital)}


def test_the_parts_add_up_to_the_whole(world: World) -> None:
    some_cases(world)
    view = see(world)
    assert sum(view.total.expected) > 0
    for by, parts in view.parts.items():
        assert added(parts.values(), 5) == view.total.expected, by
    assert set(view.parts["phase"]) == {"follow_up", "regional_decision"}
    assert set(view.parts["atc"]) == {"L", "N", ""}
    assert set(view.parts["purse"]) == {"introduction_fund", "clinic"}
    assert view.parts["purse"]["introduction_fund"] == near(view.fund.expected)


def test_the_filter_narrows_and_its_total_is_the_part(world: World) -> None:
    cases = some_cases(world)
    whole = see(world)
    assert see(world, phase="follow_up").total.expected == whole.parts["phase"]["follow_up"]
    assert see(world, atc="L0").total.expected == whole.parts["atc"]["L"]
    assert set(see(world, atc="L").parts["atc"]) == {"L01"}
    assert see(world, purse="clinic").total.expected == near(whole.parts["purse"]["clinic"])
    only = see(world, round=date(2027, 3, 15))
    assert [line.row.medicine for line in only.lines] == ["Tvåumab"]
    here = see(world, area=cases["hospital"])
    assert here.total.expected == near(whole.parts["area"][str(cases["hospital"])])
    assert [line.row.medicine for line in here.lines] == ["Ettumab"]
    assert here.gathered.undivided == 2, "told of, for their cost may fall here too"
    nowhere = see(world, area=world.units[VGR]["hospital"].id, round=date(2031, 1, 1))
    assert nowhere.gathered.undivided == 0, "no case of that round"


def test_an_administration_has_its_share_of_the_interval_too(world: World) -> None:
    cases = some_cases(world)
    whole, here = see(world, phase="follow_up"), see(world, phase="follow_up", area=cases["hospital"])
    assert here.total.high == pytest.approx([0.75 * value for value in whole.total.high], rel=1e-6)


def test_real_cases_and_examples_can_be_told_apart(world: World) -> None:
    approve(world, put_case(world, "Ettumab", "follow_up"))
    approve(world, put_case(world, "Exempelumab", "follow_up", example=True))
    assert [line.row.medicine for line in see(world, kind="real").lines] == ["Ettumab"]
    assert [line.row.medicine for line in see(world, kind="example").lines] == ["Exempelumab"]


# --- the ceiling and the round


def test_the_fund_is_held_against_its_ceiling(world: World) -> None:
    some_cases(world)
    world.fund(2027, 1)
    world.fund(2028, 10**10)
    view = see(world)
    assert view.fund_is_told and view.fund_apart
    assert view.ceilings == (100, 10**12, None, None, None)
    assert view.held.above[:2] == (1.0, 0.0) and view.held.above[2:] == (None, None, None)
    assert view.held.figure == view.fund


def test_where_no_analysis_parts_the_payers_the_whole_is_held_against_it(world: World) -> None:
    approve(world, put_case(world, "Ettumab", "follow_up"))
    world.fund(2027, 1)
    view = see(world)
    assert not view.fund_is_told and view.held.figure == view.total and view.held.above[0] == 1.0


def test_a_part_of_the_cases_is_not_held_against_the_ceiling(world: World) -> None:
    some_cases(world)
    assert see(world).meets_ceiling and see(world, purse="introduction_fund").meets_ceiling
    assert not see(world, phase="follow_up").meets_ceiling and not see(world, purse="clinic").meets_ceiling


def test_a_round_adds_its_cases_in_full(world: World) -> None:
    cases = some_cases(world)
    effect = see(world).effect
    assert effect is not None and effect.cut_off == date(2027, 3, 15), "the one that comes first"
    assert [line.row.id for line in effect.cases] == [cases["second"].instance.id]
    with_it, without = effect.with_it.figure.expected, effect.without.figure.expected
    assert [a - b for a, b in zip(with_it, without, strict=True)] == list(effect.adds.expected)
    assert effect.adds_in_all.expected == see(world).lines[2].cost, "as if it were decided"
    other = see(world, adds=date(2027, 8, 15)).effect
    assert other is not None and other.adds_in_all.expected[1] == 5 * MILLION


def test_a_round_that_has_passed_its_cut_off_comes_before_those_to_come(world: World) -> None:
    put_case(world, "Ettumab", round_cut_off=date(2026, 11, 15), extra_cost_year1_ore=MILLION)
    put_case(world, "Tvåumab", round_cut_off=date(2027, 3, 15), extra_cost_year1_ore=MILLION)
    put_case(world, "Klar", outcome="approved", round_cut_off=date(2027, 8, 15), extra_cost_year1_ore=MILLION)
    view = see(world)
    assert view.effect is not None and view.effect.cut_off == date(2026, 11, 15)
    assert view.proposals == [date(2026, 11, 15), date(2027, 3, 15)], "what is decided is no proposal"


# --- savings


def test_savings_are_taken_off_and_shown_apart(world: World) -> None:
    approve(world, put_case(world, "Ettumab", "follow_up"))
    before = see(world)
    saving = NewSaving("biosimilar", "Biosimilar", "Avtal", {2028: Amount(3 * MILLION, MILLION, 5 * MILLION)}, "L04")
    row = savings.record(world.desk(Role.ECONOMIST), world.regions[VGR], saving)
    view = see(world)
    assert view.total == before.total
    assert view.saved.expected == (0, 3 * MILLION, 0, 0, 0)
    assert view.saved.low[1] < 3 * MILLION < view.saved.high[1]
    assert view.net.expected[1] == view.total.expected[1] - 3 * MILLION
    assert not see(world, atc="N").savings and see(world, atc="L").savings and not see(world, phase="follow_up").savings
    savings.end(world.desk(Role.ECONOMIST), row.id)
    assert see(world).net == before.net


# --- who, and how quickly


@pytest.mark.parametrize("who", [Role.ECONOMIST, Role.AUDITOR, Role.COUNCIL_MEMBER, Role.ADMINISTRATOR])
def test_staff_and_auditor_see_it(world: World, who: Role) -> None:
    assert see(world, who).region.slug == VGR


@pytest.mark.parametrize("who", [Role.READER, Role.HEAD_OF_UNIT, Role.NOMINATOR])
def test_others_do_not(world: World, who: Role) -> None:
    with pytest.raises(NotAllowed):
        see(world, who)


def test_another_region_is_not_told(world: World) -> None:
    with pytest.raises(NotAllowed):
        portfolio.see(world.desk(Role.ECONOMIST), world.regions[NORRBOTTEN])
    with pytest.raises((NotAllowed, NotFound)):
        portfolio.see(world.desk(Role.ECONOMIST), 99)


def test_a_constant_number_of_statements(world: World) -> None:
    def statements() -> int:
        world.session.flush()
        world.session.expire_all()
        desk, sent = world.desk(Role.ECONOMIST), list[str]()

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        engine = world.session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            portfolio.see(desk, world.regions[VGR])
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    approve(world, put_case(world, "Ettumab", "follow_up"))
    one = statements()
    for number in range(4):
        approve(world, put_case(world, f"Fler{number}umab"))
    assert statements() == one <= 12
