"""Disposal (gallring): removes a whole instance and leaves a tombstone. For now only of invented examples."""

from __future__ import annotations

from introduction.domain.errors import Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope
from introduction.services import changes, log
from introduction.services.desk import Desk
from introduction.store import disposal as store
from introduction.store import instance as instances
from introduction.store.case import Case, resting_on
from introduction.store.disposal import Disposal
from introduction.store.event import TOMBSTONE
from introduction.store.instance import Instance
from introduction.store.recommendation import Recommendation
from introduction.store.region import all_regions


def dispose(desk: Desk, instance_id: int, reason: str) -> str:
    """Remove an invented case or recommendation with everything that hangs on it. Returns its public number.

    The tombstone is an event in the region's chain (for a recommendation: the first region's) that names the
    disposed chain and its head, so that `audit verify` can tell a disposal from a deletion.

    Raises NotFound, NotAllowed, InvalidInput (no reason), Refused (no example; a recommendation that cases rest on).
    """
    instance = instances.lock(desk.session, instance_id)
    region_id = instance.region_id or min(region.id for region in all_regions(desk.session))
    desk.demand_administration(Right.MANAGE_USERS, Scope(region_id))
    reason = changes.accept_note(reason, required=True)
    number = _demand_disposable(desk, instance)
    log.record_in_region(
        desk,
        region_id,
        TOMBSTONE,
        number=number,
        definition=f"{instance.definition_id}@{instance.definition_version}",
        stream=instance.stream,
        head_seq=instance.head_seq,
        head_hash=instance.head_hash,
        reason=reason,
    )
    disposal = Disposal(stream=instance.stream, decided_by=desk.user_id, reason=reason, at=desk.now)
    desk.session.add(disposal)
    desk.session.flush()  # opens the triggers for this chain
    store.delete_instance(desk.session, instance)
    disposal.ended_at = desk.now
    desk.session.flush()  # and closes them
    return number


def dispose_of_examples(desk: Desk, reason: str) -> list[str]:
    """Remove every invented case and recommendation, and the invented medicines. Returns their numbers."""
    numbers = [dispose(desk, instance_id, reason) for instance_id in store.example_ids(desk.session)]
    store.delete_unused_example_medicines(desk.session)
    return numbers


def _demand_disposable(desk: Desk, instance: Instance) -> str:
    row = desk.session.get(Case, instance.id) or desk.session.get(Recommendation, instance.id)
    assert row is not None, "an instance has its row"
    if not row.example:
        raise Refused(say("{number} är inget exempel. Bara påhittade exempel kan gallras", number=row.public_number))
    resting = resting_on(desk.session, row.id)
    if resting:
        raise Refused(say("Ärenden vilar på rekommendationen: {numbers}", numbers=tuple(resting)))
    return row.public_number
