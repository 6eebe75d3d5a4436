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
        ("INTRODUCTION_WORKER", "on", "write 0 or 1"),
        ("INTRODUCTION_URL", "inforande.region.se", "write an address such as https://inforande.region.se"),
        ("INTRODUCTION_MAIL", "perhaps", "write send, stop or an address"),
        ("INTRODUCTION_MAIL", "send", "real mail needs INTRODUCTION_SMTP_HOST"),
        ("INTRODUCTION_MAIL", "prov@region.example", "real mail needs INTRODUCTION_SMTP_HOST"),
        ("INTRODUCTION_SMTP_SECURITY", "ssl", "write starttls, tls or none"),
        ("INTRODUCTION_SMTP_PORT", "70000", "write a port such as 587"),
        ("INTRODUCTION_SMTP_PORT", "smtp", "write a port such as 587"),
    ],
)
def test_a_bad_setting_is_named_with_what_to_write(tmp_path: Path, name: str, value: str, reason: str) -> None:
    with pytest.raises(BadSetting, match=f"{name}.*{reason}"):
        read(tmp_path, **{name: value})


def test_a_day_can_be_fixed_for_demonstration(tmp_path: Path) -> None:
    assert read(tmp_path, INTRODUCTION_TODAY="2027-04-01").fixed_today == date(2027, 4, 1)


SERVER = {"INTRODUCTION_SMTP_HOST": "smtp.region.example", "INTRODUCTION_MAIL_FROM": "Införande <i@region.example>"}


def test_without_a_mail_server_all_mail_is_stopped(tmp_path: Path) -> None:
    assert read(tmp_path).mail == "stop"


def test_with_a_mail_server_mail_is_sent(tmp_path: Path) -> None:
    found = read(tmp_path, **SERVER)
    assert (found.mail, found.smtp_port, found.smtp_security) == ("send", 587, "starttls")
    assert found.mail_sender_address == "i@region.example"
    assert read(tmp_path, **SERVER, INTRODUCTION_MAIL="stop").mail == "stop"


def test_all_mail_can_go_to_one_address_instead(tmp_path: Path) -> None:
    found = read(tmp_path, **SERVER, INTRODUCTION_MAIL="prov@region.example")
    assert (found.mail, found.mail_redirect) == ("redirect", "prov@region.example")


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_the_security_unless_it_is_given(tmp_path: Path, security: str, port: int) -> None:
    given = {**SERVER, "INTRODUCTION_SMTP_SECURITY": security}
    assert read(tmp_path, **given).smtp_port == port
    assert read(tmp_path, **given, INTRODUCTION_SMTP_PORT="2525").smtp_port == 2525


@pytest.mark.parametrize("sender", ["", "Införande"])
def test_real_mail_needs_a_sender(tmp_path: Path, sender: str) -> None:
    with pytest.raises(BadSetting, match="INTRODUCTION_MAIL_FROM: write the address"):
        read(tmp_path, **{**SERVER, "INTRODUCTION_MAIL_FROM": sender})


def test_a_moved_day_and_real_mail_do_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="set INTRODUCTION_MAIL=stop"):
        read(tmp_path, **SERVER, INTRODUCTION_TODAY="2027-04-01")
    assert read(tmp_path, **SERVER, INTRODUCTION_TODAY="2027-04-01", INTRODUCTION_MAIL="stop").fixed_today


def test_a_worker_runs_inside_on_sqlite_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    elsewhere = {"INTRODUCTION_DATABASE_URL": "postgresql://db/introduction"}
    assert read(tmp_path).worker_inside
    assert not read(tmp_path, **elsewhere).worker_inside
    assert not read(tmp_path, INTRODUCTION_WORKER="0").worker_inside
    assert read(tmp_path, **elsewhere, INTRODUCTION_WORKER="1").worker_inside


def test_links_lead_to_where_people_reach_the_service(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="8124").url == "http://127.0.0.1:8124"
    found = read(tmp_path, INTRODUCTION_URL="https://inforande.region.se/")
    assert (found.url, found.host) == ("https://inforande.region.se", "inforande.region.se")


@pytest.mark.parametrize("folder", ["workflows", "templates", "migrations"])
def test_what_ships_with_the_product_is_found(folder: str) -> None:
    assert settings.bundled(folder).is_dir()
