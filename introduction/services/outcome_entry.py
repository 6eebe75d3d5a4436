"""Takes in outcomes: one that is typed, or a file of them, whole or not at all."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from introduction.domain.calendar import add_months, local_date
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.outcome import BadFile, Doubtful, Fault, Given, Usual, accept, doubts
from introduction.domain.roles import Right, Scope, can, demand
from introduction.domain.swedish import clean, fold
from introduction.services import log, outcome_telling, outcomes, results
from introduction.services.desk import Desk
from introduction.store import analysis as analyses
from introduction.store import case as cases
from introduction.store import outcome as store
from introduction.store.case import Case
from introduction.store.instance import lock
from introduction.store.outcome import Key, OutcomeImport, OutcomeMonth, Place
from introduction.store.region import RegionRow, all_regions

_NAMELESS = "utfall.csv"
WHICH_UNIT = say("Välj en enhet i ärendets region")


@dataclass(frozen=True)
class FileRow:
    """A row of a file: its number (the heading is row 1), case and unit as they are written, and what it says.

    Case and unit are empty, and the rest None, where that could not be read.
    """

    row: int
    case: str
    unit: str
    given: Given | None


@dataclass(frozen=True)
class OutcomeFile:
    """A file that was read: its rows, what could not be read in them, and its checksum."""

    rows: Sequence[FileRow]
    faults: Sequence[Fault]
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A row with its case and unit found."""

    row: int
    number: str
    key: Key
    given: Given


@dataclass
class Change:
    """What a case gets from a file."""

    number: str
    new: int = 0
    replaced: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Foreseen:
    """What a file would do. ``doubts`` must be confirmed by somebody before it is taken in."""

    entries: Sequence[Entry]
    standing: Mapping[Key, OutcomeMonth]
    cases: Sequence[Change]
    doubts: Sequence[Fault] = field(default_factory=tuple)

    @property
    def new(self) -> int:
        """How many rows are of a case, unit and month of which nothing stands yet."""
        return sum(change.new for change in self.cases)

    @property
    def replaced(self) -> int:
        """How many rows differ from what stands there."""
        return sum(change.replaced for change in self.cases)

    @property
    def unchanged(self) -> int:
        """How many rows say what stands there already."""
        return sum(change.unchanged for change in self.cases)


# ------------------------------------------------------------------------------------- one that is typed


def may_choose(desk: Desk, case: Case) -> list[Place]:
    """The units that the person may record outcomes of in a case, those that treat first; local roles: the own ones."""
    allowed = functools.partial(can, desk.by, Right.RECORD_OUTCOME)
    found = store.places(desk.session, case.region_id)
    own = [one for one in found if allowed(Scope(case.region_id, frozenset({one.id}))) is None]
    since = add_months(desk.today, -36)
    treating = set(cases.treating_unit_ids(desk.session, case.id))
    still = [one for one in own if one.valid_to is None or one.valid_to >= since]
    return sorted(still, key=lambda one: one.id not in treating)


def record(desk: Desk, case_id: int, unit_id: int | None, given: Given, *, confirmed: bool = False) -> OutcomeMonth:
    """Record what a case came to in a unit and month. A row that stands there is replaced, and kept.

    Raises NotAllowed; InvalidInput by field (month, unit, patients, quantity, cost, source); Doubtful, unless
    ``confirmed``, where something is odd; Refused where just this stands already.
    """
    instance = lock(desk.session, case_id)
    case = desk.session.get_one(Case, case_id)
    demand(desk.by, Right.VIEW_CASE, outcomes.scope_of(desk, case))
    places = {place.id: place for place in store.places(desk.session, case.region_id)}
    place = places.get(unit_id or 0)
    if place is None:
        raise InvalidInput(("unit", WHICH_UNIT))
    demand(desk.by, Right.RECORD_OUTCOME, Scope(case.region_id, frozenset({place.id})))
    given = accept(given, desk.today)
    if (reason := _not_there(place, given.month)) is not None:
        raise InvalidInput(("unit", reason))
    found = doubts(given, _usual(desk, [case_id]).get(case_id))
    if found and not confirmed:
        raise Doubtful(*found)
    old = store.standing_at(desk.session, (case_id, place.id, given.month))
    if old is not None and _says(old, given):
        raise Refused(say("Samma uppgifter står redan för enheten och månaden"))
    row = _row(desk, (case_id, place.id, given.month), given)
    store.replace(desk.session, [old] if old is not None else [], [row], desk.now)
    month = given.month.isoformat()[:7]
    log.record(desk, instance, "outcome_recorded", month=month, unit_id=place.id, replaced=old is not None)
    outcome_telling.tell_marks(desk, [case_id])
    return row


