"""A real coturn with the configuration that we write: its credentials, their end, and where it must not send."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import aioice
import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.contracts import BadInput, Unavailable
from assistant.doctor import calls
from assistant.settings import Settings
from telephony.engines import turnserver
from telephony.engines.turnserver import TurnOptions, write_turn_setup
from tests.telephony.engines.clients import Client, Received, Tone, eventually, loudness_at

SECRET = "0123456789abcdef0123456789abcdef"


def credential(expires_in_s: float, secret: str = SECRET) -> tuple[str, str]:
    """User name and password as the service makes them for a page."""
    username = f"{int(time.time() + expires_in_s)}:c-1"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if shutil.which("turnserver") is None:
        pytest.skip("coturn is not installed: scripts/setup.sh test brings it")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = TurnOptions(SECRET, port=port, relay_ports=(49300, 49400), loopback=True)
    argv = write_turn_setup(tmp_path_factory.mktemp("turn"), options)
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "turnserver ended at its start"
                assert time.monotonic() < end, "turnserver does not listen"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(120)


async def test_media_flows_through_it_with_a_good_credential(port: int) -> None:
    username, password = credential(600)
    server = RTCIceServer(f"turn:127.0.0.1:{port}", username, password)
    relayed = RTCConfiguration([server], iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    caller, callee = RTCPeerConnection(relayed), RTCPeerConnection(relayed)
    received = Received(callee, "")
    tasks = []
    callee.on("track", lambda track: tasks.append(asyncio.ensure_future(received.take(track))))
    caller.addTrack(Tone(440.0))
    await caller.setLocalDescription(await caller.createOffer())
    offer = caller.localDescription
    candidates = [line for line in offer.sdp.splitlines() if line.startswith("a=candidate:")]
    assert candidates
    assert all(" typ relay" in line for line in candidates)
    await callee.setRemoteDescription(RTCSessionDescription(offer.sdp, offer.type))
    await callee.setLocalDescription(await callee.createAnswer())
    await caller.setRemoteDescription(callee.localDescription)
    await eventually(lambda: len(received.sound) >= 48000)
    await eventually(lambda: loudness_at(bytes(received.sound[-48000:]), 440.0) > 5000)
    await caller.close()
    await callee.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not Client.alive


@pytest.mark.parametrize("wrong", ["expired", "another secret", "another user"])
async def test_a_wrong_credential_gets_no_relay(port: int, wrong: str) -> None:
    username, password = credential(
        -60 if wrong == "expired" else 600, "x" * 32 if wrong == "another secret" else SECRET
    )
    if wrong == "another user":
        username = f"{int(username.partition(':')[0]) + 3600}:c-1"
    with pytest.raises(aioice.stun.TransactionFailed) as refused:
        await aioice.turn.create_turn_endpoint(
            asyncio.DatagramProtocol, ("127.0.0.1", port), username=username, password=password
        )
    assert refused.value.response.attributes["ERROR-CODE"][0] == 401


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_doctor_asks_for_a_relay_as_pages_do(port: int, tmp_path: Path, transport: str) -> None:
    url = f"turn:127.0.0.1:{port}?transport={transport}"
    given = {"turn_urls": [url], "turn_secret": SECRET}
    row = calls.turn(Settings.model_validate({"state_dir": tmp_path, "calls": given}))
    assert (row.state, "a relay" in row.detail) == ("ok", True), row
    wrong = Settings.model_validate({"state_dir": tmp_path, "calls": {**given, "turn_secret": SECRET[::-1]}})
    row = calls.turn(wrong)
    assert (row.state, "turn_secret" in row.detail, "turn config" in row.fix) == ("degraded", True, True), row


def test_the_command_writes_the_file_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnserver.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setenv("SEOULA_CALLS__TURN_SECRET", SECRET)
    file = tmp_path / "settings.toml"
    file.write_text(f'state_dir = "{tmp_path}"\n[calls]\nturn_urls = ["stun:x", "turn:10.1.2.3:3479?transport=udp"]\n')
    words = ["turn", "config", "--settings", str(file), "--deny", "10.0.0.0-10.255.255.255", "--allow", "10.1.2.3"]
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    path = Path(answer["file"])
    assert (path, SECRET in told.output) == (tmp_path / "turn" / "turnserver.conf", False)
    assert answer["command"][:3] == ["/usr/bin/turnserver", "-c", str(path)]
    lines = path.read_text().splitlines()
    assert {
        "listening-ip=10.1.2.3", "listening-port=3479", f"static-auth-secret={SECRET}",
        "denied-peer-ip=10.0.0.0-10.255.255.255", "allowed-peer-ip=10.1.2.3-10.1.2.3",
    } <= set(lines)  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for more in (
        ["--address", "host"],
        ["--deny", "10.2-x"],
        ["--relay-ports", "9-1"],
        ["--deny", "10.0.0.9-10.0.0.1"],
    ):
        wrong = CliRunner().invoke(cli, [*words, *more])
        assert (wrong.exit_code, wrong.stdout) == (1, ""), more
        named = "--address" if more[0] == "--address" else more[0] if more[0] != "--relay-ports" else "relay ports"
        assert named in wrong.stderr, wrong.stderr
    file.write_text(f'state_dir = "{tmp_path}"\n')
    assert "turn_urls" in CliRunner().invoke(cli, words[:4]).stderr


def test_the_file_is_private_and_says_where_it_must_not_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnserver.shutil, "which", lambda name: f"/usr/bin/{name}")
    options = TurnOptions(SECRET, addresses=("10.1.2.3",), denied=("10.9.0.0-10.9.255.255",))
    argv = write_turn_setup(tmp_path / "turn", options)
    path = tmp_path / "turn" / "turnserver.conf"
    assert argv[:3] == ("/usr/bin/turnserver", "-c", str(path))
    assert SECRET not in " ".join(argv)
    lines = path.read_text().splitlines()
    assert {
        "listening-ip=10.1.2.3",
        "relay-ip=10.1.2.3",
        "denied-peer-ip=127.0.0.0-127.255.255.255",
        "denied-peer-ip=169.254.0.0-169.254.255.255",
        "denied-peer-ip=10.9.0.0-10.9.255.255",
        "use-auth-secret",
        "no-cli",
        "no-multicast-peers",
    } <= set(lines)
    assert "allow-loopback-peers" not in lines
    assert not stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.mark.parametrize("secret", ["short", "with spaces in it, and long", "0123456789abcdef\nno-auth"])
def test_a_secret_that_could_be_guessed_or_misread_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(BadInput, match="turn_secret"):
        write_turn_setup(tmp_path, TurnOptions(secret))


def test_without_the_program_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnserver.shutil, "which", lambda name: None)
    with pytest.raises(Unavailable, match="apt-get install coturn"):
        write_turn_setup(tmp_path, TurnOptions(SECRET))
