"""Regions and their bodies, as loaded from the region files."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.base import Base, one_of

NO_HASH = "0" * 64


class RegionRow(Base):
    """A region. It also carries the head of its own chain of events (administration, sign-in, readings)."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(48), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    prefix: Mapped[str] = mapped_column(String(6), unique=True)
    county_code: Mapped[str | None] = mapped_column(String(2))
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64), default=NO_HASH)

    @property
    def stream(self) -> str:
        """The name of the region's chain of events."""
        return f"region:{self.id}"


class BodyRow(Base):
    """A body of a region (council, board, group)."""

    __tablename__ = "body"
    __table_args__ = (
        UniqueConstraint("region_id", "key"),
        one_of("does", ("prepares", "proposes", "forwards", "decides", "carries_out")),
        one_of("how", ("vote", "consensus", "official")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    key: Mapped[str] = mapped_column(String(48))
    name: Mapped[str] = mapped_column(String(160))
    does: Mapped[str] = mapped_column(String(12))
    how: Mapped[str] = mapped_column(String(12))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


def by_slug(session: Session, slug: str) -> RegionRow:
    """The region of a folder name. Raises NotFound."""
    region = session.scalar(select(RegionRow).where(RegionRow.slug == slug))
    if region is None:
        raise NotFound(f"region {slug}")
    return region


def lock(session: Session, region_id: int) -> RegionRow:
    """The region, locked until the transaction ends (SQLite: the write lock is held already). Raises NotFound."""
    # Not against others who write rows that point at the region: two of them would each wait for the other here.
    query = select(RegionRow).where(RegionRow.id == region_id).with_for_update(key_share=True)
    region = session.scalar(query.execution_options(populate_existing=True))
    if region is None:
        raise NotFound(f"region {region_id}")
    return region


def all_regions(session: Session) -> list[RegionRow]:
    """Every region, by name."""
    return list(session.scalars(select(RegionRow).order_by(RegionRow.name)))


def bodies_of(session: Session, region_id: int) -> list[BodyRow]:
    """A region's bodies, those that have ended too."""
    return list(session.scalars(select(BodyRow).where(BodyRow.region_id == region_id).order_by(BodyRow.id)))


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """What every region's row says of the last event of its chain: its number and hash."""
    query = select(RegionRow.id, RegionRow.head_seq, RegionRow.head_hash)
    return {f"region:{region_id}": (seq, hashed) for region_id, seq, hashed in session.execute(query)}
