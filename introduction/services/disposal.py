"""Disposal (gallring): removes a whole instance and leaves a tombstone. For now only of invented examples."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from introduction.domain.errors import Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.giving_back import give_back
from introduction.store import disposal as store
from introduction.store import instance as instances
from introduction.store.application import FundingApplication
from introduction.store.case import resting_on
from introduction.store.disposal import Disposal
from introduction.store.event import TOMBSTONE
from introduction.store.fund import Fund
from introduction.store.instance import Instance
from introduction.store.region import NO_HASH, all_regions


def dispose(desk: Desk, instance_id: int, reason: str) -> str:
    """Remove an invented instance with everything that hangs on it. Returns its public number.

    A case goes with its applications and claims; its money goes back to the fund first. The tombstone of each is an
    event in the region's chain (for a recommendation: the first region's) that names the disposed chain and its head,
    so that `audit verify` can tell a disposal from a deletion.

    Raises NotFound, NotAllowed, InvalidInput (no reason), Refused (no example; a recommendation that cases rest on;
    an application that has given money to a case; money that others have used since).
    """
    return _dispose(desk, instance_id, reason)[0]


def dispose_of_examples(desk: Desk, reason: str) -> list[str]:
    """Remove everything that is invented: instances, funds that only they drew on, medicines. Returns the numbers."""
    ids = store.example_ids(desk.session)
    going = {gone for instance_id in ids for gone in store.group_of(desk.session, instance_id)}
    funds = [fund for fund in store.example_funds(desk.session) if not store.others_in(desk.session, fund.id, going)]
    numbers: list[str] = []
    for instance_id in ids:
        if desk.session.get(Instance, instance_id) is not None:
            numbers += _dispose(desk, instance_id, reason, whole={fund.id for fund in funds})
    for fund in funds:
        _dispose_of_fund(desk, fund, reason)
    store.delete_unused_example_medicines(desk.session)
    return numbers


# ------------------------------------------------------------------------------------- the parts


def _dispose(desk: Desk, instance_id: int, reason: str, *, whole: Collection[int] = ()) -> list[str]:
    """Remove an instance with its group; its own number first. ``whole`` are funds that are removed afterwards."""
    group = [instances.lock(desk.session, each) for each in store.group_of(desk.session, instance_id)]
    group.sort(key=lambda one: one.id != instance_id)
    desk.demand_administration(Right.MANAGE_USERS, Scope(_region_of(desk, group[0])))
    reason = changes.accept_note(reason, required=True)
    _demand_disposable(desk, group[0])
    numbers = [subjects.row_of(desk, one).public_number for one in group]
    disposals = [_begin(desk, one, reason) for one in group]
    give_back(desk, [one.id for one in group], but=whole)
    store.delete_instances(desk.session, group)
    _end(desk, disposals)
    for file in store.empty_files(desk.session):
        emptied = _begin_of(desk, file.region_id, f"ledger_file:{file.id}", f"fil {file.number}", reason)
        desk.session.delete(file)
        _end(desk, [emptied])
    return numbers


def _begin(desk: Desk, instance: Instance, reason: str) -> Disposal:
    definition = f"{instance.definition_id}@{instance.definition_version}"
    return _begin_of(
        desk, _region_of(desk, instance), instance.stream, subjects.row_of(desk, instance).public_number, reason,
        head=(instance.head_seq, instance.head_hash), definition=definition,
    )  # fmt: skip


def _begin_of(
    desk: Desk, region_id: int, stream: str, number: str, reason: str, *, head: tuple[int, str] = (0, NO_HASH),
    definition: str | None = None,
) -> Disposal:  # fmt: skip
    """Tell of a disposal in the region's chain, and open the triggers for what is disposed of."""
    log.record_in_region(
        desk, region_id, TOMBSTONE, number=number, definition=definition, stream=stream, head_seq=head[0],
        head_hash=head[1], reason=reason,
    )  # fmt: skip
    disposal = Disposal(stream=stream, decided_by=desk.user_id, reason=reason, at=desk.now)
    desk.session.add(disposal)
    desk.session.flush()
    return disposal


def _end(desk: Desk, disposals: Sequence[Disposal]) -> None:
    """Close the triggers again."""
    desk.session.flush()
    for disposal in disposals:
        disposal.ended_at = desk.now
    desk.session.flush()


def _dispose_of_fund(desk: Desk, fund: Fund, reason: str) -> None:
    disposal = _begin_of(desk, fund.region_id, f"fund:{fund.id}", f"fond {fund.budget_year}", reason)
    store.delete_fund(desk.session, fund)
    _end(desk, [disposal])


def _region_of(desk: Desk, instance: Instance) -> int:
    return instance.region_id or min(region.id for region in all_regions(desk.session))


def _demand_disposable(desk: Desk, instance: Instance) -> None:
    row = subjects.row_of(desk, instance)
    if not row.example:
        raise Refused(say("{number} är inget exempel. Bara påhittade exempel kan gallras", number=row.public_number))
    resting = resting_on(desk.session, row.id)
    if resting:
        raise Refused(say("Ärenden vilar på rekommendationen: {numbers}", numbers=tuple(resting)))
    if isinstance(row, FundingApplication) and row.case_id is not None and store.others_use(desk.session, row.id):
        raise Refused(say("Ansökan har gett pengar till ett ärende. Gallra ärendet"))
