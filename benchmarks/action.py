"""One whole action of ours against the bare persisted step of viewflow.fsm and of SpiffWorkflow.

    python -m benchmarks.action [--rounds 9] [--actions 40] [--json FILE]

Ours is ``qualify`` on a case of Västra Götaland, through the service that the pages use: permission, seven guards, the
event in its hash chain, five new tasks, the due dates, the commit. The others do what peers.py says. All take turns in
one run, on SQLite with every commit forced to disk and on a PostgreSQL server with its shipped settings.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from benchmarks import ground, report
from introduction.domain.roles import Role
from introduction.services import steps
from introduction.store import database

HERE = Path(__file__).resolve().parent
PEERS_PYTHON = HERE / ".env" / "bin" / "python"
CONTESTANTS = ("ours", "viewflow", "spiff", "viewflow_same")
WARM_UP = 15


class Ours:
    """Our action, as a page takes it: a session of its own, a writing transaction, the service, one commit."""

    def __init__(self, built: ground.Ground) -> None:
        self.built = built

    def run(self, ids: list[int]) -> list[float]:
        """Take the action on each case; the seconds that each took."""
        taken = []
        for case_id in ids:
            begun = time.perf_counter()
            with Session(self.built.engine, expire_on_commit=False) as session:
                database.begin_writing(session)
                steps.take(self.built.desk(session, Role.DRAFTING_GROUP), case_id, "qualify")
                session.commit()
            taken.append(time.perf_counter() - begun)
        return taken


class Peers:
    """The process of the other libraries."""

    def __init__(self, addresses: dict[str, dict[str, str]]) -> None:
        command = [str(PEERS_PYTHON), str(HERE / "peers.py"), json.dumps(addresses)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, contestant: str, ids: list[int]) -> list[float]:
        """Let one of them take its step on each row."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"contestant": contestant, "ids": ids}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("the other libraries stopped; is benchmarks/.env made? (make -C benchmarks env)")
        taken: list[float] = json.loads(answer)
        return taken

    def close(self) -> None:
        """Let the process end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def measure(engines: dict[str, Engine], rounds: int, actions: int) -> list[dict[str, float]]:
    """Let all take turns. Returns each round's median seconds by contestant."""
    ours = Ours(ground.Ground.build(engines["ours"]))
    same = ground.Ground.build(engines["same"])
    count = WARM_UP + rounds * actions
    rows = {"ours": ours.built.copy_case(count), "viewflow_same": same.copy_case(count)}
    rows["viewflow"] = rows["spiff"] = list(range(1, count + 1))
    same.engine.dispose()
    found = []
    with closing(Peers({"product": _address(engines["same"]), "own": _address(engines["own"])})) as peers:

        def turn(contestant: str, ids: list[int]) -> list[float]:
            gc.collect()
            return ours.run(ids) if contestant == "ours" else peers.run(contestant, ids)

        for contestant in CONTESTANTS:
            turn(contestant, rows[contestant][:WARM_UP])
        for number in range(rounds):
            first = WARM_UP + number * actions
            # Nobody is always first or last.
            order = CONTESTANTS[number % 4 :] + CONTESTANTS[: number % 4]
            taken = {who: turn(who, rows[who][first : first + actions]) for who in order}
            found.append({who: report.median(taken[who]) for who in CONTESTANTS})
    return found


def _address(engine: Engine) -> dict[str, str]:
    url = make_url(engine.url)
    if url.get_backend_name() == "sqlite":
        return {"file": str(url.database)}
    host = url.host or str(url.query["host"])
    return {"dbname": str(url.database), "user": str(url.username), "host": host}


def main() -> None:
    """Measure on both databases and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--actions", type=int, default=40)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introduction-bench-")))
        server = stack.enter_context(ground.postgresql_server())
        names = ("ours", "same", "own")
        engines = {
            "SQLite": {name: ground.sqlite(folder, name) for name in names},
            "PostgreSQL": {name: ground.postgresql(server, name) for name in names},
        }
        found: dict[str, Any] = {
            kind: report.against(measure(opened, given.rounds, given.actions), "ours")
            for kind, opened in engines.items()
        }
        for opened in engines.values():
            for engine in opened.values():
                engine.dispose()
    for kind, table in found.items():
        print(f"\n{kind}: one action, milliseconds (median of {given.rounds} rounds of {given.actions})")
        report.show(table)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
