"""Whether a TURN server gives us a relay with the credentials that pages get, asked as a page asks it."""

from __future__ import annotations

import asyncio
import ssl
import time

from aioice import stun, turn

from telephony.ice import IceServers

WAIT_S = 6.0
LIFETIME_S = 60
"""Of the relay that is asked for: it is given back at once."""


def trouble_with(url: str, host: str, port: int, *, secret: str, transport: str, tls: bool) -> str:
    """Why there is no relay to be had, "" if there is one."""
    server = IceServers([url], secret, ttl_s=300).servers("doctor", time.time())[0]
    try:
        return asyncio.run(_relay((host, port), str(server["username"]), str(server["credential"]), transport, tls))
    except TimeoutError:
        return f"no answer within {WAIT_S:g} s"
    except ssl.SSLError as error:
        return f"its certificate is not trusted here ({error.reason})"
    except (OSError, ValueError, stun.TransactionError) as error:
        return f"no relay ({getattr(error, 'strerror', None) or type(error).__name__})"


async def _relay(address: tuple[str, int], username: str, credential: str, transport: str, tls: bool) -> str:
    gone = asyncio.get_running_loop().create_future()

    class Peer(asyncio.DatagramProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            if not gone.done():
                gone.set_result(None)

    async with asyncio.timeout(WAIT_S):
        try:
            relay, _ = await turn.create_turn_endpoint(
                Peer, address, username, credential, lifetime=LIFETIME_S, ssl=tls or None, transport=transport
            )
        except stun.TransactionFailed as error:
            code, words = error.response.attributes.get("ERROR-CODE", (0, ""))
            return _REFUSED if code == 401 else f"it gives no relay: {code} {words}"
        relay.close()
        await gone
    return ""


_REFUSED = "it does not accept our credentials: calls.turn_secret is not its static-auth-secret, or the clocks differ"
