"""Fills the letter about an application from the decision that is stored."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext

from introduction.documents.decision_letter import Contact, LetterTold, Money, Saving
from introduction.documents.printing import Letterhead
from introduction.domain.errors import NotFound
from introduction.domain.roles import Role
from introduction.services import claim_ground
from introduction.services.application_files import ApplicationFile
from introduction.services.desk import Desk
from introduction.store import person as persons
from introduction.store import region as regions
from introduction.store.person import PersonRow
from introduction.web.application_words import claiming
from introduction.web.words import region_title, role_title, tell


def told(desk: Desk, file: ApplicationFile) -> LetterTold:
    """The last decision as the letter tells it. Raises NotFound while nothing is decided."""
    last = file.last_decision
    if last is None:
        raise NotFound(f"decision on {file.subject.number}")
    row, now = file.application, file.subject.situation
    refused = last.outcome == "refused"
    until = claim_ground.claimed_until(row.budget_year, file.subject.region) if row.budget_year else None
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
        claiming="" if refused else _claiming(granted, until),
        reconsider_step=_reconsider_step(file),
        reconsider_until=until,
        savings=tuple(
            Saving(saving.title, saving.owner, saving.amount_ore, saving.by_day)
            for saving in file.savings
            if saving.confirmed_at is not None and saving.state != "not_possible"
        ),
        contact=_contact(desk, file),
    )


def _claiming(granted: Money, until: date | None) -> str:
    """What to do to get the money: of which days, how much, and by when."""
    how = gettext(
        "Välj Rekvirera på ansökans sida och bifoga underlag för vad läkemedlet och det som det ersätter har kostat."
    )
    if granted.first is None or granted.last is None or until is None:
        return how
    return f"{claiming(granted.first, granted.last, granted.ore, until)} {how}"


def _reconsider_step(file: ApplicationFile) -> str:
    """What asking for reconsideration is called; nothing where the process has no such step."""
    steps = (growth for growth in file.subject.definition.follow_on if growth.link == "reconsidered_from")
    return next((tell(growth.title) for growth in steps), "")


def _contact(desk: Desk, file: ApplicationFile) -> Contact:
    """Who answers questions: the region's coordinator, else its economist."""
    region = file.subject.definition.region
    region_id = regions.by_slug(desk.session, region).id
    for role in (Role.COORDINATOR, Role.ECONOMIST):
        found: list[PersonRow] = persons.holders(desk.session, region_id, [role], desk.today)
        if found:
            return Contact(found[0].name, role_title(role, region), found[0].email)
    return Contact(region_title(region), "", "")