# ------------------------------------------------------------------------------------- a file


def own_regions(desk: Desk) -> list[RegionRow]:
    """The regions that the person may take in files for."""
    return [row for row in all_regions(desk.session) if can(desk.by, Right.RECORD_OUTCOME, Scope(row.id)) is None]


def foresee(desk: Desk, region_id: int, file: OutcomeFile) -> Foreseen:
    """What a region's file would do, without doing it.

    Raises NotAllowed; Refused for a file that was taken in before; BadFile with every row that cannot be taken in.
    """
    demand(desk.by, Right.RECORD_OUTCOME, Scope(region_id))
    before = store.import_of(desk.session, region_id, file.sha256)
    if before is not None:
        day = local_date(before.recorded_at)
        raise Refused(say("Filen är redan inläst {day}, med {rows} rader", day=day, rows=before.rows))
    entries = _found(desk, region_id, file)
    ids = {entry.key[0] for entry in entries}
    standing = {store.key_of(row): row for row in store.standing(desk.session, sorted(ids))}
    usual = _usual(desk, sorted(ids))
    odd = [
        Fault(entry.row, key, what) for entry in entries for key, what in doubts(entry.given, usual.get(entry.key[0]))
    ]
    return Foreseen(entries, standing, _by_case(entries, standing), odd)


