"""The page of a fund with 5,000 grants and 100,000 claims, against the same page with 50 grants and 1,000 claims.

    python -m benchmarks.fund [--grants 5000] [--few 50] [--rounds 7] [--pages 5] [--json FILE]

Both pages go through the whole WSGI application, with charts, in one process and in turns. Each grant has twenty
claims, three of four paid; each claim has moved its money as the services do, a posting for each move.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, update

from benchmarks import case_list, ground, report
from introduction.domain.funding import Account
from introduction.domain.roles import Role
from introduction.services import books, funds, regions
from introduction.services.desk import Desk
from introduction.services.funds import NewMoney
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.medicine import find_or_add, find_or_add_indication
from introduction.store.posting import Posting
from introduction.store.region import by_slug

YEAR, PLACES, CLAIMS = ground.NOW.year, 10, 20  #: administrations with a grant of each case, and claims on each grant
AMOUNT = 10_000  #: of each claim, in öre
_AT_A_TIME = 5000
_FIRST = 1_000_000  #: the id of the first claim
WAYS = ((Account.UNCLAIMED, Account.CLAIMED), (Account.CLAIMED, Account.APPROVED), (Account.APPROVED, Account.PAID))


@dataclass
class Filled:
    """A database with a fund, and how many grants and claims it has."""

    engine: Engine
    fund_id: int
    grants: int
    claims: int


def fill(engine: Engine, grants: int) -> Filled:
    """A region with so many grants out of one fund, and twenty claims on each."""
    built = ground.Ground.build(engine)
    cases = [built.case_id, *built.copy_case(grants // PLACES - 1, histories=False)]
    with ground.writing(engine) as session:
        region_id = by_slug(session, ground.REGION).id
        operator = Desk(session, built.catalogue, None, ground.NOW, operator=True)
        places = [regions.add_unit(operator, region_id, f"Sjukhus {n:02d}", "administration").id for n in range(PLACES)]
        money = NewMoney(YEAR, 10**11, "Budgeten", budget_line="4711")
        economist = built.desk(session, Role.ECONOMIST)
        fund = funds.appropriate(economist, region_id, money, books.Minutes(ground.NOW.date(), "Beslutet"))
        medicine = find_or_add(session, "Nyttumab", None, "N02")
        about = {"medicine_id": medicine.id, "indication_id": find_or_add_indication(session, medicine, "migrän").id}
        rows = [_grant(fund.id, case, place) for case in cases for place in places]
        session.execute(insert(GrantRow), rows)
        held = list(session.query(GrantRow.id, GrantRow.unit_id, GrantRow.case_id).order_by(GrantRow.id))
        session.execute(insert(Posting), [_opened(fund.id, grant_id, case) for grant_id, _unit, case in held])
        for first in range(0, len(held) * CLAIMS, _AT_A_TIME):
            numbers = range(first, min(first + _AT_A_TIME, len(held) * CLAIMS))
            session.execute(insert(Instance), [_instance(number, region_id) for number in numbers])
            claims = [_claim(number, region_id, held[number // CLAIMS], about) for number in numbers]
            session.execute(insert(Claim.__table__), claims)  # type: ignore[arg-type]
            session.execute(insert(Posting), _moved(fund.id, held, numbers))
        session.execute(update(Fund).where(Fund.id == fund.id).values(_position(len(held))))
        made = Filled(engine, fund.id, len(held), len(held) * CLAIMS)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return made


def _amounts(grants: int) -> dict[str, int]:
    """What so many grants hold in öre: half is claimed; of that three quarters is paid, a twentieth approved."""
    claims = grants * CLAIMS
    paid, approved = claims * 3 // 4, claims // 20
    left = claims - paid - approved
    return {
        "unclaimed_ore": claims * AMOUNT, "claimed_ore": left * AMOUNT, "approved_ore": approved * AMOUNT,
        "paid_ore": paid * AMOUNT,
    }  # fmt: skip


def _position(grants: int) -> dict[str, int]:
    amounts = _amounts(grants)
    return amounts | {"unreserved_ore": 10**11 - sum(amounts.values())}


def _grant(fund_id: int, case_id: int, unit_id: int) -> dict[str, Any]:
    amounts = _amounts(1)
    return amounts | {
        "fund_id": fund_id, "case_id": case_id, "unit_id": unit_id, "budget_year": YEAR,
        "ceiling_ore": sum(amounts.values()), "recorded_at": ground.NOW,
    }  # fmt: skip


def _posting(fund_id: int, grant_id: int, instance_id: int, way: tuple[Account, Account], ore: int, day: date) -> Any:
    return {
        "fund_id": fund_id, "grant_id": grant_id, "instance_id": instance_id, "source": way[0], "target": way[1],
        "amount_ore": ore, "on_day": day, "recorded_at": ground.NOW,
    }  # fmt: skip


def _opened(fund_id: int, grant_id: int, case_id: int) -> Any:
    way, ceiling = (Account.UNRESERVED, Account.UNCLAIMED), sum(_amounts(1).values())
    return _posting(fund_id, grant_id, case_id, way, ceiling, ground.NOW.date())


def _moved(fund_id: int, held: Sequence[Any], numbers: range) -> list[Any]:
    """Each claim's way: all are claimed, most approved, and most of those paid."""
    found = []
    for number in numbers:
        place = number % CLAIMS
        steps = 3 if place < CLAIMS * 3 // 4 else 2 if place < CLAIMS * 3 // 4 + CLAIMS // 20 else 1
        day = date(YEAR, 1 + number % 12, 1 + number % 28)
        found += [
            _posting(fund_id, held[number // CLAIMS].id, _FIRST + number, way, AMOUNT, day) for way in WAYS[:steps]
        ]
    return found


def _instance(number: int, region_id: int) -> dict[str, Any]:
    day = ground.NOW.date()
    return {
        "id": _FIRST + number, "subject": "claim", "region_id": region_id, "definition_version": 1,
        "definition_id": f"{ground.REGION}.claim", "stage": "submitted", "stage_entered_on": day, "opened_on": day,
    }  # fmt: skip


def _claim(number: int, region_id: int, grant: Any, about: dict[str, int]) -> dict[str, Any]:
    return about | {
        "id": _FIRST + number, "public_number": f"VGR-{YEAR}-{number:06d}", "region_id": region_id,
        "grant_id": grant.id, "unit_id": grant.unit_id, "counts": True, "handed_in_on": ground.NOW.date(),
        "period_from": date(YEAR, 1, 1),
        "period_to": date(YEAR, 1, 31), "basis": "requisition", "patients": 4, "quantity_milli": 8000,
        "gross_new_ore": AMOUNT, "gross_displaced_ore": 0, "extra_cost_ore": AMOUNT,
    }  # fmt: skip


# ------------------------------------------------------------------------------------- measuring


def statements(engine: Engine, client: FlaskClient, address: str) -> int:
    """How many statements the page sends."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def measure(kind: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure on one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introduction-bench-")))
        server = stack.enter_context(ground.postgresql_server()) if kind == "PostgreSQL" else ""
        clients, addresses, asked = {}, {}, {}
        for name, grants in {"few": given.few, "many": given.grants}.items():
            engine = ground.postgresql(server, name) if server else ground.sqlite(folder, name)
            stack.callback(engine.dispose)
            filled = fill(engine, grants)
            app = case_list.application(folder, engine.url.render_as_string(hide_password=False))
            clients[name] = case_list.signed_in(app, f"{Role.ECONOMIST}@region.example")
            addresses[name] = f"/funds/{filled.fund_id}"
            asked[name] = statements(case_list.engine_of(app), clients[name], addresses[name])
        rounds = []
        for _round in range(given.rounds + 1):
            taken = {}
            for name, client in clients.items():
                taken[name] = report.median([_seconds(client, addresses[name]) for _page in range(given.pages)])
            rounds.append(taken)
        return {"page": report.against(rounds[1:], "many"), "statements": asked}


def _seconds(client: FlaskClient, address: str) -> float:
    begun = time.perf_counter()
    assert client.get(address).status_code == 200
    return time.perf_counter() - begun


def main() -> None:
    """Measure on both databases and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--grants", type=int, default=5000)
    asked.add_argument("--few", type=int, default=50)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--pages", type=int, default=5)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    results = {}
    for kind in ("SQLite", "PostgreSQL"):
        found = results[kind] = measure(kind, given)
        print(f"\n{kind}: the page of a fund with {given.grants:,} grants against {given.few:,}, milliseconds")
        report.show(found["page"])
        print(f"  statements: {found['statements']}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
