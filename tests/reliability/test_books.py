"""The books under everything that people do with them: in any order, at the same time, and killed in the middle."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from introduction.domain.calendar import add_months
from introduction.domain.errors import Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import (
    attachments,
    cases,
    claims,
    funds,
    grants,
    ledger,
    regions,
    reservations,
    steps,
)
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.services.funds import NewMoney
from introduction.services.grants import NewGrant
from introduction.store import database
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile
from introduction.store.reservation import Reservation
from tests.claiming import figures, plan, receipt
from tests.reliability.books import check_books
from tests.world import NINE, VGR, Clock, World, find

YEARS = (2026, 2027)
NORTH = "Norra sjukhuset"
amounts = st.integers(0, 1_200)  #: kronor; what people ask for is often more than there is
seeds = st.integers(0, 2**32 - 1)


def prepare(world: World) -> None:
    """Two introductions with a plan, and a second administration with a clinic of its own."""
    region_id, units = world.regions[VGR], world.units[VGR]
    north = regions.add_unit(world.operator, region_id, NORTH, "administration")
    regions.add_unit(world.operator, region_id, "Norra kliniken", "operation", parent_id=north.id)
    for medicine in ("Examplumab", "Provastatin"):
        case = world.start_case(medicine)
        facts = {"introduction_start": date(2026, 1, 1), "financed_until": date(2027, 12, 31),
                 "treating_units": (units["lung"].id, units["neuro"].id)}  # fmt: skip
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, facts, note="Beslutet")
        plan(world, case)


def minutes(clock: Clock) -> Minutes:
    return Minutes(clock.today, "Så beslutades", "Regionstyrelsen", "§ 9")


# ------------------------------------------------------------------------------------- in any order


class Money(RuleBasedStateMachine):
    """An economist, a coordinator and a clinic with two funds. A life is one transaction, taken back at its end."""

    def __init__(self, engine: Engine, catalogue: Catalogue, folder: Path) -> None:
        super().__init__()
        self.clock, self.folder, self.sent, self.done = Clock(NINE), folder, 0, Counter[str]()
        self.session = Session(engine, expire_on_commit=False, autoflush=True)
        database.begin_writing(self.session)
        self.world = find(self.session, catalogue, self.clock)
        self.region_id = self.world.regions[VGR]
        self.people = {role: self.world.desk(role).by for role in (Role.ECONOMIST, Role.COORDINATOR, Role.HEAD_OF_UNIT)}
        query = select(Case.__table__.c.id, Case.__table__.c.public_number).order_by(Case.__table__.c.id)
        self.case_ids, self.numbers = zip(*self.session.execute(query), strict=True)
        units = self.world.units[VGR]
        self.places = [units["hospital"].id, units[NORTH].id]
        self.clinics = [*[units["lung"].id] * 4, units["neuro"].id]
        self.receipts: list[bytes] = []

    def teardown(self) -> None:
        """Take everything back."""
        self.session.rollback()
        self.session.close()

    @initialize(kronor=st.integers(500, 3_000), granted=st.integers(200, 900))
    def begin(self, kronor: int, granted: int) -> None:
        """There is always some money, and a grant."""
        self.appropriate(0, kronor)
        self.give(0, 0, 0, granted)

    # ----------------------------------------------------------------------------- the fund

    @rule(year=st.integers(0, 1), kronor=amounts)
    def appropriate(self, year: int, kronor: int) -> None:
        """Say how much a fund has: more, or less than before."""
        new = NewMoney(YEARS[year], kronor * 100, "Budgeten")
        self.act("appropriate", lambda: funds.appropriate(self.desk(), self.region_id, new, minutes(self.clock)))

    @rule(case=st.integers(0, 1), place=st.integers(0, 1), year=st.integers(0, 1), kronor=amounts)
    def give(self, case: int, place: int, year: int, kronor: int) -> None:
        """Grant money to an administration."""
        new = NewGrant(self.places[place], YEARS[year], kronor * 100, self.case_ids[case])
        self.act("give", lambda: grants.give(self.desk(), self.region_id, new))

    @rule(seed=seeds, case=st.integers(0, 1), kronor=amounts)
    def hold(self, seed: int, case: int, kronor: int) -> None:
        """Reserve for a case."""
        number = self.numbers[case]
        self.on(
            "hold",
            Fund,
            seed,
            lambda fund: reservations.hold(self.desk("coordinator"), fund.id, number, kronor * 100, "x"),
        )

    @rule(seed=seeds)
    def let_go(self, seed: int) -> None:
        """Let go of what is reserved."""
        self.on("let_go", Reservation, seed, lambda row: reservations.let_go(self.desk(), row.id))

    # ----------------------------------------------------------------------------- grants

    @rule(seed=seeds, kronor=amounts)
    def change(self, seed: int, kronor: int) -> None:
        """Raise or lower a grant."""
        self.on(
            "change", GrantRow, seed, lambda row: grants.change(self.desk(), row.id, kronor * 100, minutes(self.clock))
        )

    @rule(seed=seeds, kronor=st.integers(0, 400))
    def reallocate(self, seed: int, kronor: int) -> None:
        """Move room to the other administration."""
        told = minutes(self.clock)

        def move(row: GrantRow) -> None:
            to = next(place for place in self.places if place != row.unit_id)
            grants.reallocate(self.desk(), row.id, to, kronor * 100, told)

        self.on("reallocate", GrantRow, seed, move)

    @rule(seed=seeds, kronor=st.integers(0, 300))
    def settle(self, seed: int, kronor: int) -> None:
        """Settle a grant, and carry something over."""
        told = minutes(self.clock)
        self.on(
            "settle", GrantRow, seed, lambda row: grants.settle(self.desk(), row.id, told, carry_over_ore=kronor * 100)
        )

    # ----------------------------------------------------------------------------- claims

    @rule(seed=seeds, kronor=st.integers(1, 200), months=st.lists(st.integers(1, 14), min_size=1, max_size=3))
    def claim(self, seed: int, kronor: int, months: list[int]) -> None:
        """Draw on a grant, with evidence, for some months."""
        for month in months:
            self.claim_month(seed + month, kronor, month)

    def claim_month(self, seed: int, kronor: int, month: int) -> None:
        """Draw on a grant for a month."""
        first = add_months(date(2026, 1, 1), month - 1)
        unit_id, days = Random(seed).choice(self.clinics), (first, add_months(first, 1).replace(day=1))

        def hand_in(grant: GrantRow) -> None:
            until = min(days[1], date(first.year, 12, 31))
            made = claims.start(self.desk("head_of_unit"), grant.id, unit_id, given=figures(kronor, (first, until)))
            self.sent += 1
            evidence = io.BytesIO(f"Utskrift;{self.sent}\n".encode())
            attachments.add(self.desk("head_of_unit"), made.instance.id, "u.csv", evidence, files=self.folder)
            steps.take(self.desk("head_of_unit"), made.instance.id, "submit")

        self.on("claim", GrantRow, seed, hand_in, GrantRow.unit_id == self.places[0])

    @rule(seed=seeds, part=st.sampled_from((0.0, 0.5, 1.0, 1.0, 1.0, 1.5)))
    def approve(self, seed: int, part: float) -> None:
        """Approve a claim whole, in part, or more than there is."""

        def approved(row: Claim) -> None:
            given = {"approved_ore": int((row.extra_cost_ore or 0) * part), "assessment": "Rimligt"}
            steps.take(self.desk(), row.id, "approve", given=given)

        self.on("approve", Claim, seed, approved, in_stage("submitted"))

    @rule(seed=seeds, action=st.sampled_from(("return_claim", "withdraw", "submit", "pay", "withdraw_returned")))
    def take(self, seed: int, action: str) -> None:
        """Return a claim, take it back, hand it in again, or try to pay it by hand."""
        who = "economist" if action in ("return_claim", "pay") else "head_of_unit"
        of = "returned" if action in ("submit", "withdraw_returned") else "submitted"
        self.on(action, Claim, seed, lambda row: steps.take(self.desk(who), row.id, action, note="Så"), in_stage(of))

    @rule(seed=seeds, kronor=st.integers(1, 400))
    def correct(self, seed: int, kronor: int) -> None:
        """Take back some of a claim."""

        def corrected(row: Claim) -> None:
            made = claims.correct(self.desk("head_of_unit"), row.id, kronor * 100, "Räknat dubbelt")
            steps.take(self.desk("head_of_unit"), made.instance.id, "submit")

        self.on("correct", Claim, seed, corrected, in_stage("approved", "paid"))

    # ----------------------------------------------------------------------------- the ledger

    @rule()
    def export(self) -> None:
        """Send what is approved to the ledger."""
        self.act("export", lambda: ledger.export(self.desk(), self.region_id))

    @rule()
    def receive(self) -> None:
        """The ledger answers the oldest file, and then the answer comes once more."""
        query = select(LedgerFile).where(LedgerFile.received_at.is_(None)).order_by(LedgerFile.number)
        file = self.session.scalars(query.limit(1)).first()
        if file is not None:
            self.receipts.append(receipt(self.world, file))
        for content in self.receipts[-2:]:
            self.act("receive", lambda content=content: ledger.receive(self.desk(), self.region_id, content))  # type: ignore[misc]

    @rule(seed=seeds)
    def go_on(self, seed: int) -> None:
        """A while of ordinary work: claims are handed in, looked at, corrected, sent and answered."""
        rng = Random(seed)
        for month in rng.sample(range(1, 11), 3):
            self.claim_month(rng.getrandbits(30) | 1, rng.randint(1, 80), month)
        self.approve(rng.getrandbits(30) | 1, rng.choice((0.5, 1.0)))
        self.take(rng.getrandbits(30) | 1, rng.choice(("return_claim", "withdraw")))
        self.take(rng.getrandbits(30) | 1, rng.choice(("submit", "submit", "withdraw_returned")))
        self.approve(rng.getrandbits(30) | 1, 1.0)
        for _once in range(rng.randint(0, 2)):
            self.correct(rng.getrandbits(30) | 1, rng.randint(1, 20))
            self.approve(rng.getrandbits(30) | 1, 1.0)
        self.reallocate(rng.getrandbits(30), rng.randint(1, 50))
        self.export()
        if rng.random() < 0.7:
            self.receive()

    @rule(seed=seeds)
    def end_the_year(self, seed: int) -> None:
        """A new year with a fund of its own, and the old year's grants are settled."""
        if self.clock.today.year == YEARS[0]:
            self.clock.forward(months=3)
        self.appropriate(1, 1_000 + seed % 1_000)
        for turn in range(3):
            self.settle(seed + turn, (seed + turn) % 40)

    @rule(months=st.sampled_from((1, 2)))
    def wait(self, months: int) -> None:
        """Time passes; the year ends."""
        if self.clock.today < date(2027, 6, 1):
            self.clock.forward(months=months)

    @invariant()
    def everything_adds_up(self) -> None:
        """After every step."""
        check_books(self.session)

    # ----------------------------------------------------------------------------- the parts

    def desk(self, role: str = "economist") -> Desk:
        """Somebody's desk."""
        return Desk(self.session, self.world.catalogue, self.people[Role(role)], self.clock.now)

    def on(self, what: str, row: Any, seed: int, change: Callable[[Any], object], fits: Any = True) -> None:
        """Do something with one of the rows of a kind, where there is any: mostly one that it fits."""
        query = select(row.__table__.c.id).order_by(row.__table__.c.id)
        fitting = query.where(fits) if fits is not True and seed % 8 else query
        ids = list(self.session.scalars(fitting))
        if ids:
            self.act(what, lambda: change(self.session.get_one(row, Random(seed).choice(ids))))

    def act(self, what: str, change: Callable[[], object]) -> None:
        """Act; what is refused leaves everything as it was."""
        step = self.session.begin_nested()
        try:
            change()
            step.commit()
            self.done[what] += 1
        except Refused as refusal:
            step.rollback()
            self.session.expunge_all()  # ids of what was taken back come again
            assert all(str(reason) for reason in refusal.reasons)


