"""The ledger's receipt: 5,000 claims paid at once, against each taken through its process by itself.

    python -m benchmarks.receipt [--claims 5000] [--rounds 3] [--json FILE]

Every claim has its due date with two reminders, and a head of unit who is told. All of it is measured but the commit;
then it is taken back, so that every contestant meets the same rows.

- ``receipt``: ``ledger.receive``, all that reading in a receipt takes; per claim.
- ``one_by_one``: the same with ``steps.take`` for each claim, as other actions are taken; per claim.
- ``rows``: the rows that come of it, straight to the tables, a thousand at a time: nothing is read or worked out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from benchmarks import ground, report
from benchmarks import ledger as filled
from introduction.documents.ledger_file import amount
from introduction.domain import ledger as rules
from introduction.domain.funding import Account
from introduction.domain.ledger import CONTROL, RECEIPT_COLUMNS
from introduction.domain.roles import Role
from introduction.services import books, claim_money, ledger, log, regions, steps
from introduction.services.desk import Desk
from introduction.store import claim as claims
from introduction.store import database
from introduction.store import ledger as store
from introduction.store.event import Event
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.posting import Posting
from introduction.store.region import by_slug
from introduction.store.task import DueDate
from introduction.store.timer import Timer
from introduction.store.unit import units_of

DUE = ground.NOW.date() + timedelta(days=28)
_AT_A_TIME = 1000


@dataclass(frozen=True)
class Filled:
    """A region with a file of claims, and the receipt that answers it."""

    built: ground.Ground
    claim_ids: list[int]
    receipt: bytes

    @classmethod
    def of(cls, engine: Engine, count: int) -> Filled:
        """Fill a database."""
        built = filled.fill(engine, count)
        with ground.writing(engine) as session:
            ids = list(session.scalars(select(Instance.id).where(Instance.subject == "claim").order_by(Instance.id)))
            session.execute(insert(DueDate), [_due(one) for one in ids])
            session.connection().execute(_OWN_DAY, _days(built, session, ids))
            dates = select(DueDate.instance_id, DueDate.id).where(DueDate.name == "approved")
            session.execute(insert(Timer), [_timer(*row, rule) for row in session.execute(dates) for rule in (0, 1)])
            desk = built.desk(session, Role.ECONOMIST)
            grant_id = claims.some(session, ids[:1])[ids[0]].grant_id
            held = books.hold(desk, [grant_id])
            grant = held.grants[grant_id]
            for way in ((Account.UNCLAIMED, Account.CLAIMED), (Account.CLAIMED, Account.APPROVED)):
                books.move(desk, held.fund_of(grant), *way, 10_000 * count, grant=grant, instance_id=built.case_id)
        filled.export(built)
        return cls(built, ids, _receipt(engine))

    @contextmanager
    def taken_back(self) -> Iterator[Desk]:
        """The economist's desk in a transaction of which nothing stays."""
        with Session(self.built.engine, expire_on_commit=False) as session:
            database.begin_writing(session)
            yield self.built.desk(session, Role.ECONOMIST)
            session.flush()
            session.rollback()


