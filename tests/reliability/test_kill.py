"""A process that is killed in the middle of its work leaves each action whole, or not begun."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
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
from tests.reliability.forks import ended, forked
from tests.world import NINE, NORRBOTTEN, VGR, World

pytestmark = pytest.mark.kill

KILLS = 60
SEED = 20261122


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def ready(engine: Engine, world: World) -> Engine:
    """Cases in both regions, committed."""
    for medicine in ("Examplumab", "Provastatin", "Testinib"):
        for region in (VGR, NORRBOTTEN):
            world.start_case(medicine, region=region)
    world.session.commit()
    return engine


# ------------------------------------------------------------------------------------- at random moments


@dataclass(frozen=True)
class Child:
    """What a child does until it is killed, and the pipe through which it tells that an action begins."""

    engine: Engine
    doer: Doer
    casts: dict[int, Cast]
    begins: int

    def work(self) -> None:
        """Act on cases, one transaction each, for ever."""
        self.engine.dispose(close=False)  # the parent's connections are not ours
        while True:
            os.write(self.begins, b".")
            with suppress(IntroductionError), writing(self.engine) as session:
                self.act(session)

    def act(self, session: Session) -> None:
        """Do something in some case."""
        instance = session.get_one(Instance, self.doer.rng.choice(checks.instance_ids(session)))
        doer = replace(self.doer, cast=self.casts[instance.region_id or 0])
        doer.do_something(session, NINE, instance.id)


def warm_up(child: Child) -> None:
    """Act for a while in this process, so that children need not compile what they say to the database."""
    for _action in range(20):
        with suppress(IntroductionError), writing(child.engine) as session:
            child.act(session)


def kill_one(child: Child, rng: random.Random, reads: int) -> None:
    """Let a child work, and kill it in one of its first actions."""
    process = forked(child.work)
    os.close(child.begins)
    for _begun in range(rng.randint(1, 4)):
        assert os.read(reads, 1), "the child ended by itself"
    os.close(reads)
    time.sleep(rng.uniform(0.0, 0.015))
    os.kill(process, signal.SIGKILL)
    assert ended(process) == -signal.SIGKILL, "the child ended by itself"


def test_killed_at_random_moments(ready: Engine, world: World, catalogue: Catalogue) -> None:
    """After each of many kills what was committed is whole, and the next process simply goes on."""
    rng = random.Random(SEED)
    casts = {world.regions[region]: Cast.of(world, region) for region in (VGR, NORRBOTTEN)}
    world.session.close()
    warm_up(Child(ready, Doer(rng, casts[world.regions[VGR]], catalogue, NINE.date()), casts, -1))
    for number in range(1, KILLS + 1):
        seed = rng.randrange(2**32)
        reads, begins = os.pipe()
        ready.dispose()
        doer = Doer(random.Random(seed), casts[world.regions[VGR]], catalogue, NINE.date())
        try:
            kill_one(Child(ready, doer, casts, begins), rng, reads)
            if number % 10 == 0:
                with Session(ready) as session:
                    database.begin_writing(session)
                    checks.check_all(session, catalogue)
        except AssertionError as error:
            error.add_note(f"at kill {number} with SEED = {SEED}; the child's own seed was {seed}")
            raise
    with Session(ready) as session:
        changes_made = sum(session.scalars(select(Instance.revision - 1)))
    # Most kills fall in a first action or in one that the rules refuse; how many get through depends on the machine.
    assert changes_made > KILLS / 10, "the children got something done before they were killed"


# ------------------------------------------------------------------------------------- at each step of an action


def after(module: Any, name: str, times: int = 1) -> Callable[[Engine, Session], None]:
    """Die as soon as a function of the services has done its part so many times."""

    def arm(_engine: Engine, session: Session) -> None:
        whole, left = getattr(module, name), [times]

        def then_die(*args: Any, **kwargs: Any) -> Any:
            answer = whole(*args, **kwargs)
            session.flush()  # what has been done so far is with the database
            left[0] -= 1
            if not left[0]:
                die()
            return answer

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
    "after the event": after(log, "record_each"),
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
        engine.dispose(close=False)  # the parent's connections are not ours
        with Session(engine) as session:
            database.begin_writing(session)
            STEPS[step](engine, session)
            steps.take(Desk(session, catalogue, person, NINE), case_id, "approve", record=record)
            session.commit()

    assert ended(forked(approve)) == -signal.SIGKILL
    with Session(engine) as session:
        database.begin_writing(session)
        found = everything(session)
        if step == "after the commit":
            changed = {name for name in found if found[name] != before[name]}
            written = {"process_instance", "cases", "task", "due_date", "event", "decision", "timer", "notice"}
            assert changed == written
        else:
            assert found == before
        checks.check_all(session, catalogue)
        session.rollback()
    with writing(engine) as session:
        desk = Desk(session, catalogue, person, NINE)
        if step != "after the commit":
            steps.take(desk, case_id, "approve", record=record)
        assert session.get_one(Instance, case_id).stage == "setup"
