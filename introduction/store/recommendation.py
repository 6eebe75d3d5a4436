"""National recommendations. Every one that is issued is a new version; none is ever overwritten."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.fields import GRADE_SCALES, GRADES, LEVELS, RARITY, RECOMMENDATION_FIELDS, SEVERITY
from introduction.store.base import Base, PartialDate, UtcDateTime, fact_checks, fact_columns, one_of
from introduction.store.noun import NounRow

ROUTES = ("hospital_medicine", "benefit_medicine")


class Recommendation(NounRow, Base):
    """The national process for one medicine and indication."""

    __table__ = Table(
        "recommendation",
        Base.metadata,
        Column("id", ForeignKey("process_instance.id"), primary_key=True),
        Column("public_number", String(24), unique=True, nullable=False),
        Column("medicine_id", ForeignKey("medicine.id"), nullable=False),
        Column("indication_id", ForeignKey("indication.id"), nullable=False),
        Column("route", String(20), nullable=False),
        Column("example", Boolean, nullable=False, server_default=false()),
        Column("recorded_afterwards", Boolean, nullable=False, server_default=false()),
        Column("sort_key", String(160), nullable=False, index=True),
        Column("search_text", Text, nullable=False),
        *fact_columns(RECOMMENDATION_FIELDS.values()),
        *fact_checks(RECOMMENDATION_FIELDS.values()),
        one_of("route", ROUTES),
    )

    if TYPE_CHECKING:
        id: Mapped[int]
        public_number: Mapped[str]
        medicine_id: Mapped[int]
        indication_id: Mapped[int]
        route: Mapped[str]
        example: Mapped[bool]
        recorded_afterwards: Mapped[bool]
        sort_key: Mapped[str]
        search_text: Mapped[str]
        expected_approval: Mapped[date | None]
        reassess_by: Mapped[date | None]

        def __init__(self, **values: Any) -> None: ...


class RecommendationVersion(Base):
    """What the council (or TLV) said on a day. The name of the grading scale is kept with the grades.

    Two scales run in opposite ways: on the older, low reliability is bad; on the newer, high uncertainty is.
    """

    __tablename__ = "recommendation_version"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "version"),
        one_of("level", LEVELS),
        one_of("severity", SEVERITY),
        one_of("rarity", RARITY),
        one_of("grade_scale", GRADE_SCALES),
        one_of("clinical_grade", GRADES),
        one_of("economic_grade", GRADES),
        CheckConstraint(
            "grade_scale IS NOT NULL OR (clinical_grade IS NULL AND economic_grade IS NULL)", name="grades_have_scale"
        ),
        CheckConstraint("version >= 1", name="version_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    version: Mapped[int]
    level: Mapped[str] = mapped_column(String(24))
    wording: Mapped[str] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[str | None] = mapped_column(PartialDate)
    severity: Mapped[str | None] = mapped_column(String(12))
    rarity: Mapped[str | None] = mapped_column(String(12))
    grade_scale: Mapped[str | None] = mapped_column(String(12))
    clinical_grade: Mapped[str | None] = mapped_column(String(12))
    economic_grade: Mapped[str | None] = mapped_column(String(12))
    cost_per_qaly_ore: Mapped[int | None] = mapped_column(BigInteger)
    comparator: Mapped[str | None] = mapped_column(String(300))
    agreement_exists: Mapped[bool | None]
    source: Mapped[str | None] = mapped_column(String(500))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def by_number(session: Session, number: str) -> Recommendation:
    """The recommendation of a public number. Raises NotFound."""
    found = session.scalar(select(Recommendation).where(Recommendation.__table__.c.public_number == number))
    if found is None:
        raise NotFound(f"recommendation {number}")
    return found


def versions_of(session: Session, recommendation_id: int) -> list[RecommendationVersion]:
    """The chain of versions, oldest first."""
    row = RecommendationVersion
    query = select(row).where(row.recommendation_id == recommendation_id).order_by(row.version)
    return list(session.scalars(query))


def last_version(session: Session, recommendation_id: int) -> RecommendationVersion | None:
    """The version that holds now; None before the first."""
    row = RecommendationVersion
    query = select(row).where(row.recommendation_id == recommendation_id)
    return session.scalar(query.order_by(row.version.desc()).limit(1))
