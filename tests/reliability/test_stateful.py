"""Whatever people do with cases, in whatever order: the history explains where each stands, and rows agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from introduction.domain.errors import Refused
from introduction.domain.fields import CASE_FIELDS
from introduction.domain.process.definition import Definition
from introduction.domain.process.loading import Catalogue
from introduction.services import advice, cases, recommendations, steps
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.store import database
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.recommendation import Recommendation
from introduction.store.task import TaskRow
from tests.databases import WORLD, Databases, writing
from tests.reliability import checks
from tests.reliability.doing import Cast, Doer, endow
from tests.world import NINE, NORRBOTTEN, VGR, Clock, find

MEDICINES = ("Examplumab", "Testinib")
MOST_CASES = 4
#: Actions that lead out of the ordinary way; the one who leads a case on does not take them.
LEAVING = {
    *("pause", "withdraw", "end_early", "not_prioritise", "decline_nomination", "leave_to_drug_committee"),
    *("discontinue", "not_cover", "reconsider", "return_for_completion", "assess_again"),
}
#: Where some life must have come, or the lives tell little.
MUST_REACH = {VGR: {"setup", "prescriber_responsibility"}, NORRBOTTEN: {"followed", "ordinary_responsibility"}}
seeds = st.integers(0, 2**32 - 1)


class People(RuleBasedStateMachine):
    """People of one region who act on its cases and on the national recommendations behind them."""

    def __init__(self, engine: Engine, catalogue: Catalogue, cast: Cast, region: str, reached: set[str]) -> None:
        super().__init__()
        self.reached = reached
        self.engine, self.catalogue, self.cast = engine, catalogue, cast
        self.definition: Definition = catalogue.latest(f"{region}.new_medicine")
        self.clock = Clock(NINE)
        self.touched: set[int] = set()
        self.drawn = 0

    # ----------------------------------------------------------------------------- rules

    @initialize(seed=seeds, far=st.integers(0, 20))
    def begin(self, seed: int, far: int) -> None:
        """There is always a case, and it has got some way."""
        about, roots = About.typed(MEDICINES[0], "svår migrän"), cases.Roots(nominating_unit_id=self.cast.unit_ids[0])
        self.act(
            lambda session: cases.start(self.desk(session), self.definition.id, "horizon_scan", about, roots=roots)
        )
        for step in range(far):
            self.lead_on(seed + step)

    @precondition(lambda self: len(self.ids("case")) < MOST_CASES)
    @rule(seed=seeds)
    def start(self, seed: int) -> None:
        """Open a case, by any way in."""
        doer, way = self.doer(seed), Random(seed).choice(self.definition.start)
        given = doer.say(CASE_FIELDS, way.asks, way.may)
        roots = cases.Roots(nominating_unit_id=doer.rng.choice((None, *self.cast.unit_ids)))
        about = About.typed(doer.rng.choice(MEDICINES), "svår migrän")
        self.act(
            lambda session: cases.start(
                self.desk(session, doer.rng.choice(way.by)),
                self.definition.id,
                way.origin,
                about,
                given=given,
                roots=roots,
            )
        )

    @rule(seed=seeds)
    def take_action(self, seed: int) -> None:
        """Take some action from whatever stage."""
        doer, instance_id = self.doer(seed), self.some(seed, "case")
        self.act(lambda session: doer.take_something(session, self.clock.now, instance_id))

    @rule(seed=seeds)
    def lead_on(self, seed: int) -> None:
        """Do what the stage asks for and take the action that leads on, waiting for its day where it has one."""
        doer, instance_id = self.doer(seed, wild=0.0), self.some(seed, "case")
        for _task in range(9):
            if not self.required(instance_id):
                break
            self.act(lambda session: doer.do_something(session, self.clock.now, instance_id))
        self.act(lambda session: doer.divide_money(session, self.clock.now, instance_id))
        if doer.rng.random() < 0.6:
            self.act(lambda session: doer.take_something(session, self.clock.now, instance_id, but=LEAVING))
        if not self.act(lambda session: doer.take_something(session, self.clock.now, instance_id, main=True)):
            self.clock.forward(days=doer.rng.choice((10, 100, 400)))

    @rule(seed=seeds)
    def do_tasks(self, seed: int) -> None:
        """Do a few open tasks."""
        doer, instance_id = self.doer(seed, wild=0.05), self.some(seed, "case")
        for _task in range(3):
            self.act(lambda session: doer.do_something(session, self.clock.now, instance_id))

    @rule(seed=seeds)
    def change_facts(self, seed: int) -> None:
        """Correct some facts."""
        doer, instance_id = self.doer(seed), self.some(seed, "case")
        keys = doer.rng.sample(list(CASE_FIELDS), doer.rng.randint(1, 12))
        given = doer.say(CASE_FIELDS, keys)
        self.act(lambda session: cases.change_facts(self.desk(session), instance_id, given, note=doer.note()))

    @rule(seed=seeds, resume=st.booleans())
    def pause_or_resume(self, seed: int, resume: bool) -> None:
        """Let a case rest, or take it up where it was."""
        instance_id = self.some(seed, "case")
        action = "resume" if resume else "pause"
        self.act(lambda session: steps.take(self.desk(session), instance_id, action, note="Väntar"))

    @rule(seed=seeds, kind=st.sampled_from(("assign", "reopen", "own", "comment")))
    def coordinate(self, seed: int, kind: str) -> None:
        """Give a task to somebody, open one again, name the owner, or write a comment."""
        rng, instance_id = Random(seed), self.some(seed, "case")
        with Session(self.engine) as session:
            tasks = list(session.scalars(select(TaskRow.id).where(TaskRow.instance_id == instance_id)))
        person = rng.choice((None, *(person.user_id for person in self.cast.people.values())))
        if kind in ("assign", "reopen") and not tasks:
            return
        work: dict[str, Callable[[Desk], Any]] = {
            "assign": lambda desk: steps.assign_task(desk, rng.choice(tasks), person),
            "reopen": lambda desk: steps.reopen_task(desk, rng.choice(tasks), note="Fel underlag"),
            "own": lambda desk: cases.set_owner(desk, instance_id, person),
            "comment": lambda desk: cases.comment(desk, instance_id, "Ring kliniken", internal=rng.random() < 0.5),
        }
        self.act(lambda session: work[kind](self.desk(session)))

    @precondition(lambda self: len(self.ids("case")) < MOST_CASES)
    @rule(seed=seeds)
    def grow(self, seed: int) -> None:
        """Open a new case out of an older one."""
        rng, instance_id = Random(seed), self.some(seed, "case")
        growth = rng.choice(self.definition.follow_on)
        indication = rng.choice((None, f"vidgad indikation {len(self.ids('case'))}"))
        self.act(
            lambda session: cases.follow_on(
                self.desk(session, rng.choice(growth.by)), instance_id, growth.id, indication=indication
            )
        )

    @rule(seed=seeds)
    def advise(self, seed: int) -> None:
        """Open a recommendation, or go on with one; a new version tells the cases that rest on it."""
        doer, known = self.doer(seed, wild=0.02), self.ids("recommendation")
        if not known:
            about = About.typed(MEDICINES[0], "svår migrän")
            self.act(lambda session: recommendations.start(self.desk(session), "hospital_medicine", about))
            return
        for _task in range(5):
            self.act(lambda session: doer.do_something(session, self.clock.now, known[0], main=True))
        self.act(lambda session: doer.take_something(session, self.clock.now, known[0], but=LEAVING))

    @precondition(lambda self: bool(self.ids("recommendation")))
    @rule(seed=seeds)
    def rest_on_advice(self, seed: int) -> None:
        """Let a case rest on the recommendation."""
        instance_id, advising = self.some(seed, "case"), self.ids("recommendation")[0]

        def rest(session: Session) -> None:
            advice.rest_on(self.desk(session), instance_id, session.get_one(Recommendation, advising))

        self.act(rest)

    @rule(days=st.sampled_from((1, 20, 90, 400)))
    def let_time_pass(self, days: int) -> None:
        """Some days or a year later."""
        self.clock.forward(days=days)

    # ----------------------------------------------------------------------------- invariants

    @invariant()
    def everything_agrees(self) -> None:
        """Chains, history, stage, tasks, due dates and revision of what was touched; cheap, so after every step."""
        with Session(self.engine) as session:
            database.begin_writing(session)
            if self.touched:
                checks.check_chains(session)
            for instance_id in sorted(self.touched):
                checks.check_instance(session, self.catalogue, instance_id)
                self.reached.add(session.get_one(Instance, instance_id).stage)
            session.rollback()
        self.touched.clear()

    # ----------------------------------------------------------------------------- the parts

    def doer(self, seed: int, wild: float = 0.15) -> Doer:
        """Somebody who says what the seed says."""
        self.drawn += 1
        return Doer(Random(seed + self.drawn), self.cast, self.catalogue, self.clock.today, wild)

    def desk(self, session: Session, role: str = "coordinator") -> Desk:
        """The desk of the one who has a role."""
        return Desk(session, self.catalogue, self.cast.people[role], self.clock.now)

    def ids(self, subject: str) -> list[int]:
        """The cases, or the recommendations, that there are."""
        with Session(self.engine) as session:
            return list(session.scalars(select(Instance.id).where(Instance.subject == subject).order_by(Instance.id)))

    def some(self, seed: int, subject: str) -> int:
        """One of them."""
        return Random(seed).choice(self.ids(subject))

    def required(self, instance_id: int) -> bool:
        """True while the stage has open tasks that are not optional."""
        query = select(TaskRow.id).where(TaskRow.instance_id == instance_id, TaskRow.state == "open")
        with Session(self.engine) as session:
            return session.scalars(query.where(~TaskRow.optional, TaskRow.stage.is_not(None))).first() is not None

    def act(self, change: Callable[[Session], Any]) -> bool:
        """Act in a transaction, as the edges do. What is refused (False) leaves everything as it was."""
        before = self._rows()
        with Session(self.engine) as session:
            database.begin_writing(session)
            try:
                change(session)
                session.commit()
            except Refused as refusal:
                session.rollback()
                assert all(str(reason) for reason in refusal.reasons)
                assert self._rows() == before
                return False
        after = self._rows()
        self.touched |= {key for key in after if after[key] != before.get(key)}
        return True

    def _rows(self) -> dict[int, tuple[Any, ...]]:
        """The row of each instance, with the case's where it is one."""
        instance, case = Instance.__table__, Case.__table__
        query = select(instance, case).select_from(instance.outerjoin(case)).order_by(instance.c.id)
        with Session(self.engine) as session:
            return {row[0]: tuple(row) for row in session.execute(query)}


