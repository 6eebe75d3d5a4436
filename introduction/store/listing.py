"""Lists of cases: one query each, plain rows, a constant number of statements whatever the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from introduction.domain.roles import Visible
from introduction.domain.swedish import fold
from introduction.store.case import Case, TreatingUnit
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.person import PersonRow
from introduction.store.region import RegionRow

_case = Case.__table__.c


@dataclass(frozen=True)
class CaseRow:
    """A case as lists show it."""

    id: int
    number: str
    medicine: str
    indication: str
    atc: str | None
    region: str
    region_id: int
    definition_id: str
    definition_version: int
    stage: str
    phase: str
    owner: str | None
    stage_entered_on: date
    next_due_on: date | None
    financed_until: date | None
    closed_on: date | None
    example: bool
    recorded_afterwards: bool


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; it lives in the address. Empty means everything."""

    text: str = ""
    phase: str = ""
    stage: str = ""  #: ``definition id/stage id``
    region: str = ""
    owner: int | None = None
    atc: str = ""
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    late: bool = False
    kind: str = ""  #: "example", "real" or "recorded"
    closed: str = ""  #: "": open and closed; "open"; "closed"

    def only(self, **changes: Any) -> CaseFilter:
        """The same filter with some parts changed."""
        return replace(self, **changes)


def _columns() -> tuple[ColumnElement[Any], ...]:
    return (
        Instance.id,
        _case.public_number,
        Medicine.name,
        Indication.text,
        Medicine.atc,
        RegionRow.name,
        Instance.region_id,
        Instance.definition_id,
        Instance.definition_version,
        Instance.stage,
        _case.phase,
        PersonRow.name,
        Instance.stage_entered_on,
        Instance.next_due_on,
        _case.financed_until,
        Instance.closed_on,
        _case.example,
        _case.recorded_afterwards,
    )  # type: ignore[return-value]


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Case)
        .join(Instance, Instance.id == _case.id)
        .join(Medicine, Medicine.id == _case.medicine_id)
        .join(Indication, Indication.id == _case.indication_id)
        .join(RegionRow, RegionRow.id == _case.region_id)
        .outerjoin(PersonRow, PersonRow.id == _case.owner_id)
    )


def seen_by(visible: Visible) -> ColumnElement[bool]:
    """The condition that a case may be listed for somebody who sees what ``visible`` says."""
    parts: list[ColumnElement[bool]] = []
    if visible.region_ids:
        parts.append(_case.region_id.in_(sorted(visible.region_ids)))
    if visible.unit_ids:
        units = sorted(visible.unit_ids)
        parts.append(_case.nominating_unit_id.in_(units))
        parts.append(_case.id.in_(select(TreatingUnit.case_id).where(TreatingUnit.unit_id.in_(units))))
    return or_(*parts) if parts else false()


def _narrowed(wanted: CaseFilter, today: date) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true()]
    parts += [_case.search_text.contains(word, autoescape=True) for word in fold(wanted.text).split()[:8]]
    if wanted.phase:
        parts.append(_case.phase == wanted.phase)
    if wanted.stage:
        definition_id, _, stage = wanted.stage.partition("/")
        parts.append(and_(Instance.definition_id == definition_id, Instance.stage == stage))
    if wanted.region:
        parts.append(RegionRow.slug == wanted.region)
    if wanted.owner is not None:
        parts.append(_case.owner_id == wanted.owner)
    if wanted.atc:
        parts.append(Medicine.atc.startswith(wanted.atc.upper(), autoescape=True))
    if wanted.unit_ids:
        treats = select(TreatingUnit.case_id).where(TreatingUnit.unit_id.in_(sorted(wanted.unit_ids)))
        parts.append(or_(_case.nominating_unit_id.in_(sorted(wanted.unit_ids)), _case.id.in_(treats)))
    if wanted.late:
        parts.append(Instance.next_due_on < today)
    return and_(*parts, *_of_kind(wanted))


def _of_kind(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if wanted.kind == "example":
        parts.append(_case.example)
    if wanted.kind == "real":
        parts.append(~_case.example)
    if wanted.closed:
        parts.append(Instance.closed_on.is_(None) if wanted.closed == "open" else Instance.closed_on.is_not(None))
    return parts


_ORDERS: dict[str, tuple[Any, ...]] = {
    "name": (_case.sort_key, _case.id),
    "due": (Instance.next_due_on.is_(None), Instance.next_due_on, _case.sort_key, _case.id),
    "newest": (Instance.opened_on.desc(), _case.id.desc()),
}
ORDERS: Sequence[str] = tuple(_ORDERS)


def cases(
    session: Session,
    visible: Visible,
    wanted: CaseFilter,
    today: date,
    *,
    order: str = "name",
    limit: int = 50,
    offset: int = 0,
) -> list[CaseRow]:
    """The cases that somebody may see and has asked for, in Swedish order by name unless another is named."""
    query = _joined(select(*_columns())).where(seen_by(visible), _narrowed(wanted, today))
    query = query.order_by(*_ORDERS[order]).limit(limit).offset(offset)
    return [CaseRow(*row) for row in session.execute(query)]


def count(session: Session, visible: Visible, wanted: CaseFilter, today: date) -> int:
    """How many cases the same filter finds. Only what the filter asks about is joined: it counts every row."""
    query = select(func.count()).select_from(Case)
    if wanted.stage or wanted.late or wanted.closed:
        query = query.join(Instance, Instance.id == _case.id)
    if wanted.atc:
        query = query.join(Medicine, Medicine.id == _case.medicine_id)
    if wanted.region:
        query = query.join(RegionRow, RegionRow.id == _case.region_id)
    return session.scalar(query.where(seen_by(visible), _narrowed(wanted, today))) or 0


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, CaseRow]:
    """Some cases by id, whoever asks: the caller has asked for what may be seen."""
    query = _joined(select(*_columns())).where(_case.id.in_(ids))
    return {row[0]: CaseRow(*row) for row in session.execute(query)}


def owners(session: Session, visible: Visible) -> list[tuple[int, str]]:
    """The people who own a case that somebody may see, by name."""
    owns = exists().where(_case.owner_id == PersonRow.id, seen_by(visible))
    query = select(PersonRow.id, PersonRow.name).where(owns).order_by(PersonRow.name)
    return [(person_id, name) for person_id, name in session.execute(query)]


def resting_on(session: Session, visible: Visible, recommendation_id: int) -> list[CaseRow]:
    """The cases that rest on a recommendation and that somebody may see."""
    query = _joined(select(*_columns())).where(seen_by(visible), _case.recommendation_id == recommendation_id)
    return [CaseRow(*row) for row in session.execute(query.order_by(_case.sort_key, _case.id))]
