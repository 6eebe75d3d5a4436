"""The list of cases, 50 rows of 10,000, against the same page drawn without a database; and with eight readers at once.

    python -m benchmarks.case_list [--rounds 9] [--pages 30] [--json FILE]

Both pages go through the whole WSGI application: session, permission, template, headers. The page without a database is
the same template with the same values, kept from a page that was drawn before; the signed-in person is kept too.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import logging
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, render_template, template_rendered
from flask.testing import FlaskClient
from flask_login import current_user
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from benchmarks import ground, report
from introduction import create_app
from introduction.domain.roles import Role
from introduction.settings import Settings, bundled
from introduction.store.medicine import find_or_add, find_or_add_indication

CASES, MEDICINES, CLIENTS = 10_000, 400, 8
ADDRESS = "/cases"


def fill(engine: Engine) -> ground.Ground:
    """Many cases of many medicines, in many stages, with owners."""
    built = ground.Ground.build(engine)
    built.copy_case(CASES - 1, histories=False)
    stages = built.catalogue.latest(f"{ground.REGION}.new_medicine").stage
    placed = [(stage.id, stage.phase) for stage in stages if stage.phase]
    with ground.writing(engine) as session:
        known = []
        for number in range(MEDICINES):
            medicine = find_or_add(session, f"Påhittumab {number:03d}", "påhittumab", f"L01FF{number % 90 + 10}")
            known.append((medicine, find_or_add_indication(session, medicine, "svår sjukdom hos vuxna")))
        owners = [person.user_id for person in built.people.values()]
        ids = list(session.scalars(text("SELECT id FROM process_instance ORDER BY id")))
        rows = [
            {
                "id": case_id,
                "medicine": known[case_id * 7919 % MEDICINES][0].id,
                "indication": known[case_id * 7919 % MEDICINES][1].id,
                "sort": known[case_id * 7919 % MEDICINES][0].sort_key,
                "owner": owners[case_id % len(owners)],
                "stage": placed[case_id % len(placed)][0],
                "phase": placed[case_id % len(placed)][1],
            }
            for case_id in ids
        ]
        session.execute(
            text(
                "UPDATE cases SET medicine_id = :medicine, indication_id = :indication, sort_key = :sort,"
                " owner_id = :owner, phase = :phase, introduction_start = '2026-10-01' WHERE id = :id"
            ),
            rows,
        )
        session.execute(text("UPDATE process_instance SET stage = :stage WHERE id = :id"), rows)
    with Session(engine) as session:
        session.execute(text("ANALYZE"))
        session.commit()
    return built


# ------------------------------------------------------------------------------------- the two pages


def application(folder: Path, address: str) -> Flask:
    """The product. Its own token against forged forms is off, so that a script can sign in."""
    settings = Settings(folder, address, bundled("workflows"), "secret" * 8, "seal", testing=True)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A client in whose cookie somebody is signed in."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": ground.PASSWORD})
    assert answer.status_code in (302, 303), answer.status
    return client


def without_database(folder: Path, address: str, drawn: dict[str, Any]) -> Flask:
    """The same application, whose list is drawn from kept values and whose person is kept."""
    app = application(folder, address)
    app.login_manager.user_loader(lambda _token: drawn["user"])  # type: ignore[attr-defined]
    app.view_functions["cases.listing"] = lambda: render_template(drawn["template"], **drawn["context"])
    return app


def drawn_page(app: Flask, client: FlaskClient) -> dict[str, Any]:
    """Draw the page once, and keep its template, the values given to it and the person."""
    kept: dict[str, Any] = {}

    def keep(_app: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        kept.update(template=template.name, context=dict(context), user=current_user._get_current_object())

    with template_rendered.connected_to(keep, app):
        assert client.get(ADDRESS).status_code == 200
    names = ("cards", "total", "page", "wanted", "order", "choices", "today", "links")
    kept["context"] = {name: kept["context"][name] for name in names if name in kept["context"]}
    return kept


def engine_of(app: Flask) -> Engine:
    """The engine that an application uses."""
    with app.app_context():
        found: Engine = app.extensions["sqlalchemy"].engine
    return found


def statements(engine: Engine, client: FlaskClient, address: str) -> int:
    """How many statements a page asks the database."""
    found: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    client.get(address)
    event.remove(engine, "before_cursor_execute", listen)
    return sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in found)


def one_by_one(clients: dict[str, FlaskClient], rounds: int, pages: int) -> list[dict[str, float]]:
    """Each round's median seconds for a page, in turns."""
    found = []
    for number in range(rounds + 1):
        taken: dict[str, float] = {}
        for who in sorted(clients, reverse=bool(number % 2)):
            gc.collect()
            each = []
            for _page in range(pages):
                begun = time.perf_counter()
                answer = clients[who].get(ADDRESS)
                each.append(time.perf_counter() - begun)
                assert answer.status_code == 200
            taken[who] = report.median(each)
        found.append(taken)
    return found[1:]  # the first round warms up


