"""A process that is killed in the middle of its work leaves each action whole, or not begun."""

from __future__ import annotations

import gc
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import URL, Engine, event
from sqlalchemy.orm import Session

from introduction.domain.errors import IntroductionError
from introduction.domain.process.loading import Catalogue
from introduction.services import cases, changes, log, plan, records, steps
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import instance as instances
from introduction.store.base import Base
from introduction.store.instance import Instance
from tests.databases import writing
from tests.reliability import checks
from tests.reliability.doing import Cast, Doer
from tests.world import NINE, NORRBOTTEN, VGR, World

pytestmark = pytest.mark.kill

KILLS = 60
SEED = 20261122
LONGEST_WAIT = 20.0  # seconds until a child that does not answer is given up


def forked(work: Callable[[], None]) -> int:
    """Run work in a child of this warm process. Returns the child's process id."""
    gc.collect()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Wait, not for ever, until a child has ended. Returns its exit code, or minus the signal that killed it."""
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child did not end")


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def ready(engine: Engine, world: World) -> Iterator[Engine]:
    """Cases in both regions, committed; no connection is open when a child is forked."""
    for medicine in ("Examplumab", "Provastatin", "Testinib"):
        for region in (VGR, NORRBOTTEN):
            world.start_case(medicine, region=region)
    world.session.commit()
    engine.dispose()
    yield engine


# ------------------------------------------------------------------------------------- at random moments


def work_until_killed(url: URL, catalogue: Catalogue, casts: dict[int, Cast], rng: random.Random, started: int) -> None:
    """Act on cases, one transaction each, for ever. Tells through the pipe when it has begun."""
    engine = database.open_engine(url)  # type: ignore[arg-type]
    moment = NINE
    with engine.connect():
        os.write(started, b".")
    while True:
        moment += timedelta(minutes=7)
        with suppress(IntroductionError), writing(engine) as session:
            instance = session.get_one(Instance, rng.choice(instances.all_ids(session)))
            doer = Doer(rng, casts[instance.region_id], catalogue, NINE.date())
            doer.do_something(session, moment, instance.id)


def test_killed_at_random_moments(ready: Engine, world: World, catalogue: Catalogue) -> None:
    """After each of many kills what was committed is whole, and the next process simply goes on."""
    rng = random.Random(SEED)
    casts = {world.regions[region]: Cast.of(world, region) for region in (VGR, NORRBOTTEN)}
    world.session.close()
    ready.dispose()
    for number in range(KILLS):
        seed = rng.randrange(2**32)
        reads, writes = os.pipe()
        own = random.Random(seed)
        child = forked(lambda own=own, writes=writes: work_until_killed(ready.url, catalogue, casts, own, writes))
        os.close(writes)
        told = os.read(reads, 1)
        os.close(reads)
        assert told, f"the child of seed {seed} did not start"
        time.sleep(rng.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL, f"the child of seed {seed} ended by itself"
        if number % 10 == 9:
            with Session(ready) as session:
                database.begin_writing(session)
                try:
                    checks.check_all(session, catalogue)
                except AssertionError as error:
                    raise AssertionError(f"after kill {number + 1} of seed {SEED}, child's seed {seed}") from error
            ready.dispose()
    with Session(ready) as session:
        database.begin_reading(session)
        acted = sum(session.get_one(Instance, id_).revision - 1 for id_ in checks.instance_ids(session))
    assert acted > KILLS, "the children got something done before they were killed"


# ------------------------------------------------------------------------------------- at each step of an action


def after(module: Any, name: str) -> Callable[[Engine, Session], None]:
    """Die as soon as a function of the services has done its part."""

    def arm(_engine: Engine, session: Session) -> None:
        whole = getattr(module, name)

        def then_die(*args: Any, **kwargs: Any) -> Any:
            whole(*args, **kwargs)
            session.flush()  # what has been done so far is with the database
            die()

        setattr(module, name, then_die)

    return arm


def before_commit(engine: Engine, _session: Session) -> None:
    """Die when everything is written and the database has not been told to commit."""
    event.listen(engine, "commit", lambda _connection: die())


def after_commit(_engine: Engine, session: Session) -> None:
    """Die when the database has committed."""
    event.listen(session, "after_commit", lambda _session: die())


STEPS = {
    "after the lock": after(instances, "lock"),
    "after the records": after(records, "add"),
    "after the change of stage": after(changes, "move"),
    "after the event": after(log, "record"),
    "after the due dates": after(plan, "derive"),
    "before the commit": before_commit,
    "after the commit": after_commit,
}


def to_the_board(world: World) -> int:
    """A case that waits for the board's decision."""
    case = world.start_case()
    facts = dict.fromkeys(
        ("target_population", "comparator", "benefit", "anchored_with", "conflicts_of_interest"), "Ja"
    )
    facts |= {"authorised": True, "routine_use": "not_routine", "evidence_exists": True, "reorganisation": True}
    facts |= {"severity": "high", "effect": "good", "risk": "low", "evidence_grade": "3", "registry_number": "RS 1"}
    facts |= {"cost_effectiveness": "reasonable", "proposal": "Inför"}
    cases.change_facts(world.desk("coordinator"), case.instance.id, facts, note="Underlaget")
    for action, by, given in (
        ("nominate", "coordinator", {}),
        ("qualify", "drafting_group", {}),
        ("rank", "drafting_group", {"rank": 3}),
        ("propose_without_analysis", "drafting_group", {}),
        ("forward_proposal", "coordinator", {}),
        ("refer_to_board", "coordinator", {}),
    ):
        world.take(case, action, by, given=given)
    return case.instance.id


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        name: [tuple(row) for row in session.execute(table.select().order_by(*table.primary_key.columns))]
        for name, table in Base.metadata.tables.items()
    }


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, engine: Engine, world: World, catalogue: Catalogue) -> None:
    """Until the commit nothing has happened; after it everything has."""
    case_id = to_the_board(world)
    person = Cast.of(world, VGR).people["secretary"]
    world.session.commit()
    with Session(engine) as session:
        before = everything(session)
    engine.dispose()
    record = {"decided_on": NINE.date(), "section": "§ 12", "registry_number": "RS 1", "reasons": "Nyttan är visad"}

    def approve() -> None:
        own = database.open_engine(engine.url)  # type: ignore[arg-type]
        with Session(own) as session:
            database.begin_writing(session)
            STEPS[step](own, session)
            steps.take(Desk(session, catalogue, person, NINE), case_id, "approve", record=record)
            session.commit()

    assert ended(forked(approve)) == -signal.SIGKILL
    with Session(engine) as session:
        database.begin_writing(session)
        found = everything(session)
        if step == "after the commit":
            changed = {name for name in found if found[name] != before[name]}
            assert changed == {"process_instance", "cases", "task", "due_date", "event", "decision"}
        else:
            assert found == before
        checks.check_all(session, catalogue)
        session.rollback()
    with writing(engine) as session:
        desk = Desk(session, catalogue, person, NINE)
        if step != "after the commit":
            steps.take(desk, case_id, "approve", record=record)
        assert session.get_one(Instance, case_id).stage == "setup"
