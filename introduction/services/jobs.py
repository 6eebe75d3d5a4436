"""Long work: asked for, followed, cancelled. A worker does it (jobs/long_work.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services.desk import Desk
from introduction.store import job as store
from introduction.store.job import Job

#: The kinds of long work, with what the pages call them.
KINDS: dict[str, Message] = {
    "preview_dates": say("Förhandsgranska alla datum"),
    "derive_dates": say("Räkna om alla datum"),
    "hand_in_analysis": say("Räkna ut och lämna in en stor beräkning"),
}
#: Who may ask for each kind on the page of long work. The rest are asked for where they belong.
RIGHTS: dict[str, Right] = dict.fromkeys(KINDS, Right.OPERATE)
ASKED_HERE = ("preview_dates", "derive_dates")


def ask(desk: Desk, kind: str, region_id: int, given: Mapping[str, Any] | None = None) -> Job:
    """Ask for long work in a region. Raises InvalidInput (no such kind), NotAllowed, Refused (it goes on already)."""
    if kind not in ASKED_HERE:
        raise InvalidInput(("kind", say("Det finns inget sådant arbete")))
    desk.demand_administration(RIGHTS[kind], Scope(region_id))
    going = [job for job in store.recent(desk.session, [region_id], 50) if job.state in ("waiting", "running")]
    if any(job.kind == kind and job.region_id == region_id for job in going):
        raise Refused(say("Arbetet pågår redan"))
    return enqueue(desk, kind, region_id, given)


def enqueue(desk: Desk, kind: str, region_id: int | None, given: Mapping[str, Any] | None = None) -> Job:
    """Put long work in the queue. Whoever calls has asked whether it may be done."""
    job = Job(
        kind=kind,
        region_id=region_id,
        asked_by=desk.user_id,
        asked_at=desk.now,
        given=json.dumps(dict(given or {}), ensure_ascii=False),
        state="waiting",
        steps_done=0,
    )
    desk.session.add(job)
    desk.session.flush()
    return job


def see(desk: Desk, job_id: int) -> Job:
    """A job, for whoever asked for it or may ask for such. Raises NotFound, NotAllowed."""
    job = store.get(desk.session, job_id)
    _demand(desk, job)
    return job


def may_see(desk: Desk, job: Job) -> bool:
    """True when the acting person asked for the job, or may ask for such."""
    mine = desk.user_id is not None and job.asked_by == desk.user_id
    return mine or desk.operator or can(desk.by, RIGHTS[job.kind], Scope(job.region_id)) is None


def cancel(desk: Desk, job_id: int) -> Job:
    """Stop a job: at once when it waits, else as soon as the worker hears of it. What it has changed stays changed.

    Raises NotFound, NotAllowed, Refused (it has ended).
    """
    job = store.lock(desk.session, job_id)
    _demand(desk, job)
    if job.state == "waiting":
        job.state, job.ended_at = "cancelled", desk.now
    elif job.state == "running":
        job.cancel_asked_at = job.cancel_asked_at or desk.now
    else:
        raise Refused(say("Arbetet är redan avslutat"))
    desk.session.flush()
    return job


def _demand(desk: Desk, job: Job) -> None:
    if not may_see(desk, job):
        demand(desk.by, RIGHTS[job.kind], Scope(job.region_id))
