"""Media stays on the loopback of this host, which aiortc leaves out by itself; clients end with their test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aioice.ice
import pytest

from telephony.engines.embedded.connection import gather_only
from tests.telephony.engines.clients import Client


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", aioice.ice.get_host_addresses)
    gather_only(("127.0.0.1",))


@pytest.fixture(autouse=True)
async def _clients_end() -> AsyncIterator[None]:
    yield
    for client in list(Client.alive):
        await client.close()
