"""What is entered in a region's books by several at once: each gets a row, and nobody is thrown out for another."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from introduction.domain.outcome import Given
from introduction.services import outcome_entry, savings
from introduction.services.outcome_entry import FileRow, OutcomeFile
from introduction.services.savings import Amount, NewSaving
from introduction.store.case import Case
from tests.reliability.test_concurrency import Office
from tests.world import VGR, World

MANY = 8


@pytest.fixture
def office(engine: Engine, world: World) -> Office:
    """Two cases and their people."""
    return Office(engine, world)


def test_savings_entered_at_once_all_stand(office: Office, world: World) -> None:
    region = world.regions[VGR]
    new = NewSaving("other", "Byte", "Ekonomin", {2028: Amount(5_000_000, 5_000_000, 5_000_000)})
    office.at_once(*[lambda: office.act(lambda desk: savings.record(desk, region, new), "economist")] * MANY)
    assert len(office.act(lambda desk: savings.listed(desk, region), "economist")) == MANY


def test_files_of_different_cases_taken_in_at_once_all_stand(office: Office, world: World) -> None:
    region = world.regions[VGR]
    numbers = office.read(lambda session: [session.get_one(Case, one).public_number for one in office.case_ids])
    given = Given(date(2025, 1, 1), 9, 9_000, 900_000, "Statistik")

    def send(number: str) -> object:
        file = OutcomeFile([FileRow(2, number, "Neurologi", given)], (), number.ljust(64, "0"))
        return office.act(lambda desk: outcome_entry.take_in(desk, region, file, "utfall.csv"))

    answers = office.at_once(*[lambda number=number: send(number) for number in numbers])  # type: ignore[misc]
    assert [getattr(answer, "new", answer) for answer in answers] == [1] * len(numbers)
