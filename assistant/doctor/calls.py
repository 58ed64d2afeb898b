"""What calls need: somebody who can be called, and a way between two networks."""

from __future__ import annotations

import re
import secrets
import socket
from datetime import datetime

from assistant.contracts import ConfigError
from assistant.doctor.row import Row
from assistant.settings import Settings
from content_registry.holidays import load_holidays
from content_registry.loader import load_registry
from display_bridge.city_data.metrics import KST
from display_bridge.pairing import CONSOLE, Pairing

_SERVER = re.compile(r"(stuns?|turns?):(\[[0-9A-Fa-f:]+\]|[^:?]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?")
_WAIT_S = 2.0
_BINDING, _MAGIC = 0x0001, 0x2112A442


def departments(settings: Settings) -> Row:
    """Which departments have a console or a telephone."""
    if not settings.calls.enabled:
        return Row("calls", "ok", "switched off (calls.enabled)")
    known = load_registry().departments
    unknown = sorted({*settings.calls.phones, *settings.calls.numbers.values()} - set(known))
    if unknown:
        return Row("calls", "degraded", f"calls.phones, calls.numbers: there is no department {unknown[0]!r}", _CHECK)
    devices = Pairing(settings.state_dir / "db" / "devices.json").devices()
    consoles = {device.department for device in devices if device.role == CONSOLE} & set(known)
    reached = consoles | set(settings.calls.phones)
    detail = f"{len(reached)} of {len(known)} departments have a console ({len(consoles)}) or a telephone"
    last = max(load_holidays()).year
    if datetime.now(KST).year > last:
        return Row("calls", "degraded", f"{detail}; public holidays are known to the end of {last} only", _HOLIDAYS)
    return Row("calls", "ok", detail) if reached else Row("calls", "degraded", detail, _PAIR)


def turn(settings: Settings) -> Row:
    """Whether the STUN servers answer, and the TURN servers give a relay for the credentials that pages get."""
    urls = settings.calls.turn_urls
    if not urls:
        return Row("calls (TURN)", "ok", "none set: calls stay within one network (calls.turn_urls)")
    secret = settings.calls.turn_secret.get_secret_value()
    if any(url.startswith("turn") for url in urls) and not secret:
        return Row("calls (TURN)", "degraded", "calls.turn_urls without calls.turn_secret", _CHECK)
    failed = [f"{url}: {trouble}" for url in urls if (trouble := _trouble(url, secret))]
    if failed:
        return Row("calls (TURN)", "degraded", "; ".join(failed), _START)
    relays = any(url.startswith("turn") for url in urls)
    return Row("calls (TURN)", "ok", f"{', '.join(urls)} answer{', and give us a relay' if relays else ''}")


def _trouble(url: str, secret: str) -> str:
    """Why a server cannot be used, "" if it answers."""
    found = _SERVER.fullmatch(url)
    if found is None:
        raise ConfigError("bad-settings", f"calls.turn_urls: {url!r} is not like turn:host:3478")
    scheme, host, port, transport = found.groups()
    tls = scheme.endswith("s")
    address = (host.strip("[]"), int(port or (5349 if tls else 3478)))
    if scheme.startswith("turn"):
        from telephony.engines.embedded.relay import trouble_with

        return trouble_with(url, *address, secret=secret, transport="tcp" if tls else transport or "udp", tls=tls)
    try:
        if tls or transport == "tcp":
            socket.create_connection(address, _WAIT_S).close()
            return ""
        return _bound(address)
    except OSError as error:
        return f"no answer ({error.strerror or error})"


def _bound(address: tuple[str, int]) -> str:
    """A STUN binding request, as RFC 8489 has it."""
    transaction = secrets.token_bytes(12)
    request = _BINDING.to_bytes(2, "big") + bytes(2) + _MAGIC.to_bytes(4, "big") + transaction
    family, kind, protocol, _, where = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as line:
        line.settimeout(_WAIT_S / 2)
        line.connect(where)
        for _ in range(2):
            line.send(request)
            try:
                answer = line.recv(2048)
            except TimeoutError:
                continue
            return "" if answer[8:20] == transaction else "answers, but not as a STUN server"
    return f"no answer within {_WAIT_S:g} s"


_CHECK = "settings.toml의 [calls]를 확인하세요 / check [calls] in settings.toml"
_HOLIDAYS = "공휴일을 추가하세요 / add this year's holidays to content_registry/holidays.yaml"
_PAIR = "콘솔을 등록하세요 / pair a console: seoula pair issue console fire-1 --department fire"
_START = "coturn을 확인하세요 / check that coturn runs and has our secret: seoula turn config"
