"""One connection to a client, published or subscribed: descriptions, candidates and a limit on everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import aioice.ice
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.sdp import candidate_from_sdp

from assistant.contracts import BadInput
from telephony.engines.engine import Description
from telephony.engines.offers import hidden

Ending = Literal["connected", "failed", "closed"]
LONGEST_CANDIDATE = 512


@dataclass(frozen=True, slots=True)
class Limits:
    """connections: of the whole engine, phones apart. per_part: of one part. candidates: of one connection.
    waiting: frames that may wait for one subscriber. connect_s: until a connection must stand."""

    connections: int = 64
    per_part: int = 24
    candidates: int = 100
    waiting: int = 300
    connect_s: float = 15.0


def gather_only(addresses: tuple[str, ...]) -> None:
    """From now on, this process offers these addresses of the host alone."""
    chosen = list(addresses)

    def addresses_of_host(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return [one for one in chosen if use_ipv6 if ":" in one] + [one for one in chosen if use_ipv4 if ":" not in one]

    aioice.ice.get_host_addresses = addresses_of_host


class Connection:
    """A peer connection. on_state: told once that it stands, and once that it has failed or was closed by the peer."""

    def __init__(
        self, limits: Limits, ice_servers: tuple[RTCIceServer, ...], on_state: Callable[[Ending], None]
    ) -> None:
        configuration = RTCConfiguration(list(ice_servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.pc = RTCPeerConnection(configuration)
        self.negotiation = asyncio.Lock()
        self.open = True
        self.stands = False
        self._limits, self._on_state = limits, on_state
        self._candidates = 0
        self._all_candidates = False
        self._gathering: asyncio.Future[None] | None = None
        self._patience = asyncio.get_running_loop().call_later(limits.connect_s, self._too_late)
        self.pc.on("connectionstatechange", self._changed)

    async def answer_to(self, lines: str) -> Description:
        """The answer to a client's offer, with all candidates of ours. Raises BadInput `bad-description`."""
        try:
            await self.pc.setRemoteDescription(RTCSessionDescription(lines, "offer"))
            await self._describe(await self.pc.createAnswer())
        except Exception as error:  # a parser's complaints are of every kind
            raise self._refused() from error
        return self._local()

    async def offer(self) -> Description:
        """Our offer, with all candidates of ours."""
        await self._describe(await self.pc.createOffer())
        return self._local()

    async def answered(self, lines: str) -> None:
        """The client's answer. Raises BadInput `bad-description`, or `no-offer-waits` for a second one."""
        if self.pc.signalingState != "have-local-offer":
            raise BadInput("no-offer-waits", "this subscription has been answered")
        try:
            await self.pc.setRemoteDescription(RTCSessionDescription(lines, "answer"))
        except Exception as error:
            raise self._refused() from error

    async def candidate(self, candidate: Mapping[str, Any] | None) -> None:
        """A candidate of the client's. Raises BadInput `bad-candidate` or `too-many-candidates`."""
        text = "" if candidate is None else candidate.get("candidate")
        if not isinstance(text, str) or len(text) > LONGEST_CANDIDATE:
            raise BadInput("bad-candidate", f"a candidate is a text of at most {LONGEST_CANDIDATE} characters")
        self._candidates += 1
        if self._candidates > self._limits.candidates:
            raise BadInput("too-many-candidates", f"a connection takes {self._limits.candidates} candidates")
        if self._all_candidates or not self.open or hidden(text):
            return
        async with self.negotiation:
            try:
                await self._add(text, candidate or {})
            except Exception as error:
                raise BadInput("bad-candidate", "this candidate cannot be read") from error

    async def _add(self, text: str, candidate: Mapping[str, Any]) -> None:
        if not text:
            self._all_candidates = True
            await self.pc.addIceCandidate(None)
            return
        read = candidate_from_sdp(text.removeprefix("candidate:"))
        mid, index = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
        read.sdpMid = mid if isinstance(mid, str) else None
        read.sdpMLineIndex = index if isinstance(index, int) else None
        await self.pc.addIceCandidate(read)

    async def close(self) -> None:
        """End it."""
        self.open = False
        self._patience.cancel()
        if self._gathering is not None:
            await asyncio.wait([self._gathering])
        await self.pc.close()

    async def _describe(self, made: RTCSessionDescription) -> None:
        """Gather our candidates, to the end even when nobody waits for them any more: aioice closes only those sockets
        that it has finished opening."""
        self._gathering = asyncio.ensure_future(self.pc.setLocalDescription(made))
        await asyncio.shield(self._gathering)

    def _local(self) -> Description:
        made = self.pc.localDescription
        return Description("offer" if made.type == "offer" else "answer", made.sdp)

    def _refused(self) -> BadInput:
        return BadInput("bad-description", "this description cannot be used")

    def _changed(self) -> None:
        state = self.pc.connectionState
        if not self.open:
            return
        if state == "connected" and not self.stands:
            self.stands = True
            self._patience.cancel()
            self._on_state("connected")
        elif state == "failed":
            self._end("failed")
        elif state == "closed":
            self._end("closed")

    def _too_late(self) -> None:
        if self.open and not self.stands:
            self._end("failed")

    def _end(self, how: Ending) -> None:
        self.open = False
        self._patience.cancel()
        self._on_state(how)
