"""Runs budget-impact models that are described in files, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from introduction.cli.place import as_json, write_json


@click.group()
def budget() -> None:
    """Budget impact of new medicines."""


@budget.command("run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--draws", default=10_000, show_default=True, type=click.IntRange(0, 100_000), help="0: no simulation.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same figures.")
@as_json
def budget_run(file: Path, draws: int, seed: int, as_json: bool) -> None:
    """Compute the model in FILE (docs/budget_model.md tells the format)."""
    from introduction.documents.wording import tell
    from introduction.domain.budget import reading, report, uncertainty
    from introduction.domain.errors import InvalidInput

    try:
        model = reading.of_toml(file.read_text(encoding="utf-8"))
        told = report.report(model)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: not UTF-8: {error.reason}") from error
    except InvalidInput as refusal:
        lines = [f"{file}: {path or 'the file'}: {tell(what, 'en')}" for path, what in refusal.problems]
        raise click.ClickException("\n".join(lines)) from refusal
    if draws and any(given.varies for given in uncertainty.inputs_of(model).values()):
        told["uncertainty"] = uncertainty.as_data(model, draws, seed)
    if as_json:
        write_json(told)
    else:
        _write_table(told)


def _write_table(told: dict[str, Any]) -> None:
    click.echo(f"{told['title']} ({told['currency']})")
    click.echo(f"{'':<24}" + "".join(f"{year:>18}" for year in told["years"]))
    for title, kind, world in (
        ("without", "gross", "without"),
        ("with", "gross", "with"),
        ("impact", "gross", "impact"),
        ("impact, net of rebates", "net", "impact"),
    ):
        click.echo(f"{title:<24}" + "".join(f"{value:>18,.0f}" for value in told[kind][world]))
    spread = told.get("uncertainty", {}).get("impact")
    if spread:
        for title in ("low", "high"):
            click.echo(f"{'impact, 95 % ' + title:<24}" + "".join(f"{value:>18,.0f}" for value in spread[title]))
    for scenario in told["scenarios"]:
        click.echo(f"{scenario['name'][:23]:<24}" + "".join(f"{v:>18,.0f}" for v in scenario["gross"]["impact"]))
