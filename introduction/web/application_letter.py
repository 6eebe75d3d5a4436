"""Fills the letter about an application from the decision that is stored."""

from __future__ import annotations

from flask_babel import gettext

from introduction.documents.decision_letter import Contact, LetterTold, Money, Saving
from introduction.documents.printing import Letterhead
from introduction.domain.errors import NotFound
from introduction.domain.roles import Role
from introduction.services.application_files import ApplicationFile
from introduction.services.desk import Desk
from introduction.store import person as persons
from introduction.store import region as regions
from introduction.store.person import PersonRow
from introduction.store.posting import MoneyDecision
from introduction.web.words import capital, region_title, role_title


def told(desk: Desk, file: ApplicationFile) -> LetterTold:
    """The last decision as the letter tells it. Raises NotFound while nothing is decided."""
    decided = [decision for decision in file.decisions if decision.outcome]
    if not decided:
        raise NotFound(f"decision on {file.subject.number}")
    last, row, now = decided[-1], file.application, file.subject.situation
    refused = last.outcome == "refused"
    granted = Money(last.granted_ore or 0, last.valid_from or row.period_from, last.valid_until or row.period_to)
    return LetterTold(
        letterhead=Letterhead(
            region_title(file.subject.definition.region), row.public_number, last.recorded_at, row.example
        ),
        body=last.body or gettext("Regionen"),
        decided_on=last.decided_on,
        section=last.section or "",
        registry_number=last.registry_number or "",
        unit=file.unit,
        medicine=file.about.medicine,
        indication=file.about.indication,
        no_case_reason=now["no_case_reason"] or "",
        outcome=last.outcome or "",
        applied=Money(row.need_ore, row.period_from, row.period_to),
        granted=None if refused else granted,
        reasons=last.reasons,
        conditions=tuple(line for line in (last.conditions or "").splitlines() if line.strip()),
        claiming=_claiming(last),
        savings=tuple(
            Saving(saving.title, saving.owner, saving.amount_ore, saving.by_day)
            for saving in file.savings
            if saving.confirmed_at is not None and saving.state != "not_possible"
        ),
        contact=_contact(desk, file),
    )


def _claiming(decision: MoneyDecision) -> str:
    if decision.outcome == "refused":
        return ""
    return gettext(
        "Begär pengarna i efterhand, när kostnaden har uppstått: välj Rekvirera under Verksamhetens pengar. Bifoga "
        "underlag för vad läkemedlet och det som det ersätter har kostat. Pengarna betalas upp till det beviljade "
        "beloppet."
    )


def _contact(desk: Desk, file: ApplicationFile) -> Contact:
    """Who answers questions: the region's coordinator, else its economist."""
    region = file.subject.definition.region
    region_id = regions.by_slug(desk.session, region).id
    for role in (Role.COORDINATOR, Role.ECONOMIST):
        found: list[PersonRow] = persons.holders(desk.session, region_id, [role], desk.today)
        if found:
            return Contact(found[0].name, capital(role_title(role, region)), found[0].email)
    return Contact(region_title(region), "", "")
