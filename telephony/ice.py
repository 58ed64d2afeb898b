"""How a browser finds a way to another: STUN and TURN servers, TURN with a credential that is good for a while."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class IceServers:
    """turn_urls: `turn:host:3478`, `turns:...`, or `stun:...`. secret: coturn's static-auth-secret. ttl_s: how long a
    credential is good; it must outlast the longest call, whose relay it renews."""

    turn_urls: Sequence[str] = ()
    secret: str = ""
    ttl_s: int = 3600

    def servers(self, who: str, epoch: float) -> list[dict[str, Any]]:
        """As RTCPeerConnection takes them. who: an id without meaning to others; no token, no name."""
        stun = [url for url in self.turn_urls if url.startswith("stun")]
        turn = [url for url in self.turn_urls if not url.startswith("stun")]
        found: list[dict[str, Any]] = [{"urls": stun}] if stun else []
        if turn:
            username = f"{int(epoch) + self.ttl_s}:{who}"
            digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
            found.append({"urls": turn, "username": username, "credential": base64.b64encode(digest).decode()})
        return found
