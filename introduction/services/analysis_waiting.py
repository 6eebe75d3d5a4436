"""The analyses that wait for a person: to be reviewed, approved, or put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from introduction.domain.messages import Message, say
from introduction.domain.roles import RIGHTS, Person, Right, visible
from introduction.services.desk import Desk
from introduction.store import analysis as store
from introduction.store import listing
from introduction.store.analysis import Waiting
from introduction.store.listing import CaseRow


@dataclass(frozen=True)
class WaitingAnalysis:
    """An analysis and what it waits for."""

    case: CaseRow
    number: int
    title: Message
    since: datetime


def waiting_for(desk: Desk, person: Person) -> Sequence[WaitingAnalysis]:
    """The analyses of open cases that a person has next, the oldest first."""
    rows = store.waiting(desk.session, visible(person), person.user_id)
    cases = listing.by_ids(desk.session, sorted({row.case_id for row in rows}))
    titled = ((row, _title(row, person, cases[row.case_id].region_id)) for row in rows)
    return [WaitingAnalysis(cases[row.case_id], row.number, title, row.since) for row, title in titled if title]


def _title(row: Waiting, person: Person, region_id: int) -> Message | None:
    """What the analysis waits for, when it waits for the person."""
    roles = person.roles_in(region_id)
    wrote = person.user_id in (row.written_by, row.submitted_by)
    if row.state == "draft":
        return say("Beräkning {number} är återlämnad och ska rättas", number=row.number) if wrote else None
    if row.state == "submitted" and not wrote and roles & RIGHTS[Right.REVIEW_ANALYSIS]:
        return say("Beräkning {number} väntar på granskning", number=row.number)
    if row.state == "reviewed" and roles & RIGHTS[Right.APPROVE_ANALYSIS]:
        return say("Beräkning {number} är granskad och väntar på att godkännas", number=row.number)
    return None
