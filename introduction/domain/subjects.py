"""What follows a process: the kinds of thing that there are, and what sets them apart for the rules."""

from __future__ import annotations

from dataclasses import dataclass

from introduction.domain.fields import APPLICATION_FIELDS, CASE_FIELDS, CLAIM_FIELDS, RECOMMENDATION_FIELDS, Field
from introduction.domain.messages import Message, say
from introduction.domain.roles import Right


@dataclass(frozen=True)
class SubjectKind:
    """A kind of thing that follows a process."""

    title: Message
    definite: Message  #: the same with the article: ``ärendet``
    fields: dict[str, Field]  #: the facts that can be told of it
    view: Right  #: what it takes to see one
    attach: Right  #: what it takes to add files to one
    has_phases: bool = False  #: its stages belong to the five phases
    has_treating_units: bool = False
    names: frozenset[str] = frozenset()  #: those whom it can name as told or reminded, beside roles
    links: frozenset[str] = frozenset()  #: how one that grows out of another can be linked to it


SUBJECTS: dict[str, SubjectKind] = {
    "case": SubjectKind(
        say("Ärende"),
        say("Ärendet"),
        CASE_FIELDS,
        view=Right.VIEW_CASE,
        attach=Right.COMMENT,
        has_phases=True,
        has_treating_units=True,
        names=frozenset({"owner", "unit_head", "contact_person"}),
        links=frozenset({"renominated_from", "widened_from"}),
    ),
    "recommendation": SubjectKind(
        say("Rekommendation"),
        say("Rekommendationen"),
        RECOMMENDATION_FIELDS,
        view=Right.VIEW_RECOMMENDATION,
        attach=Right.EDIT_RECOMMENDATION,
    ),
    "funding_application": SubjectKind(
        say("Ansökan"),
        say("Ansökan"),
        APPLICATION_FIELDS,
        view=Right.VIEW_APPLICATION,
        attach=Right.APPLY,
        names=frozenset({"unit_head"}),
        links=frozenset({"renewed_from", "reconsidered_from"}),
    ),
    "claim": SubjectKind(
        say("Rekvisition"),
        say("Rekvisitionen"),
        CLAIM_FIELDS,
        view=Right.VIEW_CLAIM,
        attach=Right.CLAIM,
        names=frozenset({"unit_head"}),
    ),
}


def fields_of(subject: str) -> dict[str, Field]:
    """The facts of a subject. KeyError when there is none of the name."""
    return SUBJECTS[subject].fields
