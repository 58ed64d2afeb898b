"""A real Janus for the tests, started as the product starts it. It cannot gather on a host that has only a loopback."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import ifaddr
import pytest

from telephony.engines.janus.config import JanusOptions, JanusSetup, write_setup

MEDIA_PORTS = (21000, 21400)


def own_address() -> str | None:
    """An IPv4 address of this host that is no loopback."""
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str) and not ip.ip.startswith(("127.", "169.254.")):
                return ip.ip
    return None


@contextlib.contextmanager
def janus(folder: Path) -> Iterator[tuple[JanusSetup, str, subprocess.Popen[bytes]]]:
    """Its set-up, the address of its media, and its process. Skips, saying why, where it cannot run."""
    if shutil.which("janus") is None:
        pytest.skip("janus is not installed: scripts/setup.sh test brings it")
    address = own_address()
    if address is None:
        pytest.skip("this host has no address but its loopback, and Janus cannot gather there")
    setup = write_setup(folder, JanusOptions(addresses=(address,), media_ports=MEDIA_PORTS))
    with (folder / "janus.log").open("wb") as log:
        process = subprocess.Popen(setup.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        listening(setup, process)
        yield setup, address, process
    finally:
        process.terminate()
        process.wait(120)


def listening(setup: JanusSetup, process: subprocess.Popen[bytes]) -> None:
    port, end = int(setup.url.rpartition(":")[2]), time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, "janus ended at its start"
            assert time.monotonic() < end, "janus does not listen"
            time.sleep(0.05)