def in_stage(*stages: str) -> Any:
    """The condition that a claim stands in one of some stages."""
    standing = select(Instance.id).where(Instance.subject == "claim", Instance.stage.in_(stages))
    return Claim.__table__.c.id.in_(standing)


#: What can be done with money, and what one long life therefore holds.
ALL = {
    "appropriate", "give", "hold", "let_go", "change", "reallocate", "settle", "claim", "approve", "return_claim",
    "withdraw", "submit", "correct", "export", "receive",
}  # fmt: skip

Life = Callable[[], Money]


@pytest.fixture
def life(engine: Engine, world: World, catalogue: Catalogue, tmp_path: Path) -> Life:
    """A new life of the same two introductions, each time it is called."""
    prepare(world)
    world.session.commit()
    world.session.close()
    return lambda: Money(engine, catalogue, tmp_path / "files")


def test_whatever_people_do_the_books_add_up(life: Life) -> None:
    """Random lives of two funds."""
    run_state_machine_as_test(
        life,  # type: ignore[arg-type]  # a function will do, it says
        settings=settings(
            derandomize=True,
            max_examples=8,
            stateful_step_count=24,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_random_lives_can_hold_everything_that_is_done_with_money(life: Life) -> None:
    """What the random lives are made of succeeds, each of it, when the money is there."""
    money = life()
    money.begin(kronor=3_000, granted=900)
    money.hold(1, 0, 100)
    money.let_go(1)
    money.change(1, 800)
    for seed in range(1, 8):
        money.go_on(seed)
        money.everything_adds_up()
    for seed in range(1, 5):
        money.end_the_year(seed)
    money.everything_adds_up()
    money.teardown()
    assert not ALL - money.done.keys(), money.done
