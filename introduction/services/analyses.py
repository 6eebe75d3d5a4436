"""The life of an analysis: begun, answered, handed in, reviewed by an economist, approved, superseded by the next.

What was handed in is computed and kept as it is. What was approved is frozen: inputs, method and result.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from introduction.domain.budget import answers as answering
from introduction.domain.budget import freezing, questions, uncertainty
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.building import Built
from introduction.domain.budget.questions import KINDS, Question
from introduction.domain.budget.result import Result
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from introduction.domain.messages import say
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Right, demand
from introduction.domain.swedish import clean
from introduction.services import analysis_telling, changes, jobs, log, results
from introduction.services.analysis_answers import answers_of, built, known, pages_of, refuse_rebates
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import analysis as store
from introduction.store import job as job_store
from introduction.store.analysis import Analysis
from introduction.store.case import Case
from introduction.store.job import Job

#: A page answers at once what takes fewer seconds than this; anything longer is long work.
AT_ONCE = 2.0
#: What an economist says of each assumption.
MARKS = ("ok", "confirm")
HAND_IN = "hand_in_analysis"


# ------------------------------------------------------------------------------------- begin and answer


def start(
    desk: Desk, case_id: int, kind: str, *, title: str = "", sex: str = "all", ages: tuple[int, int | None] = (0, None)
) -> Analysis:
    """Begin an analysis of a case from a template, with what is known already filled in.

    Raises NotAllowed, InvalidInput (no such kind; the title), Refused (the case has ended).
    """
    subject = _load(desk, case_id)
    demand(desk.by, Right.WRITE_ANALYSIS, subject.scope)
    if kind not in KINDS:
        raise InvalidInput(("kind", say("Välj hur läkemedlet ges")))
    title = " ".join(clean(title).split()) or About.of(desk.session, subject.row).medicine
    if len(title) > 160:
        raise InvalidInput(("title", say("Skriv en kortare rubrik, högst 160 tecken")))
    if ages[1] is not None and ages[0] > ages[1]:
        raise InvalidInput(("age_to", say("Den högsta åldern är lägre än den lägsta")))
    return _add(desk, subject, kind, title, known(desk, subject, kind, sex, ages))


def copy(desk: Desk, analysis_id: int) -> Analysis:
    """Begin a new analysis with the answers of another; the other stays as it is."""
    older = store.get(desk.session, analysis_id)
    subject = _load(desk, older.case_id)
    demand(desk.by, Right.WRITE_ANALYSIS, subject.scope)
    return _add(desk, subject, older.kind, older.title, answers_of(older), copied=older.number)


def answer(
    desk: Desk, analysis_id: int, typed: Mapping[str, Answer], *, revision: int | None = None
) -> tuple[Analysis, Built]:
    """Keep what was typed, whether it can be used yet or not; each answer with who set it and when.

    Returns the analysis and what can be built of its answers. Raises NotAllowed, Conflict, Refused (no draft).
    """
    row, subject = _draft(desk, analysis_id, revision)
    known = questions.questions_of(pages_of(desk, subject, row.kind))
    before = answers_of(row)
    after = dict(before)
    for key, given in typed.items():
        if key not in known and key != "toml":
            continue
        longest = 200_000 if key == "toml" else 300
        if max(len(given.value), len(given.low), len(given.high), len(given.source)) > longest:
            raise InvalidInput((key, say("Texten är för lång. Skriv högst {most} tecken", most=longest)))
        given = Answer(clean(given.value), clean(given.low), clean(given.high), clean(given.source))
        if key == "toml":
            refuse_rebates(given.value)
        if key not in before and _says_nothing(known.get(key), given):
            continue
        after[key] = answering.stamped(before.get(key), given, desk.today, desk.user_id)
    row.answers = json.dumps(answering.as_data(after), ensure_ascii=False)
    row.revision += 1
    row.changed_at = desk.now
    desk.session.flush()
    return row, built(desk, subject, row)


def _says_nothing(question: Question | None, given: Answer) -> bool:
    """True for what stands by itself: nobody has answered by sending a page as it was drawn."""
    standing = question.default if question is not None else ""
    return given.value in ("", standing) and not (given.low or given.high or given.source)


def discard(desk: Desk, analysis_id: int, *, revision: int | None = None) -> None:
    """Throw away a draft. Raises NotAllowed, Conflict, Refused."""
    row, subject = _draft(desk, analysis_id, revision)
    log.record(desk, subject.instance, "analysis_discarded", number=row.number, title=row.title)
    desk.session.delete(row)
    desk.session.flush()


# ------------------------------------------------------------------------------------- hand in, review, approve


def submit(desk: Desk, analysis_id: int, *, revision: int | None = None) -> Analysis:
    """Hand in a draft for review: it is computed, and what it came to is kept.

    The extra cost of years 1-3 becomes the case's, while nothing is approved and the case not decided. What would take
    long is left to long work, and the draft stays one until it is done. Raises InvalidInput with what is missing,
    NotAllowed, Conflict, Refused (it is being computed already).
    """
    row, subject = _draft(desk, analysis_id, revision)
    model = _demand_model(desk, subject, row)
    if uncertainty.effort(model, freezing.DRAWS) * (1 + len(model.scenario)) > AT_ONCE:
        going = under_way(desk, row)
        if going is not None and going.state in ("waiting", "running"):
            raise Refused(say("Beräkningen räknas redan"))
        jobs.enqueue(desk, HAND_IN, subject.instance.region_id, _asked(row))
        return row
    figures, kept = freezing.freeze(model, draws=freezing.DRAWS)
    _keep(desk, row, subject, model, figures, kept.round().astype(int).tolist())
    return row


def under_way(desk: Desk, row: Analysis) -> Job | None:
    """The long work that computes a draft as it stands now; None when nobody asked for it."""
    return job_store.latest(desk.session, HAND_IN, json.dumps(_asked(row), ensure_ascii=False))


def _asked(row: Analysis) -> dict[str, int]:
    """A draft as it stands: when it is answered anew, what was asked for before is of no use."""
    return {"analysis": row.id, "revision": row.revision}


def model_to_compute(desk: Desk, analysis_id: int, revision: int) -> BudgetModel:
    """The model of a draft, for long work. Raises Refused when it has been changed, Conflict, InvalidInput."""
    row, subject = _draft(desk, analysis_id, revision)
    return _demand_model(desk, subject, row)


def hand_in_computed(
    desk: Desk, analysis_id: int, revision: int, figures: Result, kept: Sequence[Sequence[int]]
) -> None:
    """Hand in a draft that long work has computed, if it still stands as it did. The desk is that of who asked."""
    row, subject = _draft(desk, analysis_id, revision)
    _keep(desk, row, subject, _demand_model(desk, subject, row), figures, kept)


def _keep(
    desk: Desk, row: Analysis, subject: Subject, model: BudgetModel, figures: Result, kept: Sequence[Sequence[int]]
) -> None:
    """Keep what a draft came to, and hand it in. The case's instance is locked."""
    row.model = model.model_dump_json(exclude_none=True)
    row.method, row.result, row.kept = figures.method, figures.as_json(), json.dumps(kept)
    row.state, row.submitted_by, row.submitted_at = "submitted", desk.user_id, desk.now
    row.review, row.review_note = None, None
    row.revision += 1
    log.record(desk, subject.instance, "analysis_submitted", number=row.number, title=row.title)
    _take_over_extra_cost(desk, subject, row, figures)
    analysis_telling.tell_next(desk, subject, row)
    desk.session.flush()


