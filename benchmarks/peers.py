"""The other libraries, each taking one persisted step at a time. Runs in benchmarks/.env, started by action.py.

Its argument is JSON: where the product's database and the peers' own database lie. Each line on standard input is
JSON too, ``{"contestant": …, "ids": […]}``, answered by one line with the seconds that each step took. Every step
begins a transaction, loads under a lock, steps, saves and commits; on SQLite the commit is forced to disk, as ours is.

- ``viewflow``: viewflow.fsm over a row of two columns, through Django's ORM, its usual home.
- ``spiff``: SpiffWorkflow over a row that holds its own serialised workflow of two tasks, straight through the driver.
- ``viewflow_same``: viewflow.fsm made to read and write the rows that our action reads and writes: the case, its
  tasks, its due dates and a chained event. It is given every value: no permission, guard or date is worked out.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings

ADDRESSES: dict[str, dict[str, str]] = json.loads(sys.argv[1])
TASKS = ("assess_severity", "assess_effect", "assess_risk", "assess_evidence", "assess_cost_effectiveness")
TODAY, DUE = date(2026, 3, 2), date(2026, 4, 14)
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


def _django_database(address: dict[str, str]) -> dict[str, Any]:
    if "file" in address:
        options = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address["file"], "OPTIONS": options}
    place = {"NAME": address["dbname"], "USER": address["user"], "HOST": address["host"], "CONN_MAX_AGE": None}
    return {"ENGINE": "django.db.backends.postgresql", **place}


settings.configure(
    DATABASES={"default": _django_database(ADDRESSES["own"]), "product": _django_database(ADDRESSES["product"])},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.db import connection, connections, models, transaction  # noqa: E402
from viewflow.fsm import State  # noqa: E402

# ------------------------------------------------------------------------------------- viewflow, bare


class Bare(models.Model):
    """A row that knows its stage and nothing else."""

    stage = models.TextField()

    class Meta:
        app_label = "peers"
        db_table = "bare"


class Flow:
    """A process of viewflow.fsm over any row that has a stage."""

    stage = State(("nominated", "qualified"), default="nominated")

    def __init__(self, row: Any) -> None:
        self.row = row

    @stage.setter()
    def _set(self, value: str) -> None:
        self.row.stage = value

    @stage.getter()
    def _get(self) -> str:
        return self.row.stage

    @stage.transition(source="nominated", target="qualified")
    def qualify(self) -> None:
        """Only the stage changes."""


def viewflow(row_id: int) -> None:
    """One bare step."""
    with transaction.atomic():
        row = Bare.objects.select_for_update().get(pk=row_id)
        Flow(row).qualify()
        row.save(update_fields=["stage"])


# ------------------------------------------------------------------------------------- viewflow, the same rows


def _model(table: str) -> Any:
    """A Django model of a table of the product, with all its columns."""
    product = connections["product"]
    fields = {}
    with product.cursor() as cursor:
        for column in product.introspection.get_table_description(cursor, table):
            kind = product.introspection.get_field_type(column.type_code, column)
            kind, options = kind if isinstance(kind, tuple) else (kind, {})
            if column.name != "id":
                fields[column.name] = getattr(models, kind)(null=True, **options)
    meta = type("Meta", (), {"app_label": "peers", "db_table": table, "managed": False})
    return type(f"Product_{table}", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


Instance, Case, Task, Due, Event = map(_model, ("process_instance", "cases", "task", "due_date", "event"))


def viewflow_same(case_id: int) -> None:
    """One step that reads and writes what our action does."""
    with transaction.atomic(using="product"):
        instance = Instance.objects.using("product").select_for_update().get(pk=case_id)
        case = Case.objects.using("product").get(pk=case_id)
        list(Task.objects.using("product").filter(instance_id=case_id).order_by("id"))
        dates = list(Due.objects.using("product").filter(instance_id=case_id).exclude(state="cancelled"))
        Flow(instance).qualify()
        instance.stage_entered_on, instance.next_due_on = TODAY, DUE
        instance.revision += 1
        body = json.dumps({"action": "qualify", "goal": "qualified", "number": case.public_number}, sort_keys=True)
        previous, instance.head_seq = instance.head_hash, instance.head_seq + 1
        instance.head_hash = hashlib.sha256(f"{previous}\n1\n{body}".encode()).hexdigest()
        instance.save(update_fields=["stage", "stage_entered_on", "next_due_on", "revision", "head_seq", "head_hash"])
        Event.objects.using("product").create(
            stream=f"instance:{case_id}",
            seq=instance.head_seq,
            body=body,
            previous_hash=previous,
            hash=instance.head_hash,
        )
        Task.objects.using("product").bulk_create(
            Task(
                instance_id=case_id,
                name=name,
                stage="qualified",
                role="drafting_group",
                optional=False,
                state="open",
                opens_on=TODAY,
            )
            for name in TASKS
        )
        for row in dates:
            if row.kind == "stage":
                row.state = "done"
                row.save(update_fields=["state"])
        Due.objects.using("product").create(
            instance_id=case_id, kind="stage", name="qualified", anchor="stage_entered", due_on=DUE, state="pending"
        )


# ------------------------------------------------------------------------------------- SpiffWorkflow


class Spiff:
    """SpiffWorkflow with its serialised workflow in a row, over a plain connection of the driver."""

    def __init__(self, address: dict[str, str]) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

        parser = BpmnParser()
        parser.add_bpmn_file(str(Path(__file__).with_name("peer.bpmn")))
        self.serializer = BpmnWorkflowSerializer()
        workflow = BpmnWorkflow(parser.get_spec("nomination"))
        workflow.do_engine_steps()
        self.first = self.serializer.serialize_json(workflow)
        if "file" in address:
            self.connection: Any = sqlite3.connect(address["file"], isolation_level=None)
            for pragma in PRAGMAS:
                self.connection.execute(f"PRAGMA {pragma}")
            self.begin, self.mark, self.lock = "BEGIN IMMEDIATE", "?", ""
        else:
            self.connection = psycopg.connect(**address, autocommit=True)
            self.begin, self.mark, self.lock = "BEGIN", "%s", " FOR UPDATE"

    def fill(self, ids: list[int]) -> None:
        """Put a started workflow in each row."""
        cursor = self.connection.cursor()
        cursor.execute(self.begin)
        sql = f"INSERT INTO spiff (id, state) VALUES ({self.mark}, {self.mark})"
        cursor.executemany(sql, [(row, self.first) for row in ids])
        cursor.execute("COMMIT")

    def __call__(self, row_id: int) -> None:
        """One bare step: the ready task is done, and the engine goes on to the next one."""
        execute = self.connection.execute
        execute(self.begin)
        (state,) = execute(f"SELECT state FROM spiff WHERE id = {self.mark}{self.lock}", (row_id,)).fetchone()
        workflow = self.serializer.deserialize_json(state)
        workflow.get_next_task(manual=True).run()
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        execute(f"UPDATE spiff SET state = {self.mark} WHERE id = {self.mark}", (state, row_id))
        execute("COMMIT")


# ------------------------------------------------------------------------------------- the conversation


def main() -> None:
    """Make the peers' own tables and answer until the input ends."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, stage TEXT NOT NULL)")
        cursor.execute("CREATE TABLE spiff (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
    spiff = Spiff(ADDRESSES["own"])
    steps = {"viewflow": viewflow, "spiff": spiff, "viewflow_same": viewflow_same}
    for line in sys.stdin:
        asked = json.loads(line)
        ids: list[int] = asked["ids"]
        if asked["contestant"] == "viewflow":
            Bare.objects.bulk_create(Bare(id=row, stage="nominated") for row in ids)
        if asked["contestant"] == "spiff":
            spiff.fill(ids)
        step, taken = steps[asked["contestant"]], []
        for row in ids:
            begun = time.perf_counter()
            step(row)
            taken.append(time.perf_counter() - begun)
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()
