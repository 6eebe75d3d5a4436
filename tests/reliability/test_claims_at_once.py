"""Claims and the ledger with several people at once, and killed on the way: nothing is paid twice, nothing is lost."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from introduction.domain.errors import Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person, Role
from introduction.services import cases, claim_money, claims, ledger, log, steps
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import ledger as ledger_store
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile, LedgerLine
from introduction.store.person import as_person
from tests.claiming import YEAR, Clinic, grant, plan, receipt
from tests.databases import writing
from tests.reliability import checks
from tests.reliability.forks import ended, forked
from tests.reliability.test_concurrency import at_once
from tests.reliability.test_kill import after, before_commit, die, everything
from tests.world import NINE, VGR, World


def day(number: int) -> tuple[date, date]:
    return (date(YEAR, 3, number), date(YEAR, 3, number))


@dataclass
class Rush:
    """People of a region who act at the same time, on claims that are there."""

    engine: Engine
    catalogue: Catalogue
    region_id: int
    economist: Person
    head: Person
    claims: list[int]

    @classmethod
    def of(cls, clinic: Clinic, claims: list[int]) -> Rush:
        """Let go of the world's lock, so that others can act."""
        world, people = clinic.world, clinic.world.people[VGR]
        economist, head = (
            as_person(world.session, people[r], world.clock.today) for r in ("economist", "head_of_unit")
        )
        engine = world.session.get_bind()
        assert isinstance(engine, Engine)
        made = cls(engine, world.catalogue, world.regions[VGR], economist, head, claims)
        world.session.commit()
        world.session.close()
        return made

    def act(self, by: Person, change: Callable[[Desk], Any]) -> Any:
        """Act in a transaction of one's own, as the edges do."""
        with writing(self.engine) as session:
            return change(Desk(session, self.catalogue, by, NINE))

    def take(self, claim_id: int, action: str, by: Person, **rest: Any) -> Any:
        """Take an action on a claim."""
        return self.act(by, lambda desk: steps.take(desk, claim_id, action, **rest).instance.stage)

    def export(self) -> Any:
        """Make a file."""
        return self.act(self.economist, lambda desk: ledger.export(desk, self.region_id).number)

    def receive(self, content: bytes) -> Any:
        """Take in a receipt."""
        return self.act(self.economist, lambda desk: ledger.receive(desk, self.region_id, content).number)

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """Let all work begin at the same moment."""
        return at_once(*works)

    def amounts(self) -> list[int]:
        """Unclaimed, claimed, approved and paid of all grants together, in kronor; the funds say the same."""
        with Session(self.engine) as session:
            database.begin_reading(session)
            found = []
            for account in ("unclaimed", "claimed", "approved", "paid"):
                of_grants = sum(getattr(row, f"{account}_ore") for row in session.scalars(select(GrantRow)))
                assert of_grants == sum(getattr(row, f"{account}_ore") for row in session.scalars(select(Fund)))
                found.append(of_grants // 100)
            return found

    def stages(self) -> Counter[str]:
        """How many claims are in each stage."""
        with Session(self.engine) as session:
            database.begin_reading(session)
            query = select(Instance.stage).join(Claim, Claim.__table__.c.id == Instance.id)
            return Counter(session.scalars(query))

    def check(self) -> None:
        """Everything agrees, and each file has the lines that it says."""
        with Session(self.engine) as session:
            database.begin_writing(session)
            checks.check_all(session, self.catalogue)
            for file in session.scalars(select(LedgerFile)):
                lines = list(session.scalars(select(LedgerLine).where(LedgerLine.file_id == file.id)))
                assert (len(lines), sum(line.amount_ore for line in lines)) == (file.lines, file.sum_ore)
            session.rollback()


@pytest.fixture
def clinic(world: World, tmp_path: Path) -> Clinic:
    """A clinic with a million kronor to claim."""
    return Clinic.build(world, tmp_path / "files")


# ------------------------------------------------------------------------------------- at once


def test_two_economists_approve_a_claim_once(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    rush = Rush.of(clinic, [claim.instance.id])
    given = {"approved_ore": 1_000_000}
    answers = rush.at_once(*[lambda: rush.take(rush.claims[0], "approve", rush.economist, given=given)] * 2)
    assert sorted(map(str, answers)) == sorted(["approved", *[str(a) for a in answers if isinstance(a, Refused)]])
    assert rush.amounts() == [990_000, 0, 10_000, 0]
    rush.check()


def test_approving_and_withdrawing_at_once_do_one_of_the_two(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    rush = Rush.of(clinic, [claim.instance.id])
    approve = lambda: rush.take(rush.claims[0], "approve", rush.economist, given={"approved_ore": 1_000_000})  # noqa: E731
    rush.at_once(approve, lambda: rush.take(rush.claims[0], "withdraw", rush.head))
    assert rush.amounts() in ([990_000, 0, 10_000, 0], [1_000_000, 0, 0, 0])
    rush.check()


def test_two_claims_race_for_the_last_krona(world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path / "files", 10_000)
    made = [clinic.draft(10_000, day(number)).instance.id for number in (1, 2, 3, 4)]
    rush = Rush.of(clinic, made)
    rush.at_once(*[lambda one=one: rush.take(one, "submit", rush.head) for one in made])  # type: ignore[misc]
    assert rush.stages() == {"submitted": 1, "draft": 3}
    assert rush.amounts() == [0, 10_000, 0, 0]
    rush.check()


def test_the_same_days_are_claimed_once_though_on_different_grants(clinic: Clinic) -> None:
    again = clinic.world.start_case()  # the same medicine and indication, with money of its own
    facts = {"introduction_start": date(YEAR, 1, 1), "financed_until": date(YEAR, 12, 31)}
    cases.change_facts(clinic.desk(Role.COORDINATOR), again.instance.id, facts, note="Beslutet")
    plan(clinic.world, again)
    other = replace(clinic, case=again, grant=grant(clinic.world, again, 1_000_000))
    made = [each.draft(10_000, day(5)).instance.id for each in (clinic, other)]
    rush = Rush.of(clinic, made)
    rush.at_once(*[lambda one=one: rush.take(one, "submit", rush.head) for one in made])  # type: ignore[misc]
    assert rush.stages() == {"submitted": 1, "draft": 1}
    rush.check()


def test_two_exports_at_once_put_no_claim_in_two_files(clinic: Clinic) -> None:
    made = [clinic.approved(1_000, day(number)).instance.id for number in range(1, 6)]
    rush = Rush.of(clinic, made)
    answers = rush.at_once(*[rush.export] * 3)
    assert [answer for answer in answers if not isinstance(answer, Refused)] == [1]
    rush.check()


def test_what_is_approved_while_files_are_made_comes_in_one_of_them(clinic: Clinic) -> None:
    made = [clinic.submitted(1_000, day(number)).instance.id for number in range(1, 9)]
    rush = Rush.of(clinic, made)
    given = {"approved_ore": 100_000}
    rush.at_once(
        *[lambda one=one: rush.take(one, "approve", rush.economist, given=given) for one in made],  # type: ignore[misc]
        *[rush.export] * 4,
    )
    rush.at_once(rush.export)  # what was left
    rush.check()
    with Session(rush.engine) as session:
        assert sorted(session.scalars(select(LedgerLine.claim_id))) == sorted(made)


def test_a_receipt_taken_in_twice_at_once_pays_once(clinic: Clinic) -> None:
    made = [clinic.approved(1_000, day(number)).instance.id for number in range(1, 4)]
    file = ledger.export(clinic.desk(Role.ECONOMIST), clinic.world.regions[VGR])
    content = receipt(clinic.world, file)
    rush = Rush.of(clinic, made)
    answers = rush.at_once(*[lambda: rush.receive(content)] * 3)
    assert [answer for answer in answers if not isinstance(answer, Refused)] == [1]
    assert rush.amounts() == [997_000, 0, 0, 3_000] and rush.stages() == {"paid": 3}
    rush.check()


def test_receipt_and_new_claims_at_once_wait_for_each_other_in_no_ring(clinic: Clinic) -> None:
    """The receipt locks units and grants of many claims, a new claim those of one: always in the same order."""
    paid = [clinic.approved(1_000, day(number)).instance.id for number in range(1, 4)]
    drafts = [clinic.draft(1_000, day(number)).instance.id for number in range(11, 17)]
    content = receipt(clinic.world, ledger.export(clinic.desk(Role.ECONOMIST), clinic.world.regions[VGR]))
    rush = Rush.of(clinic, [*paid, *drafts])
    rush.at_once(
        lambda: rush.receive(content),
        *[lambda one=one: rush.take(one, "submit", rush.head) for one in drafts],  # type: ignore[misc]
    )
    assert rush.amounts() == [991_000, 6_000, 0, 3_000]
    assert rush.stages() == {"paid": 3, "submitted": 6}
    rush.check()


def test_new_claims_and_corrections_at_once_wait_for_each_other_in_no_ring(clinic: Clinic) -> None:
    """Both take a number; a correction has locked the grant by then, and a new claim points to it afterwards."""
    made = [clinic.approved(1_000, day(number)).instance.id for number in range(1, 5)]
    grant_id, unit_id = clinic.grant.id, clinic.world.units[VGR]["lung"].id
    rush = Rush.of(clinic, made)
    begin = lambda: rush.act(rush.head, lambda desk: claims.start(desk, grant_id, unit_id).number)  # noqa: E731
    correct = [
        lambda one=one: rush.act(rush.head, lambda desk: claims.correct(desk, one, 1_000, "Återlämnat").number)  # type: ignore[misc]
        for one in made
    ]
    numbers = rush.at_once(*correct, *[begin] * 8)
    assert len(set(map(str, numbers))) == 12
    assert rush.stages() == {"approved": 4, "draft": 12}
    rush.check()


# ------------------------------------------------------------------------------------- killed on the way


def after_commit(_engine: Engine, session: Session) -> None:
    """Die when the database has committed; a savepoint on the way is no commit."""

    def committed(found: Session) -> None:
        if not found.in_nested_transaction():
            die()

    event.listen(session, "after_commit", committed)


EXPORTING = {
    "after the lines": after(ledger_store, "add_lines"),
    "after the event": after(log, "record_in_region"),
    "before the commit": before_commit,
    "after the commit": after_commit,
}
RECEIVING = {
    "after the first events": after(log, "record_each"),
    "after the claims": after(steps, "take_each"),
    "after the money": after(claim_money, "pay"),
    "before the commit": before_commit,
    "after the commit": after_commit,
}


def killed(rush: Rush, arm: Callable[[Engine, Session], None], work: Callable[[Desk], object]) -> None:
    """Do something in a child of this process that dies where it is told to."""
    rush.engine.dispose()

    def act() -> None:
        rush.engine.dispose(close=False)  # the parent's connections are not ours
        with Session(rush.engine) as session:
            database.begin_writing(session)
            arm(rush.engine, session)
            work(Desk(session, rush.catalogue, rush.economist, NINE))
            session.commit()

    assert ended(forked(act)) == -signal.SIGKILL


def snapshot(rush: Rush) -> dict[str, list[tuple[Any, ...]]]:
    with Session(rush.engine) as session:
        database.begin_reading(session)
        return everything(session)


@pytest.mark.kill
@pytest.mark.parametrize("step", EXPORTING)
def test_killed_while_a_file_is_made(step: str, clinic: Clinic) -> None:
    made = [clinic.approved(1_000, day(number)).instance.id for number in (1, 2)]
    rush = Rush.of(clinic, made)
    before = snapshot(rush)
    killed(rush, EXPORTING[step], lambda desk: ledger.export(desk, rush.region_id))
    assert (snapshot(rush) == before) is (step != "after the commit")
    if step != "after the commit":
        assert rush.export() == 1
    with pytest.raises(Refused):
        rush.export()
    rush.check()


@pytest.mark.kill
@pytest.mark.parametrize("step", RECEIVING)
def test_killed_while_a_receipt_is_taken_in(step: str, clinic: Clinic) -> None:
    made = [clinic.approved(1_000, day(number)).instance.id for number in (1, 2)]
    content = receipt(clinic.world, ledger.export(clinic.desk(Role.ECONOMIST), clinic.world.regions[VGR]))
    rush = Rush.of(clinic, made)
    before = snapshot(rush)
    killed(rush, RECEIVING[step], lambda desk: ledger.receive(desk, rush.region_id, content))
    assert (snapshot(rush) == before) is (step != "after the commit")
    if step != "after the commit":
        assert rush.receive(content) == 1
    with pytest.raises(Refused):
        rush.receive(content)
    assert rush.amounts() == [998_000, 0, 0, 2_000] and rush.stages() == {"paid": 2}
    rush.check()
