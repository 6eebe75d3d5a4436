"""Lists of recommendations: one query, plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from introduction.domain.swedish import fold
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.recommendation import ROUTES, Recommendation, RecommendationVersion

_row = Recommendation.__table__.c


@dataclass(frozen=True)
class RecommendationRow:
    """A recommendation with the version that holds now (None before the first)."""

    number: str
    medicine: str
    indication: str
    atc: str | None
    route: str
    definition_id: str
    definition_version: int
    stage: str
    next_due_on: date | None
    level: str | None
    issued_on: str | None
    version: int | None
    example: bool


def _narrowed(text: str, route: str) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true()]
    parts += [_row.search_text.contains(word, autoescape=True) for word in fold(text).split()[:8]]
    if route in ROUTES:
        parts.append(_row.route == route)
    return and_(*parts)


def rows(session: Session, text: str, route: str, *, limit: int, offset: int) -> list[RecommendationRow]:
    """Some recommendations in Swedish order by the medicine's name."""
    version = RecommendationVersion
    newest = (
        select(func.max(version.version))
        .where(version.recommendation_id == _row.id)
        .correlate(Recommendation)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        _row.public_number,
        Medicine.name,
        Indication.text,
        Medicine.atc,
        _row.route,
        Instance.definition_id,
        Instance.definition_version,
        Instance.stage,
        Instance.next_due_on,
        version.level,
        version.issued_on,
        version.version,
        _row.example,
    )
    query = (
        select(*columns)
        .select_from(Recommendation)
        .join(Instance, Instance.id == _row.id)
        .join(Medicine, Medicine.id == _row.medicine_id)
        .join(Indication, Indication.id == _row.indication_id)
        .outerjoin(version, and_(version.recommendation_id == _row.id, version.version == newest))
        .where(_narrowed(text, route))
        .order_by(_row.sort_key, _row.id)
        .limit(limit)
        .offset(offset)
    )
    return [RecommendationRow(*found) for found in session.execute(query)]


def count(session: Session, text: str, route: str) -> int:
    """How many recommendations the same filter finds."""
    return session.scalar(select(func.count()).select_from(Recommendation).where(_narrowed(text, route))) or 0
