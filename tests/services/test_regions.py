"""Regions from their files, and the tree of units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import regions
from introduction.services.desk import Desk
from introduction.store import unit as units
from introduction.store.event import events_of
from introduction.store.region import RegionRow, all_regions, bodies_of, by_slug
from introduction.store.unit import Unit
from tests.world import NORRBOTTEN, VGR, Clock, World

FIRST = date(1900, 1, 1)


@pytest.fixture
def operator(session: Session, catalogue: Catalogue, clock: Clock) -> Desk:
    """The operator's desk in an empty database."""
    return Desk(session, catalogue, None, clock.now, operator=True)


def last_event(session: Session, region: RegionRow | int) -> dict[str, object]:
    """The last event of a region."""
    region_id = region if isinstance(region, int) else region.id
    return events_of(session, f"region:{region_id}")[-1].content


# --- from the files


def test_every_region_is_loaded_and_the_national_level_is_none(operator: Desk) -> None:
    assert set(regions.load(operator)) == {"Region Norrbotten", "Region Stockholm", "Västra Götalandsregionen"}
    assert {row.slug for row in all_regions(operator.session)} == {"norrbotten", "stockholm", "vastra_gotaland"}


def test_bodies_come_with_their_region(operator: Desk) -> None:
    regions.load(operator)
    bodies = bodies_of(operator.session, by_slug(operator.session, VGR).id)
    council = next(body for body in bodies if body.key == "council")
    assert (council.name, council.does) == ("Program- och prioriteringsrådet (PPR)", "proposes")


def test_loading_again_changes_nothing(operator: Desk) -> None:
    regions.load(operator)
    region = by_slug(operator.session, VGR)
    assert region.head_seq == 1
    assert regions.load(operator) == []
    assert region.head_seq == 1


def test_a_changed_file_changes_the_rows_and_tells_what(operator: Desk) -> None:
    regions.load(operator)
    old = operator.catalogue.regions[VGR]
    renamed = tuple(b.model_copy(update={"how": "vote"}) if b.id == "council" else b for b in old.body)
    region = old.model_copy(update={"prefix": "VG", "body": renamed})
    changed = Catalogue({**operator.catalogue.regions, VGR: region}, operator.catalogue.definitions)
    assert regions.load(replace(operator, catalogue=changed)) == ["Västra Götalandsregionen"]
    assert last_event(operator.session, by_slug(operator.session, VGR))["changes"] == {
        "prefix": ["VGR", "VG"],
        "council.how": ["consensus", "vote"],
    }


def test_a_body_that_has_gone_from_the_file_ends_and_stays(operator: Desk) -> None:
    regions.load(operator)
    old = operator.catalogue.regions[NORRBOTTEN]
    region = old.model_copy(update={"body": tuple(body for body in old.body if body.id != "division")})
    changed = Catalogue({**operator.catalogue.regions, NORRBOTTEN: region}, operator.catalogue.definitions)
    regions.load(replace(operator, catalogue=changed))
    assert regions.load(replace(operator, catalogue=changed)) == []
    bodies = bodies_of(operator.session, by_slug(operator.session, NORRBOTTEN).id)
    assert next(body for body in bodies if body.key == "division").valid_to == operator.today


# --- units


def test_an_administrator_adds_a_unit_to_the_own_region(world: World) -> None:
    region_id, lung = world.regions[VGR], world.units[VGR]["lung"]
    unit = regions.add_unit(
        world.desk(Role.ADMINISTRATOR), region_id, "  Lungmottagningen   Mölndal ", "unit", parent_id=lung.id
    )
    assert unit.name == "Lungmottagningen Mölndal"
    assert unit.id in units.below(world.session, [world.units[VGR]["hospital"].id])
    assert last_event(world.session, region_id)["kind"] == "unit_added"
    for who in (Role.COORDINATOR, None):
        with pytest.raises(NotAllowed):
            regions.add_unit(world.desk(who), region_id, "Hud", "operation", parent_id=world.units[VGR]["hospital"].id)
    with pytest.raises(NotAllowed):
        regions.add_unit(world.desk(Role.ADMINISTRATOR), world.regions[NORRBOTTEN], "Hud", "administration")


