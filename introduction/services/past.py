"""An instance's history as its page tells it, and where a case has been along the five phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain import partial
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Right, can
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import event as event_store


@dataclass(frozen=True)
class Entry:
    """An event of the history."""

    seq: int
    kind: str
    recorded_at: str
    happened_on: str
    by: str | None
    what: Mapping[str, Any]
    changes_phase: bool


@dataclass(frozen=True)
class PhaseLine:
    """A phase of the phase line, with the days between which the case was in it."""

    phase: Phase
    state: str  #: done, now, next or skipped
    first: date | None = None
    last: date | None = None
    steps: tuple[int, int] | None = None


def history_of(desk: Desk, subject: Subject, people: Mapping[int, str]) -> list[Entry]:
    """The newest first."""
    entries = []
    reads_internal = can(desk.by, Right.READ_INTERNAL, subject.scope) is None
    for event in event_store.events_of(desk.session, subject.instance.stream):
        what = event.content
        if what.get("internal") and not reads_internal:
            continue
        entries.append(
            Entry(
                seq=event.seq,
                kind=what["kind"],
                recorded_at=what["recorded_at"],
                happened_on=what["happened_on"],
                by=people.get(what["by"]) if what["by"] else None,
                what=what,
                changes_phase=_changes_phase(subject, what),
            )
        )
    return entries[::-1]


def _phase_of(subject: Subject, stage_id: str | None) -> Phase | None:
    return next((stage.phase for stage in subject.definition.stage if stage.id == stage_id), None)


def _changes_phase(subject: Subject, what: Mapping[str, Any]) -> bool:
    goal, origin = _phase_of(subject, what.get("goal")), _phase_of(subject, what.get("origin"))
    return (
        what.get("goal") is not None and what.get("goal") != what.get("origin") and (goal != origin or origin is None)
    )


def phases_of(subject: Subject, history: Sequence[Entry]) -> list[PhaseLine]:
    """Where the case has been, from its own history. A phase never entered before the present one was skipped."""
    now = subject.phase
    assert now is not None, "only cases have phases"
    closed = subject.instance.closed_on
    spans: dict[Phase, list[date]] = {}
    current: Phase | None = None
    for entry in reversed(history):
        phase = _phase_of(subject, entry.what.get("goal"))
        day = partial.first_day(entry.happened_on)
        if phase is not None and phase != current:
            if current is not None:
                spans[current][1:] = [day]
            spans.setdefault(phase, [day])[1:] = []
            current = phase
    lines = []
    for phase in Phase:
        span = spans.get(phase, [])
        state = "now" if phase == now else "next"
        if phase.number < now.number:
            state = "done" if span else "skipped"
        if phase == now and closed is not None:
            state = "done"
        lines.append(
            PhaseLine(
                phase,
                state,
                span[0] if span else None,
                span[1] if len(span) > 1 else closed if phase == now else None,
                _steps(subject, phase) if state == "now" else None,
            )
        )
    return lines


def _steps(subject: Subject, phase: Phase) -> tuple[int, int] | None:
    """How far into the phase the stage is, along the stages in the order of the file."""
    stages = [stage.id for stage in subject.definition.stage if stage.phase == phase and stage.kind == "work"]
    if subject.instance.stage not in stages:
        return None
    return stages.index(subject.instance.stage) + 1, len(stages)
