"""Medicines and their indications. ATC codes are checked for form only."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.swedish import fold, sort_key
from introduction.store.base import Base, insert_if_new


class Medicine(Base):
    """A medicine, by the name that people know it under."""

    __tablename__ = "medicine"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(String(160), unique=True)
    sort_key: Mapped[str] = mapped_column(String(160))
    substance: Mapped[str | None] = mapped_column(String(300))
    atc: Mapped[str | None] = mapped_column(String(40), index=True)
    example: Mapped[bool] = mapped_column(default=False)


class Indication(Base):
    """What a medicine is used for: a case or recommendation is about one of them."""

    __tablename__ = "indication"
    __table_args__ = (UniqueConstraint("medicine_id", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    medicine_id: Mapped[int] = mapped_column(ForeignKey("medicine.id"))
    text: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)


def find_or_add(
    session: Session, name: str, substance: str | None, atc: str | None, *, example: bool = False
) -> Medicine:
    """The medicine of a name, added when it is new. What is not known of it yet is filled in."""
    known = select(Medicine).where(Medicine.folded == fold(name))
    medicine = session.scalar(known)
    if medicine is None:
        insert_if_new(session, Medicine, name=name, folded=fold(name), sort_key=sort_key(name), example=example)
        medicine = session.scalars(known).one()
    medicine.substance = medicine.substance or substance
    medicine.atc = medicine.atc or atc
    session.flush()
    return medicine


def find_or_add_indication(session: Session, medicine: Medicine, text: str) -> Indication:
    """The medicine's indication of a wording, added when it is new."""
    query = select(Indication).where(Indication.medicine_id == medicine.id, Indication.folded == fold(text))
    indication = session.scalar(query)
    if indication is None:
        insert_if_new(session, Indication, medicine_id=medicine.id, text=text, folded=fold(text))
        indication = session.scalars(query).one()
    return indication
