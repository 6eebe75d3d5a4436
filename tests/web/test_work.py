"""Mitt arbete: applications and claims in the week, and what comes before a council."""

from __future__ import annotations

from introduction.domain.roles import Role
from tests.applying import WAY, YEAR, fund, taken, written
from tests.claiming import Clinic
from tests.journeys.site import Site
from tests.world import NORRBOTTEN

HEAD, LSG, ECONOMIST, CHAIR = Role.HEAD_OF_UNIT, Role.DRAFTING_GROUP, Role.ECONOMIST, Role.COUNCIL_CHAIR
PERIOD = f"/applications/period?region=norrbotten&year={YEAR}"


def week(site: Site, role: Role, region: str = NORRBOTTEN) -> str:
    """What somebody's page says of this week."""
    return site.signed_in(role, region).open("/work").part("week")


def test_an_application_stands_in_the_week_on_the_day_that_its_step_is_due(site: Site) -> None:
    with site.changing() as world:
        number = taken(world, written(world), ["submit"]).number
    assert number not in week(site, LSG), "the own savings are to be examined by 3 December"
    site.clock.forward(days=8)
    assert f"Torsdag 3 december Ansökan {number}, Examplumab: Besparingarna är prövade" in week(site, LSG)
    for role in (ECONOMIST, Role.COORDINATOR, HEAD):
        found = week(site, role)
        assert number in found and "LSG Läkemedel" in found, "others see who has it"


def test_what_was_returned_stands_in_the_clinic_s_week(site: Site) -> None:
    with site.changing() as world:
        number = taken(world, written(world), ["submit", "return_for_savings"]).number
    site.clock.forward(days=21)  # fifteen working days on, Monday 14 December
    assert f"{number}, Examplumab: Lämna in igen Du" in week(site, HEAD)


def test_a_claim_stands_in_the_week_of_the_economist(site: Site) -> None:
    with site.changing() as world:
        clinic = Clinic.build(world, site.app.extensions["settings"].files)
        number = clinic.submitted().number
    site.clock.forward(days=14)  # ten working days
    assert number in week(site, ECONOMIST, clinic.region)


def test_what_was_due_earlier_this_week_stands_there_and_among_what_is_late(site: Site) -> None:
    with site.changing() as world:
        number = taken(world, written(world), ["submit"]).number
    site.clock.forward(days=11)
    page = site.signed_in(Role.COORDINATOR, NORRBOTTEN).open("/work")
    assert number in page.part("week") and number in page.part("late")


def test_a_member_of_the_council_sees_what_awaits_it_and_finds_the_order(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        for _one in range(2):
            taken(world, written(world), WAY[:3], proposed=900_000)
        taken(world, written(world), ["submit"])
    for role in (Role.COUNCIL_MEMBER, CHAIR, Role.COORDINATOR):
        page = site.signed_in(role, NORRBOTTEN).open("/work")
        told = page.part("to-decide")
        assert "2 ansökningar för 2027 väntar på beslut" in told and "1 800 000 kr" in told
        assert page.leads_to(PERIOD) and "Onsdag 23 december" in told
    page = site.signed_in(ECONOMIST, NORRBOTTEN).open("/work")
    assert 'id="to-decide"' not in page.html, "who does not put them in order is not asked to"


def test_nothing_before_the_council_leaves_no_part(site: Site) -> None:
    with site.changing() as world:
        taken(world, written(world), ["submit"])
    assert 'id="to-decide"' not in site.signed_in(Role.COUNCIL_MEMBER, NORRBOTTEN).open("/work").html


def test_a_day_with_many_names_some_and_leads_to_the_rest(site: Site) -> None:
    with site.changing() as world:
        numbers = [taken(world, written(world), ["submit"]).number for _one in range(10)]
    site.clock.forward(days=8)
    page = site.signed_in(LSG, NORRBOTTEN).open("/work")
    assert sum(number in page.part("week") for number in numbers) == 8 and "2 till" in page.part("week")
    assert page.leads_to("/applications")
