"""The applications of a year side by side: the line where the money ends, and the order they are put in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from introduction.domain.budget.result import Result
from introduction.domain.errors import Conflict, InvalidInput, NotAllowed
from introduction.domain.roles import Role
from introduction.services import application_order
from introduction.services.application_order import Outcomes
from introduction.services.applications import Concern
from introduction.services.results import result_of
from introduction.services.subjects import Subject
from introduction.store import reservation
from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.fund import Fund
from tests.analyses import add_approved, plain_model
from tests.applying import KR, WAY, YEAR, decide, fund, taken, written
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, World

HEAD, LSG, ECONOMIST, CHAIR = Role.HEAD_OF_UNIT, Role.DRAFTING_GROUP, Role.ECONOMIST, Role.COUNCIL_CHAIR


def row(world: World, subject: Subject) -> FundingApplication:
    return world.session.get_one(FundingApplication, subject.instance.id, populate_existing=True)


def position(world: World, held: Fund) -> tuple[int, int, int]:
    """What is unreserved, reserved and granted, in kronor."""
    world.session.refresh(held)
    return held.unreserved_ore // KR, held.reserved_ore // KR, held.unclaimed_ore // KR


def three(world: World) -> list[str]:
    """Three that wait: for 1, 2 and 3 million."""
    made = [written(world, Concern(medicine=name, indication="astma", no_case_reason="Nytt."), kr=kr)
            for name, kr in (("Ettumab", 1_200_000), ("Tvåumab", 2_400_000), ("Treumab", 3_600_000))]  # fmt: skip
    for subject in made:
        taken(world, subject, ["submit"])
    return [subject.number for subject in made]


def look(world: World, order: list[str] | None = None, role: Role = CHAIR) -> application_order.View:
    return application_order.see(world.desk(role, NORRBOTTEN), world.regions[NORRBOTTEN], YEAR, order or ())


def test_the_line_stands_where_the_money_ends(world: World) -> None:
    fund(world, 4_000_000)
    numbers = three(world)
    view = look(world)
    assert [(line.row.number, line.fits, line.reached_ore // KR) for line in view.lines] == [
        (numbers[0], True, 1_200_000), (numbers[1], True, 3_600_000), (numbers[2], False, 7_200_000),
    ]  # fmt: skip
    assert view.money_ore == 4_000_000 * KR
    assert view.first_beyond is not None and view.first_beyond.place == 3


def test_what_is_proposed_counts_and_what_is_held_for_them_is_still_to_divide(world: World) -> None:
    fund(world, 4_000_000)
    first, *_rest = made = [written(world), written(world)]
    for subject in made:
        taken(world, subject, ["submit"])
    taken(world, first, WAY[1:3], proposed=500_000)
    view = look(world)
    assert view.money_ore == 4_000_000 * KR
    assert [line.amount_ore // KR for line in view.lines] == [500_000, 1_200_000]


def test_moving_one_over_the_line_shows_what_it_costs_now_next_and_in_year_three(world: World) -> None:
    fund(world, 4_000_000)
    case = put_case(world, "Ärendumab", region=NORRBOTTEN)
    approve(world, case, start="2027-01", years=3, patients=10, monthly_kr=10_000)
    last = taken(world, written(world, Concern(case.number), kr=3_600_000, unit="neuro"), ["submit"])
    others = three(world)[:1]
    order = [number for number in look(world).order if number != last.number]
    saved = application_order.place(
        world.desk(CHAIR, NORRBOTTEN), world.regions[NORRBOTTEN], YEAR, [*order, last.number], look(world).order
    )
    assert saved and look(world).fitting[0].row.number == others[0]
    view = look(world, [last.number, *order])
    assert view.moved is not None
    (enters,) = view.moved.enters
    assert enters.row.number == last.number and enters.cost[0] == 3_600_000 * KR
    assert all(isinstance(ore, int) and ore > 0 for ore in enters.cost), "the case's approved analysis tells of later"
    assert {line.cost[1] for line in view.moved.leaves} == {None}, "nobody has computed those"
    gone = sum(line.cost[0] for line in view.moved.leaves)
    assert view.moved.difference[0] == 3_600_000 * KR - gone
    assert look(world).moved is None, "a copy changes nothing"


def costing(world: World, *asked: tuple[str, int], treating: tuple[str, ...] = ()) -> list[Subject]:
    """Applications of the neurologists, handed in, each for a case of its own and so much in kronor."""
    cases = [put_case(world, medicine, region=NORRBOTTEN, treating=treating) for medicine, _kr in asked]
    return [
        taken(world, written(world, Concern(case.number), kr=kr, unit="neuro"), ["submit"])
        for case, (_medicine, kr) in zip(cases, asked, strict=True)
    ]


def analysed(world: World, subject: Subject, **model: Any) -> Result:
    """The figures of an approved analysis of the application's case."""
    case_id = row(world, subject).case_id
    assert case_id is not None
    kept = add_approved(world.session, case_id, world.clock.now, plain_model(start="2027-01", years=3) | model)
    return result_of(kept)


def thousands(*ore: float) -> tuple[int, ...]:
    """Amounts as an estimate is told, to the thousand kronor."""
    return tuple(round(one / 1_000 / KR) * 1_000 * KR for one in ore)


