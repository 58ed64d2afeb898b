"""coturn's configuration, as `seoula turn config` writes it: where browsers cannot reach one another, media goes
through coturn. The system's own service starts it, or we do in the tests.

Its credentials are short-lived: a user name `EXPIRY:ID`, and as password base64(HMAC-SHA1(secret, user name)).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts import BadInput, Unavailable

NEVER_PEERS = (
    *("0.0.0.0-0.255.255.255", "100.64.0.0-100.127.255.255", "169.254.0.0-169.254.255.255"),
    *("192.0.0.0-192.0.0.255", "198.18.0.0-198.19.255.255", "224.0.0.0-255.255.255.255"),
    *("::1", "64:ff9b::-64:ff9b::ffff:ffff", "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
)
"""Nobody's media is there, whatever the network: this host itself, the link, carriers, multicast."""
LOOPBACK = ("127.0.0.0-127.255.255.255",)


@dataclass(frozen=True, slots=True)
class TurnOptions:
    """secret: the one that credentials are made with. addresses: that it listens on and relays from. denied: further
    ranges that it must never send to, as `FROM-TO`: the servers' network, above all. allowed: ranges within these that
    it may send to: the consoles', and this service. loopback: for tests."""

    secret: str
    addresses: tuple[str, ...] = ("127.0.0.1",)
    port: int = 3478
    relay_ports: tuple[int, int] = (49160, 49200)
    realm: str = "seoula"
    denied: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    loopback: bool = False


def write_turn_setup(folder: Path, options: TurnOptions) -> tuple[str, ...]:
    """Write `turnserver.conf` for its owner alone; the command that starts it.

    Raises BadInput `weak-secret`, Unavailable `coturn-missing` with what to do.
    """
    if len(options.secret) < 16 or not options.secret.isascii() or set(options.secret) & set(" #\"'\n\r"):
        raise BadInput("weak-secret", "calls.turn_secret has at least 16 letters and digits, without spaces or quotes")
    program = shutil.which("turnserver")
    if program is None:
        raise Unavailable("coturn-missing", "the program turnserver is not installed: apt-get install coturn (Debian)")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "turnserver.conf"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(configuration(options, folder))
    return (program, "-c", str(path), "--no-stdout-log")


def configuration(options: TurnOptions, folder: Path) -> str:
    """The file's text."""
    denied = (*NEVER_PEERS, *(() if options.loopback else LOOPBACK), *options.denied)
    lines = [
        *(f"listening-ip={address}" for address in options.addresses),
        *(f"relay-ip={address}" for address in options.addresses),
        f"listening-port={options.port}",
        f"min-port={options.relay_ports[0]}",
        f"max-port={options.relay_ports[1]}",
        f"realm={options.realm}",
        "use-auth-secret",
        f"static-auth-secret={options.secret}",
        "fingerprint",
        "stale-nonce=600",
        "no-tls",
        "no-dtls",
        "no-cli",
        "no-multicast-peers",
        "no-software-attribute",
        "no-rfc5780",
        "user-quota=12",
        "total-quota=400",
        "max-bps=500000",
        "simple-log",
        f"log-file={folder / 'turnserver.log'}",
        f"pidfile={folder / 'turnserver.pid'}",
        f"userdb={folder / 'turndb'}",
        *(["allow-loopback-peers"] if options.loopback else []),
        *(f"denied-peer-ip={span}" for span in denied),
        *(f"allowed-peer-ip={span}" for span in options.allowed),
    ]
    return "\n".join(lines) + "\n"
