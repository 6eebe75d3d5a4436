"""An order that is put by hand: some go to the places that are typed, the others stay in their order around them."""

from __future__ import annotations

import pytest

from introduction.domain.errors import InvalidInput
from introduction.domain.ordering import carried, moved_to, shifted


def test_one_is_moved_a_place_and_no_further_than_to_the_ends() -> None:
    assert shifted("abc", "b", -1) == ["b", "a", "c"]
    assert shifted("abc", "c", 1) == ["a", "b", "c"]


def test_an_old_copy_loses_those_that_are_settled_and_has_the_new_ones_last() -> None:
    assert carried(["c", "x", "a", "c"], ["a", "b", "c"]) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({}, "abcde"),
        ({"d": "2"}, "adbce"),
        ({"a": "5"}, "bcdea"),
        ({"a": "3", "c": "1"}, "cbade"),
        ({"a": " 2 ", "b": "2"}, "bacde"),
        ({"a": "5", "b": "4", "c": "3", "d": "2", "e": "1"}, "edcba"),
    ],
)
def test_those_whose_place_is_typed_go_there_and_the_others_stay_in_their_order(
    typed: dict[str, str], order: str
) -> None:
    assert moved_to("abcde", typed, dict(zip("abcde", "abcde", strict=True))) == list(order)


@pytest.mark.parametrize(
    ("typed", "keys", "says"),
    [
        ({"a": "0"}, {"a"}, "ett tal mellan 1 och 5"),
        ({"a": "6"}, {"a"}, "Ettumab"),
        ({"a": "", "b": "första"}, {"a", "b"}, "ett tal mellan 1 och 5"),
        ({"a": "-1"}, {"a"}, "ett tal mellan 1 och 5"),
        ({"a": "9" * 400}, {"a"}, "ett tal mellan 1 och 5"),
        ({"a": "4", "b": "4"}, {"b"}, "Ge Ettumab och b olika platser: båda har 4"),
    ],
)
def test_what_is_no_place_is_refused_with_what_to_write(typed: dict[str, str], keys: set[str], says: str) -> None:
    called = dict(zip("abcde", "abcde", strict=True)) | {"a": "Ettumab"}
    with pytest.raises(InvalidInput) as refused:
        moved_to("abcde", typed, called)
    assert {key for key, _message in refused.value.problems} == keys
    assert any(says in str(message) for _key, message in refused.value.problems)
