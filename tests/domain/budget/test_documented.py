"""The models that docs/budget_model.md shows can be computed, and what it lists comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from introduction.cli import main
from introduction.domain.budget import reading, report

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "budget_model.md").read_text(encoding="utf-8")
MODELS = re.findall(r"^```\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_the_page_shows_models() -> None:
    assert len(MODELS) == 2


@pytest.mark.parametrize("number", [0, 1])
def test_a_model_on_the_page_can_be_run(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTRODUCTION_STATE", str(tmp_path))
    file = tmp_path / "model.toml"
    file.write_text(MODELS[number], encoding="utf-8")
    answer = CliRunner().invoke(main, ["budget", "run", str(file), "--draws", "200", "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert len(told["gross"]["impact"]) == 3
    assert set(told["gross"]) <= set(re.findall(r"`(\w+)`", PAGE))
    if "uncertainty" in told:
        assert set(told["uncertainty"]) <= {"draws", "seed", "probability_above", *re.findall(r"`(\w+)`", PAGE)}
        assert told["uncertainty"]["level"] == 0.95


def test_the_backlog_on_the_page_in_whole_patients() -> None:
    run = report.report(reading.of_toml(MODELS[1]))
    assert run["starts"]["with"]["backlog"]["examplumab"] == pytest.approx([200, 200, 200])
    new = [200 * (50_000 - 1_200) + later * 20_000 for later in (0, 160, 288)]
    displaced = [8_000 * number for number in (200, 360, 488)]
    assert run["gross"]["impact"] == pytest.approx([n - d for n, d in zip(new, displaced, strict=True)])
