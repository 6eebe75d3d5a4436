"""The demonstration, real and invented parts, as it is loaded on a Monday at nine: once for all workers of a run."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import sessionmaker

from introduction.domain.process.loading import Catalogue
from introduction.examples import loading
from introduction.store import database, migrate
from tests.world import NINE


@dataclass(frozen=True)
class Demonstration:
    """A database with everything in it, which nobody changes, and what the loading said and took."""

    file: Path
    report: loading.Report
    seconds: float  #: of computing

    def copy_to(self, path: Path) -> Path:
        """A copy of one's own. Returns its path."""
        return Path(shutil.copyfile(self.file, path))


def demonstration(shared: Path, catalogue: Catalogue) -> Demonstration:
    """The run's demonstration in a folder that all workers know; whoever comes first loads it."""
    folder = shared / "demonstration"
    folder.mkdir(exist_ok=True)
    told = folder / "loaded.json"
    with (folder / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(_load(folder / "introduction.db", catalogue)))
    found = json.loads(told.read_text())
    return Demonstration(folder / "introduction.db", loading.Report(found["counts"]), found["seconds"])


def _load(path: Path, catalogue: Catalogue) -> dict[str, object]:
    path.unlink(missing_ok=True)  # from a worker that was stopped while it loaded
    engine = database.open_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    began = time.process_time()
    report = loading.load(sessionmaker(engine, expire_on_commit=False), catalogue, NINE, files=path.parent / "files")
    seconds = time.process_time() - began
    engine.dispose()  # closing the last connection empties the write-ahead log into the file
    return {"counts": dict(report.counts), "seconds": seconds}
