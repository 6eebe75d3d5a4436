"""What the benchmarks compare comes to the same; else their ratios would say nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from benchmarks import budget, ground, receipt
from introduction.domain.budget import reading
from introduction.services.desk import Desk
from introduction.store.claim import Claim
from introduction.store.event import Event
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.posting import Posting
from introduction.store.task import DueDate, TaskRow
from introduction.store.timer import Timer

#: What a claim leaves behind when it is paid, each with what puts it in order.
LEFT: dict[type[Any], tuple[str, ...]] = {
    Instance: ("id",), Claim: ("id",), Event: ("stream", "seq"), TaskRow: ("id",), DueDate: ("id",), Timer: ("id",),
    Notice: ("key",), Posting: ("id",), GrantRow: ("id",), Fund: ("id",),
}  # fmt: skip


@pytest.mark.parametrize("ranged", ["all", "few"])
def test_the_budget_model_and_plain_python_come_to_the_same_figures(ranged: str) -> None:
    data = budget.as_data(4, ranged)
    budget.check(data, reading.of_data(data))


def test_a_receipt_leaves_what_each_claim_leaves_that_is_taken_by_itself(tmp_path: Path) -> None:
    engine = ground.sqlite(tmp_path)
    made = receipt.Filled.of(engine, 12)
    before, at_once, one_by_one = (_left(made, work) for work in (None, receipt.receive, receipt.one_by_one))
    engine.dispose()
    assert at_once == one_by_one
    assert {name for name in at_once if at_once[name] != before[name]} == {
        "process_instance", "claim", "event", "due_date", "timer", "notice", "posting", "grant_row", "fund",
    }  # fmt: skip


def _left(made: receipt.Filled, work: Callable[[receipt.Filled, Desk], None] | None) -> dict[str, list[Any]]:
    with made.taken_back() as desk:
        if work is not None:
            work(made, desk)
        desk.session.flush()
        return {kind.__table__.name: _rows(desk.session, kind.__table__, order) for kind, order in LEFT.items()}


def _rows(session: Session, table: Table, order: tuple[str, ...]) -> list[Any]:
    kept = [column for column in table.c if table.name not in ("event", "notice") or column.name != "id"]
    query = select(*kept).order_by(*(table.c[name] for name in order))
    if table.name == "event":
        query = query.where(table.c.stream.like("instance:%"))  # the region's own tells of the file
    return [tuple(row) for row in session.execute(query)]
