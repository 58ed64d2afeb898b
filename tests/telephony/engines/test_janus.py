"""The Janus engine with a real Janus and real clients."""

from __future__ import annotations

import asyncio
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from assistant.contracts import BadInput, Unavailable
from telephony.engines.embedded.connection import gather_only
from telephony.engines.engine import Description
from telephony.engines.janus import config
from telephony.engines.janus.client import JanusClient
from telephony.engines.janus.config import JanusOptions, JanusSetup, write_setup
from telephony.engines.janus.engine import JanusEngine
from tests.telephony.engines.clients import (
    Client,
    Pictures,
    Watch,
    eventually,
    loudness_at,
    silencing_holds,
)
from tests.telephony.engines.janus_server import janus
from tests.telephony.engines.test_embedded import Phone, offered

Running = tuple[JanusSetup, str, "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with janus(tmp_path_factory.mktemp("janus")) as running:
        yield running


@pytest.fixture
async def engine(server: Running) -> AsyncIterator[JanusEngine]:
    setup, address, _ = server
    gather_only((address,))
    made = JanusEngine(setup.url, setup.secret)
    yield made
    for client in list(Client.alive):
        await client.close()
    await made.close()


@pytest.fixture
async def watch(engine: JanusEngine) -> AsyncIterator[Watch]:
    made = Watch(engine)
    yield made
    await made.close()


async def test_three_people_see_and_hear_one_another(engine: JanusEngine, watch: Watch) -> None:
    await engine.open_room("r", most=3)
    tones = {"a": 440.0, "b": 880.0, "c": 1320.0}
    people = [Client(engine, "r", part, hertz) for part, hertz in tones.items()]
    await asyncio.gather(*(person.publish() for person in people))
    feeds = {part: (await watch.until("published", part)).feed for part in tones}
    for person in people:
        for part, feed in feeds.items():
            if part != person.part:
                await person.subscribe(feed)
    for person in people:
        for part, hertz in tones.items():
            if part != person.part:
                received = person.received[feeds[part]]
                await eventually(lambda its=received: its.pictures >= 5 and len(its.sound) >= 48000)
                await eventually(lambda its=received, own=hertz: its.hears_only(own, []))


async def test_what_is_silenced_reaches_nobody_whatever_its_page_does(engine: JanusEngine, watch: Watch) -> None:
    await silencing_holds(engine, watch)


async def test_coming_back_a_screen_more_and_the_end(engine: JanusEngine, watch: Watch) -> None:
    await engine.open_room("r", most=2)
    await engine.publish("r", "x", await offered())
    await engine.publish("r", "y", await offered())
    third = await offered()
    with pytest.raises(Unavailable, match="takes 2 parts"):
        await engine.publish("r", "z", third)
    await engine.leave("r", "x")
    await engine.leave("r", "y")
    person, viewer = Client(engine, "r", "a", 440.0), Client(engine, "r", "b")
    await person.publish()
    old = (await watch.until("published", "a")).feed
    mark = len(watch.events)
    assert person.pc is not None
    person.pc.addTrack(Pictures(320, 240))
    await person.offer()
    new = (await watch.until("published", "a", after=mark)).feed
    assert [its.feed for its in watch.events[mark:] if its.kind == "unpublished"] == [old]
    seen = await viewer.subscribe(new)
    await eventually(lambda: len(seen.names) == 3 and seen.pictures >= 4)
    mark = len(watch.events)
    await person.close()
    assert (await watch.until("unpublished", "a", after=mark)).feed == new
    with pytest.raises(BadInput, match="no such feed"):
        await viewer.subscribe(new)
    await engine.close_room("r")
    assert (await watch.until("closed")).room == "r"
    with pytest.raises(BadInput, match="not open"):
        await engine.publish("r", "a", await offered())


async def test_a_tap_and_a_phone_and_who_speaks(engine: JanusEngine, watch: Watch) -> None:
    await engine.open_room("r", most=3)
    pieces: list[bytes] = []

    async def listen() -> None:
        async for piece in engine.tap("r", "a"):
            pieces.append(piece)

    tapping = asyncio.ensure_future(listen())
    await asyncio.sleep(0)
    person, phone = Client(engine, "r", "a", 440.0, video=False), Phone(1320.0)
    await person.publish()
    await watch.until("published", "a")
    await engine.join_phone("r", "sip:1", phone)
    received = await person.subscribe((await watch.until("published", "sip:1")).feed)
    await eventually(
        lambda: len(pieces) >= 10 and len(received.sound) >= 48000 and len(phone.pcm.get("a", b"")) > 96000
    )
    await eventually(lambda: loudness_at(b"".join(pieces[-10:]), 440.0, 16000) > 5000)
    await eventually(lambda: loudness_at(bytes(received.sound[-48000:]), 1320.0) > 5000)
    await eventually(lambda: loudness_at(phone.pcm["a"][-48000:], 440.0) > 5000)
    assert -40 < (await watch.until("speaking", "a")).level_db < -5
    phone.up = False
    await watch.until("unpublished", "sip:1")
    await engine.leave("r", "a")
    await asyncio.wait_for(tapping, 120)


async def test_wrong_input_is_refused(engine: JanusEngine) -> None:
    await engine.open_room("r", most=2)
    offer = await offered()
    for wrong in (
        Description("offer", offer.sdp.replace("a=fingerprint", "a=nothing")),
        Description("answer", offer.sdp),
        Description("offer", "hello"),
    ):
        with pytest.raises(BadInput) as refused:
            await engine.publish("r", "a", wrong)
        assert refused.value.code == "bad-description"
    await engine.publish("r", "a", offer)
    await engine.candidate("r", "a", "pub", None)
    with pytest.raises(BadInput, match="no such connection"):
        await engine.candidate("r", "b", "pub", None)
    with pytest.raises(BadInput, match="no such feed"):
        await engine.subscribe("r", "b", "a~1")


async def test_a_stranger_without_the_secret_is_refused(server: Running) -> None:
    setup, _, _ = server
    client = JanusClient(setup.url, "guessed", lambda handle, message: None, lambda: None)
    with pytest.raises(BadInput, match="Unauthorized"):
        await client.open()
    await client.close()


async def test_the_death_of_janus_closes_its_rooms_in_words(tmp_path: Path) -> None:
    with janus(tmp_path) as (setup, _, process):
        engine = JanusEngine(setup.url, setup.secret)
        watch = Watch(engine)
        await engine.open_room("r", most=2)
        process.kill()
        assert (await watch.until("closed")).reason == "janus-lost"
        with pytest.raises(Unavailable, match="does not answer"):
            await engine.open_room("r", most=2)
        await engine.close()
        await watch.close()


def test_the_configuration_is_ours_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.shutil, "which", lambda name: f"/usr/bin/{name}")
    first = write_setup(tmp_path / "janus", JanusOptions(addresses=("10.0.0.7",)))
    main = (tmp_path / "janus" / "janus.jcfg").read_text()
    second = write_setup(tmp_path / "janus")
    assert first.secret in main
    assert first.secret != second.secret
    assert first.secret not in repr(first)
    assert "janusoverlord" not in main
    assert 'ice_enforce_list = "10.0.0.7"' in main
    assert "libjanus_videoroom.so" not in main
    assert {f"libjanus_{name}.so" for name in ("echotest", "streaming", "recordplay", "http", "mqttevh")} <= set(
        main.replace('"', ",").split(",")
    )
    assert 'ws_ip = "127.0.0.1"' in (tmp_path / "janus" / "janus.transport.websockets.jcfg").read_text()
    assert "room-" not in (tmp_path / "janus" / "janus.plugin.videoroom.jcfg").read_text()
    for path in [tmp_path / "janus", *(tmp_path / "janus").iterdir()]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_without_the_program_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.shutil, "which", lambda name: None)
    with pytest.raises(Unavailable, match="apt-get install janus") as missing:
        write_setup(tmp_path)
    assert missing.value.code == "janus-missing"
