"""The ground of every table: names of constraints, types for time and lists, columns for facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine

from introduction.domain.fields import Field, Kind


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Naive ones are refused; stored without zone, in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Put the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class WordList(TypeDecorator[tuple[str, ...]]):
    """A few words in order, as a JSON array in text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """Write the words."""
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Read the words."""
        return None if value is None else tuple(json.loads(value))


class NumberMap(TypeDecorator[dict[str, int]]):
    """Whole numbers by name, as a JSON object in text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, int] | None, dialect: Dialect) -> str | None:
        """Write the numbers."""
        return None if value is None else json.dumps(dict(value), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, int] | None:
        """Read the numbers."""
        return None if value is None else dict(json.loads(value))


#: A date of any precision (domain.partial): "2019", "2019-07" or "2019-07-04".
PartialDate = String(10)


def insert_if_new(session: Session, table: type[Base], **values: Any) -> None:
    """Insert a row unless one with the same unique key is there. Of two at once, the second waits for the first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())


def one_of(column: str, values: Iterable[str], *, name: str | None = None) -> CheckConstraint:
    """The column holds one of the values, or nothing where it may be empty."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def fact_columns(fields: Iterable[Field]) -> list[Column[Any]]:
    """A nullable column for each field of the catalogue: null means "not known"."""
    return [column for field in fields if (column := _column(field)) is not None]


def fact_checks(fields: Iterable[Field]) -> list[CheckConstraint]:
    """Check constraints for the choices and bounds of the fields."""
    checks = []
    for field in fields:
        if field.kind is Kind.CHOICE:
            checks.append(one_of(field.key, dict(field.choices)))
        elif field.kind is Kind.WHOLE:
            checks.append(
                CheckConstraint(f"{field.key} BETWEEN {field.low} AND {field.high}", name=f"{field.key}_bounds")
            )
    return checks


_TYPES: dict[Kind, type[TypeEngine[Any]]] = {
    Kind.LONG_TEXT: Text,
    Kind.YES_NO: Boolean,
    Kind.CHOICES: WordList,
    Kind.WHOLE: Integer,
    Kind.MONEY: BigInteger,
    Kind.DATE: Date,
    Kind.QUANTITY: BigInteger,
    Kind.COUNTS: NumberMap,
    Kind.QUANTITIES: NumberMap,
    Kind.MONTHS: NumberMap,
}


def _column(field: Field) -> Column[Any] | None:
    match field.kind:
        case Kind.UNITS:
            return None  # rows of their own
        case Kind.TEXT:
            return Column(field.key, String(field.longest))
        case Kind.CHOICE:
            return Column(field.key, String(40))
        case Kind.PERSON:
            return Column(field.key, ForeignKey("person.id"))
        case Kind.UNIT:
            return Column(field.key, ForeignKey("unit.id"))
    return Column(field.key, _TYPES[field.kind])
