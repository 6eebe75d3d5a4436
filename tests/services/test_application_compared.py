"""What is asked for beside what was computed: the same unit and months, list prices, for who may see the analysis."""

from __future__ import annotations

from typing import Any

import pytest

from introduction.domain.roles import Role
from introduction.services import application_compared, applications, results
from introduction.services.application_compared import Compared
from introduction.services.subjects import Subject
from introduction.store.application import FundingApplication
from tests.applying import KR, begin, need
from tests.claiming import grant
from tests.money import approve, put_case
from tests.world import NORRBOTTEN, World

ECONOMIST = Role.ECONOMIST


def introduced(world: World, *treating: str, **model: Any) -> Subject:
    """A case with an approved analysis from 2027 on."""
    case = put_case(world, "Nyttumab", "follow_up", region=NORRBOTTEN, treating=treating)
    approve(world, case, **model)
    return case


def compared(world: World, made: Subject, role: Role = ECONOMIST) -> Compared | None:
    row = world.session.get_one(FundingApplication, made.instance.id, populate_existing=True)
    return application_compared.see(world.desk(role, NORRBOTTEN), row)


def asked(world: World, case: Subject, months: int = 12) -> Subject:
    """An application of the lung clinic, tied to the case by the coordinator."""
    made = begin(world, **need(1_200_000, months))
    return applications.link_case(world.desk(Role.COORDINATOR, NORRBOTTEN), made.instance.id, case.number)


@pytest.mark.parametrize("months", [12, 5])
def test_a_treating_units_part_of_the_months_that_are_asked_for(world: World, months: int) -> None:
    case = introduced(world, "lung", "neuro")
    found = compared(world, asked(world, case, months))
    kept = results.approved_of(world.desk(ECONOMIST, NORRBOTTEN), case.instance.id)
    assert found is not None and kept is not None
    year, monthly = kept.figures.impact()[0], kept.figures.monthly
    part = sum(monthly.cost[:months]) / sum(monthly.cost[:12])
    assert (found.computed.share, found.asked_patients) == (0.5, 12)
    assert found.computed.ore == pytest.approx(year * part / 2, abs=500 * KR)
    assert found.computed.low_ore < found.computed.ore < found.computed.high_ore
    assert found.computed.patients == pytest.approx(sum(monthly.patients[:months]) / months / 2)
    assert found.difference_ore == found.asked_ore - found.computed.ore
    assert found.computed.year_ore == pytest.approx(year, abs=500 * KR), "both units are of one administration"


def test_a_unit_that_is_not_named_to_treat_is_compared_with_all_of_it(world: World) -> None:
    found = compared(world, asked(world, introduced(world)))
    assert found is not None and found.computed.share == 1


def test_what_the_administration_has_already_is_told(world: World) -> None:
    case = introduced(world, "lung")
    world.fund(2027, region=NORRBOTTEN)
    grant(world, case, 700_000, 2027, region=NORRBOTTEN)
    found = compared(world, asked(world, case))
    assert found is not None and found.granted_ore == 70_000_000


def test_after_its_end_the_last_year_of_an_analysis_goes_on(world: World) -> None:
    case = introduced(world, "lung", start="2024-01", years=3)
    found = compared(world, asked(world, case))
    kept = results.approved_of(world.desk(ECONOMIST, NORRBOTTEN), case.instance.id)
    assert found is not None and kept is not None
    assert found.computed.ore == pytest.approx(kept.figures.impact()[-1], abs=500 * KR)


def test_there_is_nothing_to_compare_with(world: World) -> None:
    assert compared(world, asked(world, introduced(world, "lung", start="2028-01"))) is None, "it begins later"
    bare = put_case(world, "Annatumab", "follow_up", region=NORRBOTTEN, treating=("lung",))
    assert compared(world, asked(world, bare)) is None, "nobody has computed it"
    assert compared(world, begin(world, **need())) is None, "it has no case"


def test_who_may_not_see_the_analysis_sees_no_figure_of_it(world: World) -> None:
    made = asked(world, introduced(world, "neuro"))
    assert compared(world, made) is not None
    assert compared(world, made, Role.HEAD_OF_UNIT) is None, "another clinic's case"