def give_back(desk: Desk, analysis_id: int, note: str, *, revision: int | None = None) -> Analysis:
    """Return what was handed in, with what is to be put right; it is a draft again. Raises Conflict too."""
    row, subject = _handed_in(desk, analysis_id, revision)
    _demand_either(desk, subject, Right.REVIEW_ANALYSIS, Right.APPROVE_ANALYSIS)
    note = changes.accept_note(note, required=True)
    row.state, row.review_note = "draft", note
    row.submitted_at = row.submitted_by = row.reviewed_at = row.reviewed_by = None
    row.revision += 1
    log.record(desk, subject.instance, "analysis_returned", number=row.number, title=row.title, note=note)
    analysis_telling.tell_next(desk, subject, row)
    desk.session.flush()
    return row


def review(
    desk: Desk, analysis_id: int, marks: Mapping[str, str], note: str = "", *, revision: int | None = None
) -> Analysis:
    """An economist has gone through what was handed in: each assumption is sound, or is to be confirmed.

    Raises NotAllowed (also for whoever wrote it), InvalidInput, Conflict, Refused (not handed in).
    """
    row, subject = _handed_in(desk, analysis_id, revision)
    demand(desk.by, Right.REVIEW_ANALYSIS, subject.scope)
    if desk.user_id is not None and desk.user_id in (row.written_by, row.submitted_by):
        raise NotAllowed(say("Den som har skrivit eller lämnat in beräkningen granskar den inte själv"))
    if any(mark not in MARKS for mark in marks.values()):
        raise InvalidInput(("marks", say("Välj granskat eller ska bekräftas för varje antagande")))
    row.review = json.dumps(dict(marks), ensure_ascii=False)
    row.review_note = changes.accept_note(note) or None
    row.state, row.reviewed_by, row.reviewed_at = "reviewed", desk.user_id, desk.now
    row.revision += 1
    log.record(desk, subject.instance, "analysis_reviewed", number=row.number, title=row.title)
    analysis_telling.tell_next(desk, subject, row)
    desk.session.flush()
    return row


