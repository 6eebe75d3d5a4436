"""The page of a handover: what is missing, what the council has decided on objections, and what was handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from introduction.domain.errors import NotFound
from introduction.domain.fields import OBJECTION_OUTCOMES
from introduction.domain.process.guards import Need, answers
from introduction.services import conclusions, files, handover_view, subjects, unit_answers
from introduction.services.conclusions import Conclusion
from introduction.services.desk import Desk
from introduction.services.files import CaseFile
from introduction.services.handover_view import Handover, UnitLine
from introduction.services.subjects import Subject
from introduction.store.decision import Decision


@dataclass(frozen=True)
class HandedOver:
    """A handover that has been done: when, and as it was then, with the conclusion that it rested on."""

    at: datetime
    handover: Handover
    conclusion: Conclusion | None


@dataclass(frozen=True)
class HandoverFile:
    """The case's file, its handover, what is missing, and what the council has decided on objections, latest first."""

    case: CaseFile
    handover: Handover
    needs: Sequence[Need]
    council: Sequence[Decision]
    conclusion: Conclusion | None  #: the one that stands
    done: HandedOver | None  #: the cost responsibility has been handed over, and the fund does not pay again

    @property
    def objecting(self) -> Sequence[UnitLine]:
        """The units whose last answer is an objection."""
        return [line for line in self.handover.every if line.state == "objection"]

    @property
    def unheard(self) -> bool:
        """True when the council has not decided since the last objection."""
        last = max((line.answer.recorded_at for line in self.objecting if line.answer is not None), default=None)
        return last is not None and not any(decision.recorded_at >= last for decision in self.council)


def handover_file(desk: Desk, number: str) -> HandoverFile:
    """The handover of a case. Raises NotFound (also where the process has none), NotAllowed."""
    file = files.case_file(desk, number)
    if not unit_answers.hands_over(file.subject.definition):
        raise NotFound(f"handover of {number}")
    drawn = conclusions.drawn(desk, file.subject)
    return HandoverFile(
        case=file,
        handover=handover_view.see(desk, file.subject),
        needs=_needs(file.subject),
        council=_council(file),
        conclusion=conclusions.standing(file.subject, drawn),
        done=_done(desk, file, drawn),
    )


# ------------------------------------------------------------------------------------- the parts


def _needs(subject: Subject) -> list[Need]:
    """What the step that changes the payer needs, where the case stands before it."""
    action = next(
        (a for a in subject.definition.actions_from(subject.instance.stage) if "change_payers" in a.does), None
    )
    return answers(action.needs, subject.situation) if action is not None else []


def _council(file: CaseFile) -> list[Decision]:
    """What the council has decided on objections in this handover; the last decision to go on paying began it anew."""
    since = subjects.handover_since(file.decisions)
    decided = [row for row in file.decisions if row.outcome in OBJECTION_OUTCOMES]
    return [row for row in reversed(decided) if since is None or row.recorded_at > since]


def _done(desk: Desk, file: CaseFile, drawn: Sequence[Conclusion]) -> HandedOver | None:
    for entry in file.history:
        effects = entry.what.get("effects") or {}
        if "resume_payments" in effects:
            return None
        seen = effects.get("change_payers", {}).get("seen")
        if seen is not None:
            before = [one for one in drawn if one.event is not None and one.event < entry.seq]
            return HandedOver(
                at=datetime.fromisoformat(entry.recorded_at),
                handover=handover_view.kept(desk, file.subject, seen),
                conclusion=before[-1] if before else None,
            )
    return None
