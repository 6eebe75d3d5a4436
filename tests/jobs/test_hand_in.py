"""A large analysis is computed as long work, and handed in for whoever asked, if it still stands as it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.budget import freezing
from introduction.domain.errors import Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.jobs import long_work
from introduction.services import analyses, results
from introduction.store import database
from introduction.store import job as jobs
from introduction.store.analysis import Analysis
from tests.journeys.site import standing
from tests.pricing import drafted, typed
from tests.world import Clock, World


@pytest.fixture
def world(engine: Engine, catalogue: Catalogue, clock: Clock) -> Iterator[World]:
    """The world in the database, without holding its lock."""
    with standing(engine, catalogue, clock) as found:
        yield found


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """A draft that takes too long to wait for, handed in by the drafting group."""
    monkeypatch.setattr(analyses, "AT_ONCE", 0.0)
    monkeypatch.setattr(freezing, "DRAWS", 500)
    database.begin_writing(world.session)
    row = drafted(world, world.start_case(), by=Role.DRAFTING_GROUP)
    analyses.submit(world.desk(Role.DRAFTING_GROUP), row.id)
    world.session.commit()
    assert row.state == "draft"
    return row.id


def work(engine: Engine, world: World) -> None:
    assert long_work.do_next(sessionmaker(engine), world.catalogue, lambda: world.clock.now) is not None


def test_the_work_computes_it_and_hands_it_in(engine: Engine, world: World, asked: int) -> None:
    work(engine, world)
    with Session(engine) as session:
        row = session.get_one(Analysis, asked)
        assert (row.state, row.submitted_by) == ("submitted", world.desk(Role.DRAFTING_GROUP).user_id)
        assert results.result_of(row).draws == 500
        job = session.get_one(jobs.Job, 1)
        assert (job.state, job.steps_done) == ("done", job.steps_total)


def test_it_is_asked_for_once(world: World, asked: int) -> None:
    database.begin_writing(world.session)
    with pytest.raises(Refused, match="räknas redan"):
        analyses.submit(world.desk(Role.DRAFTING_GROUP), asked)


def test_a_draft_that_was_changed_meanwhile_is_not_handed_in(engine: Engine, world: World, asked: int) -> None:
    database.begin_writing(world.session)
    analyses.answer(world.desk(Role.DRAFTING_GROUP), asked, typed(uptake="40"))
    world.session.commit()
    work(engine, world)
    with Session(engine) as session:
        assert session.get_one(Analysis, asked).state == "draft"
        assert session.get_one(jobs.Job, 1).state == "failed"
