"""Reads everything that the page of a claim shows, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from introduction.domain.claims import ClaimGround, expected_cost_ore, price_deviation, state_of
from introduction.domain.process.guards import Need, answers
from introduction.domain.roles import Right, can, demand
from introduction.services import attachments as attaching
from introduction.services import claim_desk, claims, files, subjects, suggestions
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile
from introduction.services.past import Entry
from introduction.services.subjects import Subject
from introduction.store import attachment as attachments
from introduction.store import claim as store
from introduction.store import claim_listing as listing
from introduction.store import fund as funds
from introduction.store import grant as grants
from introduction.store.application import FundingApplication
from introduction.store.attachment import Attachment
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import get


@dataclass(frozen=True)
class ClaimFile(InstanceFile):
    """The page of a claim."""

    claim: Claim
    grant: GrantRow
    fund: Fund | None
    case: Case | None
    application: FundingApplication | None
    ground: ClaimGround
    attachments: Sequence[Attachment]
    state: str  #: one of domain.claims.STATES
    checks: Sequence[Need]  #: what is looked at before it is handed in; empty once it is decided
    corrects: Claim | None
    corrections: Sequence[Claim]
    left_to_correct_ore: int
    may_change_files: bool
    may_correct: bool
    returned: str | None  #: why it was given back, while it is with the clinic

    @property
    def faults(self) -> list[Need]:
        """The checks that do not hold."""
        return [need for need in self.checks if need.reason is not None]

    @property
    def expected_ore(self) -> int | None:
        """What the quantity costs at the price of the case's analysis, to the krona; None where there is none."""
        quantity = self.claim.quantity_milli
        found = expected_cost_ore(self.ground, quantity) if quantity and self.corrects is None else None
        return round(found, -2) if found is not None else None

    @property
    def deviation(self) -> float | None:
        """How much dearer than in the analysis, as a share."""
        quantity, new = self.claim.quantity_milli, self.claim.gross_new_ore
        return (
            price_deviation(self.ground, quantity, new) if quantity and new is not None and self.expected_ore else None
        )


def claim_file(desk: Desk, number: str) -> ClaimFile:
    """The file of a claim. Raises NotFound, and NotAllowed when the reader may not see it."""
    session = desk.session
    row = store.by_number(session, number)
    subject = subjects.read(desk, get(session, row.id))
    demand(desk.by, Right.VIEW_CLAIM, subject.scope)
    grant, ground = grants.get(session, row.grant_id), subject.situation.ground
    assert isinstance(ground, ClaimGround), "a claim has its ground"
    shared = files.common(desk, subject)
    shared["offers"] = files.offers(desk, _as_suggested(subject))
    ended = subject.instance.closed_on is not None
    state = state_of(counts=row.counts, approved_ore=row.approved_ore, ended=ended)
    undecided = state in ("draft", "waiting")
    approved = state in ("approved", "paid") and row.corrects_id is None
    left = claims.left_to_correct(desk, row) if approved else 0
    return ClaimFile(
        **shared,
        claim=row,
        grant=grant,
        fund=funds.get(session, grant.fund_id) if grant.fund_id is not None else None,
        case=session.get(Case, grant.case_id) if grant.case_id is not None else None,
        application=session.get(FundingApplication, grant.application_id) if grant.application_id else None,
        ground=ground,
        attachments=attachments.of_instance(session, row.id),
        state=state,
        checks=answers(claim_desk.checks_of(subject.definition), subject.situation) if undecided else (),
        corrects=session.get(Claim, row.corrects_id) if row.corrects_id is not None else None,
        corrections=store.corrections_of(session, [row.id], all_of_them=True).get(row.id, []),
        left_to_correct_ore=left,
        may_change_files=attaching.may_change(desk, subject),
        may_correct=left > 0 and can(desk.by, Right.CLAIM, subject.scope) is None,
        returned=_returned(subject, shared["history"]) if state == "draft" else None,
    )


def _as_suggested(subject: Subject) -> Subject:
    """The claim as it would be with what its forms suggest, so that nothing is said to be missing that stands there."""
    facts = {**subject.situation.facts}
    facts |= {key: value for key, value in suggestions.of_facts(subject).items() if facts.get(key) is None}
    return replace(subject, situation=replace(subject.situation, facts=facts))


def next_waiting(desk: Desk, file: ClaimFile) -> tuple[str, str | None] | None:
    """The claim after one in the queue of somebody who keeps books: its number and what approves it."""
    if can(desk.by, Right.KEEP_BOOKS, file.subject.scope) is not None:
        return None
    waits = file.state == "waiting"
    found = listing.next_waiting(desk.session, claim_desk.seen(desk), file.subject.instance, waits=waits)
    if found is None:
        return None
    instance = get(desk.session, found.id)
    definition = desk.catalogue.get(instance.definition_id, instance.definition_version)
    return found.public_number, claim_desk.deciding(desk, found, instance, definition)


def _returned(subject: Subject, history: Sequence[Entry]) -> str | None:
    """What was written when the claim came back last; the history's newest entry stands first."""
    gives_back = {action.id for action in subject.definition.action if "release_claim" in action.does}
    for entry in history:
        if entry.kind == "action_taken" and entry.what.get("action") in gives_back:
            return entry.what.get("note")
    return None
