"""In which order tests run on several workers: long ones first, so that no worker waits for another at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

Test = TypeVar("Test")

#: Files and folders whose tests take long, the longest first.
LONG = (
    "tests/browser/test_accessibility.py",
    "tests/reminders/test_three_years.py",
    "tests/journeys/test_vastra_gotaland.py",
    "tests/reliability/test_worker_kill.py",
    "tests/examples/test_loading.py",
    "tests/journeys/test_norrbotten.py",
    "tests/reliability/test_stateful.py",
    "tests/journeys/test_national.py",
    "tests/reliability/",
    "tests/browser/",
    "tests/web/test_permissions.py",
    "tests/web/",
)


def dealt(tests: Sequence[Test], workers: int, path: Callable[[Test], str]) -> list[Test]:
    """The tests in an order that a run with ``--dist worksteal`` cuts into equal parts, one for each worker.

    The long files are dealt to the parts in turn, and each part begins with its own. A file's tests stay together, in
    their order: they share what is set up for the file.
    """
    files = [list(found) for _path, found in groupby(tests, key=path)]
    ranked = sorted(files, key=lambda found: _rank(path(found[0])))
    count = sum(_rank(path(found[0])) < len(LONG) for found in ranked)
    parts = [[test for found in ranked[:count][worker::workers] for test in found] for worker in range(workers)]
    rest = [test for found in ranked[count:] for test in found]
    left = len(tests)
    for worker, part in enumerate(parts):
        size = left // (workers - worker)
        take = max(0, size - len(part))
        part += rest[:take]
        del rest[:take]
        left -= size
    in_order = [*(test for part in parts for test in part), *rest]
    assert len(in_order) == len(tests), "no test is lost, and none runs twice"
    return in_order


def _rank(path: str) -> int:
    return next((rank for rank, long in enumerate(LONG) if path.startswith(long)), len(LONG))
