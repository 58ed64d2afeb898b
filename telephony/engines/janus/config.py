"""Janus' configuration, written anew at each start: secrets of its own, the loopback alone, no demo rooms."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts import Unavailable

SECRET_VARIABLE = "SEOULA_JANUS_SECRET"
"""How the worker is given the secret: never on its command line."""
WANTED_PLUGINS = ("videoroom",)
_EVERY_PLUGIN = (
    *("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom"),
    *("videocall", "videoroom", "voicemail"),
)
_UNWANTED_TRANSPORTS = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")
_UNWANTED_EVENTS = ("gelfevh", "mqttevh", "nanomsgevh", "rabbitmqevh", "sampleevh", "wsevh")


@dataclass(frozen=True, slots=True)
class JanusSetup:
    """What was written: the command that starts it, where it listens, and the secret of its one client."""

    argv: tuple[str, ...]
    url: str
    secret: str

    def __repr__(self) -> str:
        return f"JanusSetup({self.url})"


@dataclass(frozen=True, slots=True)
class JanusOptions:
    """port: on the loopback, 0 for any free one. media_ports: UDP, from and to. addresses: of this host for media, all
    when none is given. plugins: those that are loaded. sip_address: from which the plugin `sip` speaks with phones."""

    port: int = 0
    media_ports: tuple[int, int] = (21000, 22000)
    addresses: tuple[str, ...] = ()
    plugins: tuple[str, ...] = WANTED_PLUGINS
    sip_address: str = ""


def write_setup(folder: Path, options: JanusOptions | None = None) -> JanusSetup:
    """Write `folder` and say how Janus is started with it. The folder is readable by its owner alone.

    Raises Unavailable `janus-missing` when the program is not installed.
    """
    options = options or JanusOptions()
    program = shutil.which("janus")
    if program is None:
        raise Unavailable(
            "janus-missing",
            "calls.engine or phone.gateway is janus, but the program janus is not installed: "
            "apt-get install janus (Debian), or set them to embedded and baresip",
        )
    port = options.port or _free_port()
    secret = secrets.token_hex(24)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for name, text in files(port, secret, options).items():
        _write(folder / name, text)
    argv = (program, "--configs-folder", str(folder), "--config", str(folder / "janus.jcfg"))
    return JanusSetup((*argv, "--disable-colors"), f"ws://127.0.0.1:{port}", secret)


def files(port: int, secret: str, options: JanusOptions) -> dict[str, str]:
    """The configuration files by name."""
    unwanted = [name for name in _EVERY_PLUGIN if name not in options.plugins]
    first, last = options.media_ports
    enforced = f"\tice_enforce_list = {_quoted(','.join(options.addresses))}\n" if options.addresses else ""
    main = (
        "general: {\n\tdebug_level = 2\n\tsession_timeout = 60\n\thide_dependencies = true\n"
        f"\tapi_secret = {_quoted(secret)}\n\tadmin_secret = {_quoted(secrets.token_hex(24))}\n"
        '\tserver_name = "seoula"\n}\n'
        f"media: {{\n\trtp_port_range = {_quoted(f'{first}-{last}')}\n\tipv6 = false\n}}\n"
        f"nat: {{\n\tnice_debug = false\n\tignore_mdns = true\n{enforced}}}\n"
        f"plugins: {{\n\tdisable = {_quoted(_libraries(unwanted))}\n}}\n"
        f"transports: {{\n\tdisable = {_quoted(_libraries(_UNWANTED_TRANSPORTS))}\n}}\n"
        f"events: {{\n\tbroadcast = false\n\tdisable = {_quoted(_libraries(_UNWANTED_EVENTS))}\n}}\n"
        f"loggers: {{\n\tdisable = {_quoted(_libraries(['jsonlog']))}\n}}\n"
    )
    sockets = (
        f'general: {{\n\tjson = "plain"\n\tws = true\n\tws_port = {port}\n\tws_ip = "127.0.0.1"\n\twss = false\n}}\n'
        "admin: {\n\tadmin_ws = false\n\tadmin_wss = false\n}\n"
    )
    rooms = "general: {\n\tevents = false\n}\n"
    where = f"\tlocal_ip = {_quoted(options.sip_address)}\n" if options.sip_address else ""
    telephones = f'general: {{\n{where}\tuser_agent = "seoula"\n\tevents = false\n}}\n'
    return {
        "janus.jcfg": main,
        "janus.transport.websockets.jcfg": sockets,
        "janus.plugin.videoroom.jcfg": rooms,
        "janus.plugin.sip.jcfg": telephones,
    }


def _libraries(names: tuple[str, ...] | list[str]) -> str:
    return ",".join(f"libjanus_{name}.so" for name in names)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
