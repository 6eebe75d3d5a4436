"""Events are kept: no path into the database changes or removes one."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from introduction.domain.roles import Role
from introduction.services import recommendations
from introduction.services.medicines import About
from introduction.store import event
from introduction.store.decision import Decision
from introduction.store.event import Event
from introduction.store.recommendation import RecommendationVersion
from tests.databases import writing
from tests.world import World


@pytest.fixture
def kept(world: World) -> World:
    """A case with a decision, and a recommendation with a version."""
    case = world.start_case()
    about = About.typed("Examplumab", "svår migrän")
    values = {"level": "should", "wording": "Bör användas vid svår migrän"}
    recommendations.record_version(
        world.desk(Role.COORDINATOR), "hospital_medicine", "issued", about, values, source="Protokoll"
    )
    world.session.add(Decision(case_id=case.instance.id, outcome="approved", recorded_at=world.clock.now))
    world.session.commit()
    return world


ROWS = [("event", "body = 'x'"), ("decision", "outcome = 'postponed'"), ("recommendation_version", "wording = 'x'")]


@pytest.mark.parametrize(("table", "change"), ROWS)
def test_a_row_that_is_kept_is_not_changed(engine: Engine, kept: World, table: str, change: str) -> None:
    with pytest.raises(IntegrityError, match="kept: no update"), writing(engine) as session:
        session.execute(text(f"UPDATE {table} SET {change}"))


@pytest.mark.parametrize(("table", "change"), ROWS)
def test_a_row_that_is_kept_is_not_deleted(engine: Engine, kept: World, table: str, change: str) -> None:
    with pytest.raises(IntegrityError, match="kept: no delete"), writing(engine) as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_an_event_is_not_replaced(engine: Engine, kept: World) -> None:
    row = kept.session.get_one(Event, 1)
    values = {"id": 1, "stream": row.stream, "seq": row.seq, "body": "{}", "previous_hash": "x", "hash": "y"}
    columns = ", ".join(values)
    holes = ", ".join(f":{name}" for name in values)
    statement = (
        f"REPLACE INTO event ({columns}) VALUES ({holes})"
        if engine.dialect.name == "sqlite"
        else f"INSERT INTO event ({columns}) VALUES ({holes}) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    )
    with pytest.raises(IntegrityError, match="kept"), writing(engine) as session:
        session.execute(text(statement), values)


@pytest.mark.parametrize("table", ["event", "decision", "recommendation_version", "seal", "disposal"])
def test_a_table_that_is_kept_is_not_truncated(postgresql_engine: Engine, table: str) -> None:
    with pytest.raises(IntegrityError, match="kept: no truncate"), writing(postgresql_engine) as session:
        session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_two_events_never_have_the_same_number_in_a_chain(session: Session) -> None:
    row = {"stream": "region:1", "seq": 1, "body": "{}", "previous_hash": "x", "hash": "y"}
    session.execute(insert(Event), [row])
    with pytest.raises(IntegrityError):
        session.execute(insert(Event), [row])


def test_a_chain_links_every_event_to_the_one_before(kept: World) -> None:
    previous, number = "0" * 64, 0
    for stream, seq, body, linked, hashed in event.walk(kept.session, [f"region:{kept.regions['vastra_gotaland']}"]):
        assert seq == number + 1
        assert linked == previous
        assert hashed == event.link(previous, body), stream
        previous, number = hashed, seq
    assert number > 1


def test_an_issued_recommendation_is_not_written_over(kept: World) -> None:
    version = kept.session.query(RecommendationVersion).one()
    version.wording = "Ska inte användas"
    with pytest.raises(IntegrityError, match="kept: no update"):
        kept.session.flush()