def _days(built: ground.Ground, session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    """A unit and a day for each claim: no two are for the same, and a unit has about a hundred."""
    operator = Desk(session, built.catalogue, None, ground.NOW, operator=True)
    region_id = by_slug(session, ground.REGION).id
    (hospital,) = units_of(session, region_id, ground.NOW.date(), "administration")
    count = max(len(ids) // 100, 1)
    units = [
        regions.add_unit(operator, region_id, f"Klinik {number:03d}", "operation", parent_id=hospital.id).id
        for number in range(count)
    ]
    first = date(ground.NOW.year, 1, 1)
    return [
        {"one": one, "unit": units[number % count], "day": first + timedelta(days=number // count)}
        for number, one in enumerate(ids)
    ]


def _due(instance_id: int) -> dict[str, Any]:
    return {
        "instance_id": instance_id, "kind": "stage", "name": "approved", "anchor": "stage_entered", "due_on": DUE,
        "state": "pending",
    }  # fmt: skip


def _timer(instance_id: int, due_date_id: int, rule: int) -> dict[str, Any]:
    return {
        "key": f"{instance_id}:default:{rule}:{due_date_id}", "what": "reminder", "instance_id": instance_id,
        "due_date_id": due_date_id, "rule": f"default:{rule}", "day": DUE, "due_at": ground.NOW + timedelta(days=26),
        "state": "pending",
    }  # fmt: skip


def _receipt(engine: Engine) -> bytes:
    with Session(engine) as session:
        database.begin_reading(session)
        file = store.get(session, by_slug(session, ground.REGION).id, 1)
        rows = [
            f"1;{line.claim_number};{amount(line.amount_ore)};V{line.number:05d};{ground.NOW.date()}"
            for line in store.lines_of(session, file.id)
        ]
        last = f"{CONTROL};{file.lines};{amount(file.sum_ore)}"
    return "\r\n".join([";".join(RECEIPT_COLUMNS), *rows, last]).encode()


# ------------------------------------------------------------------------------------- the contestants


def receive(made: Filled, desk: Desk) -> None:
    """Read in the receipt."""
    ledger.receive(desk, by_slug(desk.session, ground.REGION).id, made.receipt)


def one_by_one(made: Filled, desk: Desk) -> None:
    """The same, but that each claim is taken through its process by itself."""
    session, receipt = desk.session, rules.read(made.receipt)
    file = store.get(session, by_slug(session, ground.REGION).id, 1)
    file.receipt_sha256, file.booked_on, file.received_at = receipt.sha256, receipt.booked_on, desk.now
    rows = claims.some(session, made.claim_ids)
    for line, row in zip(receipt.lines, rows.values(), strict=True):
        row.voucher, row.booked_on = line.voucher, line.booked_on
        log.record(
            desk, session.get_one(Instance, row.id), "claim_booked", file=1, voucher=line.voucher,
            booked_on=line.booked_on.isoformat(), amount_ore=line.amount_ore,
        )  # fmt: skip
        steps.take(desk, row.id, "pay")
    claim_money.pay(desk, rows.values())


def rows(made: Filled, desk: Desk) -> None:
    """Write what comes of it, and nothing else."""
    told = _rows_told(desk, made)
    for first in range(0, len(made.claim_ids), _AT_A_TIME):
        ids = made.claim_ids[first : first + _AT_A_TIME]
        for table, values in told.items():
            desk.session.connection().execute(insert(table), [row for one in ids for row in values(one)])
        for statement in _CHANGED:
            desk.session.connection().execute(statement, [{"one": one} for one in ids])


def _rows_told(desk: Desk, made: Filled) -> Mapping[Table, Callable[[int], list[dict[str, Any]]]]:
    grant = desk.session.scalars(select(GrantRow).where(GrantRow.approved_ore > 0)).one()
    body, person = "{" + '"kind":"action_taken"' * 12 + "}", desk.user_id
    posting = {
        "fund_id": grant.fund_id, "grant_id": grant.id, "source": "approved", "target": "paid", "amount_ore": 10_000,
        "on_day": ground.NOW.date(), "recorded_by": person, "recorded_at": desk.now,
    }  # fmt: skip
    notice = {
        "kind": "told", "template": "moved", "person_id": person, "about": body, "created_at": desk.now,
        "send_at": desk.now, "collected": True, "state": "waiting",
    }  # fmt: skip
    event = {"body": body, "previous_hash": "0" * 64, "hash": "1" * 64}
    return {
        Event.__table__: lambda one: [event | {"stream": f"instance:{one}", "seq": seq} for seq in (101, 102)],
        Posting.__table__: lambda one: [posting | {"instance_id": one}],
        Notice.__table__: lambda one: [notice | {"instance_id": one, "key": f"bench:{one}"}],
    }  # type: ignore[return-value]


_ONE = bindparam("one")
_OWN_DAY = (
    update(claims.Claim.__table__)
    .where(claims.Claim.id == _ONE)
    .values(unit_id=bindparam("unit"), period_from=bindparam("day"), period_to=bindparam("day"))
)
_CHANGED = (
    update(Instance).where(Instance.id == _ONE).values(stage="paid", closed_on=ground.NOW.date(), revision=2),
    update(claims.Claim.__table__).where(claims.Claim.id == _ONE).values(voucher="V1", booked_on=ground.NOW.date()),
    update(DueDate).where(DueDate.instance_id == _ONE).values(state="done"),
    update(Timer).where(Timer.instance_id == _ONE).values(state="cancelled"),
)
CONTESTANTS: dict[str, Callable[[Filled, Desk], None]] = {"receipt": receive, "one_by_one": one_by_one, "rows": rows}


def measure(kind: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure on one database: seconds for a claim."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introduction-bench-")))
        server = stack.enter_context(ground.postgresql_server()) if kind == "PostgreSQL" else ""
        engine = ground.postgresql(server, "receipt") if server else ground.sqlite(folder, "receipt")
        stack.callback(engine.dispose)
        made = Filled.of(engine, given.claims)
        rounds = []
        for _round in range(given.rounds):
            taken = {}
            for who, work in CONTESTANTS.items():
                with made.taken_back() as desk:
                    begun = time.perf_counter()
                    work(made, desk)
                    desk.session.flush()
                    taken[who] = (time.perf_counter() - begun) / given.claims
            rounds.append(taken)
        return report.against(rounds, "receipt")


def main() -> None:
    """Measure on both databases and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--claims", type=int, default=5000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    results = {}
    for kind in ("SQLite", "PostgreSQL"):
        results[kind] = measure(kind, given)
        print(f"\n{kind}: {given.claims:,} claims, milliseconds a claim")
        report.show(results[kind])
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
