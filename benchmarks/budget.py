"""The budget-impact model against the same in plain Python, and against drawing its random inputs alone.

    python -m benchmarks.budget [--rounds 9] [--draws 10000] [--plain 5] [--json FILE]

- ``ours`` is ``uncertainty.simulate``: inputs drawn, the model computed, sorted into intervals by year and by month.
- ``drawing`` draws the same inputs and does nothing with them.
- ``plain Python`` (plain_budget.py) computes a few draws that it is given; its time is scaled to all of them. It comes
  to the same figures as ours, or nothing is measured.
- ``few inputs``: of each group only its size and how far the uptake goes are uncertain, besides prices and persistence.
- ``without short cuts`` is ``model.run`` on the same draws, a piece at a time: every line of both worlds, with numpy.

60 months, 20 groups of the three kinds, 4 treatments; every input that a person would doubt has a range.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import plain_budget, report
from introduction.domain.budget import model, reading, uncertainty
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel

GROUPS, SEED, PIECE = 20, 1, 500
KINDS = ("present", "new", "pool", "new")
USES = {"drug": "clinic", "administration": "region"}


def share(value: float) -> dict[str, Any]:
    """A share that is known to a tenth or so."""
    return {"value": value, "low": 0.85 * value, "high": 1.15 * value, "distribution": "beta"}


def price(value: float, per: str, category: str, distribution: str) -> dict[str, Any]:
    """A cost that is known to a fifth."""
    amount = {"value": value, "low": 0.8 * value, "high": 1.2 * value, "distribution": distribution}
    return {"per": per, "category": category, "amount": amount, "purse": USES[category]}


def as_data(groups: int = GROUPS, ranged: str = "all") -> dict[str, Any]:
    """The benchmark's model as plain data. ``ranged``: all figures that one would doubt, a few of them, or none."""
    data: dict[str, Any] = {
        "title": "Benchmark",
        "start": "2027-01",
        "years": 5,
        "group": [_group(number) for number in range(groups)],
        "treatment": [_treatment("new", 0.8, [0, 14]), _treatment("old", 0.7, []), *map(_tablets, ("older", "oldest"))],
    }
    if ranged == "few":
        for group in data["group"]:
            group |= {key: _certain(group[key]) for key in ("growth", "funnel", "mix", "takes_from")}
            group["uptake"] |= {"slope": 0.2, "midpoint": 18}
    return data if ranged != "none" else _certain(data)


def _group(number: int) -> dict[str, Any]:
    people = 500.0 + 40 * number
    return {
        "id": f"g{number}",
        "kind": KINDS[number % len(KINDS)],
        "population": {"value": people, "low": 0.8 * people, "high": 1.2 * people, "distribution": "lognormal"},
        "growth": {"value": 0.01, "low": 0.0, "high": 0.02, "distribution": "normal"},
        "funnel": [{"name": "diagnosed", "share": share(0.6)}, {"name": "eligible", "share": share(0.5)}],
        "mix": {"old": share(0.5), "older": share(0.3), "oldest": 0.05},
        "new": "new",
        "uptake": {
            "curve": "logistic",
            "to": share(0.4),
            "midpoint": {"value": 18, "low": 12, "high": 26, "distribution": "pert"},
            "slope": {"value": 0.2, "low": 0.1, "high": 0.3, "distribution": "gamma"},
        },
        "takes_from": {"old": share(0.55), "older": share(0.3)},
    }


def _treatment(name: str, yearly: float, loading: list[float]) -> dict[str, Any]:
    return {
        "id": name,
        "persistence": {"curve": "exponential", "yearly": share(yearly)},
        "dosing": {"loading": loading, "every_days": 28},
        "cost": [price(9000, "dose", "drug", "pert"), price(900, "dose", "administration", "gamma")],
    }


def _tablets(name: str) -> dict[str, Any]:
    kept = {"curve": "exponential", "yearly": share(0.6)}
    return {"id": name, "persistence": kept, "cost": [price(3000, "month", "drug", "triangular")]}


def _certain(part: Any) -> Any:
    if isinstance(part, dict):
        return part["value"] if "value" in part else {key: _certain(value) for key, value in part.items()}
    return [_certain(one) for one in part] if isinstance(part, list) else part


# ------------------------------------------------------------------------------------- contestants


def drawn(spec: BudgetModel, draws: int) -> dict[str, Any]:
    """The random inputs, by path."""
    return {
        path: uncertainty.sample(one, path, draws, SEED)
        for path, one in uncertainty.inputs_of(spec).items()
        if one.varies and one.distribution != "fixed"
    }


def in_plain_python(data: dict[str, Any], values: list[dict[str, float]]) -> list[tuple[list[float], ...]]:
    """The draws that are given, one after the other."""
    return [plain_budget.impact(data, value) for value in values]


def without_short_cuts(spec: BudgetModel, values: dict[str, Any]) -> Any:
    """The yearly impact by ``model.run``, piece by piece."""
    sampled = {id(one): values[path] for path, one in uncertainty.inputs_of(spec).items() if path in values}
    draws, parts = len(next(iter(values.values()))), []
    for first in range(0, draws, PIECE):

        def draw(one: Input, first: int = first) -> Any:
            found = sampled.get(id(one))
            return one.value if found is None else found[first : first + PIECE]

        outcome = model.run(spec, draw)
        parts.append((model.by_year(outcome.impact()), model.by_year(outcome.impact(net=True))))
    return parts