@pytest.fixture
def begin_again(databases: Databases, catalogue: Catalogue, tmp_path: Path) -> Callable[[], Engine]:
    """Gives an engine on the world with its money as it was at first: ever the same one, which compiles once."""
    engine = databases.sqlite(tmp_path, WORLD)
    own = Path(str(engine.url.database))
    with writing(engine) as session:
        for region in (VGR, NORRBOTTEN):
            endow(find(session, catalogue, Clock(NINE)), region)
    engine.dispose()
    first = shutil.copyfile(own, tmp_path / "first.db")

    def again() -> Engine:
        engine.dispose()  # closing the last connection removes the write-ahead log
        shutil.copyfile(first, own)
        return engine

    return again


@pytest.mark.parametrize("region", [VGR, NORRBOTTEN])
def test_whatever_people_do(region: str, begin_again: Callable[[], Engine], catalogue: Catalogue) -> None:
    """Random lives of cases, the same ones in every run."""
    with Session(begin_again()) as session:
        cast = Cast.of(find(session, catalogue, Clock(NINE)), region)
    reached: set[str] = set()
    run_state_machine_as_test(
        lambda: People(begin_again(), catalogue, cast, region, reached),
        settings=settings(
            derandomize=True,
            max_examples=16,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not MUST_REACH[region] - reached, f"the lives tell nothing of {MUST_REACH[region] - reached}"
