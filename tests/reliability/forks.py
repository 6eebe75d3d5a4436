"""Children of the warm test process, which are waited for but not for ever."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable

from sqlalchemy import Engine, text

LONGEST_WAIT = 60.0  # seconds; only a test that fails waits so long


def forked(work: Callable[[], None]) -> int:
    """Run work in a child of this process. Returns the child's process id.

    An engine must have no open connection here, and the child must let go of the pool that it inherits.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Wait until a child has ended. Returns its exit code, or minus the signal that killed it."""
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child did not end")


def let_go(engine: Engine) -> None:
    """Wait until the database has noticed that a killed child is gone, and holds nothing for it any more."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + LONGEST_WAIT
    with engine.connect() as connection:
        while engine.dialect.name == "postgresql" and connection.scalar(others):
            assert time.monotonic() < deadline, "the database did not let go"
            connection.rollback()  # what stands in that view is read once for each transaction
            time.sleep(0.001)
