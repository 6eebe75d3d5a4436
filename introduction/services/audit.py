"""Seals the chains of events, and verifies them: any change to what was sealed is named.

A seal is a line in a file outside the database: the heads of the chains that have grown since the last one, the code
of the line before, and a message authentication code (HMAC-SHA256) under a key that is not in the database either. The
database notes each seal's number and code, so that a line missing at the end of the file is noticed.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from introduction.store import disposal, event, instance, region
from introduction.store import seal as store
from introduction.store.region import NO_HASH

#: The name under which problems of the file of seals itself are listed.
SEALS = "seals"
_Head = tuple[int, str]
_Walked = tuple[str, int, str, str, str]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written: in which chain, at which number, and what."""

    stream: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.stream}{f' {self.seq}' if self.seq is not None else ''}: {self.what}"


@dataclass(frozen=True)
class Report:
    """What a verification found. ``unsealed`` counts the events after the last seal: only their chain protects them."""

    events: int
    seals: int
    unsealed: int
    last_sealed_at: str | None
    problems: tuple[Problem, ...]

    def as_data(self) -> dict[str, Any]:
        """The report for a script."""
        return asdict(self)


@dataclass(frozen=True)
class _Line:
    """A line of the file of seals."""

    number: int
    sealed_at: str
    count: int
    heads: dict[str, _Head]
    previous: str
    mac: str = ""

    def code(self, key: str) -> str:
        """What the line's code should be."""
        content = {name: value for name, value in asdict(self).items() if name != "mac"}
        return hmac.new(key.encode(), event.canonical(content).encode(), "sha256").hexdigest()


@dataclass(frozen=True)
class _Promise:
    """What a seal says of a chain: the hash of its event of a number."""

    seq: int
    hash: str
    line: _Line


# ------------------------------------------------------------------------------------- sealing


def seal(session: Session, path: Path, key: str, now: datetime) -> int:
    """Append a seal over all chains to the file, forced to disk. Returns its number.

    In a writing transaction, which the caller commits. A line that a crash left half-written is cut off first.
    """
    store.lock_seals(session)
    _cut_half_line(path)
    lines = [line for line in _read(path) if isinstance(line, _Line)]
    noted = {row.number for row in store.seals(session)}
    heads = event.heads(session)
    for line in lines:  # a crash between the file and the commit left the line without its note
        if line.number not in noted and _holds(line, heads) and line.mac == line.code(key):
            _note(session, line, now)
    known = {stream: head for line in lines for stream, head in line.heads.items()}
    line = _Line(
        number=max([0, *noted, *(line.number for line in lines)]) + 1,
        sealed_at=event.moment_text(now),
        count=event.count(session),
        heads={stream: head for stream, head in heads.items() if known.get(stream) != head},
        previous=lines[-1].mac if lines else NO_HASH,
    )
    line = _Line(**{**line.__dict__, "mac": line.code(key)})
    _note(session, line, now)
    session.flush()
    _append(path, event.canonical(asdict(line)))
    return line.number


def last_sealed_at(path: Path) -> datetime | None:
    """When the last seal in the file was made, as the line says; None when there is none."""
    lines = [line for line in _read(path) if isinstance(line, _Line)]
    return datetime.fromisoformat(lines[-1].sealed_at) if lines else None


def _holds(line: _Line, heads: dict[str, _Head]) -> bool:
    return all(stream in heads and heads[stream][0] >= seq for stream, (seq, _hash) in line.heads.items())


def _note(session: Session, line: _Line, now: datetime) -> None:
    session.add(store.Seal(number=line.number, mac=line.mac, sealed_at=now))


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, text.encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut_half_line(path: Path) -> None:
    content = path.read_bytes() if path.exists() else b""
    if content and not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _read(path: Path) -> Iterator[_Line | int]:
    """The lines of the file; for one that cannot be read, its place counted from one."""
    if not path.exists():
        return
    for place, text in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            content = json.loads(text)
            content["heads"] = {str(stream): (int(seq), str(head)) for stream, (seq, head) in content["heads"].items()}
            yield _Line(**content)
        except (ValueError, TypeError, KeyError, AttributeError):
            yield place


# ------------------------------------------------------------------------------------- verifying


def verify(session: Session, path: Path, key: str) -> Report:
    """Walk every chain and compare it with itself, with the rows that carry its head, and with the seals.

    In one snapshot (store.database.begin_snapshot). Names changed bodies, broken links, gaps, cut tails, chains
    that are gone without a tombstone, heads that do not agree, altered or missing seals, and a database that is
    older than the seals.
    """
    file = _SealFile()
    file.check(path, key, {row.number: row.mac for row in store.seals(session)})
    walk = _Walk(file.promises)
    walk.all(event.walk(session))
    rows = instance.heads(session) | region.heads(session)
    problems = [
        *file.problems,
        *walk.problems,
        *_rows_differ(walk.heads, rows, walk.tombstones),
        *_short(walk, file),
        *_disposals(session, walk, rows),
    ]
    last = file.lines[-1].sealed_at if file.lines else None
    return Report(walk.events, len(file.lines), walk.unsealed, last, tuple(problems))


