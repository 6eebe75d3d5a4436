"""Models as people publish them, each written as a file, against figures worked out by hand beside it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from introduction.domain.budget import reading, report

YEARLY = 'title = "t"\nstart = "2027-01"\nyears = 3\nentry = "yearly"\nsteps = "yearly"\n'
MONTHLY = 'title = "t"\nstart = "2027-01"\nyears = 2\n'
OLD = '[[treatment]]\nid = "old"\ncost = [{ per = "year", amount = 1000 }]\n'


def told(*parts: str) -> dict[str, Any]:
    return report.report(reading.of_toml("\n".join(parts)))


def exactly(values: list[float]) -> Any:
    return pytest.approx(values, rel=1e-9)


def test_a_pool_with_capacity_whose_starters_cost_more_than_its_continuers() -> None:
    run = told(
        YEARLY,
        """
[[group]]
id = "waiting"
kind = "pool"
population = 10_000
funnel = [{ name = "diagnosed", share = 0.5 }, { name = "eligible", share = 0.2 }]
new = "new"
uptake = { curve = "table", shares = [0.3, 0.5, 0.6] }
capacity = [200, 200, 300]
[[treatment]]
id = "new"
persistence = { curve = "exponential", yearly = 0.8, every = 12 }
cost = [
  { per = "year", amount = 50_000, last_month = 11 },
  { per = "year", amount = 20_000, first_month = 12 },
]
""",
    )
    # Of 1,000, 300, 500 and 600 are reached: 100 wait for the second year, and in the third 100 of these and 100 new.
    starters = [200, 200, 200]
    continuers = [0, 160, 160 + 128]
    assert run["starts"]["with"]["waiting"]["new"] == exactly(starters)
    assert run["patients"]["with"]["waiting"]["new"] == exactly([200, 360, 488])
    expected = [50_000 * s + 20_000 * c for s, c in zip(starters, continuers, strict=True)]
    assert run["gross"]["impact"] == exactly(expected)


def test_those_who_are_eligible_each_year_are_told_as_a_list_and_capped() -> None:
    run = told(
        YEARLY,
        'members = [100_000, 100_000, 120_000]\n[[group]]\nid = "g"\nkind = "new"\npopulation = [1000, 1200, 1500]\n'
        'new = "new"\nuptake = { curve = "table", shares = [0.1, 0.2, 0.4] }\ncapacity = [80, 300, 500]\n'
        '[[treatment]]\nid = "new"\npersistence = { stop_after = 12 }\ncost = [{ per = "year", amount = 900 }]',
    )
    treated = [min(100, 80), min(240, 300), min(600, 500)]
    assert run["gross"]["impact"] == exactly([900 * number for number in treated])
    months = [900 * n / members / 12 for n, members in zip(treated, (1e5, 1e5, 1.2e5), strict=True)]
    assert run["per_member_per_month"]["gross"] == exactly(months)


def test_switchers_of_those_present_pay_the_first_year_once() -> None:
    run = told(
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 1000\nmix = { old = 1 }\nnew = "new"\n'
        'uptake = { curve = "table", shares = [0.1, 0.2, 0.3] }\n[[treatment]]\nid = "new"\n'
        'cost = [{ per = "year", amount = 100, last_month = 11 }, { per = "year", amount = 60, first_month = 12 },'
        ' { category = "other", per = "start", amount = 7 }]',
        OLD.replace("1000", "50"),
    )
    starters, continuers = [100, 100, 100], [0, 100, 200]
    new = [107 * s + 60 * c for s, c in zip(starters, continuers, strict=True)]
    assert run["gross"]["by_treatment"]["new"]["impact"] == exactly(new)
    assert run["gross"]["by_treatment"]["old"]["impact"] == exactly([-50 * 100, -50 * 200, -50 * 300])


def test_switchers_of_those_present_wait_for_capacity() -> None:
    run = told(
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 1000\nmix = { old = 1 }\nnew = "new"\nuptake = { to = 0.5 }\n'
        'capacity = [100, 250]\n[[treatment]]\nid = "new"\ncost = [{ per = "year", amount = 3000 }]',
        OLD,
    )
    assert run["patients"]["with"]["g"]["new"] == exactly([100, 350, 500])
    assert run["gross"]["impact"] == exactly([2000 * 100, 2000 * 350, 2000 * 500])


def test_loading_counts_for_switchers_and_not_for_those_who_have_had_it_long() -> None:
    run = told(
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 100\nmix = { old = 1 }\nnew = "new"\nuptake = { to = 1 }\n',
        '[[treatment]]\nid = "new"\ndosing = { loading = [0, 14], every_months = 2 }\n'
        'cost = [{ per = "dose", amount = 10 }]\n[[treatment]]\nid = "old"\n'
        'dosing = { loading = [0, 14], every_months = 2 }\ncost = [{ per = "dose", amount = 10 }]',
    )
    after_loading = (365.25 - 14) / (365.25 / 6)
    assert run["gross"]["without"] == exactly([6000, 6000, 6000])
    assert run["gross"]["with"] == exactly([1000 * (2 + after_loading), 6000, 6000])


def test_a_price_that_falls_is_a_cost_in_each_world() -> None:
    model = (
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 1000\nmix = { old = 0.6 }\n'
        '[[treatment]]\nid = "old"\ncost = [{ per = "year", amount = 500, world = "without" },'
        ' { per = "year", amount = 350, world = "with" }]\n'
        "[[scenario]]\nname = 'half as many, half the price'\n"
        'set = { "group.g.mix.old" = 0.3, "treatment.old.cost.1.amount" = 250 }',
    )
    run = told(*model)
    assert run["gross"]["impact"] == exactly([-90_000] * 3)
    assert run["scenarios"][0]["gross"]["impact"] == exactly([-300 * 250] * 3)


def test_scenarios_of_share_and_price_reach_into_lists() -> None:
    grid = [(share, cut) for share in (0.2, 0.5) for cut in (0.0, 0.3)]
    scenarios = "".join(
        f'[[scenario]]\nname = "{share} {cut}"\nset = {{ "group.g.uptake.shares.0" = {share},'
        f' "treatment.new.cost.0.amount.1" = {80 * (1 - cut)}, "treatment.new.cost.0.rebate" = {cut} }}\n'
        for share, cut in grid
    )
    run = told(
        YEARLY.replace("3", "2"),
        '[[group]]\nid = "g"\npopulation = 10\nmix = { old = 1 }\nnew = "new"\n'
        'uptake = { curve = "table", shares = [0.1] }\n'
        '[[treatment]]\nid = "new"\ncost = [{ per = "year", amount = [100, 80] }]\n',
        OLD,
        scenarios,
    )
    for (share, cut), scenario in zip(grid, run["scenarios"], strict=True):
        gross = [10 * share * (price - 1000) for price in (100, 80 * (1 - cut))]
        net = [10 * share * (price * (1 - cut) - 1000) for price in (100, 80 * (1 - cut))]
        assert scenario["gross"]["impact"] == exactly(gross)
        assert scenario["net"]["impact"] == exactly(net)


def test_displacement_with_offsets_by_category() -> None:
    run = told(
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 2000\nmix = { old = 0.5, older = 0.3 }\nnew = "new"\nuptake = { to = 0.4 }\n'
        "takes_from = { old = 0.5, older = 0.25 }\n"
        '[[treatment]]\nid = "new"\ncost = [{ per = "year", amount = 9000 },'
        ' { category = "other", per = "start", amount = -400 },'
        ' { category = "condition", per = "year", amount = -1500, purse = "region" }]\n'
        '[[treatment]]\nid = "older"\ncost = [{ per = "year", amount = 2000 }]',
        OLD,
    )
    category = run["gross"]["by_category"]
    assert category["drug"]["impact"] == exactly([800 * 9000 - 400 * 1000 - 200 * 2000] * 3)
    assert category["other"]["impact"] == pytest.approx([-400 * 800, 0, 0])
    assert category["condition"]["impact"] == exactly([-1500 * 800] * 3)
    assert run["gross"]["by_purse"]["region"]["impact"] == exactly([-1_200_000] * 3)


def test_market_shares_as_tables_for_both_worlds() -> None:
    run = told(
        YEARLY,
        '[[group]]\nid = "g"\npopulation = 500\nmix = { old = [0.6, 0.5, 0.4], older = 0.4 }\n'
        "mix_with = { new = [0.1, 0.25, 0.4], old = [0.55, 0.35, 0.15], older = [0.35, 0.3, 0.25] }\n"
        '[[treatment]]\nid = "new"\ncost = [{ per = "year", amount = 3000 }]\n'
        '[[treatment]]\nid = "older"\ncost = [{ per = "year", amount = 200 }]',
        OLD,
    )
    without = [500 * (old * 1000 + 0.4 * 200) for old in (0.6, 0.5, 0.4)]
    shares = zip((0.1, 0.25, 0.4), (0.55, 0.35, 0.15), (0.35, 0.3, 0.25), strict=True)
    with_new = [500 * (new * 3000 + old * 1000 + older * 200) for new, old, older in shares]
    assert run["gross"]["without"] == exactly(without)
    assert run["gross"]["with"] == exactly(with_new)


@pytest.mark.parametrize(
    ("entry", "first_year"),
    [
        ("yearly", 12),
        ("quarterly", 7.5),
        ("monthly", 6.5),
        ("weekly", 6.5 - (0.5 - 42 / 365.25)),
        ("evenly", 6),
    ],
)
def test_when_in_the_year_patients_start(entry: str, first_year: float) -> None:
    run = told(
        MONTHLY,
        f'entry = "{entry}"\n[[group]]\nid = "g"\nkind = "new"\npopulation = 120\nnew = "new"\nuptake = {{ to = 1 }}\n'
        '[[treatment]]\nid = "new"\ncost = [{ per = "month", amount = 10 }]',
    )
    assert run["gross"]["impact"] == exactly([1200 * first_year, 1200 * (12 + first_year)])


def test_a_pool_that_is_reached_year_by_year_starts_when_entry_says() -> None:
    pool = (
        '[[group]]\nid = "g"\nkind = "pool"\npopulation = 100\nnew = "new"\n'
        'uptake = { curve = "table", shares = [0.6, 1] }\n'
        '[[treatment]]\nid = "new"\ncost = [{ per = "month", amount = 10 }]'
    )
    once = told(MONTHLY + 'steps = "yearly"\nentry = "yearly"', pool)["gross"]["impact"]
    assert once == exactly([60 * 120, 100 * 120])
    through = [60 * 60, 60 * 120 + 40 * 60]
    assert told(MONTHLY + 'entry = "evenly"', pool)["gross"]["impact"] == exactly(through)
    assert told(MONTHLY + 'steps = "yearly"\nentry = "evenly"', pool)["gross"]["impact"] == exactly(through)


def test_doses_by_date_when_treatment_begins_in_july() -> None:
    run = told(
        MONTHLY,
        'entry = "yearly"\n[[group]]\nid = "g"\nkind = "pool"\npopulation = 10\nnew = "new"\n'
        'uptake = { to = 1, start = "2027-07" }\n[[treatment]]\nid = "new"\n'
        'dosing = { loading = [0, 14, 28, 63], every_months = 4 }\ncost = [{ per = "dose", amount = 1 }]',
    )
    # Days 0, 14, 28 and 63 fall in July to September. Day 63 and four months is in January, and so on.
    later = [63 + number * 365.25 / 3 for number in range(1, 9)]
    year = sum(184 < day < 184 + 365 for day in later)
    assert run["gross"]["impact"] == exactly([40, 10 * year])
    assert run["starts"]["with"]["g"]["new"] == exactly([10, 0])


@pytest.mark.parametrize(
    ("rounding", "rounded"),
    [
        ("false", lambda n: n),
        ("true", round),
        ('"nearest"', lambda n: math.floor(n + 0.5)),
        ('"floor"', math.floor),
        ('"ceil"', math.ceil),
    ],
)
def test_patients_rounded_each_year(rounding: str, rounded: Any) -> None:
    run = told(
        YEARLY,
        f"whole_patients = {rounding}\n[[group]]\nid = 'g'\npopulation = [50, 70, 81]\n"
        "funnel = [{ name = 'half', share = 0.5 }]\nmix = { old = 1 }\nnew = 'new'\nuptake = { to = 0.1 }\n"
        "[[treatment]]\nid = 'new'\ncost = [{ per = 'year', amount = 3000 }]",
        OLD,
    )
    eligible = [rounded(number) for number in (25, 35, 40.5)]
    assert run["eligible"]["g"] == exactly(eligible)
    new = [rounded(round(0.1 * number, 9)) for number in eligible]
    old = [rounded(round(0.9 * number, 9)) for number in eligible]
    assert run["gross"]["with"] == exactly([3000 * n + 1000 * o for n, o in zip(new, old, strict=True)])


@pytest.mark.parametrize("kind", ["pool", "new"])
@pytest.mark.parametrize("after", ["mix", "none"])
def test_what_those_have_who_stop_the_new_treatment(kind: str, after: str) -> None:
    run = told(
        YEARLY,
        f'[[group]]\nid = "g"\nkind = "{kind}"\npopulation = 100\nmix = {{ old = 0.9 }}\nnew = "new"\n'
        f'after = "{after}"\n'
        "uptake = { to = 0.5 }\ntakes_from = { old = 0.8 }\n"
        '[[treatment]]\nid = "new"\npersistence = { stop_after = 12 }\ncost = [{ per = "year", amount = 5000 }]',
        OLD,
    )
    old = run["gross"]["by_treatment"]["old"]["impact"]
    taken = 40  # of the 50 who start in a year, eight in ten had the old treatment
    if kind == "pool":  # the 50 start in the first year
        assert old == pytest.approx([-1000 * taken, *([0, 0] if after == "mix" else [-1000 * taken] * 2)])
    elif after == "mix":  # they come to the old treatment a year later than they would have
        assert old == exactly([-1000 * taken] * 3)
    else:
        assert old == exactly([-1000 * taken * years for years in (1, 2, 3)])


def test_what_those_have_who_stop_when_nothing_is_said() -> None:
    def old(kind: str, more: str = "") -> list[float]:
        run = told(
            YEARLY,
            f'[[group]]\nid = "g"\nkind = "{kind}"\npopulation = 100\nmix = {{ old = 1 }}\nnew = "new"\n{more}\n'
            "uptake = { to = 0.5 }\n",
            '[[treatment]]\nid = "new"\npersistence = { curve = "exponential", yearly = 0.5 }',
            OLD,
        )
        found: list[float] = run["gross"]["by_treatment"]["old"]["impact"]
        return found

    assert old("pool") == old("pool", 'after = "mix"') != old("pool", 'after = "none"')
    assert old("new") == old("new", 'after = "none"') != old("new", 'after = "mix"')


def test_a_cost_that_does_not_depend_on_how_many_arises_once() -> None:
    group = '[[group]]\nid = "{name}"\npopulation = {number}\nnew = "new"\nuptake = {{ to = 0.5 }}\n'
    run = told(
        YEARLY,
        group.format(name="small", number=100),
        group.format(name="large", number=300),
        '[[treatment]]\nid = "new"\ncost = [{ category = "other", per = "fixed_year", amount = 80_000 }]',
    )
    assert run["gross"]["impact"] == exactly([80_000] * 3)
    assert run["gross"]["by_group"]["small"]["impact"] == exactly([20_000] * 3)


def test_subgroups_roll_up_by_group_and_by_area() -> None:
    shared = 'mix = {{ old = 1 }}\nnew = "new"\nuptake = {{ to = 0.5 }}\n'
    group = '[[group]]\nid = "{name}"\n{more}population = {number}\n' + shared
    run = told(
        YEARLY,
        'split = { "12" = 0.25, su = 0.75 }',
        group.format(name="children", more='area = "su"\n', number=40),
        group.format(name="adults", more="", number=400),
        '[[treatment]]\nid = "new"\ncost = [{ per = "year", amount = 3000 }]',
        OLD,
    )
    gross = run["gross"]
    assert gross["by_group"]["children"]["impact"] == exactly([20 * 2000] * 3)
    assert gross["by_area"]["12"]["impact"] == exactly([0.25 * 200 * 2000] * 3)
    assert gross["by_area"]["su"]["impact"] == exactly([(0.75 * 200 + 20) * 2000] * 3)
    assert [sum(year) for year in zip(*(area["impact"] for area in gross["by_area"].values()), strict=True)] == exactly(
        gross["impact"]
    )


def test_the_fund_bears_the_extra_cost_while_it_finances() -> None:
    run = told(
        MONTHLY,
        'financed = { first = "2027-04", last = "2027-12" }\n'
        '[[group]]\nid = "g"\npopulation = 100\nmix = { old = 1 }\nnew = "new"\nuptake = { to = 0.5 }\n'
        '[[treatment]]\nid = "new"\ncost = [{ per = "month", amount = 300 },'
        ' { category = "administration", per = "month", amount = 20 }]\n[[treatment]]\nid = "old"\n'
        'cost = [{ per = "month", amount = 100, purse = "prescription_benefit" }]',
    )
    purse = run["gross"]["by_purse"]
    assert purse["introduction_fund"]["impact"] == exactly([50 * (300 - 100) * 9, 0])
    assert purse["clinic"]["impact"] == exactly([50 * (300 * 3 + 20 * 12), 50 * 320 * 12])
    assert purse["prescription_benefit"]["impact"] == exactly([-50 * 100 * 3, -50 * 100 * 12])
    assert sum(part["impact"][0] for part in purse.values()) == pytest.approx(run["gross"]["impact"][0])
