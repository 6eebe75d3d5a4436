"""Long work as people see it: asked for, looked at, cancelled, and what came of it; with and without a script."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from introduction.domain.roles import Role
from introduction.jobs import long_work
from introduction.store.job import Job
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.world import NORRBOTTEN, VGR


def ask(visitor: Visitor, kind: str = "preview_dates") -> Page:
    """Press the button for a kind of work."""
    form = visitor.open("/jobs").form("/jobs")
    form.fields["kind"] = kind
    return visitor.post("/jobs", form.fields)


def work(site: Site) -> None:
    """Let a worker do what waits."""
    with site.app.app_context():
        long_work.do_next(sessionmaker(site.engine), site.world.catalogue, lambda: site.clock.now.astimezone(UTC))


def change(site: Site, job_id: int, **values: Any) -> None:
    """Let a job stand as a worker would have left it."""
    with site.changing() as world:
        job = world.session.get_one(Job, job_id)
        for key, value in values.items():
            setattr(job, key, value)


def moves(number: int) -> str:
    """A result with so many moves."""
    row = {
        "number": "VGR-2026-0001", "kind": "reminder", "title": {"sv": "Svara", "en": "Answer"}, "unit": None,
        "before": "2027-05-21", "after": "2027-05-20", "people": ["Anna Berg"],
    }  # fmt: skip
    return json.dumps({"instances": 40, "moved": number, "moves": [row] * min(number, 1000), "broken": []})


def test_work_is_asked_for_done_and_followed_up(site: Site, case: str) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    page = ask(visitor)
    assert (page.path, page.heading) == ("/jobs/1", "Förhandsgranska alla datum")
    assert "Väntar på en arbetsprocess" in page.part("state")
    assert visitor.name in page.part("state")
    assert page.leads_to("/jobs/1"), "the link that shows how it stands now"
    assert page.soup.progress is not None
    assert not page.soup.select("meta[http-equiv]")
    work(site)
    done = visitor.open("/jobs/1")
    assert "Klart" in done.part("state")
    assert "1 av 1" in done.part("state")
    assert "står redan där de ska" in done.part("moves")
    assert "Förhandsgranska alla datum" in visitor.open("/jobs").part("jobs")


def test_what_moves_is_listed_and_can_be_followed(site: Site, case: str) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    ask(visitor)
    change(site, 1, state="done", result=moves(250), steps_done=40, steps_total=40)
    page = visitor.open("/jobs/1")
    assert len(page.soup.select("section[aria-labelledby='moves'] tbody tr")) == 200
    assert "50 rader till visas inte." in page.part("moves")
    assert page.leads_to("/cases/VGR-2026-0001")
    for said in ("Svara", "21 maj 2027", "20 maj 2027", "Anna Berg"):
        assert said in page.part("moves")
    derive = visitor.send(page.form("/jobs"))
    assert (derive.path, derive.heading) == ("/jobs/2", "Räkna om alla datum")


def test_the_same_work_is_not_asked_for_twice(site: Site) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    ask(visitor)
    page = ask(visitor)
    assert page.status == 422
    assert page.faults == ["Arbetet pågår redan"]


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_work_is_cancelled(site: Site, state: str) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    page = ask(visitor)
    if state == "running":
        change(site, 1, state="running", lease="x", leased_until=site.clock.now, started_at=site.clock.now)
        page = visitor.open("/jobs/1")
    after = visitor.send(page.form("/jobs/1/cancel"))
    assert ("Avbrutet" if state == "waiting" else "Avbryts") in after.part("state")
    with site.looking() as session:
        job = session.get_one(Job, 1)
        assert job.state == ("cancelled" if state == "waiting" else "running")
        assert (job.cancel_asked_at is not None) == (state == "running")


def test_work_that_has_ended_is_not_cancelled(site: Site) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    ask(visitor)
    change(site, 1, state="failed", problem="ValueError: no rows")
    page = visitor.open("/jobs/1")
    assert "ValueError: no rows" in page.part("state")
    assert 'action="/jobs/1/cancel"' not in page.html
    refused = visitor.post("/jobs/1/cancel", {"csrf_token": visitor.token()})
    assert (refused.status, refused.faults) == (422, ["Arbetet är redan avslutat"])


def test_the_script_hears_what_the_page_says(site: Site) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    page = ask(visitor)
    (script,) = page.soup.select("script")
    assert (script["type"], script["src"], script.get_text()) == ("module", "/static/job.js", "")
    change(site, 1, state="running", lease="x", leased_until=site.clock.now, steps_done=3, steps_total=12)
    told = json.loads(visitor.get(str(script["data-address"])).html)
    assert told == {
        "state": "running", "title": "Pågår", "ended": False, "done": 3, "total": 12, "text": "3 av 12",
        "read": "Avläst måndag 23 november, 09.00",
    }  # fmt: skip
    assert told["text"] in visitor.open("/jobs/1").part("state")
    change(site, 1, state="done", lease=None, leased_until=None, result=moves(0))
    assert json.loads(visitor.get("/jobs/1.json").html)["ended"]
    assert not visitor.open("/jobs/1").soup.select("script"), "nothing is left to ask for"


def test_only_the_page_with_the_script_may_run_it(site: Site) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    policy = ask(visitor).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    for path in ("/jobs", "/operations", "/work", "/jobs/1.json"):
        assert "script-src" not in visitor.get(path).headers["Content-Security-Policy"], path


def test_who_does_not_answer_for_the_region_sees_nothing_of_it(site: Site) -> None:
    ask(site.visitor(Role.COORDINATOR))
    other = site.visitor(Role.COORDINATOR, NORRBOTTEN)
    other.open("/work")
    for path in ("/jobs/1", "/jobs/1.json"):
        assert other.get(path).status == 403, path
    assert "Förhandsgranska alla datum" not in other.open("/jobs").part("jobs")
    assert other.post("/jobs/1/cancel", {"csrf_token": other.token()}).status == 403
    foreign = {"csrf_token": other.token(), "kind": "preview_dates", "region": str(site.world.regions[VGR])}
    assert other.post("/jobs", foreign).status == 403
    assert site.signed_in(Role.ECONOMIST).get("/jobs").status == 403


@pytest.mark.parametrize(("kind", "region"), [("fly", "1"), ("preview_dates", "99"), ("preview_dates", ""), ("", "x")])
def test_what_nobody_offers_is_refused(site: Site, kind: str, region: str) -> None:
    visitor = site.visitor(Role.COORDINATOR)
    visitor.open("/work")
    region = str(site.world.regions[VGR]) if region == "1" else region
    page = visitor.post("/jobs", {"csrf_token": visitor.token(), "kind": kind, "region": region})
    assert page.status == 422
    assert page.faults


def test_a_job_that_there_is_not(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for path in ("/jobs/99", "/jobs/99.json", "/jobs/9999999999"):
        assert visitor.get(path).status == 404, path
