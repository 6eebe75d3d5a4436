"""What the rows of all subjects have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class NounRow:
    """The row of a case, a recommendation, an application or a claim: the facts of an instance, under the same id."""

    if TYPE_CHECKING:
        id: Any
        public_number: Any
        medicine_id: Any
        indication_id: Any

    #: The columns that say whom the row names, where it names anybody: its owner, its unit, its contact person.
    owner_column: str | None = None
    unit_column: str | None = None
    contact_column: str | None = None

    @property
    def named_owner_id(self) -> int | None:
        """The person who keeps it together."""
        return getattr(self, self.owner_column) if self.owner_column else None

    @property
    def own_unit_id(self) -> int | None:
        """The unit that it comes from: the one that nominated, applied or claimed."""
        return getattr(self, self.unit_column) if self.unit_column else None

    def fact(self, key: str) -> Any:
        """The value of a fact; None while it is not known."""
        return getattr(self, key)