def take_in(desk: Desk, region_id: int, file: OutcomeFile, file_name: str, *, confirmed: bool = False) -> Foreseen:
    """Take in a region's file, whole. Rows that differ from what stands there replace it; the old are kept.

    Raises what ``foresee`` raises; BadFile with what is odd unless it is ``confirmed``; Refused when nothing is new.
    """
    demand(desk.by, Right.RECORD_OUTCOME, Scope(region_id))
    known = store.numbered(desk.session, region_id, {row.case for row in file.rows})
    instances = {case_id: lock(desk.session, case_id) for case_id in sorted(known.values())}
    found = foresee(desk, region_id, file)
    if found.doubts and not confirmed:
        raise BadFile(found.doubts)
    changing = [entry for entry in found.entries if not _stands(found.standing, entry)]
    if not changing:
        raise Refused(say("Allt i filen står redan"))
    taken = OutcomeImport(
        region_id=region_id,
        file_name=clean(file_name)[-200:] or _NAMELESS,
        sha256=file.sha256,
        rows=len(found.entries),
        replaced=found.replaced,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(taken)
    desk.session.flush()
    old = [found.standing[entry.key] for entry in changing if entry.key in found.standing]
    store.replace(desk.session, old, [_row(desk, entry.key, entry.given, taken.id) for entry in changing], desk.now)
    for change in found.cases:
        if change.new or change.replaced:
            instance = instances[known[change.number]]
            log.record(
                desk, instance, "outcomes_imported", new=change.new, replaced=change.replaced, file=taken.file_name
            )
    log.record_in_region(
        desk,
        region_id,
        "outcome_file_imported",
        file=taken.file_name,
        sha256=file.sha256,
        new=found.new,
        replaced=found.replaced,
    )
    outcome_telling.tell_marks(desk, {entry.key[0] for entry in changing})
    return found


# ------------------------------------------------------------------------------------- the parts


def _row(desk: Desk, key: Key, given: Given, import_id: int | None = None) -> OutcomeMonth:
    return OutcomeMonth(
        case_id=key[0],
        unit_id=key[1],
        month=key[2],
        patients=given.patients,
        quantity_milli=given.quantity_milli,
        cost_ore=given.cost_ore,
        source=given.source,
        import_id=import_id,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )


def _says(row: OutcomeMonth, given: Given) -> bool:
    there = (row.patients, row.quantity_milli, row.cost_ore, row.source)
    return there == (given.patients, given.quantity_milli, given.cost_ore, given.source)


def _stands(standing: Mapping[Key, OutcomeMonth], entry: Entry) -> bool:
    return entry.key in standing and _says(standing[entry.key], entry.given)


def _usual(desk: Desk, case_ids: Sequence[int]) -> dict[int, Usual]:
    """The largest month of each approved forecast; with nothing in it nothing can be judged."""
    found = {}
    for case_id, row in analyses.approved(desk.session, case_ids).items():
        monthly = results.result_of(row).monthly
        found[case_id] = Usual(max(monthly.patients), 1000 * max(monthly.quantity), max(monthly.cost))
    return found


def _not_there(place: Place, month: date) -> Message | None:
    if place.valid_to is not None and place.valid_to < month:
        return say("Enheten upphörde {day}. Välj den som tog över", day=place.valid_to)
    if place.valid_from >= add_months(month, 1):
        return say("Enheten finns från {day}. Välj en annan enhet eller månad", day=place.valid_from)
    return None


def _found(desk: Desk, region_id: int, file: OutcomeFile) -> list[Entry]:
    """The rows with their cases and units. Raises BadFile with each that is unknown, impossible or there twice."""
    numbers = store.numbered(desk.session, region_id, {row.case for row in file.rows})
    finder = _finder(store.places(desk.session, region_id))
    faults = list(file.faults)
    entries: dict[Key, Entry] = {}
    for row in file.rows:
        place, wrong = finder(row.unit, row.given.month if row.given else None)
        if row.case and row.case not in numbers:
            what = say("Det finns inget ärende {number} i regionen. Skriv numret som VGR-2026-0042", number=row.case)
            faults.append(Fault(row.row, "case", what))
        if row.unit and place is None:
            faults.append(Fault(row.row, "unit", wrong))
        given = _accepted(row, desk.today, faults)
        if given is None or place is None or row.case not in numbers:
            continue
        key = (numbers[row.case], place.id, given.month)
        if key in entries:
            what = say("Ärendet, enheten och månaden står också på rad {row}. Ta bort den ena", row=entries[key].row)
            faults.append(Fault(row.row, "unit", what))
        entries.setdefault(key, Entry(row.row, row.case, key, given))
    if faults:
        raise BadFile(faults)
    return list(entries.values())


def _accepted(row: FileRow, today: date, faults: list[Fault]) -> Given | None:
    """What a row says; None where it cannot be, and then the faults have the reasons."""
    try:
        return accept(row.given, today) if row.given else None
    except InvalidInput as refusal:
        faults += [Fault(row.row, key, what) for key, what in refusal.problems]
        return None


def _finder(places: Sequence[Place]) -> Callable[[str, date | None], tuple[Place | None, Message]]:
    """Finds a unit that exists in a month by its name or cost centre; else says what to write instead."""
    named: dict[str, list[Place]] = {}
    for place in places:
        for word in {fold(place.name), fold(place.cost_centre or "")} - {""}:
            named.setdefault(word, []).append(place)

    @functools.cache
    def find(text: str, month: date | None) -> tuple[Place | None, Message]:
        called = named.get(fold(text), [])
        there = [place for place in called if month is None or _not_there(place, month) is None]
        if len(there) > 1 and month is not None:
            return None, say("Flera enheter heter så. Skriv kostnadsstället i stället")
        if called and not there and month is not None:
            return None, _not_there(called[0], month) or WHICH_UNIT
        unknown = say("Det finns ingen enhet {unit} i regionen. Skriv enhetens namn eller kostnadsställe", unit=text)
        return (there[0] if there else None), unknown

    return find


def _by_case(entries: Sequence[Entry], standing: Mapping[Key, OutcomeMonth]) -> list[Change]:
    found: dict[str, Change] = {}
    for entry in entries:
        change = found.setdefault(entry.number, Change(entry.number))
        if entry.key not in standing:
            change.new += 1
        elif _says(standing[entry.key], entry.given):
            change.unchanged += 1
        else:
            change.replaced += 1
    return [found[number] for number in sorted(found)]
