"""The conclusions that were drawn of a case's follow-up, each with what it rests on.

A conclusion is two facts of the case. The event that gives them also tells what the follow-up was read from that day:
the figures of a conclusion never change, whatever is reported later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from introduction.domain.calendar import local_date
from introduction.services import follow_up_ground
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import event as events
from introduction.store import person as persons

OUTCOME, REASONS = "follow_up_outcome", "follow_up_conclusion"


@dataclass(frozen=True)
class Conclusion:
    """What becomes of the introduction, why, when and by whom it was written; what it rests on, where that is kept.

    ``event`` is its number in the case's chain; None where no event tells of it.
    """

    outcome: str | None
    text: str
    at: datetime | None = None
    by: str | None = None
    event: int | None = None
    ground: Mapping[str, Any] | None = None

    @property
    def on(self) -> date | None:
        """The day on which it was written."""
        return local_date(self.at) if self.at is not None else None

    @property
    def printed(self) -> bool:
        """True when it is whole, so that it can be printed."""
        return self.ground is not None and bool(self.outcome and self.text)


def ground(desk: Desk, subject: Subject, given: Collection[str]) -> dict[str, Any] | None:
    """What the event that gives some facts tells of the follow-up; None unless they draw a conclusion.

    The subject's situation holds what is given.
    """
    if not {OUTCOME, REASONS}.intersection(given) or not subject.situation[REASONS]:
        return None
    return follow_up_ground.told(follow_up_ground.now(desk, subject))


def drawn(desk: Desk, subject: Subject) -> list[Conclusion]:
    """Every conclusion of a case, oldest first. All but the last have been replaced; a step may have taken it away."""
    names = persons.names(desk.session)
    holds: dict[str, Any] = {OUTCOME: None, REASONS: None}
    found = []
    for event in events.events_of(desk.session, subject.instance.stream):
        what = event.content
        changed = {key: pair[1] for key, pair in (what.get("changes") or {}).items() if key in holds}
        holds |= changed
        if holds[REASONS] and (changed or "follow_up" in what):
            at = datetime.fromisoformat(what["recorded_at"])
            by = names.get(what["by"] or 0)
            found.append(Conclusion(holds[OUTCOME], holds[REASONS], at, by, event.seq, what.get("follow_up")))
    return found


def standing(subject: Subject, every: list[Conclusion]) -> Conclusion | None:
    """The conclusion that stands on the case; None where there is none, or where a step took it away."""
    text, outcome = subject.situation[REASONS], subject.situation[OUTCOME]
    if not text and not outcome:
        return None
    return every[-1] if every and text else Conclusion(outcome, text or "")
