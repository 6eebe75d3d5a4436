"""Loads what ships to look at: real facts with their sources, and the invented demonstration. Safe to repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from introduction.domain.process.loading import Catalogue
from introduction.examples import applications, claims, funds, invented, organisation, outcomes, people, real, savings
from introduction.examples.people import DEMO_PASSWORD, LOGINS
from introduction.services import regions
from introduction.services.desk import Desk
from introduction.store import database

PASSWORD = DEMO_PASSWORD
__all__ = ["DEMO_PASSWORD", "LOGINS", "PASSWORD", "Report", "load"]


@dataclass(frozen=True)
class Report:
    """How many of each kind were added; 0 for what was there already."""

    counts: Mapping[str, int]

    @property
    def added(self) -> int:
        """How many in all."""
        return sum(self.counts.values())


def _load_regions(desk: Desk) -> int:
    return len(regions.load(desk))


_ALWAYS: dict[str, Callable[[Desk], int]] = {"regions": _load_regions, "units": organisation.add_hospitals}
_REAL: dict[str, Callable[[Desk], int]] = {
    "rounds": real.add_rounds,
    "recorded_cases": real.add_cases,
    "recommendation_versions": real.add_recommendations,
}
_INVENTED: dict[str, Callable[[Desk], int]] = {
    "operations": organisation.add_operations,
    "people": people.add_people,
    "funds": funds.add_funds,
    "examples": invented.add_invented,
    "outcomes": outcomes.add_outcomes,
    "savings": savings.add_savings,
}


def load(
    session_factory: Callable[[], Session],
    catalogue: Catalogue,
    now: datetime,
    *,
    real: bool = True,
    invented: bool = True,
    files: Path | None = None,
) -> Report:
    """Load the organisation, and the real and the invented parts that are asked for.

    Each part is a transaction of its own and is whole or not there; one that is there already is left alone, so that
    calling again adds nothing. The invented cases count their days back from ``now``. ``files`` is the folder of the
    attached files; without it no invented claims are added, which show evidence.
    """
    after: dict[str, Callable[[Desk], int]] = {
        "applications": applications.add_applications,
        "claims": lambda desk: claims.add_claims(desk, files),
        "fund_decisions": funds.add_decisions,
    }
    parts = _ALWAYS | (_REAL if real else {}) | (_INVENTED | after if invented else {})
    counts: dict[str, int] = {}
    for name, add in parts.items():
        with session_factory() as session:
            database.begin_writing(session)
            counts[name] = add(Desk(session, catalogue, None, now, operator=True))
            session.commit()
    return Report(counts)
