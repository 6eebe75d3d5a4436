"""Two copies of one world, served side by side: one where there are secret rebates, and one without, or with others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import (
    applications,
    cases,
    ledger,
    net_prices,
    net_readers,
    people,
    recommendations,
    subjects,
)
from introduction.services.applications import Concern
from introduction.services.cases import Roots
from introduction.services.medicines import About
from introduction.store import database
from introduction.store import person as persons
from introduction.store.analysis import DecisionAnalysis
from introduction.store.case import TreatingUnit, by_number
from introduction.store.decision import Decision
from introduction.store.follow_up import FollowUpReport, HandoverProposal
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.job import Job
from introduction.store.outcome import OutcomeMonth
from introduction.store.person import PersonRow
from tests.analyses import add_approved, plain_model
from tests.claiming import Clinic, grant
from tests.databases import WORLD, Databases
from tests.journeys.answers import FACTS
from tests.journeys.site import Site, running, standing
from tests.journeys.visitor import Visitor
from tests.planning import plan
from tests.reporting import COUNTS
from tests.web.posting import work
from tests.world import NINE, NORRBOTTEN, PASSWORD, VGR, Clock, World

#: Who is named and reads; whose naming was taken back; who has lost the role; who is named in another region.
READER, ENDED, ROLELESS = "nina@region.example", "eva@region.example", "rolf@region.example"
ELSEWHERE = f"economist.{NORRBOTTEN}@region.example"
CASES = ("VGR-2026-0001", "VGR-2026-0002")  #: those that have analyses, numbers 1 (superseded) and 2 (approved)
Rebates = Mapping[tuple[str, str], str]  #: per cent as typed, by case and treatment


@dataclass
class Side:
    """One of the two worlds, with the service that runs on it."""

    site: Site
    folder: Path
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    def person(self, email: str) -> PersonRow:
        """Somebody by the e-mail address."""
        with self.site.looking() as session:
            row = persons.by_email(session, email)
            assert row is not None
            session.expunge(row)
            return row

    def visitor(self, who: Role | str | None) -> Visitor:
        """A role's person, somebody by the e-mail address, or a stranger; signed in once."""
        if str(who) not in self._visitors:
            role = who.value.replace("_", ".") if isinstance(who, Role) else None
            email = f"{role}.{VGR}@region.example" if role else who
            made = self.site.stranger() if email is None else self.site.signed_in(self.person(email))
            self._visitors[str(who)] = made
        return self._visitors[str(who)]

    def record(self, rebates: Rebates) -> None:
        """Let the named person record rebates."""
        reader = self.person(READER)
        with self.site.changing() as world:
            for (number, treatment), share in rebates.items():
                net_prices.record(
                    world.desk(reader), number, treatment=treatment, share=share, first="2027-01",
                    source="RS 2026-00417",
                )  # fmt: skip

    def end_all(self) -> None:
        """Let the named person take every rebate back."""
        reader = self.person(READER)
        with self.site.changing() as world:
            for number in CASES:
                noted = net_prices.note_reading(world.desk(reader), number)
                for line in net_prices.rebates(world.desk(reader), noted):
                    if line.row.ended_at is None:
                        net_prices.end(world.desk(reader), number, line.row.id)

    def read(self) -> str:
        """Let the named person read everything that is secret, on the pages; what stood on them."""
        visitor = self.visitor(READER)
        shown = []
        for address in [f"/cases/{number}/{page}" for number in CASES for page in ("net", "budget/2/net")]:
            page = visitor.send(visitor.open(address).form(address), reason="Inför mötet")
            assert page.status == 200
            shown.append(page.html)
        return "\n".join(shown)

    def approve(self) -> None:
        """A new analysis of the first case is approved."""
        with self.site.changing() as world:
            case_id = by_number(world.session, CASES[0]).id
            add_approved(world.session, case_id, world.clock.now, _model(9_000), draws=100)


def _model(patients: float) -> dict[str, Any]:
    """So many patients that amounts in thousands of kronor have six digits, as no other number here has by chance."""
    model = plain_model(patients=patients, monthly_kr=11_000)
    model["scenario"] = [{"name": "Lägre upptag", "reason": "Färre vill", "set": {"group.new.uptake.to": 0.4}}]
    return model


def furnish(site: Site, folder: Path) -> None:
    """Cases with analyses, decisions, money and outcomes; people who read, have read, and may not."""
    with site.changing() as world:
        session, lung, neuro = world.session, world.units[VGR]["lung"], world.units[VGR]["neuro"]
        given = {key: FACTS[key] for key in ("target_population", "benefit", "conflicts_of_interest")}
        for medicine, patients in (("Påhittumab", 7_000), ("Annatumab", 8_000), ("Tredjumab", 0)):
            case = cases.start(
                world.desk(Role.NOMINATOR), f"{VGR}.new_medicine", "nomination", About.typed(medicine, "svår astma"),
                given=given, roots=Roots(nominating_unit_id=lung.id),
            )  # fmt: skip
            if patients:
                _furnish_case(world, case.instance.id, patients, [lung.id, neuro.id])
        assert case.number == "VGR-2026-0003"
        north = world.start_case("Nordumab", region=NORRBOTTEN)
        add_approved(session, north.instance.id, world.clock.now, _model(6_000), draws=100)
        recommendations.start(
            world.desk(Role.COORDINATOR), "hospital_medicine", About.typed("Påhittumab", "svår astma")
        )
        session.add(
            Job(kind="preview_dates", region_id=world.regions[VGR], asked_at=world.clock.now, given="{}", steps_done=0,
                state="waiting")
        )  # fmt: skip
        _furnish_people(world)
        _furnish_money(world, folder)


