"""The ledger's file: a hundred thousand approved claims against ten thousand, and the memory that the file takes.

    python -m benchmarks.ledger [--lines 100000] [--few 10000] [--rounds 5] [--json FILE]

- ``export``: every approved claim comes in a file, in one statement; per line, and commits.
- ``stream``: the file's bytes are made row by row, as the page hands them out; per line.
- ``plain``: Python's csv writer on the same rows, which are in memory already; per line.
- ``peak_mb``: the most that Python held while the file was made, beside what it held before. Flat means that it is the
  same for many lines as for few.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import tempfile
import time
import tracemalloc
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from benchmarks import ground, report
from introduction.documents import ledger_file
from introduction.domain.roles import Role
from introduction.services import books, funds, grants, ledger
from introduction.services.funds import NewMoney
from introduction.services.grants import NewGrant
from introduction.store import database
from introduction.store import ledger as store
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.instance import Instance
from introduction.store.region import by_slug
from introduction.store.unit import units_of

YEAR = ground.NOW.year
_AT_A_TIME = 5000


def fill(engine: Engine, lines: int) -> ground.Ground:
    """A region with so many approved claims, exactly alike but for their numbers."""
    built = ground.Ground.build(engine)
    with ground.writing(engine) as session:
        region = by_slug(session, ground.REGION).id
        (hospital,) = units_of(session, region, ground.NOW.date(), "administration")
        (clinic,) = units_of(session, region, ground.NOW.date(), "operation")
        economist = built.desk(session, Role.ECONOMIST)
        money = NewMoney(YEAR, 10**11, "Budget", budget_line="4711")
        funds.appropriate(economist, region, money, books.Minutes(ground.NOW.date(), "Beslutet"))
        grant = grants.give(economist, region, NewGrant(hospital.id, YEAR, 10**11, built.case_id))
        case = session.get_one(Case, built.case_id)
        for first in range(0, lines, _AT_A_TIME):
            numbers = range(first + 1, min(first + _AT_A_TIME, lines) + 1)
            rows = [_claim(number, region, grant.id, clinic.id, case) for number in numbers]
            session.execute(insert(Instance), [_instance(number, region) for number in numbers])
            session.execute(insert(Claim.__table__), rows)  # type: ignore[arg-type]
    return built


def _instance(number: int, region_id: int) -> dict[str, Any]:
    day = ground.NOW.date()
    return {
        "id": 1_000_000 + number, "subject": "claim", "region_id": region_id, "definition_version": 1,
        "definition_id": f"{ground.REGION}.claim", "stage": "approved", "stage_entered_on": day, "opened_on": day,
    }  # fmt: skip


def _claim(number: int, region_id: int, grant_id: int, unit_id: int, case: Case) -> dict[str, Any]:
    return {
        "id": 1_000_000 + number, "public_number": f"VGR-{YEAR}-{number:06d}", "region_id": region_id,
        "grant_id": grant_id, "unit_id": unit_id, "medicine_id": case.medicine_id,
        "indication_id": case.indication_id, "counts": True, "handed_in_on": date(YEAR, 2, 2),
        "period_from": date(YEAR, 1, 1),
        "period_to": date(YEAR, 1, 31), "basis": "requisition", "patients": 4, "quantity_milli": 8000,
        "gross_new_ore": 15_000, "gross_displaced_ore": 5_000, "extra_cost_ore": 10_000, "approved_ore": 10_000,
    }  # fmt: skip


def export(built: ground.Ground) -> float:
    """Make the file. Returns the seconds that it took."""
    begun = time.perf_counter()
    with ground.writing(built.engine) as session:
        desk = built.desk(session, Role.ECONOMIST)
        ledger.export(desk, by_slug(session, ground.REGION).id)
    return time.perf_counter() - begun


def stream(built: ground.Ground) -> tuple[float, int]:
    """Make the file's bytes and let go of each piece. Returns the seconds, and how many bytes there were."""
    begun = time.perf_counter()
    with Session(built.engine) as session:
        database.begin_reading(session)
        file = store.get(session, by_slug(session, ground.REGION).id, 1)
        size = sum(len(piece) for piece in ledger_file.stream(file, store.lines_of(session, file.id)))
    return time.perf_counter() - begun, size


def plain(built: ground.Ground, lines: int) -> float:
    """Write as many rows that are in memory with csv alone. Returns the seconds that it took."""
    with Session(built.engine) as session:
        database.begin_reading(session)
        file = store.get(session, by_slug(session, ground.REGION).id, 1)
        (line,) = store.some_lines(session, file.id, limit=1)
        row = ledger_file.row_of(file, line)
    begun = time.perf_counter()
    into = io.StringIO()
    csv.writer(into, delimiter=";").writerows([row] * lines)
    into.getvalue().encode()
    return time.perf_counter() - begun


def peak(built: ground.Ground) -> float:
    """The most that Python held while the file was made, beside what it held before, in megabytes."""
    stream(built)  # what is read once and kept is no part of it
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    stream(built)
    found = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return found / 2**20


def measure(kind: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure on one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introduction-bench-")))
        server = stack.enter_context(ground.postgresql_server()) if kind == "PostgreSQL" else ""
        counts = {"few": given.few, "many": given.lines}
        built, found = {}, dict[str, Any]()
        for name, lines in counts.items():
            engine = ground.postgresql(server, name) if server else ground.sqlite(folder, name)
            stack.callback(engine.dispose)
            built[name] = fill(engine, lines)
        exported = {name: export(built[name]) / lines for name, lines in counts.items()}
        found["export_ms_per_1000"] = {name: round(10**6 * seconds, 1) for name, seconds in exported.items()}
        rounds = []
        for _round in range(given.rounds):
            taken = {name: stream(built[name])[0] / lines for name, lines in counts.items()}
            rounds.append({**taken, "plain": plain(built["many"], given.lines) / given.lines})
        found["stream"] = report.against(rounds, "many")
        found["bytes"] = {name: stream(built[name])[1] for name in counts}
        found["peak_mb"] = {name: round(peak(built[name]), 2) for name in counts}
        return found


def main() -> None:
    """Measure on both databases and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--lines", type=int, default=100_000)
    asked.add_argument("--few", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    results = {}
    for kind in ("SQLite", "PostgreSQL"):
        found = results[kind] = measure(kind, given)
        print(f"\n{kind}: {given.lines:,} lines against {given.few:,}, milliseconds a line")
        report.show(found["stream"])
        print(f"  export, ms for 1,000 lines: {found['export_ms_per_1000']}")
        print(f"  peak of Python's memory, MB: {found['peak_mb']} for files of {found['bytes']} bytes", flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