def test_a_unit_stands_where_its_kind_can(world: World) -> None:
    region_id, lung = world.regions[VGR], world.units[VGR]["lung"]
    for kind, parent_id, reason in (
        ("operation", None, "Välj vad den hör till"),
        ("operation", lung.id, "nivå högre upp"),
        ("administration", lung.id, "nivå högre upp"),
        ("unit", world.units[NORRBOTTEN]["lung"].id, "nivå högre upp"),
        ("clinic", lung.id, "förvaltning, verksamhet eller enhet"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            regions.add_unit(world.operator, region_id, "Ny", kind, parent_id=parent_id)


def test_a_name_is_used_once_under_the_same_parent(world: World) -> None:
    with pytest.raises(InvalidInput, match="redan en enhet"):
        regions.add_unit(
            world.operator,
            world.regions[VGR],
            "LUNGMEDICIN",
            "operation",
            parent_id=world.units[VGR]["hospital"].id,
        )
    with pytest.raises(InvalidInput, match="Skriv enhetens namn"):
        regions.rename_unit(world.operator, world.units[VGR]["lung"].id, " ")


def test_a_unit_gets_a_new_name_and_its_place_in_the_order(world: World) -> None:
    lung = world.units[VGR]["lung"]
    regions.rename_unit(world.desk(Role.ADMINISTRATOR), lung.id, "Öppen lungvård")
    ordered = [u.name for u in units.units_of(world.session, world.regions[VGR], world.clock.today, "operation")]
    assert ordered == ["Neurologi", "Öppen lungvård"]
    assert last_event(world.session, world.regions[VGR])["changes"] == {"name": ["Lungmedicin", "Öppen lungvård"]}
    with pytest.raises(Refused, match="Ingenting är ändrat"):
        regions.rename_unit(world.operator, lung.id, "Öppen lungvård")


def test_a_closed_unit_has_a_successor_and_takes_its_codes_with_it(world: World) -> None:
    lung, neuro = world.units[VGR]["lung"], world.units[VGR]["neuro"]
    last = date(2026, 12, 31)
    code = regions.add_workplace_code(world.operator, lung.id, "14 123 456", valid_from=date(2020, 1, 1))
    terms = regions.set_terms(world.operator, lung.id, "own", bears_cost=True, valid_from=date(2020, 1, 1))
    regions.close_unit(world.desk(Role.ADMINISTRATOR), lung.id, last, successor_id=neuro.id)
    assert (lung.valid_to, lung.successor_id, code.valid_to, terms.valid_to) == (last, neuro.id, last, last)
    on = last + timedelta(days=1)
    assert lung not in units.units_of(world.session, world.regions[VGR], on)


def test_a_closing_that_cannot_be_is_refused_with_the_reason(world: World) -> None:
    hospital, lung, neuro = (world.units[VGR][key] for key in ("hospital", "lung", "neuro"))
    day = world.clock.today
    north = world.units[NORRBOTTEN]["lung"]
    cases: list[tuple[Unit, date, int | None, str]] = [
        (hospital, day, None, "Stäng eller flytta först"),
        (lung, FIRST - timedelta(days=1), None, "finns först från"),
        (lung, day, north.id, "Välj en enhet i regionen"),
        (lung, day, lung.id, "efterträda sig själv"),
    ]
    for unit, last, successor_id, reason in cases:
        with pytest.raises(InvalidInput, match=reason):
            regions.close_unit(world.operator, unit.id, last, successor_id=successor_id)
    regions.close_unit(world.operator, neuro.id, day, successor_id=lung.id)
    with pytest.raises(InvalidInput, match="finns inte dagen efter"):
        regions.close_unit(world.operator, lung.id, day, successor_id=neuro.id)


def test_new_terms_end_the_old_ones_the_day_before(world: World) -> None:
    lung = world.units[VGR]["lung"]
    first = regions.set_terms(world.operator, lung.id, "own", bears_cost=True, valid_from=date(2020, 1, 1))
    third = regions.set_terms(world.operator, lung.id, "procured", bears_cost=False, valid_from=date(2027, 1, 1))
    second = regions.set_terms(world.operator, lung.id, "agreement", bears_cost=True, valid_from=date(2024, 1, 1))
    assert [terms.valid_to for terms in (first, second, third)] == [date(2023, 12, 31), date(2026, 12, 31), None]
    with pytest.raises(InvalidInput, match="redan villkor från den dagen"):
        regions.set_terms(world.operator, lung.id, "own", bears_cost=True, valid_from=date(2024, 1, 1))
    with pytest.raises(InvalidInput, match="finns inte den dagen"):
        regions.set_terms(world.operator, lung.id, "own", bears_cost=True, valid_from=date(1899, 1, 1))


def test_a_workplace_code_belongs_to_one_unit_at_a_time(world: World) -> None:
    lung, neuro = world.units[VGR]["lung"], world.units[VGR]["neuro"]
    regions.add_workplace_code(world.operator, lung.id, "1412345", valid_from=date(2020, 1, 1))
    with pytest.raises(InvalidInput, match="används redan av Lungmedicin"):
        regions.add_workplace_code(world.operator, neuro.id, "1412345", valid_from=date(2026, 1, 1))
    regions.end_workplace_code(world.operator, lung.id, "1412345", date(2025, 12, 31))
    regions.add_workplace_code(world.operator, neuro.id, "1412345", valid_from=date(2026, 1, 1))
    with pytest.raises(InvalidInput, match="4 till 20"):
        regions.add_workplace_code(world.operator, neuro.id, "å", valid_from=date(2026, 1, 1))
