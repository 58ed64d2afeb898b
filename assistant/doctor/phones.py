"""What carries meetings and telephones: the calling worker, Janus, the line with the office's exchange."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from assistant.contracts import BadInput, SeoulaError, Unavailable
from assistant.doctor.probe import ask_python
from assistant.doctor.row import Row
from assistant.settings import Settings

_WAIT_S, _START_S = 10.0, 80.0
_VERSION = re.compile(r"Janus version: \d+ \(([\d.]+)\)")
_OPEN = """
import asyncio, os, sys
os.nice(10)
from telephony.engines.embedded.engine import EmbeddedEngine

async def rooms():
    engine = EmbeddedEngine()
    await engine.open_room("doctor", most=2)
    await engine.close_room("doctor")
    await engine.close()

import assistant.calling.worker
asyncio.run(rooms())
if "phones" in sys.argv:
    import telephony.sip.baresip
print("ok")
"""
"""It loads much, and lets the other checks go first: they have less time."""


def worker(settings: Settings) -> Row:
    """Whether the process that carries rooms and telephones can start, and open a room."""
    calls, by_us = settings.calls, settings.phone.domain and settings.phone.gateway == "baresip"
    if not calls.enabled or calls.engine == "p2p":
        return Row("calls (media)", "ok", "calls are between two browsers (calls.engine)" if calls.enabled else "off")
    try:
        ask_python(_OPEN, *(["phones"] if by_us else []), timeout_s=_START_S)
    except SeoulaError as error:
        return Row("calls (media)", "degraded", f"the calling worker cannot start: {error.message}", _SET_UP)
    return Row("calls (media)", "ok", f"the calling worker starts; {calls.engine} carries rooms")


def janus(settings: Settings) -> Row:
    """Whether Janus is installed, starts with our configuration, and has the plugins that the settings need."""
    rooms, line = settings.calls.engine == "janus", settings.phone
    phones = bool(line.domain) and line.gateway == "janus"
    if not settings.calls.enabled or not (rooms or phones):
        return Row("calls (Janus)", "ok", "not needed (calls.engine, phone.gateway)")
    program = shutil.which("janus")
    if program is None:
        return Row("calls (Janus)", "degraded", "janus is not installed", _JANUS)
    plugins = (*(("videoroom",) if rooms else ()), *(("sip",) if phones else ()))
    with tempfile.TemporaryDirectory() as folder:
        try:
            version = _started(Path(folder), plugins, tuple(settings.calls.addresses))
        except Unavailable as error:
            return Row("calls (Janus)", "degraded", error.message, _JANUS)
    return Row("calls (Janus)", "ok", f"{program} {version} starts, with {' and '.join(plugins)}")


def _started(folder: Path, plugins: tuple[str, ...], addresses: tuple[str, ...]) -> str:
    """Its version, asked of a Janus that is started for it on ports of its own. Raises Unavailable."""
    from telephony.engines.janus.config import JanusOptions, write_setup

    setup = write_setup(folder, JanusOptions(plugins=plugins, addresses=addresses))
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(setup.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        asyncio.run(_look_at(setup.url, setup.secret, plugins, process))
        found = _VERSION.search(log.read_text(errors="replace"))
        return found[1] if found else ""
    except Unavailable as error:
        said = [line for line in log.read_text(errors="replace").splitlines() if "[ERR]" in line or "[FATAL]" in line]
        raise Unavailable(error.code, f"{error.message}{': ' + said[-1][:200] if said else ''}") from error
    finally:
        process.terminate()
        try:
            process.wait(_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _look_at(url: str, secret: str, plugins: tuple[str, ...], process: subprocess.Popen[bytes]) -> None:
    from telephony.engines.janus.client import JanusClient

    end = time.monotonic() + _WAIT_S
    while True:
        client = JanusClient(url, secret, lambda handle, message: None, lambda: None)
        try:
            await client.open()
            break
        except SeoulaError as error:
            await client.close()
            if process.poll() is not None or time.monotonic() > end:
                raise Unavailable("janus-unavailable", "janus does not start") from error
            await asyncio.sleep(0.1)
    try:
        for name in plugins:
            try:
                await client.attach(f"janus.plugin.{name}")
            except BadInput as error:
                raise Unavailable("janus-plugin-missing", f"janus has no plugin {name}") from error
    finally:
        await client.close()


def line(settings: Settings) -> Row:
    """How the line stands, as the running service says; else whether the exchange answers at all."""
    from assistant.call_media import check_line

    phone = settings.phone
    try:
        found = check_line(settings)
    except SeoulaError as error:
        return Row("telephone line", "degraded", error.message, _PHONE)
    if found is None:
        more = " although calls.phones is set: those are not rung" if settings.calls.phones else ""
        return Row("telephone line", "degraded" if more else "ok", f"none set ([phone]){more}", _PHONE if more else "")
    state = _running(settings)
    if state is not None:
        ok = state.get("state") == "ok"
        return Row("telephone line", "ok" if ok else "degraded", state.get("detail", ""), "" if ok else _EXCHANGE)
    where = phone.registrar or phone.domain
    trouble = _answers(where, phone.transport)
    if trouble:
        return Row("telephone line", "degraded", f"the exchange {where}: {trouble}", _EXCHANGE)
    return Row("telephone line", "ok", f"the exchange {where} answers; seoula does not run, so nothing is registered")


def _running(settings: Settings) -> dict[str, str] | None:
    """What the running service says of the line; None where none runs."""
    host, port = settings.server.host, settings.server.port
    try:
        answer = httpx.get(f"http://{f'[{host}]' if ':' in host else host}:{port}/readyz", timeout=2.0, trust_env=False)
        state = answer.json()["components"]["telephone line"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return state if isinstance(state, dict) else None


def _answers(where: str, transport: str) -> str:
    """Why an exchange is not there, "" where it answers an OPTIONS; that it refuses one is an answer, too."""
    host, _, port = where.partition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM) as ours:
            ours.settimeout(2.0)
            ours.connect((host, int(port or 5060)))
            own = ":".join(str(part) for part in ours.getsockname())
            tag = secrets.token_hex(8)
            lines = (
                f"OPTIONS sip:{where} SIP/2.0",
                f"Via: SIP/2.0/{transport.upper()} {own};branch=z9hG4bK{tag};rport",
                f"From: <sip:doctor@{own}>;tag={tag}",
                f"To: <sip:{where}>",
                f"Call-ID: {tag}",
                "CSeq: 1 OPTIONS",
                "Max-Forwards: 5",
                "Content-Length: 0",
            )
            request = "\r\n".join((*lines, "", "")).encode()
            for _ in range(2):
                ours.sendall(request)
                try:
                    return "" if ours.recv(4096).startswith(b"SIP/2.0 ") else "answers, but not by SIP"
                except TimeoutError:
                    continue
            return "no answer"
    except (OSError, ValueError) as error:
        return f"cannot be reached ({getattr(error, 'strerror', None) or error})"


_SET_UP = "설치를 다시 실행하세요 / run the set-up again: make setup"
_JANUS = (
    "janus를 설치하거나 calls.engine, phone.gateway를 바꾸세요 / apt-get install janus, or set embedded and baresip"
)
_PHONE = "settings.toml의 [phone]을 확인하세요 / check [phone] in settings.toml (docs/calls-phones.md)"
_EXCHANGE = "교환기와 [phone]의 주소, 비밀번호를 확인하세요 / check the exchange, and address and secret in [phone]"
