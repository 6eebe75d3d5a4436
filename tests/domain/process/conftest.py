"""A small region with a small process, written to a folder, and situations in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from introduction.domain.process.loading import Catalogue, load
from introduction.domain.process.situation import Situation

REGION = """\
id = "testland"
name = { sv = "Region Testland", en = "Region Testland" }
prefix = "TL"

[[body]]
id = "council"
title = { sv = "Rådet", en = "The council" }
does = "decides"
how = "consensus"
"""

PROCESS = """\
id = "testland.new_medicine"
version = 1
subject = "case"
title = { sv = "Nytt läkemedel", en = "New medicine" }

[[remind]]
days = 0

[[start]]
stage = "nominated"
title = { sv = "Nominering", en = "Nomination" }
by = ["nominator"]
origin = "nomination"
asks = ["benefit"]

[[stage]]
id = "nominated"
title = { sv = "Nominerad", en = "Nominated" }
phase = "regional_decision"
owner = "drafting_group"
due = { working_days = 10 }

  [[stage.task]]
  id = "describe"
  title = { sv = "Beskriv", en = "Describe" }
  by = "nominator"
  asks = ["comparator"]
  due = { days = 5, after = "opened" }

[[stage]]
id = "followed"
title = { sv = "Följs upp", en = "Followed up" }
phase = "follow_up"
owner = "coordinator"

[[stage]]
id = "paused"
title = { sv = "Vilande", en = "Paused" }
kind = "hold"

[[stage]]
id = "closed"
title = { sv = "Avslutat", en = "Closed" }
kind = "end"

[[action]]
id = "approve"
title = { sv = "Bevilja", en = "Approve" }
from = "nominated"
to = "followed"
by = ["council_chair"]
body = "council"
needs = ["described", "registered"]
record = "decision"
outcome = "approved"
main = true

[[action]]
id = "divide_money"
title = { sv = "Fördela medel", en = "Divide money" }
from = "followed"
to = "followed"
by = ["economist"]
record = "grant"

[[action]]
id = "close"
title = { sv = "Avsluta", en = "Close" }
from = "followed"
to = "closed"
by = ["coordinator"]
main = true

[[action]]
id = "pause"
title = { sv = "Låt vila", en = "Pause" }
from = "*"
to = "paused"
by = ["coordinator"]

[[action]]
id = "resume"
title = { sv = "Återuppta", en = "Resume" }
from = "paused"
to = "@return"
by = ["coordinator"]

[[task]]
id = "report"
title = { sv = "Rapportera", en = "Report" }
by = "head_of_unit"
record = "follow_up_report"
per = "treating_unit"
opens = { months = 3, after = "introduction_start" }
until = ["closed"]

[[follow_on]]
id = "widen"
title = { sv = "Vidga", en = "Widen" }
from = "*"
by = ["coordinator"]
link = "widened_from"
start = "nominated"
new_indication = true

[[milestone]]
id = "watch_ends"
title = { sv = "Bevakningen slutar", en = "Watch ends" }
at = { days = 0, after = "watch_end" }
"""


class Folder:
    """A folder of processes whose texts a test may change."""

    process_file = "testland/new_medicine/1.toml"
    region_file = "testland/region.toml"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write(self.region_file, REGION)
        self.write(self.process_file, PROCESS)

    def write(self, name: str, text: str) -> None:
        """Put a file there, with its folders."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands there exactly once."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        self.write(name, text.replace(old, new))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    return Path(__file__).parents[3] / "workflows"


@pytest.fixture(scope="session")
def shipped(shipped_folder: Path) -> Catalogue:
    return load(shipped_folder)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small region's catalogue."""
    return load(Folder(tmp_path_factory.mktemp("workflows")).path, demand_published=False)


@pytest.fixture
def in_vastra_gotaland(shipped: Catalogue) -> Callable[..., Situation]:
    """A maker of situations in Västra Götaland: facts by name, all else by ``with_``."""
    definition = shipped.latest("vastra_gotaland.new_medicine")
    bare = Situation(
        definition=definition,
        region=shipped.region_of(definition),
        stage="nominated",
        today=date(2026, 11, 20),
        stage_entered=date(2026, 11, 2),
        opened=date(2026, 10, 1),
    )

    def make(with_: dict[str, Any] | None = None, **facts: Any) -> Situation:
        return replace(bare, facts=facts, **(with_ or {}))

    return make
