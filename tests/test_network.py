"""A test cannot reach the network or send mail by accident."""

from __future__ import annotations

import smtplib
import socket

import pytest


def test_another_machine_is_not_reached(no_network: list[str]) -> None:
    with socket.socket() as reaching, pytest.raises(RuntimeError, match="a test may not connect"):
        reaching.connect(("192.0.2.1", 80))
    assert no_network == ["192.0.2.1:80"]
    no_network.clear()


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost"])
def test_no_mail_server_is_reached_not_even_the_machines_own(no_network: list[str], host: str) -> None:
    with pytest.raises(RuntimeError, match="may not connect"):
        smtplib.SMTP(host, 25, timeout=1)
    no_network.clear()


def test_a_server_that_the_test_itself_started_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
