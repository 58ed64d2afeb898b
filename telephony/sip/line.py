"""How our side of the telephone network is set up: plain values, as the core sends them to the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from assistant.contracts import ConfigError
from telephony.sip.numbers import DialPlan


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """Our account with the exchange.

    user, domain: who we are, `sip:user@domain`. registrar: where we register, `host[:port]`; "" does not register, and
    phones call us at our own address. secret, auth_user: for the exchange's challenge; the secret is never shown.
    address: the local address to speak from ("" finds one; loopback must be named). port: UDP port of SIP.
    lines: calls at the same time, both ways; one more is busy. ring_s: how long we let a phone ring.
    lost_s: an answered call without a packet for so long is over (0: never). codecs: in order of preference.
    dtmf: how keys travel: in the RTP stream (RFC 4733), or by SIP INFO (the only way of Janus).
    srtp: whether the sound is encrypted (SDES): off, optional, required. Only baresip's.
    gateway: which SIP stack: baresip's in the calling worker, or the plugin of a Janus that runs anyway.
    """

    user: str
    domain: str
    secret: str = field(default="", repr=False)
    auth_user: str = ""
    registrar: str = ""
    register_every_s: int = 600
    transport: Literal["udp", "tcp"] = "udp"
    address: str = ""
    port: int = 5060
    rtp_ports: tuple[int, int] = (16384, 32768)
    lines: int = 8
    ring_s: float = 60.0
    lost_s: int = 60
    codecs: tuple[str, ...] = ("pcma", "pcmu")
    dtmf: Literal["rtpevent", "info"] = "rtpevent"
    srtp: Literal["off", "optional", "required"] = "off"
    allow: tuple[str, ...] = ("xxxx", "xxxxx")
    names: tuple[str, ...] = ()
    country: str = "82"
    area: str = "2"
    outside: str = ""
    national: bool = True
    gateway: Literal["baresip", "janus"] = "baresip"

    def __post_init__(self) -> None:
        low, high = self.rtp_ports
        texts = (self.user, self.domain, self.secret, self.auth_user, self.registrar, self.address)
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("who we are and where is text")
        checks = {
            "user and domain must be set": bool(self.user and self.domain),
            "secret must not hold quotes, backslashes or control characters": not any(
                letter in '"\\' or not letter.isprintable() for letter in self.secret
            ),
            "port must be 1 to 65535": 1 <= self.port <= 65535,
            "rtp_ports must be two ports, the lower first": 1024 <= low < high <= 65535,
            "lines must be 1 to 100": 1 <= self.lines <= 100,
            "ring_s must be 1 to 180 seconds": 1 <= self.ring_s <= 180,
            "lost_s must be 0 to 600 seconds": 0 <= self.lost_s <= 600,
            "register_every_s must be 30 to 7200 seconds": 30 <= self.register_every_s <= 7200,
            "transport must be udp or tcp": self.transport in ("udp", "tcp"),
            "srtp must be off, optional or required": self.srtp in ("off", "optional", "required"),
            "srtp is not to be had with janus": self.srtp == "off" or self.gateway == "baresip",
            "gateway must be baresip or janus": self.gateway in ("baresip", "janus"),
            "dtmf must be rtpevent or info": self.dtmf in ("rtpevent", "info"),
            "codecs must be some of pcma, pcmu, g722": bool(self.codecs)
            and set(self.codecs) <= {"pcma", "pcmu", "g722"},
        }
        wrong = [sentence for sentence, good in checks.items() if not good]
        if wrong:
            raise ConfigError("bad-phone-line", wrong[0])
        self.plan()

    def plan(self) -> DialPlan:
        """The dialling plan of this line. Raises ConfigError."""
        return DialPlan(
            self.domain,
            allow=self.allow,
            names=frozenset(self.names),
            country=self.country,
            area=self.area,
            outside=self.outside,
            national=self.national,
        )

    def wire(self) -> dict[str, Any]:
        """JSON-ready, WITH the secret: only for the worker's link, never for a log."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_wire(cls, values: Mapping[str, Any]) -> PhoneLine:
        """The counterpart of wire(). Raises ConfigError, which never quotes a value."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError("bad-phone-line", f"unknown setting {unknown[0]!r}")
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        try:
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                "bad-phone-line", "a setting of the phone line is missing or of the wrong kind"
            ) from error