# ------------------------------------------------------------------------------------- eight at once


@contextmanager
def served(folder: Path, address: str) -> Iterator[int]:
    """The product in a process of its own, behind waitress. Yields its port on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.case_list", "--serve", str(folder), address, str(port)]
    process = subprocess.Popen(command)
    try:
        for _attempt in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def serve(folder: Path, address: str, port: int) -> None:
    """What the process does until it is ended."""
    from waitress import serve as waitress_serve

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is what is measured
    waitress_serve(application(folder, address), host="127.0.0.1", port=port, threads=CLIENTS, _quiet=True)


def at_once(port: int, cookie: str, pages: int) -> list[float]:
    """Eight clients ask for the page, each again as soon as it has its answer. Returns all seconds, sorted."""
    taken: list[float] = []

    def ask(count: int, times: list[float]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _page in range(count):
            begun = time.perf_counter()
            connection.request("GET", ADDRESS, headers={"Cookie": f"introduction={cookie}"})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - begun)
            assert answer.status == 200
        connection.close()

    ask(10, [])
    clients = [threading.Thread(target=ask, args=(pages, taken)) for _client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sorted(taken)


# ------------------------------------------------------------------------------------- all of it


def measure(engine: Engine, folder: Path, rounds: int, pages: int) -> dict[str, Any]:
    """Measure on one database."""
    built = fill(engine)
    email = f"{Role.COORDINATOR}@region.example"
    address = engine.url.render_as_string(hide_password=False)
    app = application(folder, address)
    client = signed_in(app, email)
    drawn = drawn_page(app, client)
    kept = without_database(folder, address, drawn)
    clients = {"ours": client, "no database": kept.test_client()}
    cookie = client.get_cookie("introduction")
    assert cookie is not None
    clients["no database"].set_cookie("introduction", cookie.value)
    assert clients["no database"].get(ADDRESS).data.count(b"<tr") == client.get(ADDRESS).data.count(b"<tr") > 50
    asked = {where: statements(engine_of(app), client, where) for where in (ADDRESS, f"{ADDRESS}?page=100")}
    assert statements(engine_of(kept), clients["no database"], ADDRESS) == 0
    table = report.against(one_by_one(clients, rounds, pages), "ours")
    with served(folder, address) as port:
        times = at_once(port, cookie.value, pages * 4)
    built.engine.dispose()
    p50, p99 = report.median(times), times[int(len(times) * 0.99)]
    return {
        "page": table,
        "of the speed without a database": round(1 / table["no database"]["ours_takes"], 2),
        "statements": asked,
        "eight clients": {
            "pages": len(times),
            "p50_ms": round(1000 * p50, 1),
            "p99_ms": round(1000 * p99, 1),
            "p99 of p50": round(p99 / p50, 2),
        },
    }


def main() -> None:
    """Measure on both databases and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--pages", type=int, default=30)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--serve", nargs=3, metavar=("FOLDER", "DATABASE", "PORT"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve(Path(given.serve[0]), given.serve[1], int(given.serve[2]))
        return
    found = {}
    with tempfile.TemporaryDirectory(prefix="introduction-bench-") as name, ground.postgresql_server() as server:
        folder = Path(name)
        found["SQLite"] = measure(ground.sqlite(folder), folder, given.rounds, given.pages)
        found["PostgreSQL"] = measure(ground.postgresql(server, "product"), folder, given.rounds, given.pages)
    for kind, figures in found.items():
        print(f"\n{kind}: the list, 50 rows of {CASES:,}, milliseconds (median of {given.rounds} rounds)")
        report.show(figures["page"])
        print(f"  {figures['of the speed without a database']} of the speed without a database")
        print(f"  statements: {figures['statements']}")
        print(f"  eight clients: {figures['eight clients']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