def test_a_high_and_a_low_outcome_move_the_line_as_the_analyses_say(world: World) -> None:
    fund(world, 3_000_000)
    subjects = costing(world, ("Ett", 840_000), ("Två", 840_000), ("Tre", 840_000), ("Fyra", 900_000))
    figures, *_alike = [analysed(world, subject) for subject in subjects[:3]]
    view = look(world)
    impact, span = figures.impact()[0], figures.ranges["impact"]
    one, four = view.lines[0], view.lines[3]
    assert one.computed is not None and (one.computed.cost[0],) == thousands(impact)
    assert one.span is not None and four.span is None
    ends = (840_000 * KR * span.low[0] / impact, 840_000 * KR * span.high[0] / impact)
    assert one.span == pytest.approx(ends, abs=1), "in proportion, as the analysis's own page has the interval"
    assert ends[1] * 3 > 3_000_000 * KR > ends[1] * 2, "at the high end there is money for two"
    assert ends[0] * 3 + 900_000 * KR < 3_000_000 * KR, "at the low end for all, the last as it is applied for"
    assert len(view.fitting) == 3
    assert view.outcomes == Outcomes(high=2, low=4, without=1), "nobody has computed the fourth"


def test_without_an_analysis_or_a_fund_there_is_no_high_or_low_outcome(world: World) -> None:
    three(world)
    assert look(world).outcomes is None
    fund(world)
    assert look(world).outcomes is None


def test_the_later_years_are_the_applicant_s_part_of_what_is_computed(world: World) -> None:
    shared, own = costing(world, ("Ettumab", 1_000_000), treating=("lung", "neuro")) + costing(
        world, ("Tvåumab", 900_000)
    )
    figures, _alike = [analysed(world, subject) for subject in (shared, own)]
    half, whole = look(world).lines
    later = figures.impact()[1:]
    assert whole.cost == (900_000 * KR, *thousands(*later)), "nobody is named to treat"
    assert half.cost[1:] == thousands(*(ore / 2 for ore in later)), "two treat, and one of them applies"


def test_where_the_analysis_is_divided_the_part_is_of_the_applicant_s_administration(world: World) -> None:
    hospital = world.units[NORRBOTTEN]["hospital"].id
    inside, outside = costing(world, ("Ettumab", 1_000_000), ("Tvåumab", 900_000))
    figures = analysed(world, inside, split={str(hospital): 0.25, "99999": 0.75})
    analysed(world, outside, split={"99998": 0.25, "99999": 0.75})
    one, other = look(world).lines
    assert one.cost[1:] == thousands(*(ore / 4 for ore in figures.impact()[1:]))
    assert other.cost[1:] == (None, None), "nothing is computed for it"


def test_a_unit_that_applies_twice_for_a_case_costs_later_years_once(world: World) -> None:
    fund(world, 1_000_000)
    (first,) = costing(world, ("Ärendumab", 840_000))
    figures = analysed(world, first)
    case = world.session.get_one(Case, row(world, first).case_id)
    second = taken(world, written(world, Concern(case.public_number), kr=360_000, unit="neuro"), ["submit"])
    view = look(world)
    assert view.shared and view.total(view.lines) == (1_200_000 * KR, *thousands(*figures.impact()[1:]))
    moved = look(world, [second.number, first.number]).moved
    assert moved is not None and moved.difference == (-480_000 * KR, 0, 0), "one of them fits before and after"


def test_a_copy_from_before_an_application_came_has_it_last(world: World) -> None:
    numbers = three(world)
    copy = numbers[::-1]
    new = taken(world, written(world), ["submit"]).number
    assert look(world, copy).order == [*copy, new]
    assert look(world, ["NB-2026-9999", *copy, new, new]).order == [*copy, new], "no other, and none twice"


def test_the_council_puts_them_in_order_and_nobody_else(world: World) -> None:
    numbers = three(world)
    region_id, backwards = world.regions[NORRBOTTEN], numbers[::-1]
    for role in (ECONOMIST, LSG, HEAD):
        with pytest.raises(NotAllowed):
            application_order.place(world.desk(role, NORRBOTTEN), region_id, YEAR, backwards, numbers)
    assert application_order.place(world.desk(CHAIR, NORRBOTTEN), region_id, YEAR, backwards, numbers) == 3
    assert look(world).order == backwards
    with pytest.raises(Conflict):  # drawn from the order as it was before
        application_order.place(world.desk(CHAIR, NORRBOTTEN), region_id, YEAR, numbers, numbers)
    with pytest.raises(InvalidInput):
        application_order.place(world.desk(CHAIR, NORRBOTTEN), region_id, YEAR, numbers[:2], backwards)


def test_the_page_takes_as_many_statements_for_many_as_for_one(world: World) -> None:
    def statements() -> int:
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        engine = world.session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        world.session.expire_all()
        look(world)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    fund(world)
    taken(world, written(world), ["submit"])
    one = statements()
    three(world)
    assert statements() == one


def test_the_money_is_held_in_the_order_that_the_council_puts_them_in(world: World) -> None:
    held = fund(world, 1_000_000)
    first, second = (
        taken(world, taken(world, written(world, kr=700_000, unit=unit), WAY[:2]), ["propose"], proposed=700_000)
        for unit in ("lung", "neuro")
    )
    numbers = [first.number, second.number]
    of = {s.number: lambda s=s: sum(r.left_ore for r in reservation.of_instance(world.session, s.instance.id)) // KR
          for s in (first, second)}  # fmt: skip
    assert [of[number]() for number in numbers] == [700_000, 300_000]
    region_id = world.regions[NORRBOTTEN]
    application_order.place(world.desk(CHAIR, NORRBOTTEN), region_id, YEAR, numbers[::-1], look(world).order)
    assert [of[number]() for number in numbers] == [300_000, 700_000]
    assert position(world, held) == (0, 1_000_000, 0), "what is held is what it was"
    decide(world, second, "grant", 700_000)
    assert position(world, held) == (0, 300_000, 700_000)
