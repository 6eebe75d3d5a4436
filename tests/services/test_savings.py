"""Savings: entered or ended, never changed; the region's chain tells of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.roles import Role
from introduction.examples import savings as examples
from introduction.services import regions, savings
from introduction.services.savings import Amount, NewSaving
from introduction.store import event
from tests.world import NORRBOTTEN, VGR, World

PATENT = NewSaving("patent_expiry", "Patentet på Gammalol", "Avtal 2026-11", {2027: Amount(300, 100, 500)}, "l04ab ")


def record(world: World, who: Role = Role.ECONOMIST, **changes: Any) -> Any:
    return savings.record(world.desk(who), world.regions[VGR], replace(PATENT, **changes))


def listed(world: World, who: Role = Role.AUDITOR, *, ended: bool = False) -> list[str]:
    return [line.row.title for line in savings.listed(world.desk(who), world.regions[VGR], ended=ended)]


def last_event(world: World) -> dict[str, Any]:
    return event.events_of(world.session, f"region:{world.regions[VGR]}")[-1].content


def test_a_saving_is_entered_and_told_of(world: World) -> None:
    row = record(world, unit_id=world.units[VGR]["hospital"].id)
    [line] = savings.listed(world.desk(Role.AUDITOR), world.regions[VGR])
    assert (line.row.title, line.row.atc, dict(line.years)) == (PATENT.title, "L04AB", dict(PATENT.amounts))
    told = last_event(world)
    assert (told["kind"], told["saving"], told["amounts_ore"]) == ("saving_recorded", row.id, {"2027": [100, 300, 500]})


def test_a_saving_is_ended_once_and_stays_on_record(world: World) -> None:
    row = record(world)
    savings.end(world.desk(Role.COORDINATOR), row.id)
    assert listed(world) == [] and listed(world, ended=True) == [PATENT.title]
    assert last_event(world)["kind"] == "saving_ended"
    with pytest.raises(Refused, match="redan avslutad"):
        savings.end(world.desk(Role.COORDINATOR), row.id)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "luck"}),
        ("title", {"title": " "}),
        ("title", {"title": "x" * 161}),
        ("source", {"source": ""}),
        ("atc", {"atc": "hej"}),
        ("unit_id", {"unit_id": 99}),
        ("amounts", {"amounts": {}}),
        ("amounts", {"amounts": {2027: Amount(0, 0, 0)}}),
        ("amount-2027", {"amounts": {2027: Amount(1, 2, 3)}}),
        ("amount-1999", {"amounts": {1999: Amount(1, 1, 1)}}),
        ("amount-2027", {"amounts": {2027: Amount(1, 1, 10**13)}}),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(world: World, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        record(world, **changes)
    assert field in [name for name, _what in refusal.value.problems]
    assert listed(world) == []


def test_only_an_administration_of_the_region_can_be_named(world: World) -> None:
    for unit in (world.units[VGR]["lung"], world.units[NORRBOTTEN]["hospital"]):
        with pytest.raises(InvalidInput, match="förvaltning"):
            record(world, unit_id=unit.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE saving SET title = 'x'",
        "DELETE FROM saving",
        "UPDATE saving_year SET amount_ore = 200",
        "DELETE FROM saving_year",
    ],
)
def test_a_saving_cannot_be_changed(world: World, statement: str) -> None:
    record(world)
    with pytest.raises(DatabaseError), world.session.begin_nested():
        world.session.execute(text(statement))


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.COUNCIL_CHAIR, Role.HEAD_OF_UNIT, Role.READER])
def test_only_those_who_plan_the_fund_write(world: World, who: Role) -> None:
    row = record(world)
    for attempt in (
        lambda: record(world, who),
        lambda: savings.end(world.desk(who), row.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        savings.end(world.desk(Role.ECONOMIST, NORRBOTTEN), row.id)


def test_readers_and_heads_do_not_read_them(world: World) -> None:
    for who in (Role.READER, Role.HEAD_OF_UNIT):
        with pytest.raises(NotAllowed):
            listed(world, who)


# --- the demonstration


def test_the_examples_are_added_once_and_marked(world: World) -> None:
    regions.add_unit(world.operator, world.regions[VGR], "Sahlgrenska Universitetssjukhuset", "administration")
    added = examples.add_savings(world.operator)
    assert added == len(examples.SAVINGS)
    assert examples.add_savings(world.operator) == 0
    lines = savings.listed(world.desk(Role.AUDITOR), world.regions[VGR])
    assert all(line.row.example and line.row.source == "Påhittat exempel" for line in lines)
    assert any(line.row.unit_id is not None for line in lines)
