"""What units have answered on taking over the cost of cases, what waits for them, and what they bear already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.process.definition import Definition
from introduction.services.desk import Desk
from introduction.services.subjects import PAYING_OUTCOMES
from introduction.store import handover as store
from introduction.store import payer_change
from introduction.store.handover import Asked

ANSWER = "handover_confirmation"


@dataclass(frozen=True)
class Answers:
    """How some units of a case have answered. ``borne_from``: since when all of them bear the cost themselves."""

    asked: Sequence[Asked] = ()  #: what waits for an answer, the nearest day first
    confirmed: int = 0
    objecting: int = 0
    borne_from: date | None = None


def of_cases(
    desk: Desk, case_ids: Collection[int], unit_ids: Collection[int], own: Mapping[int, Sequence[int]]
) -> dict[int, Answers]:
    """The answers of some units by case; ``own`` says which of them treat in each. Four statements."""
    session = desk.session
    asked = store.asked_in(session, case_ids, unit_ids, _names(desk), desk.today)
    given = store.answers_in(session, case_ids, unit_ids)
    since = store.decided_again(session, case_ids, PAYING_OUTCOMES)
    borne = payer_change.last_in_cases(session, case_ids, unit_ids)
    found = {}
    for case_id in case_ids:
        counted = [
            answer.answer
            for (of, _unit), answer in given.items()
            if of == case_id and (case_id not in since or answer.recorded_at > since[case_id])
        ]
        days = [borne.get((case_id, unit_id)) for unit_id in own.get(case_id, ())]
        known = [day for day in days if day is not None]
        found[case_id] = Answers(
            asked=[one for one in asked if one.case_id == case_id],
            confirmed=counted.count("confirmed"),
            objecting=counted.count("objection"),
            borne_from=max(known) if known and len(known) == len(days) else None,
        )
    return found


def hands_over(definition: Definition) -> bool:
    """True when the process hands a cost over: it asks units to take it."""
    return any(task.record == ANSWER for stage in definition.stage for task in stage.task)


def _names(desk: Desk) -> list[str]:
    """The tasks, in any process, by which a unit answers."""
    return sorted(
        {
            task.id
            for definition in desk.catalogue.definitions.values()
            for stage in definition.stage
            for task in stage.task
            if task.record == ANSWER
        }
    )
