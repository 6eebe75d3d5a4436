"""Långa arbeten: asked for, followed and cancelled. A worker does them; the pages only read how far it has come."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, jsonify, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.process.timing import Text
from introduction.domain.roles import Right, Scope, can
from introduction.services import jobs
from introduction.services.desk import Desk
from introduction.store import gathering
from introduction.store import job as store
from introduction.store import person as persons
from introduction.store.job import Job
from introduction.store.region import RegionRow, all_regions
from introduction.web import once
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.words import clock_time, reasons_of, short_day, tell

blueprint = Blueprint("jobs", __name__)
Page = str | Response | tuple[str, int]
#: So many jobs are listed, and so many moves are shown of what a job found.
_MOST_JOBS, _MOST_MOVES = 50, 200
UNDER_WAY = ("waiting", "running")
_STATES: dict[str, Message] = {
    "waiting": say("Väntar på en arbetsprocess"),
    "running": say("Pågår"),
    "done": say("Klart"),
    "failed": say("Gick inte att göra"),
    "cancelled": say("Avbrutet"),
}


@blueprint.get("/jobs", endpoint="listing")
@needs(Right.OPERATE)
def listing_page() -> str:
    """The latest long work in the person's regions, and what can be asked for."""
    return _listing()


@blueprint.post("/jobs")
@needs(Right.OPERATE)
def ask() -> Page:
    """Ask for long work in a region."""
    kind, region = request.form.get("kind", ""), request.form.get("region", "")

    def change(acting: Desk) -> str:
        known = {str(row.id): row.id for row in all_regions(acting.session)}
        if region not in known:
            raise InvalidInput(("region", say("Välj en region")))
        job = jobs.ask(acting, kind, known[region])
        flash(gettext("Arbetet är beställt."))
        return url_for("jobs.show", job_id=job.id)

    return once.act_or_tell(change, lambda refusal: (_listing(reasons=reasons_of(refusal)), 422))


@blueprint.get("/jobs/<int(max=999999999):job_id>")
@needs(Right.OPERATE)
def show(job_id: int) -> str:
    """How far a job has come, and what came of it."""
    desk = reading()
    return _page(desk, jobs.see(desk, job_id))


@blueprint.get("/jobs/<int(max=999999999):job_id>.json", endpoint="progress")
@needs(Right.OPERATE)
def progress_data(job_id: int) -> Response:
    """The same for the script on the page: how far, in words and figures."""
    desk = reading()
    job = jobs.see(desk, job_id)
    return jsonify(
        state=job.state,
        title=state_title(job),
        ended=job.state not in UNDER_WAY,
        done=job.steps_done,
        total=job.steps_total,
        text=progress_text(job),
        read=_reading_text(desk),
    )


@blueprint.post("/jobs/<int(max=999999999):job_id>/cancel")
@needs(Right.OPERATE)
def cancel(job_id: int) -> Page:
    """Stop a job."""

    def change(acting: Desk) -> str:
        job = jobs.cancel(acting, job_id)
        if job.state == "cancelled":
            flash(gettext("Arbetet är avbrutet."))
        else:
            flash(gettext("Arbetet avbryts så snart arbetsprocessen hör det."))
        return url_for("jobs.show", job_id=job_id)

    def told(refusal: Refused) -> Page:
        desk = reading()
        return _page(desk, jobs.see(desk, job_id), reasons=reasons_of(refusal)), 422

    return once.act_or_tell(change, told)


# ------------------------------------------------------------------------------------- the pages


def _listing(reasons: list[str] | None = None) -> str:
    desk = reading()
    regions = _own_regions(desk)
    rows = store.recent(desk.session, list(regions), _MOST_JOBS)
    return render_template(
        "jobs/listing.html",
        rows=[job for job in rows if jobs.may_see(desk, job)],
        regions=regions,
        kinds={kind: jobs.KINDS[kind] for kind in jobs.ASKED_HERE},
        people=persons.names(desk.session),
        state_title=state_title,
        request_key=once.new_key(),
        reasons=reasons or [],
    )


def _page(desk: Desk, job: Job, reasons: list[str] | None = None) -> str:
    under_way = job.state in UNDER_WAY
    g.script = under_way
    region = desk.session.get(RegionRow, job.region_id) if job.region_id is not None else None
    result = json.loads(job.result) if job.result else None
    return render_template(
        "jobs/show.html",
        job=job,
        title=jobs.KINDS.get(job.kind, job.kind),
        region=region,
        asked_by=persons.names(desk.session).get(job.asked_by or 0),
        under_way=under_way,
        state_title=state_title(job),
        progress_text=progress_text(job),
        reading_text=_reading_text(desk),
        result=result,
        moves=[_shown(move) for move in (result or {}).get("moves", [])[:_MOST_MOVES]],
        more=max(0, (result or {}).get("moved", 0) - _MOST_MOVES),
        broken=_broken(desk, result),
        request_key=once.new_key(),
        reasons=reasons or [],
    )


def _own_regions(desk: Desk) -> dict[int, str]:
    """The regions where the acting person may ask for long work, by id."""
    found = all_regions(desk.session)
    return {row.id: row.name for row in found if can(desk.by, Right.OPERATE, Scope(row.id)) is None}


def _shown(move: dict[str, Any]) -> dict[str, Any]:
    """A move of a result as the table shows it."""
    days = {key: date.fromisoformat(move[key]) if move[key] else None for key in ("before", "after")}
    return {**move, **days, "title": Text(**move["title"])}


def _broken(desk: Desk, result: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What could not be looked at, by number, with the reason."""
    found = (result or {}).get("broken", [])
    names = gathering.names(desk.session, [line["instance"] for line in found])
    return [
        (names[line["instance"]].number if line["instance"] in names else str(line["instance"]), line["problem"])
        for line in found
    ]


# ------------------------------------------------------------------------------------- words


def state_title(job: Job) -> str:
    """A job's state in words."""
    if job.state == "running" and job.cancel_asked_at is not None:
        return gettext("Avbryts")
    return tell(_STATES[job.state])


def progress_text(job: Job) -> str:
    """How far a job has come, in words."""
    if job.steps_total is None:
        return gettext("Inte börjat än") if job.state == "waiting" else gettext("Har just börjat")
    return gettext("%(done)s av %(total)s", done=job.steps_done, total=job.steps_total)


def _reading_text(desk: Desk) -> str:
    when = f"{short_day(desk.now)}, {clock_time(desk.now)}"
    return gettext("Avläst %(when)s", when=when)