def check(data: dict[str, Any], spec: BudgetModel, draws: int = 3) -> None:
    """All contestants come to the same figures."""
    values = drawn(spec, draws)
    ours = uncertainty.simulate(spec, draws, SEED)
    plain = in_plain_python(data, [{path: float(some[at]) for path, some in values.items()} for at in range(draws)])
    assert np.allclose(np.mean([impact for impact, _, _ in plain], axis=0), ours.impact.mean, rtol=1e-9)
    assert np.allclose(np.mean([drug for _, drug, _ in plain], axis=0), ours.monthly_cost.mean, rtol=1e-9)
    assert np.allclose(np.mean([on for _, _, on in plain], axis=0), ours.monthly_patients.mean, rtol=1e-9)
    slow = without_short_cuts(spec, values)
    assert np.allclose(slow[0][0].mean(axis=1), ours.impact.mean, rtol=1e-9)


def timed(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(rounds: int, draws: int, plain: int) -> list[dict[str, float]]:
    """Let the contestants take turns."""
    data, spec = as_data(), reading.of_data(as_data())
    check(data, spec)
    values = drawn(spec, draws)
    few = [{path: float(some[at]) for path, some in values.items()} for at in range(plain)]
    surer = reading.of_data(as_data(ranged="few"))
    work: dict[str, Callable[[], object]] = {
        "ours": lambda: uncertainty.simulate(spec, draws, SEED),
        "drawing": lambda: drawn(spec, draws),
        "ours, few inputs": lambda: uncertainty.simulate(surer, draws, SEED),
        "drawing, few inputs": lambda: drawn(surer, draws),
        "plain Python": lambda: in_plain_python(data, few),
        "without short cuts": lambda: without_short_cuts(spec, values),
    }
    for what in work.values():
        what()
    taken = [{who: timed(what) for who, what in work.items()} for _ in range(rounds)]
    return [{**one, "plain Python": one["plain Python"] * draws / plain} for one in taken]


def compared(taken: report.Rounds) -> dict[str, dict[str, float]]:
    """By contestant: milliseconds, and how many times our time it takes (with as many uncertain inputs)."""
    found = {}
    for who in taken[0]:
        ours = "ours, few inputs" if who.endswith("few inputs") else "ours"
        shares = [one[who] / one[ours] for one in taken]
        found[who] = {"ms": 1000 * report.median([one[who] for one in taken]), "of_ours": report.median(shares)}
    return found


# ------------------------------------------------------------------------------------- what people wait for, memory


def waits(rounds: int, draws: int) -> dict[str, float]:
    """Milliseconds of what stands behind a page: medians."""
    small, certain, large = (reading.of_data(as_data(*how)) for how in ((3,), (3, "none"), (GROUPS,)))
    work: dict[str, Callable[[], object]] = {
        "3 groups, simulated": lambda: uncertainty.simulate(small, draws, SEED),
        "3 groups, no uncertainty": lambda: uncertainty.simulate(certain, draws, SEED),
        "3 groups, tornado": lambda: uncertainty.tornado(small),
        "20 groups, tornado": lambda: uncertainty.tornado(large),
        "20 groups, one plain run": lambda: model.run(large),
    }
    taken = [{name: timed(what) for name, what in work.items()} for _ in range(rounds)]
    return {name: round(1000 * report.median([one[name] for one in taken]), 1) for name in work}


def peak(draws: int) -> dict[str, float]:
    """The most memory that a process of its own holds, in megabytes: after starting, and after the simulation."""
    call = [sys.executable, "-m", "benchmarks.budget", "--memory", "--draws", str(draws)]
    answer = subprocess.run(call, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def remember(draws: int) -> dict[str, float]:
    """What this process has held at most so far, before and after a simulation."""
    spec = reading.of_data(as_data())
    before = _most_resident()
    uncertainty.simulate(spec, draws, SEED)
    return {"before": before, "after": _most_resident()}


def _most_resident() -> int:
    """Not by ``getrusage``, which counts what the process that started this one held."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024)


def main() -> None:
    """Measure and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--draws", type=int, default=uncertainty.DRAWS)
    asked.add_argument("--plain", type=int, default=20, help="draws in plain Python in each round")
    asked.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    if given.memory:
        print(json.dumps(remember(given.draws)))
        return
    taken = measure(given.rounds, given.draws, given.plain)
    found = {"time": compared(taken), "waits": waits(given.rounds, given.draws), "memory": peak(given.draws)}
    print(f"\n{given.draws} draws, 60 months, {GROUPS} groups, 4 treatments; milliseconds")
    for who, row in found["time"].items():
        print(
            f"  {who:<24}{row['ms']:>10.0f}   takes {row['of_ours']:.2f}x of ours, ours {1 / row['of_ours']:.3f}x of it"
        )
    print("\nwhat people wait for, milliseconds")
    for name, milliseconds in found["waits"].items():
        print(f"  {name:<28}{milliseconds:>9.1f}")
    print(f"\nmemory, megabytes: {found['memory']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
