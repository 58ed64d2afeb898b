"""The settings of calls, the telephone line and meetings; read with the others (settings.py)."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

_LIVEKIT = re.compile(r"wss?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?", re.ASCII)
"""A host and nothing else: it becomes a part of the pages' security policy."""
LEAST_SECRET = 32
"""Letters of a secret, as LiveKit itself asks for."""


class Section(BaseModel):
    """A section of the settings: what it does not know is refused."""

    model_config = {"extra": "forbid", "allow_inf_nan": False}


class CallSettings(Section):
    """Calls with the departments. enabled: off, the screens' call buttons say that calls are not connected. ring_s:
    how long a console rings. waiting: a console that is in a call is rung, too, when no other is free. phones: SIP
    addresses by department, as in {fire = "sip:119@pbx.office"}. fallback: the department that is tried when nobody of
    another one, nor of its deputies, can be reached; "": none. keep_days: how long the call log is kept."""

    enabled: bool = True
    ring_s: float = Field(30.0, ge=5, le=60)
    waiting: bool = False
    cancel_s: float = Field(3.0, ge=3, le=10)
    """How long a spoken call can be taken back before it rings."""
    phones: dict[str, str] = {}
    fallback: str = ""
    numbers: dict[str, str] = {}
    """Departments by the number that a telephone has dialled to reach us."""
    closed: dict[date, str] = {}
    """Days on which this site is closed beside the public holidays: {2026-12-31 = "종무"}; their names are told."""
    reception: str = ""
    """The department of every other number; "": such calls are refused."""
    turn_urls: list[str] = Field([], max_length=8)
    """STUN and TURN servers of browsers, as in "turn:turn.office:3478"; without them calls stay within one network."""
    turn_secret: SecretStr = SecretStr("")
    """coturn's static-auth-secret; credentials that are good for `turn_ttl_s` are made with it."""
    turn_ttl_s: int = Field(3600, ge=60, le=86400)
    keep_days: float = Field(90.0, gt=0)
    engine: Literal["embedded", "janus", "livekit", "p2p"] = "embedded"
    """What carries rooms: our own forwarder, for up to six people, Debian's `janus`, or a LiveKit server; p2p: nothing,
    calls are between two."""
    livekit_url: str = Field("", max_length=200)
    """Of the LiveKit server, for pages and for this service: wss://host[:port], or ws:// in a closed network."""
    livekit_key: SecretStr = SecretStr("")
    livekit_secret: SecretStr = SecretStr("")
    """A pair of `keys` in the server's configuration."""
    addresses: list[str] = Field([], max_length=8)
    """Of this host, for the media of rooms; none: all of them."""
    keep_estimate: bool = False
    """Whether pages adapt what they send to a narrow network, with the embedded engine."""

    @model_validator(mode="after")
    def _livekit_is_whole(self) -> Self:
        if self.engine != "livekit":
            return self
        if not _LIVEKIT.fullmatch(self.livekit_url):
            raise ValueError('livekit_url is wss://HOST[:PORT] or ws://HOST[:PORT], for engine = "livekit"')
        if not self.livekit_key.get_secret_value():
            raise ValueError('livekit_key is missing, for engine = "livekit"')
        if len(self.livekit_secret.get_secret_value()) < LEAST_SECRET:
            raise ValueError(f'livekit_secret has at least {LEAST_SECRET} characters, for engine = "livekit"')
        return self

    @property
    def livekit_origin(self) -> str:
        """What pages may speak to beside us: scheme, host and port; "" without LiveKit."""
        return self.livekit_url.rstrip("/") if self.engine == "livekit" and self.enabled else ""


class PhoneSettings(Section):
    """Our line with the office's telephone exchange, by SIP; without `user` and `domain` there is none. The values are
    explained in docs/calls-phones.md."""

    user: str = ""
    domain: str = ""
    secret: SecretStr = SecretStr("")
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
    codecs: list[str] = ["pcma", "pcmu"]
    dtmf: Literal["rtpevent", "info"] = "rtpevent"
    srtp: Literal["off", "optional", "required"] = "off"
    allow: list[str] = ["xxxx", "xxxxx"]
    names: list[str] = []
    country: str = "82"
    area: str = "2"
    outside: str = ""
    national: bool = True
    gateway: Literal["baresip", "janus"] = "baresip"


class MeetingSettings(Section):
    """Meeting rooms. most: people in one, as the engine can bear. one_screen: only one shares a screen at a time. pins:
    4 to 12 digits by room id; a file of the secrets folder is the place for them. keep_days: minutes and recordings; 0
    keeps none."""

    most: int = Field(6, ge=2, le=100)
    one_screen: bool = True
    pins: dict[str, SecretStr] = {}
    captions: Literal["auto", "whisper", "vosk", "off"] = "auto"
    """What writes captions: auto is Whisper where its model is here, else Vosk, which is far less sure."""
    captions_memory_mb: int = Field(1200, gt=0)
    captions_start_timeout_s: float = Field(60.0, gt=0)
    recording: bool = True
    keep_days: float = Field(30.0, ge=0)
