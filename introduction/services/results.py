"""Reads what approved analyses came to. Nothing is computed here: an approved analysis opens from its stored result."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from introduction.domain.budget import result
from introduction.domain.budget.result import Result
from introduction.services.desk import Desk
from introduction.store import analysis as store
from introduction.store.analysis import Analysis


@dataclass(frozen=True)
class Kept:
    """An approved analysis: its row and its figures."""

    row: Analysis
    figures: Result

    @property
    def counted(self) -> str:
        """What quantities are counted in: ``dose``, ``mg`` or ``month``."""
        return self.figures.monthly.unit

    @property
    def unit_price_ore(self) -> int | None:
        """What a unit of quantity costs on average, list price in öre; None where nothing is used."""
        monthly = self.figures.monthly
        return round(sum(monthly.cost) / sum(monthly.quantity)) if sum(monthly.quantity) else None


def result_of(row: Analysis) -> Result:
    """The figures of an analysis that was handed in. Raises AssertionError for a draft, which has none."""
    assert row.result is not None, "a draft has no result"
    return _read(row.result)


@functools.lru_cache(maxsize=256)
def _read(text: str) -> Result:
    return result.of_json(text)


def model_of(row: Analysis) -> dict[str, Any]:
    """What was computed, as plain data (domain/budget/reading.of_data makes a model of it)."""
    assert row.model is not None, "a draft has no model"
    data: dict[str, Any] = json.loads(row.model)
    return data


def kept_draws(row: Analysis) -> list[list[int]]:
    """The yearly impact of some equally likely draws, in whole kronor: one list for each year."""
    assert row.kept is not None, "a draft has no draws"
    return _draws(row.kept)


@functools.lru_cache(maxsize=256)
def _draws(text: str) -> list[list[int]]:
    draws: list[list[int]] = json.loads(text)
    return draws


def approved_of(desk: Desk, case_id: int) -> Kept | None:
    """The approved analysis of a case; None when there is none."""
    row = store.approved_of(desk.session, case_id)
    return Kept(row, result_of(row)) if row is not None else None


def approved(desk: Desk, case_ids: Iterable[int]) -> dict[int, Kept]:
    """The approved analyses of some cases, by case, in one statement."""
    return {case_id: Kept(row, result_of(row)) for case_id, row in store.approved(desk.session, case_ids).items()}


def ever_approved(desk: Desk, case_id: int) -> Sequence[Kept]:
    """Every analysis of a case that was approved once, oldest first: the forecasts that stand."""
    return [Kept(row, result_of(row)) for row in store.ever_approved(desk.session, case_id)]


def unit_price_ore(desk: Desk, case_id: int) -> int | None:
    """What a unit of quantity costs in a case's approved analysis on average, list price in öre; None without one."""
    kept = approved_of(desk, case_id)
    return kept.unit_price_ore if kept is not None else None