def _furnish_case(world: World, case_id: int, patients: int, units: list[int]) -> None:
    session, now = world.session, world.clock.now
    add_approved(session, case_id, now, _model(patients / 2), draws=100)
    approved = add_approved(session, case_id, now, _model(patients), draws=100)
    session.add_all(TreatingUnit(case_id=case_id, unit_id=unit) for unit in units)
    decision = Decision(case_id=case_id, outcome="approved", decided_on="2026-11-20", recorded_at=now)
    session.add(decision)
    session.flush()
    session.add(DecisionAnalysis(decision_id=decision.id, case_id=case_id, analysis_id=approved.id))
    session.add(GrantRow(case_id=case_id, budget_year=2027, ceiling_ore=310_000_000, recorded_at=now, unit_id=units[0]))
    for unit in units:
        for month in range(1, 11):
            session.add(
                OutcomeMonth(
                    case_id=case_id, unit_id=unit, month=date(2026, month, 1), patients=10 * month + unit,
                    quantity_milli=10_000 * month, cost_ore=11_000_000 * month, source="Ekonomisystemet",
                    recorded_at=now,
                )
            )  # fmt: skip
    session.flush()


def _furnish_money(world: World, folder: Path) -> None:
    """For the first case claims at every stage of their way, a report, a handover and an application for more."""
    session, now, units = world.session, world.clock.now, world.units[VGR]
    instance = session.get_one(Instance, by_number(session, CASES[0]).id)
    case = subjects.read(world.desk(Role.COORDINATOR), instance)
    facts = {"introduction_start": date(2026, 1, 1), "financed_until": date(2027, 12, 31)}
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, facts, note="Beslutet")
    plan(world.desk(Role.DRAFTING_GROUP), case.instance.id)
    world.fund(2026)
    clinic = Clinic(world, case, grant(world, case, 1_000_000), folder)
    explained: dict[str, Any] = {"explanation": "Fler doser än i beräkningen"}
    clinic.approved(days=(date(2026, 3, 1), date(2026, 3, 31)), **explained)
    ledger.export(world.desk(Role.ECONOMIST), world.regions[VGR])
    clinic.approved(days=(date(2026, 4, 1), date(2026, 4, 30)), **explained)
    clinic.submitted(days=(date(2026, 5, 1), date(2026, 5, 31)), **explained)
    clinic.draft(days=(date(2026, 6, 1), date(2026, 6, 30)))
    told = {"case_id": case.instance.id, "unit_id": units["lung"].id, "recorded_at": now}
    session.add(FollowUpReport(**told, **COUNTS, cost_ore=990_000_000))
    session.add(HandoverProposal(**told, forecast_ore=120_000_000, room_ore=110_000_000))
    concluded = {"follow_up_outcome": "continue", "follow_up_conclusion": "Målen är nådda"}
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, concluded, note="Rådet")
    applications.start(world.desk(Role.HEAD_OF_UNIT), units["lung"].id, Concern(case_number=CASES[0]))
    session.flush()


def _furnish_people(world: World) -> None:
    administrator, region = world.desk(Role.ADMINISTRATOR), world.regions[VGR]
    for email, name in ((READER, "Nina Namngiven"), (ENDED, "Eva Ended"), (ROLELESS, "Rolf Roleless")):
        row = people.add_person(world.operator, email, name)
        people.set_password(world.operator, row.id, PASSWORD)
        people.grant_role(world.operator, row.id, Role.ECONOMIST, region)
        named = net_readers.name(administrator, region, row.id, reason="Bereder beslutet")
        if email == ENDED:
            net_readers.end(administrator, named.id)
        if email == ROLELESS:
            (held,) = persons.assignments_of(world.session, row.id)
            people.end_role(world.operator, held.id)
            people.grant_role(world.operator, row.id, Role.READER, region)
    other = world.people[NORRBOTTEN][Role.ECONOMIST]
    net_readers.name(world.desk(Role.ADMINISTRATOR, NORRBOTTEN), world.regions[NORRBOTTEN], other.id, reason="Norr")


def furnished(databases: Databases, folder: Path, catalogue: Catalogue) -> Path:
    """The database of the world that both sides are copies of."""
    engine = databases.sqlite(folder, WORLD)
    clock = Clock(NINE)
    with standing(engine, catalogue, clock) as world, running(engine, world, clock, folder) as site:
        furnish(site, folder / "files")
        work(site)
    path = Path(str(engine.url.database))
    engine.dispose()
    return path


@contextmanager
def side(path: Path, folder: Path, catalogue: Catalogue) -> Iterator[Side]:
    """A copy of the world, served."""
    folder.mkdir()
    own = folder / "world.db"
    shutil.copyfile(path, own)
    shutil.copytree(path.parent / "files", folder / "files", dirs_exist_ok=True)
    engine: Engine = database.open_engine(f"sqlite:///{own}")
    clock = Clock(NINE)
    with standing(engine, catalogue, clock) as world, running(engine, world, clock, folder) as site:
        yield Side(site, folder)
    engine.dispose()
