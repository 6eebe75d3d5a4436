"""Settings: read once, and a bad one stops the start with the reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from introduction import settings
from introduction.settings import BadSetting


def read(tmp_path: Path, **environment: str) -> settings.Settings:
    """The settings of an environment whose state folder is new."""
    return settings.read({"INTRODUCTION_STATE": str(tmp_path / "var"), **environment})


def test_without_any_setting_all_state_lies_in_one_folder(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'var' / 'introduction.db'}"
    assert found.seals == tmp_path / "var" / "seals.jsonl"
    assert (found.workflows / "published.toml").exists()
    assert found.fixed_today is None
    assert not found.secure_cookies


def test_keys_are_made_once_each_their_own_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert first == read(tmp_path)
    assert first.secret_key != first.seal_key
    for name in ("secret.key", "seal.key"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o777 == 0o600


def test_keys_from_the_environment_leave_no_file(tmp_path: Path) -> None:
    found = read(tmp_path, INTRODUCTION_SECRET_KEY="one", INTRODUCTION_SEAL_KEY="two")
    assert (found.secret_key, found.seal_key) == ("one", "two")
    assert list((tmp_path / "var").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("INTRODUCTION_TODAY", "23 november", "write a date such as 2026-11-23"),
        ("INTRODUCTION_SECURE_COOKIES", "yes", "write 0 or 1"),
        ("INTRODUCTION_PROXIES", "two", "write a number from 0 to 9"),
        ("INTRODUCTION_WORKFLOWS", "/no/such/folder", "is not a folder"),
    ],
)
def test_a_bad_setting_is_named_with_what_to_write(tmp_path: Path, name: str, value: str, reason: str) -> None:
    with pytest.raises(BadSetting, match=f"{name}.*{reason}"):
        read(tmp_path, **{name: value})


def test_a_day_can_be_fixed_for_demonstration(tmp_path: Path) -> None:
    assert read(tmp_path, INTRODUCTION_TODAY="2027-04-01").fixed_today == date(2027, 4, 1)


@pytest.mark.parametrize("folder", ["workflows", "templates", "migrations"])
def test_what_ships_with_the_product_is_found(folder: str) -> None:
    assert settings.bundled(folder).is_dir()
