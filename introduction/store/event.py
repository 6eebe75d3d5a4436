"""Events: append-only, one chain for each process instance and one for each region.

The body is canonical JSON text and the stored bytes are what is hashed, so that any change shows.
Triggers refuse every UPDATE and DELETE; the table is made in its final form and never rebuilt.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import String, Text, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base

FORMAT = 1
#: The kind of the event that stands for a whole chain that was disposed of.
TOMBSTONE = "instance_disposed"


class Event(Base):
    """One thing that happened."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def content(self) -> dict[str, Any]:
        """The body as values."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Chained(Protocol):
    """What carries the head of a chain: an instance or a region."""

    head_seq: Any
    head_hash: Any

    @property
    def stream(self) -> str:
        """The chain's name."""


@dataclass(frozen=True)
class NewEvent:
    """Something to be appended: its kind, who did it (None: the clock or the system), and what."""

    kind: str
    by: int | None
    what: Mapping[str, Any]
    happened_on: str | None = None  #: a date of any precision; without it, the day of recording


def canonical(content: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces, NFC, no floats, UTC times with six decimals."""
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(part) for part in value]
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def moment_text(moment: datetime) -> str:
    """A moment as chains and seals write it: in UTC, with six decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(previous_hash: str, body: str) -> str:
    """The hash of an event that stands after another: SHA-256(previous hash, format version, body)."""
    return hashlib.sha256(f"{previous_hash}\n{FORMAT}\n{body}".encode()).hexdigest()


_APPENDED = insert(Event.__table__)  # type: ignore[arg-type]


def append(session: Session, head: Chained, events: Sequence[NewEvent], now: datetime, today: date) -> None:
    """Append events to a chain and move its head. The caller holds the lock on the head's row."""
    append_each(session, [(head, event) for event in events], now, today)


def append_each(session: Session, events: Iterable[tuple[Chained, NewEvent]], now: datetime, today: date) -> None:
    """Append events to chains, each to its own, in one statement. The caller holds the locks on the heads' rows."""
    rows = []
    for head, event in events:
        body = canonical(
            {
                **event.what,
                "kind": event.kind,
                "by": event.by,
                "recorded_at": now,
                "happened_on": event.happened_on or today,
            }
        )
        seq, previous = head.head_seq + 1, head.head_hash
        head.head_seq, head.head_hash = seq, link(previous, body)
        rows.append(
            {"stream": head.stream, "seq": seq, "body": body, "previous_hash": previous, "hash": head.head_hash}
        )
    if rows:
        session.connection().execute(_APPENDED, rows)  # straight to the table: nothing else is written before its time


def events_of(session: Session, stream: str) -> list[Event]:
    """A chain's events, oldest first."""
    return list(session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq)))


def walk(session: Session, streams: Iterable[str] | None = None) -> Iterator[tuple[str, int, str, str, str]]:
    """Every event as (stream, seq, body, previous hash, hash), chain by chain in order, in small batches."""
    columns = (Event.stream, Event.seq, Event.body, Event.previous_hash, Event.hash)
    query = select(*columns).order_by(Event.stream, Event.seq).execution_options(yield_per=2000)
    if streams is not None:
        query = query.where(Event.stream.in_(list(streams)))
    yield from session.execute(query)


def count(session: Session) -> int:
    """How many events there are."""
    return session.scalar(select(func.count()).select_from(Event)) or 0


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """The last event of every chain: its number and hash."""
    last = select(Event.stream, func.max(Event.seq).label("seq")).group_by(Event.stream).subquery()
    query = select(Event.stream, Event.seq, Event.hash)
    query = query.join(last, (last.c.stream == Event.stream) & (last.c.seq == Event.seq))
    return {stream: (seq, hashed) for stream, seq, hashed in session.execute(query)}
