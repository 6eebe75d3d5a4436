"""The file of any instance, whatever follows the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from introduction.services import subjects
from introduction.services.application_files import application_file
from introduction.services.claim_files import claim_file
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile, case_file, recommendation_file
from introduction.store.instance import Instance

_FILES: Mapping[str, Callable[[Desk, str], InstanceFile]] = {
    "case": case_file,
    "recommendation": recommendation_file,
    "funding_application": application_file,
    "claim": claim_file,
}


def number_of(desk: Desk, instance: Instance) -> str:
    """The public number of an instance."""
    return subjects.row_of(desk, instance).public_number


def file_of(desk: Desk, instance: Instance) -> InstanceFile:
    """The file of an instance. Raises NotAllowed when the reader may not see it."""
    return _FILES[instance.subject](desk, number_of(desk, instance))
