"""What a supervisor is told: datagrams where the environment names a socket, and nothing else, ever."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bot.systemd import Supervisor

ADDRESS = "/run/notify"


def test_outside_of_systemd_there_is_nobody_to_tell() -> None:
    nobody = Supervisor.of({})
    assert nobody == Supervisor(None, None)
    nobody.tell(READY=1)


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative/path"])
def test_an_address_that_is_no_socket_of_this_machine_is_nobody(address: str) -> None:
    assert Supervisor.of({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"}) == Supervisor()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "120000000"}, 120.0),
        ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": str(os.getpid())}, 1.5),
        ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
    ],
)
def test_the_watchdog_is_fed_only_where_it_means_us(environment: dict[str, str], seconds: float | None) -> None:
    assert Supervisor.of({"NOTIFY_SOCKET": ADDRESS} | environment) == Supervisor(ADDRESS, seconds)


@pytest.mark.parametrize("abstract", [False, True])
def test_words_are_one_datagram_of_lines(tmp_path: Path, abstract: bool) -> None:
    # A relative path would be refused; a long temporary one may not fit into an address.
    address = f"@symptom-diary-test-{os.getpid()}" if abstract else str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0" + address[1:] if abstract else address)
        heard.settimeout(10)
        Supervisor.of({"NOTIFY_SOCKET": address}).tell(READY=1, STATUS="All is well.\nREADY=0")
        assert heard.recv(1000) == b"READY=1\nSTATUS=All is well.", "a word is one line, whatever is in it"


def test_a_supervisor_that_is_gone_or_does_not_listen_disturbs_nobody(tmp_path: Path) -> None:
    Supervisor(str(tmp_path / "gone")).tell(READY=1)
    Supervisor("/" + "x" * 500).tell(READY=1)
    address = str(tmp_path / "full")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(address)
        for _ in range(5_000):
            Supervisor(address).tell(WATCHDOG=1)