def approve(desk: Desk, analysis_id: int, *, revision: int | None = None) -> Analysis:
    """Approve a reviewed analysis. It is frozen; the one that was approved before is superseded.

    Raises NotAllowed, Conflict (it is no longer what was seen), Refused (not reviewed yet).
    """
    row, subject = _handed_in(desk, analysis_id, revision)
    demand(desk.by, Right.APPROVE_ANALYSIS, subject.scope)
    if row.state != "reviewed":
        raise Refused(say("Beräkningen godkänns först när den är granskad"))
    older = store.approved_of(desk.session, row.case_id)
    if older is not None:
        older.state, older.superseded_at = "superseded", desk.now
        desk.session.flush()  # before the next one: a case has one approved analysis
    row.state, row.approved_by, row.approved_at = "approved", desk.user_id, desk.now
    row.revision += 1
    superseded = older.number if older else None
    log.record(
        desk, subject.instance, "analysis_approved", number=row.number, title=row.title, superseded=superseded,
        method=row.method,
    )  # fmt: skip
    _take_over_extra_cost(desk, subject, row, results.result_of(row))
    analysis_telling.tell_next(desk, subject, row)
    desk.session.flush()
    return row


# ------------------------------------------------------------------------------------- reading


def may(desk: Desk, subject: Subject, row: Analysis) -> dict[str, bool]:
    """What the reader may do with an analysis now."""
    allowed = {right: _can(desk, subject, right) for right in (Right.WRITE_ANALYSIS, Right.REVIEW_ANALYSIS)}
    approver = _can(desk, subject, Right.APPROVE_ANALYSIS)
    own = desk.user_id in (row.written_by, row.submitted_by)
    open_ = subject.instance.closed_on is None
    handed_in = row.state in ("submitted", "reviewed")
    return {
        "edit": row.state == "draft" and allowed[Right.WRITE_ANALYSIS] and open_,
        "review": handed_in and allowed[Right.REVIEW_ANALYSIS] and not own,
        "give_back": handed_in and (allowed[Right.REVIEW_ANALYSIS] or approver),
        "approve": row.state == "reviewed" and approver,
        "copy": allowed[Right.WRITE_ANALYSIS] and open_,
    }


