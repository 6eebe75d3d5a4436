"""Many claims at once: the economist's queue with what the checks say, and a clinic's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from introduction.domain.claims import ClaimGround, price_deviation
from introduction.domain.process.definition import Definition
from introduction.domain.process.guards import Need, answers
from introduction.domain.process.situation import Situation
from introduction.domain.process.timing import Text
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Right, Visible, why_not
from introduction.services import claim_ground, subjects
from introduction.services.desk import Desk
from introduction.store import claim_listing as store
from introduction.store.claim import Claim
from introduction.store.claim_listing import ClaimFilter, ClaimRow
from introduction.store.instance import Instance


@dataclass(frozen=True)
class ClaimLine:
    """A claim in a list. ``faults`` are the checks that do not hold; ``deviation`` is of the price, as a share.

    ``counted`` is what the case's analysis counts quantities in, as in ClaimGround.
    """

    row: ClaimRow
    stage: Text  #: what its region calls the stage
    faults: Sequence[Need]
    deviation: float | None
    counted: str | None
    decide: str | None  #: the action by which the reader approves it; None where that is not the reader's


def seen(desk: Desk) -> Visible:
    """The claims that somebody may list, from the same rules as ``can(person, VIEW_CLAIM, …)``."""
    held = [m for m in desk.by.mandates if m.role in RIGHTS[Right.VIEW_CLAIM]] if desk.by else []
    return Visible(
        region_ids=frozenset(m.region_id for m in held if m.role not in LOCAL_ROLES),
        unit_ids=frozenset().union(*(m.unit_ids for m in held if m.role in LOCAL_ROLES)),
    )


def lines(desk: Desk, wanted: ClaimFilter, *, order: str, limit: int, offset: int = 0) -> list[ClaimLine]:
    """A page of claims with what the checks say, in a constant number of statements."""
    rows = store.claims(desk.session, seen(desk), wanted, order=order, limit=limit, offset=offset)
    definitions = {
        row.claim.id: desk.catalogue.get(row.instance.definition_id, row.instance.definition_version) for row in rows
    }
    regions = {row.claim.region_id: desk.catalogue.region_of(definitions[row.claim.id]) for row in rows}
    found = claim_ground.grounds(desk, [row.claim for row in rows], regions)
    return [_line(desk, row, definitions[row.claim.id], found[row.claim.id]) for row in rows]


def count(desk: Desk, wanted: ClaimFilter) -> tuple[int, int]:
    """How many claims there are, and what they come to in öre."""
    return store.count(desk.session, seen(desk), wanted)


def by_state(desk: Desk, wanted: ClaimFilter) -> Mapping[str, tuple[int, int]]:
    """How many claims are in each state and what they come to in öre, whichever state is asked for."""
    return store.by_state(desk.session, seen(desk), wanted)


def checks_of(definition: Definition) -> tuple[str, ...]:
    """The guards that are asked before money is claimed, in the region's order."""
    return next((action.needs for action in definition.action if "claim_money" in action.does), ())


def deciding(desk: Desk, claim: Claim, instance: Instance, definition: Definition) -> str | None:
    """The action by which the reader approves a claim where it stands; None where that is not the reader's."""
    scope = subjects.scope_of(instance, claim, ())
    return next(
        (
            action.id
            for action in definition.actions_from(instance.stage)
            if "approve_claim" in action.does and why_not(desk.by, action.by, scope) is None
        ),
        None,
    )


def _line(desk: Desk, row: ClaimRow, definition: Definition, ground: ClaimGround) -> ClaimLine:
    claim, instance = row.claim, row.instance
    situation = Situation(
        definition=definition,
        region=desk.catalogue.region_of(definition),
        stage=instance.stage,
        today=desk.today,
        stage_entered=instance.stage_entered_on,
        opened=instance.opened_on,
        facts=subjects.facts_of(instance.subject, claim, ()),
        ground=ground,
    )
    undecided = instance.closed_on is None and claim.approved_ore is None
    faults = [need for need in answers(checks_of(definition), situation) if need.reason] if undecided else []
    deviation = None
    if claim.quantity_milli is not None and claim.gross_new_ore is not None and claim.corrects_id is None:
        deviation = price_deviation(ground, claim.quantity_milli, claim.gross_new_ore)
    decide = deciding(desk, claim, instance, definition)
    stage = definition.stage_named(instance.stage).title
    return ClaimLine(row, stage, faults, deviation, ground.counted, decide)
