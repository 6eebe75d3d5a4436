"""Amounts: what people type, and splits that lose no öre."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.errors import Refused
from introduction.domain.money import MAX_ORE, parse_kronor, split


@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("0", 0),
        ("12", 1200),
        ("12,5", 1250),
        ("12.50", 1250),
        ("1 250 000", 125_000_000),
        ("1\u00a0250\u00a0000 kr", 125_000_000),
        ("1\u202f250,05", 125_005),
        ("1,250,000", 125_000_000),
        ("-300", -30_000),
        ("\u2212300", -30_000),
        ("10 000 000 000", MAX_ORE),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, ore):
    assert parse_kronor(typed) == ore


@pytest.mark.parametrize(
    "typed", ["", "kr", "tolv", "12,505", "1e6", "1,2,3", "--5", "10 000 000 000,01", "99999999999999"]
)
def test_what_is_no_amount_is_refused_with_a_reason(typed):
    with pytest.raises(Refused) as refusal:
        parse_kronor(typed)
    assert "Skriv" in str(refusal.value)


def test_the_leftover_ore_go_to_the_largest_remainders_and_ties_to_the_first():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [95, 5]) == [95, 5]
    assert split(101, [95, 5]) == [96, 5]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]


def test_a_part_without_weight_gets_nothing():
    assert split(7, [0, 1, 0]) == [0, 7, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_there_is_no_split_without_positive_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@given(
    st.integers(-MAX_ORE, MAX_ORE),
    st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any),
)
def test_parts_add_up_to_the_whole_and_each_is_within_one_ore_of_its_share(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )
