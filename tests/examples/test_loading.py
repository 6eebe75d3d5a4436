"""What ships to look at loads whole, once, within the rules, and says of itself what is real and what is invented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.process.loading import Catalogue
from introduction.examples import files, loading, real
from introduction.examples.application_stories import NORRBOTTEN_STORIES, VGR_STORIES
from introduction.examples.claims import MOST
from introduction.examples.funds import AFTER, BEFORE, FUNDS
from introduction.examples.people import PEOPLE
from introduction.examples.savings import SAVINGS
from introduction.services import audit, passwords
from introduction.store import Base, database
from introduction.store.case import Case, links_of
from introduction.store.decision import decisions_of
from introduction.store.event import Event
from introduction.store.grant import grants_of
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.nouns import ROWS
from introduction.store.person import PersonRow, by_email
from introduction.store.recommendation import Recommendation, RecommendationVersion, versions_of
from introduction.store.region import by_slug
from introduction.store.round import Round
from introduction.store.task import DueDate, TaskRow
from tests.demonstration import Demonstration
from tests.world import NINE

#: Longer than this on SQLite, in seconds of computing on however slow a machine, and something is wrong.
LONGEST = 60


@dataclass(frozen=True)
class Loaded:
    """A database with everything in it, and what the loading said and took."""

    engine: Engine
    report: loading.Report
    seconds: float


@pytest.fixture(scope="module")
def loaded(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Everything loaded on Monday 23 November 2026, once; the tests here only read it."""
    path = demonstration.copy_to(tmp_path_factory.mktemp("examples") / "introduction.db")
    engine = database.open_engine(f"sqlite:///{path}")
    yield Loaded(engine, demonstration.report, demonstration.seconds)
    engine.dispose()


@pytest.fixture
def reading(loaded: Loaded) -> Iterator[Session]:
    with Session(loaded.engine) as session:
        yield session


def _load(engine: Engine, catalogue: Catalogue, now: datetime, files_in: Path | None = None, **parts: bool) -> Loaded:
    began = time.process_time()
    report = loading.load(lambda: Session(engine), catalogue, now, files=files_in, **parts)
    return Loaded(engine, report, time.process_time() - began)


def _rows(session: Session) -> dict[str, int]:
    tables: list[Table] = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _example_ids(session: Session) -> set[int]:
    wanted = (select(row.id).where(row.__table__.c.example) for row in ROWS.values())
    return {found for query in wanted for found in session.scalars(query)}


def test_everything_loads(loaded: Loaded) -> None:
    counts = dict(loaded.report.counts)
    assert counts.pop("regions") >= 2
    assert counts.pop("outcomes") > 200
    assert counts.pop("fund_decisions") > 10
    assert counts == {
        "units": 35,
        "rounds": 3,
        "recorded_cases": 2,
        "recommendation_versions": len(files.records("nt_recommendations.json", "recommendations")) + 1,
        "operations": 19,
        "people": len(PEOPLE),
        "funds": len(FUNDS) * (BEFORE + 1 + AFTER),
        "examples": 79,
        "savings": len(SAVINGS),
        "applications": len(NORRBOTTEN_STORIES) + len(VGR_STORIES),
        "claims": MOST + 4,
    }
    assert loaded.seconds < LONGEST


