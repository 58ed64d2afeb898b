"""Which SIP stack serves a phone line. Each is loaded only when a line asks for it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts import Unavailable
from telephony.sip.legs import Join
from telephony.sip.line import PhoneLine
from telephony.sip.phones import Make, Opened


def gateways(janus_url: str = "", janus_secret: str = "") -> Make:
    """Makes the gateway that a line names. janus_url: where Janus runs, "" where none does."""

    def make(line: PhoneLine, join: Join, dead: Callable[[], None]) -> Opened:
        if line.gateway == "baresip":
            from telephony.sip.baresip import BaresipGateway

            return BaresipGateway(line, join, dead)
        if not janus_url:
            raise Unavailable("phones-unavailable", "the phone line names Janus, but none is kept running")
        from telephony.sip.janus import JanusGateway

        return JanusGateway(janus_url, janus_secret, line, join, dead)

    return make
