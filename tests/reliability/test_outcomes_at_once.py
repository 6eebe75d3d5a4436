"""Outcomes that several people bring at once: one file is taken in once and whole, and one row counts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product

import pytest
from sqlalchemy import Engine, func, select

from introduction.domain.errors import Refused
from introduction.domain.outcome import Given
from introduction.services import log, outcome_entry
from introduction.services.desk import Desk
from introduction.services.outcome_entry import FileRow, OutcomeFile
from introduction.store.case import Case
from introduction.store.outcome import OutcomeImport, OutcomeMonth
from introduction.store.unit import Unit
from tests.reliability.test_concurrency import Office
from tests.world import World

MANY = 6


@pytest.fixture
def office(engine: Engine, world: World) -> Office:
    """Two cases and their people."""
    return Office(engine, world)


def file_of(office: Office) -> tuple[int, OutcomeFile]:
    """The region, and a file of two units and twelve months in each of the two cases."""
    numbers = office.read(lambda s: [s.get_one(Case, case_id).public_number for case_id in office.case_ids])
    region = office.read(lambda s: s.get_one(Case, office.case_ids[0]).region_id)
    told = product(numbers, ("Lungmedicin", "Neurologi"), range(1, 13))
    rows = [
        FileRow(at, number, unit, Given(date(2025, month, 1), 9, 9_000, 900_000, "Statistik"))
        for at, (number, unit, month) in enumerate(told, start=2)
    ]
    return region, OutcomeFile(rows, (), "a" * 64)


def count(office: Office) -> tuple[int, int]:
    """How many rows and imports there are."""
    queries = [select(func.count()).select_from(table) for table in (OutcomeMonth, OutcomeImport)]
    rows, imports = office.read(lambda session: [session.scalar(query) for query in queries])
    return rows, imports


def test_one_file_sent_by_many_at_once_is_taken_in_once(office: Office) -> None:
    region, file = file_of(office)

    def send() -> object:
        return office.act(lambda desk: outcome_entry.take_in(desk, region, file, "utfall.csv"))

    answers = office.at_once(*[send] * MANY)
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(refused) == MANY - 1
    assert all("redan inläst" in str(one) for one in refused)
    assert count(office) == (48, 1)
    office.check()


def test_one_month_recorded_by_many_at_once_has_one_row_that_counts(office: Office) -> None:
    case_id = office.case_ids[0]
    region = office.read(lambda s: s.get_one(Case, case_id).region_id)
    unit_id = office.read(
        lambda s: s.scalar(select(Unit.id).where(Unit.name == "Lungmedicin", Unit.region_id == region))
    )

    def record(patients: int) -> object:
        given = Given(date(2026, 9, 1), patients, patients * 1000, 900_000, "Statistik")
        return office.act(lambda desk: outcome_entry.record(desk, case_id, unit_id, given))

    answers = office.at_once(*[lambda n=number: record(n) for number in range(10, 10 + MANY)])
    assert not [one for one in answers if isinstance(one, Exception)]
    replaced = office.read(lambda s: [row.replaced_at is None for row in s.scalars(select(OutcomeMonth))])
    assert Counter(replaced) == {True: 1, False: MANY - 1}, "each of the others was kept"
    office.check()


def test_a_file_that_breaks_at_its_last_step_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    region, file = file_of(office)

    def broken(*_arguments: object, **_rest: object) -> None:
        raise OSError("the disk is full")

    def send(desk: Desk) -> None:
        outcome_entry.take_in(desk, region, file, "utfall.csv")

    with monkeypatch.context() as patch:
        patch.setattr(log, "record_in_region", broken)
        with pytest.raises(OSError, match="full"):
            office.act(send)
    assert count(office) == (0, 0)
    office.check()
    office.act(send)
    assert count(office) == (48, 1)
