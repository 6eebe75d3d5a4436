"""Starts cases and changes what is known of them, beside the steps of their process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from introduction.domain import facts
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.fields import CASE_FIELDS
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Definition, FollowOn, Phase, Start
from introduction.domain.roles import Right, Scope, demand, why_not
from introduction.domain.swedish import fold
from introduction.services import changes, conclusions, log, notices, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About, one_line
from introduction.services.opening import begin, open_instance, way_in
from introduction.services.subjects import Subject
from introduction.store.case import Case, CaseLink, links_of
from introduction.store.comment import Comment
from introduction.store.instance import lock
from introduction.store.recommendation import Recommendation, RecommendationVersion, last_version
from introduction.store.region import RegionRow, by_slug
from introduction.store.unit import Unit

#: What may be corrected beside the process. The rank is a judgement with demands of its own: actions set it.
CORRECTABLE = tuple(key for key in CASE_FIELDS if key != "rank")


@dataclass(frozen=True)
class Roots:
    """Where a case comes from: its nominating unit, the recommendation, and whether it is an invented example."""

    nominating_unit_id: int | None = None
    recommendation: Recommendation | None = None
    example: bool = False


def start(
    desk: Desk,
    definition_id: str,
    origin: str,
    about: About,
    *,
    given: Mapping[str, Any] | None = None,
    roots: Roots | None = None,
    note: str = "",
) -> Subject:
    """Open a case in the newest version of a process, the way that ``origin`` names.

    Raises NotFound (no such process or way in), NotAllowed, InvalidInput.
    """
    roots = roots or Roots()
    definition = desk.catalogue.latest(definition_id)
    way = way_in(definition, origin)
    region = by_slug(desk.session, definition.region)
    _demand_start(desk, way, region, roots)
    values = facts.accept(given or {}, {key: CASE_FIELDS[key] for key in way.asks + way.may}, way.asks, {})
    subject = _open(desk, definition, way.stage, region, about, origin, roots)
    changes.write_facts(desk, subject, values)
    log.record(
        desk,
        subject.instance,
        "case_started",
        number=subject.number,
        definition=f"{definition.id}@{definition.version}",
        goal=way.stage,
        origin=origin,
        medicine=about.medicine,
        indication=about.indication,
        unit_id=roots.nominating_unit_id,
        example=roots.example or None,
        note=changes.accept_note(note) or None,
        changes=log.changes({}, values) or None,
    )
    return begin(desk, subject)


def follow_on(
    desk: Desk,
    case_id: int,
    follow_on_id: str,
    *,
    indication: str | None = None,
    note: str = "",
    revision: int | None = None,
) -> Subject:
    """Open a new case that grows out of an older one: nominated again, or for a widened indication.

    The new case takes over the description, is owned by the one who opens it, and is linked to the older.
    """
    older = changes.load(desk, case_id, revision)
    row = older.row
    assert isinstance(row, Case), "only cases have follow-ons"
    growth = next((f for f in older.definition.follow_on if f.id == follow_on_id), None)
    if growth is None:
        raise NotFound(f"follow-on {follow_on_id}")
    reason = why_not(desk.by, growth.by, older.scope)
    if reason is not None:
        raise NotAllowed(reason)
    if not growth.grows_from(older.instance.stage):
        raise Refused(say("”{title}” kan inte göras nu", title=growth.title))
    about = _grown(desk, row, growth, indication)
    definition = desk.catalogue.latest(older.definition.id)
    region = desk.session.get(RegionRow, older.instance.region_id)
    assert region is not None, "a case has a region"
    roots = Roots(row.nominating_unit_id, None, row.example)
    newer = _open(desk, definition, growth.start, region, about, "follow_on", roots)
    kept = {} if growth.new_indication else _description(older)
    changes.write_facts(desk, newer, kept)
    if isinstance(newer.row, Case):
        newer.row.owner_id = desk.user_id
    desk.session.flush()
    desk.session.add(
        CaseLink(case_id=newer.instance.id, other_id=row.id, kind=growth.link, made_by=desk.user_id, made_at=desk.now)
    )
    note = changes.accept_note(note)
    log.record(
        desk,
        newer.instance,
        "case_started",
        number=newer.number,
        definition=f"{definition.id}@{definition.version}",
        goal=growth.start,
        origin="follow_on",
        medicine=about.medicine,
        indication=about.indication,
        link={"kind": growth.link, "other": older.number},
        note=note or None,
        changes=log.changes({}, kept) or None,
    )
    log.record(desk, older.instance, "case_linked", kind_of_link=growth.link, other=newer.number)
    changes.settle(desk, older)
    return begin(desk, newer)


def change_facts(
    desk: Desk, case_id: int, given: Mapping[str, Any], *, note: str, revision: int | None = None
) -> Subject:
    """Correct facts, with a reason. Raises Refused when nothing would change."""
    subject = changes.load(desk, case_id, revision)
    demand(desk.by, Right.EDIT_FACTS, subject.scope)
    if subject.instance.closed_on is not None:
        raise Refused(say("Ärendet är avslutat. Uppgifterna ändras inte"))
    before = subject.situation.facts
    values = changes.accept_facts(subject, given, (), CORRECTABLE)
    differing = log.changes(before, values)
    if not differing:
        raise Refused(say("Ingenting är ändrat"))
    changes.write_facts(desk, subject, values)
    log.record(
        desk,
        subject.instance,
        "facts_changed",
        note=changes.accept_note(note, required=True),
        changes=differing,
        follow_up=conclusions.ground(desk, subject, differing),
    )
    changes.settle(desk, subject)
    return subject


def comment(desk: Desk, case_id: int, text: str, *, internal: bool) -> Comment:
    """Write a comment. An internal note is only for those who work with the case, not for the nominator."""
    subject = changes.load(desk, case_id, None)
    demand(desk.by, Right.COMMENT, subject.scope)
    if internal:
        demand(desk.by, Right.READ_INTERNAL, subject.scope)
    text = changes.accept_note(text)
    if not text:
        raise InvalidInput(("text", say("Skriv en kommentar")))
    assert desk.by is not None, "only people comment"
    row = Comment(
        instance_id=subject.instance.id, author_id=desk.by.user_id, written_at=desk.now, text=text, internal=internal
    )
    desk.session.add(row)
    # The words stay outside the chain: a comment may have to be masked, and the log must not stand in the way.
    log.record(desk, subject.instance, "commented", internal=internal)
    desk.session.flush()
    return row


def link(desk: Desk, case_id: int, other_id: int, *, note: str = "", revision: int | None = None) -> Subject:
    """Link a case to another of the same region as related."""
    subject = changes.load(desk, case_id, revision)
    demand(desk.by, Right.LINK, subject.scope)
    other = desk.session.get(Case, other_id)
    if other is None or other.region_id != subject.instance.region_id:
        raise InvalidInput(("other", say("Skriv numret på ett annat ärende i regionen, till exempel VGR-2026-0042")))
    if other.id == case_id:
        raise InvalidInput(("other", say("Ett ärende kan inte länkas till sig självt")))
    known = {(known.case_id, known.other_id) for known in links_of(desk.session, case_id)}
    if (case_id, other.id) in known or (other.id, case_id) in known:
        raise Refused(say("Ärendena är redan länkade"))
    desk.session.add(
        CaseLink(case_id=case_id, other_id=other.id, kind="related", made_by=desk.user_id, made_at=desk.now)
    )
    log.record(
        desk,
        subject.instance,
        "case_linked",
        kind_of_link="related",
        other=other.public_number,
        note=changes.accept_note(note) or None,
    )
    changes.settle(desk, subject)
    return subject


def set_owner(desk: Desk, case_id: int, person_id: int | None, *, revision: int | None = None) -> Subject:
    """Say who keeps a case together."""
    subject = changes.load(desk, case_id, revision)
    demand(desk.by, Right.ASSIGN, subject.scope)
    row = subject.row
    assert isinstance(row, Case), "only cases have owners"
    changes.demand_colleague(desk, subject, "owner", person_id)
    previous, row.owner_id = row.owner_id, person_id
    log.record(desk, subject.instance, "owner_changed", changes={"owner": [previous, person_id]})
    changes.settle(desk, subject)
    notices.tell_assigned(desk, subject, person_id, None, None)
    return subject


# ------------------------------------------------------------------------------------- the parts


def _grown(desk: Desk, older: Case, growth: FollowOn, indication: str | None) -> About:
    """What a case that grows out of an older one is about."""
    about = About.of(desk.session, older)
    if not growth.new_indication:
        return about
    wider = one_line(indication)
    if not wider:
        raise InvalidInput(("indication", say("Skriv den nya indikationen")))
    if fold(wider) == fold(about.indication):
        raise InvalidInput(("indication", say("Indikationen är densamma som i det äldre ärendet")))
    return About.typed(about.medicine, wider, about.substance, about.atc)


def _demand_start(desk: Desk, way_in: Start, region: RegionRow, roots: Roots) -> None:
    unit_ids: frozenset[int] = frozenset()
    if roots.nominating_unit_id is not None:
        unit = desk.session.get(Unit, roots.nominating_unit_id)
        if unit is None or unit.region_id != region.id:
            raise InvalidInput(("nominating_unit_id", say("Välj en enhet i regionen")))
        unit_ids = frozenset({unit.id})
    reason: Message | None = why_not(desk.by, way_in.by, Scope(region.id, unit_ids))
    if reason is not None:
        raise NotAllowed(reason)


def _open(
    desk: Desk,
    definition: Definition,
    stage_id: str,
    region: RegionRow,
    about: About,
    origin: str,
    roots: Roots,
) -> Subject:
    medicine, indication = about.rows(desk.session, example=roots.example)
    stage = definition.stage_named(stage_id)
    instance, number = open_instance(desk, definition, stage_id, desk.today, region.id)
    version = _advice(desk, roots, medicine.id)
    desk.session.add(
        Case(
            id=instance.id,
            public_number=number,
            region_id=region.id,
            phase=stage.phase or Phase.NATIONAL_RECOMMENDATION,
            medicine_id=medicine.id,
            indication_id=indication.id,
            recommendation_id=roots.recommendation.id if roots.recommendation and version else None,
            recommendation_version=version.version if version else None,
            nominating_unit_id=roots.nominating_unit_id,
            origin=origin,
            round_cut_off=desk.catalogue.region_of(definition).next_cut_off(desk.today),
            example=roots.example,
            sort_key=medicine.sort_key,
            search_text=about.search_text(number),
        )
    )
    desk.session.flush()
    return subjects.read(desk, instance)


def _advice(desk: Desk, roots: Roots, medicine_id: int) -> RecommendationVersion | None:
    """The newest version of the recommendation that the case grows from, locked so that none comes in between."""
    if roots.recommendation is None:
        return None
    lock(desk.session, roots.recommendation.id)
    if roots.recommendation.medicine_id != medicine_id:
        raise InvalidInput(("recommendation", say("Rekommendationen gäller ett annat läkemedel")))
    version = last_version(desk.session, roots.recommendation.id)
    if version is None:
        raise InvalidInput(("recommendation", say("Rekommendationen har inte lämnats än")))
    return version


_DESCRIPTION = (
    "category", "basis", "target_population", "patients_per_year", "comparator", "benefit", "risks", "authorised",
    "routine_use", "evidence_exists", "care_levels", "extra_cost_year1_ore", "extra_cost_year2_ore",
    "extra_cost_year3_ore", "reorganisation", "complex_ethics", "diagnostics",
)  # fmt: skip


def _description(subject: Subject) -> dict[str, Any]:
    return {key: value for key in _DESCRIPTION if (value := subject.situation[key]) is not None}