@dataclass
class _SealFile:
    """The file of seals: its lines that can be trusted, and what is wrong with the others."""

    lines: list[_Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    promises: dict[str, dict[int, _Promise]] = field(default_factory=dict)
    unknown: list[_Line] = field(default_factory=list)  #: lines that the database does not know of

    def check(self, path: Path, key: str, noted: dict[int, str]) -> None:
        """Read the file and compare each line with its code, its neighbour and the database's note of it."""
        previous, seen = NO_HASH, set()
        for line in _read(path):
            if isinstance(line, int):
                self._name(None, f"line {line} of the file cannot be read")
                continue
            seen.add(line.number)
            if line.previous != previous:
                self._name(line.number, "does not follow on the seal before it: a line was removed, added or moved")
            previous = line.mac
            if not hmac.compare_digest(line.mac, line.code(key)):
                self._name(line.number, "the seal was altered, or made with another key")
                continue
            self._trust(line, noted)
        for number in sorted(set(noted) - seen):
            self._name(number, "the seal was made and is missing from the file")

    def _trust(self, line: _Line, noted: dict[int, str]) -> None:
        if line.number not in noted:
            self.unknown.append(line)
        elif noted[line.number] != line.mac:
            self._name(line.number, "is not the seal that was made under this number")
        self.lines.append(line)
        for stream, (seq, hashed) in line.heads.items():
            self.promises.setdefault(stream, {})[seq] = _Promise(seq, hashed, line)

    def _name(self, number: int | None, what: str) -> None:
        self.problems.append(Problem(SEALS, number, what))


@dataclass
class _Walk:
    """One pass over all events."""

    promises: dict[str, dict[int, _Promise]]
    events: int = 0
    unsealed: int = 0
    problems: list[Problem] = field(default_factory=list)
    heads: dict[str, _Head] = field(default_factory=dict)
    tombstones: dict[str, _Head] = field(default_factory=dict)

    def all(self, events: Iterable[_Walked]) -> None:
        """Walk chain by chain."""
        for stream, chain in groupby(events, key=lambda walked: walked[0]):
            promised = self.promises.get(stream, {})
            last_sealed = max(promised, default=0)
            seq, hashed = 0, NO_HASH
            for walked in chain:
                seq, hashed = self._one(walked, seq, hashed, promised.get(walked[1]))
                self.events += 1
                self.unsealed += seq > last_sealed
            self.heads[stream] = seq, hashed

    def _one(self, walked: _Walked, before: int, previous: str, promise: _Promise | None) -> _Head:
        stream, seq, body, linked, hashed = walked
        if seq != before + 1:
            missing = f"{before + 1}" if seq == before + 2 else f"{before + 1} to {seq - 1}"
            self._name(stream, before + 1, f"missing: there is no event {missing}")
        elif linked != previous:
            self._name(stream, seq, "the link to the event before is broken")
        if event.link(linked, body) != hashed:
            self._name(stream, seq, "the body was changed")
        if promise is not None and promise.hash != hashed:
            self._name(stream, seq, f"is not the event that seal {promise.line.number} was put on")
        if event.TOMBSTONE in body:
            self._read_tombstone(body)
        return seq, hashed

    def _read_tombstone(self, body: str) -> None:
        content = json.loads(body)
        if content.get("kind") == event.TOMBSTONE:
            self.tombstones[content["stream"]] = content["head_seq"], content["head_hash"]

    def _name(self, stream: str, seq: int | None, what: str) -> None:
        self.problems.append(Problem(stream, seq, what))


def _rows_differ(chains: dict[str, _Head], rows: dict[str, _Head], tombstones: dict[str, _Head]) -> Iterator[Problem]:
    for stream in sorted(chains.keys() | rows.keys()):
        last, row = chains.get(stream, (0, NO_HASH)), rows.get(stream)
        if row is None:
            if stream not in tombstones:
                yield Problem(stream, None, "there are events and no row that they belong to")
        elif row != last:
            yield Problem(stream, row[0], f"the row says that this is the last event, the chain ends at {last[0]}")


def _short(walk: _Walk, file: _SealFile) -> Iterator[Problem]:
    """Chains that end before what was sealed, or are gone."""
    older = False
    for stream, promised in sorted(file.promises.items()):
        promise = promised[max(promised)]
        last = walk.heads.get(stream, (0, NO_HASH))[0]
        if last >= promise.seq:
            continue
        if stream in walk.tombstones:
            yield from _tombstone_differs(stream, walk.tombstones[stream], promise)
            continue
        older = older or promise.line in file.unknown
        told = f"seal {promise.line.number} of {promise.line.sealed_at} was put on event {promise.seq}"
        if last:
            yield Problem(stream, last + 1, f"the end of the chain is cut off: {told}")
        else:
            yield Problem(stream, None, f"the whole chain is gone, without a tombstone: {told}")
    if older:
        first = file.unknown[0]
        yield Problem(
            SEALS, first.number, f"the database is older than this seal of {first.sealed_at}: restored from a backup?"
        )


def _tombstone_differs(stream: str, tombstone: _Head, promise: _Promise) -> Iterator[Problem]:
    seq, hashed = tombstone
    if seq < promise.seq or (seq == promise.seq and hashed != promise.hash):
        yield Problem(stream, seq, f"the tombstone does not agree with seal {promise.line.number}")


def _disposals(session: Session, walk: _Walk, rows: dict[str, _Head]) -> Iterator[Problem]:
    for stream in disposal.left_open(session):
        yield Problem(stream, None, "its disposal was begun and never ended: its events can be deleted")
    for stream in disposal.streams(session):
        if stream not in walk.tombstones:
            yield Problem(stream, None, "disposed of without a tombstone")
    for stream in sorted(walk.tombstones):
        if stream in walk.heads or stream in rows:
            yield Problem(stream, None, "there is a tombstone, and yet there are rows")