def test_postgresql_gets_the_same(
    loaded: Loaded, postgresql_engine: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    assert _load(postgresql_engine, catalogue, NINE, tmp_path).report == loaded.report
    assert _load(postgresql_engine, catalogue, NINE, tmp_path).report.added == 0
    with Session(loaded.engine) as here, Session(postgresql_engine) as there:
        assert _rows(there) == _rows(here)
        assert audit.verify(there, tmp_path / "seals.jsonl", "key").problems == ()


def test_a_second_load_changes_nothing(loaded: Loaded, catalogue: Catalogue) -> None:
    with Session(loaded.engine) as session:
        before = _rows(session)
    again = _load(loaded.engine, catalogue, NINE + timedelta(days=30))
    with Session(loaded.engine) as session:
        assert _rows(session) == before
    assert again.report.added == 0


def test_every_stage_of_every_process_has_an_example(reading: Session, catalogue: Catalogue) -> None:
    ids = _example_ids(reading)
    used = {(row.definition_id, row.stage) for row in reading.scalars(select(Instance)) if row.id in ids}
    wanted = {(definition.id, stage.id) for definition in catalogue.newest() for stage in definition.stage}
    # Norrbotten has granted little for this year: only a few claims have come of it.
    assert {(name, stage) for name, stage in wanted - used if name != "norrbotten.claim"} == set()
    assert {("norrbotten.claim", stage) for stage in ("draft", "submitted", "approved")} <= used


def test_a_few_are_late_and_most_are_not(reading: Session) -> None:
    ids = _example_ids(reading)
    running = [row for row in reading.scalars(select(Instance)) if row.id in ids and row.closed_on is None]
    late = [row for row in running if row.next_due_on is not None and row.next_due_on < NINE.date()]
    assert 3 <= len(late) <= 8 < len(running) // 2


def test_nothing_invented_looks_real_and_nothing_real_looks_invented(reading: Session) -> None:
    invented = {row["name"] for row in files.records("invented_medicines.toml", "medicine")}
    for subject in (Case, Recommendation):
        query = select(Medicine.name, Medicine.example, subject.__table__.c.example, subject.recorded_afterwards)
        for name, medicine, example, recorded in reading.execute(query.join(Medicine)):
            assert (name in invented) == medicine == example == (not recorded), name
    assert all(row.example for row in reading.scalars(select(PersonRow)))


def test_each_step_was_taken_by_somebody_before_now_in_the_order_of_time(reading: Session) -> None:
    ids = _example_ids(reading)
    known = set(reading.scalars(select(PersonRow.id)))
    last: dict[str, str] = {}
    for event in reading.scalars(select(Event).order_by(Event.stream, Event.seq)):
        if event.stream.startswith("instance:") and int(event.stream.split(":")[1]) in ids:
            assert event.content["by"] in known
            assert last.get(event.stream, "") <= event.content["recorded_at"] < NINE.astimezone(STOCKHOLM).isoformat()
            last[event.stream] = event.content["recorded_at"]
    assert len(last) == len(ids)


def test_the_chains_of_events_are_sound(reading: Session, tmp_path: Path) -> None:
    report = audit.verify(reading, tmp_path / "seals.jsonl", "key")
    assert report.problems == ()
    assert report.events > 1000


# --- what is real


def _aimovig(session: Session, stage: str) -> Case:
    query = select(Case).join(Medicine).join(Instance, Instance.id == Case.id)
    return session.scalars(query.where(Medicine.name == "Aimovig", Instance.stage == stage)).one()


def test_aimovig_was_refused_and_nominated_again(reading: Session) -> None:
    refused, financed = _aimovig(reading, "not_prioritised"), _aimovig(reading, "financed")
    [link] = links_of(reading, financed.id)
    assert (link.case_id, link.other_id, link.kind) == (financed.id, refused.id, "renominated_from")
    outcomes = [(d.outcome, d.decided_on) for case in (refused, financed) for d in decisions_of(reading, case.id)]
    assert outcomes == [("not_prioritised", "2019"), ("approved", "2020")]
    assert reading.get_one(Indication, refused.indication_id).text == "Kronisk migrän"


def test_what_the_sources_do_not_say_stays_unknown(reading: Session) -> None:
    for stage in ("not_prioritised", "financed"):
        case = _aimovig(reading, stage)
        told = {key: case.fact(key) for key in ("rank", "patients_per_year", "extra_cost_year1_ore", "severity")}
        assert set(told.values()) == {None}
        assert grants_of(reading, case.id) == []
        assert case.history_source and case.history_source.startswith("https://")


def test_nothing_recorded_afterwards_waits_for_anybody(reading: Session) -> None:
    for subject in (Case, Recommendation):
        recorded = select(subject.id).where(subject.recorded_afterwards)
        for row in (TaskRow, DueDate):
            assert reading.scalars(select(row).where(row.instance_id.in_(recorded))).all() == []
    waiting = select(Instance).join(Case, Case.id == Instance.id).where(Case.recorded_afterwards)
    assert all(row.next_due_on is None for row in reading.scalars(waiting))


def test_the_rounds_are_records_of_rounds(reading: Session) -> None:
    told = {row.name: (row.items, row.ceiling_ore, row.ceiling_year) for row in reading.scalars(select(Round))}
    assert told == {
        "2008, två beslut": (None, 15_000_000_000, 2009),
        "2009–2010, etapp 1": (13, None, None),
        "2015, etapp 1": (6, 850_000_000, 2015),
    }


def test_a_change_of_payer_is_noted_and_is_no_case(reading: Session) -> None:
    region = by_slug(reading, "vastra_gotaland")
    events = reading.scalars(select(Event).where(Event.stream == region.stream).order_by(Event.seq))
    [noted] = [event.content for event in events if event.content["kind"] == "history_noted"]
    assert noted["happened_on"] == "2026-01-01"
    assert "B02BX06" in noted["note"]
    assert reading.scalars(select(Medicine).where(Medicine.atc.startswith("B02BD"))).all() == []


def _chain(session: Session, medicine: str) -> list[list[RecommendationVersion]]:
    query = select(Recommendation.id).join(Medicine).where(Medicine.name == medicine).order_by(Recommendation.id)
    return [versions_of(session, found) for found in session.scalars(query)]


@pytest.mark.parametrize(
    ("medicine", "levels"),
    [
        ("Luxturna", [[("should_not", "2019-10-14"), ("should", "2021-06-01")]]),
        ("Kaftrio", [[("wait", None), ("wait", "2022-05"), ("reimbursed", "2022-11-18")]]),
        ("Zolgensma", [[("wait", None), ("should", "2022-02-01")]]),
        ("Spinraza", [[("conditional", "2017-12"), ("conditional", None)]]),
        ("Soliris", [[("should_not", "2015"), ("conditional", "2018-06-05")]]),
        ("Darzalex", [[("wait", "2016-10")], [("positive_level_unknown", None)]]),
    ],
)
def test_recommendations_are_chains_of_versions(
    reading: Session, medicine: str, levels: list[list[tuple[str, str | None]]]
) -> None:
    found = [[(version.level, version.issued_on) for version in chain] for chain in _chain(reading, medicine)]
    assert found == levels


def test_the_two_scales_of_grading_are_kept_apart(reading: Session) -> None:
    [opdivo], *_ = _chain(reading, "Opdivo")
    assert (opdivo.grade_scale, opdivo.clinical_grade, opdivo.economic_grade) == ("reliability", "moderate", "low")
    [enhertu], *_ = _chain(reading, "Enhertu")
    assert (enhertu.grade_scale, enhertu.clinical_grade, enhertu.economic_grade) == ("uncertainty", "very_high", "high")
    [trodelvy] = _chain(reading, "Trodelvy")
    assert (trodelvy[0].grade_scale, trodelvy[0].clinical_grade) == (None, None)


def test_every_record_of_the_file_has_its_place_or_a_reason() -> None:
    places: list[set[str]] = [set(real.ROUNDS), set(real.CASES), set(real.NOTES), set(real.LEFT_OUT), {*real.ELSEWHERE}]
    every = {record["id"] for record in files.records("vgr_cases.json", "cases")}
    assert set().union(*places) == every
    assert sum(map(len, places)) == len(every)
    page = (Path(__file__).parents[2] / "docs/data.md").read_text(encoding="utf-8")
    assert [record for record in real.LEFT_OUT if record not in page] == []


# --- people, parts and other days


def test_the_logins_that_are_shown_open_the_door(reading: Session) -> None:
    for login in loading.LOGINS:
        row = by_email(reading, login.email)
        assert row is not None
        assert passwords.hasher.match(row.password_hash, loading.DEMO_PASSWORD)
        assert passwords.problem_with(row, loading.DEMO_PASSWORD) is None


def test_the_real_part_loads_alone(sqlite_engine: Engine, catalogue: Catalogue) -> None:
    report = _load(sqlite_engine, catalogue, NINE, invented=False).report
    assert report.counts["recorded_cases"] == 2
    with Session(sqlite_engine) as session:
        assert session.scalars(select(PersonRow)).all() == []
        assert _example_ids(session) == set()


def test_population_is_that_of_the_last_year_known() -> None:
    assert sum(files.population(row["county_code"]) for row in files.table("regions.csv")) == 10_587_710


def test_the_invented_part_loads_on_any_day(sqlite_engine: Engine, catalogue: Catalogue) -> None:
    new_year = datetime(2027, 1, 1, 9, tzinfo=STOCKHOLM)
    assert _load(sqlite_engine, catalogue, new_year, real=False).report.counts["examples"] == 79