# ------------------------------------------------------------------------------------- the parts


def _can(desk: Desk, subject: Subject, right: Right) -> bool:
    try:
        demand(desk.by, right, subject.scope)
    except NotAllowed:
        return False
    return True


def _demand_either(desk: Desk, subject: Subject, *rights: Right) -> None:
    if not any(_can(desk, subject, right) for right in rights):
        demand(desk.by, rights[0], subject.scope)


def _load(desk: Desk, case_id: int) -> Subject:
    subject = changes.load(desk, case_id, None)
    if subject.instance.closed_on is not None:
        raise Refused(say("Ärendet är avslutat. Beräkningen ändras inte"))
    return subject


def _add(
    desk: Desk, subject: Subject, kind: str, title: str, answers: Mapping[str, Answer], *, copied: int | None = None
) -> Analysis:
    row = Analysis(
        case_id=subject.instance.id,
        number=store.next_number(desk.session, subject.instance.id),
        kind=kind,
        title=title,
        state="draft",
        answers=json.dumps(answering.as_data(answers), ensure_ascii=False),
        written_by=desk.user_id,
        written_at=desk.now,
        changed_at=desk.now,
    )
    desk.session.add(row)
    log.record(desk, subject.instance, "analysis_started", number=row.number, title=title, copied=copied)
    desk.session.flush()
    return row


def _draft(desk: Desk, analysis_id: int, revision: int | None) -> tuple[Analysis, Subject]:
    subject = _load(desk, store.get(desk.session, analysis_id).case_id)
    row = store.lock(desk.session, analysis_id)
    demand(desk.by, Right.WRITE_ANALYSIS, subject.scope)
    if row.state != "draft":
        raise Refused(say("Beräkningen är inlämnad och ändras inte. Gör en ny av den"))
    if revision is not None and revision != row.revision:
        raise Conflict(revision, row.revision)
    return row, subject


def _handed_in(desk: Desk, analysis_id: int, revision: int | None) -> tuple[Analysis, Subject]:
    subject = changes.load(desk, store.get(desk.session, analysis_id).case_id, None)
    row = store.lock(desk.session, analysis_id)
    if row.state not in ("submitted", "reviewed"):
        raise Refused(say("Beräkningen är inte inlämnad för granskning"))
    if revision is not None and revision != row.revision:
        raise Conflict(revision, row.revision)
    return row, subject


def _demand_model(desk: Desk, subject: Subject, row: Analysis) -> BudgetModel:
    made = built(desk, subject, row)
    if made.model is None:
        raise InvalidInput(*made.problems.items())
    return made.model


_EXTRA_COST = ("extra_cost_year1_ore", "extra_cost_year2_ore", "extra_cost_year3_ore")


def _take_over_extra_cost(desk: Desk, subject: Subject, row: Analysis, figures: Result) -> None:
    """The case tells the analysis's extra cost of years 1-3, until the region has decided.

    Once one is approved, the case tells what that came to, whatever else is handed in.
    """
    if row.state != "approved" and store.approved_id(desk.session, row.case_id) is not None:
        return
    case = subject.row
    undecided = isinstance(case, Case) and case.phase in (Phase.NATIONAL_RECOMMENDATION, Phase.REGIONAL_DECISION)
    if not undecided or subject.instance.closed_on is not None:
        return
    values: dict[str, Any] = dict(zip(_EXTRA_COST, figures.impact()[:3], strict=False))
    differing = log.changes({key: case.fact(key) for key in values}, values)
    if differing:
        changes.write_facts(desk, subject, values)
        log.record(desk, subject.instance, "facts_changed", changes=differing, analysis=row.number)
        changes.settle(desk, subject)
