"""How often a region's cases that were in a phase came to be introduced: what the portfolio weighs by.

It is told of a phase, never of a single pending case: a probability on that would prejudge it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from introduction.domain.budget.portfolio import Share
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Right, Scope, demand
from introduction.services.desk import Desk
from introduction.store import portfolio as store
from introduction.store.portfolio import EndRow

#: The phases in which a case can be without its decision.
BEFORE = (Phase.NATIONAL_RECOMMENDATION, Phase.REGIONAL_DECISION)
#: Decisions after which a medicine is introduced, or was once.
INTRODUCED = frozenset({"approved", "approved_with_conditions", "without_financing", "extended", "ended_early"})
#: In canonical JSON a quotation mark inside a text is escaped, so that this is never found there.
_GOAL = re.compile(r'"goal":"([a-z0-9_]+)"')


@dataclass(frozen=True)
class History:
    """What came of a region's cases, as of a day: by phase, invented examples apart (see ``pool_of``)."""

    on: date
    shares: Mapping[str, Share]

    def of(self, phase: Phase, *, example: bool = False) -> Share:
        """The share of a phase."""
        return self.shares[pool_of(phase, example=example)]


def pool_of(phase: str, *, example: bool) -> str:
    """The name of the share that a case is weighed by. Invented examples and real cases do not weigh each other."""
    return f"{Phase(phase)}.example" if example else str(Phase(phase))


def is_introduced(phase: str, outcome: str | None) -> bool:
    """True when the latest decision introduces, or the case has come past it."""
    return Phase(phase) not in BEFORE or outcome in INTRODUCED


def of_region(desk: Desk, region_id: int) -> History:
    """The history of a region: three statements, however many cases. Raises NotAllowed.

    A case counts in a phase that it was in, by its chain of events (history recorded afterwards too); a case with a
    decision was in the phase of the regional decision. It counts when it is introduced, not prioritised or ended; the
    postponed and those under way do not.
    """
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    outcomes = store.last_outcomes(desk.session, region_id)
    rows = store.ends(desk.session, region_id)
    entered = _entered(desk, region_id)
    counts = {pool_of(phase, example=example): [0, 0] for phase in BEFORE for example in (False, True)}
    for row in rows:
        outcome = outcomes.get(row.id)
        introduced = is_introduced(row.phase, outcome)
        if not introduced and outcome != "not_prioritised" and row.closed_on is None:
            continue
        for phase in _phases(desk, row, entered.get(row.id, frozenset()), decided=outcome is not None):
            counted = counts[pool_of(phase, example=row.example)]
            counted[0] += introduced
            counted[1] += 1
    return History(desk.today, {pool: Share(*counted) for pool, counted in counts.items()})


def _entered(desk: Desk, region_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for stream, body in store.stages_entered(desk.session, region_id):
        stage = _GOAL.search(body)
        if stage is not None:
            found.setdefault(int(stream.partition(":")[2]), set()).add(stage[1])
    return found


def _phases(desk: Desk, row: EndRow, stages: set[str] | frozenset[str], *, decided: bool) -> set[Phase]:
    """The phases before the decision that a case was in."""
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    been = {stage.phase for stage in definition.stage if stage.id in stages}
    if decided:
        been.add(Phase.REGIONAL_DECISION)
    return {phase for phase in BEFORE if phase in been}
